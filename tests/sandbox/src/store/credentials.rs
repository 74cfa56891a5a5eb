//! Who signs requests: clients and user tokens.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, params};

use crate::error::Refusal;

/// Who signed a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    /// A merchant's client with its project and the project's wallet.
    Client { id: String, project: i64, wallet: i64 },
    /// A user's token for a wallet.
    User { wallet: i64, user: i64, scopes: Scopes },
}

impl Caller {
    /// What `me` stands for in a path, and where money goes by default.
    pub(crate) const fn wallet(&self) -> i64 {
        match self {
            Self::Client { wallet, .. } | Self::User { wallet, .. } => *wallet,
        }
    }

    /// Refuses a user's token that was not given `scope` (wallet-api section
    /// 3.3). A client needs none: what it may do is its permissions.
    pub(crate) fn require(&self, scope: &str) -> Result<(), Refusal> {
        match self {
            Self::User { scopes, .. } if !scopes.allow(scope) => {
                Err(Refusal::Forbidden("The token lacks the scope for this"))
            }
            Self::User { .. } | Self::Client { .. } => Ok(()),
        }
    }
}

/// What a user's token was given by its user (wallet-api section 3.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scopes {
    /// Everything, as the seeded tokens.
    All,
    /// These.
    Only(BTreeSet<String>),
}

impl Scopes {
    /// As the database keeps them.
    fn read(column: Option<&str>) -> Self {
        column.map_or(Self::All, |names| Self::Only(names.split_whitespace().map(str::to_owned).collect()))
    }

    /// Whether `scope` is among them.
    pub(crate) fn allow(&self, scope: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(names) => names.contains(scope),
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
        .prepare_cached(
            "SELECT mac_key, wallet_id, user_id, scopes, expires_at
             FROM user_token JOIN wallet ON wallet.id = wallet_id WHERE token = ?1",
        )?
        .query_row([id], |row| {
            let scopes: Option<String> = row.get(3)?;
            let caller = Caller::User {
                wallet: row.get(1)?,
                user: row.get(2)?,
                scopes: Scopes::read(scopes.as_deref()),
            };
            Ok(Credentials { mac_key: row.get(0)?, caller, expires_at: row.get(4)? })
        })
        .optional()?)
}

/// Ends a user token at `now`; false if there is none.
pub(crate) fn expire_token(db: &Connection, token: &str, now: i64) -> Result<bool, Refusal> {
    let changed =
        db.execute("UPDATE user_token SET expires_at = ?2 WHERE token = ?1", params![token, now])?;
    Ok(changed > 0)
}
