//! Settings of a sandbox, and its start.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use tokio::net::TcpListener;
use tokio::sync::watch;

use super::{Sandbox, SandboxError};
use crate::app::{App, LimitsInForce};
use crate::callbacks::{Sender, Worker};
use crate::clock::SandboxClock;
use crate::counterparts::Counterparts;
use crate::domain::cash::Limits;
use crate::faults::Faults;
use crate::mac::ReplayGuard;
use crate::rate_limits::RateLimits;
use crate::request_log::RequestLog;
use crate::seed::SeedFile;
use crate::server::Server;
use crate::store::{Database, Store};
use crate::tls::{Tls, TlsOptions};
use crate::{http, seed};

/// How long a user token that a client gets is good unless set otherwise, in
/// seconds.
const TOKEN_SECONDS: u32 = 3600;

/// Settings of a sandbox that does not run yet.
#[derive(Clone, Debug, Default)]
pub struct SandboxBuilder {
    database: Database,
    clock: SandboxClock,
    limits: Limits,
    token_seconds: Option<u32>,
    rate_limits: bool,
    tls: Option<TlsOptions>,
    allowed_hosts: Vec<String>,
    seed: SeedFile,
}

impl SandboxBuilder {
    /// Where the books are kept; in memory unless set.
    #[must_use]
    pub fn database(mut self, database: Database) -> Self {
        self.database = database;
        self
    }

    /// The server's clock; the system's unless set.
    #[must_use]
    pub fn clock(mut self, clock: SandboxClock) -> Self {
        self.clock = clock;
        self
    }

    /// Limits of cash operations. The seeded allowance keeps the daily limit of
    /// the first start.
    #[must_use]
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// How long a user token that a client gets by OAuth is good, in seconds;
    /// one hour unless set. The seeded tokens never end.
    #[must_use]
    pub const fn token_lifetime(mut self, seconds: u32) -> Self {
        self.token_seconds = Some(seconds);
        self
    }

    /// Limits requests as the documentation says: 60 a minute for a token, 1000
    /// an hour for an account (wallet-api section 1.5). Off unless set.
    #[must_use]
    pub const fn documented_rate_limits(mut self) -> Self {
        self.rate_limits = true;
        self
    }

    /// Serves HTTPS, HTTP/1.1 and HTTP/2, instead of HTTP.
    #[must_use]
    pub fn tls(mut self, options: TlsOptions) -> Self {
        self.tls = Some(options);
        self
    }

    /// Lets the console and the control API be reached under this host name,
    /// too. Whoever can point the name elsewhere can then use them through a
    /// browser.
    #[must_use]
    pub fn allow_host(mut self, name: &str) -> Self {
        self.allowed_hosts.push(name.to_owned());
        self
    }

    /// What is planted into empty books beside, or instead of, the built-in
    /// seed. Its limits win over [`SandboxBuilder::limits`].
    #[must_use]
    pub fn seed(mut self, seed: SeedFile) -> Self {
        self.seed = seed;
        self
    }

    /// Opens the books, plants the seed if they are empty, and serves on
    /// `address` (port 0: any free one) on the present tokio runtime.
    ///
    /// # Errors
    /// [`SandboxError`] if the address is taken, the database unusable, the
    /// seed wrong or a certificate can't be made.
    pub async fn start(self, address: SocketAddr) -> Result<Sandbox, SandboxError> {
        let listen = |source| SandboxError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let tls = self.tls.as_ref().map(Tls::new).transpose()?;
        let store = Arc::new(Store::open(self.database, http::catch_up).await?);
        let in_force = LimitsInForce::new(self.limits);
        let limits = in_force.with(self.seed.limits().map_err(SandboxError::of_seed)?);
        in_force.set(limits);
        let (now, seed) = (self.clock.now(), Arc::new(self.seed));
        let file = Arc::clone(&seed);
        let planting = store.unit(now, move |db| seed::plant(db, now, &limits, &file));
        let planted = planting.await.map_err(SandboxError::of_seed)?;
        let (stop, stopped) = watch::channel(());
        let counterparts = Counterparts::new(Arc::clone(&store), self.clock.clone(), in_force.clone());
        let app = App {
            store,
            clock: self.clock,
            limits: in_force,
            seed,
            token_seconds: i64::from(self.token_seconds.unwrap_or(TOKEN_SECONDS)),
            replay: Arc::new(ReplayGuard::default()),
            faults: Faults::default(),
            counterparts: counterparts.clone(),
            rate_limits: if self.rate_limits { RateLimits::documented() } else { RateLimits::default() },
            log: RequestLog::default(),
            callbacks: Sender::new()?,
            stopped: stopped.clone(),
            port: address.port(),
            scheme: if tls.is_some() { "https" } else { "http" },
            allowed_hosts: self.allowed_hosts.into(),
        };
        let requests = Arc::new(AtomicU64::new(0));
        let public_key_pin = tls.as_ref().map(|tls| tls.pin);
        let ca_pem = tls.as_ref().map(|tls| tls.ca_pem.clone());
        let router = http::router(app.clone());
        let server =
            Server { router: router.clone(), app: app.clone(), tls, requests: Arc::clone(&requests) };
        let worker = tokio::spawn(Worker::new(app.clone()).run());
        let people = tokio::spawn(counterparts.play());
        let server = tokio::spawn(server.run(listener, stopped));
        Ok(Sandbox {
            address,
            app,
            router,
            requests,
            stop,
            ca_pem,
            public_key_pin,
            planted,
            server,
            worker,
            people,
        })
    }
}
