//! Requests to accept a transaction that were sent to people (wallet-api
//! section 5.3).

use rusqlite::{Connection, Row, params};

use crate::error::Refusal;

/// Who is asked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    /// `None`: nobody of that e-mail or phone is registered.
    pub(crate) user: Option<i64>,
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) initiator: Option<i64>,
}

/// A request that was sent.
#[derive(Clone, Debug)]
pub(crate) struct StoredRequest {
    pub(crate) id: i64,
    pub(crate) transaction_key: String,
    pub(crate) created_at: i64,
}

/// Writes a request; its number.
pub(crate) fn insert(db: &Connection, now: i64, key: &str, asked: &Asked) -> Result<i64, Refusal> {
    db.prepare_cached(
        "INSERT INTO transaction_request (transaction_key, created_at, user_id, email, phone, initiator_id)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![key, now, asked.user, asked.email, asked.phone, asked.initiator])?;
    Ok(db.last_insert_rowid())
}

/// How many requests of a transaction there are.
pub(crate) fn count(db: &Connection, key: &str) -> Result<i64, Refusal> {
    Ok(db
        .prepare_cached("SELECT count(*) FROM transaction_request WHERE transaction_key = ?1")?
        .query_row([key], |row| row.get(0))?)
}

/// The newest requests to a user since `from`, newest first.
pub(crate) fn to_user(
    db: &Connection,
    user: i64,
    from: i64,
    limit: i64,
) -> Result<Vec<StoredRequest>, Refusal> {
    let mut statement = db.prepare_cached(
        "SELECT id, transaction_key, created_at FROM transaction_request
         WHERE user_id = ?1 AND created_at >= ?2 ORDER BY id DESC LIMIT ?3",
    )?;
    let read = |row: &Row<'_>| {
        Ok(StoredRequest { id: row.get(0)?, transaction_key: row.get(1)?, created_at: row.get(2)? })
    };
    Ok(statement.query_map(params![user, from, limit], read)?.collect::<Result<_, _>>()?)
}
