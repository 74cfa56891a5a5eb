//! Seeds that are written as JSON or TOML: who is there beside, or instead of,
//! the built-in ones. What is wrong is named by its place, for example
//! `users[0].wallets[1].id`.

mod people;
mod places;

use rusqlite::{Connection, params};
use serde_json::{Map, Value};

use crate::domain::cash::Limits;
use crate::domain::fields::{self, Fields};
use crate::error::Refusal;
use crate::store::credentials;

/// Largest seed, in bytes.
pub(crate) const MAX_SEED_BYTES: usize = 1024 * 1024;

/// What a client may be allowed (wallet-api section 3.4).
const PERMISSIONS: [&str; 11] = [
    "show_in_frame",
    "give_trusted_user_info",
    "use_password_grant",
    "accept_with_flash",
    "accept_with_pin",
    "access_statements",
    "search_by_person_code",
    "use_wallet_api",
    "use_client_api",
    "use_oauth_api",
    "provide_registration_parameters",
];

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
    /// The text is no JSON or TOML object, or larger than a mebibyte.
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
        if text.len() > MAX_SEED_BYTES {
            return Err(SeedError::Syntax("it is larger than a mebibyte".to_owned()));
        }
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
            people::plant_user(db, now, &user)?;
        }
        for project in fields.list("projects", MAX_ENTRIES)? {
            places::plant_project(db, now, limits, &project)?;
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

/// A MAC id that no client and no token has, and its key.
fn new_mac_id<'a>(db: &Connection, fields: &Fields<'a>) -> Result<(&'a str, &'a str), Refusal> {
    let (id, key) = (fields.required("id")?, fields.required("key")?);
    if !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte)) {
        return Err(fields.refuse("id", "This value should be letters, digits, _, - and ."));
    }
    if credentials::credentials(db, id)?.is_some() {
        return Err(fields.refuse("id", "This MAC id is taken"));
    }
    Ok((id, key))
}

/// A list of permissions with spaces between, if there is one.
fn permissions(fields: &Fields<'_>) -> Result<Option<String>, Refusal> {
    let names = match fields.get("permissions") {
        None => return Ok(None),
        Some(Value::Array(names)) => names.as_slice(),
        Some(_) => return Err(fields.refuse("permissions", "This value should be a list of texts")),
    };
    let mut known = Vec::with_capacity(names.len());
    for (index, name) in names.iter().enumerate() {
        let name = name.as_str().unwrap_or_default();
        if !PERMISSIONS.contains(&name) {
            let place = format!("permissions[{index}]");
            return Err(
                fields.refuse(&place, &format!("This value should be one of {}", PERMISSIONS.join(", ")))
            );
        }
        known.push(name);
    }
    Ok(Some(known.join(" ")))
}

fn plant_client(
    db: &Connection,
    fields: &Fields<'_>,
    kind: &str,
    title: &str,
    project: Option<i64>,
) -> Result<(), Refusal> {
    let (id, key) = new_mac_id(db, fields)?;
    let usual = if project.is_some() { super::RETAILER_PERMISSIONS } else { super::APP_PERMISSIONS };
    let permissions = permissions(fields)?.unwrap_or_else(|| usual.to_owned());
    let index: i64 =
        db.query_row("SELECT coalesce(max(number), 3000) + 1 FROM client", [], |row| row.get(0))?;
    db.execute(
        "INSERT INTO client (id, mac_key, project_id, number, type, title, permissions)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![id, key, project, index, kind, title, permissions],
    )?;
    Ok(())
}
