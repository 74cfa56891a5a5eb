//! Every refusal of the sandbox and its ONE translation to the wire
//! (wallet-api section 12).

use std::collections::BTreeMap;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

use crate::domain::Service;
use crate::domain::person_fault::PersonFault;
use crate::faults;
use crate::random;
use crate::request_log::RefusalNote;

/// Names the request in the answer's headers and body, for a report to support.
const CORRELATION_HEADER: &str = "paysera-correlation-id";

/// What a client shows to a person, and where it sends the answer (wallet-api
/// section 1.5).
const RECAPTCHA_KEY_HEADER: &str = "g-recaptcha-key";
const UNLOCK_HEADER: &str = "recaptcha-unlock-url";

/// Why a request was refused.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The body or the request itself can't be read.
    Malformed(String),
    /// A parameter is missing or out of range: its path and the reason.
    InvalidParameter { path: String, reason: String },
    /// The request is not signed, or not signed rightly.
    Unauthorized(&'static str),
    /// The signature is older than the server allows.
    TimestampTooOld,
    /// The signature is from the future.
    TimestampInFuture,
    /// A person can't be signed in, registered or identified so.
    Person(PersonFault),
    /// The caller may not do this.
    Forbidden(&'static str),
    /// The location does not offer the service.
    ServiceMissing(Service),
    /// There is no such thing, or the caller may not know that there is.
    NotFound(&'static str),
    /// The client takes no JSON.
    NotAcceptable,
    /// The path exists, the method does not.
    MethodNotAllowed,
    /// The body is larger than the server reads.
    BodyTooLarge,
    /// The action is impossible in the transaction's present status.
    InvalidState(&'static str),
    /// Too many wrong codes; try again after so many seconds.
    RateLimited { retry_after: i64 },
    /// The payer has less money than the transaction costs.
    NotEnoughFunds,
    /// A limit of the customer's wallet or of the allowance is used up.
    LimitsExceeded,
    /// The caller may not charge this wallet.
    NoRights(&'static str),
    /// Payer and beneficiary are one wallet.
    PaymentToSameAccount,
    /// The customer must be identified first.
    ClientNotVerified,
    /// The payer is not who the transaction's restrictions allow.
    RestrictionViolation,
    /// The payer is under a restriction.
    ClientRestricted,
    /// A temporary limit of the payer is used up.
    RestrictionLimitsExceeded,
    /// The payer's wallet is inactive.
    PayerInactive,
    /// The beneficiary's wallet is inactive.
    BeneficiaryInactive,
    /// The reservation code is unknown, wrong or used; counted against `subject`.
    InvalidCode { subject: Option<String> },
    /// Another refusal, with words for the log that the wire does not give.
    Hinted { refusal: Box<Self>, hint: String },
    /// More requests than the documentation allows; the address unlocks at once.
    TooManyRequests { retry_after: i64, unlock: String },
    /// A fault that a test asked for.
    Injected { status: StatusCode, retry_after: Option<u32> },
    /// The sandbox itself failed; the reason is in its log.
    Internal,
}

#[derive(Serialize)]
struct ErrorBody {
    error: &'static str,
    error_description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_properties: Option<BTreeMap<String, Vec<String>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_data: Option<BTreeMap<&'static str, &'static str>>,
    correlation_id: String,
}

impl Refusal {
    pub(crate) fn parameter(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::InvalidParameter { path: path.into(), reason: reason.into() }
    }

    /// Against what a wrong secret counts, if this refuses one.
    pub(crate) fn wrong_secret(&self) -> Option<&str> {
        match self {
            Self::InvalidCode { subject } => subject.as_deref(),
            Self::Person(fault) => fault.subject(),
            _ => None,
        }
    }

    /// The same refusal on the wire, with `hint` in the request log.
    pub(crate) fn hinted(self, hint: impl Into<String>) -> Self {
        Self::Hinted { refusal: Box::new(self), hint: hint.into() }
    }

    /// Status, `error` and `error_description` of the answer.
    pub(crate) fn on_the_wire(&self) -> (StatusCode, &'static str, String) {
        let (status, error, description) = match self {
            Self::Malformed(reason) => {
                return (StatusCode::BAD_REQUEST, "invalid_request", reason.clone());
            }
            Self::InvalidParameter { .. } => {
                (StatusCode::BAD_REQUEST, "invalid_parameters", "Invalid parameters")
            }
            Self::Unauthorized(reason) => (StatusCode::UNAUTHORIZED, "unauthorized", *reason),
            Self::TimestampTooOld => {
                (StatusCode::UNAUTHORIZED, "invalid_timestamp", "Timestamp lifetime exceeded")
            }
            Self::TimestampInFuture => {
                (StatusCode::UNAUTHORIZED, "invalid_timestamp", "Timestamp is in future")
            }
            Self::Person(fault) => {
                let (error, description) = fault.on_the_wire();
                return (StatusCode::BAD_REQUEST, error, description);
            }
            Self::Forbidden(reason) => (StatusCode::FORBIDDEN, "forbidden", *reason),
            Self::ServiceMissing(_) => {
                (StatusCode::FORBIDDEN, "forbidden", "The location does not offer this service")
            }
            Self::NotFound(reason) => (StatusCode::NOT_FOUND, "not_found", *reason),
            Self::NotAcceptable => {
                (StatusCode::NOT_ACCEPTABLE, "not_acceptable", "Answers are application/json: accept that")
            }
            Self::MethodNotAllowed => {
                (StatusCode::METHOD_NOT_ALLOWED, "invalid_request", "Method not allowed here")
            }
            Self::BodyTooLarge => {
                (StatusCode::PAYLOAD_TOO_LARGE, "invalid_request", "The request body is too large")
            }
            Self::InvalidState(reason) => (StatusCode::CONFLICT, "invalid_state", *reason),
            Self::RateLimited { .. } => {
                (StatusCode::TOO_MANY_REQUESTS, "rate_limit_exceeded", "Too many attempts, try again later")
            }
            Self::NotEnoughFunds => {
                (StatusCode::BAD_REQUEST, "not_enough_funds", "There is not enough funds in the account")
            }
            Self::LimitsExceeded => {
                (StatusCode::BAD_REQUEST, "limits_exceeded", "Transaction limits are exceeded")
            }
            Self::NoRights(reason) => (StatusCode::FORBIDDEN, "no_rights", *reason),
            Self::PaymentToSameAccount => (
                StatusCode::BAD_REQUEST,
                "payment_to_same_account",
                "Payer and beneficiary are the same account",
            ),
            Self::ClientNotVerified => {
                (StatusCode::FORBIDDEN, "client_not_verified", "The customer must be identified")
            }
            Self::RestrictionViolation => (
                StatusCode::FORBIDDEN,
                "restriction_violation",
                "The payer is not one that the transaction's restrictions allow",
            ),
            Self::ClientRestricted => {
                (StatusCode::FORBIDDEN, "client_restricted", "The payer's account is under a restriction")
            }
            Self::RestrictionLimitsExceeded => (
                StatusCode::BAD_REQUEST,
                "restriction_limits_exceeded",
                "Temporary limits of the payer are exceeded: the payer should contact the support",
            ),
            Self::PayerInactive => {
                (StatusCode::BAD_REQUEST, "payer_account_inactive", "The payer's account is inactive")
            }
            Self::BeneficiaryInactive => (
                StatusCode::BAD_REQUEST,
                "beneficiary_account_inactive",
                "The beneficiary's account is inactive",
            ),
            Self::InvalidCode { .. } => {
                (StatusCode::BAD_REQUEST, "invalid_code", "Reservation code is invalid or already used")
            }
            Self::Hinted { refusal, .. } => return refusal.on_the_wire(),
            Self::TooManyRequests { .. } => (
                StatusCode::TOO_MANY_REQUESTS,
                "rate_limit_exceeded",
                "Too many requests, try again later or unlock",
            ),
            Self::Injected { status, .. } => {
                (*status, faults::error_name(*status), "Fault asked for by a test")
            }
            Self::Internal => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal_server_error",
                "The sandbox failed, see its log",
            ),
        };
        (status, error, description.to_owned())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        if let Self::Hinted { refusal, hint } = self {
            let mut response = refusal.into_response();
            if let Some(note) = response.extensions_mut().get_mut::<RefusalNote>() {
                note.reason = format!("{}: {hint}", note.reason);
            }
            return response;
        }
        let (status, error, error_description) = self.on_the_wire();
        let correlation_id = random::uuid();
        let mut retry_after = None;
        let mut unlock = None;
        let mut error_properties = None;
        let mut error_data = None;
        let mut note = RefusalNote { error, reason: error_description.clone() };
        match self {
            Self::InvalidParameter { path, reason } => {
                note.reason = format!("{path}: {reason}");
                error_properties = Some(BTreeMap::from([(path, vec![reason])]));
            }
            Self::ServiceMissing(service) => {
                error_data = Some(BTreeMap::from([("service", service.name())]));
            }
            Self::RateLimited { retry_after: seconds } => retry_after = Some(seconds),
            Self::TooManyRequests { retry_after: seconds, unlock: address } => {
                retry_after = Some(seconds);
                unlock = HeaderValue::from_str(&address).ok();
            }
            Self::Injected { retry_after: seconds, .. } => retry_after = seconds.map(i64::from),
            _ => {}
        }
        let correlation = HeaderValue::from_str(&correlation_id).ok();
        let body = ErrorBody { error, error_description, error_properties, error_data, correlation_id };
        let mut response = json_response(status, &body);
        response.extensions_mut().insert(note);
        if let Some(value) = correlation {
            response.headers_mut().insert(CORRELATION_HEADER, value);
        }
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(address) = unlock {
            response.headers_mut().insert(RECAPTCHA_KEY_HEADER, HeaderValue::from_static("sandbox-site-key"));
            response.headers_mut().insert(UNLOCK_HEADER, address);
        }
        response
    }
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        tracing::error!(%error, "the database refused");
        Self::Internal
    }
}

/// A JSON answer whose content type carries no charset: the PHP client compares
/// it byte for byte (wallet-api section 1.2).
pub(crate) fn json_response(status: StatusCode, body: &impl Serialize) -> Response {
    match serde_json::to_vec(body) {
        Ok(bytes) => {
            let mut response = Response::new(Body::from(bytes));
            *response.status_mut() = status;
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            response
        }
        Err(error) => {
            tracing::error!(%error, "an answer could not be written as JSON");
            let mut response = Response::new(Body::from("{\"error\":\"internal_server_error\"}"));
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            response
        }
    }
}
