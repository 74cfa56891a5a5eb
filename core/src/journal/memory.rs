//! A journal that dies with the process.

use std::sync::{Mutex, PoisonError};

use super::{AttemptId, Journal, JournalEntry, JournalError};

/// Keeps entries in memory: for tests, demonstrations and sandboxes.
#[derive(Debug, Default)]
pub struct MemoryJournal(Mutex<Vec<JournalEntry>>);

impl Journal for MemoryJournal {
    fn append(&self, entry: JournalEntry) -> Result<(), JournalError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(entry);
        Ok(())
    }

    fn entries(&self, attempt: AttemptId) -> Result<Vec<JournalEntry>, JournalError> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(entries.iter().filter(|entry| entry.attempt == attempt).cloned().collect())
    }

    fn is_durable(&self) -> bool {
        false
    }
}
