//! What a shell shows.

use super::{Machine, Stage};
use crate::attempt::event::End;
use crate::attempt::intent::Steps;
use crate::attempt::state::{AttemptState, CashStep, Receipt, WaitingFor};
use crate::clock::UnixSeconds;
use crate::code::Code;
use crate::error::{ApiError, ApiErrorKind};

impl Machine {
    /// The state to show; `now` is the server's time.
    pub(crate) fn shown(&self, now: UnixSeconds) -> AttemptState {
        let amount = self.intent.amount;
        if let Some(end) = &self.end {
            return self.final_state(end);
        }
        if let Some(step) = self.cash_asked
            && (!self.now.asked_here || self.stage == Stage::Over && step == CashStep::Take)
        {
            return AttemptState::CashQuestion { step, amount };
        }
        // What is being taken back stays so, also where the server can't be reached.
        if let Some(since) = self.now.unknown_since
            && self.taking_back.is_none()
        {
            let pause = self.now.pause.unwrap_or_default().as_secs();
            let next_check = now.plus(i64::try_from(pause).unwrap_or(i64::MAX));
            return AttemptState::Unknown { since, next_check };
        }
        match self.stage {
            Stage::Confirmed if self.cash_asked == Some(CashStep::HandOut) => {
                AttemptState::HandOutCash { amount }
            }
            Stage::Over | Stage::GivenBack if self.cash_asked == Some(CashStep::Return) => {
                AttemptState::ReturnCash { amount }
            }
            Stage::Refunding | Stage::GivenBack => AttemptState::Refunding,
            Stage::Confirmed => AttemptState::Settling,
            _ if matches!(self.intent.steps, Steps::Refund { .. }) => AttemptState::Refunding,
            _ => match &self.taking_back {
                Some(taking_back) => AttemptState::Cancelling { why: taking_back.why },
                None => self.forward_state(),
            },
        }
    }

    /// The state of an attempt that goes on as it should.
    fn forward_state(&self) -> AttemptState {
        let amount = self.intent.amount;
        match (self.stage, self.payer) {
            (Stage::Open | Stage::Reserving, _) => match (&self.now.waiting, self.expires_at, &self.key) {
                (Some(wanted), ..) => AttemptState::Waiting { wanted: *wanted },
                _ if self.now.wants_code.is_some() => {
                    AttemptState::Waiting { wanted: WaitingFor::AnotherCode }
                }
                (None, Some(expires_at), Some(key)) => AttemptState::Presenting {
                    code: Code::Transaction(key.clone()),
                    expires_at,
                    accepting: self.now.accepting,
                },
                _ => AttemptState::Preparing,
            },
            (Stage::Held, _) if self.cash_asked == Some(CashStep::Take) => AttemptState::TakeCash { amount },
            (Stage::Held, _) if self.cash_taken => AttemptState::Settling,
            (Stage::Held, Some(payer)) => match (&self.intent.steps, &self.now.payer_name) {
                (Steps::CashOut { identity_check: true, .. }, Some(name)) if !self.identity_checked => {
                    AttemptState::CheckIdentity { payer, name: name.clone() }
                }
                _ => AttemptState::Reserved { payer },
            },
            (Stage::Confirming, _) => AttemptState::Settling,
            _ => AttemptState::Preparing,
        }
    }

    fn final_state(&self, end: &End) -> AttemptState {
        match end {
            End::Settled => match self.receipt() {
                Some(receipt) => AttemptState::Settled { receipt },
                None => nothing_settled(),
            },
            End::Refunded => match self.receipt() {
                Some(receipt) => AttemptState::Refunded { receipt },
                None => nothing_settled(),
            },
            End::RefundWindowClosed => AttemptState::RefundWindowClosed,
            End::Cancelled { by } => AttemptState::Cancelled { by: *by },
            End::Expired => AttemptState::Expired,
            End::Declined { by } => AttemptState::Declined { by: *by },
            End::Failed { error } => AttemptState::Failed { error: (**error).clone() },
        }
    }

    fn receipt(&self) -> Option<Receipt> {
        let settlement = self.settlement.as_ref()?;
        Some(Receipt {
            attempt: self.id,
            kind: self.intent.kind,
            transaction: self.key.clone()?,
            amount: settlement.amount,
            tip: self.intent.tip,
            bill: self.intent.bill.clone(),
            staff: self.intent.staff.clone(),
            payer: settlement.payer,
            settled_at: settlement.at,
            elsewhere: settlement.elsewhere,
        })
    }
}

/// The journal says that it settled, and not what: it was changed by hand.
fn nothing_settled() -> AttemptState {
    AttemptState::Failed { error: ApiError::local(ApiErrorKind::StorageFailed) }
}
