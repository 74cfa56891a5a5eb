//! Who may see a transaction.

use rusqlite::Connection;

use crate::error::Refusal;
use crate::store::allowances;
use crate::store::credentials::Caller;
use crate::store::transactions::{self, StoredTransaction};

/// The transaction, if `caller` may see it. A client sees only its own and
/// where an allowance of it comes from, which names the wallet (wallet-api
/// section 9.3); a user any whose key it was shown, as the key can't be guessed
/// (PROPOSAL of wallet-api section 9.4).
pub(crate) fn visible(db: &Connection, caller: &Caller, key: &str) -> Result<StoredTransaction, Refusal> {
    let transaction = transactions::find(db, key)?.ok_or(NOT_FOUND)?;
    let visible = transaction.made_by(caller)
        || match caller {
            Caller::User { .. } => true,
            Caller::Client { id, .. } => allowances::is_from(db, id, key)?,
        };
    if visible { Ok(transaction) } else { Err(NOT_FOUND) }
}

const NOT_FOUND: Refusal = Refusal::NotFound("Transaction not found");

/// The transaction, if `caller` made it.
pub(crate) fn own(db: &Connection, caller: &Caller, key: &str) -> Result<StoredTransaction, Refusal> {
    let transaction = visible(db, caller, key)?;
    if transaction.made_by(caller) {
        Ok(transaction)
    } else {
        Err(Refusal::Forbidden("Only who made the transaction may do this"))
    }
}
