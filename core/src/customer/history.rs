//! What happened to the customer's money, and what this phone still works on.

use super::Customer;
use crate::clock::UnixSeconds;
use crate::error::ApiError;
use crate::journal::AttemptRow;
use crate::wallet_api::{Statement, StatementFilter, UnreadableRow};

/// A line of the history.
#[derive(Clone, Debug, PartialEq)]
pub enum HistoryItem {
    /// Money that moved, as the account's statement has it.
    Moved(Box<Statement>),
    /// A payment of this phone that moved no money, or not yet: it goes on, was
    /// declined, was taken back, or failed.
    Attempt(Box<AttemptRow>),
}

impl HistoryItem {
    /// When; server time in Unix seconds.
    #[must_use]
    pub fn at(&self) -> UnixSeconds {
        match self {
            Self::Moved(statement) => statement.date,
            Self::Attempt(row) => row.started_at,
        }
    }
}

/// Lines of the history, and where the next ones begin.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    /// Newest first.
    pub items: Vec<HistoryItem>,
    /// Lines of the statement in currencies that this library does not know; they
    /// are not among the items.
    pub unreadable: Vec<UnreadableRow>,
    /// What to give as `before` for the lines after these; nothing at the end.
    pub next: Option<UnixSeconds>,
}

impl Customer {
    /// The latest `limit` lines of the history that are older than `before`:
    /// the account's statement, and what this phone's journal knows besides.
    ///
    /// # Errors
    /// [`ApiError`] if the server or the journal can't be read.
    pub async fn history(&self, limit: u32, before: Option<UnixSeconds>) -> Result<History, ApiError> {
        let host = self.host().await?;
        host.ready().await?;
        let to = before.map(|before| before.plus(-1));
        let filter = StatementFilter { to, page: Some(limit.clamp(1, 200)), ..StatementFilter::default() };
        let limit = usize::try_from(limit).unwrap_or(usize::MAX).max(1);
        let mut statements = self.phone.api.wallets().statements(self.phone.wallet_ref(), filter);
        let mut items = Vec::new();
        while items.len() < limit {
            let Some(statement) = statements.next().await? else { break };
            items.push(HistoryItem::Moved(Box::new(statement)));
        }
        let older_follow = items.len() >= limit;
        let oldest = if older_follow { items.last().map(HistoryItem::at) } else { None };
        let latest = u32::try_from(limit).unwrap_or(u32::MAX);
        let rows = host.journal.run(move |journal| journal.latest(latest, None)).await?;
        let is_shown = |row: &AttemptRow| {
            row.settlement.is_none()
                && before.is_none_or(|before| row.started_at < before)
                && oldest.is_none_or(|oldest| row.started_at >= oldest)
        };
        items.extend(rows.into_iter().filter(is_shown).map(|row| HistoryItem::Attempt(Box::new(row))));
        items.sort_by_key(|item| std::cmp::Reverse(item.at()));
        let unreadable = statements.unreadable().to_vec();
        Ok(History { items, unreadable, next: oldest })
    }
}
