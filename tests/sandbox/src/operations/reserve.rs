//! Accepting a transaction: the rules of wallet-api sections 5.4 and 9.4, then
//! the holds.

use rusqlite::Connection;
use serde_json::Value;

use super::read::visible;
use super::{allowances, authorise, end};
use crate::domain::Service;
use crate::domain::acceptance::Acceptance;
use crate::domain::cash::{DAY_SECONDS, Limits};
use crate::domain::fields::Fields;
use crate::domain::identity::Level;
use crate::domain::payer_rules::{self, Restrictions};
use crate::domain::payment_password::PasswordStatus;
use crate::domain::person_fault::PersonFault;
use crate::domain::status::{Event, Status};
use crate::error::Refusal;
use crate::store::credentials::Caller;
use crate::store::history::Actor;
use crate::store::ledger::{self, HoldKind};
use crate::store::payments::{self, StoredPayment};
use crate::store::transactions::{self, Accepted, StoredTransaction};
use crate::store::users::{self, User};
use crate::store::wallets::{self, Wallet};

/// Holds the payer's money for the transaction of that key.
pub(crate) fn reserve(
    db: &Connection,
    now: i64,
    limits: &Limits,
    caller: &Caller,
    key: &str,
    acceptance: &Acceptance,
) -> Result<StoredTransaction, Refusal> {
    let mut transaction = visible(db, caller, key)?;
    if acceptance.without_allowance {
        allowances::decline(db, now, caller, key)?;
    }
    // Before the code is looked at: a transaction that is over spends none.
    if transaction.status.after(Event::Accept).is_none() {
        return Err(Refusal::InvalidState("Transaction must be new"));
    }
    let until = transaction.reserve.end(now);
    if until <= now {
        return Err(Refusal::InvalidState("The reserve time is over"));
    }
    if let Some(other) = acceptance.revoke_first.as_deref().filter(|other| *other != key) {
        end::revoke(db, now, caller, other)?;
    }
    let (wallet, by) = authorise::payer(db, now, caller, &transaction, acceptance)?;
    let wallet = wallets::wallet(db, wallet)?.ok_or(Refusal::NotFound("Payer not found"))?;
    check_payer(db, &transaction, &wallet)?;
    note_answers(db, &mut transaction, acceptance)?;
    allowances::give(db, now, caller, &transaction, &wallet)?;

    let event = what_it_waits_for(db, &transaction, &wallet, acceptance)?;
    let status = transaction.status.after(event).ok_or(Refusal::Internal)?;
    // First, so that the second cash payment of a transaction sees the first
    // one in the customer's limits.
    let accepted = Accepted { wallet: wallet.id, by, status, until };
    transactions::set_accepted(db, now, key, accepted, Actor::Caller(caller))?;
    for payment in &transaction.payments {
        check_payment(db, now, limits, &wallet, payment)?;
    }
    if status != Status::WaitingFunds {
        for payment in &transaction.payments {
            ledger::hold(db, payment.id, HoldKind::Reservation, wallet.id, payment.price)?;
        }
    }
    let stored = transactions::find(db, key)?.ok_or(Refusal::Internal)?;
    match status.after(Event::Confirm).filter(|_| stored.auto_confirm) {
        Some(confirmed) => end::settle(db, now, Actor::Caller(caller), &stored, confirmed),
        None => Ok(stored),
    }
}

/// Whether this wallet may pay this transaction.
fn check_payer(db: &Connection, transaction: &StoredTransaction, wallet: &Wallet) -> Result<(), Refusal> {
    if !wallet.active {
        return Err(Refusal::PayerInactive);
    }
    let user = users::user(db, wallet.user)?.ok_or(Refusal::Internal)?;
    match users::restriction(db, user.id)?.as_deref() {
        Some("full") => return Err(Refusal::ClientRestricted),
        Some(_) => return Err(Refusal::RestrictionLimitsExceeded),
        None => {}
    }
    let known = is_known(&user);
    if let Some(Value::Object(restrictions)) = &transaction.restrictions
        && !Restrictions::read(&Fields::root(restrictions))?.allow(&user.kind, user.level, known)
    {
        return Err(Refusal::RestrictionViolation);
    }
    if let Some(inquiries) = &transaction.inquiries {
        let unknown = Refusal::Person(PersonFault::IdentityUnknown);
        let answered = payer_rules::accept(inquiries, known).ok_or(unknown)?;
        transactions::set_inquiries(db, &transaction.key, &answered)?;
    }
    Ok(())
}

/// Whether Paysera can tell a merchant who the user is.
fn is_known(user: &User) -> bool {
    user.name.is_some() && user.surname.is_some() && user.person_code.is_some()
}

/// Writes down what the payer said about single payments.
fn note_answers(
    db: &Connection,
    transaction: &mut StoredTransaction,
    acceptance: &Acceptance,
) -> Result<(), Refusal> {
    for (payment, source) in &acceptance.funds_sources {
        let found = transaction
            .payments
            .iter()
            .enumerate()
            .find(|(index, one)| one.id.to_string() == *payment || index.to_string() == *payment);
        let (_, found) = found.ok_or_else(|| {
            Refusal::parameter(format!("funds_sources.{payment}"), "No such payment in this transaction")
        })?;
        payments::set_funds_source(db, found.id, source)?;
    }
    if acceptance.without_passwords {
        for payment in &mut transaction.payments {
            let id = payment.id;
            if let Some(password) = payment.password.as_mut().filter(|password| password.optional) {
                password.status = PasswordStatus::Disabled;
                payments::set_password_status(db, id, password.status)?;
            }
        }
    }
    Ok(())
}

/// What stands between the acceptance and the reservation.
fn what_it_waits_for(
    db: &Connection,
    transaction: &StoredTransaction,
    wallet: &Wallet,
    acceptance: &Acceptance,
) -> Result<Event, Refusal> {
    if acceptance.on_the_web && !has_funds(db, transaction, wallet)? {
        return Ok(Event::AcceptBeforeFunds);
    }
    Ok(if transaction.payments.iter().any(|payment| payment.beneficiary.is_none()) {
        Event::AcceptBeforeRegistration
    } else if transaction.payments.iter().any(StoredPayment::waits_for_password) {
        Event::AcceptBeforePassword
    } else {
        Event::Accept
    })
}

fn has_funds(db: &Connection, transaction: &StoredTransaction, wallet: &Wallet) -> Result<bool, Refusal> {
    let balances = ledger::balances(db, wallet.id)?;
    Ok(transaction.totals()?.iter().all(|(currency, total)| {
        balances.get(currency.code()).is_some_and(|balance| balance.at_disposal >= *total)
    }))
}

fn check_payment(
    db: &Connection,
    now: i64,
    limits: &Limits,
    payer: &Wallet,
    payment: &StoredPayment,
) -> Result<(), Refusal> {
    if payment.beneficiary == Some(payer.id) {
        return Err(Refusal::PaymentToSameAccount);
    }
    let beneficiary = match payment.beneficiary {
        Some(wallet) => Some(wallets::wallet(db, wallet)?.ok_or(Refusal::NotFound("Beneficiary not found"))?),
        None => None,
    };
    if beneficiary.as_ref().is_some_and(|wallet| !wallet.active) {
        return Err(Refusal::BeneficiaryInactive);
    }
    let customer = match payment.service {
        Service::Pay | Service::CashOut => payer,
        Service::CashIn => beneficiary.as_ref().ok_or(Refusal::Internal)?,
    };
    if customer.level < Level::Identified {
        return Err(Refusal::ClientNotVerified);
    }
    if payment.service.is_cash() {
        let since = now.saturating_sub(DAY_SECONDS);
        let used = payments::cash_used(db, customer.id, payment.price.currency(), since)?;
        if !limits.allow(payment.price.minor(), used) {
            return Err(Refusal::LimitsExceeded);
        }
        payments::set_cash_wallet(db, payment.id, customer.id)?;
    }
    Ok(())
}
