//! The entries of the journal. None holds a secret: a reservation code is never
//! written down.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::{NoRandomness, Random, UnixSeconds};
use crate::code::{TransactionKey, WalletId};
use crate::money::Money;

/// An attempt's identifier, made on the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AttemptId(Uuid);

impl AttemptId {
    /// A new identifier.
    ///
    /// # Errors
    /// [`NoRandomness`].
    pub fn new(random: &dyn Random) -> Result<Self, NoRandomness> {
        let mut bytes = [0_u8; 16];
        random.fill(&mut bytes)?;
        Ok(Self(uuid::Builder::from_random_bytes(bytes).into_uuid()))
    }
}

impl fmt::Display for AttemptId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The kinds of operation that can move money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptKind {
    /// The merchant takes a payment.
    Collect,
    /// The merchant gives cash, the customer's account is debited.
    CashOut,
    /// The merchant takes cash, the customer's account is credited.
    CashIn,
    /// The customer pays.
    Pay,
}

impl AttemptKind {
    /// The kind's stable name, for example `cash_out`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Collect => "collect",
            Self::CashOut => "cash_out",
            Self::CashIn => "cash_in",
            Self::Pay => "pay",
        }
    }
}

/// Something that happened to an attempt. `…Sent` is written before the request
/// goes out: after a death it means that the server may have acted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AttemptEvent {
    /// The operation was asked for.
    Started {
        /// Its kind.
        kind: AttemptKind,
        /// Its amount.
        amount: Money,
    },
    /// The transaction is about to be created.
    CreateSent,
    /// The server knows the transaction by this key.
    Created {
        /// The key.
        key: TransactionKey,
    },
    /// Acceptance is about to be asked for.
    ReserveSent,
    /// The payer's money is held.
    Reserved {
        /// The payer's wallet.
        payer: WalletId,
    },
    /// The cashier is about to be told to take cash.
    TakeCashShown,
    /// The cashier has the customer's cash.
    CashReceived,
    /// Settlement is about to be asked for.
    ConfirmSent,
    /// The server settled.
    Confirmed,
    /// The cashier is about to be told to hand out cash.
    HandOutCashShown,
    /// The customer has the cash.
    CashHandedOut,
    /// The cashier is about to be told to give the cash back.
    ReturnCashShown,
    /// The customer has the cash back.
    CashReturned,
    /// The transaction is about to be taken back.
    RevokeSent {
        /// Why.
        why: CancelReason,
    },
    /// The attempt is over.
    Ended {
        /// The name of its last state.
        state: &'static str,
    },
}

/// Why an attempt is being taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CancelReason {
    /// Somebody on this side asked for it.
    Requested,
    /// Its time was over.
    Expired,
    /// The customer's code was refused.
    Refused,
}

/// One line of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalEntry {
    /// The attempt.
    pub attempt: AttemptId,
    /// Server time, as far as it was known.
    pub at: UnixSeconds,
    /// What happened.
    pub event: AttemptEvent,
}
