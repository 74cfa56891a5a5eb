//! What happened to the customer's money, and what this phone still works on.

use super::Customer;
use crate::clock::UnixSeconds;
use crate::error::ApiError;
use crate::journal::{AttemptRow, Period};
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
    /// The latest lines of the history that are older than `before`, `limit` of
    /// the statement and those of the same time besides:
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
        let mut items: Vec<HistoryItem> = Vec::new();
        let mut oldest = None;
        while let Some(statement) = statements.next().await? {
            let last = items.last().map(HistoryItem::at);
            // The lines of one second stay together: the next ones begin before it.
            if items.len() >= limit && last.is_some_and(|last| statement.date < last) {
                oldest = last;
                break;
            }
            items.push(HistoryItem::Moved(Box::new(statement)));
        }
        let period = Period {
            from: oldest.unwrap_or(UnixSeconds(i64::MIN)),
            until: before.unwrap_or(UnixSeconds(i64::MAX)),
        };
        let rows = host.journal.run(move |journal| journal.started_in(period)).await?;
        let unsettled = rows.into_iter().filter(|row| row.settlement.is_none());
        items.extend(unsettled.map(|row| HistoryItem::Attempt(Box::new(row))));
        items.sort_by_key(|item| std::cmp::Reverse(item.at()));
        let unreadable = statements.unreadable().to_vec();
        Ok(History { items, unreadable, next: oldest })
    }
}
