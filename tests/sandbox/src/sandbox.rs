//! The handle of a running sandbox.

mod builder;
mod people;

pub use builder::SandboxBuilder;

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use paysera_core::money::Currency;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tower::ServiceExt;

use crate::app::App;
use crate::callbacks::SetupError;
use crate::clock::SandboxClock;
use crate::counterparts::Counterparts;
use crate::domain::status::Status;
use crate::error::Refusal;
use crate::faults::Faults;
use crate::seed::SeedError;
use crate::store::check::{self, LedgerReport};
use crate::store::ledger::{self, Balance};
use crate::store::{StoreError, credentials, transactions, wallets};
use crate::tls::TlsError;

/// Largest answer without the network, in bytes.
const MAX_ANSWER_BYTES: usize = 64 * 1024 * 1024;

/// Why a sandbox did not start or did not answer its owner.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SandboxError {
    /// The address can't be listened on.
    #[error("can't listen on {address}: {source}")]
    Listen {
        /// The wanted address.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// The database did not open.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Callbacks can't be sent.
    #[error("callbacks can't be sent: {0}")]
    Callbacks(String),
    /// There is no TLS.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The seed can't be planted.
    #[error(transparent)]
    Seed(#[from] SeedError),
    /// The books can't be read; the reason is in the log.
    #[error("the sandbox's books can't be read")]
    Books,
    /// There is no such wallet, token or transaction.
    #[error("the sandbox has no such thing")]
    NotFound,
}

impl SandboxError {
    /// Why a seed was not planted.
    fn of_seed(refusal: Refusal) -> Self {
        match refusal {
            Refusal::InvalidParameter { path, reason } => {
                Self::Seed(SeedError::Value { place: path, reason })
            }
            _ => Self::Books,
        }
    }
}

impl From<SetupError> for SandboxError {
    fn from(error: SetupError) -> Self {
        Self::Callbacks(error.to_string())
    }
}

/// A running sandbox. Dropping it stops it without waiting for open requests.
#[derive(Debug)]
pub struct Sandbox {
    address: SocketAddr,
    app: App,
    router: Router,
    requests: Arc<AtomicU64>,
    stop: watch::Sender<()>,
    ca_pem: Option<String>,
    public_key_pin: Option<[u8; 32]>,
    planted: bool,
    server: JoinHandle<()>,
    worker: JoinHandle<()>,
    people: JoinHandle<()>,
}

impl Sandbox {
    /// Settings to start from.
    #[must_use]
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::default()
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base of every URL, for example `http://127.0.0.1:8080/`; for one that
    /// listens on every address that of this machine alone.
    #[must_use]
    pub fn base_url(&self) -> String {
        let mut address = self.address;
        if address.ip().is_unspecified() {
            address.set_ip(if address.is_ipv4() {
                Ipv4Addr::LOCALHOST.into()
            } else {
                Ipv6Addr::LOCALHOST.into()
            });
        }
        format!("{}://{address}/", self.app.scheme)
    }

    /// Certificate of the authority that a client must trust, as PEM, if the
    /// sandbox serves TLS.
    #[must_use]
    pub fn ca_pem(&self) -> Option<&str> {
        self.ca_pem.as_deref()
    }

    /// SHA-256 of the server's public key (its SubjectPublicKeyInfo), for clients
    /// that pin it, if the sandbox serves TLS.
    #[must_use]
    pub const fn public_key_pin(&self) -> Option<[u8; 32]> {
        self.public_key_pin
    }

    /// The server's clock, to be read and moved.
    #[must_use]
    pub const fn clock(&self) -> &SandboxClock {
        &self.app.clock
    }

    /// The switchboard of faults.
    #[must_use]
    pub const fn faults(&self) -> &Faults {
        &self.app.faults
    }

    /// Simulated customers and merchants.
    #[must_use]
    pub const fn counterparts(&self) -> &Counterparts {
        &self.app.counterparts
    }

    /// Is told after everything that changed the books; the number only counts.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.app.store.changes()
    }

    /// Whether the seed was planted at the start; not if the books had somebody
    /// already.
    #[must_use]
    pub const fn is_planted(&self) -> bool {
        self.planted
    }

    /// How many requests were answered or, by a fault, left unanswered.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// The balance of a wallet in one currency; zero for a currency that it
    /// never had.
    ///
    /// # Errors
    /// [`SandboxError::NotFound`] for an unknown wallet, [`SandboxError::Books`]
    /// if the database fails.
    pub async fn balance(&self, wallet: u64, currency: Currency) -> Result<Balance, SandboxError> {
        let wallet = i64::try_from(wallet).map_err(|_| SandboxError::NotFound)?;
        self.books(move |db| match wallets::wallet(db, wallet)? {
            Some(wallet) => ledger::balance(db, wallet.id, currency).map(Some),
            None => Ok(None),
        })
        .await?
        .ok_or(SandboxError::NotFound)
    }

    /// Audits the whole ledger.
    ///
    /// # Errors
    /// [`SandboxError::Books`] if the database fails; what the audit finds is
    /// in the report.
    pub async fn ledger_check(&self) -> Result<LedgerReport, SandboxError> {
        self.books(check::check).await
    }

    /// The status of a transaction.
    ///
    /// # Errors
    /// [`SandboxError::NotFound`] for an unknown key, [`SandboxError::Books`]
    /// if the database fails.
    pub async fn transaction_status(&self, key: &str) -> Result<Status, SandboxError> {
        let key = key.to_owned();
        self.books(move |db| transactions::find(db, &key))
            .await?
            .map(|transaction| transaction.status)
            .ok_or(SandboxError::NotFound)
    }

    /// Lets a user token expire now.
    ///
    /// # Errors
    /// [`SandboxError::NotFound`] for an unknown token, [`SandboxError::Books`]
    /// if the database fails.
    pub async fn expire_token(&self, token: &str) -> Result<(), SandboxError> {
        let (token, now) = (token.to_owned(), self.app.clock.now());
        let found = self.books(move |db| credentials::expire_token(db, &token, now)).await?;
        if found { Ok(()) } else { Err(SandboxError::NotFound) }
    }

    /// Answers a request without the network: the same handlers, but no faults,
    /// no request log and no limits of a connection.
    pub async fn answer(&self, request: http::Request<Vec<u8>>) -> http::Response<Vec<u8>> {
        let response = match self.router.clone().oneshot(request.map(Body::from)).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        let (head, body) = response.into_parts();
        // A stream of events has no end; nothing else fails here.
        let bytes = to_bytes(body, MAX_ANSWER_BYTES).await.unwrap_or_default();
        http::Response::from_parts(head, bytes.into())
    }

    /// Stops listening, finishes open requests (for five seconds at most) and
    /// closes the database.
    pub async fn shutdown(mut self) {
        self.stop.send_replace(());
        // An error is a panic or the abort: each has ended the loop as well.
        let _ended = (&mut self.server).await;
        for task in [&mut self.worker, &mut self.people] {
            task.abort();
            let _ended = task.await;
        }
        self.app.store.close().await;
    }

    async fn books<T, F>(&self, read: F) -> Result<T, SandboxError>
    where
        T: Send + 'static,
        F: FnOnce(&rusqlite::Connection) -> Result<T, Refusal> + Send + 'static,
    {
        self.app.store.unit(self.app.clock.now(), read).await.map_err(|_| SandboxError::Books)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        for task in [&self.server, &self.worker, &self.people] {
            task.abort();
        }
    }
}
