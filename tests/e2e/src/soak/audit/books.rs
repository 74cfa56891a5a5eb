//! The server's books, read from its database when it has stopped: what really
//! happened, whatever the API says.

use std::path::Path;

use paysera_core::journal::AttemptId;
use rusqlite::{Connection, OpenFlags, Row};
use serde_json::Value;

use crate::soak::Trouble;

/// A payment with its transaction and what the ledger says of it.
#[derive(Clone, Debug)]
pub(super) struct Deal {
    pub(super) key: String,
    pub(super) status: String,
    pub(super) payer: Option<u64>,
    pub(super) attempt: Option<AttemptId>,
    /// What became of it after it settled.
    pub(super) ended: Option<String>,
    /// What left the payer's account.
    pub(super) moved: i64,
    /// How often.
    pub(super) movements: i64,
    /// What came back.
    pub(super) back: i64,
    /// Every status with its time and who brought it about.
    pub(super) history: Vec<String>,
}

const DEALS: &str = "
    SELECT t.key, t.status, t.wallet, p.parameters, p.ended,
        (SELECT coalesce(-sum(amount), 0) FROM posting JOIN entry ON posting_id = posting.id
         WHERE payment_id = p.id AND kind = 'payment' AND amount < 0),
        (SELECT count(*) FROM posting WHERE payment_id = p.id AND kind = 'payment'),
        (SELECT coalesce(sum(amount), 0) FROM posting JOIN entry ON posting_id = posting.id
         WHERE payment_id = p.id AND kind = 'refund' AND amount > 0)
    FROM transactions t JOIN payment p ON p.transaction_key = t.key ORDER BY t.seq";

/// Every payment in the books.
pub(super) fn read(books: &Path) -> Result<Vec<Deal>, Trouble> {
    let db = Connection::open_with_flags(books, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let mut statement = db.prepare(DEALS)?;
    let mut deals = statement.query_map([], deal)?.collect::<Result<Vec<_>, _>>()?;
    let mut statement = db.prepare(
        "SELECT at || ' ' || status || ' by ' || actor FROM transaction_status
         WHERE transaction_key = ?1 ORDER BY seq",
    )?;
    for deal in &mut deals {
        deal.history = statement.query_map([&deal.key], |row| row.get(0))?.collect::<Result<_, _>>()?;
    }
    Ok(deals)
}

fn deal(row: &Row<'_>) -> rusqlite::Result<Deal> {
    let parameters: Option<String> = row.get(3)?;
    let parameters: Option<Value> = parameters.and_then(|text| serde_json::from_str(&text).ok());
    let attempt = parameters.as_ref().and_then(|parameters| parameters.get("attempt")?.as_str());
    let payer: Option<i64> = row.get(2)?;
    Ok(Deal {
        key: row.get(0)?,
        status: row.get(1)?,
        payer: payer.and_then(|payer| u64::try_from(payer).ok()),
        attempt: attempt.and_then(AttemptId::parse),
        ended: row.get(4)?,
        moved: row.get(5)?,
        movements: row.get(6)?,
        back: row.get(7)?,
        history: Vec::new(),
    })
}
