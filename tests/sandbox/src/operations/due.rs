//! What happens without a request: time runs out, money arrives, somebody
//! registers. Done before and after every unit of work.

use rusqlite::Connection;

use super::create::registered;
use super::end;
use crate::domain::contact::Criterion;
use crate::domain::status::{Event, Status};
use crate::error::Refusal;
use crate::store::allowances;
use crate::store::history::Actor;
use crate::store::ledger::{self, HoldKind};
use crate::store::payments::{self, Ended, StoredPayment};
use crate::store::transactions::{self, StoredTransaction};
use crate::store::wallets;

/// Brings about what is due at `now`.
pub(crate) fn catch_up(db: &Connection, now: i64) -> Result<(), Refusal> {
    if !transactions::is_anything_due(db, now)? {
        return Ok(());
    }
    for key in transactions::overdue(db, now)? {
        let Some(transaction) = transactions::find(db, &key)? else { continue };
        let Some(ended) = transaction.status.after(Event::TimeOver) else { continue };
        end::give_back(db, now, &transaction, ended, Actor::Time)?;
    }
    allowances::end_overdue(db, now)?;
    for payment in payments::due(db, now)? {
        finish(db, payment)?;
    }
    for key in transactions::waiting(db)? {
        complete(db, now, &key, Actor::Time)?;
    }
    Ok(())
}

/// Ends a confirmed payment for good: its beneficiary may spend the money.
pub(super) fn finish(db: &Connection, payment: i64) -> Result<(), Refusal> {
    ledger::release(db, payment, HoldKind::Freeze)?;
    payments::set_ended(db, payment, Ended::Done)
}

/// Reserves an accepted transaction if everything is there that it waits for.
pub(super) fn complete(db: &Connection, now: i64, key: &str, actor: Actor<'_>) -> Result<(), Refusal> {
    let transaction = transactions::find(db, key)?.ok_or(Refusal::Internal)?;
    let Some(next) = transaction.status.after(Event::ConditionMet) else { return Ok(()) };
    let (Some(payer), false) =
        (transaction.wallet, transaction.payments.iter().any(StoredPayment::waits_for_password))
    else {
        return Ok(());
    };
    for payment in &transaction.payments {
        if payment.beneficiary.is_none() && !arrive(db, payer, payment)? {
            return Ok(());
        }
    }
    if transaction.status == Status::WaitingFunds && !hold_if_there(db, payer, &transaction)? {
        return Ok(());
    }
    transactions::set_reserved(db, now, key, actor)?;
    if transaction.auto_confirm {
        let reserved = transactions::find(db, key)?.ok_or(Refusal::Internal)?;
        let confirmed = next.after(Event::Confirm).ok_or(Refusal::Internal)?;
        end::settle(db, now, actor, &reserved, confirmed)?;
    }
    Ok(())
}

/// Notes the wallet of a beneficiary who has registered since; false if there
/// is none that can be paid.
fn arrive(db: &Connection, payer: i64, payment: &StoredPayment) -> Result<bool, Refusal> {
    let by = match (&payment.beneficiary_email, &payment.beneficiary_phone) {
        (Some(email), _) => Criterion::Email(email.clone()),
        (None, Some(phone)) => Criterion::Phone(phone.clone()),
        (None, None) => return Err(Refusal::Internal),
    };
    let Some(wallet) = registered(db, &by)? else { return Ok(false) };
    if wallet == payer || !wallets::wallet(db, wallet)?.is_some_and(|wallet| wallet.active) {
        return Ok(false);
    }
    payments::set_beneficiary(db, payment.id, wallet)?;
    Ok(true)
}

/// Holds every payment's price, if the payer has the money for all of them.
fn hold_if_there(db: &Connection, payer: i64, transaction: &StoredTransaction) -> Result<bool, Refusal> {
    for (index, payment) in transaction.payments.iter().enumerate() {
        match ledger::hold(db, payment.id, HoldKind::Reservation, payer, payment.price) {
            Ok(()) => {}
            Err(Refusal::NotEnoughFunds) => {
                for held in transaction.payments.iter().take(index) {
                    ledger::release(db, held.id, HoldKind::Reservation)?;
                }
                return Ok(false);
            }
            Err(other) => return Err(other),
        }
    }
    Ok(true)
}
