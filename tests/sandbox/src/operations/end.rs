//! Confirming and taking back a transaction (wallet-api section 5.3).

use paysera_core::money::Money;
use rusqlite::Connection;
use serde_json::{Map, Value};

use super::read::{own, visible};
use crate::domain::fields::Fields;
use crate::domain::status::{Event, Status};
use crate::error::Refusal;
use crate::store::credentials::Caller;
use crate::store::history::Actor;
use crate::store::ledger::{self, HoldKind};
use crate::store::payments::{self, StoredPayment};
use crate::store::transactions::{self, StoredTransaction};

/// How long any confirmed payment can be cancelled, in seconds, so that a
/// refund without a freeze can be tried out. PROPOSAL of wallet-api section 5.8.
const CANCELABLE_SECONDS: i64 = 60;

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
        payments::set_price(db, payment.id, payment.price)?;
    }
    settle(db, now, Actor::Caller(caller), &transaction, next)
}

/// Takes back a transaction that was not confirmed.
pub(crate) fn revoke(
    db: &Connection,
    now: i64,
    caller: &Caller,
    key: &str,
) -> Result<StoredTransaction, Refusal> {
    own(db, caller, key)?;
    withdraw(db, now, caller, key)
}

/// The same, of a transaction that the caller may take back although another
/// made it.
pub(crate) fn withdraw(
    db: &Connection,
    now: i64,
    caller: &Caller,
    key: &str,
) -> Result<StoredTransaction, Refusal> {
    let transaction = visible(db, caller, key)?;
    let Some(next) = transaction.status.after(Event::Revoke) else {
        return Err(Refusal::InvalidState("Transaction can't be revoked any more"));
    };
    give_back(db, now, &transaction, next, Actor::Caller(caller))?;
    transactions::find(db, key)?.ok_or(Refusal::Internal)
}

/// Ends a transaction that moves no money.
pub(super) fn give_back(
    db: &Connection,
    now: i64,
    transaction: &StoredTransaction,
    next: Status,
    actor: Actor<'_>,
) -> Result<(), Refusal> {
    for payment in &transaction.payments {
        ledger::release(db, payment.id, HoldKind::Reservation)?;
    }
    transactions::set_ended(db, now, &transaction.key, next, actor)
}

/// Posts every payment of an accepted transaction out of its hold, and freezes
/// what the beneficiary may not spend yet.
pub(super) fn settle(
    db: &Connection,
    now: i64,
    actor: Actor<'_>,
    transaction: &StoredTransaction,
    next: Status,
) -> Result<StoredTransaction, Refusal> {
    for payment in &transaction.payments {
        let beneficiary = payment.beneficiary.ok_or(Refusal::Internal)?;
        ledger::capture(db, now, &transaction.key, payment, beneficiary)?;
        let frozen_until = payment.freeze.end(now);
        freeze(db, now, payment, beneficiary, frozen_until)?;
        let done_at = frozen_until.max(now.saturating_add(CANCELABLE_SECONDS));
        payments::set_done_at(db, payment.id, done_at)?;
    }
    transactions::set_ended(db, now, &transaction.key, next, actor)?;
    transactions::find(db, &transaction.key)?.ok_or(Refusal::Internal)
}

/// Holds what `payment` brought its beneficiary until `end`.
pub(super) fn freeze(
    db: &Connection,
    now: i64,
    payment: &StoredPayment,
    beneficiary: i64,
    end: i64,
) -> Result<(), Refusal> {
    let mut kept = payment.terms;
    if payment.commission_wallet == Some(beneficiary) {
        // The beneficiary's own commission comes back to it.
        (kept.in_commission, kept.out_commission) = (None, None);
    }
    let left = payment.price.minor().saturating_sub(kept.sum());
    if end <= now || left == 0 {
        return Ok(());
    }
    ledger::hold(
        db,
        payment.id,
        HoldKind::Freeze,
        beneficiary,
        Money::from_minor(left, payment.price.currency()),
    )
}

/// The price at which a payment is confirmed: in its currency, at most what
/// is reserved.
pub(super) fn lowered(payment: &StoredPayment, fields: &Fields<'_>) -> Result<Money, Refusal> {
    let currency = fields.currency()?;
    if currency != payment.price.currency() {
        return Err(fields.refuse("currency", "This value should be the payment's currency"));
    }
    let price = fields.price(currency)?;
    if price.minor() > payment.price.minor() {
        return Err(fields.refuse("price", "The price can only be lowered"));
    }
    if price.minor() < payment.terms.sum() {
        return Err(fields.refuse("price", "The price should cover its commission and cashback"));
    }
    Ok(price)
}
