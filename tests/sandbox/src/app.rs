//! What every request handler shares.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use crate::callbacks::Sender;
use crate::clock::SandboxClock;
use crate::counterparts::Counterparts;
use crate::domain::cash::Limits;
use crate::faults::Faults;
use crate::mac::ReplayGuard;
use crate::rate_limits::RateLimits;
use crate::request_log::RequestLog;
use crate::seed::SeedFile;
use crate::store::Store;

/// The limits of cash operations that count now. Clones are handles of the same
/// ones.
#[derive(Clone, Debug)]
pub(crate) struct LimitsInForce {
    /// Where no seed says otherwise.
    own: Limits,
    now: Arc<Mutex<Limits>>,
}

impl LimitsInForce {
    pub(crate) fn new(own: Limits) -> Self {
        Self { own, now: Arc::new(Mutex::new(own)) }
    }

    pub(crate) fn get(&self) -> Limits {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The limits that count with a seed of these.
    pub(crate) fn with(&self, of_seed: Option<Limits>) -> Limits {
        of_seed.unwrap_or(self.own)
    }

    pub(crate) fn set(&self, limits: Limits) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = limits;
    }
}

/// Handlers get a cheap clone of this.
#[derive(Clone, Debug)]
pub(crate) struct App {
    pub(crate) store: Arc<Store>,
    pub(crate) clock: SandboxClock,
    pub(crate) limits: LimitsInForce,
    /// What is planted into empty books.
    pub(crate) seed: Arc<SeedFile>,
    /// How long a user token that a client gets is good, in seconds.
    pub(crate) token_seconds: i64,
    pub(crate) replay: Arc<ReplayGuard>,
    pub(crate) faults: Faults,
    pub(crate) counterparts: Counterparts,
    pub(crate) rate_limits: RateLimits,
    pub(crate) log: RequestLog,
    pub(crate) callbacks: Sender,
    /// Changes when the sandbox stops: streams must end then.
    pub(crate) stopped: watch::Receiver<()>,
    /// The port that the server listens on, a candidate in MACs.
    pub(crate) port: u16,
    /// `http` or `https`.
    pub(crate) scheme: &'static str,
    /// Names under which the control API is reached, beside addresses.
    pub(crate) allowed_hosts: Arc<[String]>,
}
