//! Collect: the merchant shows a code, a customer accepts, the till settles.

use super::till::{Till, TillRequest, TillTransaction};
use crate::attempt::{AttemptState, Driver, Operation, Receipt, ServerSays, Stop, server_says};
use crate::error::ApiError;
use crate::journal::{AttemptEvent, AttemptKind};
use crate::money::Money;
use crate::wallet_api::Service;

/// A payment to take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CollectRequest {
    /// The request's own identifier, for example of the screen that made it:
    /// asking again with the same one gives the same attempt.
    pub request_id: String,
    /// What is to be paid.
    pub amount: Money,
    /// What it is for; the customer sees it.
    pub description: String,
}

impl TillRequest for CollectRequest {
    fn request_id(&self) -> &str {
        &self.request_id
    }

    fn kind(&self) -> AttemptKind {
        AttemptKind::Collect
    }

    fn service(&self) -> Service {
        Service::Pay
    }

    fn amount(&self) -> Money {
        self.amount
    }

    fn operation(self, till: &Till) -> Result<impl Operation, ApiError> {
        Ok(Collect {
            transaction: TillTransaction {
                description: self.description,
                beneficiary: None,
                purpose: None,
                reserve_seconds: till.settings.payment_reserve_seconds,
                use_allowance: false,
            },
            presenting_seconds: till.settings.presenting_seconds,
        })
    }
}

struct Collect {
    transaction: TillTransaction,
    presenting_seconds: i64,
}

impl Operation for Collect {
    async fn run(self, till: &mut Driver) -> Result<Receipt, Stop> {
        let new = self.transaction.into_request(till.amount(), till.parameters());
        let key = till.create(&new).await?.transaction_key;
        let expires_at = till.now().plus(self.presenting_seconds);
        let accepted = till.await_acceptance(&key, expires_at).await?;
        if server_says(&accepted, None, till.now()) == ServerSays::Confirmed {
            // Settled without this till: it is paid, and the receipt says so.
            return till.settled(&accepted);
        }
        if let Some(payer) = accepted.wallet {
            till.record(AttemptEvent::Reserved { payer })?;
            till.enter(AttemptState::Reserved { payer });
        }
        let confirmed = till.confirm(&key).await?;
        till.settled(&confirmed)
    }
}
