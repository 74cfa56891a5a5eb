//! A till.

use std::collections::HashMap;
use std::sync::Arc;

use paysera_core::code::{LocationId, TransactionKey, WalletId};
use paysera_core::merchant::{Merchant, TillPlace};
use paysera_core::wallet_api::{Captcha, Location as CoreLocation, ProjectId, Service as CoreService};

use super::{
    CashInRequest, CashOutRequest, CollectRequest, Location, MerchantConfig, RefundRequest, Service,
    ServiceState, Spot,
};
use crate::attempt::{Attempt, AttemptRecord, attempt_id};
use crate::error::ApiError;
use crate::journal::open_journal;
use crate::money::{Balance, Money, currency};
use crate::runtime::{Engine, contained};
use crate::secret_store::AppStore;

/// A till: collects payments, hands out cash and takes it in. One for the process.
#[derive(Debug, uniffi::Object)]
pub struct MerchantClient {
    pub(super) engine: Arc<Engine>,
    pub(super) till: Merchant,
}

#[uniffi::export]
impl MerchantClient {
    /// Opens the till's journal. No network is needed. What an earlier process left
    /// open goes on with `open_attempts`, which an app calls when it starts.
    ///
    /// # Errors
    /// [`ApiError`]: `storage_failed` if the journal can't be opened, is open in
    /// another process, or would not outlive this one in production;
    /// `rejected_input` for settings that can't be.
    #[uniffi::constructor]
    pub async fn open(config: MerchantConfig) -> Result<Arc<Self>, ApiError> {
        let engine = Engine::current()?;
        let opened = Arc::clone(&engine);
        engine
            .blocking(move || {
                let wallet = WalletId::new(config.wallet_id)
                    .map_err(|error| ApiError::rejected("wallet_id", error))?;
                let store = AppStore(config.store);
                let journal = open_journal(&opened, &store, config.journal_folder.as_deref(), wallet)?;
                let place = TillPlace {
                    project: ProjectId(config.project_id),
                    location: LocationId(config.location_id),
                    wallet,
                };
                let credentials = Arc::clone(&config.credentials.0);
                let mut builder = Merchant::builder(config.environment.0.clone(), credentials, place)
                    .device(config.device)
                    .settings(config.settings.try_into()?)
                    .journal(journal);
                if let Some(limits) = config.request_limits {
                    builder = builder.budget(Arc::new(limits.try_into()?));
                }
                let till = builder.build()?;
                Ok::<_, ApiError>(Arc::new(Self { engine: Arc::clone(&opened), till }))
            })
            .await
    }

    /// The till's location with the services that it offers. Asked for once.
    ///
    /// # Errors
    /// [`ApiError`]; `not_found` if it is not one of the client's.
    pub async fn location(&self) -> Result<Location, ApiError> {
        let till = self.till.clone();
        let location = self.engine.run(async move { till.location().await }).await?;
        Ok(shown(&location))
    }

    /// Chooses what the location offers: exactly these services. One that needs an
    /// approval first awaits it.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn activate(&self, services: Vec<Service>) -> Result<HashMap<Service, ServiceState>, ApiError> {
        let till = self.till.clone();
        let services = services.into_iter().map(CoreService::from).collect();
        let states = self.engine.detached(async move { till.activate(&services).await }).await?;
        Ok(states.into_iter().map(|(service, state)| (service.into(), state.into())).collect())
    }

    /// How far each service of the location is, as the server says now.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn services(&self) -> Result<HashMap<Service, ServiceState>, ApiError> {
        let till = self.till.clone();
        let states = self.engine.run(async move { till.services().await }).await?;
        Ok(states.into_iter().map(|(service, state)| (service.into(), state.into())).collect())
    }

    /// The tables and tills at which a customer waits for a bill. Ask every three
    /// to five seconds.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn waiting_spots(&self) -> Result<Vec<Spot>, ApiError> {
        let till = self.till.clone();
        let spots = self.engine.run(async move { till.waiting_spots().await }).await?;
        Ok(spots.into_iter().map(|spot| Spot { id: spot.id.0, identifier: spot.identifier }).collect())
    }

    /// What the merchant's wallet holds.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn balance(&self, currency_code: String) -> Result<Balance, ApiError> {
        let (till, currency) = (self.till.clone(), currency(&currency_code)?);
        self.engine.run(async move { till.balance(currency).await }).await.map(Into::into)
    }

    /// The largest cash-in that the merchant's allowance has room for now.
    ///
    /// # Errors
    /// [`ApiError`]; `not_found` without an active allowance.
    pub async fn cash_in_room(&self, currency_code: String) -> Result<Money, ApiError> {
        let (till, currency) = (self.till.clone(), currency(&currency_code)?);
        self.engine.run(async move { till.cash_in_room(currency).await }).await.map(Into::into)
    }

    /// The server's time as far as it is known, Unix seconds; no network.
    #[must_use]
    pub fn server_now(&self) -> i64 {
        self.till.server_now().0
    }

    /// The attempts that go on, taken up again where an earlier process left them.
    ///
    /// # Errors
    /// [`ApiError`] if the journal can't be read, or, after it was lost, the
    /// server not be asked.
    pub async fn open_attempts(&self) -> Result<Vec<Arc<Attempt>>, ApiError> {
        let till = self.till.clone();
        let open = self.engine.detached(async move { till.resume().await }).await?;
        Ok(open.into_iter().map(|attempt| Attempt::of(&self.engine, attempt)).collect())
    }

    /// An attempt of this till, running or ended, by its identifier.
    ///
    /// # Errors
    /// [`ApiError`] if the journal can't be read.
    pub async fn attempt(&self, id: String) -> Result<Option<Arc<Attempt>>, ApiError> {
        let (till, id) = (self.till.clone(), attempt_id(&id)?);
        let attempt = self.engine.detached(async move { till.attempt(id).await }).await?;
        Ok(attempt.map(|attempt| Attempt::of(&self.engine, attempt)))
    }

    /// The latest attempts, newest first: `limit` of them, from before the one
    /// numbered `before`.
    ///
    /// # Errors
    /// `storage_failed`.
    #[uniffi::method(default(before = None))]
    pub async fn latest_attempts(
        &self,
        limit: u32,
        before: Option<i64>,
    ) -> Result<Vec<AttemptRecord>, ApiError> {
        let journal = Arc::clone(self.till.journal());
        let rows = self.engine.blocking(move || journal.latest(limit, before)).await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Where a damaged journal, or one that a backup brought, was put when this one
    /// was opened.
    #[must_use]
    pub fn journal_set_aside(&self) -> Option<String> {
        self.till.journal().set_aside().map(|aside| aside.path.display().to_string())
    }

    /// Since when the journal is known to be whole, after it was lost and there was
    /// too much to take over from the server; nothing where nothing is missing.
    ///
    /// # Errors
    /// `storage_failed`.
    pub async fn journal_rebuilt_since(&self) -> Result<Option<i64>, ApiError> {
        let journal = Arc::clone(self.till.journal());
        let since = self.engine.blocking(move || journal.rebuilt_since()).await?;
        Ok(since.map(|since| since.0))
    }

    /// Has the server looked at now: for one transaction's key after a push
    /// message, for all when the network is back.
    ///
    /// # Errors
    /// `rejected_input` for a text that is no key.
    #[uniffi::method(default(transaction_key = None))]
    pub fn poke(&self, transaction_key: Option<String>) -> Result<(), ApiError> {
        contained(|| {
            self.engine.ensure_running()?;
            let key = transaction_key.as_deref().map(TransactionKey::parse).transpose()?;
            self.till.poke(key.as_ref());
            Ok(())
        })
    }

    /// Takes a payment: shows a code, waits for a customer to accept, settles.
    ///
    /// # Errors
    /// [`ApiError`] if it is refused before anything is sent: `rejected_input`,
    /// `service_not_activated`, `bill_used`. Later errors are states of the attempt.
    pub async fn collect(&self, request: CollectRequest) -> Result<Arc<Attempt>, ApiError> {
        let (till, request) = (self.till.clone(), request.try_into()?);
        let attempt = self.engine.detached(async move { till.collect(request).await }).await?;
        Ok(Attempt::of(&self.engine, attempt))
    }

    /// Hands out cash for the customer's reservation code.
    ///
    /// # Errors
    /// [`ApiError`] if it is refused before anything is sent: `rejected_input`,
    /// `wrong_code`, `service_not_activated`, `not_enough_cash`.
    pub async fn cash_out(&self, request: CashOutRequest) -> Result<Arc<Attempt>, ApiError> {
        let (till, request) = (self.till.clone(), request.try_into()?);
        let attempt = self.engine.detached(async move { till.cash_out(request).await }).await?;
        Ok(Attempt::of(&self.engine, attempt))
    }

    /// Takes cash for the customer's wallet code.
    ///
    /// # Errors
    /// [`ApiError`] if it is refused before anything is sent: `rejected_input`,
    /// `wrong_code`, `service_not_activated`.
    pub async fn cash_in(&self, request: CashInRequest) -> Result<Arc<Attempt>, ApiError> {
        let (till, request) = (self.till.clone(), request.try_into()?);
        let attempt = self.engine.detached(async move { till.cash_in(request).await }).await?;
        Ok(Attempt::of(&self.engine, attempt))
    }

    /// Gives a settled payment back, whole or in part, or undoes a cash-in.
    ///
    /// # Errors
    /// [`ApiError`]: `staff_not_allowed`, `not_found`, `wrong_state`,
    /// `not_allowed`, `not_enough_cash`, `rejected_input`.
    pub async fn refund(&self, request: RefundRequest) -> Result<Arc<Attempt>, ApiError> {
        let (till, request) = (self.till.clone(), request.try_into()?);
        let attempt = self.engine.detached(async move { till.refund(request).await }).await?;
        Ok(Attempt::of(&self.engine, attempt))
    }

    /// Unlocks an account with too many requests: the answer to the captcha of a
    /// `captcha_required`.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn unlock(&self, site_key: String, unlock_url: String, answer: String) -> Result<(), ApiError> {
        let till = self.till.clone();
        let captcha = Captcha { site_key, unlock_url };
        self.engine.run(async move { till.unlock(&captcha, &answer).await }).await
    }
}

fn shown(location: &CoreLocation) -> Location {
    let offered = CoreService::ALL.into_iter().filter(|service| location.offers(*service));
    Location {
        id: location.id.0,
        title: location.title.clone(),
        address: location.address.clone(),
        services: offered.map(Into::into).collect(),
    }
}
