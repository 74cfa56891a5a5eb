//! Refund: a settled payment goes back to the payer, whole or in part; a cash-in
//! is undone, and the cash goes back to the customer.

use super::till::{Till, check_drawer};
use crate::attempt::{Attempt, AttemptState, Intent, Steps};
use crate::code::TransactionKey;
use crate::error::{ApiError, ApiErrorKind};
use crate::journal::{AttemptId, AttemptKind, Journal};
use crate::money::Money;

/// A payment to give back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundRequest {
    /// The request's own identifier: asking again with the same one gives the
    /// same attempt.
    pub request_id: String,
    /// The attempt that settled.
    pub attempt: AttemptId,
    /// What goes back; everything if absent. A part goes back by lowering the
    /// price for good, which settles the rest at once.
    pub amount: Option<Money>,
    /// Who at the till does it; must be one of those who may.
    pub staff: Option<String>,
}

impl Till {
    /// Checks a refund and starts it.
    pub(super) async fn refund(&self, request: RefundRequest) -> Result<Attempt, ApiError> {
        self.check_staff(request.staff.as_deref())?;
        self.host.ready().await?;
        let original = self.host.find(request.attempt).await?;
        let original = original.ok_or_else(|| ApiError::local(ApiErrorKind::NotFound))?;
        let AttemptState::Settled { receipt } = original.state() else {
            return Err(ApiError::local(ApiErrorKind::WrongState));
        };
        let returns_cash = match receipt.kind {
            AttemptKind::Collect => false,
            AttemptKind::CashIn => true,
            // The cash is in the customer's hands.
            AttemptKind::CashOut | AttemptKind::Refund | AttemptKind::Pay => {
                return Err(ApiError::local(ApiErrorKind::NotAllowed));
            }
        };
        let amount = request.amount.unwrap_or(receipt.amount).require_positive()?;
        let kept = receipt.amount.checked_sub(amount)?;
        if kept.minor() < 0 {
            return Err(ApiError::rejected("amount", "is more than what was paid"));
        }
        let keep = (kept.minor() > 0).then_some(kept);
        if returns_cash && keep.is_some() {
            return Err(ApiError::rejected("amount", "a cash-in is undone as a whole"));
        }
        let transaction = self.host.api.transactions().get(&receipt.transaction).await?;
        let [payment] = transaction.payments.as_slice() else {
            return Err(ApiError::local(ApiErrorKind::NotAllowed));
        };
        let (key, request_id) = (receipt.transaction.clone(), request.request_id.clone());
        let intent = Intent {
            kind: AttemptKind::Refund,
            amount,
            request_id: request.request_id,
            device: self.host.device.clone(),
            bill: None,
            staff: request.staff,
            tip: None,
            steps: Steps::Refund { key: receipt.transaction, payment: payment.id, keep, returns_cash },
        };
        // Asked at the start itself: two at once must not both give back.
        self.host
            .start_if(intent, None, move |journal| {
                if returns_cash {
                    check_drawer(journal, amount, &request_id)?;
                }
                check_no_other_refund(journal, &key, &request_id)
            })
            .await
    }

    fn check_staff(&self, staff: Option<&str>) -> Result<(), ApiError> {
        match (&self.settings.refund_staff, staff) {
            (None, _) => Ok(()),
            (Some(allowed), Some(staff)) if allowed.contains(staff) => Ok(()),
            (Some(_), _) => Err(ApiError::local(ApiErrorKind::StaffNotAllowed)),
        }
    }
}

fn check_no_other_refund(journal: &Journal, key: &TransactionKey, request_id: &str) -> Result<(), ApiError> {
    let other = journal
        .of_transaction(key)?
        .iter()
        .filter(|row| row.kind == AttemptKind::Refund && row.request_id != request_id)
        .any(|row| row.open || row.settlement.is_some());
    if other { Err(ApiError::local(ApiErrorKind::WrongState)) } else { Ok(()) }
}
