//! What settled in a shift.

use std::collections::BTreeMap;

use crate::error::ApiError;
use crate::journal::{AttemptKind, AttemptRow, Period};
use crate::merchant::till::Till;
use crate::money::Money;

/// What settled in a period, by kind and currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShiftReport {
    /// The period.
    pub period: Period,
    /// The totals, by kind and then by currency.
    pub totals: Vec<ShiftTotal>,
    /// What goes on at this moment, whenever it began.
    pub open: Vec<AttemptRow>,
}

/// One kind in one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShiftTotal {
    /// The kind.
    pub kind: AttemptKind,
    /// How many settled.
    pub count: u64,
    /// What they come to; of refunds what went back.
    pub sum: Money,
    /// The part of it that is tips.
    pub tips: Money,
}

impl Till {
    pub(in crate::merchant) async fn shift_report(&self, period: Period) -> Result<ShiftReport, ApiError> {
        let settled = self.host.journal.run(move |journal| journal.settled_in(period)).await?;
        let open = self.host.journal.run(|journal| journal.open_attempts()).await?;
        Ok(ShiftReport { period, totals: totals(&settled)?, open })
    }
}

/// Adds up what settled.
pub(super) fn totals(rows: &[AttemptRow]) -> Result<Vec<ShiftTotal>, ApiError> {
    let mut totals: BTreeMap<(AttemptKind, &'static str), ShiftTotal> = BTreeMap::new();
    for row in rows {
        let Some(settlement) = &row.settlement else { continue };
        let currency = settlement.amount.currency();
        let zero = Money::from_minor(0, currency);
        let empty = ShiftTotal { kind: row.kind, count: 0, sum: zero, tips: zero };
        let total = totals.entry((row.kind, currency.code())).or_insert(empty);
        total.count = total.count.saturating_add(1);
        total.sum = total.sum.checked_add(settlement.amount)?;
        if let Some(tip) = row.tip {
            total.tips = total.tips.checked_add(tip)?;
        }
    }
    Ok(totals.into_values().collect())
}
