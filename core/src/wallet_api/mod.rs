//! The HTTP client of Paysera's Wallet API: signing, transport, wire model.
//!
//! One [`WalletApi`] speaks for one set of credentials. Calls are grouped by
//! resource: `api.transactions().get(&key)`. Nothing here decides what an
//! answer means for a payment; that is [`crate::attempt`]'s.

mod allowances;
mod credentials;
mod environment;
mod error;
mod locations;
mod mac;
mod page;
mod server;
mod server_clock;
mod tls;
mod transactions;
mod transport;
mod wallets;
mod wire;

use std::sync::Arc;

pub use allowances::Allowances;
pub use credentials::{Credentials, CredentialsFuture, MacCredentials, MacKey, SignedOut};
pub use environment::{Environment, EnvironmentError};
pub use error::{Delivery, FieldReason, ServerError, WalletApiError};
pub use locations::{Location, LocationStatus, Locations, Service, ServiceOffer};
pub use mac::{Ext, MacError, RequestToSign, authorization_header};
pub use page::{Cursors, Page, PageMetadata, Window};
pub use server::Server;
pub use transactions::{
    Account, Beneficiary, CallbackUri, CreateTransaction, NewBeneficiary, NewPayment, Payer, Payment,
    PaymentId, PaymentPurpose, PaymentStatus, Project, ProjectId, Reserve, Transaction, TransactionFilter,
    TransactionStatus, TransactionType, Transactions, WalletRef,
};
use transport::Transport;
pub use wallets::{Balance, CurrencyBalance, Wallet, Wallets};

use crate::clock::{Clock, Random, SystemClock, SystemRandom, UnixSeconds};
use crate::code::LocationId;

/// A client of the Wallet API for one set of credentials. Cheap to clone.
#[derive(Clone, Debug)]
pub struct WalletApi {
    transport: Arc<Transport>,
}

impl WalletApi {
    /// Begins to build a client that signs with `credentials`.
    #[must_use]
    pub fn builder(environment: Environment, credentials: Arc<dyn Credentials>) -> WalletApiBuilder {
        WalletApiBuilder {
            environment,
            credentials,
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            ext_parameters: Vec::new(),
        }
    }

    /// The server's time.
    #[must_use]
    pub fn server(&self) -> Server<'_> {
        Server::new(&self.transport)
    }

    /// Transactions: create, read, reserve, confirm, revoke.
    #[must_use]
    pub fn transactions(&self) -> Transactions<'_> {
        Transactions::new(&self.transport)
    }

    /// The merchant's locations.
    #[must_use]
    pub fn locations(&self) -> Locations<'_> {
        Locations::new(&self.transport)
    }

    /// Wallets and their balances.
    #[must_use]
    pub fn wallets(&self) -> Wallets<'_> {
        Wallets::new(&self.transport)
    }

    /// What may be charged without asking.
    #[must_use]
    pub fn allowances(&self) -> Allowances<'_> {
        Allowances::new(&self.transport)
    }

    /// The server's time as far as it is known: the device's time corrected by
    /// the difference found at the last synchronisation. No network.
    #[must_use]
    pub fn server_now(&self) -> UnixSeconds {
        self.transport.server_now()
    }
}

/// Builds a [`WalletApi`].
#[derive(Debug)]
pub struct WalletApiBuilder {
    environment: Environment,
    credentials: Arc<dyn Credentials>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    ext_parameters: Vec<(&'static str, String)>,
}

impl WalletApiBuilder {
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

    /// Makes every call on behalf of this project and location: they are signed
    /// into `ext` (wallet-api section 2.4).
    #[must_use]
    pub fn on_behalf_of(mut self, project: ProjectId, location: LocationId) -> Self {
        self.ext_parameters =
            vec![("project_id", project.0.to_string()), ("location_id", location.0.to_string())];
        self
    }

    /// The client.
    ///
    /// # Errors
    /// [`WalletApiError::Setup`] if the TLS configuration can't be made.
    pub fn build(self) -> Result<WalletApi, WalletApiError> {
        let transport =
            Transport::new(self.environment, self.credentials, self.clock, self.random, self.ext_parameters)?;
        Ok(WalletApi { transport: Arc::new(transport) })
    }
}
