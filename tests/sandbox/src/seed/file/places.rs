//! Projects, their locations and allowances.

use rusqlite::{Connection, params};

use super::{MAX_ENTRIES, new_id, plant_client};
use crate::domain::Service;
use crate::domain::callback::CallbackTarget;
use crate::domain::cash::{DAY_SECONDS, Limits};
use crate::domain::fields::Fields;
use crate::domain::location::LocationProfile;
use crate::domain::offer::SERVICES;
use crate::error::Refusal;
use crate::seed::{GivenAllowance, insert_allowance};
use crate::store::{allowances, clients, locations, projects, spots, wallets};

/// A project with clients, locations and allowances.
pub(super) fn plant_project(
    db: &Connection,
    now: i64,
    limits: &Limits,
    fields: &Fields<'_>,
) -> Result<(), Refusal> {
    fields.only(&["id", "title", "wallet", "callback_uri", "clients", "locations", "allowances"])?;
    let id = new_id(fields, |id| Ok(projects::find(db, id)?.is_some()))?;
    let title = fields.required("title")?;
    let wallet = fields.integer("wallet")?.ok_or_else(|| fields.blank("wallet"))?;
    if wallets::wallet(db, wallet)?.is_none() {
        return Err(fields.refuse("wallet", "There is no such wallet"));
    }
    let callback_uri = match CallbackTarget::read(fields)? {
        CallbackTarget::Uri(uri) => Some(uri),
        CallbackTarget::Disabled | CallbackTarget::Default => None,
    };
    db.execute(
        "INSERT INTO project (id, title, wallet_id, callback_uri) VALUES (?1, ?2, ?3, ?4)",
        params![id, title, wallet, callback_uri],
    )?;
    for client in fields.list("clients", MAX_ENTRIES)? {
        client.only(&["id", "key", "permissions"])?;
        plant_client(db, &client, "private_client", title, Some(id))?;
    }
    for location in fields.list("locations", MAX_ENTRIES)? {
        plant_location(db, now, id, &location)?;
    }
    for allowance in fields.list("allowances", MAX_ENTRIES)? {
        plant_allowance(db, now, limits, &allowance)?;
    }
    Ok(())
}

fn plant_location(db: &Connection, now: i64, project: i64, fields: &Fields<'_>) -> Result<(), Refusal> {
    fields.only(&[
        "id",
        "title",
        "description",
        "address",
        "lat",
        "lng",
        "radius",
        "status",
        "public",
        "working_hours",
        "images",
        "prices",
        "services",
        "spots",
    ])?;
    // An API skips what it does not know; in a file that is a slip of the pen.
    if let Some(services) = fields.object("services")? {
        services.only(&SERVICES)?;
        for name in SERVICES {
            if let Some(offer) = services.object(name)? {
                let words = if name == Service::Pay.name() { "categories" } else { "types" };
                offer.only(&["available", words])?;
            }
        }
    }
    let id = new_id(fields, |id| Ok(locations::find(db, id)?.is_some()))?;
    let profile = LocationProfile::read_at(fields, None)?;
    locations::insert(db, now, Some(id), project, &profile)?;
    for spot in fields.list("spots", MAX_ENTRIES)? {
        spot.only(&["id", "identifier"])?;
        let number = new_id(&spot, |id| Ok(spots::find(db, id)?.is_some()))?;
        let identifier = spot.required("identifier")?;
        if spots::by_identifier(db, id, identifier)?.is_some() {
            return Err(spot.refuse("identifier", "The location has one of this identifier"));
        }
        spots::insert(db, Some(number), id, identifier)?;
    }
    Ok(())
}

/// An allowance that cash-ins are charged to, out of a transaction of its own.
fn plant_allowance(db: &Connection, now: i64, limits: &Limits, fields: &Fields<'_>) -> Result<(), Refusal> {
    fields.only(&["id", "client", "wallet", "currency", "per_day"])?;
    let id = new_id(fields, |id| Ok(allowances::find(db, id)?.is_some()))?;
    let client = fields.required("client")?;
    if clients::client(db, client)?.is_none() {
        return Err(fields.refuse("client", "There is no such client"));
    }
    let wallet = fields.integer("wallet")?.ok_or_else(|| fields.blank("wallet"))?;
    if wallets::wallet(db, wallet)?.is_none() {
        return Err(fields.refuse("wallet", "There is no such wallet"));
    }
    if allowances::active(db, client, wallet)?.is_some() {
        return Err(fields.refuse("wallet", "The client has an allowance on this wallet"));
    }
    let per_day = fields.integer("per_day")?.unwrap_or(limits.per_day);
    if per_day < 1 {
        return Err(fields.refuse("per_day", "This value should be minor units, more than 0"));
    }
    let currency = fields.currency()?;
    let first: i64 =
        db.query_row("SELECT min(0, coalesce(min(seq), 0)) - 1 FROM transactions", [], |row| row.get(0))?;
    insert_allowance(
        db,
        now,
        &GivenAllowance { seq: first, key: &format!("SeededAllowance{id}"), id, client, wallet, currency },
    )?;
    allowances::insert_limit(db, id, per_day, DAY_SECONDS)
}
