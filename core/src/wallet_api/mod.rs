//! The HTTP client of Paysera's Wallet API: signing, transport, wire model.
//!
//! ```no_run
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use paysera_core::auth::FixedCredentials;
//! use paysera_core::code::TransactionKey;
//! use paysera_core::wallet_api::{Delivery, Environment, WalletApi};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let environment = Environment::sandbox("http://127.0.0.1:8080/")?;
//! let credentials = FixedCredentials::new("client id".to_owned(), "MAC key".to_owned());
//! let api = WalletApi::builder(environment, Arc::new(credentials)).build()?;
//!
//! let key = TransactionKey::parse("ATaNL6X6CivO2Ou0FMPt")?;
//! match api.within(Duration::from_secs(10)).transactions().confirm(&key).await {
//!     Ok(transaction) => println!("{:?}", transaction.status),
//!     // It may have happened: read before anything else.
//!     Err(error) if error.delivery() == Delivery::Unknown => {
//!         println!("{:?}", api.transactions().get(&key).await?.status);
//!     }
//!     Err(error) => println!("{error}"),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! One [`WalletApi`] speaks for one set of credentials. Calls are grouped by
//! resource: `api.transactions().get(&key)`. Nothing here decides what an
//! answer means for a payment; that is [`crate::attempt`]'s.

mod allowances;
mod app_tokens;
mod builder;
mod clients;
mod codes;
mod confirmations;
mod credentials;
mod environment;
mod error;
mod generators;
mod identification;
mod locations;
mod mac;
mod oauth;
mod page;
mod payments;
mod projects;
mod scopes;
mod server;
mod server_clock;
mod spots;
mod subscribers;
mod tls;
mod tolerance;
mod transactions;
mod transport;
mod users;
mod wallets;
mod web_pages;
mod wire;

use std::sync::Arc;
use std::time::Duration;

pub use allowances::{
    Allowance, AllowanceId, AllowanceLimit, AllowanceStatus, Allowances, NewAllowance, Validity,
};
pub use app_tokens::{AppTokens, AuthToken, JsonWebToken};
pub use builder::WalletApiBuilder;
pub use clients::{
    AppClientInfoId, Client, ClientHost, ClientId, ClientPermission, ClientType, ClientUpdate, Clients,
    DeviceInfo, NewClient, RegisteredClient, WalletPermissions,
};
pub use codes::{CodeMeaning, Codes, Prefill, PrefillBeneficiary};
pub use confirmations::{
    Confirmation, ConfirmationFilter, ConfirmationIdentifier, ConfirmationProperties, ConfirmationStatus,
    Confirmations,
};
pub use credentials::{Credentials, CredentialsFuture, MacCredentials, MacKey, RenewalFuture, SignedOut};
pub use environment::{Environment, EnvironmentError, PublicKeyPin};
pub use error::{Captcha, Cause, Delivery, FieldReason, ServerError, WalletApiError};
pub use generators::{
    Generator, GeneratorCodeContext, GeneratorCodeRequest, GeneratorId, GeneratorIdentifier, GeneratorParams,
    GeneratorScope, Generators,
};
pub use identification::{
    DocumentType, Identification, IdentificationRequest, IdentificationRequestId, IdentificationStatus,
    IdentityDocument, IdentityDocumentId, NewIdentityDocument, Photograph, RelationStatus,
};
pub use locations::{
    CategoryImages, DayHours, Location, LocationFilter, LocationImages, LocationPrice, LocationStatus,
    LocationUpdate, Locations, MinuteOfDay, Nearby, NewLocationPrice, PayCategory, RemoteOrders, Service,
    ServiceOffer, Weekday, WorkingHours,
};
pub use mac::{Ext, MacError, RequestToSign, authorization_header};
pub use oauth::{Activation, OAuth, Token};
pub use page::{Cursors, Page, PageMetadata, UnreadableRow, Window};
pub use payments::{
    Beneficiary, Commission, Freeze, FundsSource, FundsSourceType, Item, NewBeneficiary, NewPassword,
    NewPayment, PasswordStatus, Payment, PaymentFilter, PaymentId, PaymentPassword, PaymentPurpose,
    PaymentStatus, Payments, PriceRules,
};
pub use projects::{Project, ProjectId, ProjectUpdate, Projects};
pub(crate) use scopes::list as scope_list;
pub use scopes::{ExtendedScope, Scope, ScopeName};
pub use server::{Server, ServerConfiguration};
pub use spots::{Order, OrderId, OrderStatus, PlaceInfo, Spot, SpotId, SpotStatus, Spots};
pub use subscribers::{
    EventSubscription, NewSubscriber, PrivacyLevel, PushEvent, PushService, Subscriber, SubscriberId,
    Subscribers,
};
pub use transactions::{
    Acceptance, AccountOwner, AllowanceRequest, AskedAllowance, CallbackUri, ConfirmPrices, Consent,
    CreateTransaction, FromWallet, InquiredItem, InquiredValue, Inquiry, InquiryItem, InquiryItemType,
    InquiryType, Payer, RequestReceiver, Reserve, Restrictions, Transaction, TransactionFilter,
    TransactionRequest, TransactionRequestId, TransactionStatus, TransactionType, Transactions, WalletRef,
};
use transport::Transport;
pub use transport::{
    Bounds, Exchange, ExchangeFuture, HttpAnswer, HttpRequest, RequestBudget, RetryPolicy, Timeouts, network,
};
pub use users::{
    Address, IdentificationLevel, Identity, PasswordProof, PoliticallyExposed, Registration, User, UserId,
    UserOptions, UserRef, UserSearch, UserType, Users,
};
pub use wallets::{
    Account, AccountFlags, AccountStatus, AccountType, Balance, Contacts, CurrencyBalance, Direction,
    OtherParty, PendingPayment, PendingPaymentId, ReservationStatement, Statement, StatementFilter,
    StatementId, StatementType, Statements, TransferId, Wallet, WalletSearch, Wallets,
};

pub use web_pages::WebPages;

use crate::clock::UnixSeconds;

/// A client of the Wallet API for one set of credentials. Cheap to clone.
#[derive(Clone, Debug)]
pub struct WalletApi {
    transport: Transport,
}

impl WalletApi {
    /// Begins to build a client that signs with `credentials`.
    #[must_use]
    pub fn builder(environment: Environment, credentials: Arc<dyn Credentials>) -> WalletApiBuilder {
        WalletApiBuilder::new(environment, credentials)
    }

    /// The server itself: its time, what it expects, currencies, the key of callbacks.
    #[must_use]
    pub fn server(&self) -> Server<'_> {
        Server::new(&self.transport)
    }

    /// Transactions: create, read, reserve, confirm, revoke.
    #[must_use]
    pub fn transactions(&self) -> Transactions<'_> {
        Transactions::new(&self.transport)
    }

    /// Tokens of users.
    #[must_use]
    pub fn oauth(&self) -> OAuth<'_> {
        OAuth::new(&self.transport)
    }

    /// API clients and installations of an app.
    #[must_use]
    pub fn clients(&self) -> Clients<'_> {
        Clients::new(&self.transport)
    }

    /// Tokens of the user for web pages and other services.
    #[must_use]
    pub fn app_tokens(&self) -> AppTokens<'_> {
        AppTokens::new(&self.transport)
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

    /// Payments: read, give back, freeze.
    #[must_use]
    pub fn payments(&self) -> Payments<'_> {
        Payments::new(&self.transport)
    }

    /// Users.
    #[must_use]
    pub fn users(&self) -> Users<'_> {
        Users::new(&self.transport)
    }

    /// The merchant's projects.
    #[must_use]
    pub fn projects(&self) -> Projects<'_> {
        Projects::new(&self.transport)
    }

    /// Tables and tills with printed codes.
    #[must_use]
    pub fn spots(&self) -> Spots<'_> {
        Spots::new(&self.transport)
    }

    /// What a scanned code means.
    #[must_use]
    pub fn codes(&self) -> Codes<'_> {
        Codes::new(&self.transport)
    }

    /// Generators of reservation codes.
    #[must_use]
    pub fn generators(&self) -> Generators<'_> {
        Generators::new(&self.transport)
    }

    /// What the user has to agree to.
    #[must_use]
    pub fn confirmations(&self) -> Confirmations<'_> {
        Confirmations::new(&self.transport)
    }

    /// Push messages.
    #[must_use]
    pub fn subscribers(&self) -> Subscribers<'_> {
        Subscribers::new(&self.transport)
    }

    /// How a user becomes identified.
    #[must_use]
    pub fn identification(&self) -> Identification<'_> {
        Identification::new(&self.transport)
    }

    /// What may be charged without asking.
    #[must_use]
    pub fn allowances(&self) -> Allowances<'_> {
        Allowances::new(&self.transport)
    }

    /// The same client with another patience: how long a call may take in all,
    /// with its repetitions and its wait for leave to make a request. 45 s by
    /// default. Dropping a call's future cancels it; what a write did then is
    /// unknown.
    #[must_use]
    pub fn within(&self, patience: Duration) -> Self {
        Self { transport: self.transport.within(patience) }
    }

    /// The same client for looking at what may have changed: its reads give way
    /// to everything else.
    #[must_use]
    pub fn watching(&self) -> Self {
        Self { transport: self.transport.watching() }
    }

    /// Shows the server that a person is there, by the answer of the captcha
    /// that an error asked for. Reads that wait for the server go on; writes come
    /// back through their attempts.
    ///
    /// # Errors
    /// [`WalletApiError`]; `InvalidRequest` for an address that is not the server's.
    pub async fn unlock(&self, captcha: &Captcha, answer: &str) -> Result<(), WalletApiError> {
        self.transport.unlock(captcha, answer).await
    }

    /// The server that it talks to.
    #[must_use]
    pub fn environment(&self) -> &Environment {
        self.transport.environment()
    }

    /// By how much looks at what may have changed are to be spread, as a part of 16.
    pub(crate) fn watch_spread(&self) -> u32 {
        self.transport.watch_spread()
    }

    /// A time between zero and `longest`, any as likely.
    pub(crate) fn jitter(&self, longest: Duration) -> Duration {
        self.transport.jitter(longest)
    }

    /// The server's time as far as it is known: the device's time corrected by
    /// the difference found at the last synchronisation. No network.
    #[must_use]
    pub fn server_now(&self) -> UnixSeconds {
        self.transport.server_now()
    }
}

#[cfg(test)]
mod redaction_tests;
