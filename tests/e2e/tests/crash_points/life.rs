//! A life of a process, and where it ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use paysera_core::journal::{CommitObserver, JournalError, Observed};
use paysera_core::wallet_api::HttpRequest;
use paysera_e2e::POLL;
use paysera_e2e::in_process::{Step, Way};

/// When the process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Death {
    Never,
    /// After the commit of this number.
    Commit(u32),
    /// Before the request of this number arrives.
    Request(u32),
    /// After the server has answered it.
    Answer(u32),
    /// When the cash of this number has changed hands, before anybody has tapped.
    Cash(u32),
}

/// A life of a process, which counts what it does.
#[derive(Debug)]
pub(crate) struct Life {
    pub(crate) death: Death,
    pub(crate) commits: AtomicU32,
    pub(crate) requests: AtomicU32,
    pub(crate) cash: AtomicU32,
    pub(crate) dead: AtomicBool,
}

impl Life {
    pub(crate) fn new(death: Death) -> Arc<Self> {
        let (commits, requests, cash) = (AtomicU32::new(0), AtomicU32::new(0), AtomicU32::new(0));
        Arc::new(Self { death, commits, requests, cash, dead: AtomicBool::new(false) })
    }

    pub(crate) fn next(counter: &AtomicU32) -> u32 {
        counter.fetch_add(1, Ordering::SeqCst) + 1
    }

    pub(crate) fn die_if(&self, death: Death) -> bool {
        if self.death == death {
            self.dead.store(true, Ordering::SeqCst);
        }
        self.is_dead()
    }

    pub(crate) fn is_dead(&self) -> bool {
        self.dead.load(Ordering::SeqCst)
    }
}

impl CommitObserver for Life {
    fn before(&self, _: Observed<'_>) -> Result<(), JournalError> {
        if self.is_dead() {
            return Err(JournalError::Storage { reason: "the process is dead".to_owned() });
        }
        Ok(())
    }

    fn after(&self, _: Observed<'_>) {
        let number = Self::next(&self.commits);
        self.die_if(Death::Commit(number));
    }
}

impl Way for Life {
    fn there<'a>(&'a self, request: &'a HttpRequest) -> Step<'a, ()> {
        Box::pin(async move {
            // Reads change nothing: a death before one is a death after the commit before it.
            if request.method != http::Method::GET {
                let number = Self::next(&self.requests);
                self.die_if(Death::Request(number));
            }
            if self.is_dead() {
                std::future::pending().await
            }
        })
    }

    fn back(&self) -> Step<'_, ()> {
        Box::pin(async move {
            self.die_if(Death::Answer(self.requests.load(Ordering::SeqCst)));
            if self.is_dead() {
                std::future::pending().await
            }
        })
    }
}

/// Waits for something that a dead process never gives.
pub(crate) async fn unless_dead<T>(life: &Life, wanted: impl Future<Output = T>) -> Option<T> {
    tokio::pin!(wanted);
    loop {
        tokio::select! {
            got = &mut wanted => return (!life.is_dead()).then_some(got),
            () = tokio::time::sleep(POLL) => if life.is_dead() { return None },
        }
    }
}
