//! Who is there when a sandbox starts for the first time. Constant from run to
//! run, so that apps, tests and documents may rely on it (wallet-api section
//! 14). None of these keys opens anything but a sandbox.

use paysera_core::money::{Currency, Money};
use rusqlite::{Connection, params};

use crate::domain::cash::{DAY_SECONDS, Limits};
use crate::error::Refusal;
use crate::reservation_code::{Generator, SEED_BYTES};
use crate::store::ledger;

/// The merchant's project.
pub const PROJECT_ID: u64 = 1234;

/// The merchant's wallet: payments go here, cash-ins come from here.
pub const RETAILER_WALLET: u64 = 2112;

/// MAC id of the merchant's client.
pub const RETAILER_CLIENT_ID: &str = "sbx_retailer";

/// MAC key of the merchant's client.
pub const RETAILER_MAC_KEY: &str = "k3yRetailerSandboxOnly000000000A";

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
    identification_level: "identified",
    account_status: "active",
    balance: 100_000,
};

/// A customer who may not pay and not get cash before being identified.
pub const UNIDENTIFIED: Customer = Customer {
    role: "Unidentified customer",
    wallet: 14472,
    token: "tok_unidentified",
    mac_key: "k3yUnidentifiedSandboxOnly00000C",
    generator: 1_234_567_891,
    generator_seed: [0xc1; SEED_BYTES],
    phone: "995555014472",
    email: "unidentified@sandbox.example",
    pin: "2345",
    identification_level: "unidentified",
    account_status: "active",
    balance: 100_000,
};

/// An identified customer with 1.00 GEL.
pub const POOR: Customer = Customer {
    role: "Poor customer",
    wallet: 14473,
    token: "tok_poor",
    mac_key: "k3yPoorSandboxOnly0000000000000D",
    generator: 1_234_567_892,
    generator_seed: [0xd2; SEED_BYTES],
    phone: "995555014473",
    email: "poor@sandbox.example",
    pin: "3456",
    identification_level: "identified",
    account_status: "active",
    balance: 100,
};

/// An identified customer whose account is inactive.
pub const INACTIVE: Customer = Customer {
    role: "Inactive customer",
    wallet: 14474,
    token: "tok_inactive",
    mac_key: "k3yInactiveSandboxOnly000000000E",
    generator: 1_234_567_893,
    generator_seed: [0xe3; SEED_BYTES],
    phone: "995555014474",
    email: "inactive@sandbox.example",
    pin: "4567",
    identification_level: "identified",
    account_status: "inactive",
    balance: 100_000,
};

/// Every seeded customer.
pub const CUSTOMERS: [Customer; 4] = [CUSTOMER, UNIDENTIFIED, POOR, INACTIVE];

/// Number, title, street, degrees north and east, pay, cash-in, cash-out.
type Shop = (u64, &'static str, &'static str, f64, f64, bool, bool, bool);

const SHOPS: [Shop; 3] = [
    (LOCATION_ALL_SERVICES, "Demo cafe", "Tbilisi", 41.6938, 44.8015, true, true, true),
    (LOCATION_WITHOUT_CASH_IN, "Demo grocery", "Kutaisi", 42.2662, 42.7180, true, false, true),
    (LOCATION_PAYMENTS_ONLY, "Demo kiosk", "Batumi", 41.6509, 41.6360, true, false, false),
];

/// User number of the merchant; the customers' follow.
const FIRST_OWNER: i64 = 501;

/// Writes the seed into an empty database; a database with wallets is left as
/// it is.
pub(crate) fn plant(db: &Connection, now: i64, limits: &Limits) -> Result<(), Refusal> {
    let planted: bool = db.query_row("SELECT EXISTS (SELECT 1 FROM wallet)", [], |row| row.get(0))?;
    if planted {
        return Ok(());
    }
    let retailer = number(RETAILER_WALLET)?;
    user(db, FIRST_OWNER, "Demo retailer", "fully_identified")?;
    wallet(db, retailer, FIRST_OWNER, "active")?;
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
    db.execute(
        "INSERT INTO client (id, mac_key, project_id) VALUES (?1, ?2, ?3)",
        params![RETAILER_CLIENT_ID, RETAILER_MAC_KEY, number(PROJECT_ID)?],
    )?;
    db.execute(
        "INSERT INTO allowance (id, client_id, wallet_id, currency, limit_price, limit_time, status)
         VALUES (?1, ?2, ?3, 'GEL', ?4, ?5, 'active')",
        params![number(ALLOWANCE_ID)?, RETAILER_CLIENT_ID, retailer, limits.per_day, DAY_SECONDS],
    )?;
    for (customer, owner) in CUSTOMERS.iter().zip(FIRST_OWNER.saturating_add(1)..) {
        plant_customer(db, now, owner, customer)?;
    }
    Ok(())
}

fn plant_customer(db: &Connection, now: i64, owner: i64, customer: &Customer) -> Result<(), Refusal> {
    let id = number(customer.wallet)?;
    user(db, owner, customer.role, customer.identification_level)?;
    db.execute(
        "UPDATE user SET phone = ?2, email = ?3, pin = ?4 WHERE id = ?1",
        params![owner, customer.phone, customer.email, customer.pin],
    )?;
    wallet(db, id, owner, customer.account_status)?;
    opening(db, now, id, customer.balance)?;
    db.execute(
        "INSERT INTO user_token (token, mac_key, wallet_id) VALUES (?1, ?2, ?3)",
        params![customer.token, customer.mac_key, id],
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

fn wallet(db: &Connection, id: i64, owner: i64, status: &str) -> Result<(), Refusal> {
    // Thirteen digits, so that no account number looks like a wallet code
    // (wallet-api section 8.1).
    let account_number = format!("EVP001{id:010}");
    db.execute(
        "INSERT INTO wallet (id, user_id, account_number, status) VALUES (?1, ?2, ?3, ?4)",
        params![id, owner, account_number, status],
    )?;
    Ok(())
}

fn opening(db: &Connection, now: i64, wallet: i64, minor: i64) -> Result<(), Refusal> {
    ledger::issue(db, now, wallet, Money::from_minor(minor, Currency::GEL))
}

fn number(id: u64) -> Result<i64, Refusal> {
    i64::try_from(id).map_err(|_| Refusal::Internal)
}
