//! Permissions to charge a wallet without asking (wallet-api section 6.1):
//! asking for one, giving it, charging by it, taking it back.

use paysera_core::money::{Currency, Money};
use rusqlite::Connection;

use super::{access, create, read};
use crate::domain::allowance::{AllowanceStatus, Asked};
use crate::domain::draft::Draft;
use crate::domain::identity::Level;
use crate::domain::status::{Event, Status};
use crate::error::Refusal;
use crate::store::allowances::{self, Given, StoredAllowance};
use crate::store::credentials::Caller;
use crate::store::history::Actor;
use crate::store::ledger;
use crate::store::transactions::{self, StoredTransaction};
use crate::store::wallets::{self, Wallet};

/// Creates a transaction that only asks for an allowance.
pub(crate) fn create(
    db: &Connection,
    now: i64,
    caller: &Caller,
    draft: Draft,
) -> Result<StoredAllowance, Refusal> {
    let transaction = create::create(db, now, caller, draft)?;
    let (allowance, _) = allowances::shown(db, &transaction.key)?.ok_or(Refusal::Internal)?;
    Ok(allowance)
}

/// Puts what `draft` asks for beside the payments of its transaction `key`.
pub(super) fn ask(
    db: &Connection,
    now: i64,
    caller: &Caller,
    key: &str,
    draft: &Draft,
) -> Result<(), Refusal> {
    let Some(asked) = &draft.allowance else { return Ok(()) };
    let Caller::Client { id: client, .. } = caller else {
        return Err(Refusal::Forbidden("Only a merchant's client asks for an allowance"));
    };
    let id = match &asked.what {
        Asked::New(terms) => allowances::insert(db, now, client, key, terms)?,
        Asked::Existing(id) => {
            let allowance = allowances::find(db, *id)?
                .filter(|allowance| allowance.client_id == *client)
                .ok_or(Refusal::NotFound("Allowance not found"))?;
            match allowance.status {
                AllowanceStatus::New => take_along(db, now, caller, key, &allowance)?,
                AllowanceStatus::Active if draft.payments.is_empty() => {
                    return Err(Refusal::parameter("allowance.id", "It is active: nobody has to accept it"));
                }
                AllowanceStatus::Active => {}
                AllowanceStatus::Inactive | AllowanceStatus::Deleted => return Err(OVER),
            }
            allowance.id
        }
    };
    allowances::show(db, key, id, asked.optional)
}

const OVER: Refusal = Refusal::InvalidState("The allowance is over");

/// Moves a new allowance to the transaction `key` (wallet-api section 5). The
/// one that it leaves is deleted if nothing else is in it.
fn take_along(
    db: &Connection,
    now: i64,
    caller: &Caller,
    key: &str,
    allowance: &StoredAllowance,
) -> Result<(), Refusal> {
    let left = transactions::find(db, &allowance.transaction_key)?.ok_or(Refusal::Internal)?;
    if left.status != Status::New {
        return Err(Refusal::InvalidState("The transaction of this allowance is under way"));
    }
    allowances::take_along(db, allowance.id, key)?;
    drop_if_empty(db, now, caller, &left)
}

/// Ends a transaction in which nothing is left to accept.
fn drop_if_empty(
    db: &Connection,
    now: i64,
    caller: &Caller,
    transaction: &StoredTransaction,
) -> Result<(), Refusal> {
    match transaction.status.after(Event::Revoke) {
        Some(ended) if transaction.payments.is_empty() => {
            transactions::set_ended(db, now, &transaction.key, ended, Actor::Caller(caller))
        }
        _ => Ok(()),
    }
}

/// The allowance of that number, if `caller` may know it: its client, and who
/// gave it; the token that a shop got stands for that shop only.
pub(crate) fn visible(db: &Connection, caller: &Caller, id: i64) -> Result<StoredAllowance, Refusal> {
    let none = Refusal::NotFound("Allowance not found");
    let Some(allowance) = allowances::find(db, id)? else { return Err(none) };
    let known = match caller {
        Caller::Client { id, .. } => allowance.client_id == *id,
        Caller::User { wallet, client, .. } => {
            allowance.given.is_some_and(|given| given.wallet == *wallet)
                && (allowance.client_id == *client || access::is_app(db, caller)?)
        }
    };
    if known { Ok(allowance) } else { Err(none) }
}

/// The active allowance of the caller's client on `wallet`; a user's token
/// asks for its own wallet only.
pub(crate) fn active(db: &Connection, caller: &Caller, wallet: i64) -> Result<StoredAllowance, Refusal> {
    let client = match caller {
        Caller::Client { id, .. } => id,
        Caller::User { wallet: own, client, .. } if *own == wallet => client,
        Caller::User { .. } => return Err(Refusal::Forbidden("The token is of another wallet")),
    };
    allowances::active(db, client, wallet)?.ok_or(Refusal::NotFound("No active allowance"))
}

/// Takes back an allowance: one that nobody accepted is deleted, an active one
/// can't be charged any more.
pub(crate) fn cancel(
    db: &Connection,
    now: i64,
    caller: &Caller,
    allowance: &StoredAllowance,
) -> Result<StoredAllowance, Refusal> {
    // A client has no scopes: for it this is always so.
    caller.require("manage_account")?;
    allowances::end(db, now, allowance.id, allowance.status.canceled().ok_or(OVER)?)?;
    if allowance.status == AllowanceStatus::New {
        let transaction = transactions::find(db, &allowance.transaction_key)?.ok_or(Refusal::Internal)?;
        drop_if_empty(db, now, caller, &transaction)?;
    }
    allowances::find(db, allowance.id)?.ok_or(Refusal::Internal)
}

/// The largest sum that can be charged now: what is left of the allowance or
/// the balance, whichever is less; nothing from a wallet that can't pay.
pub(crate) fn chargeable(
    db: &Connection,
    now: i64,
    caller: &Caller,
    wallet: i64,
    currency: Currency,
) -> Result<Money, Refusal> {
    let allowance = active(db, caller, wallet)?;
    let owner = wallets::wallet(db, wallet)?.ok_or(Refusal::Internal)?;
    let minor = if allowance.terms.currency == currency && owner.active && owner.level >= Level::Identified {
        room(db, now, &allowance)?.min(ledger::balance(db, wallet, currency)?.at_disposal).max(0)
    } else {
        0
    };
    Ok(Money::from_minor(minor, currency))
}

/// The allowance by which `client` may have the transaction paid from
/// `wallet`, whatever the balance.
pub(crate) fn covering(
    db: &Connection,
    now: i64,
    client: &str,
    wallet: i64,
    transaction: &StoredTransaction,
) -> Result<StoredAllowance, Refusal> {
    if !transaction.use_allowance {
        return Err(Refusal::NoRights("The transaction does not let an allowance be used"));
    }
    let Some(allowance) = allowances::active(db, client, wallet)? else {
        return Err(Refusal::NoRights("No active allowance for this wallet"));
    };
    // A permission must not be made larger without asking.
    if allowances::offered(db, &transaction.key)?.is_some_and(|(_, optional)| !optional) {
        return Err(Refusal::NoRights(
            "A new allowance is accepted by the customer, not by another allowance",
        ));
    }
    let mut sum = 0_i64;
    for payment in &transaction.payments {
        // PROPOSAL: as if there were none.
        if payment.price.currency() != allowance.terms.currency {
            return Err(Refusal::NoRights("The allowance is in another currency"));
        }
        sum = sum.checked_add(payment.price.minor()).ok_or(Refusal::LimitsExceeded)?;
    }
    if sum > room(db, now, &allowance)? {
        return Err(Refusal::LimitsExceeded);
    }
    Ok(allowance)
}

/// Charges the transaction to the allowance of `client` on `wallet`; the number
/// of the allowance. Nobody is there to accept another one beside the payments.
pub(super) fn charge(
    db: &Connection,
    now: i64,
    client: &str,
    wallet: i64,
    transaction: &StoredTransaction,
) -> Result<i64, Refusal> {
    let allowance = covering(db, now, client, wallet, transaction)?;
    if let Some((offered, _)) = allowances::offered(db, &transaction.key)? {
        allowances::end(db, now, offered.id, AllowanceStatus::Deleted)?;
    }
    Ok(allowance.id)
}

/// The payer declines the allowance of a transaction and is going to pay.
/// PROPOSAL: `decline_allowance` in the body of the reserve.
pub(crate) fn decline(db: &Connection, now: i64, caller: &Caller, key: &str) -> Result<(), Refusal> {
    let refused = |reason| Err(Refusal::parameter("decline_allowance", reason));
    let transaction = read::visible(db, caller, key)?;
    if transaction.status.after(Event::Accept).is_none() {
        return Err(Refusal::InvalidState("Transaction must be new"));
    }
    match allowances::offered(db, key)? {
        None => refused("The transaction asks for no allowance"),
        Some((_, false)) => refused("This allowance is not optional: accept or reject the whole transaction"),
        Some(_) if transaction.payments.is_empty() => {
            refused("Nothing else is in the transaction: reject it")
        }
        Some((allowance, true)) => allowances::end(db, now, allowance.id, AllowanceStatus::Deleted),
    }
}

/// Gives the allowance that an accepted transaction offers: its client may
/// charge `payer` from now on. PROPOSAL: the acceptance counts, without the
/// confirmation of the client.
pub(super) fn give(
    db: &Connection,
    now: i64,
    caller: &Caller,
    transaction: &StoredTransaction,
    payer: &Wallet,
) -> Result<(), Refusal> {
    let Some((allowance, _)) = allowances::offered(db, &transaction.key)? else {
        return if transaction.payments.is_empty() { Err(OVER) } else { Ok(()) };
    };
    // Else a shop could give itself one with a token that it got for something else.
    if matches!(caller, Caller::User { .. }) && !access::is_app(db, caller)? {
        return Err(Refusal::NoRights("An allowance is accepted in the customer's app or with a code"));
    }
    if payer.level < Level::Identified {
        return Err(Refusal::ClientNotVerified);
    }
    let expires_at = allowance.terms.valid.end(now);
    allowances::activate(db, &allowance, Given { wallet: payer.id, confirmed_at: now, expires_at })
}

fn room(db: &Connection, now: i64, allowance: &StoredAllowance) -> Result<i64, Refusal> {
    allowance.terms.room(now, |since| allowances::charged(db, allowance.id, since))
}
