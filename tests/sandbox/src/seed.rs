//! Who is there when a sandbox starts for the first time. Constant from run to
//! run, so that apps, tests and documents may rely on it (wallet-api section
//! 14). None of these keys opens anything but a sandbox.

use paysera_core::money::{Currency, Money};
use rusqlite::{Connection, params};

use crate::domain::cash::{DAY_SECONDS, Limits};
use crate::error::Refusal;
use crate::reservation_code::{Generator, SEED_BYTES};
use crate::store::{ledger, wallets};

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

/// A customer with a wallet, a user token and a generator.
#[derive(Clone, Copy, Debug)]
pub struct Customer {
    /// The role, which is also the wallet owner's display name.
    pub role: &'static str,
    /// Number of the wallet.
    pub wallet: u64,
    /// Number of the user who owns it.
    pub user: u64,
    /// User token: the MAC id of the customer's app.
    pub token: &'static str,
    /// MAC key of the token.
    pub mac_key: &'static str,
    /// Identifier of the generator of reservation codes.
    pub generator: u64,
    /// The generator's seed.
    pub generator_seed: [u8; SEED_BYTES],
    /// Phone of the owner: digits with the country code.
    pub phone: &'static str,
    /// E-mail of the owner.
    pub email: &'static str,
    /// PIN of the owner.
    pub pin: &'static str,
    /// Password of the owner.
    pub password: &'static str,
    /// The same, salted and hashed: hashing at every start would be slow.
    password_hash: &'static str,
    /// Georgian personal number of the owner, if Paysera knows it.
    pub person_code: Option<&'static str>,
    /// `identification_level` of the owner.
    pub identification_level: &'static str,
    /// Status of the account: `active` or `inactive`.
    pub account_status: &'static str,
    /// Opening balance in minor units of GEL.
    pub balance: i64,
}

/// A customer for whom everything works.
pub const CUSTOMER: Customer = Customer {
    role: "Identified customer",
    wallet: 14471,
    user: 502,
    token: "tok_customer",
    mac_key: "k3yCustomerSandboxOnly000000000B",
    generator: 1_234_567_890,
    generator_seed: [
        0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff, 0x10,
        0x21, 0x32, 0x43, 0x54, 0x65, 0x76, 0x87, 0x98, 0xa9, 0xba, 0xcb, 0xdc, 0xed, 0xfe, 0x0f,
    ],
    phone: "995555014471",
    email: "customer@sandbox.example",
    pin: "1234",
    password: "Sandbox-14471",
    password_hash: "pbkdf2-sha256$10000$sandboxsalt14471$STj+GacFocx+PaW1ojbfFuzy+l7BBlCND+fDTkzvxcc",
    person_code: Some("01001014471"),
    identification_level: "identified",
    account_status: "active",
    balance: 100_000,
};

/// A customer who may not pay and not get cash before being identified.
pub const UNIDENTIFIED: Customer = Customer {
    role: "Unidentified customer",
    wallet: 14472,
    user: 503,
    token: "tok_unidentified",
    mac_key: "k3yUnidentifiedSandboxOnly00000C",
    generator: 1_234_567_891,
    generator_seed: [0xc1; SEED_BYTES],
    phone: "995555014472",
    email: "unidentified@sandbox.example",
    pin: "2345",
    password: "Sandbox-14472",
    password_hash: "pbkdf2-sha256$10000$sandboxsalt14472$28B2aQ0J0kyWAaglpDGUwXR4GbTuNlvOcebjsD6Sr/M",
    person_code: None,
    identification_level: "unidentified",
    account_status: "active",
    balance: 100_000,
};

/// An identified customer with 1.00 GEL.
pub const POOR: Customer = Customer {
    role: "Poor customer",
    wallet: 14473,
    user: 504,
    token: "tok_poor",
    mac_key: "k3yPoorSandboxOnly0000000000000D",
    generator: 1_234_567_892,
    generator_seed: [0xd2; SEED_BYTES],
    phone: "995555014473",
    email: "poor@sandbox.example",
    pin: "3456",
    password: "Sandbox-14473",
    password_hash: "pbkdf2-sha256$10000$sandboxsalt14473$OptRwM+NPIZGyYxNXKQuZYIktl9wFNxt5YctdAc2Occ",
    person_code: Some("01001014473"),
    identification_level: "identified",
    account_status: "active",
    balance: 100,
};

/// An identified customer whose account is inactive.
pub const INACTIVE: Customer = Customer {
    role: "Inactive customer",
    wallet: 14474,
    user: 505,
    token: "tok_inactive",
    mac_key: "k3yInactiveSandboxOnly000000000E",
    generator: 1_234_567_893,
    generator_seed: [0xe3; SEED_BYTES],
    phone: "995555014474",
    email: "inactive@sandbox.example",
    pin: "4567",
    password: "Sandbox-14474",
    password_hash: "pbkdf2-sha256$10000$sandboxsalt14474$0Ld5E6GpIUndunmL1hPNhdMaUYYOUMsfNiTSDktIjUw",
    person_code: Some("01001014474"),
    identification_level: "identified",
    account_status: "inactive",
    balance: 100_000,
};

/// Every seeded customer.
pub const CUSTOMERS: [Customer; 4] = [CUSTOMER, UNIDENTIFIED, POOR, INACTIVE];

/// Licence plate of the identified customer.
pub const CUSTOMER_PLATE: &str = "SB014SB";

/// Number of a card of the identified customer.
pub const CUSTOMER_CARD: &str = "9000000000014471";

/// Who issued the card.
pub const CARD_ISSUER: &str = "sandbox";

/// Address of identified customers.
const ADDRESS: &str = r#"{"country":"GE","city":"Tbilisi","street":"Sandbox street 1","post_index":"0100"}"#;

/// Number, title, street, degrees north and east, pay, cash-in, cash-out.
type Shop = (u64, &'static str, &'static str, f64, f64, bool, bool, bool);

const SHOPS: [Shop; 3] = [
    (LOCATION_ALL_SERVICES, "Demo cafe", "Tbilisi", 41.6938, 44.8015, true, true, true),
    (LOCATION_WITHOUT_CASH_IN, "Demo grocery", "Kutaisi", 42.2662, 42.7180, true, false, true),
    (LOCATION_PAYMENTS_ONLY, "Demo kiosk", "Batumi", 41.6509, 41.6360, true, false, false),
];

/// User number of the merchant.
const RETAILER_USER: i64 = 501;

/// Identification code of the merchant's company.
const RETAILER_COMPANY_CODE: &str = "400000501";

/// Writes the seed into an empty database; a database with wallets is left as
/// it is.
pub(crate) fn plant(db: &Connection, now: i64, limits: &Limits) -> Result<(), Refusal> {
    let planted: bool = db.query_row("SELECT EXISTS (SELECT 1 FROM wallet)", [], |row| row.get(0))?;
    if planted {
        return Ok(());
    }
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
    for (id, title, address, lat, lng, pay, cash_in, cash_out) in SHOPS {
        db.execute(
            "INSERT INTO location (id, project_id, title, address, lat, lng, updated_at, pay, cash_in, cash_out)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            params![number(id)?, number(PROJECT_ID)?, title, address, lat, lng, now, pay, cash_in, cash_out],
        )?;
    }
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
    db.execute(
        "INSERT INTO allowance (id, client_id, wallet_id, currency, limit_price, limit_time, status)
         VALUES (?1, ?2, ?3, 'GEL', ?4, ?5, 'active')",
        params![number(ALLOWANCE_ID)?, RETAILER_CLIENT_ID, retailer, limits.per_day, DAY_SECONDS],
    )?;
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
    let generator = Generator::new(customer.generator, customer.generator_seed);
    db.execute(
        "INSERT INTO generator (identifier, wallet_id, seed, state) VALUES (?1, ?2, ?3, ?4)",
        params![number(customer.generator)?, id, customer.generator_seed, generator.state()],
    )?;
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
