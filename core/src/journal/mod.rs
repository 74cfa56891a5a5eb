//! What happened to each attempt: an append-only list of events, each written
//! before the effect that depends on it.
//!
//! The only journal so far is [`MemoryJournal`]: it dies with the process.
//! Production is refused until a durable one stands behind [`Journal`].

mod event;
mod memory;

use std::fmt;

pub use event::{AttemptEvent, AttemptId, AttemptKind, CancelReason, JournalEntry};
pub use memory::MemoryJournal;

/// An event could not be written; the effect that depends on it must not happen.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the journal failed: {reason}")]
pub struct JournalError {
    /// What the storage said.
    pub reason: String,
}

/// An append-only record of attempts.
pub trait Journal: Send + Sync + fmt::Debug {
    /// Writes one entry; returns once it is kept.
    ///
    /// # Errors
    /// [`JournalError`]; nothing was written then.
    fn append(&self, entry: JournalEntry) -> Result<(), JournalError>;

    /// The entries of one attempt, oldest first.
    ///
    /// # Errors
    /// [`JournalError`] when the storage can't be read.
    fn entries(&self, attempt: AttemptId) -> Result<Vec<JournalEntry>, JournalError>;

    /// Whether entries outlive the process.
    fn is_durable(&self) -> bool;
}
