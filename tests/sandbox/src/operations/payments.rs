//! What is done with single payments (wallet-api section 5.5).

use rusqlite::Connection;
use serde_json::{Map, Value};

use super::due;
use super::end::{freeze, lowered};
use crate::domain::fields::Fields;
use crate::domain::payment_password::PasswordStatus;
use crate::domain::person_fault::PersonFault;
use crate::domain::span::Span;
use crate::domain::status::Status;
use crate::error::Refusal;
use crate::store::attempts;
use crate::store::credentials::Caller;
use crate::store::history::Actor;
use crate::store::ledger::{self, HoldKind};
use crate::store::payments::{self, Ended, StoredPayment};
use crate::store::transactions::{self, StoredTransaction};

/// A payment with its transaction.
pub(crate) type Part = (StoredTransaction, StoredPayment);

/// The payment, if `caller` may see its transaction, or is paid by it.
pub(crate) fn visible(db: &Connection, caller: &Caller, id: i64) -> Result<Part, Refusal> {
    let (transaction, payment) = find(db, id)?;
    // Unlike a transaction's key, a payment's number can be guessed.
    let concerned = match caller {
        Caller::Client { .. } => transaction.made_by(caller),
        Caller::User { wallet, .. } => {
            transaction.made_by(caller)
                || transaction.wallet == Some(*wallet)
                || payment.beneficiary == Some(*wallet)
        }
    };
    if concerned { Ok((transaction, payment)) } else { Err(Refusal::NotFound("Payment not found")) }
}

/// The payment, if `caller` made it.
pub(crate) fn own(db: &Connection, caller: &Caller, id: i64) -> Result<Part, Refusal> {
    let (transaction, payment) = visible(db, caller, id)?;
    if transaction.made_by(caller) {
        Ok((transaction, payment))
    } else {
        Err(Refusal::Forbidden("Only who made the payment may do this"))
    }
}

fn find(db: &Connection, id: i64) -> Result<Part, Refusal> {
    let missing = || Refusal::NotFound("Payment not found");
    let key = payments::transaction_of(db, id)?.ok_or_else(missing)?;
    let transaction = transactions::find(db, &key)?.ok_or(Refusal::Internal)?;
    let payment = transaction.payments.iter().find(|payment| payment.id == id).cloned();
    Ok((transaction, payment.ok_or(Refusal::Internal)?))
}

/// Cancels a confirmed payment: all its money goes back.
pub(crate) fn cancel(db: &Connection, now: i64, caller: &Caller, id: i64) -> Result<Part, Refusal> {
    let (transaction, payment) = confirmed(db, caller, id)?;
    ledger::release(db, payment.id, HoldKind::Freeze)?;
    ledger::refund(db, now, &transaction.key, payment.id)?;
    payments::set_ended(db, payment.id, Ended::Canceled)?;
    find(db, id)
}

/// Moves the end of a freeze: `freeze_for` makes it longer, `freeze_until` sets
/// it, an end that is not in the future ends it now.
pub(crate) fn set_freeze(
    db: &Connection,
    now: i64,
    caller: &Caller,
    id: i64,
    body: &Map<String, Value>,
) -> Result<Part, Refusal> {
    let fields = Fields::root(body);
    let span = Span::read(&fields, "freeze")?.ok_or_else(|| fields.blank("freeze_until"))?;
    let (transaction, payment) = confirmed(db, caller, id)?;
    let beneficiary = payment.beneficiary.ok_or(Refusal::Internal)?;
    let confirmed_at = transaction.confirmed_at.ok_or(Refusal::Internal)?;
    let end = match span {
        Span::For(_) => span.end(payment.freeze.end(confirmed_at).max(now)),
        Span::Until(end) => end,
    };
    payments::set_freeze(db, id, Span::Until(end.max(confirmed_at)))?;
    if end <= now {
        due::finish(db, id)?;
    } else {
        ledger::release(db, id, HoldKind::Freeze)?;
        freeze(db, now, &payment, beneficiary, end)?;
        payments::set_done_at(db, id, end)?;
    }
    find(db, id)
}

/// Ends a freeze now, at a lower price if the body has one: the rest goes back.
pub(crate) fn finalize(
    db: &Connection,
    now: i64,
    caller: &Caller,
    id: i64,
    body: &Map<String, Value>,
) -> Result<Part, Refusal> {
    let (transaction, payment) = confirmed(db, caller, id)?;
    if !body.is_empty() {
        let price = lowered(&payment, &Fields::root(body))?;
        let rest = payment.price.checked_sub(price).map_err(|_| Refusal::Internal)?;
        let beneficiary = payment.beneficiary.ok_or(Refusal::Internal)?;
        let payer = transaction.wallet.ok_or(Refusal::Internal)?;
        ledger::release(db, id, HoldKind::Freeze)?;
        ledger::refund_part(db, now, (&transaction.key, id), beneficiary, payer, rest)?;
        payments::set_price(db, id, price)?;
    }
    due::finish(db, id)?;
    find(db, id)
}

/// Gives the password that an accepted payment waits for. PROPOSAL: by who made
/// the payment, its payer or its beneficiary.
pub(crate) fn give_password(
    db: &Connection,
    now: i64,
    caller: &Caller,
    id: i64,
    body: &Map<String, Value>,
) -> Result<Part, Refusal> {
    let given = Fields::root(body).required("password")?;
    let (transaction, payment) = visible(db, caller, id)?;
    let waits = matches!(transaction.status, Status::WaitingPassword | Status::WaitingRegistration)
        && payment.waits_for_password();
    let Some(password) = payment.password.filter(|_| waits) else {
        return Err(Refusal::InvalidState("Payment must wait for its password"));
    };
    let subject = format!("payment:{id}");
    attempts::check(db, now, &subject)?;
    if password.value != given {
        return Err(Refusal::Person(PersonFault::WrongPaymentPassword { subject }));
    }
    payments::set_password_status(db, id, PasswordStatus::Unlocked)?;
    due::complete(db, now, &transaction.key, Actor::Caller(caller))?;
    find(db, id)
}

/// An own payment that is confirmed and has not ended.
fn confirmed(db: &Connection, caller: &Caller, id: i64) -> Result<Part, Refusal> {
    let (transaction, payment) = own(db, caller, id)?;
    if transaction.status == Status::Confirmed && payment.ended.is_none() {
        Ok((transaction, payment))
    } else {
        Err(Refusal::InvalidState("Payment must be confirmed and not done"))
    }
}
