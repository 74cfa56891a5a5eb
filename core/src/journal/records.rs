//! What is written and read of an attempt.

use super::{AttemptId, AttemptKind};
use crate::calendar::BusinessDay;
use crate::clock::UnixSeconds;
use crate::code::{TransactionKey, WalletId};
use crate::money::Money;

/// One event as it is kept: a name and JSON, which only [`crate::attempt`]
/// understands. None holds a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The event's name, for example `confirm_sent`.
    pub name: &'static str,
    /// The event as JSON.
    pub data: String,
}

/// An event that was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEntry {
    /// Server time, as far as it was known.
    pub at: UnixSeconds,
    /// The event's name.
    pub name: String,
    /// The event as JSON.
    pub data: String,
}

/// An attempt that begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewAttempt {
    pub(crate) id: AttemptId,
    pub(crate) request_id: String,
    pub(crate) kind: AttemptKind,
    pub(crate) amount: Money,
    pub(crate) tip: Option<Money>,
    pub(crate) bill: Option<String>,
    pub(crate) staff: Option<String>,
}

/// What an attempt's events come to: written with them in one transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Projection {
    pub(crate) state: &'static str,
    pub(crate) open: bool,
    pub(crate) sweep: bool,
    pub(crate) transaction: Option<TransactionKey>,
    pub(crate) settlement: Option<Settlement>,
    /// What the attempt changed in the drawer, in minor units.
    pub(crate) cash_minor: i64,
}

/// Money that moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// How much: what was paid, or of a refund what went back.
    pub amount: Money,
    /// When; server time in Unix seconds.
    pub at: UnixSeconds,
    /// The payer's wallet.
    pub payer: Option<WalletId>,
    /// Whether it settled without this device's own confirm.
    pub elsewhere: bool,
}

/// An attempt as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptRow {
    /// Its place among all attempts of the journal, from 1.
    pub number: i64,
    /// Its identifier.
    pub id: AttemptId,
    /// The identifier of the request that started it.
    pub request_id: String,
    /// Its kind.
    pub kind: AttemptKind,
    /// What was asked for.
    pub amount: Money,
    /// The part of it that is a tip.
    pub tip: Option<Money>,
    /// The bill that it is for.
    pub bill: Option<String>,
    /// Who started it.
    pub staff: Option<String>,
    /// When; server time in Unix seconds.
    pub started_at: UnixSeconds,
    /// Its transaction, once there is one.
    pub transaction: Option<TransactionKey>,
    /// The name of its state, see [`crate::attempt::AttemptState::name`].
    pub state: String,
    /// Whether it goes on.
    pub open: bool,
    /// The money that moved, if it did.
    pub settlement: Option<Settlement>,
    /// The business day of the settlement.
    pub settled_day: Option<BusinessDay>,
}

/// How many attempts of one kind settled, and what they come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KindTotal {
    /// The kind.
    pub kind: AttemptKind,
    /// How many.
    pub count: u64,
    /// Their sum.
    pub sum: Money,
}
