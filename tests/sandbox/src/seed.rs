//! Who is there when a sandbox starts for the first time. Constant from run to
//! run, so that apps, tests and documents may rely on it (wallet-api section
//! 14). None of these keys opens anything but a sandbox.

mod customers;
mod file;

use paysera_core::money::{Currency, Money};
use rusqlite::{Connection, params};
use serde_json::json;

use crate::domain::cash::{DAY_SECONDS, Limits};
use crate::domain::location::LocationProfile;
use crate::domain::span::MAX_SPAN_SECONDS;
use crate::error::Refusal;
use crate::store::{allowances, generators, ledger, locations, spots, wallets};

pub use customers::{CUSTOMER, CUSTOMERS, Customer, INACTIVE, POOR, UNIDENTIFIED};
pub(crate) use file::MAX_SEED_BYTES;
pub use file::{SeedError, SeedFile, SeedFormat};

/// The merchant's project.
pub const PROJECT_ID: u64 = 1234;

/// The merchant's wallet: payments go here, cash-ins come from here.
pub const RETAILER_WALLET: u64 = 2112;

/// MAC id of the merchant's client.
pub const RETAILER_CLIENT_ID: &str = "sbx_retailer";

/// MAC key of the merchant's client.
pub const RETAILER_MAC_KEY: &str = "k3yRetailerSandboxOnly000000000A";

/// What the merchant's client may do.
const RETAILER_PERMISSIONS: &str = "show_in_frame accept_with_flash accept_with_pin access_statements \
    search_by_person_code use_wallet_api use_client_api use_oauth_api";

/// MAC id of an app that the customers' tokens are of: it registers its
/// installations and users, and signs users in by password.
pub const APP_CLIENT_ID: &str = "sbx_app";

/// MAC key of the app.
pub const APP_MAC_KEY: &str = "k3yAppSandboxOnly00000000000000F";

/// What the app may do.
const APP_PERMISSIONS: &str =
    "use_password_grant provide_registration_parameters use_wallet_api use_client_api use_oauth_api";

/// Number of the merchant's client; the app's follows.
const FIRST_CLIENT: i64 = 3001;

/// Opening balance of the merchant, in minor units of GEL.
pub const RETAILER_BALANCE: i64 = 1_000_000;

/// A location with payments, cash-in and cash-out.
pub const LOCATION_ALL_SERVICES: u64 = 9975;

/// A location with payments and cash-out.
pub const LOCATION_WITHOUT_CASH_IN: u64 = 9976;

/// A location with payments only.
pub const LOCATION_PAYMENTS_ONLY: u64 = 9977;

/// The allowance that lets the merchant's client charge the merchant's wallet.
pub const ALLOWANCE_ID: u64 = 784;

/// Key of the transaction that this allowance comes from.
pub const ALLOWANCE_TRANSACTION: &str = "SandboxCashInAllowance";

/// Licence plate of the identified customer.
pub const CUSTOMER_PLATE: &str = "SB014SB";

/// Number of a card of the identified customer.
pub const CUSTOMER_CARD: &str = "9000000000014471";

/// Who issued the card.
pub const CARD_ISSUER: &str = "sandbox";

/// Signs callbacks. A public test key.
pub(crate) const CALLBACK_KEY: &str = include_str!("seed/callback_key.pem");

/// What callbacks are verified with, as `GET /publickey` answers it. A public
/// test key: its private half is in the sandbox's sources, for everybody.
pub const CALLBACK_PUBLIC_KEY: &str = include_str!("seed/callback_public_key.pem");

/// Address of identified customers.
const ADDRESS: &str = r#"{"country":"GE","city":"Tbilisi","street":"Sandbox street 1","post_index":"0100"}"#;

/// Number, title, street, degrees north and east, category of payments, cash-in, cash-out.
type Shop = (u64, &'static str, &'static str, f64, f64, i64, bool, bool);

const SHOPS: [Shop; 3] = [
    (LOCATION_ALL_SERVICES, "Demo cafe", "Tbilisi", 41.6938, 44.8015, 2, true, true),
    (LOCATION_WITHOUT_CASH_IN, "Demo grocery", "Kutaisi", 42.2662, 42.7180, 3, false, true),
    (LOCATION_PAYMENTS_ONLY, "Demo kiosk", "Batumi", 41.6509, 41.6360, 5, false, false),
];

/// A table of the location with all services.
pub const SPOT_ID: u64 = 15;

/// What stands in the code of that table.
pub const SPOT_IDENTIFIER: &str = "table12";

/// User number of the merchant.
const RETAILER_USER: i64 = 501;

/// Identification code of the merchant's company.
const RETAILER_COMPANY_CODE: &str = "400000501";

/// Writes the seed into an empty database, the built-in one and what `file` has
/// beside or instead of it; a database with wallets is left as it is, which is
/// `false`.
pub(crate) fn plant(db: &Connection, now: i64, limits: &Limits, file: &SeedFile) -> Result<bool, Refusal> {
    let planted: bool = db.query_row("SELECT EXISTS (SELECT 1 FROM wallet)", [], |row| row.get(0))?;
    if planted {
        return Ok(false);
    }
    if file.with_builtin()? {
        plant_builtin(db, now, limits)?;
    }
    file.plant(db, now, limits)?;
    Ok(true)
}

fn plant_builtin(db: &Connection, now: i64, limits: &Limits) -> Result<(), Refusal> {
    let retailer = number(RETAILER_WALLET)?;
    user(db, RETAILER_USER, "Demo retailer", "fully_identified")?;
    db.execute(
        "UPDATE user SET type = 'legal', company_code = ?2 WHERE id = ?1",
        params![RETAILER_USER, RETAILER_COMPANY_CODE],
    )?;
    wallets::insert_numbered(db, retailer, RETAILER_USER, "active")?;
    opening(db, now, retailer, RETAILER_BALANCE)?;
    db.execute(
        "INSERT INTO project (id, title, wallet_id) VALUES (?1, 'Demo retailer', ?2)",
        params![number(PROJECT_ID)?, retailer],
    )?;
    for shop in &SHOPS {
        plant_shop(db, now, shop)?;
    }
    spots::insert(db, Some(number(SPOT_ID)?), number(LOCATION_ALL_SERVICES)?, SPOT_IDENTIFIER)?;
    for (index, (id, key, project, kind, title, permissions)) in (FIRST_CLIENT..).zip([
        (
            RETAILER_CLIENT_ID,
            RETAILER_MAC_KEY,
            Some(number(PROJECT_ID)?),
            "private_client",
            "Demo retailer",
            RETAILER_PERMISSIONS,
        ),
        (APP_CLIENT_ID, APP_MAC_KEY, None, "application", "Demo app", APP_PERMISSIONS),
    ]) {
        db.execute(
            "INSERT INTO client (id, mac_key, project_id, number, type, title, permissions)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![id, key, project, index, kind, title, permissions],
        )?;
    }
    plant_allowance(db, now, retailer, limits)?;
    for customer in &CUSTOMERS {
        plant_customer(db, now, customer)?;
    }
    for (kind, value, issuer) in [("licence_plate", CUSTOMER_PLATE, ""), ("card", CUSTOMER_CARD, CARD_ISSUER)]
    {
        db.execute(
            "INSERT INTO wallet_alias (kind, value, issuer, wallet_id) VALUES (?1, ?2, ?3, ?4)",
            params![kind, value, issuer, number(CUSTOMER.wallet)?],
        )?;
    }
    Ok(())
}

fn plant_allowance(db: &Connection, now: i64, retailer: i64, limits: &Limits) -> Result<(), Refusal> {
    let id = number(ALLOWANCE_ID)?;
    let (key, client, currency) = (ALLOWANCE_TRANSACTION, RETAILER_CLIENT_ID, Currency::GEL);
    insert_allowance(db, now, &GivenAllowance { seq: 0, key, id, client, wallet: retailer, currency })?;
    allowances::insert_limit(db, id, limits.per_day, DAY_SECONDS)
}

/// An allowance that Paysera gave a merchant's client on the merchant's wallet.
struct GivenAllowance<'a> {
    /// Number of its transaction: none that one of the sandbox ever gets.
    seq: i64,
    key: &'a str,
    id: i64,
    client: &'a str,
    wallet: i64,
    currency: Currency,
}

/// Writes the allowance that cash-ins are charged to, without its limits, out of
/// a transaction that the wallet's own user made: no client lists it.
fn insert_allowance(db: &Connection, now: i64, given: &GivenAllowance<'_>) -> Result<(), Refusal> {
    db.execute(
        "INSERT INTO transactions (seq, key, creator_wallet, created_at, status, type, wallet, reserved_at,
           confirmed_at, reserve_for, use_allowance, suggest_allowance, auto_confirm)
         VALUES (?4, ?1, ?2, ?3, 'confirmed', 'page', ?2, ?3, ?3, 0, 1, 0, 1)",
        params![given.key, given.wallet, now, given.seq],
    )?;
    db.execute(
        "INSERT INTO allowance (id, client_id, transaction_key, created_at, status, currency, description,
           valid_for, wallet_id, confirmed_at, expires_at)
         VALUES (?1, ?2, ?3, ?4, 'active', ?8, 'Cash-ins', ?5, ?6, ?4, ?7)",
        params![
            given.id,
            given.client,
            given.key,
            now,
            MAX_SPAN_SECONDS,
            given.wallet,
            now.saturating_add(MAX_SPAN_SECONDS),
            given.currency.code(),
        ],
    )?;
    allowances::show(db, given.key, given.id, false)
}

fn plant_customer(db: &Connection, now: i64, customer: &Customer) -> Result<(), Refusal> {
    let (id, owner) = (number(customer.wallet)?, number(customer.user)?);
    user(db, owner, customer.role, customer.identification_level)?;
    db.execute(
        "UPDATE user SET phone = ?2, email = ?3, pin = ?4, password = ?5, locale = 'en' WHERE id = ?1",
        params![owner, customer.phone, customer.email, customer.pin, customer.password_hash],
    )?;
    if let Some(code) = customer.person_code {
        // The role in place of a name: nobody is invented.
        let (name, surname) = customer.role.split_once(' ').unwrap_or((customer.role, ""));
        db.execute(
            "UPDATE user SET name = ?2, surname = ?3, nationality = 'GE', person_code = ?4,
               dob = '1990-01-01', gender = 'female', address = ?5
             WHERE id = ?1",
            params![owner, name, surname, code, ADDRESS],
        )?;
    }
    wallets::insert_numbered(db, id, owner, customer.account_status)?;
    opening(db, now, id, customer.balance)?;
    db.execute(
        "INSERT INTO user_token (token, mac_key, wallet_id, client_id) VALUES (?1, ?2, ?3, ?4)",
        params![customer.token, customer.mac_key, id, APP_CLIENT_ID],
    )?;
    let set = generators::insert_set(db, owner, None)?;
    generators::insert(db, set, customer.generator, id, customer.generator_seed)?;
    Ok(())
}

fn plant_shop(db: &Connection, now: i64, shop: &Shop) -> Result<(), Refusal> {
    let (id, title, address, lat, lng, category, cash_in, cash_out) = *shop;
    let day = json!({"opening_time": "09:00", "closing_time": "21:00"});
    let body = json!({
        "title": title, "address": address, "lat": lat, "lng": lng,
        "working_hours": {"monday": day, "tuesday": day, "wednesday": day, "thursday": day,
            "friday": day, "saturday": day, "sunday": day},
        "services": {
            "pay": {"available": true, "categories": [category]},
            "cash_in": {"available": cash_in},
            "cash_out": {"available": cash_out},
        },
    });
    let profile = LocationProfile::read(body.as_object().ok_or(Refusal::Internal)?, None)?;
    locations::insert(db, now, Some(number(id)?), number(PROJECT_ID)?, &profile)?;
    Ok(())
}

fn user(db: &Connection, id: i64, name: &str, level: &str) -> Result<(), Refusal> {
    db.execute(
        "INSERT INTO user (id, display_name, identification_level) VALUES (?1, ?2, ?3)",
        params![id, name, level],
    )?;
    Ok(())
}

fn opening(db: &Connection, now: i64, wallet: i64, minor: i64) -> Result<(), Refusal> {
    ledger::issue(db, now, wallet, Money::from_minor(minor, Currency::GEL))
}

fn number(id: u64) -> Result<i64, Refusal> {
    i64::try_from(id).map_err(|_| Refusal::Internal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets;

    #[test]
    fn the_documented_passwords_fit() {
        for customer in CUSTOMERS {
            assert!(secrets::verify(customer.password, Some(customer.password_hash)), "{}", customer.role);
        }
    }
}
