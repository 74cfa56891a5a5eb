//! The states of an attempt: all that a shell shows.

use serde::{Deserialize, Serialize};

use crate::clock::UnixSeconds;
use crate::code::{Code, TransactionKey, WalletId};
use crate::error::ApiError;
use crate::journal::{AttemptId, AttemptKind};
use crate::money::Money;

/// The state of an attempt.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum AttemptState {
    /// The transaction is being made.
    Preparing,
    /// The merchant's code is on screen.
    Presenting {
        /// What to show.
        code: Code,
        /// When the merchant takes it back; server time in Unix seconds.
        expires_at: UnixSeconds,
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
        payer: WalletId,
    },
    /// Cash-out: compare the customer with a photo-id, then say what came of it.
    CheckIdentity {
        /// The payer's wallet.
        payer: WalletId,
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
    /// The process ended while cash was to be moved: say whether it was. It is
    /// never asked to be moved again before that.
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
        /// Since when; server time in Unix seconds.
        since: UnixSeconds,
        /// When the server is asked again; server time in Unix seconds.
        next_check: UnixSeconds,
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

impl AttemptState {
    /// Whether nothing comes after this state.
    #[must_use]
    pub const fn is_final(&self) -> bool {
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

    /// The state's stable name, for example `hand_out_cash`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Preparing => "preparing",
            Self::Presenting { .. } => "presenting",
            Self::Waiting { .. } => "waiting",
            Self::Reserved { .. } => "reserved",
            Self::CheckIdentity { .. } => "check_identity",
            Self::TakeCash { .. } => "take_cash",
            Self::Settling => "settling",
            Self::HandOutCash { .. } => "hand_out_cash",
            Self::ReturnCash { .. } => "return_cash",
            Self::CashQuestion { .. } => "cash_question",
            Self::Refunding => "refunding",
            Self::Cancelling { .. } => "cancelling",
            Self::Unknown { .. } => "unknown",
            Self::Settled { .. } => "settled",
            Self::Refunded { .. } => "refunded",
            Self::RefundWindowClosed => "refund_window_closed",
            Self::Cancelled { .. } => "cancelled",
            Self::Expired => "expired",
            Self::Declined { .. } => "declined",
            Self::Failed { .. } => "failed",
        }
    }
}

/// Cash that a person moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CashStep {
    /// From the customer into the drawer: cash-in.
    Take,
    /// From the drawer to the customer: cash-out.
    HandOut,
    /// Back to the customer: a cash-in that did not settle, or is undone.
    Return,
}

/// Why an attempt is being taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelReason {
    /// Somebody on this side asked for it.
    Requested,
    /// Its time was over.
    Expired,
    /// It can't go on: a code, a confirmation or an identity was refused.
    Refused,
}

/// What is missing before the money is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// Who took a transaction back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelledBy {
    /// This attempt.
    ThisSide,
    /// Somebody else, or this side in another place.
    Elsewhere,
}

/// Who decided that the payer did not pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeclinedBy {
    /// The payer.
    Payer,
    /// Nobody: another customer had paid it already.
    AnotherPayer,
}

/// What settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The attempt.
    pub attempt: AttemptId,
    /// Its kind.
    pub kind: AttemptKind,
    /// The transaction.
    pub transaction: TransactionKey,
    /// What was paid, or went back, as the server confirmed it.
    pub amount: Money,
    /// The part of it that is a tip.
    pub tip: Option<Money>,
    /// The bill that it is for.
    pub bill: Option<String>,
    /// Who at the till did it.
    pub staff: Option<String>,
    /// The payer's wallet.
    pub payer: Option<WalletId>,
    /// When it settled; server time in Unix seconds.
    pub settled_at: UnixSeconds,
    /// Whether it settled without this attempt's own confirm: never a reason to
    /// hand out cash.
    pub elsewhere: bool,
}
