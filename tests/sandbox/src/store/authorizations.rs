//! Authorizations that a person is asked for on the web (wallet-api section
//! 3.1).

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::domain::scopes::Scopes;
use crate::error::Refusal;
use crate::random;

/// Characters of keys and codes.
const KEY_LENGTH: usize = 32;

/// How long a person may think, in seconds. PROPOSAL.
const ASK_SECONDS: i64 = 1800;

/// How long a code can be used, in seconds. PROPOSAL.
const CODE_SECONDS: i64 = 300;

/// How long an ended request is remembered, in seconds.
const KEEP_SECONDS: i64 = 86_400;

/// Most requests that are remembered: anyone may open the page.
const MAX_REQUESTS: i64 = 10_000;

/// What a client asks for.
#[derive(Clone, Debug)]
pub(crate) struct Authorization {
    pub(crate) key: String,
    pub(crate) client: String,
    pub(crate) redirect_uri: String,
    /// As asked for, with spaces between.
    pub(crate) scopes: String,
    pub(crate) state: Option<String>,
    /// An e-mail that the client expects to see.
    pub(crate) hint: Option<String>,
    /// Who is signed in already: nobody else may answer.
    pub(crate) signed_in: Option<i64>,
    pub(crate) expires_at: i64,
    /// `asked`, `allowed`, `denied` or `used`.
    pub(crate) status: String,
    pub(crate) wallet: Option<i64>,
    pub(crate) granted: Option<Scopes>,
}

const COLUMNS: &str =
    "key, client_id, redirect_uri, scopes, state, hint, expires_at, status, wallet_id, granted, signed_in";

/// A new request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewAuthorization<'a> {
    pub(crate) client: &'a str,
    pub(crate) redirect_uri: &'a str,
    pub(crate) scopes: &'a str,
    pub(crate) state: Option<&'a str>,
    pub(crate) hint: Option<&'a str>,
    pub(crate) signed_in: Option<i64>,
}

/// Writes a new request; its key.
pub(crate) fn insert(db: &Connection, now: i64, new: &NewAuthorization<'_>) -> Result<String, Refusal> {
    db.prepare_cached("DELETE FROM authorization_request WHERE expires_at <= ?1")?
        .execute([now.saturating_sub(KEEP_SECONDS)])?;
    let open: i64 =
        db.prepare_cached("SELECT count(*) FROM authorization_request")?.query_row([], |row| row.get(0))?;
    if open >= MAX_REQUESTS {
        return Err(Refusal::RateLimited { retry_after: KEEP_SECONDS });
    }
    let key = random::name(KEY_LENGTH).ok_or(Refusal::Internal)?;
    db.prepare_cached(
        "INSERT INTO authorization_request
           (key, client_id, redirect_uri, scopes, state, hint, signed_in, expires_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        key,
        new.client,
        new.redirect_uri,
        new.scopes,
        new.state,
        new.hint,
        new.signed_in,
        now.saturating_add(ASK_SECONDS)
    ])?;
    Ok(key)
}

/// The request of that key.
pub(crate) fn find(db: &Connection, key: &str) -> Result<Option<Authorization>, Refusal> {
    one(db, "key = ?1", key)
}

/// The request that was answered with that code.
pub(crate) fn by_code(db: &Connection, code: &str) -> Result<Option<Authorization>, Refusal> {
    one(db, "code = ?1", code)
}

fn one(db: &Connection, condition: &str, value: &str) -> Result<Option<Authorization>, Refusal> {
    Ok(db
        .prepare_cached(&format!("SELECT {COLUMNS} FROM authorization_request WHERE {condition}"))?
        .query_row([value], |row: &Row<'_>| {
            let granted: Option<String> = row.get(9)?;
            Ok(Authorization {
                key: row.get(0)?,
                client: row.get(1)?,
                redirect_uri: row.get(2)?,
                scopes: row.get(3)?,
                state: row.get(4)?,
                hint: row.get(5)?,
                expires_at: row.get(6)?,
                status: row.get(7)?,
                wallet: row.get(8)?,
                signed_in: row.get(10)?,
                granted: granted.map(|granted| Scopes::read(Some(&granted))),
            })
        })
        .optional()?)
}

/// The person allowed it; the code for the client.
pub(crate) fn allow(
    db: &Connection,
    now: i64,
    key: &str,
    wallet: i64,
    granted: &Scopes,
) -> Result<String, Refusal> {
    let code = random::name(KEY_LENGTH).ok_or(Refusal::Internal)?;
    db.prepare_cached(
        "UPDATE authorization_request SET status = 'allowed', code = ?2, wallet_id = ?3, granted = ?4,
           expires_at = ?5
         WHERE key = ?1",
    )?
    .execute(params![key, code, wallet, granted.column(), now.saturating_add(CODE_SECONDS)])?;
    Ok(code)
}

/// The person denied it, or its code was used.
pub(crate) fn set_status(db: &Connection, key: &str, status: &str) -> Result<(), Refusal> {
    db.prepare_cached("UPDATE authorization_request SET status = ?2 WHERE key = ?1")?
        .execute(params![key, status])?;
    Ok(())
}

/// Lets a client use `scope` of a user with its own credentials.
pub(crate) fn grant_offline(db: &Connection, client: &str, user: i64, scope: &str) -> Result<(), Refusal> {
    db.prepare_cached(
        "INSERT INTO offline_grant (client_id, user_id, scope) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
    )?
    .execute(params![client, user, scope])?;
    Ok(())
}

/// Whether a client may use `scope` of a user with its own credentials.
pub(crate) fn granted_offline(
    db: &Connection,
    client: &str,
    user: i64,
    scope: &str,
) -> Result<bool, Refusal> {
    Ok(db
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM offline_grant WHERE client_id = ?1 AND user_id = ?2 AND scope = ?3)",
        )?
        .query_row(params![client, user, scope], |row| row.get(0))?)
}

/// Takes from a client what a user gave it for its own credentials.
pub(crate) fn withdraw_offline(db: &Connection, client: &str, user: i64) -> Result<bool, Refusal> {
    let withdrawn = db
        .prepare_cached("DELETE FROM offline_grant WHERE client_id = ?1 AND user_id = ?2")?
        .execute(params![client, user])?;
    Ok(withdrawn > 0)
}
