//! A sandbox and two phones.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Once;
use std::sync::atomic::{AtomicU64, Ordering};

use paysera_core::money::Currency;
use paysera_sandbox::mac::{self, RequestToSign};
use paysera_sandbox::reservation_code::Generator;
use paysera_sandbox::seed::{self, Customer};
use paysera_sandbox::{Balance, Sandbox, SandboxBuilder, SandboxClock};
use serde_json::{Value, json};

pub(crate) const LOOPBACK: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// Who signs.
#[derive(Clone, Copy)]
pub(crate) struct Who {
    pub(crate) id: &'static str,
    pub(crate) key: &'static str,
    /// Sent in `ext` with every request.
    pub(crate) location: Option<&'static str>,
}

impl Who {
    /// The `Authorization` header of a request to a sandbox on this machine.
    pub(crate) fn sign(
        self,
        clock: &SandboxClock,
        port: u16,
        method: &str,
        path: &str,
        body: &[u8],
        nonce: &str,
    ) -> String {
        let location = self.location.iter();
        let parameters: Vec<_> =
            location.flat_map(|location| [("project_id", "1234"), ("location_id", *location)]).collect();
        mac::sign(&RequestToSign {
            id: self.id,
            mac_key: self.key,
            timestamp: clock.now(),
            nonce,
            method,
            request_uri: path,
            host: "127.0.0.1",
            port,
            body,
            parameters: &parameters,
        })
    }
}

/// The till of location 9975.
pub(crate) const TILL: Who =
    Who { id: seed::RETAILER_CLIENT_ID, key: seed::RETAILER_MAC_KEY, location: Some("9975") };

/// The app of a customer.
pub(crate) const fn app_of(customer: &Customer) -> Who {
    Who { id: customer.token, key: customer.mac_key, location: None }
}

/// Status and JSON of an answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) json: Value,
    pub(crate) headers: reqwest::header::HeaderMap,
}

impl Answer {
    /// Sends a request and reads the whole answer.
    pub(crate) async fn to(request: reqwest::RequestBuilder) -> Result<Self, reqwest::Error> {
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await?;
        Ok(Self { status, json: serde_json::from_slice(&bytes).unwrap_or(Value::Null), headers })
    }

    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{}", self.json);
        self.json
    }

    #[track_caller]
    pub(crate) fn refused(self, status: u16, error: &str) -> Value {
        assert_eq!((self.status, self.json["error"].as_str()), (status, Some(error)), "{}", self.json);
        assert_eq!(self.headers["content-type"], "application/json");
        let correlation = self.headers["paysera-correlation-id"].to_str().unwrap();
        assert_eq!(self.json["correlation_id"], correlation);
        self.json
    }
}

/// The cryptography of clients in tests.
pub(crate) fn install_provider() {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| rustls::crypto::ring::default_provider().install_default().unwrap());
}

pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    pub(crate) http: reqwest::Client,
}

impl World {
    /// With a clock that moves only when the test moves it.
    pub(crate) async fn new() -> Self {
        Self::start(still()).await
    }

    pub(crate) async fn start(builder: SandboxBuilder) -> Self {
        install_provider();
        // A connection a request: a closed one must be the answer of the
        // request that closed it.
        let http = reqwest::Client::builder().pool_max_idle_per_host(0).build().unwrap();
        Self { sandbox: builder.start(LOOPBACK).await.unwrap(), http }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.sandbox.address())
    }

    /// The `Authorization` header of a request of now.
    pub(crate) fn sign(&self, who: Who, method: &str, path: &str, body: &[u8], nonce: &str) -> String {
        who.sign(self.sandbox.clock(), self.sandbox.address().port(), method, path, body, nonce)
    }

    pub(crate) async fn try_send(
        &self,
        method: &str,
        path: &str,
        authorization: Option<String>,
        body: Vec<u8>,
    ) -> Result<Answer, reqwest::Error> {
        let method = method.parse().unwrap();
        let mut request = self.http.request(method, self.url(path)).body(body);
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        Answer::to(request).await
    }

    /// Signs and sends; the body as text.
    pub(crate) async fn raw(&self, who: Who, method: &str, path: &str, body: &str) -> Answer {
        let header = self.sign(who, method, path, body.as_bytes(), &nonce());
        self.try_send(method, path, Some(header), body.into()).await.unwrap()
    }

    pub(crate) async fn get(&self, who: Who, path: &str) -> Answer {
        self.raw(who, "GET", path, "").await
    }

    pub(crate) async fn put(&self, who: Who, path: &str, body: Value) -> Answer {
        self.raw(who, "PUT", path, &body.to_string()).await
    }

    pub(crate) async fn post(&self, who: Who, body: Value) -> Answer {
        self.raw(who, "POST", "/rest/v1/transaction", &body.to_string()).await
    }

    /// Creates a transaction of one payment; its key.
    pub(crate) async fn create(&self, who: Who, payment: Value) -> String {
        let made = self.post(who, json!({ "payments": [payment] })).await.ok();
        made["transaction_key"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn reserve_by_code(&self, who: Who, key: &str, code: &str) -> Answer {
        self.put(who, &of(key, "/reserve"), json!({ "reservation_code": code })).await
    }

    pub(crate) async fn confirm(&self, who: Who, key: &str) -> Answer {
        self.raw(who, "PUT", &of(key, "/confirm"), "[]").await
    }

    pub(crate) async fn revoke(&self, who: Who, key: &str) -> Answer {
        self.raw(who, "DELETE", &of(key, ""), "").await
    }

    pub(crate) async fn gel(&self, wallet: u64) -> (i64, i64) {
        let Balance { at_disposal, reserved } = self.sandbox.balance(wallet, Currency::GEL).await.unwrap();
        (at_disposal, reserved)
    }

    /// The end of every test: the books must be in order whatever happened.
    pub(crate) async fn done(self) {
        let report = self.sandbox.ledger_check().await.unwrap();
        assert!(report.is_balanced(), "{report:?}");
        self.sandbox.shutdown().await;
    }
}

/// A sandbox whose clock moves only when the test moves it.
pub(crate) fn still() -> SandboxBuilder {
    Sandbox::builder().clock(SandboxClock::fixed(1_760_000_000))
}

/// The path of a transaction.
pub(crate) fn of(key: &str, action: &str) -> String {
    format!("/rest/v1/transaction/{key}{action}")
}

/// A nonce that no other test uses.
pub(crate) fn nonce() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("n{:031}", NEXT.fetch_add(1, Ordering::Relaxed))
}

pub(crate) fn codes(customer: &Customer) -> Generator {
    Generator::new(customer.generator, customer.generator_seed)
}

pub(crate) fn payment(price: i64) -> Value {
    json!({"description": "Bill", "price": price, "currency": "GEL"})
}

pub(crate) fn cash_out(price: i64) -> Value {
    json!({"description": "Cash withdrawal", "price": price, "currency": "GEL", "purpose": "cash"})
}

pub(crate) fn cash_in(price: i64, wallet: u64) -> Value {
    json!({"description": "Cash deposit", "price": price, "currency": "GEL", "purpose": "cash",
        "beneficiary": {"id": wallet}})
}

/// `body` with other fields.
pub(crate) fn with(mut body: Value, changes: Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

/// The path of a payment.
pub(crate) fn path(payment: &Value, action: &str) -> String {
    format!("/rest/v1/payment/{}{action}", payment["id"])
}

/// Asks the control API.
pub(crate) async fn control(world: &World, path: &str, body: Value) -> Answer {
    let request = world.http.post(world.url(&format!("/sandbox{path}")));
    let request = request.header("content-type", "application/json").body(body.to_string());
    Answer::to(request).await.unwrap()
}
