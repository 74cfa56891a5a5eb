//! An attempt as lists show it.

use paysera_core::journal::AttemptRow;

use super::AttemptKind;
use crate::money::Money;

/// An attempt as lists show it: what its journal has. Times are Unix seconds of
/// the server's clock.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct AttemptRecord {
    /// Its place among all attempts of the journal, from 1.
    pub number: i64,
    /// Its identifier.
    pub id: String,
    /// The identifier of the request that started it.
    pub request_id: String,
    /// Its kind.
    pub kind: AttemptKind,
    /// What was asked for.
    pub amount: Money,
    /// The part of it that is a tip.
    pub tip: Option<Money>,
    /// The bill that it is for.
    pub bill: Option<String>,
    /// Who started it.
    pub staff: Option<String>,
    /// When it began.
    pub started_at: i64,
    /// Its transaction's key, once there is one.
    pub transaction: Option<String>,
    /// The name of its state, for example `hand_out_cash`.
    pub state: String,
    /// Whether it goes on.
    pub open: bool,
    /// What moved, if money moved.
    pub settled_amount: Option<Money>,
    /// When it moved.
    pub settled_at: Option<i64>,
    /// The business day of that, `yyyy-mm-dd`.
    pub settled_day: Option<String>,
    /// The payer's wallet.
    pub payer: Option<u64>,
    /// Whether it settled without this device's own confirm.
    pub elsewhere: bool,
}

impl From<AttemptRow> for AttemptRecord {
    fn from(row: AttemptRow) -> Self {
        let settlement = row.settlement.as_ref();
        Self {
            settled_amount: settlement.map(|settlement| settlement.amount.into()),
            settled_at: settlement.map(|settlement| settlement.at.0),
            payer: settlement.and_then(|settlement| settlement.payer).map(|wallet| wallet.get()),
            elsewhere: settlement.is_some_and(|settlement| settlement.elsewhere),
            number: row.number,
            id: row.id.to_string(),
            request_id: row.request_id,
            kind: row.kind.into(),
            amount: row.amount.into(),
            tip: row.tip.map(Into::into),
            bill: row.bill,
            staff: row.staff,
            started_at: row.started_at.0,
            transaction: row.transaction.map(|key| key.as_str().to_owned()),
            state: row.state,
            open: row.open,
            settled_day: row.settled_day.map(|day| day.as_str().to_owned()),
        }
    }
}
