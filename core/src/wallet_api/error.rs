//! What can go wrong with a call, in detail. The public face of it is
//! [`crate::error::ApiError`].

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::credentials::SignedOut;
use super::mac::MacError;
use crate::clock::NoRandomness;

/// A call that did not bring the answer it was made for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WalletApiError {
    /// No connection could be made: the request was not sent.
    #[error("the server can't be reached")]
    Unreachable(#[source] reqwest::Error),
    /// The request went out and no answer came in time.
    #[error("the server did not answer in time")]
    TimedOut(#[source] reqwest::Error),
    /// The connection broke after the request went out.
    #[error("the connection broke before the answer was complete")]
    AnswerLost(#[source] reqwest::Error),
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
    /// There are no credentials to sign with.
    #[error(transparent)]
    SignedOut(#[from] SignedOut),
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
            | Self::SignedOut(_)
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
            _ => None,
        }
    }

    pub(super) fn is_invalid_timestamp(&self) -> bool {
        matches!(self, Self::Server(error) if error.code == "invalid_timestamp")
    }

    /// Sorts an HTTP error. The address is taken out of it: a query can hold a
    /// scanned code.
    pub(super) fn from_http(error: reqwest::Error) -> Self {
        let error = error.without_url();
        if error.is_builder() || error.is_request() && error.is_body() {
            Self::InvalidRequest { reason: error.to_string() }
        } else if error.is_connect() {
            Self::Unreachable(error)
        } else if error.is_timeout() {
            Self::TimedOut(error)
        } else {
            Self::AnswerLost(error)
        }
    }
}

/// An error body of the server (wallet-api section 12).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
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
    /// The `Retry-After` header.
    pub retry_after: Option<Duration>,
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
    pub(super) fn into_error(
        self,
        status: u16,
        correlation_id: Option<String>,
        retry_after: Option<Duration>,
    ) -> ServerError {
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
            retry_after,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server_error(status: u16, body: &str) -> ServerError {
        let body: ErrorBody = serde_json::from_str(body).unwrap();
        body.into_error(status, None, None)
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
