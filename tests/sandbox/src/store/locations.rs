//! Locations: the shops of a project.

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::domain::Service;
use crate::domain::location::LocationProfile;
use crate::error::Refusal;

/// A shop of a project.
#[derive(Clone, Debug)]
pub(crate) struct Location {
    pub(crate) id: i64,
    pub(crate) project: i64,
    pub(crate) updated_at: i64,
    pub(crate) profile: LocationProfile,
}

impl Location {
    /// Whether the merchant chose this service for it, and it is in use.
    pub(crate) fn offers(&self, service: Service) -> bool {
        self.profile.offers(service.name())
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Location> {
    let profile: String = row.get(3)?;
    Ok(Location {
        id: row.get(0)?,
        project: row.get(1)?,
        updated_at: row.get(2)?,
        profile: serde_json::from_str(&profile)
            .map_err(|error| rusqlite::Error::FromSqlConversionFailure(3, Type::Text, Box::new(error)))?,
    })
}

/// The locations of a project, by number.
pub(crate) fn of_project(db: &Connection, project: i64) -> Result<Vec<Location>, Refusal> {
    let mut statement = db.prepare_cached(
        "SELECT id, project_id, updated_at, profile FROM location WHERE project_id = ?1 ORDER BY id",
    )?;
    Ok(statement.query_map([project], read)?.collect::<Result<_, _>>()?)
}

/// Every location, by number.
pub(crate) fn all(db: &Connection) -> Result<Vec<Location>, Refusal> {
    let mut statement =
        db.prepare_cached("SELECT id, project_id, updated_at, profile FROM location ORDER BY id")?;
    Ok(statement.query_map([], read)?.collect::<Result<_, _>>()?)
}

/// The location of that number.
pub(crate) fn find(db: &Connection, id: i64) -> Result<Option<Location>, Refusal> {
    Ok(db
        .prepare_cached("SELECT id, project_id, updated_at, profile FROM location WHERE id = ?1")?
        .query_row([id], read)
        .optional()?)
}

/// Writes a new location, of that number if it is given; its number.
pub(crate) fn insert(
    db: &Connection,
    now: i64,
    id: Option<i64>,
    project: i64,
    profile: &LocationProfile,
) -> Result<i64, Refusal> {
    db.prepare_cached("INSERT INTO location (id, project_id, updated_at, profile) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![id, project, now, text(profile)?])?;
    Ok(db.last_insert_rowid())
}

/// Writes what changed of a location.
pub(crate) fn update(db: &Connection, now: i64, id: i64, profile: &LocationProfile) -> Result<(), Refusal> {
    db.prepare_cached("UPDATE location SET updated_at = ?2, profile = ?3 WHERE id = ?1")?
        .execute(params![id, now, text(profile)?])?;
    Ok(())
}

fn text(profile: &LocationProfile) -> Result<String, Refusal> {
    serde_json::to_string(profile).map_err(|_| Refusal::Internal)
}
