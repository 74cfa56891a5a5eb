//! Who signs requests: clients and user tokens.

use rusqlite::{Connection, OptionalExtension, params};

use crate::domain::person_fault::PersonFault;
use crate::domain::scopes::Scopes;
use crate::error::Refusal;

/// Who signed a request that concerns a wallet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    /// A merchant's client with its project and the project's wallet.
    Client { id: String, project: i64, wallet: i64 },
    /// A user's token for a wallet, and the client that it was given to.
    User { wallet: i64, user: i64, scopes: Scopes, token: String, client: String },
}

/// Who signed a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Signer {
    /// Someone with a wallet.
    Caller(Caller),
    /// A client without a project: an app, which has no wallet.
    App { id: String },
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
            Self::User { scopes, .. } if scopes.undecided(scope) => {
                Err(Refusal::NotFound("The user has not decided on this yet"))
            }
            Self::User { scopes, .. } if !scopes.allow(scope) => {
                Err(Refusal::Forbidden("The token lacks the scope for this"))
            }
            Self::User { .. } | Self::Client { .. } => Ok(()),
        }
    }
}

impl Signer {
    /// The MAC id of the client that signed with its own credentials.
    pub(crate) fn client(&self) -> Result<&str, Refusal> {
        match self {
            Self::App { id } | Self::Caller(Caller::Client { id, .. }) => Ok(id),
            Self::Caller(Caller::User { .. }) => {
                Err(Refusal::Forbidden("Sign this with the credentials of the client"))
            }
        }
    }
}

/// Credentials of a MAC id.
pub(crate) struct Credentials {
    pub(crate) mac_key: String,
    pub(crate) signer: Signer,
    /// Of a user token.
    state: Option<(String, Option<i64>)>,
}

impl Credentials {
    /// Refuses a token that can't be used (any more), in the words that
    /// clients act on (wallet-api sections 2.6 and 3.2).
    pub(crate) fn check(&self, now: i64) -> Result<(), Refusal> {
        let reason = match &self.state {
            None => return Ok(()),
            Some((status, _)) if status == "revoked" => "Token has been revoked",
            Some((_, Some(end))) if *end <= now => "Token has expired",
            Some((status, _)) if status == "inactive" => "Token is not activated yet",
            Some(_) => return Ok(()),
        };
        Err(Refusal::Person(PersonFault::InvalidGrant(reason)))
    }
}

/// The credentials of a client id or access token.
pub(crate) fn credentials(db: &Connection, id: &str) -> Result<Option<Credentials>, Refusal> {
    let client = db
        .prepare_cached(
            "SELECT mac_key, project_id, wallet_id FROM client LEFT JOIN project ON project.id = project_id
             WHERE client.id = ?1",
        )?
        .query_row([id], |row| {
            let id = id.to_owned();
            let merchant: (Option<i64>, Option<i64>) = (row.get(1)?, row.get(2)?);
            let signer = match merchant {
                (Some(project), Some(wallet)) => Signer::Caller(Caller::Client { id, project, wallet }),
                _ => Signer::App { id },
            };
            Ok(Credentials { mac_key: row.get(0)?, signer, state: None })
        })
        .optional()?;
    if client.is_some() {
        return Ok(client);
    }
    Ok(db
        .prepare_cached(
            "SELECT mac_key, wallet_id, user_id, scopes, client_id, user_token.status, expires_at
             FROM user_token JOIN wallet ON wallet.id = wallet_id WHERE token = ?1",
        )?
        .query_row([id], |row| {
            let scopes: Option<String> = row.get(3)?;
            let caller = Caller::User {
                wallet: row.get(1)?,
                user: row.get(2)?,
                scopes: Scopes::read(scopes.as_deref()),
                token: id.to_owned(),
                client: row.get(4)?,
            };
            let state = Some((row.get(5)?, row.get(6)?));
            Ok(Credentials { mac_key: row.get(0)?, signer: Signer::Caller(caller), state })
        })
        .optional()?)
}

/// Ends a user token at `now`; false if there is none.
pub(crate) fn expire_token(db: &Connection, token: &str, now: i64) -> Result<bool, Refusal> {
    let changed = db
        .prepare_cached("UPDATE user_token SET expires_at = ?2 WHERE token = ?1")?
        .execute(params![token, now])?;
    Ok(changed > 0)
}
