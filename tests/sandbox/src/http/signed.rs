//! The extractor of every signed request: verification in the order of
//! wallet-api section 2.6, over the exact bytes that were on the wire.

use std::time::Duration;

use axum::RequestExt;
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, OriginalUri, Request};
use bytes::Bytes;
use http::{HeaderValue, header};
use serde_json::{Map, Value};

use super::form::Form;
use super::query::Query;
use crate::app::App;
use crate::domain::fields;
use crate::error::Refusal;
use crate::mac::{self, Ext, MacHeader, RequestToVerify, TimestampError};
use crate::server::SecondRun;
use crate::store::credentials::{self, Caller, Signer};

/// Largest body that is read, in bytes.
const MAX_BODY_BYTES: usize = 1024 * 1024;

/// How long a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// The content type of forms.
const FORM: &str = "application/x-www-form-urlencoded";

/// A request whose signature is right. `Signed` is refused to a client without
/// a wallet; `Signed<Signer>` is for everyone.
pub(super) struct Signed<C = Caller> {
    pub(super) caller: C,
    /// The project that `ext` names.
    pub(super) project_id: Option<i64>,
    /// The location that `ext` names.
    pub(super) location_id: Option<i64>,
    pub(super) query: Query,
    /// Server time of the check, in seconds since 1970-01-01 UTC.
    pub(super) now: i64,
    pub(super) body: Bytes,
    content_type: Option<HeaderValue>,
}

impl<C> Signed<C> {
    /// The body as a JSON object.
    pub(super) fn object(&self) -> Result<Map<String, Value>, Refusal> {
        fields::object(&self.body)
    }

    /// The body as a form (wallet-api section 1.3).
    pub(super) fn form(&self) -> Result<Form, Refusal> {
        let kind = self.content_type.as_ref().and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (kind, _charset) = kind.split_once(';').unwrap_or((kind, ""));
        if !self.body.is_empty() && !kind.trim().eq_ignore_ascii_case(FORM) {
            return Err(Refusal::Malformed(format!("The Content-Type should be {FORM}")));
        }
        Form::parse(&self.body)
    }
}

impl FromRequest<App> for Signed {
    type Rejection = Refusal;

    async fn from_request(request: Request, app: &App) -> Result<Self, Refusal> {
        let signed = Signed::<Signer>::from_request(request, app).await?;
        let caller = match signed.caller {
            Signer::Caller(caller) => caller,
            Signer::App { .. } => {
                return Err(Refusal::Forbidden("This client has no wallet: use a user's token"));
            }
        };
        Ok(Self {
            caller,
            project_id: signed.project_id,
            location_id: signed.location_id,
            query: signed.query,
            now: signed.now,
            body: signed.body,
            content_type: signed.content_type,
        })
    }
}

impl FromRequest<App> for Signed<Signer> {
    type Rejection = Refusal;

    async fn from_request(mut request: Request, app: &App) -> Result<Self, Refusal> {
        // The router has cut the prefix off the request's own URI.
        let OriginalUri(uri) = request.extract_parts().await.map_err(|_| Refusal::Internal)?;
        let (parts, body) = request.into_parts();
        let authorization = one_header(&parts.headers, &header::AUTHORIZATION)?;
        let authorization = authorization.ok_or(Refusal::Unauthorized("Request is not signed"))?;
        let signature = MacHeader::parse(authorization).map_err(|error| {
            Refusal::Unauthorized("Authorization header malformed").hinted(error.to_string())
        })?;
        let host = one_header(&parts.headers, &header::HOST)?
            .or_else(|| uri.authority().map(|authority| authority.as_str()))
            .ok_or_else(|| Refusal::Malformed("Host header missing".to_owned()))?;

        let now = app.clock.now();
        let id = signature.id.clone();
        let credentials = app
            .store
            .read(move |db| credentials::credentials(db, &id))
            .await?
            .ok_or(Refusal::Unauthorized("Unknown client or token"))?;
        credentials.check(now)?;
        mac::check_timestamp(signature.timestamp, now)
            .map_err(|error| match error {
                TimestampError::TooOld => Refusal::TimestampTooOld,
                TimestampError::InFuture => Refusal::TimestampInFuture,
            })
            .map_err(|refusal| {
                let ahead = signature.timestamp.saturating_sub(now);
                refusal.hinted(format!("the client's clock differs by {ahead} s; GET server tells the time"))
            })?;
        let on_the_wire = RequestToVerify {
            method: parts.method.as_str(),
            request_uri: uri.path_and_query().map_or("", |path| path.as_str()),
            host,
            listener_port: app.port,
        };
        if !mac::check_mac(&signature, &credentials.mac_key, &on_the_wire) {
            let hint = mac::explain(&signature, &credentials.mac_key, &on_the_wire);
            return Err(Refusal::Unauthorized("MAC invalid").hinted(hint));
        }
        let seen = (signature.id.clone(), signature.timestamp, signature.nonce);
        if parts.extensions.get::<SecondRun>().is_none() && !app.replay.remember(now, seen) {
            return Err(Refusal::Unauthorized("Nonce already used"));
        }
        let account = match &credentials.signer {
            Signer::Caller(caller) => Some(caller.wallet()),
            Signer::App { .. } => None,
        };
        app.rate_limits.count(now, &signature.id, account).map_err(|over| {
            let (scheme, ticket) = (app.scheme, over.ticket);
            let unlock = format!("{scheme}://{host}/recaptcha/{ticket}");
            Refusal::TooManyRequests { retry_after: over.retry_after, unlock }
        })?;
        let ext = Ext::parse(&signature.ext).map_err(|error| {
            Refusal::Unauthorized("Authorization ext malformed").hinted(error.to_string())
        })?;
        let body = read_body(body).await?;
        mac::check_body_hash(&ext, &body)
            .map_err(|error| Refusal::Unauthorized("Body hash invalid").hinted(error.to_string()))?;
        Ok(Self {
            caller: credentials.signer,
            project_id: ext.project_id,
            location_id: ext.location_id,
            query: Query::parse(uri.query())?,
            now,
            body,
            content_type: parts.headers.get(header::CONTENT_TYPE).cloned(),
        })
    }
}

/// A whole body, within bounds of size and time.
pub(crate) async fn read_body(body: Body) -> Result<Bytes, Refusal> {
    tokio::time::timeout(BODY_TIMEOUT, to_bytes(body, MAX_BODY_BYTES))
        .await
        .map_err(|_| Refusal::Malformed("The body took too long".to_owned()))?
        .map_err(|_| Refusal::BodyTooLarge)
}

/// A header that may stand there once, as text.
fn one_header<'a>(
    headers: &'a http::HeaderMap,
    name: &header::HeaderName,
) -> Result<Option<&'a str>, Refusal> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    if values.next().is_some() {
        return Err(Refusal::Unauthorized("Header given twice"));
    }
    first.map(|value| value.to_str().map_err(|_| Refusal::Unauthorized("Header is not ASCII"))).transpose()
}
