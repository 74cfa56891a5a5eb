//! The one place that signs, sends, limits, repeats and sorts errors.

mod answer;
mod budget;
mod call;
mod exchange;
mod repair;
mod retry;
mod retry_after;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};
use serde::de::DeserializeOwned;
use tokio::time::Instant;
use url::Url;

use answer::Answer;
use budget::Priority;
pub use budget::RequestBudget;
pub(super) use call::Call;
pub use exchange::{Bounds, Exchange, ExchangeFuture, HttpAnswer, HttpRequest, Timeouts, network};
use repair::Repairs;
pub use retry::RetryPolicy;

use super::credentials::{Credentials, MacCredentials};
use super::environment::Environment;
use super::error::{Captcha, WalletApiError};
use super::mac::{Ext, RequestToSign, authorization_header};
use crate::clock::{Clock, Random, UnixSeconds, random_text};

/// A page of 200 transactions stays below 400 kB.
const ANSWER_LIMIT: usize = 4 * 1024 * 1024;
/// How long a call may take in all, with its repetitions.
const PATIENCE: Duration = Duration::from_secs(45);
const CAPTCHA_ANSWER: &str = "g-recaptcha-response";
/// Letters and digits, see wallet-api section 2.3.
const NONCE_LENGTH: usize = 32;

/// A client's connection, and how patient its calls are. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Transport {
    shared: Arc<Shared>,
    patience: Duration,
    watches: bool,
}

/// What a client is made of; its fields are those of [`super::WalletApiBuilder`].
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) environment: Environment,
    pub(super) credentials: Arc<dyn Credentials>,
    pub(super) exchange: Arc<dyn Exchange>,
    pub(super) budget: Arc<RequestBudget>,
    pub(super) retries: RetryPolicy,
    pub(super) timeouts: Timeouts,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) random: Arc<dyn Random>,
    pub(super) ext_parameters: Vec<(&'static str, String)>,
}

impl Transport {
    pub(super) fn new(shared: Shared) -> Self {
        Self { shared: Arc::new(shared), patience: PATIENCE, watches: false }
    }

    pub(super) fn within(&self, patience: Duration) -> Self {
        Self { patience, ..self.clone() }
    }

    pub(super) fn watching(&self) -> Self {
        Self { watches: true, ..self.clone() }
    }

    pub(super) fn environment(&self) -> &Environment {
        &self.shared.environment
    }

    pub(super) fn server_now(&self) -> UnixSeconds {
        self.shared.environment.server_clock().server_time(self.shared.clock.now())
    }

    /// Makes a call and reads its answer: a read as often as [`RetryPolicy`]
    /// allows, anything else once.
    pub(super) async fn send<T: DeserializeOwned>(&self, call: &Call) -> Result<T, WalletApiError> {
        self.send_and_read(call, Answer::json).await
    }

    /// Makes a call that is answered with plain text.
    pub(super) async fn send_for_text(&self, call: &Call) -> Result<String, WalletApiError> {
        self.send_and_read(call, Answer::text).await
    }

    async fn send_and_read<T>(
        &self,
        call: &Call,
        read: fn(&Answer) -> Result<T, WalletApiError>,
    ) -> Result<T, WalletApiError> {
        let deadline = deadline(self.patience);
        let mut repairs = Repairs::default();
        let mut tried = 0_u32;
        loop {
            let error =
                match self.send_repaired(call, deadline, &mut repairs).await.and_then(|answer| read(&answer))
                {
                    Ok(answer) => return Ok(answer),
                    Err(error) => error,
                };
            tried = tried.saturating_add(1);
            match self.shared.retries.pause(call, &error, tried, &*self.shared.random) {
                Some(pause) if pause < deadline.saturating_duration_since(Instant::now()) => {
                    self.shared.clock.sleep(pause).await;
                }
                _ => return Err(error),
            }
        }
    }

    /// Makes a call whose answer says nothing but that it was done.
    pub(super) async fn send_for_nothing(&self, call: &Call) -> Result<(), WalletApiError> {
        self.send_and_read(call, Answer::nothing).await
    }

    fn priority(&self, call: &Call) -> Priority {
        match call.is_read() {
            false => Priority::Write,
            true if self.watches => Priority::Watch,
            true => Priority::Read,
        }
    }

    async fn send_once(
        &self,
        call: &Call,
        credentials: Option<&MacCredentials>,
        priority: Priority,
        deadline: Instant,
    ) -> Result<Answer, WalletApiError> {
        let url = call.url(&self.shared.environment)?;
        self.shared.budget.enter(priority, deadline).await?;
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        if let Some(body) = &call.body {
            headers.insert(CONTENT_TYPE, body.content_type.clone());
        }
        // Signed as late as can be: who waits long must not be refused for it.
        if let Some(credentials) = credentials {
            headers.insert(AUTHORIZATION, self.sign(call, &url, credentials)?);
        }
        let body = call.body.as_ref().map(|body| body.bytes.clone()).unwrap_or_default();
        let request = HttpRequest { method: call.method.clone(), url, headers, body };
        let began = Instant::now();
        let left = deadline.saturating_duration_since(began);
        let bounds = Bounds { time: left.min(self.shared.timeouts.total), answer: ANSWER_LIMIT };
        let answer = match self.shared.exchange.exchange(request, bounds).await {
            Ok(answer) => Answer::of(call, answer, &self.shared.budget, self.server_now()),
            Err(error) => Err(error),
        };
        log(call, &answer, began.elapsed());
        answer
    }

    /// Shows the server that a person is there, so that it takes requests again
    /// (wallet-api section 1.5).
    pub(super) async fn unlock(&self, captcha: &Captcha, answer: &str) -> Result<(), WalletApiError> {
        let url = self.shared.environment.own_address(&captcha.unlock_url).ok_or_else(|| {
            WalletApiError::InvalidRequest {
                reason: "the unlock address is not one of this server".to_owned(),
            }
        })?;
        let call = Call::post("").form([(CAPTCHA_ANSWER, answer)]).unsigned();
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        let mut body = Bytes::new();
        if let Some(form) = &call.body {
            headers.insert(CONTENT_TYPE, form.content_type.clone());
            body = form.bytes.clone();
        }
        let request = HttpRequest { method: call.method.clone(), url, headers, body };
        let bounds = Bounds { time: self.shared.timeouts.total.min(self.patience), answer: ANSWER_LIMIT };
        let answer = self.shared.exchange.exchange(request, bounds).await?;
        Answer::of(&call, answer, &self.shared.budget, self.server_now())?;
        self.shared.budget.resume();
        Ok(())
    }

    fn sign(
        &self,
        call: &Call,
        url: &Url,
        credentials: &MacCredentials,
    ) -> Result<HeaderValue, WalletApiError> {
        let uri = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let body = call.body.as_ref().map(|body| &*body.bytes).unwrap_or_default();
        let header = authorization_header(
            credentials,
            &RequestToSign {
                timestamp: self.server_now(),
                nonce: &random_text(&*self.shared.random, NONCE_LENGTH)?,
                method: call.method.as_str(),
                uri: &uri,
                host: url.host_str().unwrap_or_default(),
                port: url.port_or_known_default().unwrap_or_default(),
                ext: &Ext::new(body, &self.shared.ext_parameters),
            },
        )?;
        let mut header = HeaderValue::from_str(&header)
            .map_err(|error| WalletApiError::InvalidRequest { reason: error.to_string() })?;
        header.set_sensitive(true);
        Ok(header)
    }

    pub(super) fn watch_spread(&self) -> u32 {
        self.shared.budget.spread()
    }

    pub(super) fn jitter(&self, longest: Duration) -> Duration {
        retry::jitter(longest, &*self.shared.random)
    }
}

fn deadline(patience: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(patience).unwrap_or(now)
}

/// One event a request, with nothing that is anybody's business: no query, no
/// header, no value of a path, no body.
fn log(call: &Call, answer: &Result<Answer, WalletApiError>, took: Duration) {
    let (method, route, ms) = (&call.method, call.route(), took.as_millis());
    match answer {
        Ok(Answer { status, correlation_id, .. }) => {
            tracing::debug!(%method, route, status, correlation_id, %ms, "wallet api");
        }
        Err(error) => {
            let (status, code) = error.server().map(|error| (error.status, &*error.code)).unzip();
            let correlation_id = error.server().and_then(|error| error.correlation_id.as_deref());
            tracing::debug!(%method, route, status, code, correlation_id, %ms, error = error.name(), "wallet api");
        }
    }
}
