//! Reading: attempts for resuming, lists and totals.

use rusqlite::{OptionalExtension as _, Params, Row};

use super::records::{AttemptRow, KindTotal, Settlement, StoredEntry};
use super::{AttemptId, AttemptKind, Journal, JournalError};
use crate::calendar::BusinessDay;
use crate::clock::UnixSeconds;
use crate::code::{TransactionKey, WalletId};
use crate::money::{Currency, Money};

/// A time from one moment until before another; server time in Unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first moment in it.
    pub from: UnixSeconds,
    /// The first moment after it.
    pub until: UnixSeconds,
}

const COLUMNS: &str = "number, id, request_id, kind, minor, currency, bill, staff, started_at, \
                       transaction_key, state, open, settled_minor, settled_at, settled_day, payer, elsewhere, tip_minor";

impl Journal {
    /// The events of an attempt, oldest first; none if there is no such attempt.
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn events(&self, id: AttemptId) -> Result<Vec<StoredEntry>, JournalError> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT at, event.name, data FROM event JOIN attempt ON attempt = number
                 WHERE attempt.id = ?1 ORDER BY seq",
            )?;
            let entry = |row: &Row<'_>| {
                Ok(StoredEntry { at: UnixSeconds(row.get(0)?), name: row.get(1)?, data: row.get(2)? })
            };
            Ok(statement.query_map([id.to_string()], entry)?.collect::<Result<_, _>>()?)
        })
    }

    /// An attempt by its identifier.
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn attempt(&self, id: AttemptId) -> Result<Option<AttemptRow>, JournalError> {
        Ok(self.rows("WHERE id = ?1", [id.to_string()])?.pop())
    }

    /// The attempt that works on a transaction.
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn of_transaction(&self, key: &TransactionKey) -> Result<Vec<AttemptRow>, JournalError> {
        self.rows("WHERE transaction_key = ?1 ORDER BY number", [key.as_str()])
    }

    /// The attempts for a bill, oldest first.
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn of_bill(&self, bill: &str) -> Result<Vec<AttemptRow>, JournalError> {
        self.rows("WHERE bill = ?1 ORDER BY number", [bill])
    }

    /// The attempts that go on, oldest first.
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn open_attempts(&self) -> Result<Vec<AttemptRow>, JournalError> {
        self.rows("WHERE open = 1 ORDER BY number", [])
    }

    /// The attempts whose lost transactions may still show up.
    pub(crate) fn to_sweep(&self) -> Result<Vec<AttemptRow>, JournalError> {
        self.rows("WHERE sweep = 1 ORDER BY number", [])
    }

    /// The latest attempts, newest first: `limit` of them, from before the one
    /// numbered `before`.
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn latest(&self, limit: u32, before: Option<i64>) -> Result<Vec<AttemptRow>, JournalError> {
        let before = before.unwrap_or(i64::MAX);
        self.rows("WHERE number < ?1 ORDER BY number DESC LIMIT ?2", (before, limit))
    }

    /// The attempts that settled in `period`, oldest first.
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn settled_in(&self, period: Period) -> Result<Vec<AttemptRow>, JournalError> {
        self.rows(
            "WHERE settled_at >= ?1 AND settled_at < ?2 ORDER BY settled_at, number",
            (period.from.0, period.until.0),
        )
    }

    /// The attempts that began in `period`, oldest first.
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn started_in(&self, period: Period) -> Result<Vec<AttemptRow>, JournalError> {
        self.rows(
            "WHERE started_at >= ?1 AND started_at < ?2 ORDER BY started_at, number",
            (period.from.0, period.until.0),
        )
    }

    /// What settled on a business day, by kind and currency.
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn day_totals(&self, day: &BusinessDay) -> Result<Vec<KindTotal>, JournalError> {
        let rows: Vec<(String, String, i64, i64)> = self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT kind, currency, count, minor FROM day_total WHERE day = ?1 ORDER BY kind, currency",
            )?;
            let columns = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
            Ok(statement.query_map([day.as_str()], columns)?.collect::<Result<_, _>>()?)
        })?;
        rows.into_iter()
            .map(|(kind, currency, count, minor)| {
                Ok(KindTotal {
                    kind: parse_kind(&kind)?,
                    count: u64::try_from(count).unwrap_or_default(),
                    sum: money(minor, &currency)?,
                })
            })
            .collect()
    }

    pub(super) fn rows(&self, rest: &str, parameters: impl Params) -> Result<Vec<AttemptRow>, JournalError> {
        let raw: Vec<Raw> = self.with(|connection| {
            let mut statement =
                connection.prepare_cached(&format!("SELECT {COLUMNS} FROM attempt {rest}"))?;
            Ok(statement.query_map(parameters, Raw::read)?.collect::<Result<_, _>>()?)
        })?;
        raw.into_iter().map(TryInto::try_into).collect()
    }

    /// How many attempts there are.
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn count(&self) -> Result<u64, JournalError> {
        let count: Option<i64> = self.with(|connection| {
            Ok(connection.query_row("SELECT count(*) FROM attempt", [], |row| row.get(0)).optional()?)
        })?;
        Ok(count.and_then(|count| u64::try_from(count).ok()).unwrap_or_default())
    }
}

/// A row as SQLite gives it.
struct Raw {
    number: i64,
    id: String,
    request_id: String,
    kind: String,
    minor: i64,
    currency: String,
    bill: Option<String>,
    staff: Option<String>,
    started_at: i64,
    transaction: Option<String>,
    state: String,
    open: bool,
    settled: Option<(i64, i64, String)>,
    payer: Option<i64>,
    elsewhere: Option<bool>,
    tip: Option<i64>,
}

impl Raw {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let settled_minor: Option<i64> = row.get(12)?;
        Ok(Self {
            number: row.get(0)?,
            id: row.get(1)?,
            request_id: row.get(2)?,
            kind: row.get(3)?,
            minor: row.get(4)?,
            currency: row.get(5)?,
            bill: row.get(6)?,
            staff: row.get(7)?,
            started_at: row.get(8)?,
            transaction: row.get(9)?,
            state: row.get(10)?,
            open: row.get(11)?,
            settled: match settled_minor {
                Some(minor) => Some((minor, row.get(13)?, row.get(14)?)),
                None => None,
            },
            payer: row.get(15)?,
            elsewhere: row.get(16)?,
            tip: row.get(17)?,
        })
    }
}

impl TryFrom<Raw> for AttemptRow {
    type Error = JournalError;

    fn try_from(raw: Raw) -> Result<Self, JournalError> {
        let payer = raw.payer.map(|payer| u64::try_from(payer).unwrap_or(u64::MAX)).map(WalletId::new);
        let payer = payer.transpose().map_err(JournalError::entry)?;
        let (settlement, settled_day) = match raw.settled {
            Some((minor, at, day)) => (
                Some(Settlement {
                    amount: money(minor, &raw.currency)?,
                    at: UnixSeconds(at),
                    payer,
                    elsewhere: raw.elsewhere.unwrap_or_default(),
                }),
                Some(BusinessDay::parse(&day).map_err(JournalError::entry)?),
            ),
            None => (None, None),
        };
        Ok(Self {
            number: raw.number,
            id: AttemptId::parse(&raw.id).ok_or_else(|| JournalError::entry("an identifier"))?,
            request_id: raw.request_id,
            kind: parse_kind(&raw.kind)?,
            amount: money(raw.minor, &raw.currency)?,
            tip: raw.tip.map(|tip| money(tip, &raw.currency)).transpose()?,
            bill: raw.bill,
            staff: raw.staff,
            started_at: UnixSeconds(raw.started_at),
            transaction: raw
                .transaction
                .map(|key| TransactionKey::parse(&key))
                .transpose()
                .map_err(JournalError::entry)?,
            state: raw.state,
            open: raw.open,
            settlement,
            settled_day,
        })
    }
}

fn parse_kind(name: &str) -> Result<AttemptKind, JournalError> {
    AttemptKind::parse(name).ok_or_else(|| JournalError::entry(format!("no kind is called {name}")))
}

pub(super) fn money(minor: i64, currency: &str) -> Result<Money, JournalError> {
    Ok(Money::from_minor(minor, Currency::parse(currency).map_err(JournalError::entry)?))
}
