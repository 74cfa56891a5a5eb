//! The report of a business day, with the cash drawer.

use crate::calendar::BusinessDay;
use crate::error::ApiError;
use crate::journal::{DrawerMove, DrawerMoveWhy, Journal, JournalError, KindTotal};
use crate::merchant::till::Till;
use crate::money::Money;

/// A business day of the till, in the location's time zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZReport {
    /// The day.
    pub day: BusinessDay,
    /// What settled, by kind and currency.
    pub totals: Vec<KindTotal>,
    /// The drawer, by currency; empty where none is kept.
    pub drawer: Vec<DrawerDay>,
}

/// The drawer on one day, in one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawerDay {
    /// What was in it when the day began.
    pub opening: Money,
    /// What people put in.
    pub floats: Money,
    /// What cash-ins, cash-outs and returns changed.
    pub attempts: Money,
    /// What people took out, below zero.
    pub removed: Money,
    /// What counting has corrected.
    pub corrections: Money,
    /// What should be in it in the end.
    pub closing: Money,
}

impl Till {
    pub(in crate::merchant) async fn z_report(&self, day: BusinessDay) -> Result<ZReport, ApiError> {
        self.host.journal.run(move |journal| read(journal, day)).await?
    }
}

fn read(journal: &Journal, day: BusinessDay) -> Result<Result<ZReport, ApiError>, JournalError> {
    let totals = journal.day_totals(&day)?;
    let moves = journal.drawer_moves(&day)?;
    let mut drawer = Vec::new();
    for currency in journal.drawers()? {
        let opening = journal.drawer_before(&day, currency)?;
        match drawer_day(opening, &moves) {
            Ok(of_day) => drawer.push(of_day),
            Err(error) => return Ok(Err(error)),
        }
    }
    Ok(Ok(ZReport { day, totals, drawer }))
}

fn drawer_day(opening: Money, moves: &[DrawerMove]) -> Result<DrawerDay, ApiError> {
    let currency = opening.currency();
    let zero = Money::from_minor(0, currency);
    let sum = |why| {
        let of_kind = |change: &&DrawerMove| change.why == why && change.change.currency() == currency;
        moves.iter().filter(of_kind).try_fold(zero, |sum, change| sum.checked_add(change.change))
    };
    let (floats, attempts) = (sum(DrawerMoveWhy::Float)?, sum(DrawerMoveWhy::Attempt)?);
    let (removed, corrections) = (sum(DrawerMoveWhy::Removed)?, sum(DrawerMoveWhy::Counted)?);
    let changes = [floats, attempts, removed, corrections];
    let closing = changes.into_iter().try_fold(opening, |sum, change| sum.checked_add(change))?;
    Ok(DrawerDay { opening, floats, attempts, removed, corrections, closing })
}
