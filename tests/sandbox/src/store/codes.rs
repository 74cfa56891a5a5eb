//! Generators: accepting a reservation code, and counting the wrong ones.

use rusqlite::{Connection, OptionalExtension, params};

use crate::error::Refusal;
use crate::reservation_code::{self, Generator, SEED_BYTES};

/// Wrong codes for one generator that are answered before it is locked.
/// PROPOSAL of wallet-api section 8.4.
const MAX_WRONG_CODES: i64 = 5;

/// The time in which they count, in seconds.
const WRONG_CODE_SECONDS: i64 = 600;

/// Spends `code` and says whose wallet it opens.
///
/// The caller runs inside one database transaction: if the reservation is
/// refused for another reason, the code stays unspent.
pub(crate) fn spend(db: &Connection, now: i64, code: &str) -> Result<i64, Refusal> {
    let unknown = Refusal::InvalidCode { identifier: None };
    let Some(identifier) = reservation_code::identifier(code).and_then(|number| i64::try_from(number).ok())
    else {
        return Err(unknown);
    };
    let Some((generator, wallet)) = load(db, identifier)? else { return Err(unknown) };
    if let Some(retry_after) = locked_for(db, now, identifier)? {
        return Err(Refusal::RateLimited { retry_after });
    }
    let Some(after) = generator.accept(code) else {
        return Err(Refusal::InvalidCode { identifier: Some(identifier) });
    };
    db.execute(
        "UPDATE generator SET state = ?2, spent = ?3 WHERE identifier = ?1",
        params![identifier, after.state(), i64::try_from(after.made()).map_err(|_| Refusal::Internal)?],
    )?;
    Ok(wallet)
}

/// The next code of the wallet's generator, if it has one. Nothing is spent.
pub(crate) fn next(db: &Connection, wallet: i64) -> Result<Option<String>, Refusal> {
    let identifier: Option<i64> =
        db.query_row("SELECT min(identifier) FROM generator WHERE wallet_id = ?1", [wallet], |row| {
            row.get(0)
        })?;
    let Some(identifier) = identifier else { return Ok(None) };
    Ok(load(db, identifier)?.map(|(mut generator, _)| generator.next_code()))
}

/// Counts a wrong code against its generator.
pub(crate) fn note_wrong_code(db: &Connection, now: i64, identifier: i64) -> Result<(), Refusal> {
    db.execute("DELETE FROM wrong_code WHERE at <= ?1", [now.saturating_sub(WRONG_CODE_SECONDS)])?;
    db.execute("INSERT INTO wrong_code (identifier, at) VALUES (?1, ?2)", params![identifier, now])?;
    Ok(())
}

/// Seconds until the generator may be tried again, if it is locked.
fn locked_for(db: &Connection, now: i64, identifier: i64) -> Result<Option<i64>, Refusal> {
    let (count, oldest): (i64, Option<i64>) = db.query_row(
        "SELECT count(*), min(at) FROM wrong_code WHERE identifier = ?1 AND at > ?2",
        params![identifier, now.saturating_sub(WRONG_CODE_SECONDS)],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let locked = count >= MAX_WRONG_CODES;
    let free_at = oldest.unwrap_or(now).saturating_add(WRONG_CODE_SECONDS);
    Ok(locked.then(|| free_at.saturating_sub(now).max(1)))
}

fn load(db: &Connection, identifier: i64) -> Result<Option<(Generator, i64)>, Refusal> {
    let row: Option<([u8; SEED_BYTES], [u8; SEED_BYTES], i64, i64)> = db
        .query_row(
            "SELECT seed, state, spent, wallet_id FROM generator WHERE identifier = ?1",
            [identifier],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
        )
        .optional()?;
    Ok(row.map(|(seed, state, spent, wallet)| {
        (Generator::resume(identifier.unsigned_abs(), seed, state, spent.unsigned_abs()), wallet)
    }))
}
