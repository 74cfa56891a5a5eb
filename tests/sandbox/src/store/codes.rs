//! Generators of reservation codes.

use rusqlite::{Connection, OptionalExtension, params};

use super::attempts;
use crate::error::Refusal;
use crate::reservation_code::{self, Generator, SEED_BYTES};

/// Spends `code` and says whose wallet it opens.
///
/// The caller runs inside one database transaction: if the reservation is
/// refused for another reason, the code stays unspent.
pub(crate) fn spend(db: &Connection, now: i64, code: &str) -> Result<i64, Refusal> {
    let unknown = Refusal::InvalidCode { subject: None };
    let Some(identifier) = reservation_code::identifier(code).and_then(|number| i64::try_from(number).ok())
    else {
        return Err(unknown);
    };
    let Some((generator, wallet)) = load(db, now, identifier)? else { return Err(unknown) };
    let subject = format!("generator:{identifier}");
    attempts::check(db, now, &subject)?;
    let Some(after) = generator.accept(code) else {
        return Err(Refusal::InvalidCode { subject: Some(subject) });
    };
    db.prepare_cached("UPDATE generator SET state = ?2, spent = ?3 WHERE identifier = ?1")?.execute(
        params![identifier, after.state(), i64::try_from(after.made()).map_err(|_| Refusal::Internal)?],
    )?;
    Ok(wallet)
}

/// The next code of the wallet's generator, if it has one. Nothing is spent.
pub(crate) fn next(db: &Connection, now: i64, wallet: i64) -> Result<Option<String>, Refusal> {
    let identifier: Option<i64> = db
        .prepare_cached(
            "SELECT min(identifier) FROM generator JOIN generator_set ON id = set_id
             WHERE wallet_id = ?1 AND (expires_at IS NULL OR expires_at > ?2)",
        )?
        .query_row([wallet, now], |row| row.get(0))?;
    let Some(identifier) = identifier else { return Ok(None) };
    Ok(load(db, now, identifier)?.map(|(mut generator, _)| generator.next_code()))
}

/// A generator that is still good, and the wallet whose codes it makes.
fn load(db: &Connection, now: i64, identifier: i64) -> Result<Option<(Generator, i64)>, Refusal> {
    let row: Option<([u8; SEED_BYTES], [u8; SEED_BYTES], i64, i64)> = db
        .query_row(
            "SELECT seed, state, spent, wallet_id FROM generator JOIN generator_set ON id = set_id
             WHERE identifier = ?1 AND (expires_at IS NULL OR expires_at > ?2)",
            [identifier, now],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
        )
        .optional()?;
    Ok(row.map(|(seed, state, spent, wallet)| {
        (Generator::resume(identifier.unsigned_abs(), seed, state, spent.unsigned_abs()), wallet)
    }))
}
