//! Users and their wallets.

use paysera_core::money::{Currency, Money};
use rusqlite::{Connection, params};

use super::{MAX_ENTRIES, new_id, new_mac_id};
use crate::domain::contact;
use crate::domain::fields::Fields;
use crate::domain::identity::Level;
use crate::error::Refusal;
use crate::secrets;
use crate::seed::APP_CLIENT_ID;
use crate::store::{clients, generators, ledger, users, wallets};

/// A user with wallets.
pub(super) fn plant_user(db: &Connection, now: i64, fields: &Fields<'_>) -> Result<(), Refusal> {
    fields.only(&[
        "id",
        "name",
        "type",
        "level",
        "phone",
        "email",
        "pin",
        "password",
        "person_code",
        "wallets",
    ])?;
    let id = new_id(fields, |id| Ok(users::user(db, id)?.is_some()))?;
    let name = fields.required("name")?;
    let kind = fields.text("type")?.unwrap_or("natural");
    if !matches!(kind, "natural" | "legal") {
        return Err(fields.refuse("type", "This value should be natural or legal"));
    }
    let level = fields.text("level")?.unwrap_or(Level::Identified.name());
    let level = Level::parse(level).ok_or_else(|| {
        fields.refuse(
            "level",
            "This value should be unidentified, semi_identified, identified or fully_identified",
        )
    })?;
    let phone = read_contact(db, fields, "phone", contact::phone)?;
    let email = read_contact(db, fields, "email", contact::email)?;
    let password = match fields.text("password")? {
        Some(password) => Some(secrets::hash(password).ok_or(Refusal::Internal)?),
        None => None,
    };
    db.execute(
        "INSERT INTO user (id, type, display_name, identification_level, phone, email, pin, password,
           name, surname, nationality, person_code, locale)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 'GE', ?11, 'en')",
        params![
            id,
            kind,
            name,
            level.name(),
            phone,
            email,
            fields.text("pin")?,
            password,
            name.split_once(' ').map_or(name, |(first, _)| first),
            name.split_once(' ').map_or(name, |(_, last)| last),
            fields.text("person_code")?,
        ],
    )
    .map_err(|error| taken(&error, fields, "person_code"))?;
    for wallet in fields.list("wallets", MAX_ENTRIES)? {
        plant_wallet(db, now, id, &wallet)?;
    }
    Ok(())
}

/// A phone or an e-mail that is nobody else's.
fn read_contact(
    db: &Connection,
    fields: &Fields<'_>,
    name: &str,
    read: fn(&str) -> Option<String>,
) -> Result<Option<String>, Refusal> {
    let Some(text) = fields.text(name)? else { return Ok(None) };
    let value = read(text).ok_or_else(|| fields.refuse(name, &format!("This is no {name}")))?;
    let by = contact::criterion(&value).ok_or(Refusal::Internal)?;
    if users::find(db, &by)?.is_some() {
        return Err(fields.refuse(name, "This is another user's"));
    }
    Ok(Some(value))
}

fn taken(error: &rusqlite::Error, fields: &Fields<'_>, name: &str) -> Refusal {
    tracing::debug!(%error, "a seed was refused");
    fields.refuse(name, "This is another one's")
}

fn plant_wallet(db: &Connection, now: i64, user: i64, fields: &Fields<'_>) -> Result<(), Refusal> {
    fields.only(&["id", "status", "balances", "token", "generator"])?;
    let id = new_id(fields, |id| Ok(wallets::wallet(db, id)?.is_some()))?;
    let status = fields.text("status")?.unwrap_or("active");
    if !matches!(status, "active" | "inactive" | "closed") {
        return Err(fields.refuse("status", "This value should be active, inactive or closed"));
    }
    wallets::insert_numbered(db, id, user, status)?;
    for balance in fields.list("balances", MAX_ENTRIES)? {
        balance.only(&["amount", "amount_decimal", "currency"])?;
        ledger::issue(db, now, id, amount(&balance)?)?;
    }
    if let Some(token) = fields.object("token")? {
        token.only(&["id", "key", "app"])?;
        let (mac_id, key) = new_mac_id(db, &token)?;
        let app = token.text("app")?.unwrap_or(APP_CLIENT_ID);
        if clients::client(db, app)?.is_none() {
            return Err(token.refuse("app", "There is no such app: name one of apps"));
        }
        db.execute(
            "INSERT INTO user_token (token, mac_key, wallet_id, client_id) VALUES (?1, ?2, ?3, ?4)",
            params![mac_id, key, id, app],
        )?;
    }
    if let Some(generator) = fields.object("generator")? {
        generator.only(&["identifier", "seed"])?;
        let identifier = generator.integer("identifier")?.and_then(|number| u64::try_from(number).ok());
        let identifier = identifier
            .filter(|number| *number < 10_000_000_000)
            .ok_or_else(|| generator.refuse("identifier", "This value should have at most ten digits"))?;
        let seed = hex(generator.required("seed")?)
            .ok_or_else(|| generator.refuse("seed", "This value should be 64 hex digits"))?;
        let set = generators::insert_set(db, user, None)?;
        generators::insert(db, set, identifier, id, seed)
            .map_err(|_| generator.refuse("identifier", "This is another generator's"))?;
    }
    Ok(())
}

fn hex(text: &str) -> Option<[u8; 32]> {
    let digits: Option<Vec<u32>> = text.chars().map(|digit| digit.to_digit(16)).collect();
    let pairs = digits?;
    let bytes: Option<Vec<u8>> = pairs
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => u8::try_from(high.checked_mul(16)?.checked_add(*low)?).ok(),
            _ => None,
        })
        .collect();
    bytes?.try_into().ok()
}

fn amount(fields: &Fields<'_>) -> Result<Money, Refusal> {
    let currency: Currency = fields.currency()?;
    fields.money("amount", currency)?.ok_or_else(|| fields.blank("amount"))
}
