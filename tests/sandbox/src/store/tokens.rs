//! User tokens: given, refreshed, activated, revoked (wallet-api section 3.2).

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::domain::scopes::Scopes;
use crate::error::Refusal;
use crate::random;

/// Characters of tokens and keys.
const TOKEN_LENGTH: usize = 32;

/// How long a refresh token can be used, in seconds: 30 days. PROPOSAL.
const REFRESH_SECONDS: i64 = 2_592_000;

/// A token as its client gets it.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) token: String,
    pub(crate) mac_key: String,
    pub(crate) wallet: i64,
    pub(crate) client: String,
    pub(crate) scopes: Scopes,
    pub(crate) status: String,
    pub(crate) expires_at: Option<i64>,
    pub(crate) refresh_token: Option<String>,
    pub(crate) refresh_expires_at: Option<i64>,
    pub(crate) refreshed: bool,
    pub(crate) replaces: Option<String>,
}

const COLUMNS: &str = "token, mac_key, wallet_id, client_id, scopes, status, expires_at, refresh_token,
    refresh_expires_at, refreshed, replaces";

/// Gives `client` a token for `wallet` for so many seconds. One that
/// `replaces` another waits for its activation.
pub(crate) fn issue(
    db: &Connection,
    now: i64,
    seconds: i64,
    client: &str,
    wallet: i64,
    scopes: &Scopes,
    replaces: Option<&str>,
) -> Result<Token, Refusal> {
    let fresh = || random::name(TOKEN_LENGTH).ok_or(Refusal::Internal);
    let token = fresh()?;
    db.prepare_cached(
        "INSERT INTO user_token (token, mac_key, wallet_id, client_id, scopes, status, expires_at,
           refresh_token, refresh_expires_at, replaces)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?
    .execute(params![
        token,
        fresh()?,
        wallet,
        client,
        scopes.column(),
        if replaces.is_some() { "inactive" } else { "active" },
        now.saturating_add(seconds),
        fresh()?,
        now.saturating_add(REFRESH_SECONDS),
        replaces,
    ])?;
    find(db, &token)?.ok_or(Refusal::Internal)
}

/// The token of that id.
pub(crate) fn find(db: &Connection, token: &str) -> Result<Option<Token>, Refusal> {
    one(db, "token = ?1", token)
}

/// The token that `refresh_token` came with.
pub(crate) fn by_refresh_token(db: &Connection, refresh_token: &str) -> Result<Option<Token>, Refusal> {
    one(db, "refresh_token = ?1", refresh_token)
}

fn one(db: &Connection, condition: &str, value: &str) -> Result<Option<Token>, Refusal> {
    Ok(db
        .prepare_cached(&format!("SELECT {COLUMNS} FROM user_token WHERE {condition}"))?
        .query_row([value], read)
        .optional()?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Token> {
    let scopes: Option<String> = row.get(4)?;
    Ok(Token {
        token: row.get(0)?,
        mac_key: row.get(1)?,
        wallet: row.get(2)?,
        client: row.get(3)?,
        scopes: Scopes::read(scopes.as_deref()),
        status: row.get(5)?,
        expires_at: row.get(6)?,
        refresh_token: row.get(7)?,
        refresh_expires_at: row.get(8)?,
        refreshed: row.get(9)?,
        replaces: row.get(10)?,
    })
}

/// Ends a token because another came in its place.
pub(crate) fn set_refreshed(db: &Connection, token: &str) -> Result<(), Refusal> {
    db.prepare_cached("UPDATE user_token SET refreshed = 1 WHERE token = ?1")?.execute([token])?;
    revoke(db, token)
}

/// Makes a waiting token usable and ends the one that it replaces, with the
/// others that were to replace it.
pub(crate) fn activate(db: &Connection, token: &Token) -> Result<(), Refusal> {
    db.prepare_cached("UPDATE user_token SET status = 'active' WHERE token = ?1")?.execute([&token.token])?;
    if let Some(old) = &token.replaces {
        set_refreshed(db, old)?;
        let mut statement = db.prepare_cached(
            "SELECT token FROM user_token WHERE replaces = ?1 AND token <> ?2 AND status <> 'revoked'",
        )?;
        let others = statement.query_map([old, &token.token], |row| row.get(0))?;
        for other in others.collect::<Result<Vec<String>, _>>()? {
            revoke(db, &other)?;
        }
    }
    Ok(())
}

/// Ends a token; its subscriptions end with it (wallet-api section 11).
pub(crate) fn revoke(db: &Connection, token: &str) -> Result<(), Refusal> {
    db.prepare_cached("UPDATE user_token SET status = 'revoked' WHERE token = ?1")?.execute([token])?;
    db.prepare_cached("DELETE FROM subscriber WHERE token = ?1")?.execute([token])?;
    Ok(())
}

/// Ends every token of a user but `kept` and the seeded ones, which documents
/// rely on.
pub(crate) fn revoke_of_user(db: &Connection, user: i64, kept: Option<&str>) -> Result<(), Refusal> {
    let mut statement = db.prepare_cached(
        "SELECT token FROM user_token JOIN wallet ON wallet.id = wallet_id
         WHERE user_id = ?1 AND expires_at IS NOT NULL AND user_token.status <> 'revoked'",
    )?;
    let tokens = statement.query_map([user], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?;
    for token in tokens.iter().filter(|token| Some(token.as_str()) != kept) {
        revoke(db, token)?;
    }
    Ok(())
}
