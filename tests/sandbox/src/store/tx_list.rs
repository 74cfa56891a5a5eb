//! Listing transactions (wallet-api section 5.3).

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

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
    let mut conditions = String::new();
    let mut values: Vec<Value> = Vec::new();
    match caller {
        Caller::Client { id, .. } => {
            conditions.push_str("client_id = ?");
            values.push(id.clone().into());
        }
        Caller::User { wallet, .. } => {
            conditions.push_str("(creator_wallet = ? OR wallet = ?)");
            values.extend([(*wallet).into(), (*wallet).into()]);
        }
    }
    for (condition, value) in [
        (" AND project_id = ?", filter.project_id),
        (" AND location_id = ?", filter.location_id),
        (" AND created_at >= ?", filter.from),
        (" AND created_at <= ?", filter.to),
    ] {
        if let Some(value) = value {
            conditions.push_str(condition);
            values.push(value.into());
        }
    }
    if !filter.statuses.is_empty() {
        let marks = vec!["?"; filter.statuses.len()].join(", ");
        conditions.push_str(&format!(" AND status IN ({marks})"));
        values.extend(filter.statuses.iter().map(|status| Value::from(status.name().to_owned())));
    }
    let total = db
        .prepare_cached(&format!("SELECT count(*) FROM transactions WHERE {conditions}"))?
        .query_row(params_from_iter(&values), |row| row.get(0))?;
    values.extend([limit.into(), offset.into()]);
    let mut statement = db.prepare_cached(&format!(
        "SELECT key FROM transactions WHERE {conditions} ORDER BY seq DESC LIMIT ? OFFSET ?"
    ))?;
    let keys = statement
        .query_map(params_from_iter(&values), |row| row.get(0))?
        .collect::<Result<Vec<String>, _>>()?;
    let mut found = Vec::with_capacity(keys.len());
    for key in keys {
        found.extend(transactions::find(db, &key)?);
    }
    Ok(Page { transactions: found, total })
}
