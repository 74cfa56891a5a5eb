//! Letting old attempts go, so that the file does not grow without bound.

use rusqlite::TransactionBehavior;

use super::{AttemptRow, Journal, JournalError};
use crate::clock::UnixSeconds;

/// Attempts that are taken out in one transaction: a till that does so must not
/// stand still for long.
const BATCH: u32 = 500;

impl Journal {
    /// Takes out the oldest ended attempts that began before `before`, and gives
    /// what they were to `keep` first: only what `keep` has accepted is taken
    /// out. Day totals and the drawer stay. Gives how many were taken out.
    ///
    /// # Errors
    /// What `keep` failed with, or [`JournalError`]; those that were accepted
    /// before are gone then.
    pub fn retire<E: From<JournalError>>(
        &self,
        before: UnixSeconds,
        mut keep: impl FnMut(&[AttemptRow]) -> Result<(), E>,
    ) -> Result<u64, E> {
        let mut retired = 0_u64;
        loop {
            let rows = self.retirable(before)?;
            if rows.is_empty() {
                return Ok(retired);
            }
            keep(&rows)?;
            self.forget(&rows)?;
            retired = retired.saturating_add(u64::try_from(rows.len()).unwrap_or(u64::MAX));
        }
    }

    fn forget(&self, rows: &[AttemptRow]) -> Result<(), JournalError> {
        self.with(|connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            for row in rows {
                for statement in [
                    "DELETE FROM event WHERE attempt = ?1",
                    "UPDATE drawer_move SET attempt = NULL WHERE attempt = ?1",
                    "DELETE FROM attempt WHERE number = ?1",
                ] {
                    transaction.prepare_cached(statement)?.execute([row.number])?;
                }
            }
            Ok(transaction.commit()?)
        })
    }

    fn retirable(&self, before: UnixSeconds) -> Result<Vec<AttemptRow>, JournalError> {
        self.rows(
            "WHERE started_at < ?1 AND open = 0 AND sweep = 0 ORDER BY started_at, number LIMIT ?2",
            (before.0, BATCH),
        )
    }
}
