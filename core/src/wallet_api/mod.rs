//! The HTTP client of Paysera's Wallet API: signing, transport, wire model.
//!
//! One [`WalletApi`] speaks for one set of credentials. Calls are grouped by
//! resource: `api.transactions().get(&key)`. Nothing here decides what an
//! answer means for a payment; that is [`crate::attempt`]'s.

mod allowances;
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
mod transactions;
mod transport;
mod users;
mod wallets;
mod wire;

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

pub use allowances::{
    Allowance, AllowanceId, AllowanceLimit, AllowanceStatus, Allowances, NewAllowance, Validity,
};
pub use clients::{
    AppClientInfoId, Client, ClientHost, ClientId, ClientPermission, ClientType, Clients, DeviceInfo,
    RegisteredClient,
};
pub use codes::{CodeMeaning, Codes, Prefill, PrefillBeneficiary};
pub use confirmations::{Confirmation, ConfirmationIdentifier, ConfirmationStatus, Confirmations};
pub use credentials::{Credentials, CredentialsFuture, MacCredentials, MacKey, RenewalFuture, SignedOut};
pub use environment::{Environment, EnvironmentError, PublicKeyPin};
pub use error::{Captcha, Cause, Delivery, FieldReason, ServerError, WalletApiError};
pub use generators::{
    Generator, GeneratorCodeRequest, GeneratorId, GeneratorIdentifier, GeneratorParams, GeneratorScope,
    Generators,
};
pub use identification::{
    DocumentType, Identification, IdentificationRequest, IdentificationRequestId, IdentificationStatus,
    IdentityDocument, IdentityDocumentId, NewIdentityDocument, Photograph, RelationStatus,
};
pub use locations::{
    DayHours, Location, LocationFilter, LocationImages, LocationPrice, LocationStatus, LocationUpdate,
    Locations, MinuteOfDay, Nearby, PayCategory, RemoteOrders, Service, ServiceOffer, Weekday, WorkingHours,
};
pub use mac::{Ext, MacError, RequestToSign, authorization_header};
pub use oauth::{Activation, OAuth, Token};
pub use page::{Cursors, Page, PageMetadata, Window};
pub use payments::{
    Account, Beneficiary, Commission, Freeze, FundsSource, FundsSourceType, Item, NewBeneficiary,
    NewPassword, NewPayment, PasswordStatus, Payment, PaymentFilter, PaymentId, PaymentPassword,
    PaymentPurpose, PaymentStatus, Payments, PriceRules,
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
    CreateTransaction, InquiredItem, InquiredValue, Inquiry, InquiryItem, InquiryItemType, InquiryType,
    Payer, RequestReceiver, Reserve, Restrictions, Transaction, TransactionFilter, TransactionRequest,
    TransactionRequestId, TransactionStatus, TransactionType, Transactions, WalletRef,
};
pub use transport::{
    Bounds, Exchange, ExchangeFuture, HttpAnswer, HttpRequest, RequestBudget, RetryPolicy, Timeouts,
};
use transport::{Network, Shared, Transport};
pub use users::{
    Address, IdentificationLevel, Identity, PasswordProof, PoliticallyExposed, Registration, User, UserId,
    UserOptions, UserRef, UserSearch, UserType, Users,
};
pub use wallets::{
    Balance, Contacts, CurrencyBalance, Direction, OtherParty, PendingPayment, PendingPaymentId,
    ReservationStatement, Statement, StatementFilter, StatementId, StatementType, Statements, Wallet,
    WalletSearch, Wallets,
};

use crate::clock::{Clock, Random, SystemClock, SystemRandom, UnixSeconds};
use crate::code::LocationId;

/// A client of the Wallet API for one set of credentials. Cheap to clone.
#[derive(Clone, Debug)]
pub struct WalletApi {
    transport: Transport,
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
            budget: None,
            retries: RetryPolicy::default(),
            timeouts: Timeouts::default(),
            exchange: None,
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

/// Builds a [`WalletApi`].
#[derive(Debug)]
pub struct WalletApiBuilder {
    environment: Environment,
    credentials: Arc<dyn Credentials>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    budget: Option<Arc<RequestBudget>>,
    retries: RetryPolicy,
    timeouts: Timeouts,
    exchange: Option<Arc<dyn Exchange>>,
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

    /// Shares a budget of requests with other clients of the same account; by
    /// default the client has one of its own, as documented for one till.
    #[must_use]
    pub fn budget(mut self, budget: Arc<RequestBudget>) -> Self {
        self.budget = Some(budget);
        self
    }

    /// Other repetitions of reads than the default.
    #[must_use]
    pub fn retries(mut self, retries: RetryPolicy) -> Self {
        self.retries = retries;
        self
    }

    /// Other timeouts than the default.
    #[must_use]
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// Carries requests otherwise than over the network.
    #[must_use]
    pub fn exchange(mut self, exchange: Arc<dyn Exchange>) -> Self {
        self.exchange = Some(exchange);
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
        let exchange = match self.exchange {
            Some(exchange) => exchange,
            None => Arc::new(Network::new(&self.environment, self.timeouts)?),
        };
        let budget = self.budget.unwrap_or_else(|| Arc::new(RequestBudget::documented(NonZeroU32::MIN)));
        let transport = Transport::new(Shared {
            environment: self.environment,
            credentials: self.credentials,
            exchange,
            budget,
            retries: self.retries,
            timeouts: self.timeouts,
            clock: self.clock,
            random: self.random,
            ext_parameters: self.ext_parameters,
        });
        Ok(WalletApi { transport })
    }
}
