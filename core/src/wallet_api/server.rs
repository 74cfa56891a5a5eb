//! `GET server` (wallet-api section 1.4).

use serde::Deserialize;

use super::error::WalletApiError;
use super::transport::Transport;
use crate::clock::UnixSeconds;

/// The answer of `GET server`.
#[derive(Debug, Deserialize)]
pub(super) struct ServerTime {
    pub(super) time: UnixSeconds,
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
