//! One poller for all open attempts of a till or a phone, inside the budget of
//! requests: quick while somebody waits, slower as time passes, at once when the
//! app says that something may have happened.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::handle::Message;
use super::lost::{Range, look_through};
use super::machine::{Failure, Sighting};
use super::pace::{LONGEST, Pace};
use crate::clock::{Clock, UnixSeconds};
use crate::code::{LocationId, TransactionKey};
use crate::wallet_api::{WalletApi, WalletApiError};

/// A look without an answer is given up after this: the next one may have one.
const PATIENCE: Duration = Duration::from_secs(10);
/// A transaction can be this much older than its watch.
const LOOK_BACK_SECONDS: i64 = 3600;

/// Looks at the server for all open attempts.
#[derive(Clone, Debug)]
pub(super) struct Watcher(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    api: WalletApi,
    clock: Arc<dyn Clock>,
    pace: Pace,
    /// The location whose list shows all: a merchant's client sees its own
    /// transactions, a customer reads the merchant's by key.
    lists: Option<LocationId>,
    /// Whether what is seen can be written down: not while the app is in the background.
    openings: watch::Receiver<bool>,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    watched: BTreeMap<u64, Watched>,
    last: u64,
    running: bool,
    /// The server asked for no requests before; a poke does not change that.
    quiet_until: Option<Instant>,
}

#[derive(Clone, Debug)]
struct Watched {
    key: TransactionKey,
    inbox: mpsc::UnboundedSender<Message>,
    since: Instant,
    from: UnixSeconds,
    due: Instant,
    failures: u32,
}

/// Ends a watch when it is dropped.
pub(super) struct Watch {
    watcher: Arc<Inner>,
    number: u64,
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Watch").field(&self.number).finish()
    }
}

impl Watch {
    /// Looks at once, or after the pause that the server asked for.
    pub(super) fn poke(&self) {
        self.watcher.hurry(|number, _| number == self.number);
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.watcher.lock().watched.remove(&self.number);
        self.watcher.changed.notify_one();
    }
}

impl Watcher {
    pub(super) fn new(
        api: &WalletApi,
        clock: Arc<dyn Clock>,
        pace: Pace,
        lists: Option<LocationId>,
        openings: watch::Receiver<bool>,
    ) -> Self {
        Self(Arc::new(Inner {
            api: api.watching().within(PATIENCE),
            clock,
            pace,
            lists,
            openings,
            state: Mutex::default(),
            changed: Notify::new(),
        }))
    }

    /// Sends what the server says of `key` to `inbox` until the watch is dropped.
    pub(super) fn watch(&self, key: TransactionKey, inbox: mpsc::UnboundedSender<Message>) -> Watch {
        let now = Instant::now();
        let mut state = self.0.lock();
        state.last = state.last.wrapping_add(1);
        let number = state.last;
        let from = self.0.api.server_now().plus(-LOOK_BACK_SECONDS);
        let due = now + self.0.pace.first;
        state.watched.insert(number, Watched { key, inbox, since: now, from, due, failures: 0 });
        if !state.running {
            state.running = true;
            tokio::spawn(Arc::clone(&self.0).run());
        }
        drop(state);
        self.0.changed.notify_one();
        Watch { watcher: Arc::clone(&self.0), number }
    }

    /// Looks at once at `key`, or at all: after a push message, when the app
    /// comes to the foreground, when the network is back. Within a pause that the
    /// server asked for, at its end.
    pub(super) fn poke(&self, key: Option<&TransactionKey>) {
        self.0.hurry(|_, watched| key.is_none_or(|key| *key == watched.key));
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hurry(&self, which: impl Fn(u64, &Watched) -> bool) {
        let now = Instant::now();
        for (number, watched) in &mut self.lock().watched {
            if which(*number, watched) {
                watched.due = now;
                watched.failures = 0;
            }
        }
        self.changed.notify_one();
    }

    /// Polls as long as anything is watched.
    async fn run(self: Arc<Self>) {
        loop {
            let next = {
                let mut state = self.lock();
                let next = state.watched.values().map(|watched| watched.due).min();
                state.running = next.is_some();
                next.max(next.and(state.quiet_until))
            };
            let Some(next) = next else { return };
            let wait = next.saturating_duration_since(Instant::now());
            if wait.is_zero() {
                // Without a journal there is no app either.
                let _ = self.openings.clone().wait_for(|is_open| *is_open).await;
                self.look().await;
            } else {
                tokio::select! {
                    () = self.clock.sleep(wait) => {}
                    () = self.changed.notified() => {}
                }
            }
        }
    }

    /// Looks at all that is due: with one list where that shows several, and by
    /// key at what is not in it.
    async fn look(&self) {
        let now = Instant::now();
        let all: Vec<(u64, Watched)> =
            self.lock().watched.iter().map(|(number, watched)| (*number, watched.clone())).collect();
        let mut left: Vec<&(u64, Watched)> = all.iter().filter(|(_, watched)| watched.due <= now).collect();
        if let Some(location) = self.lists.filter(|_| all.len() > 1) {
            match self.list(location, &all).await {
                Ok(seen) => {
                    for (number, watched) in &all {
                        if let Some(sighting) = seen.get(watched.key.as_str()) {
                            self.tell(*number, watched, Ok(sighting.clone()));
                        }
                    }
                    left.retain(|(_, watched)| !seen.contains_key(watched.key.as_str()));
                }
                Err(error) => {
                    for (number, watched) in left {
                        self.tell_failure(*number, watched, &error);
                    }
                    return;
                }
            }
        }
        // At the same time, so that one without an answer holds up no other.
        let mut reads = JoinSet::new();
        for (number, watched) in left.into_iter().cloned() {
            let api = self.api.clone();
            reads.spawn(async move {
                let seen = api.transactions().get(&watched.key).await;
                (number, watched, seen)
            });
        }
        while let Some(read) = reads.join_next().await {
            match read {
                Ok((number, watched, Ok(transaction))) => {
                    self.tell(number, &watched, Ok(Sighting::from(&transaction)));
                }
                Ok((number, watched, Err(error))) => self.tell_failure(number, &watched, &error),
                Err(error) => tracing::error!(%error, "a look at a transaction panicked"),
            }
        }
    }

    /// What is not in the list, for whatever reason, is read by key.
    async fn list(
        &self,
        location: LocationId,
        all: &[(u64, Watched)],
    ) -> Result<BTreeMap<String, Sighting>, WalletApiError> {
        let from = all.iter().map(|(_, watched)| watched.from).min().unwrap_or(UnixSeconds(0));
        let mut seen = BTreeMap::new();
        let range = Range { from, to: None, location: Some(location) };
        let _extent = look_through(&self.api, range, |transaction| {
            if all.iter().any(|(_, watched)| watched.key == transaction.transaction_key) {
                seen.insert(transaction.transaction_key.as_str().to_owned(), Sighting::from(&transaction));
            }
            seen.len() < all.len()
        })
        .await?;
        Ok(seen)
    }

    /// What the server asks for counts for every look: it is the server that
    /// needs the pause, and not one transaction.
    fn tell_failure(&self, number: u64, watched: &Watched, error: &WalletApiError) {
        if let Some(asked) = error.retry_after() {
            let until = Instant::now() + asked.min(LONGEST);
            let mut state = self.lock();
            state.quiet_until = state.quiet_until.max(Some(until));
        }
        self.tell(number, watched, Err(Box::new(Failure::from(error))));
    }

    /// Tells one attempt, and says when it is looked at again.
    fn tell(&self, number: u64, watched: &Watched, seen: Result<Sighting, Box<Failure>>) {
        let failed = seen.is_err();
        {
            let mut state = self.lock();
            let Some(entry) = state.watched.get_mut(&number) else { return };
            entry.failures = if failed { entry.failures.saturating_add(1) } else { 0 };
            let now = Instant::now();
            let interval = self.pace.interval(now.saturating_duration_since(entry.since), entry.failures);
            // Slower in time, so that the budget of requests lasts.
            let interval = interval.saturating_mul(self.api.watch_spread()) / 16;
            entry.due = now + interval;
        }
        // An attempt that ended does not listen any more.
        let _ = watched.inbox.send(Message::Watched(seen));
    }
}

#[cfg(test)]
mod tests;
