//! Declining a transaction. PROPOSAL of wallet-api section 5.3: no call of the
//! payer's app is documented.

use rusqlite::Connection;

use super::read::visible;
use crate::domain::status::Event;
use crate::error::Refusal;
use crate::store::credentials::Caller;
use crate::store::history::Actor;
use crate::store::transactions::{self, StoredTransaction};

/// The payer declines what was shown.
pub(crate) fn reject(
    db: &Connection,
    now: i64,
    caller: &Caller,
    key: &str,
) -> Result<StoredTransaction, Refusal> {
    if matches!(caller, Caller::Client { .. }) {
        return Err(Refusal::Forbidden("Only a payer declines; the merchant takes back with DELETE"));
    }
    let transaction = visible(db, caller, key)?;
    let Some(next) = transaction.status.after(Event::Reject) else {
        return Err(Refusal::InvalidState("Transaction can't be declined any more"));
    };
    transactions::set_ended(db, now, key, next, Actor::Caller(caller))?;
    transactions::find(db, key)?.ok_or(Refusal::Internal)
}
