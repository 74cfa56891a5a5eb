//! What attempts are called, and what kinds there are.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::{NoRandomness, Random};
use crate::code::WalletId;

fn random_uuid(random: &dyn Random) -> Result<Uuid, NoRandomness> {
    let mut bytes = [0_u8; 16];
    random.fill(&mut bytes)?;
    Ok(uuid::Builder::from_random_bytes(bytes).into_uuid())
}

/// An attempt's identifier, made on the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AttemptId(Uuid);

impl AttemptId {
    /// A new identifier.
    ///
    /// # Errors
    /// [`NoRandomness`].
    pub fn new(random: &dyn Random) -> Result<Self, NoRandomness> {
        random_uuid(random).map(Self)
    }

    /// Reads the text form; `None` unless it is one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Uuid::parse_str(text).ok().map(Self)
    }
}

impl fmt::Display for AttemptId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One installation of the app on one device. It is kept in the secret store,
/// which a backup does not carry to another device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct InstallId(Uuid);

impl InstallId {
    /// A new identifier.
    ///
    /// # Errors
    /// [`NoRandomness`].
    pub fn new(random: &dyn Random) -> Result<Self, NoRandomness> {
        random_uuid(random).map(Self)
    }

    /// Reads the text form; `None` unless it is one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Uuid::parse_str(text).ok().map(Self)
    }
}

impl fmt::Display for InstallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Whose attempts a journal holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JournalOwner {
    /// The installation of the app.
    pub install: InstallId,
    /// The merchant's or the customer's wallet.
    pub wallet: WalletId,
}

/// The kinds of operation that can move money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptKind {
    /// The merchant takes a payment.
    Collect,
    /// The merchant gives cash, the customer's account is debited.
    CashOut,
    /// The merchant takes cash, the customer's account is credited.
    CashIn,
    /// The merchant gives a settled payment back, or a part of it.
    Refund,
    /// The customer pays.
    Pay,
}

impl AttemptKind {
    const ALL: [Self; 5] = [Self::Collect, Self::CashOut, Self::CashIn, Self::Refund, Self::Pay];

    /// The kind's stable name, for example `cash_out`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Collect => "collect",
            Self::CashOut => "cash_out",
            Self::CashIn => "cash_in",
            Self::Refund => "refund",
            Self::Pay => "pay",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}
