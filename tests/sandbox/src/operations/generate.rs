//! Giving a device what it makes reservation codes with (wallet-api section
//! 8.4).

use rusqlite::Connection;
use serde_json::{Map, Value};

use super::access::app_token;
use crate::domain::fields::Fields;
use crate::error::Refusal;
use crate::reservation_code::SEED_BYTES;
use crate::store::credentials::Caller;
use crate::store::generators::{self, GeneratorSet};
use crate::store::messages::{self, Purpose};
use crate::store::{users, wallets};

/// Where the code stands in a link.
const CODE_MARK: &str = "{code}";

/// Writes the user a code for a generator; when it ends. PROPOSAL: `scopes`
/// and `context` are checked and open nothing.
pub(crate) fn send_code(
    db: &Connection,
    now: i64,
    caller: &Caller,
    body: &Map<String, Value>,
) -> Result<i64, Refusal> {
    let (_, user) = app_token(db, caller)?;
    let fields = Fields::root(body);
    let link = fields.uri("link")?;
    if link.is_some_and(|link| !link.contains(CODE_MARK)) {
        return Err(fields.refuse("link", "This value should contain {code}"));
    }
    match fields.get("scopes") {
        None => {}
        Some(Value::Array(scopes)) if scopes.iter().all(|scope| scope == "convert_currency") => {}
        Some(Value::String(scope)) if scope == "convert_currency" => {}
        Some(_) => return Err(fields.refuse("scopes", "This value should be convert_currency")),
    }
    fields.text("action")?;
    fields.object("context")?;
    let user = users::user(db, user)?.ok_or(Refusal::Internal)?;
    let recipient =
        user.phone.or(user.email).ok_or(Refusal::InvalidState("The user has no phone and no e-mail"))?;
    messages::send_code_in(db, now, user.id, &recipient, Purpose::Generator, link)
}

/// Makes a generator for the user's wallets, by the code that was sent; it and
/// its seed, which is never told again.
pub(crate) fn create(
    db: &Connection,
    now: i64,
    caller: &Caller,
    body: &Map<String, Value>,
) -> Result<(GeneratorSet, [u8; SEED_BYTES]), Refusal> {
    let (_, user) = app_token(db, caller)?;
    messages::use_code(db, now, user, Purpose::Generator, Fields::root(body).required("code")?)?;
    let wallets = wallets::of_user(db, user, false)?;
    if wallets.is_empty() {
        return Err(Refusal::InvalidState("The user has no active wallet"));
    }
    let (id, seed) = generators::create(db, now, user, &wallets)?;
    Ok((generators::find(db, id)?.ok_or(Refusal::Internal)?, seed))
}

/// The user's generator of that number.
pub(crate) fn find(db: &Connection, caller: &Caller, id: i64) -> Result<GeneratorSet, Refusal> {
    let (_, user) = app_token(db, caller)?;
    generators::find(db, id)?
        .filter(|generator| generator.user == user)
        .ok_or(Refusal::NotFound("Generator not found"))
}
