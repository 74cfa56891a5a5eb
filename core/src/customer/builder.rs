//! How a customer's phone is set up.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::OnceCell;

use super::reservation_codes::{CodeChain, ReservationCodeGenerator};
use super::{Customer, Phone};
use crate::auth::SecretStore;
use crate::clock::{Clock, Random, SystemClock, SystemRandom};
use crate::error::{ApiError, ApiErrorKind};
use crate::journal::{Journal, MemoryJournal};
use crate::wallet_api::{Credentials, Environment, RequestBudget, WalletApi};

/// Builds a [`Customer`].
#[derive(Debug)]
pub struct CustomerBuilder {
    environment: Environment,
    credentials: Arc<dyn Credentials>,
    codes: Option<CodeChain>,
    journal: Arc<dyn Journal>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    budget: Option<Arc<RequestBudget>>,
    poll_interval: Duration,
}

impl CustomerBuilder {
    pub(super) fn new(environment: Environment, credentials: Arc<dyn Credentials>) -> Self {
        Self {
            environment,
            credentials,
            codes: None,
            journal: Arc::new(MemoryJournal::default()),
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            budget: None,
            poll_interval: Duration::from_millis(1500),
        }
    }

    /// Shows reservation codes of `generator`; their position is kept in `store`.
    #[must_use]
    pub fn reservation_codes(
        mut self,
        generator: Arc<dyn ReservationCodeGenerator>,
        store: Arc<dyn SecretStore>,
    ) -> Self {
        self.codes = Some(CodeChain::new(generator, store));
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

    /// How often the server is asked while a payment is open; 1.5 s by default.
    #[must_use]
    pub fn poll_interval(mut self, interval: Duration) -> Self {
        self.poll_interval = interval;
        self
    }

    /// How many requests it may make; as documented by default. Clients of one
    /// account on a device share one budget.
    #[must_use]
    pub fn budget(mut self, budget: Arc<RequestBudget>) -> Self {
        self.budget = Some(budget);
        self
    }

    /// The phone.
    ///
    /// # Errors
    /// [`ApiError`]: `storage_failed` for a production environment with a
    /// journal that would not outlive the process; `rejected_input` for a poll
    /// interval of zero.
    pub fn build(self) -> Result<Customer, ApiError> {
        if self.environment.is_production() && !self.journal.is_durable() {
            return Err(ApiError::local(ApiErrorKind::StorageFailed));
        }
        if self.poll_interval.is_zero() {
            return Err(ApiError::rejected("poll_interval", "must be more than zero"));
        }
        let mut api = WalletApi::builder(self.environment, self.credentials)
            .clock(Arc::clone(&self.clock))
            .random(Arc::clone(&self.random));
        if let Some(budget) = self.budget {
            api = api.budget(budget);
        }
        let api = api.build()?;
        let phone = Phone {
            api,
            device: "customer".to_owned(),
            journal: self.journal,
            clock: self.clock,
            random: self.random,
            poll_interval: self.poll_interval,
            wallet: OnceCell::new(),
            codes: self.codes,
            started: Mutex::new(HashMap::new()),
        };
        Ok(Customer { phone: Arc::new(phone) })
    }
}
