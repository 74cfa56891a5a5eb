//! End-to-end tests: the core against the sandbox over real HTTP. Here is what
//! the tests share: a running sandbox with a till, phones, and a cashier.
#![forbid(unsafe_code)]
// Set-up that fails is a test that fails.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub mod in_process;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use paysera_core::attempt::{Attempt, AttemptState, Pace, Receipt, StateStream, WaitingFor};
use paysera_core::auth::{FixedCredentials, MemorySecretStore};
use paysera_core::clock::{Clock, Sleep, SystemClock, SystemRandom, UnixSeconds};
use paysera_core::code::{Code, LocationId, WalletId};
use paysera_core::customer::{Customer, CustomerBuilder, SandboxV1, SandboxV1Params};
use paysera_core::error::{ApiError, ApiErrorKind};
use paysera_core::journal::{InstallId, Journal, JournalOwner};
use paysera_core::merchant::{
    CashInRequest, CashOutRequest, CollectRequest, Merchant, MerchantBuilder, TillPlace, TillSettings,
};
use paysera_core::money::{Currency, Money};
use paysera_core::wallet_api::{
    Credentials, Environment, ProjectId, RequestBudget, Transaction, TransactionFilter, WalletApi,
};
use paysera_sandbox::{Sandbox, Status, seed};

/// How often tills and phones of the tests ask.
pub const POLL: Duration = Duration::from_millis(10);

/// No attempt of the tests stays in one state for so long.
const STANDSTILL: Duration = Duration::from_secs(20);

/// The system's clock, with no pause longer than [`POLL`]: pauses between
/// retries are a matter of politeness, not of what comes out. It can be ahead.
#[derive(Clone, Debug, Default)]
pub struct ImpatientClock(Arc<AtomicI64>);

impl ImpatientClock {
    /// Has time pass for those who look at it.
    pub fn pass(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::Relaxed);
    }
}

impl Clock for ImpatientClock {
    fn now(&self) -> UnixSeconds {
        SystemClock.now().plus(self.0.load(Ordering::Relaxed))
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        SystemClock.sleep(duration.min(POLL))
    }
}

/// A sandbox with the seeded merchant's till.
#[derive(Debug)]
pub struct Shop {
    /// The server.
    pub sandbox: Sandbox,
    /// The server as every device of the shop knows it.
    pub environment: Environment,
    /// The till.
    pub till: Merchant,
    /// What the till has written down.
    pub journal: Arc<Journal>,
}

impl Shop {
    /// A shop at the location that offers everything.
    pub async fn open() -> Self {
        Self::open_at(seed::LOCATION_ALL_SERVICES).await
    }

    /// A shop at one of the seeded locations.
    pub async fn open_at(location: u64) -> Self {
        Self::open_with(location, TillSettings::default()).await
    }

    /// A shop whose till has these settings, but for its pace.
    pub async fn open_with(location: u64, settings: TillSettings) -> Self {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let sandbox = Sandbox::builder().start(address).await.unwrap();
        let environment = Environment::sandbox(&sandbox.base_url()).unwrap();
        let journal = journal_of(seed::RETAILER_WALLET);
        let settings = TillSettings { pace: Pace::steady(POLL), ..settings };
        let till =
            till(&environment, retailer(), location, settings, journal.clone(), "till").build().unwrap();
        Self { sandbox, environment, till, journal }
    }

    /// Another till at the first location, with a journal of its own.
    #[must_use]
    pub fn another_till(&self, name: &str) -> Merchant {
        let settings = TillSettings { pace: Pace::steady(POLL), ..TillSettings::default() };
        let journal = journal_of(seed::RETAILER_WALLET);
        till(&self.environment, retailer(), seed::LOCATION_ALL_SERVICES, settings, journal, name)
            .build()
            .unwrap()
    }

    /// The phone of a seeded customer, with its reservation codes.
    #[must_use]
    pub fn phone(&self, of: &seed::Customer) -> Customer {
        self.phone_builder(of).build().unwrap()
    }

    /// The same, not built yet.
    #[must_use]
    pub fn phone_builder(&self, of: &seed::Customer) -> CustomerBuilder {
        let credentials = FixedCredentials::new(of.token.to_owned(), of.mac_key.to_owned());
        let codes = SandboxV1::new(of.generator, of.generator_seed, SandboxV1Params::default()).unwrap();
        Customer::builder(self.environment.clone(), Arc::new(credentials))
            .reservation_codes(Arc::new(codes), Arc::new(MemorySecretStore::default()))
            .clock(Arc::new(ImpatientClock::default()))
            .pace(Pace::steady(POLL))
            .budget(unlimited())
    }

    /// A client with the merchant's credentials, beside the till.
    #[must_use]
    pub fn api(&self) -> WalletApi {
        client(&self.environment, retailer())
    }

    /// Every transaction of the merchant, newest first, as the server has it.
    pub async fn transactions(&self) -> Vec<Transaction> {
        self.api().transactions().list(&TransactionFilter::default()).await.unwrap().items
    }

    /// The only transaction of the merchant.
    pub async fn transaction(&self) -> Transaction {
        let mut all = self.transactions().await;
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }

    /// The server's own status of the only transaction.
    pub async fn status(&self) -> Status {
        let key = self.transaction().await.transaction_key;
        self.sandbox.transaction_status(key.as_str()).await.unwrap()
    }

    /// Begins to take a payment.
    ///
    /// # Errors
    /// What the till refuses.
    pub async fn collect(&self, request_id: &str, minor: i64) -> Result<Attempt, ApiError> {
        self.till.collect(CollectRequest::new(request_id, gel(minor), "Coffee")).await
    }

    /// Begins to hand out cash.
    ///
    /// # Errors
    /// What the till refuses.
    pub async fn cash_out(&self, request_id: &str, minor: i64, code: Code) -> Result<Attempt, ApiError> {
        let (request_id, description) = (request_id.to_owned(), "Cash".to_owned());
        self.till
            .cash_out(CashOutRequest { request_id, amount: gel(minor), description, code, staff: None })
            .await
    }

    /// Begins to take cash.
    ///
    /// # Errors
    /// What the till refuses.
    pub async fn cash_in(&self, request_id: &str, minor: i64, code: Code) -> Result<Attempt, ApiError> {
        let (request_id, description) = (request_id.to_owned(), "Deposit".to_owned());
        self.till
            .cash_in(CashInRequest { request_id, amount: gel(minor), description, code, staff: None })
            .await
    }

    /// A customer scans what the till shows and accepts; both sides to their
    /// ends, the till's first.
    pub async fn pay(&self, till: &Attempt, phone: &Customer) -> (Vec<AttemptState>, Vec<AttemptState>) {
        let mut watch = till.watch();
        let mut seen = Vec::new();
        let mut paying = None;
        while let Some(state) = next(&mut watch).await {
            if let (AttemptState::Presenting { code, .. }, None) = (&state, &paying) {
                paying = Some(phone.pay(&phone.review(code).await.unwrap()).await.unwrap());
            }
            seen.push(state);
        }
        (seen, serve(&paying.expect("the till showed no code")).await)
    }

    /// Asserts that every wallet holds its opening balance, changed by `minor`
    /// of these wallets, that nothing is held, and that the books are balanced.
    pub async fn assert_moved(&self, changes: &[(u64, i64)]) {
        let opening = seed::CUSTOMERS.iter().map(|customer| (customer.wallet, customer.balance));
        for (wallet, opening) in opening.chain([(seed::RETAILER_WALLET, seed::RETAILER_BALANCE)]) {
            let change = changes.iter().find(|(changed, _)| *changed == wallet).map_or(0, |(_, by)| *by);
            let balance = self.sandbox.balance(wallet, Currency::GEL).await.unwrap();
            assert_eq!((balance.at_disposal, balance.reserved), (opening + change, 0), "wallet {wallet}");
        }
        let report = self.sandbox.ledger_check().await.unwrap();
        assert!(report.is_balanced(), "{report:?}");
    }
}

/// The builder of an impatient till.
pub fn till(
    environment: &Environment,
    credentials: Arc<dyn Credentials>,
    location: u64,
    settings: TillSettings,
    journal: Arc<Journal>,
    name: &str,
) -> MerchantBuilder {
    let place = TillPlace {
        project: ProjectId(seed::PROJECT_ID),
        location: LocationId(location),
        wallet: WalletId::new(seed::RETAILER_WALLET).unwrap(),
    };
    Merchant::builder(environment.clone(), credentials, place)
        .device(name)
        .settings(settings)
        .clock(Arc::new(ImpatientClock::default()))
        .budget(unlimited())
        .journal(journal)
}

/// A journal in memory.
#[must_use]
pub fn journal_of(wallet: u64) -> Arc<Journal> {
    let install = InstallId::new(&SystemRandom).unwrap();
    Arc::new(Journal::in_memory(JournalOwner { install, wallet: WalletId::new(wallet).unwrap() }).unwrap())
}

/// What the merchant signs with.
#[must_use]
pub fn retailer() -> Arc<FixedCredentials> {
    Arc::new(FixedCredentials::new(seed::RETAILER_CLIENT_ID.to_owned(), seed::RETAILER_MAC_KEY.to_owned()))
}

/// A client of the sandbox with its own credentials, without limits of requests
/// and without pauses.
#[must_use]
pub fn client(environment: &Environment, credentials: Arc<dyn Credentials>) -> WalletApi {
    WalletApi::builder(environment.clone(), credentials)
        .budget(unlimited())
        .clock(Arc::new(ImpatientClock::default()))
        .build()
        .unwrap()
}

/// A request that the sandbox got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// The method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// The status of the answer; 0 where nobody got one.
    pub status: u64,
}

/// The latest thousand requests to the API, oldest first.
pub async fn request_log(sandbox: &Sandbox) -> Vec<Logged> {
    let (_, _, body) = browse(sandbox, "GET", "/sandbox/requests?limit=1000", "").await;
    let log: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let text = |request: &serde_json::Value, name: &str| request[name].as_str().unwrap().to_owned();
    let logged = |request: &serde_json::Value| Logged {
        method: text(request, "method"),
        path: text(request, "path"),
        status: request["status"].as_u64().unwrap_or_default(),
    };
    log["requests"].as_array().unwrap().iter().map(logged).collect()
}

/// What a browser would get, and where it would be sent: status, `Location`, body.
/// A body is sent as a form.
pub async fn browse(sandbox: &Sandbox, method: &str, path: &str, form: &str) -> (u16, String, Vec<u8>) {
    let request = http::Request::builder()
        .method(method)
        .uri(path)
        .header("host", sandbox.address().to_string())
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.as_bytes().to_vec())
        .unwrap();
    let answer = sandbox.answer(request).await;
    let location = answer.headers().get("location").map(|value| value.to_str().unwrap().to_owned());
    (answer.status().as_u16(), location.unwrap_or_default(), answer.into_body())
}

/// No limits of requests: tests ask more often than people do.
#[must_use]
pub fn unlimited() -> Arc<RequestBudget> {
    Arc::new(RequestBudget::unlimited())
}

/// An amount of GEL in minor units.
#[must_use]
pub const fn gel(minor: i64) -> Money {
    Money::from_minor(minor, Currency::GEL)
}

/// The next state; a test whose attempt stands still fails instead of hanging.
pub async fn next(watch: &mut StateStream) -> Option<AttemptState> {
    tokio::time::timeout(STANDSTILL, watch.next()).await.expect("the attempt stands still")
}

/// A cashier who does at once what the state asks for; the states up to the end.
pub async fn serve(attempt: &Attempt) -> Vec<AttemptState> {
    let mut watch = attempt.watch();
    let mut seen = Vec::new();
    while let Some(state) = next(&mut watch).await {
        match state {
            AttemptState::TakeCash { .. } => attempt.cash_received(),
            AttemptState::HandOutCash { .. } => attempt.cash_handed_out(),
            AttemptState::ReturnCash { .. } => attempt.cash_returned(),
            // This customer has no other one.
            AttemptState::Waiting { wanted: WaitingFor::AnotherCode } => attempt.cancel(),
            _ => {}
        }
        seen.push(state);
    }
    seen
}

/// The names of states.
#[must_use]
pub fn names(states: &[AttemptState]) -> Vec<&'static str> {
    states.iter().map(AttemptState::name).collect()
}

/// The receipt at the end.
#[must_use]
pub fn receipt(states: &[AttemptState]) -> &Receipt {
    match states.last() {
        Some(AttemptState::Settled { receipt }) => receipt,
        _ => panic!("did not settle: {states:?}"),
    }
}

/// The error at the end.
#[must_use]
pub fn failure(states: &[AttemptState]) -> &ApiErrorKind {
    match states.last() {
        Some(AttemptState::Failed { error }) => &error.kind,
        _ => panic!("did not fail: {states:?}"),
    }
}

/// The example of the project's README, compiled as a documentation test.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
pub struct Readme;
