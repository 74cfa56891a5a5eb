//! Simulated people: they act on transactions by themselves, at once or after
//! some time of the sandbox's clock.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::Connection;
use serde_json::Map;
use tokio::sync::watch;

use crate::app::App;
use crate::domain::acceptance::Acceptance;
use crate::domain::cash::Limits;
use crate::domain::status::{Event, Status};
use crate::error::Refusal;
use crate::operations::{access, end, reject, reserve};
use crate::store::credentials::{self, Caller, Signer};
use crate::store::transactions::{self, Open, StoredTransaction};

/// Most people who play along.
const MAX_COUNTERPARTS: usize = 100;

/// The pause after the database failed.
const FAILURE_PAUSE: Duration = Duration::from_secs(1);

/// What somebody does with a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Accept(i64),
    /// On the web page, where the money may come later.
    AcceptWithoutMoney(i64),
    Decline(i64),
    Confirm,
}

/// Somebody who plays along: a customer or the merchants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counterpart {
    act: Act,
    after: i64,
    location: Option<i64>,
}

impl Counterpart {
    const fn new(act: Act) -> Self {
        Self { act, after: 0, location: None }
    }

    /// A customer who accepts in the app, from this wallet.
    #[must_use]
    pub fn accepting(wallet: u64) -> Self {
        Self::new(Act::Accept(number(wallet)))
    }

    /// A customer who accepts on the web page, whether or not the wallet has
    /// the money: without it the transaction waits for funds.
    #[must_use]
    pub fn accepting_without_money(wallet: u64) -> Self {
        Self::new(Act::AcceptWithoutMoney(number(wallet)))
    }

    /// A customer who declines; with [`Counterpart::after`] at the last moment.
    #[must_use]
    pub fn declining(wallet: u64) -> Self {
        Self::new(Act::Decline(number(wallet)))
    }

    /// Every merchant, who confirms what is reserved. Without this one nobody
    /// confirms but who is asked to.
    #[must_use]
    pub const fn confirming() -> Self {
        Self::new(Act::Confirm)
    }

    /// So many seconds of the sandbox's clock after it could have acted.
    #[must_use]
    pub fn after(mut self, seconds: u32) -> Self {
        self.after = i64::from(seconds);
        self
    }

    /// Only on transactions of this location.
    #[must_use]
    pub fn at_location(mut self, location: u64) -> Self {
        self.location = Some(number(location));
        self
    }

    /// What it does, for a person.
    pub(crate) fn text(&self) -> String {
        let act = match self.act {
            Act::Accept(wallet) => format!("wallet {wallet} pays"),
            Act::AcceptWithoutMoney(wallet) => format!("wallet {wallet} pays, and tops up later"),
            Act::Decline(wallet) => format!("wallet {wallet} declines"),
            Act::Confirm => "the merchant confirms".to_owned(),
        };
        let place = self.location.map_or(String::new(), |id| format!(" at location {id}"));
        if self.after == 0 { format!("{act}{place}") } else { format!("{act}{place} after {} s", self.after) }
    }

    /// Whether it can act on a transaction in that status.
    fn acts_on(&self, status: Status) -> bool {
        let event = match self.act {
            Act::Accept(_) | Act::AcceptWithoutMoney(_) => Event::Accept,
            Act::Decline(_) => Event::Reject,
            Act::Confirm => Event::Confirm,
        };
        status.after(event).is_some()
    }
}

/// A number that no row has, if it is too large.
fn number(id: u64) -> i64 {
    i64::try_from(id).unwrap_or(i64::MAX)
}

/// Who plays along in one sandbox. Clones are handles of the same list.
#[derive(Clone, Debug)]
pub struct Counterparts {
    list: Arc<Mutex<List>>,
    changes: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct List {
    people: Vec<(u64, Counterpart)>,
    last_id: u64,
}

impl Default for Counterparts {
    fn default() -> Self {
        Self { list: Arc::default(), changes: watch::Sender::new(0) }
    }
}

impl Counterparts {
    /// Lets somebody play along, also with the transactions that are open now;
    /// the number for [`Counterparts::remove`], or `None` if a hundred do.
    pub fn add(&self, counterpart: Counterpart) -> Option<u64> {
        let id = {
            let mut list = self.list();
            if list.people.len() >= MAX_COUNTERPARTS {
                return None;
            }
            list.last_id = list.last_id.saturating_add(1);
            let id = list.last_id;
            list.people.push((id, counterpart));
            id
        };
        self.changes.send_modify(|count| *count = count.wrapping_add(1));
        Some(id)
    }

    /// Sends somebody away; false if there is nobody of that number.
    pub fn remove(&self, id: u64) -> bool {
        let mut list = self.list();
        let before = list.people.len();
        list.people.retain(|(other, _)| *other != id);
        list.people.len() < before
    }

    /// Sends everybody away.
    pub fn clear(&self) {
        self.list().people.clear();
    }

    /// Who plays along, with their numbers.
    #[must_use]
    pub fn all(&self) -> Vec<(u64, Counterpart)> {
        self.list().people.clone()
    }

    fn list(&self) -> MutexGuard<'_, List> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lets them act, until it is aborted.
pub(crate) async fn play(app: App) {
    let mut changes = app.store.changes();
    let mut people = app.counterparts.changes.subscribe();
    // Who has acted on which transaction, whatever came of it.
    let mut acted: HashSet<(u64, String)> = HashSet::new();
    loop {
        changes.mark_unchanged();
        people.mark_unchanged();
        let next_time = match turn(&app, &mut acted).await {
            Ok(next_time) => next_time,
            Err(refusal) => {
                tracing::error!(?refusal, "simulated counterparts do not act");
                tokio::time::sleep(FAILURE_PAUSE).await;
                continue;
            }
        };
        let time = async {
            match next_time {
                Some(time) => app.clock.wait_until(time).await,
                None => std::future::pending().await,
            }
        };
        // A sender that is gone is the sandbox's end.
        tokio::select! {
            _ = changes.changed() => {}
            _ = people.changed() => {}
            () = time => {}
        }
    }
}

/// Does what is due; when the next one is.
async fn turn(app: &App, acted: &mut HashSet<(u64, String)>) -> Result<Option<i64>, Refusal> {
    let people = app.counterparts.all();
    if people.is_empty() {
        acted.clear();
        return Ok(None);
    }
    let now = app.clock.now();
    let open = app.store.unit(now, transactions::open).await?;
    acted.retain(|(_, key)| open.iter().any(|one| one.key == *key));
    let mut next: Option<i64> = None;
    for one in &open {
        for (id, counterpart) in &people {
            let is_here = counterpart.location.is_none_or(|location| one.location == Some(location));
            let mark = (*id, one.key.clone());
            if !is_here || !counterpart.acts_on(one.status) || acted.contains(&mark) {
                continue;
            }
            let due = one.since.saturating_add(counterpart.after);
            if due > now {
                next = Some(next.map_or(due, |next| next.min(due)));
                continue;
            }
            acted.insert(mark);
            act(app, now, counterpart.act, one).await;
            // The others look again at what it is now.
            break;
        }
    }
    Ok(next)
}

async fn act(app: &App, now: i64, act: Act, on: &Open) {
    let (key, limits) = (on.key.clone(), app.limits);
    let done = app.store.unit(now, move |db| act_in(db, now, &limits, act, &key)).await;
    if let Err(refusal) = done {
        let (_, error, _) = refusal.on_the_wire();
        tracing::info!(error, key = on.key, "a simulated counterpart was refused");
    }
}

fn act_in(
    db: &Connection,
    now: i64,
    limits: &Limits,
    act: Act,
    key: &str,
) -> Result<StoredTransaction, Refusal> {
    match act {
        Act::Accept(wallet) | Act::AcceptWithoutMoney(wallet) => {
            let on_the_web = matches!(act, Act::AcceptWithoutMoney(_));
            let acceptance = Acceptance { on_the_web, ..Acceptance::by_wallet(wallet) };
            reserve::reserve(db, now, limits, &access::in_person(db, wallet)?, key, &acceptance)
        }
        Act::Decline(wallet) => reject::reject(db, now, &access::in_person(db, wallet)?, key),
        Act::Confirm => end::confirm(db, now, &maker(db, key)?, key, &Map::new()),
    }
}

/// Who made a transaction.
fn maker(db: &Connection, key: &str) -> Result<Caller, Refusal> {
    let transaction = transactions::find(db, key)?.ok_or(Refusal::NotFound("Transaction not found"))?;
    if let Some(wallet) = transaction.creator_wallet {
        return access::in_person(db, wallet);
    }
    let client = transaction.client_id.ok_or(Refusal::Internal)?;
    match credentials::credentials(db, &client)?.map(|client| client.signer) {
        Some(Signer::Caller(merchant)) => Ok(merchant),
        Some(Signer::App { .. }) | None => Err(Refusal::NotFound("The merchant is gone")),
    }
}
