//! The cash drawer: what people put in and take out, beside what attempts do.

use rusqlite::{OptionalExtension as _, Row, TransactionBehavior};

use super::append::change_drawer;
use super::read::money;
use super::{AttemptId, Journal, JournalError};
use crate::calendar::BusinessDay;
use crate::clock::UnixSeconds;
use crate::error::ApiError;
use crate::money::{Currency, Money};

/// Why the drawer changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DrawerMoveWhy {
    /// A cash-in, a cash-out, or cash that was given back.
    Attempt,
    /// Money was put in at the beginning, or added.
    Float,
    /// Money was taken out, for example to the safe.
    Removed,
    /// It was counted, and corrected to what was there.
    Counted,
}

impl DrawerMoveWhy {
    const ALL: [Self; 4] = [Self::Attempt, Self::Float, Self::Removed, Self::Counted];

    /// The stable name, for example `float`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Attempt => "attempt",
            Self::Float => "float",
            Self::Removed => "removed",
            Self::Counted => "counted",
        }
    }
}

/// A change of the cash drawer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawerMove {
    /// When; server time in Unix seconds.
    pub at: UnixSeconds,
    /// By how much; less than zero if it was taken out.
    pub change: Money,
    /// Why.
    pub why: DrawerMoveWhy,
    /// The attempt that did it.
    pub attempt: Option<AttemptId>,
    /// Who did it.
    pub staff: Option<String>,
}

impl Journal {
    /// What should be in the drawer; `None` where none is kept for this
    /// currency: nobody has ever put money in.
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn drawer(&self, currency: Currency) -> Result<Option<Money>, JournalError> {
        let minor: Option<i64> = self.with(|connection| {
            let mut statement = connection.prepare_cached("SELECT minor FROM drawer WHERE currency = ?1")?;
            Ok(statement.query_row([currency.code()], |row| row.get(0)).optional()?)
        })?;
        Ok(minor.map(|minor| Money::from_minor(minor, currency)))
    }

    /// The currencies in which a drawer is kept.
    pub(crate) fn drawers(&self) -> Result<Vec<Currency>, JournalError> {
        let codes: Vec<String> = self.with(|connection| {
            let mut statement = connection.prepare_cached("SELECT currency FROM drawer ORDER BY currency")?;
            Ok(statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
        })?;
        codes.iter().map(|code| Currency::parse(code).map_err(JournalError::entry)).collect()
    }

    /// Writes down what a person did to the drawer: what `change` makes of what
    /// should be in it. Nothing else moves cash in between. Gives what should have
    /// been in it, and the change.
    pub(crate) fn move_cash(
        &self,
        at: UnixSeconds,
        day: &BusinessDay,
        currency: Currency,
        (why, staff): (DrawerMoveWhy, Option<&str>),
        change: impl FnOnce(Money) -> Result<Money, ApiError>,
    ) -> Result<Result<(Money, Money), ApiError>, JournalError> {
        self.with(|connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let code = currency.code();
            let kept: Option<i64> = transaction
                .prepare_cached("SELECT minor FROM drawer WHERE currency = ?1")?
                .query_row([code], |row| row.get(0))
                .optional()?;
            let expected = Money::from_minor(kept.unwrap_or_default(), currency);
            let change = match change(expected) {
                Ok(change) => change,
                Err(error) => return Ok(Err(error)),
            };
            transaction.execute(
                "INSERT INTO drawer_move (at, day, currency, minor, why, attempt, staff)
                 VALUES (?1, ?2, ?3, ?4, ?5, NULL, ?6)",
                (at.0, day.as_str(), code, change.minor(), why.name(), staff),
            )?;
            if !change_drawer(&transaction, code, change.minor())? {
                transaction.execute(
                    "INSERT INTO drawer (currency, minor) VALUES (?1, ?2)",
                    (code, change.minor()),
                )?;
            }
            transaction.commit()?;
            Ok(Ok((expected, change)))
        })
    }

    /// The changes of the drawer on a business day, in order.
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn drawer_moves(&self, day: &BusinessDay) -> Result<Vec<DrawerMove>, JournalError> {
        type Columns = (i64, String, i64, String, Option<String>, Option<String>);
        let rows: Vec<Columns> = self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT at, drawer_move.currency, drawer_move.minor, why, attempt.id, drawer_move.staff
                 FROM drawer_move LEFT JOIN attempt ON attempt.number = drawer_move.attempt
                 WHERE day = ?1 ORDER BY drawer_move.number",
            )?;
            let columns = |row: &Row<'_>| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
            };
            Ok(statement.query_map([day.as_str()], columns)?.collect::<Result<_, _>>()?)
        })?;
        rows.into_iter()
            .map(|(at, currency, minor, why, attempt, staff)| {
                let why = DrawerMoveWhy::ALL.into_iter().find(|known| known.name() == why);
                Ok(DrawerMove {
                    at: UnixSeconds(at),
                    change: money(minor, &currency)?,
                    why: why.ok_or_else(|| JournalError::entry("a change of the drawer"))?,
                    attempt: attempt.as_deref().and_then(AttemptId::parse),
                    staff,
                })
            })
            .collect()
    }

    /// What the changes of the drawer before a business day come to.
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn drawer_before(&self, day: &BusinessDay, currency: Currency) -> Result<Money, JournalError> {
        let minor: i64 = self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT coalesce(sum(minor), 0) FROM drawer_move WHERE day < ?1 AND currency = ?2",
            )?;
            Ok(statement.query_row([day.as_str(), currency.code()], |row| row.get(0))?)
        })?;
        Ok(Money::from_minor(minor, currency))
    }
}
