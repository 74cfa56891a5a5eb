//! Callbacks: what the server posts to a merchant's server when something
//! happens to a transaction that the merchant did not bring about (wallet-api
//! section 10).
//!
//! A callback tells where to look, not what is: read the transaction before
//! acting on one. The same one may come twice.
//!
//! ```no_run
//! use paysera_core::callback::{CallbackError, CallbackEvent, CallbackVerifier};
//! use paysera_core::wallet_api::WalletApi;
//!
//! /// Takes the fields of the posted form and gives the status to answer with.
//! /// The verifier is made once: it keeps the server's key.
//! async fn callback(verifier: &CallbackVerifier, api: &WalletApi, event: &str, sign: &str) -> u16 {
//!     match verifier.verify(event, sign).await {
//!         Ok(CallbackEvent::Transaction { key, .. }) => match api.transactions().get(&key).await {
//!             Ok(transaction) => {
//!                 println!("{key} is {:?} now", transaction.status);
//!                 200
//!             }
//!             // It comes again.
//!             Err(_) => 503,
//!         },
//!         // Of what is not known here there is nothing to do.
//!         Ok(_) => 200,
//!         Err(CallbackError::NoKey(_) | CallbackError::Key(_)) => 503,
//!         Err(_) => 400,
//!     }
//! }
//! ```

mod key;
mod verifier;

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

pub use key::{CallbackKey, KeyError};
pub use verifier::CallbackVerifier;

use crate::code::TransactionKey;
use crate::wallet_api::WalletApiError;

/// The longest event that is looked at; a transaction stays far below.
const LONGEST_EVENT: usize = 1024 * 1024;

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallbackType {
    /// The payer accepted.
    Reserved,
    /// It was settled.
    Confirmed,
    /// The payer refused.
    Rejected,
    /// It ended without settlement.
    Failed,
    /// The payer has to top up.
    WaitingFunds,
    /// A beneficiary has to register.
    WaitingRegistration,
    /// The password has to be given.
    WaitingPassword,
    /// Something that this library does not know.
    Other(String),
}

impl From<String> for CallbackType {
    fn from(text: String) -> Self {
        match text.as_str() {
            "reserved" => Self::Reserved,
            "confirmed" => Self::Confirmed,
            "rejected" => Self::Rejected,
            "failed" => Self::Failed,
            "waiting_funds" => Self::WaitingFunds,
            "waiting_registration" => Self::WaitingRegistration,
            "waiting_password" => Self::WaitingPassword,
            _ => Self::Other(text),
        }
    }
}

/// A callback that the server signed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallbackEvent {
    /// Something happened to a transaction.
    Transaction {
        /// What.
        event: CallbackType,
        /// To which one. Together they tell a repetition.
        key: TransactionKey,
    },
    /// Something happened to something that this library does not know.
    Other {
        /// What.
        event: String,
        /// To what.
        object: String,
    },
}

/// A callback was not accepted.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CallbackError {
    /// Nobody who has the server's key signed it.
    #[error("the signature does not fit: answer 4xx and do nothing")]
    NotSigned,
    /// It is signed, but it is not what the Wallet API sends.
    #[error("the signed event can't be read: {reason}")]
    NotUnderstood {
        /// What is wrong.
        reason: String,
    },
    /// The server's key can't be fetched: whether it is signed is not known.
    #[error("the server's key can't be fetched")]
    NoKey(#[source] Arc<WalletApiError>),
    /// What the server gives as its key is none.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl CallbackKey {
    /// Verifies a callback with this key, see [`CallbackVerifier::verify`].
    ///
    /// # Errors
    /// [`CallbackError::NotSigned`], [`CallbackError::NotUnderstood`].
    pub fn verify(&self, event: &str, sign: &str) -> Result<CallbackEvent, CallbackError> {
        #[derive(Deserialize)]
        struct Body {
            #[serde(rename = "type")]
            event: String,
            object: String,
            data: Option<Data>,
        }
        #[derive(Deserialize)]
        struct Data {
            transaction_key: Option<TransactionKey>,
        }
        if event.len() > LONGEST_EVENT {
            return Err(CallbackError::NotSigned);
        }
        let sign = STANDARD.decode(sign).map_err(|_| CallbackError::NotSigned)?;
        if !self.has_signed(event.as_bytes(), &sign) {
            return Err(CallbackError::NotSigned);
        }
        let not_understood = |reason: String| CallbackError::NotUnderstood { reason };
        // Not serde's own words, which quote the event.
        let body: Body = serde_json::from_str(event).map_err(|error| {
            not_understood(format!("{:?} error at byte {}", error.classify(), error.column()))
        })?;
        if body.object != "transaction" {
            return Ok(CallbackEvent::Other { event: body.event, object: body.object });
        }
        let key = body.data.and_then(|data| data.transaction_key);
        let key = key.ok_or_else(|| not_understood("the transaction has no key".to_owned()))?;
        Ok(CallbackEvent::Transaction { event: body.event.into(), key })
    }
}

#[cfg(test)]
mod tests;
