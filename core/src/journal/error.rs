//! Why the journal failed.

use std::path::PathBuf;

/// The journal could not be opened, read or written. What was to be written was
/// not, and the effect that depends on it must not happen.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// The storage refused.
    #[error("the journal failed: {reason}")]
    Storage {
        /// What the storage said.
        reason: String,
    },
    /// The file is damaged; the next opening sets it aside.
    #[error("the journal is damaged: {reason}")]
    Damaged {
        /// What the storage said.
        reason: String,
    },
    /// Another process, or another part of this one, has it open.
    #[error("the journal {} is open elsewhere", .path.display())]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// A later version of this library wrote the file. It was not touched.
    #[error("the journal has schema {found}, this version knows {known}: update the app")]
    NewerSchema {
        /// The file's schema.
        found: u32,
        /// The newest schema known here.
        known: u32,
    },
    /// It was closed for the app's time in the background: `resume` it first. Or the
    /// process ends, and nothing is written any more.
    #[error("the journal is suspended")]
    Suspended,
    /// An entry can't be read.
    #[error("an entry of the journal can't be read: {reason}")]
    Entry {
        /// What is wrong with it.
        reason: String,
    },
}

impl JournalError {
    pub(crate) fn entry(reason: impl std::fmt::Display) -> Self {
        Self::Entry { reason: reason.to_string() }
    }
}

impl From<rusqlite::Error> for JournalError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
        let reason = error.to_string();
        match error.sqlite_error_code() {
            Some(DatabaseCorrupt | NotADatabase) => Self::Damaged { reason },
            _ => Self::Storage { reason },
        }
    }
}
