//! Sweeping: transactions that attempts made without knowing are taken back once
//! they can't arrive any more. They were shown to nobody, so no money moves.
//!
//! The list that is read is that of who signs: what a merchant's client made, or
//! what a customer's token made itself. It is the only way, since a transaction
//! whose answer was lost has no key in the journal. Where a server shows no such
//! list to a customer, their strays stay until it deletes them after a month
//! (wallet-api section 5.2): nobody has their keys, so they hold no money.

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
    /// day reads the server's list once, and not once for each attempt. Where the
    /// list was too long for that, those that began longer ago come next time.
    async fn sweep(&self) -> Result<(), ApiError> {
        let _turn = self.sweeping.lock().await;
        let mut ended = Vec::new();
        for row in self.journal.run(Journal::to_sweep).await? {
            let due = if row.open { None } else { self.sweep_due(row.id).await? };
            if let Some(due) = due.filter(|due| *due <= self.api.server_now()) {
                ended.push(lost::Ended { row, due });
            }
        }
        let all = ended.len();
        let swept = lost::sweep(&self.api.watching(), ended).await?;
        tell_left(all, swept.len());
        for row in swept {
            self.journal.run(move |journal| journal.swept(row.id)).await?;
        }
        Ok(())
    }

    /// Takes back what the attempts of the last day made without knowing, also
    /// where no answer was lost: a network that delivers a request twice makes two
    /// transactions, of which one was never shown.
    pub(super) fn sweep_strays(self: &Arc<Self>) {
        let host = Arc::clone(self);
        tokio::spawn(async move {
            let now = host.api.server_now();
            // No end: what ended in this second counts, too.
            let period = Period { from: now.plus(-STRAYS_SECONDS), until: UnixSeconds(i64::MAX) };
            let swept = async {
                let rows = host.journal.run(move |journal| journal.started_in(period)).await?;
                let ended = rows.into_iter().filter(|row| !row.open);
                let ended: Vec<_> = ended.map(|row| lost::Ended { row, due: now }).collect();
                let all = ended.len();
                tell_left(all, lost::sweep(&host.api.watching(), ended).await?.len());
                Ok::<(), ApiError>(())
            };
            if let Err(error) = swept.await {
                tracing::warn!(%error, "stray transactions can't be taken back");
            }
        });
    }
}

fn tell_left(all: usize, swept: usize) {
    if swept < all {
        tracing::warn!(all, swept, "the server's list is too long to look for all lost transactions at once");
    }
}
