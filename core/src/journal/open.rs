//! Opening the file: lock, settings, schema, owner. What can't be used is set
//! aside, never deleted.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OptionalExtension as _, TransactionBehavior};

use super::{JournalError, JournalOwner};
use crate::clock::UnixSeconds;

/// The schema, one step a file; the number of steps done is `user_version`.
pub(super) const STEPS: &[&str] = &[include_str!("migrations/001_attempts.sql")];

/// What SQLite keeps beside the file.
const COMPANIONS: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Why a file was set aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetAsideWhy {
    /// It is damaged.
    Damaged,
    /// It belongs to another installation of the app, or to another wallet: a
    /// backup was brought to this device.
    OfAnother,
}

/// A file that was not used and not deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAside {
    /// Where it is now.
    pub path: PathBuf,
    /// Why.
    pub why: SetAsideWhy,
}

pub(super) struct Opened {
    pub(super) connection: Connection,
    pub(super) set_aside: Option<SetAside>,
}

/// Opens `path` for `owner`, or makes it.
pub(super) fn open(path: &Path, owner: JournalOwner, now: UnixSeconds) -> Result<Opened, JournalError> {
    let why = match open_existing(path, owner, now) {
        Ok(Some(connection)) => return Ok(Opened { connection, set_aside: None }),
        Ok(None) => SetAsideWhy::OfAnother,
        Err(JournalError::Damaged { .. }) => SetAsideWhy::Damaged,
        Err(error) => return Err(error),
    };
    let moved = set_aside(path, why, now)?;
    let connection = open_existing(path, owner, now)?
        .ok_or_else(|| JournalError::Storage { reason: "a new file belongs to somebody else".to_owned() })?;
    Ok(Opened { connection, set_aside: Some(SetAside { path: moved, why }) })
}

/// A journal that dies with the process.
pub(super) fn open_in_memory(owner: JournalOwner, now: UnixSeconds) -> Result<Connection, JournalError> {
    let mut connection = Connection::open_in_memory()?;
    migrate(&mut connection)?;
    // There is nothing to rebuild what was never kept.
    bind(&connection, owner, now, true)?;
    Ok(connection)
}

/// `None` for a file of another owner.
fn open_existing(
    path: &Path,
    owner: JournalOwner,
    now: UnixSeconds,
) -> Result<Option<Connection>, JournalError> {
    let busy = |error: rusqlite::Error| match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            JournalError::InUse { path: path.to_owned() }
        }
        _ => error.into(),
    };
    let mut connection = Connection::open(path)?;
    // Who has it open keeps it: waiting is of no use.
    connection.busy_timeout(Duration::ZERO)?;
    // One process, and one handle in it: held until the connection is closed or
    // the process dies.
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE").map_err(busy)?;
    connection.pragma_update(None, "journal_mode", "WAL").map_err(busy)?;
    // FULL: what was committed survives a power cut.
    connection.pragma_update(None, "synchronous", "FULL")?;
    // On Apple's systems FULL alone does not flush the drive.
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // Android has no folder for temporary files.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.set_prepared_statement_cache_capacity(64);
    migrate(&mut connection)?;
    Ok(bind(&connection, owner, now, false)?.then_some(connection))
}

fn migrate(connection: &mut Connection) -> Result<(), JournalError> {
    let known = u32::try_from(STEPS.len()).unwrap_or(u32::MAX);
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > known {
        return Err(JournalError::NewerSchema { found, known });
    }
    if found < known {
        for step in STEPS.iter().skip(usize::try_from(found).unwrap_or(usize::MAX)) {
            transaction.execute_batch(step)?;
        }
        transaction.pragma_update(None, "user_version", known)?;
    }
    Ok(transaction.commit()?)
}

/// Whether the file is `owner`'s; a new one becomes it.
fn bind(
    connection: &Connection,
    owner: JournalOwner,
    now: UnixSeconds,
    rebuilt: bool,
) -> Result<bool, JournalError> {
    let wallet = i64::try_from(owner.wallet.get()).unwrap_or(i64::MAX);
    let found: Option<(String, i64)> = connection
        .query_row("SELECT install, wallet FROM binding", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    if let Some(found) = found {
        return Ok(found == (owner.install.to_string(), wallet));
    }
    connection.execute(
        "INSERT INTO binding (one, install, wallet, made_at, rebuilt) VALUES (1, ?1, ?2, ?3, ?4)",
        (owner.install.to_string(), wallet, now.0, rebuilt),
    )?;
    Ok(true)
}

/// Moves the file and its companions away; gives the new path.
fn set_aside(path: &Path, why: SetAsideWhy, now: UnixSeconds) -> Result<PathBuf, JournalError> {
    let word = match why {
        SetAsideWhy::Damaged => "damaged",
        SetAsideWhy::OfAnother => "of-another",
    };
    let failed = |error: std::io::Error| JournalError::Storage {
        reason: format!("the unusable file can't be set aside: {error}"),
    };
    let mut target = with_suffix(path, &format!(".{word}-{now}"));
    let mut number = 1_u32;
    while target.exists() {
        target = with_suffix(path, &format!(".{word}-{now}-{number}"));
        number = number.saturating_add(1);
    }
    fs::rename(path, &target).map_err(failed)?;
    for companion in COMPANIONS {
        match fs::rename(with_suffix(path, companion), with_suffix(&target, companion)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
    }
    Ok(target)
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
