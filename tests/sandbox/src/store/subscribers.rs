//! Subscriptions of an app to push messages (wallet-api section 11).

use rusqlite::{Connection, params};
use serde_json::Value;

use super::rows::json;
use crate::error::Refusal;

/// Writes a new subscription of a token; its id.
pub(crate) fn insert(db: &Connection, token: &str, fields: &Value) -> Result<i64, Refusal> {
    db.prepare_cached("INSERT INTO subscriber (token, fields) VALUES (?1, ?2)")?
        .execute(params![token, fields.to_string()])?;
    Ok(db.last_insert_rowid())
}

/// The subscriptions of a token as they were given, without their ids.
pub(crate) fn of_token(db: &Connection, token: &str) -> Result<Vec<Value>, Refusal> {
    let mut statement = db.prepare_cached("SELECT fields FROM subscriber WHERE token = ?1 ORDER BY id")?;
    let rows = statement.query_map([token], |row| Ok(json(row, 0)?.unwrap_or_default()))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Whether a subscription is the token's.
pub(crate) fn exists(db: &Connection, token: &str, id: i64) -> Result<bool, Refusal> {
    Ok(db
        .prepare_cached("SELECT 1 FROM subscriber WHERE token = ?1 AND id = ?2")?
        .exists(params![token, id])?)
}

/// Writes a subscription anew.
pub(crate) fn update(db: &Connection, id: i64, fields: &Value) -> Result<(), Refusal> {
    db.prepare_cached("UPDATE subscriber SET fields = ?2 WHERE id = ?1")?
        .execute(params![id, fields.to_string()])?;
    Ok(())
}

/// Ends one subscription of a token, or all of them; how many it were.
pub(crate) fn delete(db: &Connection, token: &str, id: Option<i64>) -> Result<usize, Refusal> {
    Ok(db
        .prepare_cached("DELETE FROM subscriber WHERE token = ?1 AND (?2 IS NULL OR id = ?2)")?
        .execute(params![token, id])?)
}
