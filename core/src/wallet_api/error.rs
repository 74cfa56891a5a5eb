//! What can go wrong with a call, in detail. The public face of it is
//! [`crate::error::ApiError`].

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::credentials::SignedOut;
use super::mac::MacError;
use crate::clock::NoRandomness;

/// What broke, in the words of whoever carried the request.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// A call that did not bring the answer it was made for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WalletApiError {
    /// No connection could be made: the request was not sent.
    #[error("the server can't be reached")]
    Unreachable(#[source] Cause),
    /// The request went out and no answer came in time.
    #[error("the server did not answer in time")]
    TimedOut(#[source] Cause),
    /// The connection broke after the request went out.
    #[error("the connection broke before the answer was complete")]
    AnswerLost(#[source] Cause),
    /// The answer is longer than any real one.
    #[error("the answer is longer than {limit} bytes")]
    AnswerTooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The answer is not the JSON that this call answers with.
    #[error("the answer (HTTP {status}) is not what the Wallet API answers: {reason}")]
    NotUnderstood {
        /// The HTTP status.
        status: u16,
        /// Where reading it failed.
        reason: String,
    },
    /// The server answered with an error.
    #[error(transparent)]
    Server(#[from] Box<ServerError>),
    /// The server asked for no requests for a while, and this one would have
    /// had to wait for longer than its caller does.
    #[error("the server takes no requests for another {} s", .retry_after.as_secs())]
    Paused {
        /// How long it asked to wait.
        retry_after: Duration,
        /// What ends the wait at once: see [`super::WalletApi::unlock`].
        captcha: Option<Box<Captcha>>,
    },
    /// This device has made as many requests as it may, see
    /// [`super::RequestBudget`].
    #[error("too many requests; the next one may be made in {} s", .retry_after.as_secs())]
    BudgetSpent {
        /// When there is room again.
        retry_after: Duration,
    },
    /// There are no credentials to sign with.
    #[error(transparent)]
    SignedOut(#[from] SignedOut),
    /// The credentials ran out and could not be renewed for now.
    #[error("the session can't be renewed: {0}")]
    NotRenewed(#[source] Arc<Self>),
    /// The request can't be signed.
    #[error(transparent)]
    Mac(#[from] MacError),
    /// No nonce could be made.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// The request can't be put together; a defect of this library.
    #[error("the request can't be made: {reason}")]
    InvalidRequest {
        /// What is wrong with it.
        reason: String,
    },
    /// The client can't be set up.
    #[error("the client can't be set up: {reason}")]
    Setup {
        /// What is wrong.
        reason: String,
    },
}

/// What is known about a request that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// It never left this device.
    NotSent,
    /// The server answered that it did not do it.
    Refused,
    /// The server may have done it: read before deciding.
    Unknown,
}

impl WalletApiError {
    /// Whether the server can have acted on the request. A write whose delivery
    /// is [`Delivery::Unknown`] must not be repeated blindly.
    #[must_use]
    pub fn delivery(&self) -> Delivery {
        match self {
            Self::Unreachable(_)
            | Self::Paused { .. }
            | Self::BudgetSpent { .. }
            | Self::SignedOut(_)
            | Self::NotRenewed(_)
            | Self::Mac(_)
            | Self::NoRandomness(_)
            | Self::InvalidRequest { .. }
            | Self::Setup { .. } => Delivery::NotSent,
            Self::Server(error) if (400..500).contains(&error.status) && error.status != 408 => {
                Delivery::Refused
            }
            // A 4xx whose body was cut or is not JSON is still a refusal.
            Self::NotUnderstood { status: 400..=407 | 409..=499, .. } => Delivery::Refused,
            Self::Server(_)
            | Self::TimedOut(_)
            | Self::AnswerLost(_)
            | Self::AnswerTooLarge { .. }
            | Self::NotUnderstood { .. } => Delivery::Unknown,
        }
    }

    /// How long the server asked to wait, if it did.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Server(error) => error.retry_after,
            Self::Paused { retry_after, .. } | Self::BudgetSpent { retry_after } => Some(*retry_after),
            Self::NotRenewed(error) => error.retry_after(),
            _ => None,
        }
    }

    /// What the server answered, if it did.
    #[must_use]
    pub fn server(&self) -> Option<&ServerError> {
        match self {
            Self::Server(error) => Some(error),
            Self::NotRenewed(error) => error.server(),
            _ => None,
        }
    }

    /// What a person has to do before the server takes requests again
    /// (wallet-api section 1.5).
    #[must_use]
    pub fn captcha(&self) -> Option<&Captcha> {
        match self {
            Self::Paused { captcha, .. } => captcha.as_deref(),
            other => other.server()?.captcha.as_ref(),
        }
    }

    /// The kind of error, for logs: no part of it comes from outside.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "unreachable",
            Self::TimedOut(_) => "timed_out",
            Self::AnswerLost(_) => "answer_lost",
            Self::AnswerTooLarge { .. } => "answer_too_large",
            Self::NotUnderstood { .. } => "not_understood",
            Self::Server(_) => "server",
            Self::Paused { .. } => "paused",
            Self::BudgetSpent { .. } => "budget_spent",
            Self::SignedOut(_) => "signed_out",
            Self::NotRenewed(_) => "not_renewed",
            Self::Mac(_) | Self::NoRandomness(_) | Self::InvalidRequest { .. } | Self::Setup { .. } => {
                "not_made"
            }
        }
    }

    /// The server refused the timestamp, by its code or by the words that the
    /// official Java client acts on (wallet-api section 1.4).
    pub(super) fn is_invalid_timestamp(&self) -> bool {
        let by_words = |error: &ServerError| {
            error.description.as_deref().is_some_and(|words| {
                words == "Timestamp lifetime exceeded" || words.contains("Timestamp is in future")
            })
        };
        matches!(self, Self::Server(error) if error.code == "invalid_timestamp" || by_words(error))
    }

    /// The access token ran out (wallet-api section 3.2).
    pub(super) fn is_expired_token(&self) -> bool {
        matches!(self, Self::Server(error)
            if error.code == "invalid_grant" && error.description.as_deref() == Some("Token has expired"))
    }

    /// Sorts an HTTP error. The address is taken out of it: a query can hold a
    /// scanned code.
    pub(super) fn from_http(error: reqwest::Error) -> Self {
        let error = error.without_url();
        if error.is_builder() || error.is_request() && error.is_body() {
            Self::InvalidRequest { reason: error.to_string() }
        } else if error.is_connect() {
            Self::Unreachable(error.into())
        } else if error.is_timeout() {
            Self::TimedOut(error.into())
        } else {
            Self::AnswerLost(error.into())
        }
    }
}

/// An error body of the server (wallet-api section 12).
#[derive(Clone, Debug, Default, PartialEq, Eq, thiserror::Error)]
#[error("the server refused: {code} (HTTP {status}){}", .description.as_ref().map(|text| format!(": {text}")).unwrap_or_default())]
pub struct ServerError {
    /// The HTTP status.
    pub status: u16,
    /// `error`: what a client branches on.
    pub code: String,
    /// `error_description`: for people who read logs.
    pub description: Option<String>,
    /// `error_properties` and `errors`: which field was refused and why.
    pub fields: Vec<FieldReason>,
    /// `error_data`: parameters of the error.
    pub data: Map<String, Value>,
    /// The server's name for this request, to quote to Paysera's support.
    pub correlation_id: Option<String>,
    /// The `Retry-After` header, an hour at most.
    pub retry_after: Option<Duration>,
    /// What a person has to do before the server takes requests again.
    pub captcha: Option<Captcha>,
}

/// A reCAPTCHA that unlocks an account with too many requests (wallet-api
/// section 1.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Captcha {
    /// The site key to show the captcha with.
    pub site_key: String,
    /// Where its answer goes, see [`super::WalletApi::unlock`].
    pub unlock_url: String,
}

/// Why one field of a request was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldReason {
    /// The field's path, for example `payments[0].price`.
    pub field: String,
    /// The server's words.
    pub reason: String,
}

/// The body as it is on the wire; every part but `error` may be missing.
#[derive(Deserialize)]
pub(super) struct ErrorBody {
    error: String,
    error_description: Option<String>,
    error_properties: Option<Value>,
    error_data: Option<Value>,
    errors: Option<Value>,
    correlation_id: Option<String>,
}

impl ErrorBody {
    pub(super) fn into_error(self, status: u16, correlation_id: Option<String>) -> ServerError {
        let mut fields = Vec::new();
        if let Some(Value::Object(properties)) = self.error_properties {
            for (field, reasons) in properties {
                let reasons = match reasons {
                    Value::Array(reasons) => reasons,
                    reason => vec![reason],
                };
                fields.extend(
                    reasons
                        .iter()
                        .filter_map(Value::as_str)
                        .map(|reason| FieldReason { field: field.clone(), reason: reason.to_owned() }),
                );
            }
        }
        if let Some(Value::Array(errors)) = self.errors {
            let text = |error: &Value, name: &str| error.get(name).and_then(Value::as_str).map(str::to_owned);
            fields.extend(errors.iter().filter_map(|error| {
                Some(FieldReason { field: text(error, "field")?, reason: text(error, "message")? })
            }));
        }
        let data = match self.error_data {
            Some(Value::Object(data)) => data,
            _ => Map::new(),
        };
        ServerError {
            status,
            code: self.error,
            description: self.error_description,
            fields,
            data,
            correlation_id: correlation_id.or(self.correlation_id),
            retry_after: None,
            captcha: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server_error(status: u16, body: &str) -> ServerError {
        let body: ErrorBody = serde_json::from_str(body).unwrap();
        body.into_error(status, None)
    }

    #[test]
    fn refused_fields_are_kept_in_both_forms() {
        let error = server_error(
            400,
            r#"{"error":"invalid_parameters","error_description":"Invalid parameters",
                "error_properties":{"payments[0].price":["too small","odd"],"x":"missing","y":7},
                "errors":[{"code":"c","field":"currency","message":"unknown"},{"code":"c"}]}"#,
        );
        let fields: Vec<_> =
            error.fields.iter().map(|reason| (reason.field.as_str(), reason.reason.as_str())).collect();
        assert_eq!(
            fields,
            [
                ("payments[0].price", "too small"),
                ("payments[0].price", "odd"),
                ("x", "missing"),
                ("currency", "unknown")
            ]
        );
    }

    #[test]
    fn only_a_clear_no_is_a_refusal() {
        for (status, delivery) in [
            (400, Delivery::Refused),
            (408, Delivery::Unknown),
            (409, Delivery::Refused),
            (429, Delivery::Refused),
            (500, Delivery::Unknown),
            (502, Delivery::Unknown),
        ] {
            let body = r#"{"error":"x","error_data":null}"#;
            let error = WalletApiError::from(Box::new(server_error(status, body)));
            assert_eq!(error.delivery(), delivery, "{status}");
        }
    }
}
