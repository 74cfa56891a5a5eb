//! Every status that a transaction ever had.

use rusqlite::{Connection, Row, params};
use serde::Serialize;

use super::callbacks;
use super::credentials::Caller;
use super::transactions::StoredTransaction;
use crate::domain::status::Status;
use crate::error::Refusal;

/// Who brings a status about.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Actor<'a> {
    /// Who signed the request.
    Caller(&'a Caller),
    /// Time ran out.
    Time,
}

impl Actor<'_> {
    /// Whether who made the transaction does this itself, by API: as itself or,
    /// a client, with the token of a user.
    pub(super) fn acts_for_creator(self, transaction: &StoredTransaction) -> bool {
        match self {
            Self::Caller(caller @ Caller::User { client, .. }) => {
                transaction.made_by(caller) || transaction.client_id.as_ref() == Some(client)
            }
            Self::Caller(caller) => transaction.made_by(caller),
            Self::Time => false,
        }
    }

    /// As the database keeps it.
    fn name(self) -> String {
        match self {
            Self::Caller(Caller::Client { id, .. }) => id.clone(),
            Self::Caller(Caller::User { wallet, .. }) => format!("wallet:{wallet}"),
            Self::Time => "time".to_owned(),
        }
    }
}

/// One status that a transaction had.
#[derive(Debug, Serialize)]
pub(crate) struct Step {
    at: i64,
    status: String,
    actor: String,
}

/// A step of any transaction.
#[derive(Debug)]
pub(crate) struct NumberedStep {
    /// Counted over all transactions.
    pub(crate) seq: i64,
    pub(crate) key: String,
    pub(crate) at: i64,
    pub(crate) status: String,
}

/// The number of the newest step of any transaction, 0 if there is none.
pub(crate) fn newest(db: &Connection) -> Result<i64, Refusal> {
    let mut statement = db.prepare_cached("SELECT coalesce(max(seq), 0) FROM transaction_status")?;
    Ok(statement.query_row([], |row| row.get(0))?)
}

/// The first `limit` steps after the step `seq`, oldest first.
pub(crate) fn after(db: &Connection, seq: i64, limit: i64) -> Result<Vec<NumberedStep>, Refusal> {
    let mut statement = db.prepare_cached(
        "SELECT seq, transaction_key, at, status FROM transaction_status
         WHERE seq > ?1 ORDER BY seq LIMIT ?2",
    )?;
    Ok(statement.query_map([seq, limit], numbered)?.collect::<Result<_, _>>()?)
}

/// The latest steps of the newest `limit` transactions that wait for a customer
/// or for their merchant, oldest first.
pub(crate) fn open(db: &Connection, limit: i64) -> Result<Vec<NumberedStep>, Refusal> {
    let mut statement = db.prepare_cached(
        "SELECT step.seq, key, step.at, step.status FROM transactions
         JOIN transaction_status AS step ON step.seq =
           (SELECT max(seq) FROM transaction_status WHERE transaction_key = key)
         WHERE expires_at IS NOT NULL AND transactions.status IN ('new', 'waiting', 'reserved')
         ORDER BY transactions.seq DESC LIMIT ?1",
    )?;
    let mut steps = statement.query_map([limit], numbered)?.collect::<Result<Vec<_>, _>>()?;
    steps.sort_by_key(|step| step.seq);
    Ok(steps)
}

fn numbered(row: &Row<'_>) -> rusqlite::Result<NumberedStep> {
    Ok(NumberedStep { seq: row.get(0)?, key: row.get(1)?, at: row.get(2)?, status: row.get(3)? })
}

/// Every status of the transaction, oldest first.
pub(crate) fn of(db: &Connection, key: &str) -> Result<Vec<Step>, Refusal> {
    let mut statement = db.prepare_cached(
        "SELECT at, status, actor FROM transaction_status WHERE transaction_key = ?1 ORDER BY seq",
    )?;
    let steps = statement
        .query_map([key], |row| Ok(Step { at: row.get(0)?, status: row.get(1)?, actor: row.get(2)? }))?;
    Ok(steps.collect::<Result<_, _>>()?)
}

/// Writes down that the transaction got `status`, and that the merchant is to
/// be told. Every change of a status must come here in the same database
/// transaction.
pub(super) fn record(
    db: &Connection,
    now: i64,
    key: &str,
    status: Status,
    actor: Actor<'_>,
) -> Result<(), Refusal> {
    db.prepare_cached(
        "INSERT INTO transaction_status (transaction_key, at, status, actor) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![key, now, status.name(), actor.name()])?;
    callbacks::tell_of(db, now, key, status, actor)
}
