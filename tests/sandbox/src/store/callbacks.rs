//! What merchants are to be told, how often it was tried, and what came of it.
//! A row is written in the unit that changes the transaction, so that no crash
//! loses or invents one.

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;
use serde_json::json;

use super::history::Actor;
use super::projects;
use super::transactions::{self, StoredTransaction};
use crate::domain::callback::{self, CallbackTarget};
use crate::domain::status::Status;
use crate::error::Refusal;

/// Something to tell a merchant, as the log shows it.
#[derive(Debug, Serialize)]
pub(crate) struct Callback {
    pub(crate) id: i64,
    transaction_key: String,
    #[serde(rename = "type")]
    event_type: String,
    created_at: i64,
    uri: String,
    /// `pending`, `delivered` or `given_up`.
    status: String,
    /// When it is tried next, if it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_attempt_at: Option<i64>,
    /// Oldest first.
    attempts: Vec<Attempt>,
}

/// One try to tell it.
#[derive(Debug, Serialize)]
struct Attempt {
    at: i64,
    #[serde(flatten)]
    outcome: Outcome,
}

/// How a try went: it succeeded if there is no error.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Outcome {
    /// What the merchant's server answered, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) http_status: Option<u16>,
    /// What went wrong, for a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
}

/// A callback whose time has come.
#[derive(Clone, Debug)]
pub(crate) struct Due {
    pub(crate) id: i64,
    pub(crate) uri: String,
    pub(crate) origin: String,
    pub(crate) event: String,
}

/// A callback whose event is not written yet.
#[derive(Debug)]
pub(crate) struct Unwritten {
    pub(crate) id: i64,
    pub(crate) transaction_key: String,
    pub(crate) event_type: String,
}

/// Notes that the merchant is to be told of `status`, unless the client that
/// made the transaction brought it about itself (wallet-api section 10).
pub(super) fn tell_of(
    db: &Connection,
    now: i64,
    key: &str,
    status: Status,
    actor: Actor<'_>,
) -> Result<(), Refusal> {
    if callback::event_type(status, false).is_none() {
        return Ok(());
    }
    let transaction = transactions::find(db, key)?.ok_or(Refusal::Internal)?;
    if let Some(event_type) = callback::event_type(status, transaction.auto_confirm)
        && !actor.acts_for_creator(&transaction)
    {
        queue(db, now, &transaction, event_type)?;
    }
    Ok(())
}

/// Puts an event into the queue, again if it was there before: an event is one
/// by transaction and type. False if nobody is to be told.
pub(crate) fn queue(
    db: &Connection,
    now: i64,
    transaction: &StoredTransaction,
    event_type: &str,
) -> Result<bool, Refusal> {
    let uri = match (&transaction.callback_uri, transaction.project_id) {
        (CallbackTarget::Uri(uri), _) => Some(uri.clone()),
        (CallbackTarget::Default, Some(project)) => {
            projects::find(db, project)?.and_then(|project| project.callback_uri)
        }
        (CallbackTarget::Default, None) | (CallbackTarget::Disabled, _) => None,
    };
    let Some(uri) = uri else { return Ok(false) };
    let origin = callback::origin(&uri).ok_or(Refusal::Internal)?;
    db.prepare_cached(
        "INSERT INTO callback (transaction_key, type, created_at, uri, origin, status, due_at)
         VALUES (?1, ?2, ?3, ?4, ?5, 'pending', ?3)
         ON CONFLICT (transaction_key, type) DO UPDATE SET
           uri = excluded.uri, origin = excluded.origin, status = 'pending', failures = 0,
           due_at = excluded.due_at",
    )?
    .execute(params![transaction.key, event_type, now, uri, origin])?;
    Ok(true)
}

/// Puts a callback of the log into the queue again.
pub(crate) fn retry(db: &Connection, now: i64, id: i64) -> Result<(), Refusal> {
    let missing = Refusal::NotFound("Callback not found");
    let callback = find(db, id)?.ok_or(missing)?;
    let transaction = transactions::find(db, &callback.transaction_key)?.ok_or(Refusal::Internal)?;
    if queue(db, now, &transaction, &callback.event_type)? {
        Ok(())
    } else {
        Err(Refusal::InvalidState("The project has no callback address; set one first"))
    }
}

/// What was queued in this unit and has no event yet.
pub(crate) fn unwritten(db: &Connection) -> Result<Vec<Unwritten>, Refusal> {
    let mut statement =
        db.prepare_cached("SELECT id, transaction_key, type FROM callback WHERE event IS NULL")?;
    let rows = statement.query_map([], |row| {
        Ok(Unwritten { id: row.get(0)?, transaction_key: row.get(1)?, event_type: row.get(2)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Writes the event of a callback; every attempt sends these bytes.
pub(crate) fn write_event(db: &Connection, id: i64, event: &str) -> Result<(), Refusal> {
    db.prepare_cached("UPDATE callback SET event = ?2 WHERE id = ?1")?.execute(params![id, event])?;
    Ok(())
}

/// The event of a callback.
pub(crate) fn event(db: &Connection, id: i64) -> Result<Option<String>, Refusal> {
    Ok(db
        .prepare_cached("SELECT event FROM callback WHERE id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?)
}

/// The callback that waits longest and is due at `now`, but none of `under_way`
/// and none to the origins in `busy`.
pub(crate) fn next_due(
    db: &Connection,
    now: i64,
    under_way: &[i64],
    busy: &[String],
) -> Result<Option<Due>, Refusal> {
    Ok(db
        .prepare_cached(
            "SELECT id, uri, origin, event FROM callback
             WHERE due_at <= ?1 AND id NOT IN (SELECT value FROM json_each(?2))
               AND origin NOT IN (SELECT value FROM json_each(?3))
             ORDER BY due_at, id LIMIT 1",
        )?
        .query_row(params![now, json!(under_way).to_string(), json!(busy).to_string()], |row| {
            Ok(Due { id: row.get(0)?, uri: row.get(1)?, origin: row.get(2)?, event: row.get(3)? })
        })
        .optional()?)
}

/// The first second after `now` at which a callback is due, or time ends a
/// transaction or a payment.
pub(crate) fn next_time(db: &Connection, now: i64) -> Result<Option<i64>, Refusal> {
    Ok(db
        .prepare_cached(
            "SELECT min(time) FROM (
               SELECT min(due_at) AS time FROM callback WHERE due_at > ?1
               UNION ALL SELECT min(expires_at) FROM transactions WHERE expires_at > ?1
               UNION ALL SELECT min(done_at) FROM payment WHERE ended IS NULL AND done_at > ?1)",
        )?
        .query_row([now], |row| row.get(0))?)
}

/// Writes down how an attempt went, and when the next one is.
pub(crate) fn write_attempt(db: &Connection, now: i64, id: i64, outcome: &Outcome) -> Result<(), Refusal> {
    let failures: Option<u32> = db
        .prepare_cached("SELECT failures FROM callback WHERE id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    // A reset may have forgotten it meanwhile.
    let Some(failures) = failures else { return Ok(()) };
    db.prepare_cached(
        "INSERT INTO callback_attempt (callback_id, at, http_status, error) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![id, now, outcome.http_status, outcome.error])?;
    let (status, failures, due_at) = if outcome.error.is_none() {
        ("delivered", failures, None)
    } else {
        let failures = failures.saturating_add(1);
        match callback::next_attempt(failures, now) {
            Some(due_at) => ("pending", failures, Some(due_at)),
            None => ("given_up", failures, None),
        }
    };
    db.prepare_cached("UPDATE callback SET status = ?2, failures = ?3, due_at = ?4 WHERE id = ?1")?
        .execute(params![id, status, failures, due_at])?;
    Ok(())
}

/// The newest callbacks, newest first.
pub(crate) fn list(db: &Connection, limit: i64, offset: i64) -> Result<Vec<Callback>, Refusal> {
    let mut statement = db.prepare_cached("SELECT id FROM callback ORDER BY id DESC LIMIT ?1 OFFSET ?2")?;
    let ids = statement.query_map([limit, offset], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
    ids.into_iter().map(|id| find(db, id)?.ok_or(Refusal::Internal)).collect()
}

/// The callback of that number.
pub(crate) fn find(db: &Connection, id: i64) -> Result<Option<Callback>, Refusal> {
    let found = db
        .prepare_cached(
            "SELECT id, transaction_key, type, created_at, uri, status, due_at FROM callback WHERE id = ?1",
        )?
        .query_row([id], |row| {
            Ok(Callback {
                id: row.get(0)?,
                transaction_key: row.get(1)?,
                event_type: row.get(2)?,
                created_at: row.get(3)?,
                uri: row.get(4)?,
                status: row.get(5)?,
                next_attempt_at: row.get(6)?,
                attempts: Vec::new(),
            })
        })
        .optional()?;
    let Some(mut callback) = found else { return Ok(None) };
    let mut statement = db.prepare_cached(
        "SELECT at, http_status, error FROM callback_attempt WHERE callback_id = ?1 ORDER BY seq",
    )?;
    let attempt = |row: &Row<'_>| {
        Ok(Attempt { at: row.get(0)?, outcome: Outcome { http_status: row.get(1)?, error: row.get(2)? } })
    };
    callback.attempts = statement.query_map([id], attempt)?.collect::<Result<_, _>>()?;
    Ok(Some(callback))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Database, migrations};

    #[test]
    fn an_attempt_of_what_was_forgotten_meanwhile_is_no_failure() {
        let db = migrations::open(&Database::InMemory).unwrap();
        write_attempt(&db, 1, 7, &Outcome::default()).unwrap();
        assert!(next_due(&db, 1, &[], &[]).unwrap().is_none());
        assert_eq!(next_time(&db, 1).unwrap(), None);
    }
}
