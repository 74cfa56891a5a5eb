//! How a customer's phone is set up.

use std::sync::Arc;

use tokio::sync::OnceCell;

use super::reservation_codes::{CodeChain, ReservationCodeGenerator};
use super::{Customer, Phone};
use crate::attempt::Pace;
use crate::auth::SecretStore;
use crate::clock::{Clock, Random};
use crate::code::WalletId;
use crate::error::{ApiError, ApiErrorKind};
use crate::journal::Journal;
use crate::wallet_api::{
    Credentials, Environment, Exchange, RequestBudget, RetryPolicy, Timeouts, WalletApi, WalletApiBuilder,
};

/// Builds a [`Customer`].
#[derive(Debug)]
pub struct CustomerBuilder {
    api: WalletApiBuilder,
    codes: Option<CodeChain>,
    journal: Option<Arc<Journal>>,
    wallet: Option<WalletId>,
    device: String,
    pace: Pace,
}

impl CustomerBuilder {
    pub(super) fn new(environment: Environment, credentials: Arc<dyn Credentials>) -> Self {
        Self {
            api: WalletApi::builder(environment, credentials),
            codes: None,
            journal: None,
            wallet: None,
            device: "customer".to_owned(),
            pace: Pace::default(),
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

    /// Where attempts are written down; in memory by default. Its wallet is the
    /// one that pays.
    #[must_use]
    pub fn journal(mut self, journal: Arc<Journal>) -> Self {
        self.journal = Some(journal);
        self
    }

    /// The account that pays and is paid into; the user's first one by default.
    #[must_use]
    pub fn wallet(mut self, wallet: WalletId) -> Self {
        self.wallet = Some(wallet);
        self
    }

    /// The phone's name, which is written into transactions that it makes.
    #[must_use]
    pub fn device(mut self, name: impl Into<String>) -> Self {
        self.device = name.into();
        self
    }

    /// How long parts of a request may take.
    #[must_use]
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.api = self.api.timeouts(timeouts);
        self
    }

    /// How often reads are repeated.
    #[must_use]
    pub fn retries(mut self, retries: RetryPolicy) -> Self {
        self.api = self.api.retries(retries);
        self
    }

    /// Carries requests otherwise than over the network.
    #[must_use]
    pub fn exchange(mut self, exchange: Arc<dyn Exchange>) -> Self {
        self.api = self.api.exchange(exchange);
        self
    }

    /// Takes another clock than the system's.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.api = self.api.clock(clock);
        self
    }

    /// Takes another random source than the system's.
    #[must_use]
    pub fn random(mut self, random: Arc<dyn Random>) -> Self {
        self.api = self.api.random(random);
        self
    }

    /// How often the server is asked while a payment is open.
    #[must_use]
    pub fn pace(mut self, pace: Pace) -> Self {
        self.pace = pace;
        self
    }

    /// How many requests it may make; as documented by default. Clients of one
    /// account on a device share one budget.
    #[must_use]
    pub fn budget(mut self, budget: Arc<RequestBudget>) -> Self {
        self.api = self.api.budget(budget);
        self
    }

    /// The phone.
    ///
    /// # Errors
    /// [`ApiError`]: `storage_failed` for a production environment with a
    /// journal that would not outlive the process; `rejected_input` for a pace of
    /// zero, or a journal of another wallet than the one that was chosen.
    pub fn build(self) -> Result<Customer, ApiError> {
        let is_durable = self.journal.as_ref().is_some_and(|journal| journal.is_durable());
        if self.api.environment().is_production() && !is_durable {
            return Err(ApiError::local(ApiErrorKind::StorageFailed));
        }
        let of_journal = self.journal.as_ref().map(|journal| journal.owner().wallet);
        if let (Some(chosen), Some(of_journal)) = (self.wallet, of_journal)
            && chosen != of_journal
        {
            return Err(ApiError::rejected("journal", "belongs to another wallet"));
        }
        self.pace.check()?;
        let (clock, random) = (self.api.its_clock(), self.api.its_random());
        let phone = Phone {
            api: self.api.build()?,
            device: self.device,
            journal: self.journal,
            clock,
            random,
            pace: self.pace,
            wallet: OnceCell::new_with(self.wallet.or(of_journal)),
            host: OnceCell::new(),
            codes: self.codes,
        };
        Ok(Customer { phone: Arc::new(phone) })
    }
}
