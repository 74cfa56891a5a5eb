//! Projects and their locations.

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::domain::Service;
use crate::error::Refusal;

/// A shop of a project.
#[derive(Clone, Debug)]
pub(crate) struct Location {
    pub(crate) id: i64,
    pub(crate) project_id: i64,
    pub(crate) title: String,
    pub(crate) address: String,
    /// Degrees north.
    pub(crate) lat: f64,
    /// Degrees east.
    pub(crate) lng: f64,
    pub(crate) updated_at: i64,
    pub(crate) pay: bool,
    pub(crate) cash_in: bool,
    pub(crate) cash_out: bool,
}

impl Location {
    /// Whether the merchant chose this service for it.
    pub(crate) const fn offers(&self, service: Service) -> bool {
        match service {
            Service::Pay => self.pay,
            Service::CashIn => self.cash_in,
            Service::CashOut => self.cash_out,
        }
    }
}

/// The locations of a project, by number.
pub(crate) fn locations(db: &Connection, project: i64) -> Result<Vec<Location>, Refusal> {
    let mut statement = db.prepare_cached(
        "SELECT id, project_id, title, address, lat, lng, updated_at, pay, cash_in, cash_out
         FROM location WHERE project_id = ?1 ORDER BY id",
    )?;
    let rows = statement.query_map([project], |row: &Row<'_>| {
        Ok(Location {
            id: row.get(0)?,
            project_id: row.get(1)?,
            title: row.get(2)?,
            address: row.get(3)?,
            lat: row.get(4)?,
            lng: row.get(5)?,
            updated_at: row.get(6)?,
            pay: row.get(7)?,
            cash_in: row.get(8)?,
            cash_out: row.get(9)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Title and wallet of a project.
pub(crate) fn project(db: &Connection, id: i64) -> Result<Option<(String, i64)>, Refusal> {
    Ok(db
        .query_row("SELECT title, wallet_id FROM project WHERE id = ?1", [id], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?)
}

/// Where a project's callbacks go, if it says.
pub(crate) fn callback_uri(db: &Connection, project: i64) -> Result<Option<String>, Refusal> {
    Ok(db
        .prepare_cached("SELECT callback_uri FROM project WHERE id = ?1")?
        .query_row([project], |row| row.get(0))
        .optional()?
        .flatten())
}

/// Sets where a project's callbacks go; false if there is no such project.
pub(crate) fn set_callback_uri(db: &Connection, project: i64, uri: Option<&str>) -> Result<bool, Refusal> {
    Ok(db.execute("UPDATE project SET callback_uri = ?2 WHERE id = ?1", params![project, uri])? > 0)
}

/// Number, title and callback address of every project, by number.
pub(crate) fn projects(db: &Connection) -> Result<Vec<(i64, String, Option<String>)>, Refusal> {
    let mut statement = db.prepare_cached("SELECT id, title, callback_uri FROM project ORDER BY id")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Number and title of every location, by number.
pub(crate) fn titles(db: &Connection) -> Result<Vec<(i64, String)>, Refusal> {
    let mut statement = db.prepare_cached("SELECT id, title FROM location ORDER BY id")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
