//! Tokens that an app hands to a web page for its user (wallet-api section
//! 3.4).

use rusqlite::{Connection, OptionalExtension, params};

use crate::domain::person_fault::PersonFault;
use crate::error::Refusal;
use crate::random;

/// Characters of the values.
const LENGTH: usize = 32;

/// How long the page has to use it, in seconds. PROPOSAL.
const SECONDS: i64 = 300;

/// Makes a value for one use; the value and the session's id.
pub(crate) fn make(db: &Connection, now: i64, user: i64) -> Result<(String, String), Refusal> {
    db.prepare_cached("DELETE FROM auth_token WHERE expires_at <= ?1")?.execute([now])?;
    let (value, session) = random::name(LENGTH).zip(random::name(LENGTH)).ok_or(Refusal::Internal)?;
    db.prepare_cached(
        "INSERT INTO auth_token (value, session_id, user_id, expires_at) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![value, session, user, now.saturating_add(SECONDS)])?;
    Ok((value, session))
}

/// Uses a value up; whose it is.
pub(crate) fn use_up(db: &Connection, now: i64, value: &str) -> Result<i64, Refusal> {
    db.prepare_cached("DELETE FROM auth_token WHERE value = ?1 AND expires_at > ?2 RETURNING user_id")?
        .query_row(params![value, now], |row| row.get(0))
        .optional()?
        .ok_or(Refusal::Person(PersonFault::InvalidGrant("The auth_token was used or is too old")))
}
