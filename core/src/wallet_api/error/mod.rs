//! What can go wrong with a call, in detail. The public face of it is
//! [`crate::error::ApiError`].

mod server;

use std::sync::Arc;
use std::time::Duration;

pub(super) use server::ErrorBody;
pub use server::{Captcha, FieldReason, ServerError};

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
        /// The `Retry-After` header: a proxy's page has one as well.
        retry_after: Option<Duration>,
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
            Self::Server(error) if error.is_refusal() => Delivery::Refused,
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
            Self::NotUnderstood { retry_after, .. } => *retry_after,
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

#[cfg(test)]
mod tests {
    use super::*;

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
            let error = ServerError { status, code: "x".to_owned(), ..ServerError::default() };
            let error = WalletApiError::from(Box::new(error));
            assert_eq!(error.delivery(), delivery, "{status}");
        }
    }
}
