//! Sweeping: transactions that attempts made without knowing are taken back once
//! they can't arrive any more. They were shown to nobody, so no money moves.

use std::sync::Arc;
use std::time::Duration;

use super::host::Host;
use super::lost;
use crate::clock::UnixSeconds;
use crate::error::ApiError;
use crate::journal::{AttemptId, Journal, JournalError, Period};

/// How far back a start of the app looks for strays.
const STRAYS_SECONDS: i64 = 24 * 3600;

impl Host {
    pub(super) async fn sweep_after(self: &Arc<Self>, id: AttemptId) {
        let lost = self.read(id).await.ok().flatten().is_some_and(|machine| machine.may_have_lost_one());
        if lost {
            self.sweep_later(id);
        }
    }

    /// Takes lost transactions back once they can't arrive any more. What fails is
    /// tried again when the app starts the next time, or another one is due.
    pub(super) fn sweep_later(self: &Arc<Self>, id: AttemptId) {
        if !self.lists {
            return;
        }
        let host = Arc::clone(self);
        tokio::spawn(async move {
            let Ok(Some(due)) = host.sweep_due(id).await else { return };
            loop {
                let wait = due.since(host.api.server_now());
                let Ok(wait @ 1..) = u64::try_from(wait) else { break };
                host.clock.sleep(Duration::from_secs(wait.min(60))).await;
            }
            if let Err(error) = host.sweep().await {
                tracing::warn!(attempt = %id, %error, "lost transactions can't be taken back");
            }
        });
    }

    /// When the lost transactions of an attempt can't arrive any more.
    async fn sweep_due(&self, id: AttemptId) -> Result<Option<UnixSeconds>, JournalError> {
        let events = self.journal.run(move |journal| journal.events(id)).await?;
        Ok(events.last().map(|last| lost::sweep_due(last.at)))
    }

    /// Takes back, all at once, what is due: the till that comes back after a bad
    /// day reads the server's list once, and not once for each attempt.
    async fn sweep(&self) -> Result<(), ApiError> {
        let _turn = self.sweeping.lock().await;
        let mut due = Vec::new();
        for row in self.journal.run(Journal::to_sweep).await? {
            let at = if row.open { None } else { self.sweep_due(row.id).await? };
            if at.is_some_and(|at| at <= self.api.server_now()) {
                due.push(row);
            }
        }
        lost::sweep(&self.api.watching(), &due).await?;
        for row in due {
            self.journal.run(move |journal| journal.swept(row.id)).await?;
        }
        Ok(())
    }

    /// Takes back what the attempts of the last day made without knowing, also
    /// where no answer was lost: a network that delivers a request twice makes two
    /// transactions, of which one was never shown.
    pub(super) fn sweep_strays(self: &Arc<Self>) {
        if !self.lists {
            return;
        }
        let host = Arc::clone(self);
        tokio::spawn(async move {
            let until = host.api.server_now();
            let period = Period { from: until.plus(-STRAYS_SECONDS), until };
            let swept = async {
                let rows = host.journal.run(move |journal| journal.started_in(period)).await?;
                let ended: Vec<_> = rows.into_iter().filter(|row| !row.open).collect();
                lost::sweep(&host.api.watching(), &ended).await?;
                Ok::<(), ApiError>(())
            };
            if let Err(error) = swept.await {
                tracing::warn!(%error, "stray transactions can't be taken back");
            }
        });
    }
}
