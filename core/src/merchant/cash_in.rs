//! Cash-in: the customer shows a wallet code, the till takes the cash, the
//! customer's account is credited from the merchant's wallet.
//!
//! The merchant's money is held before cash is asked for, and settled once the
//! cashier has said that the cash is in the drawer.

use super::till::{Start, Till, TillRequest};
use crate::attempt::{Make, Steps};
use crate::code::{Code, CodeKind};
use crate::error::{ApiError, ApiErrorKind};
use crate::journal::AttemptKind;
use crate::money::Money;
use crate::wallet_api::Service;

/// Cash to take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CashInRequest {
    /// The request's own identifier: asking again with the same one gives the
    /// same attempt.
    pub request_id: String,
    /// How much cash. [`super::Merchant::cash_in_room`] says how much can be taken.
    pub amount: Money,
    /// What the customer sees in the statement.
    pub description: String,
    /// What was scanned from the customer's screen: a wallet code.
    pub code: Code,
    /// Who at the till does it.
    pub staff: Option<String>,
}

impl TillRequest for CashInRequest {
    const KIND: AttemptKind = AttemptKind::CashIn;
    const SERVICE: Service = Service::CashIn;

    fn amount(&self) -> Money {
        self.amount
    }

    fn start(self, till: &Till) -> Result<Start, ApiError> {
        let Code::Wallet(customer) = self.code else {
            return Err(ApiError::local(ApiErrorKind::WrongCode {
                expected: CodeKind::Wallet,
                found: Some(self.code.kind()),
            }));
        };
        let make = Make {
            description: self.description,
            beneficiary: Some(customer),
            cash: true,
            reserve_seconds: till.settings.cash_reserve_seconds,
            // Paysera provides the merchant's own allowance for cash-ins.
            use_allowance: true,
            freeze_seconds: till.settings.refund_window_seconds,
            callback_uri: None,
        };
        Ok(Start {
            request_id: self.request_id,
            bill: None,
            once_more: false,
            staff: self.staff,
            tip: None,
            code: None,
            steps: Steps::CashIn { make, from: till.place.wallet },
        })
    }
}
