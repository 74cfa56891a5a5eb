//! Cash-in: the customer shows a wallet code, the till takes the cash, the
//! customer's account is credited from the merchant's wallet.
//!
//! The merchant's money is held before cash is asked for, and settled once the
//! cashier has said that the cash is in the drawer.

use super::till::{Till, TillRequest, TillTransaction};
use crate::attempt::{
    AttemptState, Driver, Operation, Receipt, ReserveBy, ServerSays, Stop, Tapped, server_says,
};
use crate::code::{Code, CodeKind, WalletId};
use crate::error::{ApiError, ApiErrorKind};
use crate::journal::{AttemptEvent, AttemptKind, CancelReason};
use crate::money::Money;
use crate::wallet_api::{NewBeneficiary, PaymentPurpose, Service, WalletRef};

/// Cash to take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CashInRequest {
    /// The request's own identifier: asking again with the same one gives the
    /// same attempt.
    pub request_id: String,
    /// How much cash.
    pub amount: Money,
    /// What the customer sees in the statement.
    pub description: String,
    /// What was scanned from the customer's screen: a wallet code.
    pub code: Code,
}

impl TillRequest for CashInRequest {
    fn request_id(&self) -> &str {
        &self.request_id
    }

    fn kind(&self) -> AttemptKind {
        AttemptKind::CashIn
    }

    fn service(&self) -> Service {
        Service::CashIn
    }

    fn amount(&self) -> Money {
        self.amount
    }

    fn operation(self, till: &Till) -> Result<impl Operation, ApiError> {
        let Code::Wallet(customer) = self.code else {
            return Err(ApiError::local(ApiErrorKind::WrongCode {
                expected: CodeKind::Wallet,
                found: Some(self.code.kind()),
            }));
        };
        Ok(CashIn {
            transaction: TillTransaction {
                description: self.description,
                beneficiary: Some(NewBeneficiary::Id(customer)),
                purpose: Some(PaymentPurpose::Cash),
                reserve_seconds: till.settings.cash_reserve_seconds,
                use_allowance: true,
            },
            payer: till.place.wallet,
        })
    }
}

struct CashIn {
    transaction: TillTransaction,
    /// The merchant's own wallet.
    payer: WalletId,
}

impl Operation for CashIn {
    async fn run(self, till: &mut Driver) -> Result<Receipt, Stop> {
        let new = self.transaction.into_request(till.amount(), till.parameters());
        let key = till.create(&new).await?.transaction_key;
        let by = ReserveBy::Wallet(WalletRef::Id(self.payer));
        let reserved = match till.reserve(&key, &by).await {
            Ok(reserved) => reserved,
            Err(refusal) => return till.refused(&key, refusal).await,
        };
        if server_says(&reserved, None, till.now()) == ServerSays::Confirmed {
            return till.settled(&reserved);
        }
        till.record(AttemptEvent::Reserved { payer: self.payer })?;
        till.enter(AttemptState::Reserved { payer: self.payer });

        let amount = till.amount();
        till.record(AttemptEvent::TakeCashShown)?;
        if till.ask_about_cash(AttemptState::TakeCash { amount }).await == Tapped::Cancel {
            let confirmed = till.take_back(&key, CancelReason::Requested).await?;
            return till.settled(&confirmed);
        }
        till.record(AttemptEvent::CashReceived)?;
        match till.confirm(&key).await {
            Ok(confirmed) => till.settled(&confirmed),
            // Over and not settled: the drawer holds cash that is the customer's.
            Err(Stop::Ended(_)) => till.return_cash(amount).await,
            Err(stop) => Err(stop),
        }
    }
}

impl Driver {
    async fn return_cash(&mut self, amount: Money) -> Result<Receipt, Stop> {
        self.record(AttemptEvent::ReturnCashShown)?;
        self.ask_about_cash(AttemptState::ReturnCash { amount }).await;
        self.record(AttemptEvent::CashReturned)?;
        Err(Stop::failed(ApiError::local(ApiErrorKind::CashReturned)))
    }
}
