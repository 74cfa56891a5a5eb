//! Clients: who signs with credentials of its own (wallet-api section 3.4).

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::Value;

use super::credentials::Signer;
use super::rows::{json, unknown_name};
use crate::domain::redirect::Host;
use crate::error::Refusal;
use crate::random;

/// Characters of the id and of the key of a client that the sandbox makes.
const ID_LENGTH: usize = 20;
const KEY_LENGTH: usize = 32;

/// A client without its key.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    /// Its MAC id.
    pub(crate) id: String,
    /// Its id on the wire.
    pub(crate) number: i64,
    pub(crate) kind: Kind,
    pub(crate) title: String,
    pub(crate) permissions: Vec<String>,
    pub(crate) hosts: Vec<Host>,
    pub(crate) project: Option<i64>,
    /// The application that made it.
    pub(crate) application: Option<String>,
}

/// `type` of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    PrivateClient,
    Application,
    AppClient,
}

impl Kind {
    /// Name on the wire and in the database.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::PrivateClient => "private_client",
            Self::Application => "application",
            Self::AppClient => "app_client",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        [Self::PrivateClient, Self::Application, Self::AppClient].into_iter().find(|kind| kind.name() == name)
    }
}

impl Client {
    /// Whether it has that permission.
    pub(crate) fn may(&self, permission: &str) -> bool {
        self.permissions.iter().any(|own| own == permission)
    }

    /// Refuses a client without that permission.
    pub(crate) fn require(&self, permission: &str) -> Result<(), Refusal> {
        if self.may(permission) { Ok(()) } else { Err(Refusal::Forbidden("The client lacks the permission")) }
    }

    /// Whether it is an app or one of its installations.
    pub(crate) const fn is_app(&self) -> bool {
        matches!(self.kind, Kind::Application | Kind::AppClient)
    }
}

const COLUMNS: &str = "id, number, type, title, permissions, hosts, project_id, application_id";

/// The client that signed with its own credentials.
pub(crate) fn own(db: &Connection, signer: &Signer) -> Result<Client, Refusal> {
    client(db, signer.client()?)?.ok_or(Refusal::Internal)
}

/// The client of that MAC id.
pub(crate) fn client(db: &Connection, id: &str) -> Result<Option<Client>, Refusal> {
    one(db, "id = ?1", params![id])
}

/// The client of that number.
pub(crate) fn by_number(db: &Connection, number: i64) -> Result<Option<Client>, Refusal> {
    one(db, "number = ?1", params![number])
}

/// The MAC id of the first client of a location's project, or of any project.
pub(crate) fn of_merchant(db: &Connection, location: Option<i64>) -> Result<Option<String>, Refusal> {
    Ok(db
        .prepare_cached(
            "SELECT id FROM client WHERE type = 'private_client' AND project_id IS NOT NULL
               AND (?1 IS NULL OR project_id = (SELECT project_id FROM location WHERE id = ?1))
             ORDER BY number LIMIT 1",
        )?
        .query_row([location], |row| row.get(0))
        .optional()?)
}

fn one(db: &Connection, condition: &str, values: impl rusqlite::Params) -> Result<Option<Client>, Refusal> {
    Ok(db
        .prepare_cached(&format!("SELECT {COLUMNS} FROM client WHERE {condition}"))?
        .query_row(values, read)
        .optional()?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Client> {
    let (kind, permissions): (String, String) = (row.get(2)?, row.get(4)?);
    Ok(Client {
        id: row.get(0)?,
        number: row.get(1)?,
        kind: Kind::parse(&kind).ok_or_else(|| unknown_name(2, &kind))?,
        title: row.get(3)?,
        permissions: permissions.split_whitespace().map(str::to_owned).collect(),
        hosts: json(row, 5)?.unwrap_or_default(),
        project: row.get(6)?,
        application: row.get(7)?,
    })
}

/// The client itself, those that it made and those of its project, by number;
/// with the length of the whole.
pub(crate) fn list(
    db: &Connection,
    of: &Client,
    project: Option<i64>,
    limit: i64,
    offset: i64,
) -> Result<(Vec<Client>, i64), Refusal> {
    let condition = "(id = ?1 OR application_id = ?1 OR project_id = ?2) AND (?3 IS NULL OR project_id = ?3)";
    let whose = params![of.id, of.project, project];
    let total = db
        .prepare_cached(&format!("SELECT count(*) FROM client WHERE {condition}"))?
        .query_row(whose, |row| row.get(0))?;
    let mut statement = db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM client WHERE {condition} ORDER BY number LIMIT ?4 OFFSET ?5"
    ))?;
    let rows = statement.query_map(params![of.id, of.project, project, limit, offset], read)?;
    Ok((rows.collect::<Result<_, _>>()?, total))
}

/// How many clients an application made.
pub(crate) fn count_of(db: &Connection, application: &str) -> Result<i64, Refusal> {
    Ok(db
        .prepare_cached("SELECT count(*) FROM client WHERE application_id = ?1")?
        .query_row([application], |row| row.get(0))?)
}

/// Makes an installation of `application` on the device of `info`, with its
/// permissions; the client and its key.
pub(crate) fn insert_app_client(
    db: &Connection,
    application: &Client,
    title: &str,
    info: &Value,
) -> Result<(Client, String), Refusal> {
    let (id, key) = random::name(ID_LENGTH).zip(random::name(KEY_LENGTH)).ok_or(Refusal::Internal)?;
    let number: i64 = db
        .prepare_cached("SELECT coalesce(max(number), 0) + 1 FROM client")?
        .query_row([], |row| row.get(0))?;
    db.prepare_cached(
        "INSERT INTO client (id, mac_key, number, type, title, permissions, application_id, info)
         VALUES (?1, ?2, ?3, 'app_client', ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        id,
        key,
        number,
        title,
        application.permissions.join(" "),
        application.id,
        info.to_string()
    ])?;
    let made = client(db, &id)?.ok_or(Refusal::Internal)?;
    Ok((made, key))
}

/// Writes title, permissions and hosts.
pub(crate) fn update(db: &Connection, client: &Client) -> Result<(), Refusal> {
    let hosts = serde_json::to_string(&client.hosts).map_err(|_| Refusal::Internal)?;
    db.prepare_cached("UPDATE client SET title = ?2, permissions = ?3, hosts = ?4 WHERE id = ?1")?
        .execute(params![client.id, client.title, client.permissions.join(" "), hosts])?;
    Ok(())
}
