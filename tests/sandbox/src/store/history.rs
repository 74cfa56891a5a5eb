//! Every status that a transaction ever had.

use rusqlite::{Connection, params};
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
