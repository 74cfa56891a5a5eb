//! The merchant's phone: collect a payment, hand out cash, take cash in.
//!
//! A till is one device at one location. What the location may do was chosen at
//! activation and is checked here before anything is sent.

mod activation;
mod bills;
mod builder;
mod cash_in;
mod cash_out;
mod collect;
mod drawer;
mod refund;
pub mod report;
mod till;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub use activation::ServiceState;
pub use builder::{MerchantBuilder, TillSettings};
pub use cash_in::CashInRequest;
pub use cash_out::CashOutRequest;
pub use collect::CollectRequest;
pub use drawer::DrawerCount;
pub use refund::RefundRequest;
use till::Till;

use report::{Reconciliation, ShiftReport, ZReport};

use crate::attempt::Attempt;
use crate::calendar::BusinessDay;
use crate::clock::UnixSeconds;
use crate::code::{LocationId, TransactionKey, WalletId};
use crate::error::ApiError;
use crate::journal::{AttemptId, DrawerMoveWhy, Journal, Period};
use crate::money::{Currency, Money};
use crate::wallet_api::{
    Captcha, Credentials, CurrencyBalance, Environment, Location, ProjectId, Service, Spot, SpotStatus,
    WalletRef, Window,
};

/// Where a till stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TillPlace {
    /// The merchant's project.
    pub project: ProjectId,
    /// The location.
    pub location: LocationId,
    /// The merchant's own wallet: it receives payments, and cash-ins are paid
    /// from it.
    pub wallet: WalletId,
}

/// A till. Cheap to clone; all clones are the same till.
#[derive(Clone, Debug)]
pub struct Merchant {
    till: Arc<Till>,
}

impl Merchant {
    /// Begins to build a till that signs with the merchant's `credentials`.
    #[must_use]
    pub fn builder(
        environment: Environment,
        credentials: Arc<dyn Credentials>,
        place: TillPlace,
    ) -> MerchantBuilder {
        MerchantBuilder::new(environment, credentials, place)
    }

    /// The till's location with the services chosen at activation. Asked for
    /// once, then remembered.
    ///
    /// # Errors
    /// [`ApiError`]; `not_found` if the location is not one of the client's.
    pub async fn location(&self) -> Result<Location, ApiError> {
        self.till.location().await
    }

    /// Chooses what the location offers: exactly these services. One that needs an
    /// approval first is [`ServiceState::AwaitingApproval`] until it has it.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn activate(
        &self,
        services: &BTreeSet<Service>,
    ) -> Result<BTreeMap<Service, ServiceState>, ApiError> {
        self.till.activate(services).await
    }

    /// How far each service of the location is, as the server says now.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn services(&self) -> Result<BTreeMap<Service, ServiceState>, ApiError> {
        self.till.services().await
    }

    /// The tables and tills of the location at which a customer has scanned the
    /// printed code and waits for a bill. Ask every three to five seconds
    /// (wallet-api section 1.5); [`CollectRequest::spot`] answers one of them.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn waiting_spots(&self) -> Result<Vec<Spot>, ApiError> {
        let api = self.till.host.api.watching();
        let location = Some(self.till.place.location);
        let page = api.spots().list(&[SpotStatus::Waiting], location, Window::default()).await?;
        Ok(page.items)
    }

    /// What the merchant's wallet holds in `currency`.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn balance(&self, currency: Currency) -> Result<CurrencyBalance, ApiError> {
        let wallet = WalletRef::Id(self.till.place.wallet);
        Ok(self.till.host.api.wallets().balance(wallet).await?.in_currency(currency))
    }

    /// The largest cash-in that the merchant's allowance has room for now.
    ///
    /// # Errors
    /// [`ApiError`]; `not_found` without an active allowance.
    pub async fn cash_in_room(&self, currency: Currency) -> Result<Money, ApiError> {
        Ok(self.till.host.api.allowances().limit(self.till.place.wallet, currency).await?)
    }

    /// Shows the server that a person is there, by the answer of the captcha that a
    /// `captcha_required` asked for.
    ///
    /// # Errors
    /// [`ApiError`]; `bug` for an address that is not the server's.
    pub async fn unlock(&self, captcha: &Captcha, answer: &str) -> Result<(), ApiError> {
        Ok(self.till.host.api.unlock(captcha, answer).await?)
    }

    /// The server's time as far as it is known; no network.
    #[must_use]
    pub fn server_now(&self) -> UnixSeconds {
        self.till.host.api.server_now()
    }

    /// Picks up what was open when the process died, and gives all attempts that
    /// go on. Every other call does it as well, so this is for showing them when
    /// the app starts. After the journal was lost, what the server knows of this
    /// till is taken over first, which needs the network; where that was too much
    /// to take over all of it, [`Journal::rebuilt_since`] says so.
    ///
    /// # Errors
    /// [`ApiError`] if the journal can't be read, or the server not be asked.
    pub async fn resume(&self) -> Result<Vec<Attempt>, ApiError> {
        self.till.host.ready().await?;
        Ok(self.till.host.open())
    }

    /// An attempt of this till, running or ended.
    ///
    /// # Errors
    /// As [`Merchant::resume`].
    pub async fn attempt(&self, id: AttemptId) -> Result<Option<Attempt>, ApiError> {
        self.till.host.attempt(id).await
    }

    /// Has the server looked at now: for one transaction after a push message,
    /// for all when the app comes to the foreground or the network is back.
    pub fn poke(&self, transaction: Option<&TransactionKey>) {
        self.till.host.poke(transaction);
    }

    /// The till's journal: lists, totals, the drawer.
    #[must_use]
    pub fn journal(&self) -> &Arc<Journal> {
        &self.till.host.journal
    }

    /// Takes a payment: shows a QR code, waits for a customer to accept,
    /// settles.
    ///
    /// # Errors
    /// [`ApiError`] if it is refused before anything is sent: an amount of zero
    /// or less, or a location without payments. Later errors are states of the
    /// attempt.
    pub async fn collect(&self, request: CollectRequest) -> Result<Attempt, ApiError> {
        self.till.start(request).await
    }

    /// Hands out cash for the customer's reservation code.
    ///
    /// # Errors
    /// [`ApiError`] if it is refused before anything is sent: an amount of zero
    /// or less, a code of another kind, or a location without cash-out.
    pub async fn cash_out(&self, request: CashOutRequest) -> Result<Attempt, ApiError> {
        self.till.start(request).await
    }

    /// Takes cash for the customer's wallet code.
    ///
    /// # Errors
    /// [`ApiError`] if it is refused before anything is sent: an amount of zero
    /// or less, a code of another kind, or a location without cash-in.
    pub async fn cash_in(&self, request: CashInRequest) -> Result<Attempt, ApiError> {
        self.till.start(request).await
    }

    /// Gives a settled payment back, whole or in part, or undoes a cash-in. It
    /// can be given back as long as [`TillSettings::refund_window_seconds`] says.
    ///
    /// # Errors
    /// [`ApiError`]: `staff_not_allowed`; `not_found` for an attempt of another
    /// till; `wrong_state` for one that did not settle or is given back already;
    /// `not_allowed` for a cash-out; `not_enough_cash` to undo a cash-in;
    /// `rejected_input` for more than was paid; or
    /// the payment can't be read.
    pub async fn refund(&self, request: RefundRequest) -> Result<Attempt, ApiError> {
        self.till.refund(request).await
    }

    /// What should be in the cash drawer; `None` where none is kept. A drawer is
    /// kept from the first time that money is put in; cash-outs are refused then
    /// that it can't pay.
    ///
    /// # Errors
    /// [`ApiError`] if the journal can't be read.
    pub async fn drawer(&self, currency: Currency) -> Result<Option<Money>, ApiError> {
        self.till.drawer(currency).await
    }

    /// Puts money into the drawer: the float of the day, or change. Gives what
    /// should be in it now.
    ///
    /// # Errors
    /// [`ApiError`]: `rejected_input` for zero or less; `storage_failed`.
    pub async fn add_float(&self, amount: Money, staff: Option<&str>) -> Result<Money, ApiError> {
        self.till.move_cash(amount, DrawerMoveWhy::Float, staff).await
    }

    /// Takes money out of the drawer, for example to the safe. Gives what should
    /// be in it now.
    ///
    /// # Errors
    /// [`ApiError`]: `rejected_input` for zero or less; `not_enough_cash`;
    /// `storage_failed`.
    pub async fn remove_cash(&self, amount: Money, staff: Option<&str>) -> Result<Money, ApiError> {
        self.till.move_cash(amount, DrawerMoveWhy::Removed, staff).await
    }

    /// Says what is really in the drawer; the difference is written down.
    ///
    /// # Errors
    /// [`ApiError`]: `rejected_input` for less than nothing; `storage_failed`.
    pub async fn count_drawer(&self, counted: Money, staff: Option<&str>) -> Result<DrawerCount, ApiError> {
        self.till.count_drawer(counted, staff).await
    }

    /// What settled in a period: counts and sums by kind and currency.
    ///
    /// # Errors
    /// [`ApiError`] if the journal can't be read.
    pub async fn shift_report(&self, period: Period) -> Result<ShiftReport, ApiError> {
        self.till.shift_report(period).await
    }

    /// The business day that it is now, and its report with [`Merchant::z_report`].
    #[must_use]
    pub fn business_day(&self) -> BusinessDay {
        self.till.host.calendar.day(self.till.host.api.server_now())
    }

    /// The report of a business day, with the drawer.
    ///
    /// # Errors
    /// [`ApiError`] if the journal can't be read.
    pub async fn z_report(&self, day: BusinessDay) -> Result<ZReport, ApiError> {
        self.till.z_report(day).await
    }

    /// Compares what the journal says settled in a period with what the server
    /// says, and tells other tills of the location apart.
    ///
    /// # Errors
    /// [`ApiError`] if either can't be read; `list_too_long` where the server has
    /// more transactions than are looked through: ask for a shorter period.
    pub async fn reconcile(&self, period: Period) -> Result<Reconciliation, ApiError> {
        self.till.reconcile(period).await
    }
}
