//! Whether the journal's rows are what its events come to.

use super::event::Event;
use super::machine::Machine;
use crate::journal::{AttemptId, AttemptRow, Journal, JournalError};

/// Attempts that are looked at together.
const BATCH: u32 = 500;

/// Folds every attempt's events anew and gives those whose row says something
/// else; none, unless the file was changed by something else than this library.
/// For support and tests: it reads the whole journal.
///
/// # Errors
/// [`JournalError`] if it can't be read.
pub fn differing_rows(journal: &Journal) -> Result<Vec<AttemptId>, JournalError> {
    let mut differing = Vec::new();
    let mut before = None;
    loop {
        let rows = journal.latest(BATCH, before)?;
        let Some(last) = rows.last() else { return Ok(differing) };
        before = Some(last.number);
        for row in &rows {
            if !is_fold(journal, row)? {
                differing.push(row.id);
            }
        }
    }
}

fn is_fold(journal: &Journal, row: &AttemptRow) -> Result<bool, JournalError> {
    let entries = journal.events(row.id)?;
    let events = entries.iter().map(|entry| Ok((entry.at, Event::from_entry(entry)?)));
    let machine = Machine::fold(row.id, events.collect::<Result<Vec<_>, JournalError>>()?)?;
    let projection = machine.projection();
    Ok(projection.open == row.open
        && projection.transaction == row.transaction
        && projection.settlement == row.settlement
        && machine.intent.kind == row.kind
        && machine.intent.amount == row.amount
        && machine.intent.request_id == row.request_id
        // What an open attempt shows depends on its process as well.
        && (row.open || projection.state == row.state))
}
