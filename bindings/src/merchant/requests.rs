//! What a cashier asks for.

use std::sync::Arc;

use paysera_core::merchant as core;
use paysera_core::wallet_api::SpotId;

use crate::attempt::attempt_id;
use crate::code::Code;
use crate::error::ApiError;
use crate::money::Money;

/// A payment to take.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct CollectRequest {
    /// The request's own identifier, for example of the screen that made it:
    /// asking again with the same one gives the same attempt.
    pub request_id: String,
    /// What is to be paid, a tip included.
    pub amount: Money,
    /// What it is for; the customer sees it.
    pub description: String,
    /// The part of the amount that is a tip.
    #[uniffi(default = None)]
    pub tip: Option<Money>,
    /// The bill that it is for: one that was paid before is refused with
    /// `bill_used`, unless `once_more`.
    #[uniffi(default = None)]
    pub bill: Option<String>,
    /// A person has said that the bill is to be paid once more.
    #[uniffi(default = false)]
    pub once_more: bool,
    /// Who at the till asks for it.
    #[uniffi(default = None)]
    pub staff: Option<String>,
    /// The number of the table or till at which the customer has checked in.
    #[uniffi(default = None)]
    pub spot_id: Option<u64>,
    /// Only holds the money: `settle` says how much of it is taken.
    #[uniffi(default = false)]
    pub hold: bool,
}

/// Cash to hand out.
#[derive(Clone, Debug, uniffi::Record)]
pub struct CashOutRequest {
    /// The request's own identifier, as above.
    pub request_id: String,
    /// How much cash.
    pub amount: Money,
    /// What the customer sees in the statement.
    pub description: String,
    /// The customer's reservation code.
    pub code: Arc<Code>,
    /// Who at the till does it.
    #[uniffi(default = None)]
    pub staff: Option<String>,
}

/// Cash to take.
#[derive(Clone, Debug, uniffi::Record)]
pub struct CashInRequest {
    /// The request's own identifier, as above.
    pub request_id: String,
    /// How much cash.
    pub amount: Money,
    /// What the customer sees in the statement.
    pub description: String,
    /// The customer's wallet code.
    pub code: Arc<Code>,
    /// Who at the till does it.
    #[uniffi(default = None)]
    pub staff: Option<String>,
}

/// A payment to give back, or a cash-in to undo.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct RefundRequest {
    /// The request's own identifier, as above.
    pub request_id: String,
    /// The identifier of the attempt that settled.
    pub attempt_id: String,
    /// What goes back; everything if absent.
    #[uniffi(default = None)]
    pub amount: Option<Money>,
    /// Who at the till does it.
    #[uniffi(default = None)]
    pub staff: Option<String>,
}

impl TryFrom<CollectRequest> for core::CollectRequest {
    type Error = ApiError;

    fn try_from(request: CollectRequest) -> Result<Self, ApiError> {
        Ok(Self {
            request_id: request.request_id,
            amount: request.amount.try_into()?,
            description: request.description,
            tip: request.tip.map(TryInto::try_into).transpose()?,
            bill: request.bill,
            once_more: request.once_more,
            staff: request.staff,
            spot: request.spot_id.map(SpotId),
            hold: request.hold,
        })
    }
}

impl TryFrom<CashOutRequest> for core::CashOutRequest {
    type Error = ApiError;

    fn try_from(request: CashOutRequest) -> Result<Self, ApiError> {
        Ok(Self {
            request_id: request.request_id,
            amount: request.amount.try_into()?,
            description: request.description,
            code: request.code.0.clone(),
            staff: request.staff,
        })
    }
}

impl TryFrom<CashInRequest> for core::CashInRequest {
    type Error = ApiError;

    fn try_from(request: CashInRequest) -> Result<Self, ApiError> {
        Ok(Self {
            request_id: request.request_id,
            amount: request.amount.try_into()?,
            description: request.description,
            code: request.code.0.clone(),
            staff: request.staff,
        })
    }
}

impl TryFrom<RefundRequest> for core::RefundRequest {
    type Error = ApiError;

    fn try_from(request: RefundRequest) -> Result<Self, ApiError> {
        Ok(Self {
            request_id: request.request_id,
            attempt: attempt_id(&request.attempt_id)?,
            amount: request.amount.map(TryInto::try_into).transpose()?,
            staff: request.staff,
        })
    }
}
