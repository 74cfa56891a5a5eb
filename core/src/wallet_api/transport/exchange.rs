//! What carries a request to the server and brings its answer.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Method, StatusCode};
use url::Url;

use crate::wallet_api::environment::Environment;
use crate::wallet_api::error::WalletApiError;
use crate::wallet_api::tls;

/// A request as it goes on the wire. `Debug` shows neither query nor body, which
/// can hold codes and passwords, nor the path's values and the signature.
#[derive(Clone)]
pub struct HttpRequest {
    /// The method.
    pub method: Method,
    /// Where to; path and query are signed as they are here.
    pub url: Url,
    /// The headers; `Authorization` is marked as sensitive.
    pub headers: HeaderMap,
    /// The body; empty if there is none.
    pub body: Bytes,
}

/// An answer, complete and decompressed. `Debug` shows no body, which can hold
/// tokens.
#[derive(Clone)]
pub struct HttpAnswer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HttpRequest({} {}, {} bytes)", self.method, self.url.authority(), self.body.len())
    }
}

impl fmt::Debug for HttpAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HttpAnswer({}, {} bytes)", self.status, self.body.len())
    }
}

/// The bounds of one exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// How long it may take in all.
    pub time: Duration,
    /// How many bytes the decompressed answer may have.
    pub answer: usize,
}

/// What [`Exchange::exchange`] returns.
pub type ExchangeFuture<'a> = Pin<Box<dyn Future<Output = Result<HttpAnswer, WalletApiError>> + Send + 'a>>;

/// What carries requests. The default is HTTP over the network; tests may put
/// the server into the same process.
pub trait Exchange: Send + Sync + fmt::Debug {
    /// Sends one request, once: no redirect is followed, nothing is repeated.
    ///
    /// Fails with [`WalletApiError::Unreachable`] only where nothing was sent,
    /// else with [`WalletApiError::TimedOut`], [`WalletApiError::AnswerLost`] or
    /// [`WalletApiError::AnswerTooLarge`].
    fn exchange(&self, request: HttpRequest, bounds: Bounds) -> ExchangeFuture<'_>;
}

/// How long parts of an exchange may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// To connect, TLS included.
    pub connect: Duration,
    /// Between two pieces of an answer.
    pub read: Duration,
    /// One request with its answer.
    pub total: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            read: Duration::from_secs(20),
            total: Duration::from_secs(30),
        }
    }
}

/// HTTP over the network, as a client has it where no other [`Exchange`] is set:
/// for one that wraps it, to count requests or to lose their answers.
///
/// # Errors
/// [`WalletApiError::Setup`] if the TLS configuration can't be made.
pub fn network(environment: &Environment, timeouts: Timeouts) -> Result<Arc<dyn Exchange>, WalletApiError> {
    Ok(Arc::new(Network::new(environment, timeouts)?))
}

/// HTTP over the network, by reqwest.
#[derive(Debug)]
struct Network(reqwest::Client);

impl Network {
    fn new(environment: &Environment, timeouts: Timeouts) -> Result<Self, WalletApiError> {
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls::config(environment)?)
            .connect_timeout(timeouts.connect)
            .read_timeout(timeouts.read)
            .redirect(reqwest::redirect::Policy::none())
            // A repeated request would carry a used nonce, and a repeated write
            // could move money twice: what to repeat is decided above.
            .retry(reqwest::retry::never())
            .user_agent(concat!("paysera-retailer-core/", env!("CARGO_PKG_VERSION")));
        if environment.is_local() {
            builder = builder.no_proxy();
        }
        let client = builder.build().map_err(|error| WalletApiError::Setup { reason: error.to_string() })?;
        Ok(Self(client))
    }

    async fn send(&self, request: HttpRequest, bounds: Bounds) -> Result<HttpAnswer, WalletApiError> {
        let HttpRequest { method, url, headers, body } = request;
        let mut request = self.0.request(method, url).headers(headers).timeout(bounds.time);
        if !body.is_empty() {
            request = request.body(body);
        }
        let mut response = request.send().await.map_err(WalletApiError::from_http)?;
        let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(WalletApiError::from_http)? {
            if body.len().saturating_add(chunk.len()) > bounds.answer {
                return Err(WalletApiError::AnswerTooLarge { limit: bounds.answer });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(HttpAnswer { status, headers, body: body.freeze() })
    }
}

impl Exchange for Network {
    fn exchange(&self, request: HttpRequest, bounds: Bounds) -> ExchangeFuture<'_> {
        Box::pin(self.send(request, bounds))
    }
}
