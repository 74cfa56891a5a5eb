//! Projects: what merchants are paid for.

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::error::Refusal;

/// A merchant's project.
#[derive(Clone, Debug)]
pub(crate) struct Project {
    pub(crate) id: i64,
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    /// Where its payments go.
    pub(crate) wallet: i64,
    /// Where its callbacks go, if it says.
    pub(crate) callback_uri: Option<String>,
}

const COLUMNS: &str = "project.id, title, project.description, wallet_id, callback_uri";

fn read(row: &Row<'_>) -> rusqlite::Result<Project> {
    Ok(Project {
        id: row.get(0)?,
        title: row.get(1)?,
        description: row.get(2)?,
        wallet: row.get(3)?,
        callback_uri: row.get(4)?,
    })
}

/// The project of that number.
pub(crate) fn find(db: &Connection, id: i64) -> Result<Option<Project>, Refusal> {
    Ok(db
        .prepare_cached(&format!("SELECT {COLUMNS} FROM project WHERE id = ?1"))?
        .query_row([id], read)
        .optional()?)
}

/// Every project, by number.
pub(crate) fn all(db: &Connection) -> Result<Vec<Project>, Refusal> {
    let mut statement = db.prepare_cached(&format!("SELECT {COLUMNS} FROM project ORDER BY id"))?;
    Ok(statement.query_map([], read)?.collect::<Result<_, _>>()?)
}

/// The projects whose wallet a user owns, by number.
pub(crate) fn of_user(db: &Connection, user: i64) -> Result<Vec<Project>, Refusal> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM project JOIN wallet ON wallet.id = wallet_id WHERE user_id = ?1 ORDER BY project.id"
    ))?;
    Ok(statement.query_map([user], read)?.collect::<Result<_, _>>()?)
}

/// Writes what a merchant says about a project.
pub(crate) fn update(db: &Connection, project: &Project) -> Result<(), Refusal> {
    db.prepare_cached("UPDATE project SET title = ?2, description = ?3, wallet_id = ?4 WHERE id = ?1")?
        .execute(params![project.id, project.title, project.description, project.wallet])?;
    Ok(())
}

/// Sets where a project's callbacks go; false if there is no such project.
pub(crate) fn set_callback_uri(db: &Connection, project: i64, uri: Option<&str>) -> Result<bool, Refusal> {
    Ok(db
        .prepare_cached("UPDATE project SET callback_uri = ?2 WHERE id = ?1")?
        .execute(params![project, uri])?
        > 0)
}
