//! Asking somebody to accept a transaction (wallet-api section 5.3).

use rusqlite::Connection;
use serde_json::{Map, Value};

use super::access::require_permission;
use super::read::own;
use crate::domain::contact::{self, Criterion};
use crate::domain::fields::Fields;
use crate::domain::status::{Event, Status};
use crate::error::Refusal;
use crate::store::credentials::Caller;
use crate::store::history::Actor;
use crate::store::messages::{self, Purpose};
use crate::store::requests::{self, Asked};
use crate::store::transactions::{self, StoredTransaction};
use crate::store::{users, wallets};

/// Most people that are asked to accept one transaction. PROPOSAL.
const MAX_REQUESTS: i64 = 20;

/// Sends the owner of `wallet` an SMS whose code accepts the transaction.
pub(crate) fn flash(
    db: &Connection,
    now: i64,
    caller: &Caller,
    key: &str,
    wallet: i64,
) -> Result<StoredTransaction, Refusal> {
    require_permission(db, caller, "accept_with_flash")?;
    let transaction = own(db, caller, key)?;
    if transaction.status.after(Event::Ask).is_none() {
        return Err(Refusal::InvalidState("Transaction must be new"));
    }
    let wallet = wallets::wallet(db, wallet)?.ok_or(Refusal::NotFound("Payer not found"))?;
    if !wallet.active {
        return Err(Refusal::PayerInactive);
    }
    let user = users::user(db, wallet.user)?.ok_or(Refusal::Internal)?;
    let phone = user.phone.ok_or(Refusal::NoRights("The payer has no confirmed phone"))?;
    messages::send_code(db, now, user.id, &phone, Purpose::Flash, key)?;
    transactions::set_asked(db, now, key, Some(wallet.id), Actor::Caller(caller))?;
    transactions::find(db, key)?.ok_or(Refusal::Internal)
}

/// A request that was sent.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) id: i64,
    pub(crate) asked: Asked,
}

/// Asks a person to accept the transaction in the app.
pub(crate) fn request(
    db: &Connection,
    now: i64,
    caller: &Caller,
    key: &str,
    body: &Map<String, Value>,
) -> Result<Sent, Refusal> {
    caller.require("sent_transaction_requests")?;
    let transaction = own(db, caller, key)?;
    let asked = asked(db, &Fields::root(body))?;
    match transaction.status {
        Status::New => transactions::set_asked(db, now, key, None, Actor::Caller(caller))?,
        Status::Waiting => {}
        _ => return Err(Refusal::InvalidState("Transaction must be new or waiting")),
    }
    if requests::count(db, key)? >= MAX_REQUESTS {
        return Err(Refusal::InvalidState("Twenty people were asked already"));
    }
    let id = requests::insert(db, now, key, &asked)?;
    Ok(Sent { id, asked })
}

fn asked(db: &Connection, fields: &Fields<'_>) -> Result<Asked, Refusal> {
    let names = ["user_id", "email", "phone"];
    if names.iter().filter(|name| fields.get(name).is_some()).count() != 1 {
        return Err(fields.refuse("user_id", "Give exactly one of user_id, email and phone"));
    }
    let initiator = fields.integer("initiator_id")?;
    if let Some(initiator) = initiator {
        users::user(db, initiator)?.ok_or(Refusal::NotFound("Initiator not found"))?;
    }
    let mut asked = Asked { initiator, ..Asked::default() };
    if let Some(id) = fields.integer("user_id")? {
        asked.user = Some(users::user(db, id)?.ok_or(Refusal::NotFound("User not found"))?.id);
        return Ok(asked);
    }
    let by = if let Some(email) = fields.text("email")? {
        let email = contact::email(email).ok_or_else(|| fields.refuse("email", "This is not an address"))?;
        asked.email = Some(email.clone());
        Criterion::Email(email)
    } else {
        let phone = contact::phone(fields.required("phone")?)
            .ok_or_else(|| fields.refuse("phone", "This is not a phone with its country code"))?;
        asked.phone = Some(phone.clone());
        Criterion::Phone(phone)
    };
    asked.user = users::find(db, &by)?.map(|user| user.id);
    Ok(asked)
}
