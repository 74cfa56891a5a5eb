//! The audit of the books: what must be true of every ledger at every moment.

use std::collections::BTreeMap;

use rusqlite::Connection;

use crate::error::Refusal;

/// What an audit found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LedgerReport {
    /// Postings in the books.
    pub postings: u64,
    /// Entries of these postings.
    pub entries: u64,
    /// Sum of all entries per currency code, in minor units; all zero in a
    /// balanced ledger.
    pub sums: BTreeMap<String, i64>,
    /// Every rule that is broken.
    pub faults: Vec<LedgerFault>,
}

impl LedgerReport {
    /// Whether no rule is broken.
    #[must_use]
    pub fn is_balanced(&self) -> bool {
        self.faults.is_empty() && self.sums.values().all(|sum| *sum == 0)
    }
}

/// A broken rule and the row that breaks it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerFault {
    /// Which rule.
    pub rule: LedgerRule,
    /// Number of the posting, account or payment.
    pub id: i64,
}

/// The rules of the books.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LedgerRule {
    /// The entries of a posting sum to zero per currency.
    PostingSumsToZero,
    /// The balance of an account is the sum of its entries.
    BalanceIsItsEntries,
    /// What an account holds is the sum of its open holds.
    HeldIsItsHolds,
    /// No wallet has less than is held, or less than nothing.
    NoWalletIsOverdrawn,
    /// Every payment of an accepted transaction is held with its price, from
    /// the payer's account, unless it waits for funds.
    ReservedIsHeld,
    /// Every open hold belongs to such a transaction, or freezes what a
    /// confirmed payment brought that has not ended.
    HeldIsReserved,
    /// Every payment of a confirmed transaction cost its payer the price less
    /// what came back.
    ConfirmedIsPosted,
    /// A cancelled payment left nothing on any account.
    CanceledIsRefunded,
}

/// Each query answers the numbers of the rows that break the rule.
const RULES: &[(LedgerRule, &str)] = &[
    (
        LedgerRule::PostingSumsToZero,
        "SELECT DISTINCT posting_id FROM entry JOIN account ON account.id = account_id
         GROUP BY posting_id, currency HAVING sum(amount) <> 0",
    ),
    (
        LedgerRule::BalanceIsItsEntries,
        "SELECT id FROM account
         WHERE balance <> (SELECT coalesce(sum(amount), 0) FROM entry WHERE account_id = account.id)",
    ),
    (
        LedgerRule::HeldIsItsHolds,
        "SELECT id FROM account WHERE held <>
           (SELECT coalesce(sum(amount), 0) FROM hold WHERE account_id = account.id AND status = 'open')",
    ),
    (
        LedgerRule::NoWalletIsOverdrawn,
        "SELECT id FROM account WHERE wallet_id IS NOT NULL AND (balance < 0 OR balance < held)",
    ),
    (
        LedgerRule::ReservedIsHeld,
        "SELECT payment.id FROM payment JOIN transactions ON key = payment.transaction_key
         WHERE transactions.status IN ('reserved', 'waiting_registration', 'waiting_password')
           AND NOT EXISTS (
             SELECT 1 FROM hold JOIN account ON account.id = hold.account_id
             WHERE payment_id = payment.id AND kind = 'reservation' AND hold.status = 'open'
               AND amount = price AND account.currency = payment.currency
               AND account.wallet_id = transactions.wallet)",
    ),
    (
        LedgerRule::HeldIsReserved,
        "SELECT payment_id FROM hold JOIN payment ON payment.id = payment_id
         JOIN transactions ON key = payment.transaction_key
         WHERE hold.status = 'open' AND CASE kind
           WHEN 'reservation'
             THEN transactions.status NOT IN ('reserved', 'waiting_registration', 'waiting_password')
           ELSE transactions.status <> 'confirmed' OR ended IS NOT NULL END",
    ),
    (
        LedgerRule::ConfirmedIsPosted,
        "SELECT payment.id FROM payment JOIN transactions ON key = payment.transaction_key
         WHERE transactions.status = 'confirmed' AND ended IS NOT 'canceled'
           AND price - coalesce(cashback, 0)
             - iif(commission_wallet IS transactions.wallet,
                 coalesce(in_commission, 0) + coalesce(out_commission, 0), 0)
             <> (SELECT -coalesce(sum(amount), 0) FROM posting
                 JOIN entry ON posting_id = posting.id JOIN account ON account.id = account_id
                 WHERE posting.payment_id = payment.id AND wallet_id = transactions.wallet)",
    ),
    (
        LedgerRule::CanceledIsRefunded,
        "SELECT DISTINCT payment.id FROM payment JOIN posting ON posting.payment_id = payment.id
         JOIN entry ON posting_id = posting.id
         WHERE ended = 'canceled' GROUP BY payment.id, account_id HAVING sum(amount) <> 0",
    ),
];

/// Audits the whole ledger.
pub(crate) fn check(db: &Connection) -> Result<LedgerReport, Refusal> {
    let mut report = LedgerReport::default();
    for (rule, query) in RULES {
        let mut statement = db.prepare(query)?;
        let ids = statement.query_map([], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
        report.faults.extend(ids.into_iter().map(|id| LedgerFault { rule: *rule, id }));
    }
    let count = |table: &str| -> Result<u64, Refusal> {
        let rows: i64 = db.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))?;
        Ok(rows.unsigned_abs())
    };
    report.postings = count("posting")?;
    report.entries = count("entry")?;
    let mut statement = db.prepare(
        "SELECT currency, sum(amount) FROM entry JOIN account ON account.id = account_id GROUP BY currency",
    )?;
    report.sums = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    Ok(report)
}
