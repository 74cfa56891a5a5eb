//! Listing transactions (wallet-api section 5.3).

use rusqlite::{Connection, params_from_iter};

use super::conditions::Conditions;
use super::credentials::Caller;
use super::transactions::{self, StoredTransaction};
use crate::domain::status::Status;
use crate::error::Refusal;

/// What a list is narrowed to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub(crate) project_id: Option<i64>,
    pub(crate) location_id: Option<i64>,
    /// Any of these; empty: every status.
    pub(crate) statuses: Vec<Status>,
    /// Created at or after.
    pub(crate) from: Option<i64>,
    /// Created at or before.
    pub(crate) to: Option<i64>,
}

/// A part of a list and the length of the whole.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) transactions: Vec<StoredTransaction>,
    pub(crate) total: i64,
}

/// What `caller` made, and for a user also what was paid from its wallet;
/// newest first (PROPOSAL of wallet-api section 5.3).
pub(crate) fn list(
    db: &Connection,
    caller: &Caller,
    filter: &Filter,
    limit: i64,
    offset: i64,
) -> Result<Page, Refusal> {
    let own = match caller {
        Caller::Client { id, .. } => Conditions::new("client_id = ?", vec![id.clone().into()]),
        Caller::User { wallet, .. } => {
            let either = "(creator_wallet = ? OR wallet = ?)";
            Conditions::new(either, vec![(*wallet).into(), (*wallet).into()])
        }
    };
    let mut wanted = own
        .and("project_id = ?", filter.project_id)
        .and("location_id = ?", filter.location_id)
        .and("created_at >= ?", filter.from)
        .and("created_at <= ?", filter.to)
        .one_of("status", filter.statuses.iter().map(|status| status.name().to_owned()));
    let total = wanted.count(db, "transactions")?;
    wanted.values.extend([limit.into(), offset.into()]);
    let mut statement = db.prepare_cached(&format!(
        "SELECT key FROM transactions WHERE {} ORDER BY seq DESC LIMIT ? OFFSET ?",
        wanted.sql
    ))?;
    let keys = statement
        .query_map(params_from_iter(&wanted.values), |row| row.get(0))?
        .collect::<Result<Vec<String>, _>>()?;
    let mut found = Vec::with_capacity(keys.len());
    for key in keys {
        found.extend(transactions::find(db, &key)?);
    }
    Ok(Page { transactions: found, total })
}
