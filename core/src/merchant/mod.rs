//! The merchant's phone: collect a payment, hand out cash, take cash in.
//!
//! A till is one device at one location. What the location may do was chosen at
//! activation and is checked here before anything is sent.

mod builder;
mod cash_in;
mod cash_out;
mod collect;
mod till;

use std::sync::Arc;

pub use builder::{MerchantBuilder, TillSettings};
pub use cash_in::CashInRequest;
pub use cash_out::CashOutRequest;
pub use collect::CollectRequest;
use till::Till;

use crate::attempt::Attempt;
use crate::clock::UnixSeconds;
use crate::code::{LocationId, WalletId};
use crate::error::ApiError;
use crate::money::{Currency, Money};
use crate::wallet_api::{Credentials, CurrencyBalance, Environment, Location, ProjectId, WalletRef};

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

    /// What the merchant's wallet holds in `currency`.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn balance(&self, currency: Currency) -> Result<CurrencyBalance, ApiError> {
        let wallet = WalletRef::Id(self.till.place.wallet);
        Ok(self.till.api.wallets().balance(wallet).await?.in_currency(currency))
    }

    /// The largest cash-in that the merchant's allowance has room for now.
    ///
    /// # Errors
    /// [`ApiError`]; `not_found` without an active allowance.
    pub async fn cash_in_room(&self, currency: Currency) -> Result<Money, ApiError> {
        Ok(self.till.api.allowances().limit(self.till.place.wallet, currency).await?)
    }

    /// The server's time as far as it is known; no network.
    #[must_use]
    pub fn server_now(&self) -> UnixSeconds {
        self.till.api.server_now()
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
}
