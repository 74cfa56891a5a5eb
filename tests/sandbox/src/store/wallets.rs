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
}

/// The wallet of that number.
pub(crate) fn wallet(db: &Connection, id: i64) -> Result<Option<Wallet>, Refusal> {
    Ok(db
        .prepare_cached(
            "SELECT wallet.id, user_id, account_number, display_name, identification_level, status = 'active'
             FROM wallet JOIN user ON user.id = user_id WHERE wallet.id = ?1",
        )?
        .query_row([id], read_wallet)
        .optional()?)
}

/// Changes how well the user is known.
pub(crate) fn set_level(db: &Connection, user: i64, level: Level) -> Result<(), Refusal> {
    db.execute("UPDATE user SET identification_level = ?2 WHERE id = ?1", params![user, level.name()])?;
    Ok(())
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
    })
}
