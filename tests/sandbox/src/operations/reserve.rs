//! Accepting a transaction: every way to find the payer, then the rules of
//! wallet-api sections 5.4 and 9.4, then the holds.

use paysera_core::money::Money;
use rusqlite::Connection;

use super::end;
use super::read::visible;
use crate::domain::Service;
use crate::domain::cash::{DAY_SECONDS, Limits};
use crate::domain::identity::Level;
use crate::domain::status::Event;
use crate::error::Refusal;
use crate::store::allowances::Allowance;
use crate::store::credentials::Caller;
use crate::store::history::Actor;
use crate::store::transactions::{self, Acceptance, StoredPayment, StoredTransaction};
use crate::store::wallets::{self, Wallet};
use crate::store::{codes, ledger};

/// How the request says who pays.
#[derive(Clone, Debug)]
pub(crate) enum Payer {
    /// The wallet of this reservation code.
    Code(String),
    /// This wallet.
    Wallet(i64),
}

/// Holds the payer's money for the transaction of that key.
pub(crate) fn reserve(
    db: &Connection,
    now: i64,
    limits: &Limits,
    caller: &Caller,
    key: &str,
    payer: &Payer,
) -> Result<StoredTransaction, Refusal> {
    let transaction = visible(db, caller, key)?;
    let event = if transaction.auto_confirm { Event::AcceptAndConfirm } else { Event::Accept };
    // Before the code is looked at: a transaction that is over spends none.
    let Some(next) = transaction.status.after(event) else {
        return Err(Refusal::InvalidState("Transaction must be new"));
    };
    let until = transaction.reserve.end(now);
    if until <= now {
        return Err(Refusal::InvalidState("The reserve time is over"));
    }
    let (wallet, by) = authorise(db, now, caller, &transaction, payer)?;
    let wallet = wallets::wallet(db, wallet)?.ok_or(Refusal::NotFound("Payer not found"))?;
    if !wallet.active {
        return Err(Refusal::PayerInactive);
    }
    // First, so that the second cash payment of a transaction sees the first
    // one in the customer's limits.
    transactions::set_accepted(db, now, key, wallet.id, by, until, Actor::Caller(caller))?;
    for payment in &transaction.payments {
        check_payment(db, now, limits, &wallet, payment)?;
    }
    for payment in &transaction.payments {
        ledger::hold(db, payment.id, wallet.id, payment.price)?;
    }
    let accepted = transactions::find(db, key)?.ok_or(Refusal::Internal)?;
    if event == Event::AcceptAndConfirm {
        return end::settle(db, now, caller, &accepted, next);
    }
    Ok(accepted)
}

/// Whose wallet pays, and by which right.
fn authorise(
    db: &Connection,
    now: i64,
    caller: &Caller,
    transaction: &StoredTransaction,
    payer: &Payer,
) -> Result<(i64, Acceptance), Refusal> {
    match (payer, caller) {
        (Payer::Code(code), Caller::Client { .. }) => {
            Ok((codes::spend(db, now, code)?, Acceptance::ReservationCode))
        }
        (Payer::Code(code), Caller::User { wallet: own, .. }) => {
            let wallet = codes::spend(db, now, code)?;
            if wallet == *own {
                Ok((wallet, Acceptance::ReservationCode))
            } else {
                Err(Refusal::NoRights("The code is of another wallet"))
            }
        }
        (Payer::Wallet(wallet), Caller::User { wallet: own, .. }) => {
            if wallet == own {
                Ok((*wallet, Acceptance::MobileApp))
            } else {
                Err(Refusal::NoRights("The token is of another wallet"))
            }
        }
        (Payer::Wallet(wallet), Caller::Client { id, .. }) => {
            let allowance = Allowance::active(db, id, *wallet)?.filter(|_| transaction.use_allowance);
            let Some(allowance) = allowance else {
                return Err(Refusal::NoRights("No active allowance for this wallet"));
            };
            let prices: Vec<Money> = transaction.payments.iter().map(|payment| payment.price).collect();
            if !allowance.covers(db, now, &prices)? {
                return Err(Refusal::LimitsExceeded);
            }
            Ok((*wallet, Acceptance::Allowance(allowance.id)))
        }
    }
}

fn check_payment(
    db: &Connection,
    now: i64,
    limits: &Limits,
    payer: &Wallet,
    payment: &StoredPayment,
) -> Result<(), Refusal> {
    if payment.beneficiary == payer.id {
        return Err(Refusal::PaymentToSameAccount);
    }
    let beneficiary =
        wallets::wallet(db, payment.beneficiary)?.ok_or(Refusal::NotFound("Beneficiary not found"))?;
    if !beneficiary.active {
        return Err(Refusal::BeneficiaryInactive);
    }
    let customer = match payment.service {
        Service::Pay | Service::CashOut => payer,
        Service::CashIn => &beneficiary,
    };
    if customer.level < Level::Identified {
        return Err(Refusal::ClientNotVerified);
    }
    if payment.service.is_cash() {
        let since = now.saturating_sub(DAY_SECONDS);
        let used = transactions::cash_used(db, customer.id, payment.price.currency(), since)?;
        if !limits.allow(payment.price.minor(), used) {
            return Err(Refusal::LimitsExceeded);
        }
        transactions::set_cash_wallet(db, payment.id, customer.id)?;
    }
    Ok(())
}
