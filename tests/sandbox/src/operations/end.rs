//! Confirming and taking back a transaction (wallet-api section 5.3).

use paysera_core::money::Money;
use rusqlite::Connection;
use serde_json::{Map, Value};

use super::read::own;
use crate::domain::fields::Fields;
use crate::domain::status::{Event, Status};
use crate::error::Refusal;
use crate::store::credentials::Caller;
use crate::store::history::Actor;
use crate::store::ledger;
use crate::store::transactions::{self, StoredPayment, StoredTransaction};

/// Moves the held money, at lower prices where `prices` gives some by payment
/// number.
pub(crate) fn confirm(
    db: &Connection,
    now: i64,
    caller: &Caller,
    key: &str,
    prices: &Map<String, Value>,
) -> Result<StoredTransaction, Refusal> {
    let mut transaction = own(db, caller, key)?;
    let Some(next) = transaction.status.after(Event::Confirm) else {
        return Err(Refusal::InvalidState("Transaction must be reserved"));
    };
    for (id, value) in prices {
        let payment = transaction
            .payments
            .iter_mut()
            .find(|payment| payment.id.to_string() == *id)
            .ok_or_else(|| Refusal::parameter(id, "No such payment in this transaction"))?;
        payment.price = lowered(payment, &Fields::at(value, id.clone())?)?;
        transactions::set_price(db, payment.id, payment.price)?;
    }
    settle(db, now, caller, &transaction, next)
}

/// Takes back a transaction that was not confirmed.
pub(crate) fn revoke(
    db: &Connection,
    now: i64,
    caller: &Caller,
    key: &str,
) -> Result<StoredTransaction, Refusal> {
    let transaction = own(db, caller, key)?;
    let Some(next) = transaction.status.after(Event::Revoke) else {
        return Err(Refusal::InvalidState("Transaction can't be revoked any more"));
    };
    for payment in &transaction.payments {
        ledger::release(db, payment.id)?;
    }
    transactions::set_ended(db, now, key, next, Actor::Caller(caller))?;
    transactions::find(db, key)?.ok_or(Refusal::Internal)
}

/// Posts every payment of an accepted transaction out of its hold.
pub(super) fn settle(
    db: &Connection,
    now: i64,
    caller: &Caller,
    transaction: &StoredTransaction,
    next: Status,
) -> Result<StoredTransaction, Refusal> {
    for payment in &transaction.payments {
        ledger::capture(db, now, &transaction.key, payment.id, payment.beneficiary, payment.price)?;
    }
    transactions::set_ended(db, now, &transaction.key, next, Actor::Caller(caller))?;
    transactions::find(db, &transaction.key)?.ok_or(Refusal::Internal)
}

/// The price at which a payment is confirmed: in its currency, at most what
/// is reserved.
fn lowered(payment: &StoredPayment, fields: &Fields<'_>) -> Result<Money, Refusal> {
    let currency = fields.currency()?;
    if currency != payment.price.currency() {
        return Err(fields.refuse("currency", "This value should be the payment's currency"));
    }
    let price = fields.price(currency)?;
    if price.minor() > payment.price.minor() {
        return Err(fields.refuse("price", "The price can only be lowered"));
    }
    Ok(price)
}
