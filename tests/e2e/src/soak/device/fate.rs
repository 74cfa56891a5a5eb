//! When a device dies: it counts its writes to the journal and its requests, and
//! kills itself at the one that was chosen for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use paysera_core::journal::{CommitObserver, JournalError, Observed};
use paysera_core::wallet_api::{Bounds, Exchange, ExchangeFuture, HttpRequest};
use rustix::process::{Signal, getpid, kill_process};

use crate::soak::words::{Death, Moment};

/// The death of a device.
#[derive(Debug)]
pub(super) struct Fate {
    death: Option<Death>,
    writes: AtomicU64,
    requests: AtomicU64,
}

impl Fate {
    pub(super) fn new(death: Option<Death>) -> Arc<Self> {
        Arc::new(Self { death, writes: AtomicU64::new(0), requests: AtomicU64::new(0) })
    }

    fn meet(&self, moment: Moment, number: u64, before: bool) {
        let now = |death: Death| death.moment == moment && death.number == number && death.before == before;
        if self.death.is_some_and(now) {
            while kill_process(getpid(), Signal::KILL).is_ok() {}
        }
    }
}

impl CommitObserver for Fate {
    fn before(&self, _commit: Observed<'_>) -> Result<(), JournalError> {
        let number = self.writes.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        self.meet(Moment::Write, number, true);
        Ok(())
    }

    fn after(&self, _commit: Observed<'_>) {
        // The journal is locked while it writes: this is the one that was counted last.
        self.meet(Moment::Write, self.writes.load(Ordering::Relaxed), false);
    }
}

/// Carries requests until the device dies.
#[derive(Debug)]
pub(super) struct Mortal {
    pub(super) network: Arc<dyn Exchange>,
    pub(super) fate: Arc<Fate>,
}

impl Exchange for Mortal {
    fn exchange(&self, request: HttpRequest, bounds: Bounds) -> ExchangeFuture<'_> {
        Box::pin(async move {
            let number = self.fate.requests.fetch_add(1, Ordering::Relaxed).saturating_add(1);
            self.fate.meet(Moment::Request, number, true);
            let answer = self.network.exchange(request, bounds).await;
            self.fate.meet(Moment::Request, number, false);
            answer
        })
    }
}
