//! What a payer let the merchant know (wallet-api section 5.3).

use rusqlite::Connection;
use serde_json::Value;

use super::read::own;
use crate::domain::payer_rules::{self, KnownIdentity};
use crate::error::Refusal;
use crate::store::credentials::Caller;
use crate::store::{users, wallets};

/// The answers to the transaction's inquiries; none before it is accepted.
pub(crate) fn information(db: &Connection, caller: &Caller, key: &str) -> Result<Vec<Value>, Refusal> {
    let transaction = own(db, caller, key)?;
    let (Some(inquiries), Some(wallet)) = (transaction.inquiries, transaction.wallet) else {
        return Ok(Vec::new());
    };
    let owner = wallets::wallet(db, wallet)?.ok_or(Refusal::Internal)?.user;
    let user = users::user(db, owner)?.ok_or(Refusal::Internal)?;
    let (Some(name), Some(surname), Some(code)) = (&user.name, &user.surname, &user.person_code) else {
        return Ok(Vec::new());
    };
    let known = KnownIdentity { name, surname, nationality: user.nationality.as_deref(), code };
    Ok(payer_rules::answers(&inquiries, &known))
}
