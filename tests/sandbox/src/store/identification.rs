//! Identification requests with documents and images (wallet-api section 6.4).

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::{Map, Value};

use super::rows::json;
use crate::error::Refusal;

/// A request of a user to be identified.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) id: i64,
    pub(crate) user: i64,
    pub(crate) created: i64,
    pub(crate) submitted_at: Option<i64>,
    /// Once reviewed.
    pub(crate) accepted: Option<bool>,
    pub(crate) comment: Option<String>,
}

/// A document of a request.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    pub(crate) id: i64,
    pub(crate) request: i64,
    pub(crate) fields: Map<String, Value>,
}

const COLUMNS: &str = "id, user_id, created, submitted_at, accepted, comment";

/// Writes a new request; its number.
pub(crate) fn insert(db: &Connection, now: i64, user: i64) -> Result<i64, Refusal> {
    db.prepare_cached("INSERT INTO identification_request (user_id, created) VALUES (?1, ?2)")?
        .execute(params![user, now])?;
    Ok(db.last_insert_rowid())
}

/// The request of that number.
pub(crate) fn find(db: &Connection, id: i64) -> Result<Option<Request>, Refusal> {
    Ok(db
        .prepare_cached(&format!("SELECT {COLUMNS} FROM identification_request WHERE id = ?1"))?
        .query_row([id], read)
        .optional()?)
}

/// The requests of a user, newest first.
pub(crate) fn of_user(db: &Connection, user: i64) -> Result<Vec<Request>, Refusal> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM identification_request WHERE user_id = ?1 ORDER BY id DESC"
    ))?;
    let rows = statement.query_map([user], read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Request> {
    Ok(Request {
        id: row.get(0)?,
        user: row.get(1)?,
        created: row.get(2)?,
        submitted_at: row.get(3)?,
        accepted: row.get(4)?,
        comment: row.get(5)?,
    })
}

/// Writes that the user is done.
pub(crate) fn set_submitted(db: &Connection, now: i64, id: i64) -> Result<(), Refusal> {
    db.prepare_cached("UPDATE identification_request SET submitted_at = ?2 WHERE id = ?1")?
        .execute(params![id, now])?;
    Ok(())
}

/// Writes what a review found.
pub(crate) fn set_reviewed(
    db: &Connection,
    id: i64,
    accepted: bool,
    comment: Option<&str>,
) -> Result<(), Refusal> {
    db.prepare_cached("UPDATE identification_request SET accepted = ?2, comment = ?3 WHERE id = ?1")?
        .execute(params![id, accepted, comment])?;
    Ok(())
}

/// Writes a document; its number.
pub(crate) fn insert_document(
    db: &Connection,
    request: i64,
    fields: Map<String, Value>,
) -> Result<i64, Refusal> {
    db.prepare_cached("INSERT INTO identity_document (request_id, fields) VALUES (?1, ?2)")?
        .execute(params![request, Value::Object(fields).to_string()])?;
    Ok(db.last_insert_rowid())
}

/// The document of that number.
pub(crate) fn document(db: &Connection, id: i64) -> Result<Option<Document>, Refusal> {
    Ok(db
        .prepare_cached("SELECT id, request_id, fields FROM identity_document WHERE id = ?1")?
        .query_row([id], read_document)
        .optional()?)
}

/// The documents of a request.
pub(crate) fn documents(db: &Connection, request: i64) -> Result<Vec<Document>, Refusal> {
    let mut statement = db.prepare_cached(
        "SELECT id, request_id, fields FROM identity_document WHERE request_id = ?1 ORDER BY id",
    )?;
    let rows = statement.query_map([request], read_document)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn read_document(row: &Row<'_>) -> rusqlite::Result<Document> {
    Ok(Document { id: row.get(0)?, request: row.get(1)?, fields: json(row, 2)?.unwrap_or_default() })
}

/// Keeps an image of a face or, with `document`, of a document; the one in
/// the same place is replaced.
pub(crate) fn put_image(
    db: &Connection,
    request: i64,
    document: Option<i64>,
    position: i64,
    bytes: &[u8],
) -> Result<(), Refusal> {
    db.prepare_cached(
        "INSERT OR REPLACE INTO identification_image (request_id, document_id, position, bytes)
         VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![request, document, position, bytes])?;
    Ok(())
}

/// The places of the images of a face or a document.
pub(crate) fn images(db: &Connection, request: i64, document: Option<i64>) -> Result<Vec<i64>, Refusal> {
    let mut statement = db.prepare_cached(
        "SELECT position FROM identification_image WHERE request_id = ?1 AND document_id IS ?2
         ORDER BY position",
    )?;
    let rows = statement.query_map(params![request, document], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
