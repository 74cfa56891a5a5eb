//! What a till knows, and how it starts an attempt.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;

use super::{TillPlace, TillSettings};
use crate::attempt::{Attempt, AttemptSetup, Operation, launch};
use crate::clock::{Clock, Random};
use crate::error::{ApiError, ApiErrorKind};
use crate::journal::{AttemptId, AttemptKind, Journal};
use crate::money::Money;
use crate::wallet_api::{
    CallbackUri, CreateTransaction, Location, NewBeneficiary, NewPayment, PaymentPurpose, Reserve, Service,
    WalletApi,
};

#[derive(Debug)]
pub(super) struct Till {
    pub(super) api: WalletApi,
    pub(super) place: TillPlace,
    device: String,
    pub(super) settings: TillSettings,
    journal: Arc<dyn Journal>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    location: OnceCell<Location>,
    /// The attempts of this process by the request that started them: a double
    /// tap finds the first one.
    started: Mutex<HashMap<String, Attempt>>,
}

/// What a cashier asked for, as far as every kind of operation has it.
pub(super) trait TillRequest {
    /// The request's own identifier; the same one again means the same attempt.
    fn request_id(&self) -> &str;
    fn kind(&self) -> AttemptKind;
    fn service(&self) -> Service;
    fn amount(&self) -> Money;
    /// Checks the rest of the request and gives the steps.
    fn operation(self, till: &Till) -> Result<impl Operation, ApiError>;
}

impl Till {
    pub(super) fn new(
        api: WalletApi,
        place: TillPlace,
        device: String,
        settings: TillSettings,
        journal: Arc<dyn Journal>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Self {
        Self {
            api,
            place,
            device,
            settings,
            journal,
            clock,
            random,
            location: OnceCell::new(),
            started: Mutex::new(HashMap::new()),
        }
    }

    pub(super) async fn location(&self) -> Result<Location, ApiError> {
        let location = self.location.get_or_try_init(|| async {
            let locations = self.api.locations().of_client().await?;
            locations
                .into_iter()
                .find(|location| location.id == self.place.location)
                .ok_or_else(|| ApiError::local(ApiErrorKind::NotFound))
        });
        location.await.cloned()
    }

    /// Checks a request and starts its attempt, or finds the one that the same
    /// request started before.
    pub(super) async fn start(&self, request: impl TillRequest) -> Result<Attempt, ApiError> {
        let (kind, service) = (request.kind(), request.service());
        let amount = request.amount().require_positive()?;
        let request_id = request.request_id().to_owned();
        let operation = request.operation(self)?;
        if !self.location().await?.offers(service) {
            return Err(ApiError::local(ApiErrorKind::ServiceNotActivated { service }));
        }
        let mut started = self.started.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(attempt) = started.get(&request_id) {
            return if (attempt.kind(), attempt.amount()) == (kind, amount) {
                Ok(attempt.clone())
            } else {
                Err(ApiError::rejected("request_id", "was used for another operation"))
            };
        }
        let id = AttemptId::new(self.random.as_ref())
            .map_err(|error| ApiError::local(ApiErrorKind::Bug { details: error.to_string() }))?;
        let setup = AttemptSetup {
            id,
            kind,
            amount,
            device: self.device.clone(),
            api: self.api.clone(),
            journal: Arc::clone(&self.journal),
            clock: Arc::clone(&self.clock),
            poll_interval: self.settings.poll_interval,
        };
        let attempt = launch(setup, operation);
        started.insert(request_id, attempt.clone());
        Ok(attempt)
    }
}

/// A transaction of one payment as every merchant attempt makes it: settled
/// only by an own confirm, held for a limited time, no callbacks.
pub(super) struct TillTransaction {
    pub(super) description: String,
    pub(super) beneficiary: Option<NewBeneficiary>,
    pub(super) purpose: Option<PaymentPurpose>,
    pub(super) reserve_seconds: i64,
    /// Whether the merchant's own allowance pays.
    pub(super) use_allowance: bool,
}

impl TillTransaction {
    pub(super) fn into_request(self, price: Money, parameters: serde_json::Value) -> CreateTransaction {
        CreateTransaction {
            payments: vec![NewPayment {
                beneficiary: self.beneficiary,
                purpose: self.purpose,
                parameters: Some(parameters),
                ..NewPayment::new(self.description, price)
            }],
            reserve: Some(Reserve::For(self.reserve_seconds)),
            use_allowance: self.use_allowance,
            auto_confirm: false,
            callback_uri: CallbackUri::Disabled,
            ..CreateTransaction::default()
        }
    }
}
