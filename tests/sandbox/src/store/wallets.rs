//! Wallets and who owns them.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::rows::unknown_name;
use crate::domain::identity::Level;
use crate::error::Refusal;

/// A wallet and its owner.
#[derive(Clone, Debug)]
pub(crate) struct Wallet {
    pub(crate) id: i64,
    /// Number of the user who owns it.
    pub(crate) user: i64,
    pub(crate) account_number: String,
    pub(crate) owner_display_name: String,
    pub(crate) level: Level,
    pub(crate) active: bool,
    /// Whether nothing will ever happen to it again.
    pub(crate) closed: bool,
    pub(crate) description: Option<String>,
    /// `natural` or `legal`.
    pub(crate) owner_kind: String,
    /// The owner's currency.
    pub(crate) default_currency: String,
}

/// The wallet of that number.
pub(crate) fn wallet(db: &Connection, id: i64) -> Result<Option<Wallet>, Refusal> {
    Ok(db
        .prepare_cached(
            "SELECT wallet.id, user_id, account_number, display_name, identification_level, status = 'active',
               status = 'closed', description, type, default_currency
             FROM wallet JOIN user ON user.id = user_id WHERE wallet.id = ?1",
        )?
        .query_row([id], read_wallet)
        .optional()?)
}

/// The number of every wallet and whether a merchant is paid there, the
/// merchants' first.
pub(crate) fn all(db: &Connection) -> Result<Vec<(i64, bool)>, Refusal> {
    let mut statement = db.prepare_cached(
        "SELECT wallet.id, EXISTS (SELECT 1 FROM project WHERE wallet_id = wallet.id) AS merchant
         FROM wallet ORDER BY merchant DESC, wallet.id",
    )?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn read_wallet(row: &Row<'_>) -> rusqlite::Result<Wallet> {
    let level: String = row.get(4)?;
    Ok(Wallet {
        id: row.get(0)?,
        user: row.get(1)?,
        account_number: row.get(2)?,
        owner_display_name: row.get(3)?,
        level: Level::parse(&level).ok_or_else(|| unknown_name(4, &level))?,
        active: row.get(5)?,
        closed: row.get(6)?,
        description: row.get(7)?,
        owner_kind: row.get(8)?,
        default_currency: row.get(9)?,
    })
}

/// The wallets of a user, by number.
pub(crate) fn of_user(db: &Connection, user: i64, with_inactive: bool) -> Result<Vec<i64>, Refusal> {
    let mut statement = db.prepare_cached(
        "SELECT id FROM wallet WHERE user_id = ?1 AND (?2 OR status = 'active') ORDER BY id",
    )?;
    let rows = statement.query_map(params![user, with_inactive], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The wallet that stands for a user: the first active one, or the first.
pub(crate) fn first_of(db: &Connection, user: i64) -> Result<Option<i64>, Refusal> {
    Ok(db
        .prepare_cached("SELECT id FROM wallet WHERE user_id = ?1 ORDER BY status <> 'active', id LIMIT 1")?
        .query_row([user], |row| row.get(0))
        .optional()?)
}

/// Makes an empty wallet; its number.
pub(crate) fn insert(db: &Connection, user: i64) -> Result<i64, Refusal> {
    let id: i64 =
        db.prepare_cached("SELECT coalesce(max(id), 0) + 1 FROM wallet")?.query_row([], |row| row.get(0))?;
    insert_numbered(db, id, user, "active")?;
    Ok(id)
}

/// Makes an empty wallet of that number.
pub(crate) fn insert_numbered(db: &Connection, id: i64, user: i64, status: &str) -> Result<(), Refusal> {
    // Thirteen digits, so that no account number looks like a wallet code
    // (wallet-api section 8.1).
    let account_number = format!("EVP001{id:010}");
    db.prepare_cached("INSERT INTO wallet (id, user_id, account_number, status) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![id, user, account_number, status])?;
    Ok(())
}

/// The wallet of an account number.
pub(crate) fn by_account_number(db: &Connection, number: &str) -> Result<Option<i64>, Refusal> {
    Ok(db
        .prepare_cached("SELECT id FROM wallet WHERE account_number = ?1")?
        .query_row([number], |row| row.get(0))
        .optional()?)
}

/// The wallet that a licence plate or a card stands for; the issuer only if
/// the caller knows it.
pub(crate) fn by_alias(
    db: &Connection,
    kind: &str,
    value: &str,
    issuer: Option<&str>,
) -> Result<Option<i64>, Refusal> {
    Ok(db
        .prepare_cached(
            "SELECT wallet_id FROM wallet_alias
             WHERE kind = ?1 AND value = ?2 AND (?3 IS NULL OR issuer = ?3) ORDER BY issuer LIMIT 1",
        )?
        .query_row(params![kind, value, issuer], |row| row.get(0))
        .optional()?)
}

/// Writes or deletes the owner's own words about the wallet.
pub(crate) fn set_description(db: &Connection, id: i64, description: Option<&str>) -> Result<(), Refusal> {
    db.prepare_cached("UPDATE wallet SET description = ?2 WHERE id = ?1")?
        .execute(params![id, description])?;
    Ok(())
}
