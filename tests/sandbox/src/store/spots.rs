//! Spots: tables and tills of a location, and the orders at them (wallet-api
//! section 7.3).

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::conditions::Conditions;
use super::rows::unknown_name;
use crate::error::Refusal;

/// A table or till.
#[derive(Clone, Debug)]
pub(crate) struct Spot {
    pub(crate) id: i64,
    pub(crate) location: i64,
    pub(crate) identifier: String,
    pub(crate) status: SpotStatus,
    /// Who checked in.
    pub(crate) user: Option<i64>,
}

/// Status of a spot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SpotStatus {
    /// Nobody is there.
    Open,
    /// A customer checked in.
    Waiting,
    /// The merchant is done with the customer.
    Closed,
}

impl SpotStatus {
    /// Name on the wire and in the database.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Waiting => "waiting",
            Self::Closed => "closed",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        [Self::Open, Self::Waiting, Self::Closed].into_iter().find(|status| status.name() == name)
    }
}

/// A transaction at a spot.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) id: i64,
    pub(crate) transaction_key: String,
    /// Whether the visit is over in which it was made.
    pub(crate) closed: bool,
}

const COLUMNS: &str = "spot.id, location_id, identifier, status, user_id";

fn read(row: &Row<'_>) -> rusqlite::Result<Spot> {
    let status: String = row.get(3)?;
    Ok(Spot {
        id: row.get(0)?,
        location: row.get(1)?,
        identifier: row.get(2)?,
        status: SpotStatus::parse(&status).ok_or_else(|| unknown_name(3, &status))?,
        user: row.get(4)?,
    })
}

/// The spot of that number.
pub(crate) fn find(db: &Connection, id: i64) -> Result<Option<Spot>, Refusal> {
    Ok(db
        .prepare_cached(&format!("SELECT {COLUMNS} FROM spot WHERE id = ?1"))?
        .query_row([id], read)
        .optional()?)
}

/// The spot that a code names.
pub(crate) fn by_identifier(
    db: &Connection,
    location: i64,
    identifier: &str,
) -> Result<Option<Spot>, Refusal> {
    Ok(db
        .prepare_cached(&format!("SELECT {COLUMNS} FROM spot WHERE location_id = ?1 AND identifier = ?2"))?
        .query_row(params![location, identifier], read)
        .optional()?)
}

/// The spots of a project, by number, with the length of the whole.
pub(crate) fn list(
    db: &Connection,
    project: i64,
    location: Option<i64>,
    statuses: &[SpotStatus],
    (limit, offset): (i64, i64),
) -> Result<(Vec<Spot>, i64), Refusal> {
    let mut wanted = Conditions::new("project_id = ?", vec![project.into()])
        .and("location_id = ?", location)
        .one_of("status", statuses.iter().map(|status| status.name().to_owned()));
    let tables = "spot JOIN location ON location.id = location_id";
    let total = wanted.count(db, tables)?;
    wanted.values.extend([limit.into(), offset.into()]);
    let mut statement = db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM {tables} WHERE {} ORDER BY spot.id LIMIT ? OFFSET ?",
        wanted.sql
    ))?;
    let rows = statement.query_map(rusqlite::params_from_iter(&wanted.values), read)?;
    Ok((rows.collect::<Result<_, _>>()?, total))
}

/// Makes a spot, of that number if it is given; its number.
pub(crate) fn insert(
    db: &Connection,
    id: Option<i64>,
    location: i64,
    identifier: &str,
) -> Result<i64, Refusal> {
    db.prepare_cached("INSERT INTO spot (id, location_id, identifier, status) VALUES (?1, ?2, ?3, 'open')")?
        .execute(params![id, location, identifier])?;
    Ok(db.last_insert_rowid())
}

/// Notes what happened at a spot.
pub(crate) fn set_status(
    db: &Connection,
    id: i64,
    status: SpotStatus,
    user: Option<i64>,
) -> Result<(), Refusal> {
    db.prepare_cached("UPDATE spot SET status = ?2, user_id = ?3 WHERE id = ?1")?.execute(params![
        id,
        status.name(),
        user
    ])?;
    Ok(())
}

/// The orders of the present visit, oldest first.
pub(crate) fn orders(db: &Connection, spot: i64) -> Result<Vec<Order>, Refusal> {
    let mut statement = db.prepare_cached(
        "SELECT id, transaction_key, closed FROM spot_order
         WHERE spot_id = ?1 AND NOT closed ORDER BY id",
    )?;
    Ok(statement.query_map([spot], read_order)?.collect::<Result<_, _>>()?)
}

/// An order of a spot, also of an earlier visit.
pub(crate) fn order(db: &Connection, spot: i64, id: i64) -> Result<Option<Order>, Refusal> {
    Ok(db
        .prepare_cached("SELECT id, transaction_key, closed FROM spot_order WHERE spot_id = ?1 AND id = ?2")?
        .query_row([spot, id], read_order)
        .optional()?)
}

fn read_order(row: &Row<'_>) -> rusqlite::Result<Order> {
    Ok(Order { id: row.get(0)?, transaction_key: row.get(1)?, closed: row.get(2)? })
}

/// Whether a transaction is an order somewhere.
pub(crate) fn is_order(db: &Connection, key: &str) -> Result<bool, Refusal> {
    Ok(db
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM spot_order WHERE transaction_key = ?1)")?
        .query_row([key], |row| row.get(0))?)
}

/// Puts a transaction on a spot; the order's number.
pub(crate) fn insert_order(db: &Connection, spot: i64, key: &str) -> Result<i64, Refusal> {
    db.prepare_cached("INSERT INTO spot_order (spot_id, transaction_key) VALUES (?1, ?2)")?
        .execute(params![spot, key])?;
    Ok(db.last_insert_rowid())
}

/// Takes an order off its spot.
pub(crate) fn delete_order(db: &Connection, id: i64) -> Result<(), Refusal> {
    db.prepare_cached("DELETE FROM spot_order WHERE id = ?1")?.execute([id])?;
    Ok(())
}

/// Ends the visit: its orders are of the past.
pub(crate) fn close_orders(db: &Connection, spot: i64) -> Result<(), Refusal> {
    db.prepare_cached("UPDATE spot_order SET closed = 1 WHERE spot_id = ?1")?.execute([spot])?;
    Ok(())
}
