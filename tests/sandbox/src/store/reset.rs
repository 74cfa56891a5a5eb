//! Forgetting everything.

use rusqlite::Connection;

use crate::error::Refusal;

/// Empties every table, so that the seed can be planted anew.
pub(crate) fn clear(db: &Connection) -> Result<(), Refusal> {
    // Who refers to whom does not matter while everything goes.
    db.pragma_update(None, "defer_foreign_keys", true)?;
    let mut statement =
        db.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")?;
    let tables = statement.query_map([], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?;
    for table in tables {
        db.execute(&format!("DELETE FROM \"{table}\""), [])?;
    }
    Ok(())
}
