//! The states of an attempt: all that an app shows.

use std::sync::Arc;

use paysera_core::attempt::{
    AttemptState as CoreState, CancelReason as CoreReason, CancelledBy as CoreCancelledBy,
    CashStep as CoreStep, DeclinedBy as CoreDeclinedBy, Receipt as CoreReceipt, WaitingFor as CoreWanted,
};

use super::AttemptKind;
use crate::code::Code;
use crate::error::ApiError;
use crate::money::Money;

/// The state of an attempt. Times are Unix seconds of the server's clock.
#[derive(Clone, Debug, uniffi::Enum)]
pub enum AttemptState {
    /// The transaction is being made.
    Preparing,
    /// The merchant's code is on screen.
    Presenting {
        /// What to show: draw it with `render_code`.
        code: Arc<Code>,
        /// When the merchant takes it back.
        expires_at: i64,
        /// Whether a customer was asked and has not answered yet.
        accepting: bool,
    },
    /// Accepted, but something is missing before the money is held.
    Waiting {
        /// What is missing.
        wanted: WaitingFor,
    },
    /// The payer's money is held for the beneficiary.
    Reserved {
        /// The payer's wallet.
        payer: u64,
    },
    /// Cash-out: compare the customer with a photo-id, then say what came of it.
    CheckIdentity {
        /// The payer's wallet.
        payer: u64,
        /// The name of its owner, as far as the till may see it.
        name: Option<String>,
    },
    /// Cash-in: take this cash from the customer, then say so.
    TakeCash {
        /// How much.
        amount: Money,
    },
    /// The server is settling.
    Settling,
    /// Cash-out: settled. Hand out this cash, then say so.
    HandOutCash {
        /// How much.
        amount: Money,
    },
    /// Cash-in: it did not settle. Give this cash back, then say so.
    ReturnCash {
        /// How much.
        amount: Money,
    },
    /// The process ended while cash was to be moved: say whether it was.
    CashQuestion {
        /// What was to be done.
        step: CashStep,
        /// How much.
        amount: Money,
    },
    /// A settled payment is being given back.
    Refunding,
    /// The transaction is being taken back.
    Cancelling {
        /// Why.
        why: CancelReason,
    },
    /// What the server did is not known yet. Wait; nothing is lost.
    Unknown {
        /// Since when.
        since: i64,
        /// When the server is asked again.
        next_check: i64,
    },
    /// Final: the money has moved.
    Settled {
        /// What happened.
        receipt: Receipt,
    },
    /// Final: taken back before it settled.
    Cancelled {
        /// By whom.
        by: CancelledBy,
    },
    /// Final: nobody accepted in time, or it was not settled in time.
    Expired,
    /// Final: the payer did not pay.
    Declined {
        /// Who decided that.
        by: DeclinedBy,
    },
    /// Final: the money went back to the payer.
    Refunded {
        /// What went back.
        receipt: Receipt,
    },
    /// Final: the payment is settled for good and can't be given back.
    RefundWindowClosed,
    /// Final: it did not happen.
    Failed {
        /// Why.
        error: ApiError,
    },
}

/// What is missing before the money is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum WaitingFor {
    /// The customer's code was wrong or used: scan another one.
    AnotherCode,
    /// The payer tops up.
    Funds,
    /// The beneficiary registers.
    Registration,
    /// The payer gives the payment's password.
    Password,
}

/// Why an attempt is being taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum CancelReason {
    /// Somebody on this side asked for it.
    Requested,
    /// Its time was over.
    Expired,
    /// It can't go on: a code, a confirmation or an identity was refused.
    Refused,
}

/// Cash that a person moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum CashStep {
    /// From the customer into the drawer.
    Take,
    /// From the drawer to the customer.
    HandOut,
    /// Back to the customer.
    Return,
}

/// Who took a transaction back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum CancelledBy {
    /// This attempt.
    ThisSide,
    /// Somebody else, or this side in another place.
    Elsewhere,
}

/// Who decided that the payer did not pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum DeclinedBy {
    /// The payer.
    Payer,
    /// Nobody: another customer had paid it already.
    AnotherPayer,
}

/// What settled.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Receipt {
    /// The attempt.
    pub attempt: String,
    /// Its kind.
    pub kind: AttemptKind,
    /// The transaction's key.
    pub transaction: String,
    /// What was paid, or went back, as the server confirmed it.
    pub amount: Money,
    /// The part of it that is a tip.
    pub tip: Option<Money>,
    /// The bill that it is for.
    pub bill: Option<String>,
    /// Who at the till did it.
    pub staff: Option<String>,
    /// The payer's wallet.
    pub payer: Option<u64>,
    /// When it settled; Unix seconds of the server's clock.
    pub settled_at: i64,
    /// Whether it settled without this attempt's own confirm: never a reason to
    /// hand out cash.
    pub elsewhere: bool,
}

#[uniffi::export]
impl AttemptState {
    /// Whether nothing comes after this state.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(
            self,
            Self::Settled { .. }
                | Self::Refunded { .. }
                | Self::RefundWindowClosed
                | Self::Cancelled { .. }
                | Self::Expired
                | Self::Declined { .. }
                | Self::Failed { .. }
        )
    }
}

pub(super) fn of(state: CoreState) -> AttemptState {
    use AttemptState as State;
    match state {
        CoreState::Preparing => State::Preparing,
        CoreState::Presenting { code, expires_at, accepting } => {
            State::Presenting { code: Arc::new(Code(code)), expires_at: expires_at.0, accepting }
        }
        CoreState::Waiting { wanted } => State::Waiting { wanted: wanted.into() },
        CoreState::Reserved { payer } => State::Reserved { payer: payer.get() },
        CoreState::CheckIdentity { payer, name } => State::CheckIdentity { payer: payer.get(), name },
        CoreState::TakeCash { amount } => State::TakeCash { amount: amount.into() },
        CoreState::Settling => State::Settling,
        CoreState::HandOutCash { amount } => State::HandOutCash { amount: amount.into() },
        CoreState::ReturnCash { amount } => State::ReturnCash { amount: amount.into() },
        CoreState::CashQuestion { step, amount } => {
            State::CashQuestion { step: step.into(), amount: amount.into() }
        }
        CoreState::Refunding => State::Refunding,
        CoreState::Cancelling { why } => State::Cancelling { why: why.into() },
        CoreState::Unknown { since, next_check } => {
            State::Unknown { since: since.0, next_check: next_check.0 }
        }
        CoreState::Settled { receipt } => State::Settled { receipt: receipt.into() },
        CoreState::Cancelled { by } => State::Cancelled {
            by: match by {
                CoreCancelledBy::ThisSide => CancelledBy::ThisSide,
                CoreCancelledBy::Elsewhere => CancelledBy::Elsewhere,
            },
        },
        CoreState::Expired => State::Expired,
        CoreState::Declined { by } => State::Declined {
            by: match by {
                CoreDeclinedBy::Payer => DeclinedBy::Payer,
                CoreDeclinedBy::AnotherPayer => DeclinedBy::AnotherPayer,
            },
        },
        CoreState::Refunded { receipt } => State::Refunded { receipt: receipt.into() },
        CoreState::RefundWindowClosed => State::RefundWindowClosed,
        CoreState::Failed { error } => State::Failed { error: error.into() },
        // A state of the core that this surface does not name: nothing may be
        // taken for an end that is none.
        _ => State::Unknown { since: 0, next_check: 0 },
    }
}

impl From<CoreWanted> for WaitingFor {
    fn from(wanted: CoreWanted) -> Self {
        match wanted {
            CoreWanted::AnotherCode => Self::AnotherCode,
            CoreWanted::Funds => Self::Funds,
            CoreWanted::Registration => Self::Registration,
            CoreWanted::Password => Self::Password,
        }
    }
}

impl From<CoreReason> for CancelReason {
    fn from(why: CoreReason) -> Self {
        match why {
            CoreReason::Requested => Self::Requested,
            CoreReason::Expired => Self::Expired,
            CoreReason::Refused => Self::Refused,
        }
    }
}

impl From<CoreStep> for CashStep {
    fn from(step: CoreStep) -> Self {
        match step {
            CoreStep::Take => Self::Take,
            CoreStep::HandOut => Self::HandOut,
            CoreStep::Return => Self::Return,
        }
    }
}

impl From<CoreReceipt> for Receipt {
    fn from(receipt: CoreReceipt) -> Self {
        Self {
            attempt: receipt.attempt.to_string(),
            kind: receipt.kind.into(),
            transaction: receipt.transaction.as_str().to_owned(),
            amount: receipt.amount.into(),
            tip: receipt.tip.map(Into::into),
            bill: receipt.bill,
            staff: receipt.staff,
            payer: receipt.payer.map(|wallet| wallet.get()),
            settled_at: receipt.settled_at.0,
            elsewhere: receipt.elsewhere,
        }
    }
}

#[cfg(test)]
mod tests {
    use paysera_core::code::WalletId;
    use paysera_core::money::{Currency, Money as CoreMoney};

    use super::*;

    /// The core's rule stands here a second time, since a state carries no other one.
    #[test]
    fn the_same_states_are_final_as_in_the_core() {
        let amount = CoreMoney::from_minor(1, Currency::GEL);
        let payer = WalletId::new(1).unwrap();
        let states = [
            CoreState::Preparing,
            CoreState::Waiting { wanted: CoreWanted::Funds },
            CoreState::Reserved { payer },
            CoreState::CheckIdentity { payer, name: None },
            CoreState::TakeCash { amount },
            CoreState::Settling,
            CoreState::HandOutCash { amount },
            CoreState::ReturnCash { amount },
            CoreState::CashQuestion { step: CoreStep::Take, amount },
            CoreState::Refunding,
            CoreState::Cancelling { why: CoreReason::Requested },
            CoreState::Cancelled { by: CoreCancelledBy::ThisSide },
            CoreState::Expired,
            CoreState::Declined { by: CoreDeclinedBy::Payer },
            CoreState::RefundWindowClosed,
        ];
        for state in states {
            assert_eq!(of(state.clone()).is_final(), state.is_final(), "{}", state.name());
        }
    }
}
