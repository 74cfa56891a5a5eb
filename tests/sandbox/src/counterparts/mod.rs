//! Simulated people: they act on transactions by themselves, at once or after
//! some time of the sandbox's clock.

mod board;
mod books;
mod counterpart;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::app::LimitsInForce;
use crate::clock::SandboxClock;
use crate::error::Refusal;
use crate::sandbox::SandboxError;
use crate::store::Store;

use board::{Board, Plan};

pub use board::Deed;
pub use counterpart::Counterpart;

/// The pause after the database failed.
const FAILURE_PAUSE: Duration = Duration::from_secs(1);

/// Who plays along in one sandbox. Clones are handles of the same people.
///
/// They act by themselves soon after something happened or the clock got there;
/// [`Counterparts::settle`] waits for them. Each acts once on a transaction,
/// whatever comes of it. They are forgotten at a restart.
#[derive(Clone, Debug)]
pub struct Counterparts {
    board: Arc<Mutex<Board>>,
    /// Counts what happened on the board.
    changes: watch::Sender<u64>,
    /// Who has it works the plans off.
    turn: Arc<tokio::sync::Mutex<()>>,
    store: Arc<Store>,
    clock: SandboxClock,
    limits: LimitsInForce,
}

impl Counterparts {
    pub(crate) fn new(store: Arc<Store>, clock: SandboxClock, limits: LimitsInForce) -> Self {
        let (board, turn) = (Arc::default(), Arc::default());
        Self { board, changes: watch::Sender::new(0), turn, store, clock, limits }
    }

    /// Lets somebody play along, also with the transactions that are open now;
    /// the number for [`Counterparts::remove`], or `None` if a hundred do.
    pub fn add(&self, counterpart: Counterpart) -> Option<u64> {
        let id = self.board().add(counterpart);
        self.changed();
        id
    }

    /// Sends somebody away; false if there is nobody of that number.
    pub fn remove(&self, id: u64) -> bool {
        let removed = self.board().remove(id);
        self.changed();
        removed
    }

    /// Sends everybody away and forgets what they did.
    pub fn clear(&self) {
        self.board().clear();
        self.changed();
    }

    /// Who plays along, with their numbers.
    #[must_use]
    pub fn all(&self) -> Vec<(u64, Counterpart)> {
        self.board().all()
    }

    /// The latest hundred things that they did or were refused, oldest first.
    #[must_use]
    pub fn deeds(&self) -> Vec<Deed> {
        self.board().deeds()
    }

    /// Waits until they have done everything that is due by the sandbox's clock.
    ///
    /// # Errors
    /// [`SandboxError::Books`] if the database fails.
    pub async fn settle(&self) -> Result<(), SandboxError> {
        self.work_off().await.map(drop).map_err(|_| SandboxError::Books)
    }

    /// Refuses somebody whose wallet, location or client does not exist.
    pub(crate) async fn check(&self, counterpart: Counterpart) -> Result<(), Refusal> {
        self.store.unit(self.clock.now(), move |db| books::check(db, &counterpart)).await
    }

    /// Is told of everything that happened on the board.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Lets them act, until it is aborted.
    pub(crate) async fn play(self) {
        let (mut books, mut board) = (self.store.changes(), self.changes());
        loop {
            books.mark_unchanged();
            board.mark_unchanged();
            let next_time = match self.work_off().await {
                Ok(next_time) => next_time,
                Err(refusal) => {
                    tracing::error!(?refusal, "simulated counterparts do not act");
                    tokio::time::sleep(FAILURE_PAUSE).await;
                    continue;
                }
            };
            let time = async {
                match next_time {
                    Some(time) => self.clock.wait_until(time).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                // Both senders stay as long as this task.
                _ = books.changed() => {}
                _ = board.changed() => {}
                () = time => {}
            }
        }
    }

    /// Does what is due; when the next thing is.
    async fn work_off(&self) -> Result<Option<i64>, Refusal> {
        let _turn = self.turn.lock().await;
        loop {
            let now = self.clock.now();
            self.read(now).await?;
            let plan = self.board().take_due(now);
            let Some(plan) = plan else { return Ok(self.board().next_due()) };
            self.act(now, plan).await;
        }
    }

    /// Reads what happened since the last time.
    async fn read(&self, now: i64) -> Result<(), Refusal> {
        let newcomers = self.board().newcomers();
        if !newcomers.is_empty() {
            let (open, newest) = self.store.unit(now, books::open).await?;
            self.board().welcome(&newcomers, &open, newest);
        }
        loop {
            let after = self.board().read_up_to();
            let Some(after) = after else { return Ok(()) };
            let (chances, last) = self.store.unit(now, move |db| books::news(db, after)).await?;
            let Some(last) = last else { return Ok(()) };
            self.board().read(&chances, last);
        }
    }

    async fn act(&self, now: i64, plan: Plan) {
        let (limits, planned) = (self.limits.get(), plan.clone());
        let done = self.store.unit(now, move |db| books::act(db, now, &limits, &planned)).await;
        let result = done.map_err(|refusal| {
            let (_, error, description) = refusal.on_the_wire();
            format!("{error}: {description}")
        });
        let Some(result) = result.transpose() else { return };
        let Plan { counterpart, key: transaction_key, .. } = plan;
        self.board().note(Deed { counterpart, at: now, transaction_key, result });
        self.changed();
    }

    fn changed(&self) {
        self.changes.send_modify(|count| *count = count.wrapping_add(1));
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
