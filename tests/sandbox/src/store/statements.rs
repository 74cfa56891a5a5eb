//! A wallet's past and coming movements of money.

use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};

use super::conditions::Conditions;
use crate::error::Refusal;

/// One entry of a wallet's account.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    pub(crate) id: i64,
    pub(crate) posting: i64,
    pub(crate) at: i64,
    /// Why it was posted.
    pub(crate) kind: String,
    /// In minor units; what came in is positive.
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) transaction_key: Option<String>,
    pub(crate) details: String,
    pub(crate) other_wallet: Option<i64>,
}

/// What statements are narrowed to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    /// Any of these; empty: every currency.
    pub(crate) currencies: Vec<String>,
    /// Only what came in, or only what went out.
    pub(crate) incoming: Option<bool>,
    /// Part of the details or of the other side's name.
    pub(crate) text: Option<String>,
    /// At or after, at or before.
    pub(crate) from: Option<i64>,
    pub(crate) to: Option<i64>,
}

/// Which part of the statements.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    pub(crate) newest_first: bool,
    pub(crate) limit: i64,
    pub(crate) offset: i64,
    /// Only what is listed after, or before, this statement.
    pub(crate) after: Option<i64>,
    pub(crate) before: Option<i64>,
}

/// A part of the statements.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) statements: Vec<Statement>,
    /// Statements that fit the filter, in the window or not.
    pub(crate) total: i64,
    pub(crate) has_next: bool,
    pub(crate) has_previous: bool,
}

/// The statements of a wallet.
pub(crate) fn list(db: &Connection, wallet: i64, filter: &Filter, window: Window) -> Result<Page, Refusal> {
    let wanted = conditions(wallet, filter);
    let total = wanted.count(db, "statement")?;
    let Conditions { sql: condition, mut values } = wanted;
    // A page before a statement is read backwards from it.
    let backwards = window.after.is_none() && window.before.is_some();
    let descending = window.newest_first != backwards;
    let mut cut = String::new();
    for (cursor, later) in [(window.after, !window.newest_first), (window.before, window.newest_first)] {
        if let Some(id) = cursor {
            cut.push_str(if later { " AND id > ?" } else { " AND id < ?" });
            values.push(id.into());
        }
    }
    let order = if descending { "DESC" } else { "ASC" };
    let mut statement = db.prepare_cached(&format!(
        "SELECT id, posting_id, at, kind, amount, currency, transaction_key, details, other_wallet
         FROM statement WHERE {condition}{cut} ORDER BY id {order} LIMIT ? OFFSET ?"
    ))?;
    // One more than asked for tells whether there are more.
    values.extend([window.limit.saturating_add(1).into(), window.offset.into()]);
    let mut statements =
        statement.query_map(params_from_iter(&values), read)?.collect::<Result<Vec<_>, _>>()?;
    let limit = usize::try_from(window.limit).map_err(|_| Refusal::Internal)?;
    let more = statements.len() > limit;
    statements.truncate(limit);
    let skipped = window.offset > 0;
    let (has_next, has_previous) = if backwards {
        statements.reverse();
        (true, more)
    } else {
        (more, skipped || window.after.is_some())
    };
    Ok(Page { statements, total, has_next, has_previous })
}

fn conditions(wallet: i64, filter: &Filter) -> Conditions {
    let mut wanted = Conditions::new("wallet_id = ?", vec![wallet.into()])
        .and("at >= ?", filter.from)
        .and("at <= ?", filter.to)
        .one_of("currency", filter.currencies.iter().cloned());
    match filter.incoming {
        Some(true) => wanted.sql.push_str(" AND amount > 0"),
        Some(false) => wanted.sql.push_str(" AND amount < 0"),
        None => {}
    }
    if let Some(text) = &filter.text {
        wanted.sql.push_str(
            " AND (instr(lower(details), lower(?)) > 0 OR EXISTS (
               SELECT 1 FROM wallet JOIN user ON user.id = user_id
               WHERE wallet.id = other_wallet AND instr(lower(display_name), lower(?)) > 0))",
        );
        wanted.values.extend([text.clone().into(), text.clone().into()]);
    }
    wanted
}

fn read(row: &Row<'_>) -> rusqlite::Result<Statement> {
    Ok(Statement {
        id: row.get(0)?,
        posting: row.get(1)?,
        at: row.get(2)?,
        kind: row.get(3)?,
        amount: row.get(4)?,
        currency: row.get(5)?,
        transaction_key: row.get(6)?,
        details: row.get(7)?,
        other_wallet: row.get(8)?,
    })
}

/// A payment of a reserved transaction.
#[derive(Clone, Debug)]
pub(crate) struct Pending {
    pub(crate) id: i64,
    pub(crate) payer: i64,
    /// `None`: not registered yet.
    pub(crate) beneficiary: Option<i64>,
    pub(crate) price: i64,
    pub(crate) currency: String,
    pub(crate) details: String,
    pub(crate) transaction_key: String,
    /// The wallet whose user made the transaction.
    pub(crate) creator: Option<i64>,
    pub(crate) at: i64,
    pub(crate) valid_until: Option<i64>,
    /// Whether the payer may take it back until its password is given.
    pub(crate) cancelable: bool,
}

const PENDING: &str = "id, payer, beneficiary, price, currency, details, transaction_key, creator_wallet, at,
    expires_at, password_cancelable";

/// What is held of a wallet (`outgoing`) and for it (`incoming`), newest
/// first; with the length of the whole.
pub(crate) fn pending(
    db: &Connection,
    wallet: i64,
    outgoing: bool,
    incoming: bool,
    limit: i64,
    offset: i64,
) -> Result<(Vec<Pending>, i64), Refusal> {
    let condition = "((?2 AND payer = ?1) OR (?3 AND beneficiary = ?1))";
    let total = db
        .prepare_cached(&format!("SELECT count(*) FROM pending WHERE {condition}"))?
        .query_row(params![wallet, outgoing, incoming], |row| row.get(0))?;
    let mut statement = db.prepare_cached(&format!(
        "SELECT {PENDING} FROM pending WHERE {condition} ORDER BY at DESC, id DESC LIMIT ?4 OFFSET ?5"
    ))?;
    let rows = statement.query_map(params![wallet, outgoing, incoming, limit, offset], read_pending)?;
    Ok((rows.collect::<Result<_, _>>()?, total))
}

/// One payment of a reserved transaction.
pub(crate) fn pending_payment(db: &Connection, id: i64) -> Result<Option<Pending>, Refusal> {
    Ok(db
        .prepare_cached(&format!("SELECT {PENDING} FROM pending WHERE id = ?1"))?
        .query_row([id], read_pending)
        .optional()?)
}

fn read_pending(row: &Row<'_>) -> rusqlite::Result<Pending> {
    Ok(Pending {
        id: row.get(0)?,
        payer: row.get(1)?,
        beneficiary: row.get(2)?,
        price: row.get(3)?,
        currency: row.get(4)?,
        details: row.get(5)?,
        transaction_key: row.get(6)?,
        creator: row.get(7)?,
        at: row.get(8)?,
        valid_until: row.get(9)?,
        cancelable: row.get(10)?,
    })
}
