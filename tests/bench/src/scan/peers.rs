//! Other people's scanners, each in a process of its own, so that one that never
//! ends or dies takes nothing with it.

use std::io::{BufReader, BufWriter, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use paysera_peer_protocol::{Answer, Formats, read_answer, write_request};

use super::corpus::Picture;
use super::engine::{Engine, Reading};
use crate::error::Error;

/// Longer than any picture should take, by far.
const PATIENCE: Duration = Duration::from_secs(30);

/// All of them, built first where they are not.
pub(crate) fn all() -> Result<Vec<Box<dyn Engine>>, Error> {
    let program = build()?;
    let peer = |name, engine, formats| -> Box<dyn Engine> {
        Box::new(Peer { name, engine, formats, program: program.clone(), process: None })
    };
    Ok(vec![
        peer("zxing-cpp", "zxing-cpp", Formats::ALL),
        peer("zxing-cpp, QR only", "zxing-cpp", Formats::QR),
        peer("rxing", "rxing", Formats::ALL),
        peer("rqrr", "rqrr", Formats::QR),
    ])
}

/// Builds the program that holds them.
fn build() -> Result<PathBuf, Error> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../peers");
    let status = Command::new("cargo")
        .args(["build", "--release", "--locked", "--manifest-path"])
        .arg(folder.join("Cargo.toml"))
        // Its own target folder: another workspace's flags must not undo it.
        .env_remove("CARGO_TARGET_DIR")
        .stdout(Stdio::null())
        .status()?;
    if !status.success() {
        return Err(Error::PeersNotBuilt);
    }
    Ok(folder.join("target/release/paysera-peers"))
}

struct Peer {
    name: &'static str,
    engine: &'static str,
    /// What it looks for.
    formats: Formats,
    program: PathBuf,
    process: Option<Process>,
}

struct Process {
    child: Child,
    input: BufWriter<ChildStdin>,
    answers: Receiver<std::io::Result<Answer>>,
}

impl Process {
    fn start(peer: &Peer) -> Result<Self, Error> {
        let mut child = Command::new(&peer.program)
            .arg(peer.engine)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Error::Setup);
        };
        let (sender, answers) = channel();
        std::thread::spawn(move || {
            let mut output = BufReader::new(output);
            loop {
                let answer = read_answer(&mut output);
                let is_over = answer.is_err();
                if sender.send(answer).is_err() || is_over {
                    return;
                }
            }
        });
        Ok(Self { child, input: BufWriter::new(input), answers })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It ends with its input anyway; one that never ends is ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Engine for Peer {
    fn name(&self) -> &str {
        self.name
    }

    fn read(&mut self, picture: &Picture) -> Result<Reading, Error> {
        let mut process = match self.process.take() {
            Some(process) => process,
            None => Process::start(self)?,
        };
        write_request(&mut process.input, self.formats, picture.width, picture.height, &picture.luma)?;
        process.input.flush()?;
        match process.answers.recv_timeout(PATIENCE) {
            Ok(Ok(answer)) => {
                self.process = Some(process);
                Ok(Reading {
                    texts: answer.symbols.into_iter().map(|symbol| symbol.text).collect(),
                    cpu: answer.cpu,
                    wall: answer.wall,
                    panics: u32::from(answer.panicked),
                    ..Reading::default()
                })
            }
            Err(RecvTimeoutError::Timeout) => {
                Ok(Reading { cpu: PATIENCE, wall: PATIENCE, timed_out: true, ..Reading::default() })
            }
            // The process died.
            Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => {
                Ok(Reading { panics: 1, ..Reading::default() })
            }
        }
    }
}
