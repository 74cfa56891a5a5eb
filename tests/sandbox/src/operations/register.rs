//! Registering users, their phones and their passwords (wallet-api section
//! 3.4).

use rusqlite::Connection;
use serde_json::{Map, Value};

use super::access;
use super::sign_in::{invalid_scope, password_subject};
use crate::domain::contact::{self, Criterion};
use crate::domain::fields::Fields;
use crate::domain::person_fault::PersonFault;
use crate::domain::{password, scopes};
use crate::error::Refusal;
use crate::secrets;
use crate::store::clients;
use crate::store::credentials::{Caller, Signer};
use crate::store::messages::{self, Purpose};
use crate::store::users::{self, Registration, User};
use crate::store::{attempts, tokens, wallets};

/// Longest locale, for example `ka_GE`.
const MAX_LOCALE: usize = 16;

/// Writes a new user with an empty wallet and sends the code that confirms the
/// phone.
pub(crate) fn register(
    db: &Connection,
    now: i64,
    signer: &Signer,
    body: &Map<String, Value>,
) -> Result<User, Refusal> {
    require_app(db, signer)?;
    let fields = Fields::root(body);
    let phone = new_phone(&fields)?;
    if users::find(db, &Criterion::Phone(phone.clone()))?.is_some() {
        return Err(Refusal::Person(PersonFault::UserAlreadyExists));
    }
    check_scopes(&fields)?;
    let locale = fields.text("locale")?;
    if locale.is_some_and(|locale| locale.len() > MAX_LOCALE) {
        return Err(fields.refuse("locale", "This value is too long"));
    }
    let credentials = fields.object("credentials")?.ok_or_else(|| fields.blank("credentials"))?;
    let chosen = credentials.required("password")?;
    password::check(chosen, &[Some(&phone)])?;
    let hashed = secrets::hash(chosen).ok_or(Refusal::Internal)?;
    let id = users::insert(db, &Registration { phone: &phone, locale, password: &hashed })?;
    wallets::insert(db, id)?;
    messages::send_code(db, now, id, &phone, Purpose::Phone, "")?;
    found(db, id)
}

/// Notes another phone and sends the code that confirms it. PROPOSAL: an app
/// may do so without the user's token only before the first phone is
/// confirmed, else it could take users over.
pub(crate) fn change_phone(
    db: &Connection,
    now: i64,
    signer: &Signer,
    id: i64,
    body: &Map<String, Value>,
) -> Result<User, Refusal> {
    let user = found(db, id)?;
    if own_token(db, signer, id)?.is_none() && user.phone.is_some() {
        return Err(Refusal::Forbidden("Use the user's token"));
    }
    let fields = Fields::root(body);
    let phone = new_phone(&fields)?;
    check_scopes(&fields)?;
    check_free(db, id, &phone)?;
    users::claim_phone(db, id, &phone)?;
    messages::send_code(db, now, id, &phone, Purpose::Phone, "")?;
    found(db, id)
}

/// Makes the claimed phone the user's, by the code that was sent to it.
pub(crate) fn confirm_phone(
    db: &Connection,
    now: i64,
    signer: &Signer,
    id: i64,
    body: &Map<String, Value>,
) -> Result<User, Refusal> {
    let user = found(db, id)?;
    own_token(db, signer, id)?;
    let phone = user.phone_unconfirmed.ok_or(Refusal::InvalidState("There is no phone to confirm"))?;
    messages::use_code(db, now, id, Purpose::Phone, Fields::root(body).required("code")?)?;
    check_free(db, id, &phone)?;
    users::confirm_phone(db, id)?;
    found(db, id)
}

/// Sends the code with which a password can be chosen anew; the user's number.
pub(crate) fn reset_password(
    db: &Connection,
    now: i64,
    signer: &Signer,
    body: &Map<String, Value>,
) -> Result<i64, Refusal> {
    require_app(db, signer)?;
    let fields = Fields::root(body);
    let (name, contact) = match (fields.text("phone")?, fields.text("email")?) {
        (Some(phone), None) => ("phone", phone),
        (None, Some(email)) => ("email", email),
        _ => return Err(fields.refuse("phone", "Give either phone or email")),
    };
    let by = contact::criterion(contact).ok_or_else(|| fields.refuse(name, "This value can't be read"))?;
    let user = users::find(db, &by)?.ok_or(Refusal::NotFound("User not found"))?;
    if let Some(right) = &user.person_code {
        let given = match fields.object("identity")? {
            Some(identity) => identity.text("code")?,
            None => None,
        };
        let given = given.ok_or(Refusal::Person(PersonFault::IdentityRequired))?;
        let subject = format!("identity:{}", user.id);
        attempts::check(db, now, &subject)?;
        if given != right {
            return Err(Refusal::Person(PersonFault::InvalidIdentity { subject }));
        }
    }
    let recipient = match by {
        Criterion::Email(email) => Some(email),
        _ => user.phone,
    };
    messages::send_code(db, now, user.id, &recipient.ok_or(Refusal::Internal)?, Purpose::Password, "")?;
    Ok(user.id)
}

/// Writes a new password, allowed by a code or by the present one. The user's
/// tokens end, but for the one that signs.
pub(crate) fn set_password(
    db: &Connection,
    now: i64,
    signer: &Signer,
    id: i64,
    body: &Map<String, Value>,
) -> Result<(), Refusal> {
    let user = found(db, id)?;
    let fields = Fields::root(body);
    let kept = own_token(db, signer, id)?;
    match (fields.text("code")?, fields.text("old_password")?) {
        (Some(code), None) => {
            messages::use_code(db, now, id, Purpose::Password, code)?;
        }
        (None, Some(old)) => {
            if kept.is_none() {
                return Err(Refusal::Forbidden("Use the user's token, or a code"));
            }
            let subject = password_subject(id);
            attempts::check(db, now, &subject)?;
            if !secrets::verify(old, user.password.as_deref()) {
                return Err(Refusal::Person(PersonFault::InvalidPassword { subject }));
            }
        }
        _ => return Err(fields.refuse("code", "Give either code or old_password")),
    }
    let chosen = fields.required("password")?;
    password::check(chosen, &[user.phone.as_deref(), user.email.as_deref()])?;
    users::set_password(db, id, &secrets::hash(chosen).ok_or(Refusal::Internal)?)?;
    attempts::forget(db, &password_subject(id))?;
    tokens::revoke_of_user(db, id, kept)
}

fn found(db: &Connection, id: i64) -> Result<User, Refusal> {
    users::user(db, id)?.ok_or(Refusal::NotFound("User not found"))
}

/// The token of the user itself, if that signs.
fn own_token<'a>(db: &Connection, signer: &'a Signer, id: i64) -> Result<Option<&'a str>, Refusal> {
    match signer {
        Signer::Caller(caller @ Caller::User { user, .. }) if *user == id => {
            access::app_token(db, caller).map(|(token, _)| Some(token))
        }
        other => require_app(db, other).map(|()| None),
    }
}

fn require_app(db: &Connection, signer: &Signer) -> Result<(), Refusal> {
    if clients::own(db, signer)?.is_app() { Ok(()) } else { Err(Refusal::Forbidden("This is for apps")) }
}

fn check_free(db: &Connection, id: i64, phone: &str) -> Result<(), Refusal> {
    match users::find(db, &Criterion::Phone(phone.to_owned()))? {
        Some(other) if other.id != id => Err(Refusal::Person(PersonFault::PhoneAlreadyAssigned)),
        _ => Ok(()),
    }
}

fn new_phone(fields: &Fields<'_>) -> Result<String, Refusal> {
    let phone = contact::phone(fields.required("phone")?)
        .ok_or_else(|| fields.refuse("phone", "This value should be digits with the country code"))?;
    if contact::is_prohibited(&phone) {
        return Err(Refusal::Person(PersonFault::ProhibitedCountry));
    }
    Ok(phone)
}

/// Checks `parameters.scopes`. PROPOSAL: they open nothing, as a code that goes
/// to a new phone proves nothing about the old one.
fn check_scopes(fields: &Fields<'_>) -> Result<(), Refusal> {
    let Some(parameters) = fields.object("parameters")? else { return Ok(()) };
    let Some(list) = parameters.get("scopes") else { return Ok(()) };
    let names: Vec<String> = serde_json::from_value(list.clone())
        .map_err(|_| parameters.refuse("scopes", "This value should be a list of scopes"))?;
    for name in names.iter().filter(|name| !scopes::is_extended(name)) {
        scopes::parse(name).map_err(invalid_scope)?;
    }
    Ok(())
}
