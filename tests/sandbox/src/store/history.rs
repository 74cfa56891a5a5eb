//! Every status that a transaction ever had.

use rusqlite::{Connection, params};

use super::credentials::Caller;
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
    /// As the database keeps it.
    fn name(self) -> String {
        match self {
            Self::Caller(Caller::Client { id, .. }) => id.clone(),
            Self::Caller(Caller::User { wallet, .. }) => format!("wallet:{wallet}"),
            Self::Time => "time".to_owned(),
        }
    }
}

/// Writes down that the transaction got `status`. Every change of a status
/// must come here in the same database transaction.
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
    Ok(())
}
