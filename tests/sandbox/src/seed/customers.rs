//! The customers of the seed.

use crate::reservation_code::SEED_BYTES;

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
    pub(crate) password_hash: &'static str,
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
