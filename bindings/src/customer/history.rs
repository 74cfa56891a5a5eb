//! What happened to the customer's money, and whether they may take part.

use paysera_core::customer as core;
use paysera_core::wallet_api::{Direction, Statement, Wallet};

use crate::attempt::AttemptRecord;
use crate::money::Money;

/// Lines of the history, newest first.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct History {
    /// The lines.
    pub lines: Vec<HistoryLine>,
    /// Lines of the statement whose currency this library does not know.
    pub unreadable: u32,
    /// What to give as `before` for the lines after these; nothing at the end.
    pub next: Option<i64>,
}

// Few are made, and each crosses the border at once.
#[allow(clippy::large_enum_variant)]
/// A line of the history. Times are Unix seconds of the server's clock.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum HistoryLine {
    /// Money that moved, as the account's statement has it.
    Moved {
        /// When.
        at: i64,
        /// How much; never negative.
        amount: Money,
        /// Whether it came in.
        incoming: bool,
        /// The words for it.
        details: String,
        /// Who is on the other side.
        other_party: Option<String>,
        /// The reference.
        reference: Option<String>,
    },
    /// A payment of this phone that moved no money, or not yet.
    Attempt {
        /// The payment.
        attempt: AttemptRecord,
    },
}

impl From<core::History> for History {
    fn from(history: core::History) -> Self {
        Self {
            lines: history.items.into_iter().map(Into::into).collect(),
            unreadable: u32::try_from(history.unreadable.len()).unwrap_or(u32::MAX),
            next: history.next.map(|next| next.0),
        }
    }
}

impl From<core::HistoryItem> for HistoryLine {
    fn from(item: core::HistoryItem) -> Self {
        match item {
            core::HistoryItem::Moved(statement) => moved(*statement),
            core::HistoryItem::Attempt(row) => Self::Attempt { attempt: (*row).into() },
        }
    }
}

fn moved(statement: Statement) -> HistoryLine {
    HistoryLine::Moved {
        at: statement.date.0,
        amount: statement.amount.into(),
        incoming: statement.direction == Direction::In,
        details: statement.details,
        other_party: statement.other_party.and_then(|party| party.display_name),
        reference: statement.reference_number,
    }
}

/// One of the user's accounts.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Account {
    /// The wallet's number.
    pub wallet_id: u64,
    /// The account number, for example `EVP0010001000101`.
    pub number: Option<String>,
    /// The owner's words for it.
    pub description: Option<String>,
}

impl From<Wallet> for Account {
    fn from(wallet: Wallet) -> Self {
        let (number, description) =
            wallet.account.map(|account| (account.number, account.description)).unzip();
        Self { wallet_id: wallet.id.get(), number, description: description.flatten() }
    }
}

/// Whether the user may take part.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Eligibility {
    /// What stands in the way; nothing if the user may take part.
    pub obstacles: Vec<Obstacle>,
    /// How well they are identified, in the server's words.
    pub level: Option<String>,
}

/// What stands in a customer's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Obstacle {
    /// Not identified and verified: identify in the Paysera app first.
    NotIdentified,
    /// No account: open one first.
    NoAccount,
    /// The account is closed or not active: contact Paysera.
    AccountInactive,
}

impl From<core::Eligibility> for Eligibility {
    fn from(eligibility: core::Eligibility) -> Self {
        let obstacle = |obstacle| match obstacle {
            core::Obstacle::NotIdentified => Obstacle::NotIdentified,
            core::Obstacle::NoAccount => Obstacle::NoAccount,
            core::Obstacle::AccountInactive => Obstacle::AccountInactive,
        };
        Self {
            obstacles: eligibility.obstacles.into_iter().map(obstacle).collect(),
            level: eligibility.level.map(|level| level.as_str().to_owned()),
        }
    }
}
