//! What a client is made of.

use std::num::NonZeroU32;
use std::sync::Arc;

use super::WalletApi;
use super::credentials::Credentials;
use super::environment::Environment;
use super::error::WalletApiError;
use super::projects::ProjectId;
use super::transport::{Exchange, RequestBudget, RetryPolicy, Shared, Timeouts, Transport, network};
use crate::clock::{Clock, Random, SystemClock, SystemRandom};
use crate::code::LocationId;

/// Builds a [`WalletApi`].
#[derive(Debug)]
pub struct WalletApiBuilder {
    environment: Environment,
    credentials: Arc<dyn Credentials>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    budget: Option<Arc<RequestBudget>>,
    retries: RetryPolicy,
    timeouts: Timeouts,
    exchange: Option<Arc<dyn Exchange>>,
    ext_parameters: Vec<(&'static str, String)>,
}

impl WalletApiBuilder {
    pub(super) fn new(environment: Environment, credentials: Arc<dyn Credentials>) -> Self {
        Self {
            environment,
            credentials,
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            budget: None,
            retries: RetryPolicy::default(),
            timeouts: Timeouts::default(),
            exchange: None,
            ext_parameters: Vec::new(),
        }
    }

    /// The server that it will talk to.
    pub(crate) const fn environment(&self) -> &Environment {
        &self.environment
    }

    /// The clock that it will use.
    pub(crate) fn its_clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock)
    }

    /// The random source that it will use.
    pub(crate) fn its_random(&self) -> Arc<dyn Random> {
        Arc::clone(&self.random)
    }

    /// Takes another clock than the system's.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Takes another random source than the system's.
    #[must_use]
    pub fn random(mut self, random: Arc<dyn Random>) -> Self {
        self.random = random;
        self
    }

    /// Shares a budget of requests with other clients of the same account; by
    /// default the client has one of its own, as documented for one till.
    #[must_use]
    pub fn budget(mut self, budget: Arc<RequestBudget>) -> Self {
        self.budget = Some(budget);
        self
    }

    /// Other repetitions of reads than the default.
    #[must_use]
    pub fn retries(mut self, retries: RetryPolicy) -> Self {
        self.retries = retries;
        self
    }

    /// Other timeouts than the default.
    #[must_use]
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// Carries requests otherwise than over the network.
    #[must_use]
    pub fn exchange(mut self, exchange: Arc<dyn Exchange>) -> Self {
        self.exchange = Some(exchange);
        self
    }

    /// Makes every call on behalf of this project and location: they are signed
    /// into `ext` (wallet-api section 2.4).
    #[must_use]
    pub fn on_behalf_of(mut self, project: ProjectId, location: LocationId) -> Self {
        self.ext_parameters =
            vec![("project_id", project.0.to_string()), ("location_id", location.0.to_string())];
        self
    }

    /// The client.
    ///
    /// # Errors
    /// [`WalletApiError::Setup`] if the TLS configuration can't be made.
    pub fn build(self) -> Result<WalletApi, WalletApiError> {
        let exchange = match self.exchange {
            Some(exchange) => exchange,
            None => network(&self.environment, self.timeouts)?,
        };
        let budget = self.budget.unwrap_or_else(|| Arc::new(RequestBudget::documented(NonZeroU32::MIN)));
        let transport = Transport::new(Shared {
            environment: self.environment,
            credentials: self.credentials,
            exchange,
            budget,
            retries: self.retries,
            timeouts: self.timeouts,
            clock: self.clock,
            random: self.random,
            ext_parameters: self.ext_parameters,
        });
        Ok(WalletApi { transport })
    }
}
