//! Where attempts live: starts them, finds them again, resumes them after a
//! death, and keeps what they share.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OnceCell, mpsc};

use super::driver::{Driver, Inbox};
use super::event::Event;
use super::handle::{Attempt, Message, Shared};
use super::intent::Intent;
use super::machine::{Heard, Machine};
use super::pace::Pace;
use super::state::AttemptState;
use super::watcher::Watcher;
use crate::calendar::BusinessCalendar;
use crate::clock::{Clock, Random, UnixSeconds};
use crate::code::{LocationId, ReservationCode, TransactionKey};
use crate::error::{ApiError, ApiErrorKind};
use crate::journal::{AttemptId, Commit, Entry, Journal, JournalError, NewAttempt};
use crate::wallet_api::WalletApi;

/// After a panic a driver starts again so often, and then stays as it is until
/// the app starts anew.
const RESTARTS: u32 = 5;
const RESTART_PAUSE: Duration = Duration::from_secs(1);

/// What attempts need of a till or a phone.
#[derive(Debug)]
pub(crate) struct HostSetup {
    pub(crate) api: WalletApi,
    pub(crate) journal: Arc<Journal>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) calendar: BusinessCalendar,
    pub(crate) device: String,
    pub(crate) pace: Pace,
    /// Where all that this side works on stands in the server's list: a till's
    /// location. A customer pays what merchants made, and their list is not shown.
    pub(crate) lists: Option<LocationId>,
}

/// Where attempts live.
#[derive(Debug)]
pub(crate) struct Host {
    pub(crate) api: WalletApi,
    pub(crate) journal: Arc<Journal>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(super) random: Arc<dyn Random>,
    pub(crate) calendar: BusinessCalendar,
    pub(crate) device: String,
    pub(super) lists: Option<LocationId>,
    pub(super) watcher: Watcher,
    running: Mutex<HashMap<AttemptId, Attempt>>,
    /// One start at a time: the same request must find the first one running.
    starting: tokio::sync::Mutex<()>,
    /// One sweep at a time: the next one finds less to do.
    pub(super) sweeping: tokio::sync::Mutex<()>,
    rebuilding: tokio::sync::Mutex<()>,
    resumed: OnceCell<()>,
}

impl Host {
    pub(crate) fn new(setup: HostSetup) -> Arc<Self> {
        let (clock, openings) = (Arc::clone(&setup.clock), setup.journal.openings());
        let watcher = Watcher::new(&setup.api, clock, setup.pace, setup.lists, openings);
        Arc::new(Self {
            api: setup.api,
            journal: setup.journal,
            clock: setup.clock,
            random: setup.random,
            calendar: setup.calendar,
            device: setup.device,
            lists: setup.lists,
            watcher,
            running: Mutex::default(),
            starting: tokio::sync::Mutex::default(),
            sweeping: tokio::sync::Mutex::default(),
            rebuilding: tokio::sync::Mutex::default(),
            resumed: OnceCell::new(),
        })
    }

    /// Starts an attempt, or finds the one that the same request started before.
    pub(crate) async fn start(
        self: &Arc<Self>,
        intent: Intent,
        code: Option<ReservationCode>,
    ) -> Result<Attempt, ApiError> {
        self.start_if(intent, code, |_| Ok(())).await
    }

    /// As [`Host::start`], if the journal `allows` it. No other attempt starts
    /// between the question and the start.
    pub(crate) async fn start_if(
        self: &Arc<Self>,
        intent: Intent,
        code: Option<ReservationCode>,
        allows: impl FnOnce(&Journal) -> Result<(), ApiError> + Send + 'static,
    ) -> Result<Attempt, ApiError> {
        self.ready().await?;
        let host = Arc::clone(self);
        // In a task of its own: who stops waiting must not leave an attempt in the
        // journal that nobody drives.
        let started = tokio::spawn(async move {
            let _turn = host.starting.lock().await;
            host.journal.run(move |journal| Ok(allows(journal))).await??;
            host.begin(intent, code).await
        });
        started.await.map_err(ApiError::bug)?
    }

    async fn begin(
        self: &Arc<Self>,
        intent: Intent,
        code: Option<ReservationCode>,
    ) -> Result<Attempt, ApiError> {
        if intent.request_id.trim().is_empty() {
            return Err(ApiError::rejected("request_id", "is empty; make a new one for each operation"));
        }
        let id = AttemptId::new(self.random.as_ref()).map_err(ApiError::bug)?;
        let at = self.api.server_now();
        let machine = Machine::begin(id, intent, code, at);
        let started = Event::Started { intent: Box::new(machine.intent.clone()) };
        match self.write_new(&machine, &[started], at).await? {
            Some(earlier) => self.found_earlier(earlier, &machine).await,
            None => Ok(self.launch(machine)),
        }
    }

    /// Writes an attempt down that the journal does not have, unless the same
    /// request began one before: that one's identifier is given then.
    pub(super) async fn write_new(
        &self,
        machine: &Machine,
        events: &[Event],
        at: UnixSeconds,
    ) -> Result<Option<AttemptId>, JournalError> {
        let commit = self.commit(machine, events, at)?;
        let intent = &machine.intent;
        let new = NewAttempt {
            id: machine.id,
            request_id: intent.request_id.clone(),
            kind: intent.kind,
            amount: intent.amount,
            tip: intent.tip,
            bill: intent.bill.clone(),
            staff: intent.staff.clone(),
        };
        self.journal.run(move |journal| journal.begin(&new, &commit)).await
    }

    /// The attempt of the same request; the request must be the same, too.
    async fn found_earlier(&self, earlier: AttemptId, wanted: &Machine) -> Result<Attempt, ApiError> {
        let attempt =
            self.find(earlier).await?.ok_or_else(|| ApiError::local(ApiErrorKind::StorageFailed))?;
        if (attempt.kind(), attempt.amount()) == (wanted.intent.kind, wanted.intent.amount) {
            Ok(attempt)
        } else {
            Err(ApiError::rejected("request_id", "was used for another operation"))
        }
    }

    /// An attempt of this journal by its name. One that another process left open
    /// goes on first: else nobody would hear what is said to it.
    pub(crate) async fn attempt(self: &Arc<Self>, id: AttemptId) -> Result<Option<Attempt>, ApiError> {
        self.ready().await?;
        self.find(id).await
    }

    /// An attempt of this journal, running or ended.
    pub(crate) async fn find(&self, id: AttemptId) -> Result<Option<Attempt>, ApiError> {
        if let Some(attempt) = self.running().get(&id) {
            return Ok(Some(attempt.clone()));
        }
        let machine = match self.read(id).await {
            Ok(Some(machine)) => machine,
            Ok(None) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let (shared, _) = self.shared(&machine);
        Ok(Some(Attempt { shared }))
    }

    /// Resumes what the journal has open, once: at the first use at the latest.
    pub(crate) async fn ready(self: &Arc<Self>) -> Result<(), ApiError> {
        self.resumed.get_or_try_init(|| self.resume()).await?;
        // Also later: the file can be lost while the app is in the background.
        self.rebuild_if_lost().await
    }

    async fn rebuild_if_lost(self: &Arc<Self>) -> Result<(), ApiError> {
        if self.journal.run(Journal::is_to_be_rebuilt).await? {
            let _turn = self.rebuilding.lock().await;
            if self.journal.run(Journal::is_to_be_rebuilt).await? {
                self.rebuild().await?;
            }
        }
        Ok(())
    }

    async fn resume(self: &Arc<Self>) -> Result<(), ApiError> {
        let open = self.journal.run(Journal::open_attempts).await?;
        for row in open {
            // Adopting may have been tried before, and failed half-way.
            if self.running().contains_key(&row.id) {
                continue;
            }
            // One that can't be read must not keep the others from going on.
            if let Err(error) = self.pick_up(row.id).await {
                tracing::error!(attempt = %row.id, %error, "an attempt can't be resumed");
            }
        }
        for row in self.journal.run(Journal::to_sweep).await? {
            self.sweep_later(row.id);
        }
        self.sweep_strays();
        self.look_after_the_background();
        Ok(())
    }

    /// Looks at the server whenever the app is in front again.
    fn look_after_the_background(self: &Arc<Self>) {
        let mut openings = self.journal.openings();
        let host = Arc::downgrade(self);
        tokio::spawn(async move {
            while openings.changed().await.is_ok() {
                let Some(host) = host.upgrade() else { return };
                let is_open = *openings.borrow_and_update();
                if is_open {
                    // A file that was lost meanwhile has to know the attempts that go on.
                    if let Err(error) = host.rebuild_if_lost().await {
                        tracing::warn!(%error, "a lost journal can't be rebuilt yet");
                    }
                    host.poke(None);
                }
            }
        });
    }

    /// The attempts that go on.
    pub(crate) fn open(&self) -> Vec<Attempt> {
        let mut open: Vec<Attempt> = self.running().values().cloned().collect();
        open.retain(|attempt| !attempt.state().is_final());
        open.sort_by_key(Attempt::id);
        open
    }

    /// Has the server looked at now.
    pub(crate) fn poke(&self, key: Option<&TransactionKey>) {
        self.watcher.poke(key);
        if key.is_none() {
            for attempt in self.running().values() {
                attempt.poke();
            }
        }
    }

    pub(super) async fn read(&self, id: AttemptId) -> Result<Option<Machine>, JournalError> {
        let entries = self.journal.run(move |journal| journal.events(id)).await?;
        if entries.is_empty() {
            return Ok(None);
        }
        let events = entries.iter().map(|entry| Ok((entry.at, Event::from_entry(entry)?)));
        let events = events.collect::<Result<Vec<_>, JournalError>>()?;
        Ok(Some(Machine::fold(id, events)?.of_another_process()))
    }

    fn shared(&self, machine: &Machine) -> (Arc<Shared>, mpsc::UnboundedReceiver<Message>) {
        let (inbox, messages) = mpsc::unbounded_channel();
        let state = machine.shown(self.api.server_now());
        let (kind, amount) = (machine.intent.kind, machine.intent.amount);
        (Arc::new(Shared::new(machine.id, kind, amount, state, inbox)), messages)
    }

    /// Goes on with what another process left. What that one had not sent is
    /// over, before anybody asks for it again.
    async fn pick_up(self: &Arc<Self>, id: AttemptId) -> Result<(), JournalError> {
        let Some(mut machine) = self.read(id).await? else { return Ok(()) };
        let at = self.api.server_now();
        let events = machine.hear(Heard::Resumed, at);
        for event in &events {
            machine.apply(event, at);
        }
        if !events.is_empty() {
            self.write(&machine, &events, at).await?;
        }
        if !machine.is_over() {
            self.launch(machine);
        }
        Ok(())
    }

    /// Writes events of an attempt down, with what it comes to with them.
    pub(super) async fn write(
        &self,
        machine: &Machine,
        events: &[Event],
        at: UnixSeconds,
    ) -> Result<(), JournalError> {
        let (id, commit) = (machine.id, self.commit(machine, events, at)?);
        self.journal.run(move |journal| journal.append(id, &commit)).await
    }

    fn commit(&self, machine: &Machine, events: &[Event], at: UnixSeconds) -> Result<Commit, JournalError> {
        let entries = events.iter().map(Event::to_entry).collect::<Result<Vec<Entry>, _>>()?;
        Ok(Commit { at, day: self.calendar.day(at), entries, projection: machine.projection() })
    }

    pub(super) fn launch(self: &Arc<Self>, machine: Machine) -> Attempt {
        let (shared, messages) = self.shared(&machine);
        let attempt = Attempt { shared: Arc::clone(&shared) };
        self.running().insert(machine.id, attempt.clone());
        let inbox: Inbox = Arc::new(tokio::sync::Mutex::new(messages));
        tokio::spawn(Arc::clone(self).supervise(machine, shared, inbox));
        attempt
    }

    /// Runs the driver to the attempt's end. A panic leaves the attempt unknown,
    /// and the driver starts again from the journal.
    async fn supervise(self: Arc<Self>, machine: Machine, shared: Arc<Shared>, inbox: Inbox) {
        let id = machine.id;
        let mut machine = Some(machine);
        let mut resumed = false;
        for _ in 0..=RESTARTS {
            let Some(next) = machine.take() else { break };
            let driver = Driver::of(next, Arc::clone(&self), Arc::clone(&shared));
            let messages = Arc::clone(&inbox);
            let drive = async move {
                let mut driver = driver;
                if resumed {
                    driver.hear(Heard::Resumed).await;
                }
                driver.run(messages).await;
            };
            match tokio::spawn(drive).await {
                Ok(()) => {
                    self.running().remove(&id);
                    self.sweep_after(id).await;
                    return;
                }
                // The runtime ends, and nothing has happened.
                Err(error) if error.is_cancelled() => return,
                Err(_) => {}
            }
            let now = self.api.server_now();
            tracing::error!(attempt = %id, "the driver of an attempt panicked");
            shared.enter(AttemptState::Unknown { since: now, next_check: now.plus(1) });
            machine = loop {
                self.clock.sleep(RESTART_PAUSE).await;
                match self.read(id).await {
                    Ok(machine) => break machine,
                    // The journal may be closed only while the app is in the background.
                    Err(error) => tracing::error!(attempt = %id, %error, "an attempt can't be read"),
                }
            };
            resumed = true;
        }
    }

    pub(super) fn running(&self) -> MutexGuard<'_, HashMap<AttemptId, Attempt>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
