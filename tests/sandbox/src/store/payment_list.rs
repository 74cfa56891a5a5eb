//! Listing payments (wallet-api section 5.5).

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::conditions::Conditions;
use super::credentials::Caller;
use crate::error::Refusal;

/// What a list is narrowed to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    /// Any of these; empty: every status.
    pub(crate) statuses: Vec<String>,
    /// Paid from this wallet.
    pub(crate) payer: Option<i64>,
    pub(crate) beneficiary: Option<i64>,
    /// Created at or after, at or before.
    pub(crate) from: Option<i64>,
    pub(crate) to: Option<i64>,
}

/// The numbers of the payments that `caller` made, and for a user
/// also of those from and to its wallet, newest first; with the length of the
/// whole.
pub(crate) fn list(
    db: &Connection,
    caller: &Caller,
    filter: &Filter,
    limit: i64,
    offset: i64,
) -> Result<(Vec<i64>, i64), Refusal> {
    let own = match caller {
        Caller::Client { id, .. } => Conditions::new("client_id = ?", vec![id.clone().into()]),
        Caller::User { wallet, .. } => {
            let wallet = Value::from(*wallet);
            let any = "(creator_wallet = ? OR wallet = ? OR beneficiary = ?)";
            Conditions::new(any, vec![wallet.clone(), wallet.clone(), wallet])
        }
    };
    let mut wanted = own
        .and("wallet = ?", filter.payer)
        .and("beneficiary = ?", filter.beneficiary)
        .and("created_at >= ?", filter.from)
        .and("created_at <= ?", filter.to)
        .one_of("coalesce(ended, status)", filter.statuses.iter().cloned());
    let tables = "payment JOIN transactions ON key = transaction_key";
    let total = wanted.count(db, tables)?;
    wanted.values.extend([limit.into(), offset.into()]);
    let mut statement = db.prepare_cached(&format!(
        "SELECT payment.id FROM {tables} WHERE {} ORDER BY payment.id DESC LIMIT ? OFFSET ?",
        wanted.sql
    ))?;
    let rows = statement.query_map(params_from_iter(&wanted.values), |row| row.get(0))?;
    Ok((rows.collect::<Result<_, _>>()?, total))
}
