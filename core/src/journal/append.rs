//! Writing: events, and what they come to, in one transaction.

use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior};

use super::records::{NewAttempt, Projection};
use super::{AttemptId, Entry, Journal, JournalError, Observed};
use crate::calendar::BusinessDay;
use crate::clock::UnixSeconds;
use crate::money::Money;

/// The setting that says back to when a lost journal was rebuilt.
const REBUILT_SINCE: &str = "rebuilt_since";

/// Events to write, and what the attempt comes to with them.
#[derive(Clone, Debug)]
pub(crate) struct Commit {
    pub(crate) at: UnixSeconds,
    /// The business day of `at`.
    pub(crate) day: BusinessDay,
    pub(crate) entries: Vec<Entry>,
    pub(crate) projection: Projection,
}

impl Journal {
    /// Writes a new attempt with its first event, unless the same request
    /// started one before: that one's identifier is given then.
    pub(crate) fn begin(&self, new: &NewAttempt, commit: &Commit) -> Result<Option<AttemptId>, JournalError> {
        let observed = Observed { attempt: new.id, entries: &commit.entries };
        self.with(|connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let earlier: Option<String> = transaction
                .prepare_cached("SELECT id FROM attempt WHERE request_id = ?1")?
                .query_row([&new.request_id], |row| row.get(0))
                .optional()?;
            if let Some(earlier) = earlier {
                let earlier = AttemptId::parse(&earlier);
                return Ok(Some(earlier.ok_or_else(|| JournalError::entry("an identifier"))?));
            }
            if let Some(observer) = &self.observer {
                observer.before(observed)?;
            }
            transaction
                .prepare_cached(
                    "INSERT INTO attempt (id, request_id, kind, minor, currency, tip_minor, bill, staff,
                                          started_at, state, open, sweep, cash_minor)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 0, 0)",
                )?
                .execute((
                    new.id.to_string(),
                    &new.request_id,
                    new.kind.name(),
                    new.amount.minor(),
                    new.amount.currency().code(),
                    new.tip.map(Money::minor),
                    &new.bill,
                    &new.staff,
                    commit.at.0,
                    commit.projection.state,
                    commit.projection.open,
                ))?;
            write(&transaction, new.id, commit)?;
            transaction.commit()?;
            if let Some(observer) = &self.observer {
                observer.after(observed);
            }
            Ok(None)
        })
    }

    /// Writes what happened to an attempt.
    pub(crate) fn append(&self, id: AttemptId, commit: &Commit) -> Result<(), JournalError> {
        let observed = Observed { attempt: id, entries: &commit.entries };
        self.with(|connection| {
            if let Some(observer) = &self.observer {
                observer.before(observed)?;
            }
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            write(&transaction, id, commit)?;
            transaction.commit()?;
            if let Some(observer) = &self.observer {
                observer.after(observed);
            }
            Ok(())
        })
    }

    /// Remembers that the lost transactions of an attempt were looked for once
    /// more, after they could not come any more.
    pub(crate) fn swept(&self, id: AttemptId) -> Result<(), JournalError> {
        self.with(|connection| {
            connection.execute("UPDATE attempt SET sweep = 0 WHERE id = ?1", [id.to_string()])?;
            Ok(())
        })
    }

    /// Whether the server's transactions of this device are still to be taken
    /// over: the file is a new one.
    pub(crate) fn is_to_be_rebuilt(&self) -> Result<bool, JournalError> {
        self.with(|connection| {
            Ok(connection.query_row("SELECT rebuilt = 0 FROM binding", [], |row| row.get(0))?)
        })
    }

    /// The server's transactions were taken over: all, or only those made after
    /// `since`.
    pub(crate) fn rebuilt(&self, since: Option<UnixSeconds>) -> Result<(), JournalError> {
        if let Some(since) = since {
            self.set_setting(REBUILT_SINCE, &since.to_string())?;
        }
        self.with(|connection| {
            connection.execute("UPDATE binding SET rebuilt = 1", [])?;
            Ok(())
        })
    }

    /// After the journal was lost: the moment, in server time, back to which the
    /// server's transactions were taken over, where there were too many to take
    /// over all of the last day. What began before it is not in this journal; the
    /// comparison with the server names it. `None` where nothing is missing.
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn rebuilt_since(&self) -> Result<Option<UnixSeconds>, JournalError> {
        let Some(since) = self.setting(REBUILT_SINCE)? else { return Ok(None) };
        let since = since.parse().map_err(|_| JournalError::entry("the rebuilding has no moment"))?;
        Ok(Some(UnixSeconds(since)))
    }
}

/// What the row said before.
struct Before {
    number: i64,
    kind: String,
    currency: String,
    settled_minor: Option<i64>,
    cash_minor: i64,
    staff: Option<String>,
}

fn write(transaction: &Transaction<'_>, id: AttemptId, commit: &Commit) -> Result<(), JournalError> {
    let before = transaction
        .prepare_cached(
            "SELECT number, kind, currency, settled_minor, cash_minor, staff FROM attempt WHERE id = ?1",
        )?
        .query_row([id.to_string()], |row| {
            Ok(Before {
                number: row.get(0)?,
                kind: row.get(1)?,
                currency: row.get(2)?,
                settled_minor: row.get(3)?,
                cash_minor: row.get(4)?,
                staff: row.get(5)?,
            })
        })
        .optional()?
        .ok_or_else(|| JournalError::entry("an event of no attempt"))?;
    let mut last: i64 = transaction
        .prepare_cached("SELECT coalesce(max(seq), 0) FROM event WHERE attempt = ?1")?
        .query_row([before.number], |row| row.get(0))?;
    for entry in &commit.entries {
        last = last.saturating_add(1);
        transaction
            .prepare_cached("INSERT INTO event (attempt, seq, at, name, data) VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute((before.number, last, commit.at.0, entry.name, &entry.data))?;
    }
    let projection = &commit.projection;
    let settlement = projection.settlement.as_ref();
    transaction
        .prepare_cached(
            "UPDATE attempt SET transaction_key = ?2, state = ?3, open = ?4, sweep = ?5,
                 settled_minor = ?6, settled_at = ?7, settled_day = coalesce(settled_day, ?8), payer = ?9,
                 elsewhere = ?10, cash_minor = ?11
             WHERE number = ?1",
        )?
        .execute((
            before.number,
            projection.transaction.as_ref().map(|key| key.as_str()),
            projection.state,
            projection.open,
            projection.sweep,
            settlement.map(|settlement| settlement.amount.minor()),
            settlement.map(|settlement| settlement.at.0),
            settlement.map(|_| commit.day.as_str()),
            settlement
                .and_then(|settlement| settlement.payer)
                .map(|payer| i64::try_from(payer.get()).unwrap_or(i64::MAX)),
            settlement.map(|settlement| settlement.elsewhere),
            projection.cash_minor,
        ))?;
    if let (Some(settlement), None) = (settlement, before.settled_minor) {
        count(transaction, &before, commit, settlement.amount.minor())?;
    }
    let moved = projection.cash_minor.saturating_sub(before.cash_minor);
    if moved != 0 {
        let kept = change_drawer(transaction, &before.currency, moved)?;
        if !kept {
            return Ok(());
        }
        transaction
            .prepare_cached(
                "INSERT INTO drawer_move (at, day, currency, minor, why, attempt, staff)
                 VALUES (?1, ?2, ?3, ?4, 'attempt', ?5, ?6)",
            )?
            .execute((
                commit.at.0,
                commit.day.as_str(),
                &before.currency,
                moved,
                before.number,
                &before.staff,
            ))?;
    }
    Ok(())
}

fn count(
    transaction: &Transaction<'_>,
    row: &Before,
    commit: &Commit,
    minor: i64,
) -> Result<(), JournalError> {
    transaction
        .prepare_cached(
            "INSERT INTO day_total (day, kind, currency, count, minor) VALUES (?1, ?2, ?3, 1, ?4)
             ON CONFLICT (day, kind, currency) DO UPDATE SET count = count + 1, minor = minor + ?4",
        )?
        .execute((commit.day.as_str(), &row.kind, &row.currency, minor))?;
    Ok(())
}

/// Adds to what should be in the drawer; `false` where none is kept.
pub(super) fn change_drawer(
    connection: &Connection,
    currency: &str,
    minor: i64,
) -> Result<bool, JournalError> {
    let changed = connection
        .prepare_cached("UPDATE drawer SET minor = minor + ?2 WHERE currency = ?1")?
        .execute((currency, minor))?;
    Ok(changed > 0)
}
