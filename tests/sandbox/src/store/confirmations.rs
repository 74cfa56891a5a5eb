//! What users are asked to confirm as a second factor (wallet-api section 3.4).

use rusqlite::types::Value as Column;
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};
use serde_json::Value;

use super::rows::json;
use crate::error::Refusal;
use crate::random;

/// Characters of an identifier.
const LENGTH: usize = 32;

/// A question to a user.
#[derive(Clone, Debug)]
pub(crate) struct Confirmation {
    pub(crate) number: i64,
    pub(crate) identifier: String,
    pub(crate) user: i64,
    pub(crate) created_at: i64,
    /// `pending`, `confirmed` or `rejected`.
    pub(crate) status: String,
    pub(crate) properties: Value,
}

const COLUMNS: &str = "seq, identifier, user_id, created_at, status, properties";

/// Asks a user; the identifier.
pub(crate) fn insert(db: &Connection, now: i64, user: i64, properties: &Value) -> Result<String, Refusal> {
    let identifier = random::name(LENGTH).ok_or(Refusal::Internal)?;
    db.prepare_cached(
        "INSERT INTO confirmation (identifier, user_id, created_at, status, properties)
         VALUES (?1, ?2, ?3, 'pending', ?4)",
    )?
    .execute(params![identifier, user, now, properties.to_string()])?;
    Ok(identifier)
}

/// The question of that identifier.
pub(crate) fn find(db: &Connection, identifier: &str) -> Result<Option<Confirmation>, Refusal> {
    Ok(db
        .prepare_cached(&format!("SELECT {COLUMNS} FROM confirmation WHERE identifier = ?1"))?
        .query_row([identifier], read)
        .optional()?)
}

/// The questions to a user with one of `statuses` (none: any) that were asked
/// at or after `from`; with the length of the whole.
pub(crate) fn list(
    db: &Connection,
    user: i64,
    statuses: &[String],
    from: i64,
    newest_first: bool,
    limit: i64,
    offset: i64,
) -> Result<(Vec<Confirmation>, i64), Refusal> {
    let mut condition = "user_id = ? AND created_at >= ?".to_owned();
    let mut values: Vec<Column> = vec![user.into(), from.into()];
    if !statuses.is_empty() {
        let marks = vec!["?"; statuses.len()].join(", ");
        condition.push_str(&format!(" AND status IN ({marks})"));
        values.extend(statuses.iter().cloned().map(Column::from));
    }
    let total = db
        .prepare_cached(&format!("SELECT count(*) FROM confirmation WHERE {condition}"))?
        .query_row(params_from_iter(&values), |row| row.get(0))?;
    let order = if newest_first { "DESC" } else { "ASC" };
    values.extend([limit.into(), offset.into()]);
    let mut statement = db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM confirmation WHERE {condition} ORDER BY seq {order} LIMIT ? OFFSET ?"
    ))?;
    let rows = statement.query_map(params_from_iter(&values), read)?;
    Ok((rows.collect::<Result<_, _>>()?, total))
}

/// Writes the answer down.
pub(crate) fn set_status(db: &Connection, identifier: &str, status: &str) -> Result<(), Refusal> {
    db.prepare_cached("UPDATE confirmation SET status = ?2 WHERE identifier = ?1")?
        .execute([identifier, status])?;
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<Confirmation> {
    Ok(Confirmation {
        number: row.get(0)?,
        identifier: row.get(1)?,
        user: row.get(2)?,
        created_at: row.get(3)?,
        status: row.get(4)?,
        properties: json(row, 5)?.unwrap_or_default(),
    })
}
