//! Small things that a till has to remember.

use rusqlite::OptionalExtension as _;

use super::{Journal, JournalError};

impl Journal {
    /// What is kept under `name`.
    pub(crate) fn setting(&self, name: &str) -> Result<Option<String>, JournalError> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached("SELECT value FROM setting WHERE name = ?1")?;
            Ok(statement.query_row([name], |row| row.get(0)).optional()?)
        })
    }

    /// Keeps `value` under `name`.
    pub(crate) fn set_setting(&self, name: &str, value: &str) -> Result<(), JournalError> {
        self.with(|connection| {
            connection.execute(
                "INSERT INTO setting (name, value) VALUES (?1, ?2)
                 ON CONFLICT (name) DO UPDATE SET value = ?2",
                (name, value),
            )?;
            Ok(())
        })
    }
}
