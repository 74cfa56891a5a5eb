//! How a till is set up.

use std::sync::Arc;
use std::time::Duration;

use super::till::Till;
use super::{Merchant, TillPlace};
use crate::clock::{Clock, Random, SystemClock, SystemRandom};
use crate::error::{ApiError, ApiErrorKind};
use crate::journal::{Journal, MemoryJournal};
use crate::wallet_api::{Credentials, Environment, RequestBudget, WalletApi};

/// What a merchant can choose about a till.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TillSettings {
    /// Seconds for which a customer's money stays held for a payment that the
    /// till can't settle. A dead till must not lock it for the server's default
    /// of 30 days.
    pub payment_reserve_seconds: i64,
    /// The same for cash-out and cash-in.
    pub cash_reserve_seconds: i64,
    /// Seconds for which a payment's code is shown before it is taken back.
    pub presenting_seconds: i64,
    /// How often the server is asked while a customer stands at the till.
    pub poll_interval: Duration,
}

impl Default for TillSettings {
    fn default() -> Self {
        Self {
            payment_reserve_seconds: 3600,
            cash_reserve_seconds: 900,
            presenting_seconds: 600,
            // Below the documented 60 requests a minute, with room for writes.
            poll_interval: Duration::from_millis(1500),
        }
    }
}

/// Builds a [`Merchant`].
#[derive(Debug)]
pub struct MerchantBuilder {
    environment: Environment,
    credentials: Arc<dyn Credentials>,
    place: TillPlace,
    device: String,
    settings: TillSettings,
    journal: Arc<dyn Journal>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    budget: Option<Arc<RequestBudget>>,
}

impl MerchantBuilder {
    pub(super) fn new(environment: Environment, credentials: Arc<dyn Credentials>, place: TillPlace) -> Self {
        Self {
            environment,
            credentials,
            place,
            device: "till".to_owned(),
            settings: TillSettings::default(),
            journal: Arc::new(MemoryJournal::default()),
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            budget: None,
        }
    }

    /// The till's name among the tills of its location; it is written into the
    /// transactions, so that each till knows its own.
    #[must_use]
    pub fn device(mut self, name: impl Into<String>) -> Self {
        self.device = name.into();
        self
    }

    /// Other settings than the defaults.
    #[must_use]
    pub fn settings(mut self, settings: TillSettings) -> Self {
        self.settings = settings;
        self
    }

    /// Where attempts are written down; in memory by default.
    #[must_use]
    pub fn journal(mut self, journal: Arc<dyn Journal>) -> Self {
        self.journal = journal;
        self
    }

    /// Takes another clock than the system's.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Takes another random source than the system's.
    #[must_use]
    pub fn random(mut self, random: Arc<dyn Random>) -> Self {
        self.random = random;
        self
    }

    /// How many requests it may make; as documented for one till by default.
    /// Clients of one account on a device share one budget.
    #[must_use]
    pub fn budget(mut self, budget: Arc<RequestBudget>) -> Self {
        self.budget = Some(budget);
        self
    }

    /// The till.
    ///
    /// # Errors
    /// [`ApiError`]: `storage_failed` for a production environment with a
    /// journal that would not outlive the process, since real money must not be
    /// forgotten; `rejected_input` for settings of zero or less.
    pub fn build(self) -> Result<Merchant, ApiError> {
        if self.environment.is_production() && !self.journal.is_durable() {
            return Err(ApiError::local(ApiErrorKind::StorageFailed));
        }
        let settings = self.settings;
        for (field, seconds) in [
            ("payment_reserve_seconds", settings.payment_reserve_seconds),
            ("cash_reserve_seconds", settings.cash_reserve_seconds),
            ("presenting_seconds", settings.presenting_seconds),
        ] {
            if seconds <= 0 {
                return Err(ApiError::rejected(field, "must be more than zero seconds"));
            }
        }
        if settings.poll_interval.is_zero() {
            return Err(ApiError::rejected("poll_interval", "must be more than zero"));
        }
        let mut api = WalletApi::builder(self.environment, self.credentials)
            .clock(Arc::clone(&self.clock))
            .random(Arc::clone(&self.random))
            .on_behalf_of(self.place.project, self.place.location);
        if let Some(budget) = self.budget {
            api = api.budget(budget);
        }
        let api = api.build()?;
        let till = Till::new(api, self.place, self.device, settings, self.journal, self.clock, self.random);
        Ok(Merchant { till: Arc::new(till) })
    }
}
