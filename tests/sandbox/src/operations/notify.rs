//! Telling the merchant once more (wallet-api section 5.3).

use rusqlite::Connection;

use super::read::own;
use crate::domain::status::Status;
use crate::error::Refusal;
use crate::store::callbacks;
use crate::store::credentials::Caller;

/// Queues the callback of a confirmed transaction, also one that was not sent
/// because the client confirmed by itself.
pub(crate) fn notify(db: &Connection, now: i64, caller: &Caller, key: &str) -> Result<(), Refusal> {
    let transaction = own(db, caller, key)?;
    if transaction.status != Status::Confirmed {
        return Err(Refusal::InvalidState("Transaction must be confirmed"));
    }
    // Whoever switched callbacks off gets none, and that is no error.
    callbacks::queue(db, now, &transaction, Status::Confirmed.name()).map(|_queued| ())
}
