//! Permissions to charge a wallet without asking, as rows (wallet-api section
//! 6.1).

use paysera_core::money::{Currency, Money};
use rusqlite::{Connection, OptionalExtension, Params, Row, params};

use super::rows::{columns, read_span, unknown_name};
use super::transactions::NEW_SECONDS;
use crate::domain::allowance::{AllowanceStatus, Limit, Terms};
use crate::domain::status::Status;
use crate::error::Refusal;

/// An allowance with its limits.
#[derive(Clone, Debug)]
pub(crate) struct StoredAllowance {
    pub(crate) id: i64,
    /// Who may charge by it.
    pub(crate) client_id: String,
    /// Whose acceptance makes it active.
    pub(crate) transaction_key: String,
    pub(crate) created_at: i64,
    pub(crate) status: AllowanceStatus,
    pub(crate) terms: Terms,
    pub(crate) given: Option<Given>,
    /// When it was taken back, declined or replaced.
    pub(crate) canceled_at: Option<i64>,
}

/// What is known once an allowance was accepted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Given {
    pub(crate) wallet: i64,
    pub(crate) confirmed_at: i64,
    pub(crate) expires_at: i64,
}

const COLUMNS: &str = "id, client_id, transaction_key, created_at, status, currency, description, max_price,
    valid_for, valid_until, wallet_id, confirmed_at, expires_at, canceled_at";

/// Writes a new allowance; its number.
pub(crate) fn insert(
    db: &Connection,
    now: i64,
    client: &str,
    key: &str,
    terms: &Terms,
) -> Result<i64, Refusal> {
    let (valid_for, valid_until) = columns(terms.valid);
    let month = now.saturating_add(NEW_SECONDS);
    db.prepare_cached(
        "INSERT INTO allowance (client_id, transaction_key, created_at, status, currency, description,
           max_price, valid_for, valid_until, expires_at)
         VALUES (?1, ?2, ?3, 'new', ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        client,
        key,
        now,
        terms.currency.code(),
        terms.description,
        terms.max_price.map(Money::minor),
        valid_for,
        valid_until,
        valid_until.map_or(month, |until| until.min(month)),
    ])?;
    let id = db.last_insert_rowid();
    for limit in &terms.limits {
        insert_limit(db, id, limit.max_price.minor(), limit.time)?;
    }
    Ok(id)
}

/// Adds a window to an allowance: `minor` in any `time` seconds.
pub(crate) fn insert_limit(db: &Connection, id: i64, minor: i64, time: i64) -> Result<(), Refusal> {
    db.prepare_cached("INSERT INTO allowance_limit (allowance_id, max_price, time) VALUES (?1, ?2, ?3)")?
        .execute(params![id, minor, time])?;
    Ok(())
}

/// The allowance of that number.
pub(crate) fn find(db: &Connection, id: i64) -> Result<Option<StoredAllowance>, Refusal> {
    read_one(db, "id = ?1", [id])
}

/// The active allowance of `client` on `wallet`.
pub(crate) fn active(db: &Connection, client: &str, wallet: i64) -> Result<Option<StoredAllowance>, Refusal> {
    read_one(db, "client_id = ?1 AND wallet_id = ?2 AND status = 'active'", params![client, wallet])
}

/// What the transaction shows beside its payments, and whether that is
/// optional.
pub(crate) fn shown(db: &Connection, key: &str) -> Result<Option<(StoredAllowance, bool)>, Refusal> {
    let link: Option<(i64, bool)> = db
        .prepare_cached(
            "SELECT allowance_id, optional FROM transaction_allowance WHERE transaction_key = ?1",
        )?
        .query_row([key], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((id, optional)) = link else { return Ok(None) };
    Ok(find(db, id)?.map(|allowance| (allowance, optional)))
}

/// The allowance that accepting the transaction would give.
pub(crate) fn offered(db: &Connection, key: &str) -> Result<Option<(StoredAllowance, bool)>, Refusal> {
    Ok(shown(db, key)?.filter(|(allowance, _)| allowance.status == AllowanceStatus::New))
}

/// Whether `client` has an allowance out of that transaction.
pub(crate) fn is_from(db: &Connection, client: &str, key: &str) -> Result<bool, Refusal> {
    Ok(db
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM allowance WHERE transaction_key = ?1 AND client_id = ?2)",
        )?
        .query_row(params![key, client], |row| row.get(0))?)
}

/// Shows an allowance beside the payments of a transaction.
pub(crate) fn show(db: &Connection, key: &str, id: i64, optional: bool) -> Result<(), Refusal> {
    db.prepare_cached(
        "INSERT INTO transaction_allowance (transaction_key, allowance_id, optional) VALUES (?1, ?2, ?3)",
    )?
    .execute(params![key, id, optional])?;
    Ok(())
}

/// Makes a new allowance part of another transaction than it was.
pub(crate) fn take_along(db: &Connection, id: i64, key: &str) -> Result<(), Refusal> {
    db.prepare_cached("DELETE FROM transaction_allowance WHERE allowance_id = ?1")?.execute([id])?;
    db.prepare_cached("UPDATE allowance SET transaction_key = ?2 WHERE id = ?1")?
        .execute(params![id, key])?;
    Ok(())
}

/// Makes a new allowance active; the one that its client had on the wallet
/// ends.
pub(crate) fn activate(db: &Connection, allowance: &StoredAllowance, given: Given) -> Result<(), Refusal> {
    if let Some(before) = active(db, &allowance.client_id, given.wallet)? {
        end(db, given.confirmed_at, before.id, AllowanceStatus::Inactive)?;
    }
    db.prepare_cached(
        "UPDATE allowance SET status = 'active', wallet_id = ?2, confirmed_at = ?3, expires_at = ?4
         WHERE id = ?1",
    )?
    .execute(params![allowance.id, given.wallet, given.confirmed_at, given.expires_at])?;
    Ok(())
}

/// Ends an allowance that somebody took back, declined or replaced.
pub(crate) fn end(db: &Connection, now: i64, id: i64, status: AllowanceStatus) -> Result<(), Refusal> {
    db.prepare_cached("UPDATE allowance SET status = ?2, canceled_at = ?3 WHERE id = ?1")?
        .execute(params![id, status.name(), now])?;
    Ok(())
}

/// Deletes the allowance of a transaction that did not come about, also one
/// that was active since its acceptance (wallet-api section 6.1).
pub(super) fn follow_transaction(
    db: &Connection,
    now: i64,
    key: &str,
    status: Status,
) -> Result<(), Refusal> {
    if matches!(status, Status::Rejected | Status::Revoked | Status::Failed | Status::Deleted) {
        db.prepare_cached(
            "UPDATE allowance SET status = 'deleted', canceled_at = ?2
             WHERE transaction_key = ?1 AND status IN ('new', 'active')",
        )?
        .execute(params![key, now])?;
    }
    Ok(())
}

/// Ends every allowance whose time was over at `now`.
pub(crate) fn end_overdue(db: &Connection, now: i64) -> Result<(), Refusal> {
    db.prepare_cached(
        "UPDATE allowance SET status = CASE status WHEN 'new' THEN 'deleted' ELSE 'inactive' END
         WHERE status IN ('new', 'active') AND expires_at <= ?1",
    )?
    .execute([now])?;
    Ok(())
}

/// What was charged by an allowance, in minor units: all of it, or what was
/// charged after `since`.
pub(crate) fn charged(db: &Connection, id: i64, since: Option<i64>) -> Result<i64, Refusal> {
    Ok(db
        .prepare_cached(
            "SELECT coalesce(sum(price), 0) FROM allowance_charge WHERE allowance_id = ?1 AND at > ?2",
        )?
        .query_row(params![id, since.unwrap_or(i64::MIN)], |row| row.get(0))?)
}

fn read_one(
    db: &Connection,
    condition: &str,
    parameters: impl Params,
) -> Result<Option<StoredAllowance>, Refusal> {
    let mut found = db
        .prepare_cached(&format!("SELECT {COLUMNS} FROM allowance WHERE {condition}"))?
        .query_row(parameters, read)
        .optional()?;
    if let Some(allowance) = &mut found {
        let currency = allowance.terms.currency;
        let mut statement = db.prepare_cached(
            "SELECT max_price, time FROM allowance_limit WHERE allowance_id = ?1 ORDER BY id",
        )?;
        let limits = statement.query_map([allowance.id], |row| {
            Ok(Limit { max_price: Money::from_minor(row.get(0)?, currency), time: row.get(1)? })
        })?;
        allowance.terms.limits = limits.collect::<Result<_, _>>()?;
    }
    Ok(found)
}

/// A row in the order of [`COLUMNS`], without its limits.
fn read(row: &Row<'_>) -> rusqlite::Result<StoredAllowance> {
    let (status, currency): (String, String) = (row.get(4)?, row.get(5)?);
    let currency = Currency::parse(&currency).map_err(|_| unknown_name(5, &currency))?;
    let max_price: Option<i64> = row.get(7)?;
    let wallet: Option<i64> = row.get(10)?;
    Ok(StoredAllowance {
        id: row.get(0)?,
        client_id: row.get(1)?,
        transaction_key: row.get(2)?,
        created_at: row.get(3)?,
        status: AllowanceStatus::parse(&status).ok_or_else(|| unknown_name(4, &status))?,
        terms: Terms {
            currency,
            description: row.get(6)?,
            max_price: max_price.map(|minor| Money::from_minor(minor, currency)),
            limits: Vec::new(),
            valid: read_span(row, 8)?,
        },
        given: match wallet {
            None => None,
            Some(wallet) => Some(Given { wallet, confirmed_at: row.get(11)?, expires_at: row.get(12)? }),
        },
        canceled_at: row.get(13)?,
    })
}
