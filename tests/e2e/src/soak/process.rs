//! A device from outside: a child process that is started again on the same
//! journal when it has killed itself, with all that was not done yet.

use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};

use tokio::sync::mpsc::UnboundedSender;

use super::Trouble;
use super::words::{Death, Order, Part, Role, Said, Setup, Told};

const SIGKILL: i32 = 9;

/// What comes from a device.
#[derive(Debug)]
pub(super) enum Heard {
    Said(Role, Said),
    Ended(Role, std::io::Result<ExitStatus>),
}

/// A device and what it has to do.
pub(super) struct Device {
    setup: Setup,
    deaths: VecDeque<Death>,
    open: BTreeMap<(u32, Part), Order>,
    stdin: Option<ChildStdin>,
    heard: UnboundedSender<Heard>,
    pub(super) kills: u32,
}

impl Device {
    pub(super) fn start(
        role: Role,
        server: &str,
        folder: &Path,
        deaths: VecDeque<Death>,
        heard: UnboundedSender<Heard>,
    ) -> Result<Self, Trouble> {
        let folder = folder.to_owned();
        let setup = Setup { role, server: server.to_owned(), folder, ahead: 0, death: None };
        let mut device = Self { setup, deaths, open: BTreeMap::new(), stdin: None, heard, kills: 0 };
        device.spawn()?;
        Ok(device)
    }

    fn spawn(&mut self) -> Result<(), Trouble> {
        self.setup.death = self.deaths.front().copied();
        let mut child = Command::new(std::env::current_exe()?)
            .arg("soak-device")
            .arg(serde_json::to_string(&self.setup)?)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        self.stdin = child.stdin.take();
        let (role, heard) = (self.setup.role, self.heard.clone());
        std::thread::spawn(move || listen(child, role, &heard));
        let again: Vec<_> = self.open.iter().map(|(place, order)| (*place, order.clone())).collect();
        for ((flow, part), order) in again {
            self.tell(&Told::Do { flow, part, order });
        }
        Ok(())
    }

    /// Has something done, also if the device dies meanwhile.
    pub(super) fn order(&mut self, flow: u32, part: Part, order: Order) {
        self.tell(&Told::Do { flow, part, order: order.clone() });
        self.open.insert((flow, part), order);
    }

    pub(super) fn has(&self, flow: u32, part: Part) -> bool {
        self.open.contains_key(&(flow, part))
    }

    /// What was ordered is done; `false` if it was before.
    pub(super) fn done(&mut self, flow: u32, part: Part) -> bool {
        self.open.remove(&(flow, part)).is_some()
    }

    pub(super) fn works_on(&self, flow: u32) -> bool {
        self.open.range((flow, Part::Show)..=(flow, Part::Refund)).next().is_some()
    }

    pub(super) fn open(&self) -> &BTreeMap<(u32, Part), Order> {
        &self.open
    }

    /// Says something that is forgotten if the device is dying.
    pub(super) fn tell(&mut self, told: &Told) {
        if let Told::Pass { seconds } = told {
            self.setup.ahead = self.setup.ahead.saturating_add(*seconds);
        }
        if let (Some(stdin), Ok(line)) = (&mut self.stdin, serde_json::to_string(told)) {
            // A device that died reads no more; its death is heard of elsewhere.
            let _dead = stdin.write_all(format!("{line}\n").as_bytes());
        }
    }

    /// The device ended: by the death that was chosen for it, or it is a defect.
    pub(super) fn ended(&mut self, status: std::io::Result<ExitStatus>) -> Result<(), Trouble> {
        let status = status?;
        if status.signal() != Some(SIGKILL) || self.deaths.pop_front().is_none() {
            return Err(format!("{:?} ended by itself: {status}", self.setup.role).into());
        }
        self.kills = self.kills.saturating_add(1);
        self.spawn()
    }

    /// Switches it on after it was left.
    pub(super) fn start_again(&mut self) -> Result<(), Trouble> {
        self.spawn()
    }

    /// Nobody talks to it any more, so that it ends.
    pub(super) fn leave(&mut self) {
        self.stdin = None;
    }
}

fn listen(mut child: Child, role: Role, heard: &UnboundedSender<Heard>) {
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            // The last words of a device that died can be cut off.
            if let Ok(said) = serde_json::from_str(&line) {
                let _ = heard.send(Heard::Said(role, said));
            }
        }
    }
    let _ = heard.send(Heard::Ended(role, child.wait()));
}
