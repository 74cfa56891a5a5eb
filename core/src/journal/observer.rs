//! Who is told of commits.

use std::fmt;

use super::{AttemptId, Entry, JournalError};

/// What is about to be written, or was.
#[derive(Clone, Copy, Debug)]
pub struct Observed<'a> {
    /// The attempt.
    pub attempt: AttemptId,
    /// The events, in order.
    pub entries: &'a [Entry],
}

/// Is told of every commit. Called with the journal locked: it must not use it.
pub trait CommitObserver: Send + Sync + fmt::Debug {
    /// Before a commit; nothing is written if it fails.
    ///
    /// # Errors
    /// Whatever the journal shall fail with.
    fn before(&self, _commit: Observed<'_>) -> Result<(), JournalError> {
        Ok(())
    }

    /// After a commit: it is kept.
    fn after(&self, _commit: Observed<'_>) {}
}
