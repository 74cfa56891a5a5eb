//! Cash-out: the customer shows a reservation code, the customer's account is
//! debited, the till hands out the cash. In this order: cash leaves the drawer
//! only after this till's own confirm is on record.

use super::till::{Till, TillRequest, TillTransaction};
use crate::attempt::{AttemptState, Driver, Operation, Receipt, ReserveBy, ServerSays, Stop, server_says};
use crate::code::{Code, CodeKind, ReservationCode};
use crate::error::{ApiError, ApiErrorKind};
use crate::journal::{AttemptEvent, AttemptKind};
use crate::money::Money;
use crate::wallet_api::{PaymentPurpose, Service};

/// Cash to hand out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CashOutRequest {
    /// The request's own identifier: asking again with the same one gives the
    /// same attempt.
    pub request_id: String,
    /// How much cash.
    pub amount: Money,
    /// What the customer sees in the statement.
    pub description: String,
    /// What was scanned from the customer's screen: a reservation code.
    pub code: Code,
}

impl TillRequest for CashOutRequest {
    fn request_id(&self) -> &str {
        &self.request_id
    }

    fn kind(&self) -> AttemptKind {
        AttemptKind::CashOut
    }

    fn service(&self) -> Service {
        Service::CashOut
    }

    fn amount(&self) -> Money {
        self.amount
    }

    fn operation(self, till: &Till) -> Result<impl Operation, ApiError> {
        let Code::Reservation(code) = self.code else {
            return Err(ApiError::local(ApiErrorKind::WrongCode {
                expected: CodeKind::Reservation,
                found: Some(self.code.kind()),
            }));
        };
        Ok(CashOut {
            transaction: TillTransaction {
                description: self.description,
                beneficiary: None,
                purpose: Some(PaymentPurpose::Cash),
                reserve_seconds: till.settings.cash_reserve_seconds,
                use_allowance: false,
            },
            code,
        })
    }
}

struct CashOut {
    transaction: TillTransaction,
    code: ReservationCode,
}

impl Operation for CashOut {
    async fn run(self, till: &mut Driver) -> Result<Receipt, Stop> {
        let new = self.transaction.into_request(till.amount(), till.parameters());
        let key = till.create(&new).await?.transaction_key;
        let reserved = match till.reserve(&key, &ReserveBy::Code(self.code)).await {
            Ok(reserved) => reserved,
            Err(refusal) => return till.refused(&key, refusal).await,
        };
        if server_says(&reserved, None, till.now()) == ServerSays::Confirmed {
            // Not by this till: the cash is not its to hand out.
            return till.settled(&reserved);
        }
        if let Some(payer) = reserved.wallet {
            till.record(AttemptEvent::Reserved { payer })?;
            till.enter(AttemptState::Reserved { payer });
        }
        let confirmed = till.confirm(&key).await?;
        let receipt = till.settled(&confirmed)?;
        if receipt.elsewhere {
            return Ok(receipt);
        }
        till.record(AttemptEvent::HandOutCashShown)?;
        till.ask_about_cash(AttemptState::HandOutCash { amount: receipt.amount }).await;
        till.record(AttemptEvent::CashHandedOut)?;
        Ok(receipt)
    }
}
