//! Whose wallet pays a transaction, and by which right (wallet-api section 5.4).

use rusqlite::Connection;

use super::access::{is_app, require_permission};
use super::allowances;
use super::create::registered;
use crate::domain::acceptance::{Acceptance, Payer, Proof};
use crate::domain::person_fault::PersonFault;
use crate::error::Refusal;
use crate::store::credentials::Caller;
use crate::store::transactions::{Acceptance as By, StoredTransaction};
use crate::store::{attempts, codes, messages, users, wallets};

/// The payer's wallet, and how it accepts.
pub(super) fn payer(
    db: &Connection,
    now: i64,
    caller: &Caller,
    transaction: &StoredTransaction,
    acceptance: &Acceptance,
) -> Result<(i64, By), Refusal> {
    if let Payer::Code(code) = &acceptance.payer {
        let wallet = codes::spend(db, now, code)?;
        return match caller {
            Caller::User { wallet: own, .. } if wallet != *own => {
                Err(Refusal::NoRights("The code is of another wallet"))
            }
            Caller::User { .. } | Caller::Client { .. } => Ok((wallet, By::ReservationCode)),
        };
    }
    let wallet = named(db, transaction, &acceptance.payer)?;
    match (caller, &acceptance.proof) {
        (Caller::User { wallet: own, .. }, _) if wallet != *own => {
            Err(Refusal::NoRights("The token is of another wallet"))
        }
        // Else a shop could pay itself with a token that it got for something else.
        (Caller::User { .. }, _) if !is_app(db, caller)? => {
            Err(Refusal::NoRights("A payment is accepted in the customer's app or with a code"))
        }
        (Caller::User { .. }, _) if acceptance.on_the_web => Ok((wallet, By::Page)),
        (Caller::User { .. }, _) => Ok((wallet, By::MobileApp)),
        (Caller::Client { .. }, Some(Proof::Pin(pin))) => {
            require_permission(db, caller, "accept_with_pin")?;
            check_pin(db, now, wallet, pin)?;
            Ok((wallet, By::Pin))
        }
        (Caller::Client { .. }, Some(Proof::SmsCode(code))) => {
            require_permission(db, caller, "accept_with_flash")?;
            if transaction.asked_wallet != Some(wallet) {
                return Err(Refusal::InvalidState("The payer must be asked by flash first"));
            }
            let owner = wallets::wallet(db, wallet)?.ok_or(Refusal::Internal)?.user;
            messages::use_flash_code(db, now, owner, &transaction.key, code)?;
            Ok((wallet, By::Flash))
        }
        (Caller::Client { id, .. }, None) => {
            let allowance = allowances::charge(db, now, id, wallet, transaction)?;
            Ok((wallet, By::Allowance(allowance)))
        }
    }
}

/// The wallet that the request names.
fn named(db: &Connection, transaction: &StoredTransaction, payer: &Payer) -> Result<i64, Refusal> {
    let wallet = match payer {
        Payer::Code(_) => return Err(Refusal::Internal),
        Payer::Wallet(wallet) => Some(*wallet),
        Payer::Account(number) => wallets::by_account_number(db, number)?,
        Payer::Person(by) => registered(db, by)?,
        Payer::Card { issuer, number } => wallets::by_alias(db, "card", number, issuer.as_deref())?,
        Payer::Asked => {
            return transaction
                .asked_wallet
                .ok_or(Refusal::InvalidState("The payer must be asked by flash first"));
        }
    };
    wallet.ok_or(Refusal::NotFound("Payer not found"))
}

fn check_pin(db: &Connection, now: i64, wallet: i64, pin: &str) -> Result<(), Refusal> {
    let owner = wallets::wallet(db, wallet)?.ok_or(Refusal::NotFound("Payer not found"))?.user;
    let right = users::pin(db, owner)?.ok_or(Refusal::NoRights("The payer has no PIN"))?;
    let subject = format!("pin:{owner}");
    attempts::check(db, now, &subject)?;
    if right != pin {
        return Err(Refusal::Person(PersonFault::WrongPin { subject }));
    }
    attempts::forget(db, &subject)
}
