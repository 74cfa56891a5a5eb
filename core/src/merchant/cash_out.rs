//! Cash-out: the customer shows a reservation code, the customer's account is
//! debited, the till hands out the cash. In this order: cash leaves the drawer
//! only after this till's own confirm is on record.

use super::till::{Start, Till, TillRequest};
use crate::attempt::{Make, Steps};
use crate::code::{Code, CodeKind};
use crate::error::{ApiError, ApiErrorKind};
use crate::journal::AttemptKind;
use crate::money::Money;
use crate::wallet_api::Service;

/// Cash to hand out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CashOutRequest {
    /// The request's own identifier: asking again with the same one gives the
    /// same attempt.
    pub request_id: String,
    /// How much cash. The drawer must hold it, where one is kept.
    pub amount: Money,
    /// What the customer sees in the statement.
    pub description: String,
    /// What was scanned from the customer's screen: a reservation code.
    pub code: Code,
    /// Who at the till does it.
    pub staff: Option<String>,
}

impl TillRequest for CashOutRequest {
    const KIND: AttemptKind = AttemptKind::CashOut;
    const SERVICE: Service = Service::CashOut;

    fn amount(&self) -> Money {
        self.amount
    }

    fn cash_out_of_the_drawer(&self) -> Option<Money> {
        Some(self.amount)
    }

    fn start(self, till: &Till) -> Result<Start, ApiError> {
        let Code::Reservation(code) = self.code else {
            return Err(ApiError::local(ApiErrorKind::WrongCode {
                expected: CodeKind::Reservation,
                found: Some(self.code.kind()),
            }));
        };
        let make = Make {
            description: self.description,
            beneficiary: None,
            cash: true,
            reserve_seconds: till.settings.cash_reserve_seconds,
            use_allowance: false,
            freeze_seconds: None,
            callback_uri: None,
        };
        Ok(Start {
            request_id: self.request_id,
            bill: None,
            once_more: false,
            staff: self.staff,
            tip: None,
            code: Some(code),
            steps: Steps::CashOut { make, identity_check: till.settings.check_identity },
        })
    }
}
