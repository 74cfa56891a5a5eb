//! Wrong passwords and codes, counted so that nobody guesses one.

use rusqlite::{Connection, params};

use crate::error::Refusal;

/// Wrong ones that are answered before a subject is locked, and the time in
/// which they count, in seconds. PROPOSAL of wallet-api section 8.4 for
/// reservation codes, and the same for passwords and other codes.
const MAX_WRONG: i64 = 5;
const WRONG_SECONDS: i64 = 600;

/// Refuses if too many were wrong lately.
pub(crate) fn check(db: &Connection, now: i64, subject: &str) -> Result<(), Refusal> {
    let (count, oldest): (i64, Option<i64>) = db
        .prepare_cached("SELECT count(*), min(at) FROM wrong_secret WHERE subject = ?1 AND at > ?2")?
        .query_row(params![subject, now.saturating_sub(WRONG_SECONDS)], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    if count < MAX_WRONG {
        return Ok(());
    }
    let free_at = oldest.unwrap_or(now).saturating_add(WRONG_SECONDS);
    Err(Refusal::RateLimited { retry_after: free_at.saturating_sub(now).max(1) })
}

/// Counts a wrong one.
pub(crate) fn note(db: &Connection, now: i64, subject: &str) -> Result<(), Refusal> {
    db.prepare_cached("DELETE FROM wrong_secret WHERE at <= ?1")?
        .execute([now.saturating_sub(WRONG_SECONDS)])?;
    db.prepare_cached("INSERT INTO wrong_secret (subject, at) VALUES (?1, ?2)")?
        .execute(params![subject, now])?;
    Ok(())
}

/// Forgets the wrong ones after a right one.
pub(crate) fn forget(db: &Connection, subject: &str) -> Result<(), Refusal> {
    db.prepare_cached("DELETE FROM wrong_secret WHERE subject = ?1")?.execute([subject])?;
    Ok(())
}
