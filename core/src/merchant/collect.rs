//! Collect: the merchant shows a code, a customer accepts, the till settles.

use super::till::{Start, Till, TillRequest};
use crate::attempt::{Make, Steps};
use crate::error::ApiError;
use crate::journal::AttemptKind;
use crate::money::Money;
use crate::wallet_api::{Service, SpotId};

/// A payment to take. `CollectRequest::new` gives a plain one; set the other
/// fields with struct update syntax.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CollectRequest {
    /// The request's own identifier, for example of the screen that made it:
    /// asking again with the same one gives the same attempt.
    pub request_id: String,
    /// What is to be paid, a tip included.
    pub amount: Money,
    /// What it is for; the customer sees it.
    pub description: String,
    /// The part of the amount that is a tip. It is paid as one amount, since the
    /// customer's app shows one; the receipt and the shift report tell it apart.
    pub tip: Option<Money>,
    /// The bill that it is for. One that was paid before, or is being paid, is
    /// refused with `bill_used`, unless [`CollectRequest::once_more`].
    pub bill: Option<String>,
    /// A person has said that the bill is to be paid once more.
    pub once_more: bool,
    /// Who at the till asks for it.
    pub staff: Option<String>,
    /// The table or till whose printed code the customer has scanned: the
    /// customer's app shows the payment then. See [`super::Merchant::waiting_spots`].
    pub spot: Option<SpotId>,
    /// Only holds the money: [`crate::attempt::Attempt::settle`] says how much of
    /// it is taken.
    pub hold: bool,
}

impl CollectRequest {
    /// A plain payment.
    #[must_use]
    pub fn new(request_id: impl Into<String>, amount: Money, description: impl Into<String>) -> Self {
        Self {
            request_id: request_id.into(),
            amount,
            description: description.into(),
            tip: None,
            bill: None,
            once_more: false,
            staff: None,
            spot: None,
            hold: false,
        }
    }
}

impl TillRequest for CollectRequest {
    const KIND: AttemptKind = AttemptKind::Collect;
    const SERVICE: Service = Service::Pay;

    fn amount(&self) -> Money {
        self.amount
    }

    fn start(self, till: &Till) -> Result<Start, ApiError> {
        if let Some(tip) = self.tip {
            let rest = self.amount.checked_sub(tip.require_positive()?)?;
            if rest.minor() < 0 {
                return Err(ApiError::rejected("tip", "is more than the whole amount"));
            }
        }
        let make = Make {
            description: self.description,
            beneficiary: None,
            cash: false,
            reserve_seconds: till.settings.payment_reserve_seconds,
            use_allowance: false,
            freeze_seconds: till.settings.refund_window_seconds,
            callback_uri: None,
        };
        let present_seconds = till.settings.presenting_seconds;
        Ok(Start {
            request_id: self.request_id,
            bill: self.bill,
            once_more: self.once_more,
            staff: self.staff,
            tip: self.tip,
            code: None,
            steps: Steps::Collect { make, present_seconds, spot: self.spot, hold: self.hold },
        })
    }
}
