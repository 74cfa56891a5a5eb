//! Callbacks: what the server posts to a merchant's server when something
//! happens to a transaction that the merchant did not bring about (wallet-api
//! section 10).
//!
//! A callback tells where to look, not what is: read the transaction before
//! acting on one. The same one may come twice.

mod key;

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use tokio::time::Instant;

pub use key::{CallbackKey, KeyError};

use crate::code::TransactionKey;
use crate::wallet_api::{WalletApi, WalletApiError};

/// The longest event that is looked at; a transaction stays far below.
const LONGEST_EVENT: usize = 1024 * 1024;
/// A signature that does not fit may mean that the key was changed. Whoever
/// posts nonsense must not make us ask for it all the time.
const KEY_REFETCH: Duration = Duration::from_secs(60);

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
#[derive(Debug, thiserror::Error)]
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
    NoKey(#[from] WalletApiError),
    /// What the server gives as its key is none.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// Verifies callbacks with the key of the server, which it fetches once.
pub struct CallbackVerifier {
    api: WalletApi,
    fetched: tokio::sync::Mutex<Option<(CallbackKey, Instant)>>,
}

impl CallbackVerifier {
    /// Fetches the key from the server of `api` when it is first needed. The
    /// client's credentials are not used.
    #[must_use]
    pub fn new(api: WalletApi) -> Self {
        Self { api, fetched: tokio::sync::Mutex::default() }
    }

    /// Verifies a callback: `event` and `sign` as they are in the form after it
    /// was decoded, and not changed in any way.
    ///
    /// # Errors
    /// [`CallbackError`]; only for [`CallbackError::NoKey`] is it worth to have
    /// the server send it again.
    pub async fn verify(&self, event: &str, sign: &str) -> Result<CallbackEvent, CallbackError> {
        let mut fetched = self.fetched.lock().await;
        if let Some((key, at)) = &*fetched {
            match key.verify(event, sign) {
                Err(CallbackError::NotSigned) if at.elapsed() >= KEY_REFETCH => {}
                verified => return verified,
            }
        }
        let key = CallbackKey::from_pem(&self.api.server().callback_key().await?)?;
        let verified = key.verify(event, sign);
        *fetched = Some((key, Instant::now()));
        verified
    }
}

impl fmt::Debug for CallbackVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CallbackVerifier(..)")
    }
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
        let body: Body = serde_json::from_str(event).map_err(|error| not_understood(error.to_string()))?;
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
