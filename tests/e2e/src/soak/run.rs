//! One run, from the first flow to the comparison.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use paysera_core::auth::FixedCredentials;
use paysera_core::wallet_api::{
    Environment, Transaction, TransactionFilter, TransactionStatus, WalletApi, Window,
};
use paysera_sandbox::{Database, Sandbox, seed};
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;

use super::audit::{Ran, audit, lost_creates};
use super::plan::{Flow, Kind, deaths, flows};
use super::process::{Device, Heard};
use super::story::{Counter, Story};
use super::words::{BUSY, Role, Said, Told};
use super::{Faults, Options, Trouble, faults};

/// Flows that go on at once; those that nobody accepts wait besides.
const WIDTH: usize = 24;
/// What a customer waits whom the server was too busy for.
const BUSY_PAUSE: Duration = Duration::from_secs(1);
/// Nothing is heard from any device for so long only if something is wrong.
const STANDSTILL: Duration = Duration::from_secs(60);
/// After so long, what was lost can't arrive any more, and is swept away.
const AFTERWARDS_SECONDS: i64 = 700;
/// The till may still be starting when time passes: it passes so often, each time
/// after so long without a change at the server.
const SWEEPS: u32 = 5;
const SWEEP: Duration = Duration::from_secs(5);

/// Runs the soak; whether all agrees in the end.
pub(super) async fn run(options: &Options) -> Result<bool, Trouble> {
    if options.kills.saturating_mul(4) > options.flows {
        return Err("a device is killed at most once for four flows".into());
    }
    let folder = Folder::new(options)?;
    let began = Instant::now();
    let database = Database::File(folder.books());
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let sandbox = Sandbox::builder().database(database).start(address).await?;
    let plan = flows(options.flows, options.seed);
    let (sender, heard) = unbounded_channel();
    let [till, phone] = deaths(options.kills, options.flows, options.seed)
        .map(|(role, deaths)| Device::start(role, &sandbox.base_url(), &folder.path, deaths, sender.clone()));
    let counter = Counter { till: till?, phone: phone? };
    let mut run =
        Run { counter, heard, stories: BTreeMap::new(), codes: VecDeque::new(), next_customer: began };
    if options.faults == Faults::All {
        faults::set(&sandbox, options.seed);
    }
    run.play(&plan, &sandbox).await?;
    sandbox.faults().clear();
    run.close(&Role::ALL).await?;
    let swept = run.sweep(&sandbox, &lost_creates(&folder.path)?).await?;
    let ran = Ran {
        flows: options.flows,
        kills_wanted: options.kills,
        kills: run.counter.till.kills.saturating_add(run.counter.phone.kills),
        requests: sandbox.requests(),
        seconds: began.elapsed().as_secs(),
        swept,
        balanced: sandbox.ledger_check().await?.is_balanced(),
    };
    sandbox.shutdown().await;
    let verdict = audit(&ran, &plan, &folder.path, &folder.books())?;
    verdict.print()?;
    Ok(verdict.is_good())
}

struct Run {
    counter: Counter,
    heard: UnboundedReceiver<Heard>,
    stories: BTreeMap<u32, Story>,
    /// Whose turn it is to show codes of the customer's, one flow after the other:
    /// one that is accepted makes all earlier ones void, and after five void ones
    /// the server takes none for a while.
    codes: VecDeque<u32>,
    /// People who heard that the server is busy wait for so long.
    next_customer: Instant,
}

impl Run {
    /// Plays every flow to its end.
    async fn play(&mut self, plan: &[Flow], sandbox: &Sandbox) -> Result<(), Trouble> {
        let mut next = (1_u32..).zip(plan);
        let mut left = plan.len();
        let mut release = tokio::time::interval(faults::RELEASE);
        let mut last_heard = Instant::now();
        loop {
            while self.width() < WIDTH
                && Instant::now() >= self.next_customer
                && let Some((number, flow)) = next.next()
            {
                self.begin(Story::new(number, *flow));
                left = left.saturating_sub(1);
            }
            if left == 0 && self.stories.is_empty() {
                return Ok(());
            }
            tokio::select! {
                heard = self.heard.recv() => {
                    last_heard = Instant::now();
                    self.hear(heard.ok_or("no device is left")?)?;
                }
                _ = release.tick() => sandbox.faults().release(),
            }
            if last_heard.elapsed() > STANDSTILL {
                return Err(self.standstill().into());
            }
        }
    }

    fn begin(&mut self, story: Story) {
        if story.needs_codes() {
            self.codes.push_back(story.number);
        }
        if !story.needs_codes() || self.codes.len() == 1 {
            story.begin(&mut self.counter);
        }
        self.stories.insert(story.number, story);
    }

    /// A flow needs no code any more: it is the next one's turn.
    fn next_code(&mut self, flow: u32) {
        if self.codes.front() == Some(&flow) {
            self.codes.pop_front();
            if let Some(next) = self.codes.front().and_then(|next| self.stories.get(next)) {
                next.begin(&mut self.counter);
            }
        }
    }

    /// Flows that keep people busy.
    fn width(&self) -> usize {
        self.stories.values().filter(|story| story.flow.kind != Kind::Nobody).count()
    }

    fn hear(&mut self, heard: Heard) -> Result<(), Trouble> {
        let (role, said) = match heard {
            Heard::Ended(role, status) => return self.counter.device(role).ended(status),
            Heard::Said(role, said) => (role, said),
        };
        let (Said::Shows { flow, .. }
        | Said::WantsCode { flow }
        | Said::CodeUsed { flow }
        | Said::Ended { flow, .. }) = said;
        match &said {
            Said::CodeUsed { .. } => self.next_code(flow),
            Said::Ended { how, .. } if how == BUSY => self.next_customer = Instant::now() + BUSY_PAUSE,
            _ => {}
        }
        if let Some(story) = self.stories.get_mut(&flow) {
            story.go_on(&mut self.counter, role, said);
            if !self.counter.is_busy_with(flow) {
                self.stories.remove(&flow);
                self.next_code(flow);
            }
        }
        Ok(())
    }

    fn standstill(&self) -> String {
        let of = |device: &Device| format!("{:#?}", device.open());
        let (till, phone) = (of(&self.counter.till), of(&self.counter.phone));
        format!("nothing happens any more; the till has open: {till}\nthe phone has open: {phone}")
    }

    /// The till is switched on again, and time passes, so that it sweeps away what
    /// was lost. Whether nothing of `lost` attempts is left that could be paid.
    async fn sweep(&mut self, sandbox: &Sandbox, lost: &BTreeSet<String>) -> Result<bool, Trouble> {
        self.counter.till.start_again()?;
        let environment = Environment::sandbox(&sandbox.base_url())?;
        let credentials =
            FixedCredentials::new(seed::RETAILER_CLIENT_ID.to_owned(), seed::RETAILER_MAC_KEY.to_owned());
        let api = paysera_e2e::client(&environment, Arc::new(credentials));
        let mut changes = sandbox.changes();
        for _ in 0..SWEEPS {
            // What was lost can't arrive any more by then.
            let seconds = AFTERWARDS_SECONDS;
            sandbox.clock().advance(seconds);
            self.counter.till.tell(&Told::Pass { seconds });
            let until = tokio::time::Instant::now() + SWEEP;
            loop {
                changes.mark_unchanged();
                if !is_any_payable(&api, lost).await? {
                    return self.close(&[Role::Till]).await.map(|()| true);
                }
                tokio::select! {
                    changed = changes.changed() => changed?,
                    () = tokio::time::sleep_until(until) => break,
                }
            }
        }
        self.close(&[Role::Till]).await.map(|()| false)
    }

    /// Devices are switched off.
    async fn close(&mut self, roles: &[Role]) -> Result<(), Trouble> {
        let mut left = roles.len();
        for role in roles {
            self.counter.device(*role).leave();
        }
        while left > 0 {
            match timeout(STANDSTILL, self.heard.recv()).await?.ok_or("no device is left")? {
                Heard::Ended(_, status) if status.as_ref().is_ok_and(|status| status.success()) => {
                    left = left.saturating_sub(1);
                }
                Heard::Ended(role, status) => return Err(format!("{role:?} ended with {status:?}").into()),
                Heard::Said(..) => {}
            }
        }
        Ok(())
    }
}

/// Whether the server has a transaction of one of the attempts that could be paid.
async fn is_any_payable(api: &WalletApi, attempts: &BTreeSet<String>) -> Result<bool, Trouble> {
    let window = Window { limit: Some(200), offset: None };
    let statuses = vec![TransactionStatus::New];
    let filter = TransactionFilter { statuses, window, ..TransactionFilter::default() };
    let mut offset = 0;
    loop {
        let window = Window { offset: Some(offset), ..window };
        let page = api.transactions().list(&TransactionFilter { window, ..filter.clone() }).await?;
        let of_one = |transaction: &Transaction| {
            let mut names = transaction.payments.iter().filter_map(|payment| payment.parameters.as_ref());
            names.any(|names| {
                names.get("attempt").and_then(Value::as_str).is_some_and(|id| attempts.contains(id))
            })
        };
        if page.items.iter().any(of_one) {
            return Ok(true);
        }
        offset = offset.saturating_add(u64::try_from(page.items.len())?);
        if page.items.is_empty() || offset >= page.metadata.total {
            return Ok(false);
        }
    }
}

/// Where everything is kept; removed in the end, unless it is to be kept.
struct Folder {
    path: PathBuf,
    keep: bool,
}

impl Folder {
    fn new(options: &Options) -> Result<Self, Trouble> {
        let name = format!("paysera-soak-{}-{}", options.seed, std::process::id());
        let path = options.keep.clone().unwrap_or_else(|| std::env::temp_dir().join(name));
        fs::create_dir_all(&path)?;
        if fs::read_dir(&path)?.next().is_some() {
            return Err(format!("{} is not empty", path.display()).into());
        }
        Ok(Self { path, keep: options.keep.is_some() })
    }

    fn books(&self) -> PathBuf {
        Path::new(&self.path).join("books.sqlite")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.keep {
            let _left = fs::remove_dir_all(&self.path);
        }
    }
}
