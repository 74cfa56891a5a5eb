//! What a till has done.

use paysera_core::clock::UnixSeconds;
use paysera_core::journal;
use paysera_core::merchant::DrawerCount as CoreCount;
use paysera_core::merchant::report as core;

use crate::attempt::{AttemptKind, AttemptRecord};
use crate::money::Money;

/// A period: from the first second to before the last, Unix seconds of the
/// server's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Period {
    /// The first second.
    pub from: i64,
    /// The second after the last.
    pub until: i64,
}

impl From<Period> for journal::Period {
    fn from(period: Period) -> Self {
        Self { from: UnixSeconds(period.from), until: UnixSeconds(period.until) }
    }
}

impl From<journal::Period> for Period {
    fn from(period: journal::Period) -> Self {
        Self { from: period.from.0, until: period.until.0 }
    }
}

/// The drawer after a count.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct DrawerCount {
    /// What should have been there.
    pub expected: Money,
    /// What was there; it is what should be there from now on.
    pub counted: Money,
    /// Counted less expected: below zero, something is missing.
    pub difference: Money,
}

impl From<CoreCount> for DrawerCount {
    fn from(count: CoreCount) -> Self {
        Self {
            expected: count.expected.into(),
            counted: count.counted.into(),
            difference: count.difference.into(),
        }
    }
}

/// What settled in a period, by kind and currency.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct ShiftReport {
    /// The period.
    pub period: Period,
    /// The totals, by kind and then by currency.
    pub totals: Vec<ShiftTotal>,
    /// What goes on at this moment, whenever it began.
    pub open: Vec<AttemptRecord>,
}

/// One kind in one currency.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct ShiftTotal {
    /// The kind.
    pub kind: AttemptKind,
    /// How many settled.
    pub count: u64,
    /// What they come to; of refunds what went back.
    pub sum: Money,
    /// The part of it that is tips; nothing in a day's report.
    pub tips: Option<Money>,
}

impl From<core::ShiftReport> for ShiftReport {
    fn from(report: core::ShiftReport) -> Self {
        let total = |total: core::ShiftTotal| ShiftTotal {
            kind: total.kind.into(),
            count: total.count,
            sum: total.sum.into(),
            tips: Some(total.tips.into()),
        };
        Self {
            period: report.period.into(),
            totals: report.totals.into_iter().map(total).collect(),
            open: report.open.into_iter().map(Into::into).collect(),
        }
    }
}

/// A business day of the till.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct ZReport {
    /// The day, `yyyy-mm-dd`.
    pub day: String,
    /// What settled, by kind and currency.
    pub totals: Vec<ShiftTotal>,
    /// The drawer, by currency; empty where none is kept.
    pub drawer: Vec<DrawerDay>,
}

/// The drawer on one day, in one currency.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
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

impl From<core::ZReport> for ZReport {
    fn from(report: core::ZReport) -> Self {
        let total = |total: journal::KindTotal| ShiftTotal {
            kind: total.kind.into(),
            count: total.count,
            sum: total.sum.into(),
            tips: None,
        };
        let drawer = |day: core::DrawerDay| DrawerDay {
            opening: day.opening.into(),
            floats: day.floats.into(),
            attempts: day.attempts.into(),
            removed: day.removed.into(),
            corrections: day.corrections.into(),
            closing: day.closing.into(),
        };
        Self {
            day: report.day.as_str().to_owned(),
            totals: report.totals.into_iter().map(total).collect(),
            drawer: report.drawer.into_iter().map(drawer).collect(),
        }
    }
}

/// What came of comparing the journal with the server.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Reconciliation {
    /// The period.
    pub period: Period,
    /// Transactions that are the same on both sides.
    pub agreed: u64,
    /// Those that are not.
    pub differences: Vec<Difference>,
    /// What other tills of the location have settled.
    pub other_tills: Vec<OtherTill>,
}

/// One transaction that is not the same on both sides.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Difference {
    /// The server says that it settled, and the journal does not.
    MissingHere {
        /// The transaction.
        transaction: String,
        /// What was paid.
        amount: Money,
        /// When; Unix seconds of the server's clock.
        at: i64,
    },
    /// The journal says that it settled, and the server does not.
    MissingThere {
        /// The attempt.
        attempt: String,
        /// Its transaction.
        transaction: Option<String>,
        /// What the journal says was paid.
        amount: Money,
    },
    /// Both say that it settled, with other amounts.
    AmountDiffers {
        /// The attempt.
        attempt: String,
        /// The transaction.
        transaction: String,
        /// What the journal says.
        here: Money,
        /// What the server says.
        there: Money,
    },
    /// The server gave it back, and the journal knows of no refund; or the other
    /// way round.
    RefundDiffers {
        /// The transaction.
        transaction: String,
        /// Whether the journal knows of a refund.
        here: bool,
        /// Whether the server gave it back.
        there: bool,
    },
}

/// What another till of the location has settled.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct OtherTill {
    /// Its name; nothing for transactions that were not made by a till.
    pub device: Option<String>,
    /// How many.
    pub count: u64,
    /// What they come to.
    pub sum: Money,
}

impl From<core::Reconciliation> for Reconciliation {
    fn from(found: core::Reconciliation) -> Self {
        let other = |till: core::OtherTill| OtherTill {
            device: till.device,
            count: till.count,
            sum: till.sum.into(),
        };
        Self {
            period: found.period.into(),
            agreed: found.agreed,
            differences: found.differences.into_iter().map(Into::into).collect(),
            other_tills: found.other_tills.into_iter().map(other).collect(),
        }
    }
}

impl From<core::Difference> for Difference {
    fn from(difference: core::Difference) -> Self {
        match difference {
            core::Difference::MissingHere { transaction, amount, at } => Self::MissingHere {
                transaction: transaction.as_str().to_owned(),
                amount: amount.into(),
                at: at.0,
            },
            core::Difference::MissingThere { attempt, transaction, amount } => Self::MissingThere {
                attempt: attempt.to_string(),
                transaction: transaction.map(|key| key.as_str().to_owned()),
                amount: amount.into(),
            },
            core::Difference::AmountDiffers { attempt, transaction, here, there } => Self::AmountDiffers {
                attempt: attempt.to_string(),
                transaction: transaction.as_str().to_owned(),
                here: here.into(),
                there: there.into(),
            },
            core::Difference::RefundDiffers { transaction, here, there } => {
                Self::RefundDiffers { transaction: transaction.as_str().to_owned(), here, there }
            }
        }
    }
}

/// The form of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum ExportFormat {
    /// For a spreadsheet.
    Csv,
    /// For a program.
    Json,
}

impl From<ExportFormat> for core::ExportFormat {
    fn from(format: ExportFormat) -> Self {
        match format {
            ExportFormat::Csv => Self::Csv,
            ExportFormat::Json => Self::Json,
        }
    }
}
