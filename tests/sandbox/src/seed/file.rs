//! Seeds that are written as JSON or TOML: who is there beside, or instead of,
//! the built-in ones. What is wrong is named by its place, for example
//! `users[0].wallets[1].id`.

use paysera_core::money::{Currency, Money};
use rusqlite::{Connection, params};
use serde_json::{Map, Value};

use crate::domain::callback::CallbackTarget;
use crate::domain::cash::{DAY_SECONDS, Limits};
use crate::domain::contact;
use crate::domain::fields::{self, Fields};
use crate::domain::identity::Level;
use crate::domain::location::LocationProfile;
use crate::error::Refusal;
use crate::secrets;
use crate::store::{allowances, clients, generators, ledger, locations, projects, spots, users, wallets};

/// Most entries of each list.
const MAX_ENTRIES: usize = 1000;

/// A seed that was read from a file or a request, but not checked.
#[derive(Clone, Debug, Default)]
pub struct SeedFile(Map<String, Value>);

/// How a seed is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeedFormat {
    /// `.json`
    Json,
    /// `.toml`
    Toml,
}

/// Why a seed can't be planted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SeedError {
    /// The text is no JSON or TOML object.
    #[error("the seed can't be read: {0}")]
    Syntax(String),
    /// A value is missing, unknown or impossible.
    #[error("the seed is wrong at {place}: {reason}")]
    Value {
        /// For example `users[0].wallets[1].id`.
        place: String,
        /// What should stand there.
        reason: String,
    },
}

impl SeedFile {
    /// Reads a seed; its values are checked when it is planted.
    ///
    /// # Errors
    /// [`SeedError::Syntax`].
    pub fn parse(text: &str, format: SeedFormat) -> Result<Self, SeedError> {
        let map = match format {
            SeedFormat::Json => serde_json::from_str(text).map_err(|error| error.to_string()),
            SeedFormat::Toml => toml::from_str(text).map_err(|error| error.to_string()),
        };
        map.map(Self).map_err(SeedError::Syntax)
    }

    /// A seed in the body of a request.
    pub(crate) const fn of_body(body: Map<String, Value>) -> Self {
        Self(body)
    }

    /// Whether the built-in seed is planted, too.
    pub(crate) fn with_builtin(&self) -> Result<bool, Refusal> {
        Ok(Fields::root(&self.0).boolean("builtin")?.unwrap_or(true))
    }

    /// Limits of cash operations, if it has some.
    pub(crate) fn limits(&self) -> Result<Option<Limits>, Refusal> {
        let Some(fields) = Fields::root(&self.0).object("limits")? else { return Ok(None) };
        fields.only(&["per_operation", "per_day"])?;
        let read = |name| match fields.integer(name)? {
            Some(minor) if (1..=fields::MAX_PRICE).contains(&minor) => Ok(minor),
            Some(_) => Err(fields.refuse(name, "This value should be minor units, more than 0")),
            None => Err(fields.blank(name)),
        };
        Ok(Some(Limits { per_operation: read("per_operation")?, per_day: read("per_day")? }))
    }

    /// Writes everybody and everything that it names.
    pub(crate) fn plant(&self, db: &Connection, now: i64, limits: &Limits) -> Result<(), Refusal> {
        let fields = Fields::root(&self.0);
        fields.only(&["builtin", "limits", "apps", "users", "projects"])?;
        for app in fields.list("apps", MAX_ENTRIES)? {
            app.only(&["id", "key", "title", "permissions"])?;
            let title = app.text("title")?.unwrap_or("App");
            plant_client(db, &app, "application", title, None)?;
        }
        for user in fields.list("users", MAX_ENTRIES)? {
            plant_user(db, now, &user)?;
        }
        for project in fields.list("projects", MAX_ENTRIES)? {
            plant_project(db, now, limits, &project)?;
        }
        Ok(())
    }
}

/// A number that nobody has yet.
fn new_id(fields: &Fields<'_>, taken: impl FnOnce(i64) -> Result<bool, Refusal>) -> Result<i64, Refusal> {
    let id = fields.integer("id")?.ok_or_else(|| fields.blank("id"))?;
    // A wallet code has twelve digits.
    if !(1..1_000_000_000_000).contains(&id) {
        return Err(fields.refuse("id", "This value should be 1 to 999999999999"));
    }
    if taken(id)? { Err(fields.refuse("id", "This number is taken")) } else { Ok(id) }
}

fn plant_client(
    db: &Connection,
    fields: &Fields<'_>,
    kind: &str,
    title: &str,
    project: Option<i64>,
) -> Result<(), Refusal> {
    let (id, key) = (fields.required("id")?, fields.required("key")?);
    if !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte)) {
        return Err(fields.refuse("id", "This value should be letters, digits, _, - and ."));
    }
    if clients::client(db, id)?.is_some() {
        return Err(fields.refuse("id", "This MAC id is taken"));
    }
    let permissions = match fields.get("permissions") {
        None => super::RETAILER_PERMISSIONS.to_owned(),
        Some(Value::Array(names)) => names
            .iter()
            .map(Value::as_str)
            .collect::<Option<Vec<_>>>()
            .map(|names| names.join(" "))
            .ok_or_else(|| fields.refuse("permissions", "This value should be a list of texts"))?,
        Some(_) => return Err(fields.refuse("permissions", "This value should be a list of texts")),
    };
    let index: i64 =
        db.query_row("SELECT coalesce(max(number), 3000) + 1 FROM client", [], |row| row.get(0))?;
    db.execute(
        "INSERT INTO client (id, mac_key, project_id, number, type, title, permissions)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![id, key, project, index, kind, title, permissions],
    )?;
    Ok(())
}

fn plant_user(db: &Connection, now: i64, fields: &Fields<'_>) -> Result<(), Refusal> {
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
        let (mac_id, key) = (token.required("id")?, token.required("key")?);
        let app = token.text("app")?.unwrap_or(super::APP_CLIENT_ID);
        if clients::client(db, app)?.is_none() {
            return Err(token.refuse("app", "There is no such app: name one of apps"));
        }
        db.execute(
            "INSERT INTO user_token (token, mac_key, wallet_id, client_id) VALUES (?1, ?2, ?3, ?4)",
            params![mac_id, key, id, app],
        )
        .map_err(|error| taken(&error, &token, "id"))?;
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

fn plant_project(db: &Connection, now: i64, limits: &Limits, fields: &Fields<'_>) -> Result<(), Refusal> {
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
    super::insert_allowance(
        db,
        now,
        &super::GivenAllowance {
            seq: first,
            key: &format!("SeededAllowance{id}"),
            id,
            client,
            wallet,
            currency,
        },
    )?;
    allowances::insert_limit(db, id, per_day, DAY_SECONDS)
}
