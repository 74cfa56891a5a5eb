//! Who is known: clients, user tokens, wallets, projects, locations.

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::domain::Service;
use crate::error::Refusal;

/// Who signed a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    /// A merchant's client with its project and the project's wallet.
    Client { id: String, project: i64, wallet: i64 },
    /// A user's token for a wallet.
    User { wallet: i64 },
}

impl Caller {
    /// What `me` stands for in a path, and where money goes by default.
    pub(crate) const fn wallet(&self) -> i64 {
        match self {
            Self::Client { wallet, .. } | Self::User { wallet } => *wallet,
        }
    }
}

/// Credentials of a MAC id.
pub(crate) struct Credentials {
    pub(crate) mac_key: String,
    pub(crate) caller: Caller,
    /// When the token ends, for one that does.
    pub(crate) expires_at: Option<i64>,
}

/// The credentials of a client id or access token.
pub(crate) fn credentials(db: &Connection, id: &str) -> Result<Option<Credentials>, Refusal> {
    let client = db
        .prepare_cached(
            "SELECT mac_key, project_id, wallet_id FROM client JOIN project ON project.id = project_id
             WHERE client.id = ?1",
        )?
        .query_row([id], |row| {
            let caller = Caller::Client { id: id.to_owned(), project: row.get(1)?, wallet: row.get(2)? };
            Ok(Credentials { mac_key: row.get(0)?, caller, expires_at: None })
        })
        .optional()?;
    if client.is_some() {
        return Ok(client);
    }
    Ok(db
        .prepare_cached("SELECT mac_key, wallet_id, expires_at FROM user_token WHERE token = ?1")?
        .query_row([id], |row| {
            Ok(Credentials {
                mac_key: row.get(0)?,
                caller: Caller::User { wallet: row.get(1)? },
                expires_at: row.get(2)?,
            })
        })
        .optional()?)
}

/// Ends a user token at `now`; false if there is none.
pub(crate) fn expire_token(db: &Connection, token: &str, now: i64) -> Result<bool, Refusal> {
    let changed =
        db.execute("UPDATE user_token SET expires_at = ?2 WHERE token = ?1", params![token, now])?;
    Ok(changed > 0)
}

/// A wallet and its owner.
#[derive(Clone, Debug)]
pub(crate) struct Wallet {
    pub(crate) id: i64,
    pub(crate) owner: i64,
    pub(crate) account_number: String,
    pub(crate) owner_display_name: String,
    pub(crate) identified: bool,
    pub(crate) active: bool,
}

/// The wallet of that number.
pub(crate) fn wallet(db: &Connection, id: i64) -> Result<Option<Wallet>, Refusal> {
    Ok(db
        .prepare_cached(
            "SELECT id, owner, account_number, owner_display_name,
               identification_level IN ('identified', 'fully_identified'), status = 'active'
             FROM wallet WHERE id = ?1",
        )?
        .query_row([id], |row| {
            Ok(Wallet {
                id: row.get(0)?,
                owner: row.get(1)?,
                account_number: row.get(2)?,
                owner_display_name: row.get(3)?,
                identified: row.get(4)?,
                active: row.get(5)?,
            })
        })
        .optional()?)
}

/// A shop of a project.
#[derive(Clone, Debug)]
pub(crate) struct Location {
    pub(crate) id: i64,
    pub(crate) project_id: i64,
    pub(crate) title: String,
    pub(crate) address: String,
    /// Degrees north.
    pub(crate) lat: f64,
    /// Degrees east.
    pub(crate) lng: f64,
    pub(crate) updated_at: i64,
    pub(crate) pay: bool,
    pub(crate) cash_in: bool,
    pub(crate) cash_out: bool,
}

impl Location {
    /// Whether the merchant chose this service for it.
    pub(crate) const fn offers(&self, service: Service) -> bool {
        match service {
            Service::Pay => self.pay,
            Service::CashIn => self.cash_in,
            Service::CashOut => self.cash_out,
        }
    }
}

/// The locations of a project, by number.
pub(crate) fn locations(db: &Connection, project: i64) -> Result<Vec<Location>, Refusal> {
    let mut statement = db.prepare_cached(
        "SELECT id, project_id, title, address, lat, lng, updated_at, pay, cash_in, cash_out
         FROM location WHERE project_id = ?1 ORDER BY id",
    )?;
    let rows = statement.query_map([project], |row: &Row<'_>| {
        Ok(Location {
            id: row.get(0)?,
            project_id: row.get(1)?,
            title: row.get(2)?,
            address: row.get(3)?,
            lat: row.get(4)?,
            lng: row.get(5)?,
            updated_at: row.get(6)?,
            pay: row.get(7)?,
            cash_in: row.get(8)?,
            cash_out: row.get(9)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Title and wallet of a project.
pub(crate) fn project(db: &Connection, id: i64) -> Result<Option<(String, i64)>, Refusal> {
    Ok(db
        .query_row("SELECT title, wallet_id FROM project WHERE id = ?1", [id], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?)
}
