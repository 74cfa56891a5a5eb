//! `GET server` (wallet-api section 1.4).

use serde::Deserialize;

use super::error::WalletApiError;
use super::tolerance::readable;
use super::transport::{Call, Transport};
use crate::clock::UnixSeconds;

/// The answer of `GET server`.
#[derive(Debug, Deserialize)]
pub(super) struct ServerTime {
    pub(super) time: UnixSeconds,
}

/// What the server expects of apps.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ServerConfiguration {
    /// Characters that a password has at least.
    #[serde(default, deserialize_with = "readable")]
    pub minimum_password_length: Option<u32>,
    /// Accounts of beneficiaries whose transfers can be urgent, as a regular
    /// expression.
    #[serde(default, deserialize_with = "readable")]
    pub bank_transfer_urgent_option_availability_beneficiary_account_regexp: Option<String>,
}

/// The server's own information.
#[derive(Debug)]
pub struct Server<'a> {
    transport: &'a Transport,
}

impl<'a> Server<'a> {
    pub(super) fn new(transport: &'a Transport) -> Self {
        Self { transport }
    }

    /// What the server expects of apps (`GET configuration`). Needs no
    /// credentials.
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn configuration(&self) -> Result<ServerConfiguration, WalletApiError> {
        self.transport.send(&Call::get("configuration").unsigned()).await
    }

    /// The codes of all currencies (`GET currencies`), also of those that this
    /// library can't carry exactly. Needs no credentials.
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn currencies(&self) -> Result<Vec<String>, WalletApiError> {
        self.transport.send(&Call::get("currencies").unsigned()).await
    }

    /// The key that callbacks are signed with, in PEM form (`GET /publickey`).
    /// Needs no credentials.
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn callback_key(&self) -> Result<String, WalletApiError> {
        self.transport.send_for_text(&Call::get("publickey").site()).await
    }

    /// Reads the server's time and corrects the client's clock by it. Needs no
    /// credentials. The same happens by itself when a request is refused for
    /// its timestamp.
    ///
    /// # Errors
    /// Any [`WalletApiError`] of the transport.
    pub async fn time(&self) -> Result<UnixSeconds, WalletApiError> {
        self.transport.read_server_time().await
    }
}
