//! The one place that signs, sends, limits and sorts errors.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Method, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;
use zeroize::Zeroizing;

use super::credentials::Credentials;
use super::environment::Environment;
use super::error::{ErrorBody, ServerError, WalletApiError};
use super::mac::{Ext, RequestToSign, authorization_header};
use super::server::ServerTime;
use super::server_clock::ServerClock;
use super::tls;
use crate::clock::{Clock, Random, UnixSeconds};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const TOTAL_TIMEOUT: Duration = Duration::from_secs(30);
/// A page of 200 transactions stays below 400 kB.
const ANSWER_LIMIT: usize = 4 * 1024 * 1024;
const CORRELATION_ID: &str = "paysera-correlation-id";
const NONCE_LENGTH: usize = 32;

/// What stays readable in a query value; everything else is escaped.
const QUERY_VALUE: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'*').remove(b',');

/// A call before it is signed.
#[derive(Debug)]
pub(super) struct Call {
    method: Method,
    /// Relative to the REST base; made of checked identifiers only.
    path: String,
    query: Vec<(&'static str, String)>,
    body: Option<Zeroizing<Vec<u8>>>,
    signed: bool,
}

impl Call {
    fn new(method: Method, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), query: Vec::new(), body: None, signed: true }
    }

    pub(super) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    pub(super) fn put(path: impl Into<String>) -> Self {
        Self::new(Method::PUT, path)
    }

    pub(super) fn post(path: impl Into<String>) -> Self {
        Self::new(Method::POST, path)
    }

    pub(super) fn delete(path: impl Into<String>) -> Self {
        Self::new(Method::DELETE, path)
    }

    /// Adds the pairs that have a value.
    pub(super) fn queries(mut self, pairs: impl IntoIterator<Item = (&'static str, Option<String>)>) -> Self {
        self.query.extend(pairs.into_iter().filter_map(|(name, value)| Some((name, value?))));
        self
    }

    pub(super) fn query(mut self, name: &'static str, value: impl ToString) -> Self {
        self.query.push((name, value.to_string()));
        self
    }

    pub(super) fn json(mut self, body: &impl Serialize) -> Result<Self, WalletApiError> {
        let body = serde_json::to_vec(body)
            .map_err(|error| WalletApiError::InvalidRequest { reason: error.to_string() })?;
        self.body = Some(Zeroizing::new(body));
        Ok(self)
    }

    pub(super) fn unsigned(mut self) -> Self {
        self.signed = false;
        self
    }

    fn url(&self, base: &Url) -> Result<Url, WalletApiError> {
        let mut url = base
            .join(&self.path)
            .map_err(|error| WalletApiError::InvalidRequest { reason: error.to_string() })?;
        if !self.query.is_empty() {
            let pairs = self
                .query
                .iter()
                .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, QUERY_VALUE)));
            url.set_query(Some(&pairs.collect::<Vec<_>>().join("&")));
        }
        Ok(url)
    }
}

#[derive(Debug)]
pub(super) struct Transport {
    http: reqwest::Client,
    rest_base: Url,
    credentials: Arc<dyn Credentials>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    server_clock: ServerClock,
    ext_parameters: Vec<(&'static str, String)>,
}

impl Transport {
    pub(super) fn new(
        environment: Environment,
        credentials: Arc<dyn Credentials>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        ext_parameters: Vec<(&'static str, String)>,
    ) -> Result<Self, WalletApiError> {
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls::config(environment.extra_root())?)
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TOTAL_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            // A repeated request would carry a used nonce, and a repeated write
            // could move money twice: what to repeat is decided above.
            .retry(reqwest::retry::never())
            .user_agent(concat!("paysera-retailer-core/", env!("CARGO_PKG_VERSION")));
        if environment.is_loopback() {
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|error| WalletApiError::Setup { reason: error.to_string() })?;
        Ok(Self {
            http,
            rest_base: environment.rest_base().clone(),
            credentials,
            clock,
            random,
            server_clock: ServerClock::default(),
            ext_parameters,
        })
    }

    pub(super) fn server_now(&self) -> UnixSeconds {
        self.server_clock.server_time(self.clock.now())
    }

    /// Sends a call and reads its answer. On `invalid_timestamp` the clock is
    /// corrected and the call repeated, once: the server did not look at it.
    pub(super) async fn send<T: DeserializeOwned>(&self, call: &Call) -> Result<T, WalletApiError> {
        let corrections = self.server_clock.corrections();
        let answer = match self.send_once(call).await {
            Err(error) if call.signed && error.is_invalid_timestamp() => {
                self.correct_clock(corrections).await?;
                self.send_once(call).await?
            }
            answer => answer?,
        };
        serde_json::from_slice(&answer.body).map_err(|error| not_understood(answer.status, &error))
    }

    /// Asks the server for its time unless another request has done so since
    /// `seen_corrections`.
    async fn correct_clock(&self, seen_corrections: u64) -> Result<(), WalletApiError> {
        let _turn = self.server_clock.lock().await;
        if self.server_clock.corrections() == seen_corrections {
            self.read_server_time().await?;
        }
        Ok(())
    }

    pub(super) async fn read_server_time(&self) -> Result<UnixSeconds, WalletApiError> {
        let answer = self.send_once(&Call::get("server").unsigned()).await?;
        let server: ServerTime =
            serde_json::from_slice(&answer.body).map_err(|error| not_understood(answer.status, &error))?;
        self.server_clock.correct(self.clock.now(), server.time);
        Ok(server.time)
    }

    async fn send_once(&self, call: &Call) -> Result<Answer, WalletApiError> {
        let url = call.url(&self.rest_base)?;
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        if call.body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        if call.signed {
            headers.insert(AUTHORIZATION, self.sign(call, &url).await?);
        }
        let mut request = self.http.request(call.method.clone(), url).headers(headers);
        if let Some(body) = &call.body {
            request = request.body(Bytes::copy_from_slice(body));
        }
        let answer = match request.send().await {
            Ok(response) => read(response).await,
            Err(error) => Err(WalletApiError::from_http(error)),
        };
        // The path holds transaction keys and wallet numbers, the query can
        // hold a scanned code: neither is a log's business.
        match &answer {
            Ok(answer) => tracing::debug!(method = %call.method, status = answer.status, "wallet api"),
            Err(error) => tracing::debug!(method = %call.method, %error, "wallet api"),
        }
        answer
    }

    async fn sign(&self, call: &Call, url: &Url) -> Result<HeaderValue, WalletApiError> {
        let credentials = self.credentials.current().await?;
        let uri = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let body = call.body.as_ref().map(|body| body.as_slice()).unwrap_or_default();
        let header = authorization_header(
            &credentials,
            &RequestToSign {
                timestamp: self.server_now(),
                nonce: &self.nonce()?,
                method: call.method.as_str(),
                uri: &uri,
                host: url.host_str().unwrap_or_default(),
                port: url.port_or_known_default().unwrap_or_default(),
                ext: &Ext::new(body, &self.ext_parameters),
            },
        )?;
        let mut header = HeaderValue::from_str(&header)
            .map_err(|error| WalletApiError::InvalidRequest { reason: error.to_string() })?;
        header.set_sensitive(true);
        Ok(header)
    }

    /// 32 letters and digits (wallet-api section 2.3).
    fn nonce(&self) -> Result<String, WalletApiError> {
        const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789AB";
        let mut bytes = [0_u8; NONCE_LENGTH];
        self.random.fill(&mut bytes)?;
        let letter = |byte: &u8| ALPHABET.get(usize::from(byte % 64)).copied().map(char::from);
        Ok(bytes.iter().filter_map(letter).collect())
    }
}

struct Answer {
    status: u16,
    body: Bytes,
}

/// Reads an answer to its end, within the limit; an error status becomes an error.
async fn read(mut response: Response) -> Result<Answer, WalletApiError> {
    let status = response.status();
    let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    let correlation_id = header(CORRELATION_ID).map(str::to_owned);
    let retry_after =
        header(RETRY_AFTER.as_str()).and_then(|value| value.parse().ok()).map(Duration::from_secs);
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(WalletApiError::from_http)? {
        if body.len().saturating_add(chunk.len()) > ANSWER_LIMIT {
            return Err(WalletApiError::AnswerTooLarge { limit: ANSWER_LIMIT });
        }
        body.extend_from_slice(&chunk);
    }
    let body = body.freeze();
    if status.is_success() {
        return Ok(Answer { status: status.as_u16(), body });
    }
    let error: ServerError = serde_json::from_slice::<ErrorBody>(&body)
        .map_err(|error| not_understood(status.as_u16(), &error))?
        .into_error(status.as_u16(), correlation_id, retry_after);
    Err(Box::new(error).into())
}

/// The reason names the place, not the content, of what could not be read.
fn not_understood(status: u16, error: &serde_json::Error) -> WalletApiError {
    let reason = match error.classify() {
        serde_json::error::Category::Data => error.to_string(),
        category => format!("{category:?} error at byte {}", error.column()),
    };
    WalletApiError::NotUnderstood { status, reason }
}
