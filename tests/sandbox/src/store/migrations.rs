//! Opening the database: settings, then the numbered files of `migrations/`.

use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

use super::Database;

/// The schema, one step a file; the number of steps done is `user_version`.
const STEPS: &[&str] = &[
    include_str!("../../migrations/001_people.sql"),
    include_str!("../../migrations/002_transactions.sql"),
    include_str!("../../migrations/003_ledger.sql"),
    include_str!("../../migrations/005_people.sql"),
    include_str!("../../migrations/006_places.sql"),
    include_str!("../../migrations/007_callbacks.sql"),
    include_str!("../../migrations/008_allowances.sql"),
];

/// How long to wait for another process that reads the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Statements that stay prepared: one payment's way needs more than the usual 16.
const STATEMENTS: usize = 256;

/// Why the database did not open.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// SQLite refused.
    #[error("the database can't be used: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// A later version of the sandbox wrote the file.
    #[error(
        "the database has schema {found}, this sandbox knows {known}; use the newer sandbox or another file"
    )]
    NewerSchema {
        /// Version in the file.
        found: usize,
        /// Newest version known here.
        known: usize,
    },
    /// The system gave no thread.
    #[error("no thread for the database: {0}")]
    Thread(std::io::Error),
    /// The database thread ended at once.
    #[error("the database thread stopped")]
    Stopped,
}

/// Opens `database` and brings it to the newest schema.
pub(super) fn open(database: &Database) -> Result<Connection, StoreError> {
    let mut connection = match database {
        Database::InMemory => Connection::open_in_memory()?,
        Database::File(path) => Connection::open(path)?,
    };
    connection.busy_timeout(BUSY_TIMEOUT)?;
    // FULL: an answered confirm survives a power cut.
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    migrate(&mut connection)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: usize = transaction
        .pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0))?
        .try_into()
        .unwrap_or(usize::MAX);
    if found > STEPS.len() {
        return Err(StoreError::NewerSchema { found, known: STEPS.len() });
    }
    for step in STEPS.iter().skip(found) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", i64::try_from(STEPS.len()).unwrap_or(i64::MAX))?;
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opening_twice_changes_nothing_and_a_newer_schema_is_refused() {
        let mut connection = open(&Database::InMemory).unwrap();
        migrate(&mut connection).unwrap();
        connection.pragma_update(None, "user_version", 99).unwrap();
        let known = STEPS.len();
        assert!(
            matches!(migrate(&mut connection), Err(StoreError::NewerSchema { found: 99, known: k }) if k == known)
        );
    }
}
