//! How a till is set up.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::till::Till;
use super::{Merchant, TillPlace};
use crate::attempt::{Host, HostSetup, Pace};
use crate::calendar::BusinessCalendar;
use crate::clock::{Clock, Random};
use crate::error::{ApiError, ApiErrorKind};
use crate::journal::{InstallId, Journal, JournalOwner};
use crate::wallet_api::{
    Credentials, Environment, Exchange, RequestBudget, RetryPolicy, Timeouts, WalletApi, WalletApiBuilder,
};

/// What a merchant can choose about a till.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    pub pace: Pace,
    /// Seconds for which a settled payment, or a cash-in, can be given back. The
    /// merchant's money waits as long. Without it, the server's own short time.
    pub refund_window_seconds: Option<i64>,
    /// Whether the cashier compares the customer with a photo-id before cash is
    /// handed out.
    pub check_identity: bool,
    /// Who may give money back; everybody if absent.
    pub refund_staff: Option<BTreeSet<String>>,
    /// The days of business of the location.
    pub calendar: BusinessCalendar,
}

impl Default for TillSettings {
    fn default() -> Self {
        Self {
            payment_reserve_seconds: 3600,
            cash_reserve_seconds: 900,
            presenting_seconds: 600,
            pace: Pace::default(),
            refund_window_seconds: None,
            check_identity: false,
            refund_staff: None,
            calendar: BusinessCalendar::default(),
        }
    }
}

/// Builds a [`Merchant`].
#[derive(Debug)]
pub struct MerchantBuilder {
    api: WalletApiBuilder,
    place: TillPlace,
    device: String,
    settings: TillSettings,
    journal: Option<Arc<Journal>>,
}

impl MerchantBuilder {
    pub(super) fn new(environment: Environment, credentials: Arc<dyn Credentials>, place: TillPlace) -> Self {
        Self {
            api: WalletApi::builder(environment, credentials),
            place,
            device: "till".to_owned(),
            settings: TillSettings::default(),
            journal: None,
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

    /// Where attempts are written down; in memory by default. It must belong to
    /// the merchant's wallet.
    #[must_use]
    pub fn journal(mut self, journal: Arc<Journal>) -> Self {
        self.journal = Some(journal);
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

    /// How many requests it may make; as documented for one till by default.
    /// Clients of one account on a device share one budget.
    #[must_use]
    pub fn budget(mut self, budget: Arc<RequestBudget>) -> Self {
        self.api = self.api.budget(budget);
        self
    }

    /// The till.
    ///
    /// # Errors
    /// [`ApiError`]: `storage_failed` for a production environment with a
    /// journal that would not outlive the process, since real money must not be
    /// forgotten; `rejected_input` for a journal of another wallet, or settings
    /// of zero or less.
    pub fn build(self) -> Result<Merchant, ApiError> {
        let journal = match self.journal {
            Some(journal) => journal,
            None => {
                let install = InstallId::new(self.api.its_random().as_ref()).map_err(ApiError::bug)?;
                Arc::new(Journal::in_memory(JournalOwner { install, wallet: self.place.wallet })?)
            }
        };
        if self.api.environment().is_production() && !journal.is_durable() {
            return Err(ApiError::local(ApiErrorKind::StorageFailed));
        }
        if journal.owner().wallet != self.place.wallet {
            return Err(ApiError::rejected("journal", "belongs to another wallet"));
        }
        let settings = self.settings;
        for (field, seconds) in [
            ("payment_reserve_seconds", settings.payment_reserve_seconds),
            ("cash_reserve_seconds", settings.cash_reserve_seconds),
            ("presenting_seconds", settings.presenting_seconds),
            ("refund_window_seconds", settings.refund_window_seconds.unwrap_or(1)),
        ] {
            if seconds <= 0 {
                return Err(ApiError::rejected(field, "must be more than zero seconds"));
            }
        }
        settings.pace.check()?;
        let (clock, random) = (self.api.its_clock(), self.api.its_random());
        let api = self.api.on_behalf_of(self.place.project, self.place.location).build()?;
        let host = Host::new(HostSetup {
            api,
            journal,
            clock,
            random,
            calendar: settings.calendar.clone(),
            device: self.device,
            pace: settings.pace,
            lists: Some(self.place.location),
        });
        Ok(Merchant { till: Arc::new(Till::new(host, self.place, settings)) })
    }
}
