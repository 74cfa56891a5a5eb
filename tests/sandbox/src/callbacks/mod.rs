//! Telling merchants what happened to their transactions (wallet-api section
//! 10): the queue is in the database, this works it off.

mod key;
mod sender;

use std::collections::HashMap;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::{Id, JoinError, JoinSet};

use crate::app::App;
use crate::error::Refusal;
use crate::store::callbacks::{self, Due, Outcome};

pub(crate) use sender::{Sender, SetupError};

/// Attempts under way at once.
const MAX_AT_ONCE: usize = 8;

/// Attempts under way to one server, so that a slow one does not hold the others.
const MAX_PER_ORIGIN: usize = 2;

/// The pause after the database failed.
const FAILURE_PAUSE: Duration = Duration::from_secs(1);

/// Works the queue off.
pub(crate) struct Worker {
    app: App,
    attempts: JoinSet<Outcome>,
    under_way: HashMap<Id, Due>,
}

impl Worker {
    pub(crate) fn new(app: App) -> Self {
        Self { app, attempts: JoinSet::new(), under_way: HashMap::new() }
    }

    /// Sends what is due, whenever something is, until it is aborted. Attempts
    /// that are under way then are made again after the next start: a merchant
    /// may hear of an event twice, but not never.
    pub(crate) async fn run(mut self) {
        let mut changes = self.app.store.changes();
        loop {
            if let Err(refusal) = self.turn(&mut changes).await {
                tracing::error!(?refusal, "the queue of callbacks does not move");
                tokio::time::sleep(FAILURE_PAUSE).await;
            }
        }
    }

    /// Starts what is due, then waits until there can be more to do.
    async fn turn(&mut self, changes: &mut watch::Receiver<u64>) -> Result<(), Refusal> {
        changes.mark_unchanged();
        let next_time = self.start_due().await?;
        let time = async {
            match next_time {
                Some(time) => self.app.clock.wait_until(time).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = changes.changed() => Ok(()),
            () = time => Ok(()),
            Some(ended) = self.attempts.join_next_with_id() => self.finish(ended).await,
        }
    }

    /// Starts what is due, as far as there is room; the next time to look.
    async fn start_due(&mut self) -> Result<Option<i64>, Refusal> {
        loop {
            let now = self.app.clock.now();
            let (under_way, busy, full) = self.load();
            let (due, next_time) = self
                .app
                .store
                .unit(now, move |db| {
                    let due = if full { None } else { callbacks::next_due(db, now, &under_way, &busy)? };
                    Ok((due, callbacks::next_time(db, now)?))
                })
                .await?;
            let Some(due) = due else { return Ok(next_time) };
            let (sender, attempt) = (self.app.callbacks.clone(), due.clone());
            let handle = self.attempts.spawn(async move { sender.send(&attempt).await });
            self.under_way.insert(handle.id(), due);
        }
    }

    /// Which callbacks are under way, which origins have no room for another,
    /// and whether there is no room at all.
    fn load(&self) -> (Vec<i64>, Vec<String>, bool) {
        let mut origins: HashMap<&str, usize> = HashMap::new();
        for due in self.under_way.values() {
            let count = origins.entry(&due.origin).or_default();
            *count = count.saturating_add(1);
        }
        let busy = origins.into_iter().filter(|(_, count)| *count >= MAX_PER_ORIGIN);
        (
            self.under_way.values().map(|due| due.id).collect(),
            busy.map(|(origin, _)| origin.to_owned()).collect(),
            self.under_way.len() >= MAX_AT_ONCE,
        )
    }

    async fn finish(&mut self, ended: Result<(Id, Outcome), JoinError>) -> Result<(), Refusal> {
        let (task, outcome) = match ended {
            Ok(ended) => ended,
            Err(error) => {
                tracing::error!(%error, "an attempt broke off");
                let broke_off = Some("The sandbox's attempt broke off".to_owned());
                (error.id(), Outcome { http_status: None, error: broke_off })
            }
        };
        let Some(due) = self.under_way.remove(&task) else { return Ok(()) };
        let now = self.app.clock.now();
        self.app.store.unit(now, move |db| callbacks::write_attempt(db, now, due.id, &outcome)).await
    }
}
