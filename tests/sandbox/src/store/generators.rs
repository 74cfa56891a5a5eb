//! What devices make reservation codes with (wallet-api section 8.4).

use rusqlite::{Connection, OptionalExtension, params};

use crate::error::Refusal;
use crate::random;
use crate::reservation_code::{Generator, IDENTIFIER_DIGITS, SEED_BYTES};

/// How long a generator is good, in seconds: one year. PROPOSAL.
const GOOD_SECONDS: i64 = 31_536_000;

/// Most devices of a user; the oldest one's generator ends with one more.
/// PROPOSAL.
const MAX_SETS: i64 = 10;

/// A device's generator: one seed, an identifier a wallet.
#[derive(Clone, Debug)]
pub(crate) struct GeneratorSet {
    pub(crate) id: i64,
    pub(crate) user: i64,
    /// `None`: never.
    pub(crate) expires_at: Option<i64>,
    /// Identifier and wallet.
    pub(crate) identifiers: Vec<(i64, i64)>,
}

/// Makes a generator for the wallets of a user; its number and seed.
pub(crate) fn create(
    db: &Connection,
    now: i64,
    user: i64,
    wallets: &[i64],
) -> Result<(i64, [u8; SEED_BYTES]), Refusal> {
    let mut seed = [0_u8; SEED_BYTES];
    getrandom::fill(&mut seed).map_err(|_| Refusal::Internal)?;
    let set = insert_set(db, user, Some(now.saturating_add(GOOD_SECONDS)))?;
    for wallet in wallets {
        insert(db, set, free_identifier(db)?, *wallet, seed)?;
    }
    db.prepare_cached(
        "UPDATE generator_set SET expires_at = ?2 WHERE user_id = ?1 AND expires_at > ?2 AND id NOT IN
           (SELECT id FROM generator_set WHERE user_id = ?1 ORDER BY id DESC LIMIT ?3)",
    )?
    .execute(params![user, now, MAX_SETS])?;
    Ok((set, seed))
}

/// Makes a generator without identifiers; its number.
pub(crate) fn insert_set(db: &Connection, user: i64, expires_at: Option<i64>) -> Result<i64, Refusal> {
    db.prepare_cached("INSERT INTO generator_set (user_id, expires_at) VALUES (?1, ?2)")?
        .execute(params![user, expires_at])?;
    Ok(db.last_insert_rowid())
}

/// Lets a generator make codes of a wallet.
pub(crate) fn insert(
    db: &Connection,
    set: i64,
    identifier: u64,
    wallet: i64,
    seed: [u8; SEED_BYTES],
) -> Result<(), Refusal> {
    let number = i64::try_from(identifier).map_err(|_| Refusal::Internal)?;
    let generator = Generator::new(identifier, seed);
    db.prepare_cached(
        "INSERT INTO generator (identifier, set_id, wallet_id, seed, state) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![number, set, wallet, seed, generator.state()])?;
    Ok(())
}

/// The generator of that number.
pub(crate) fn find(db: &Connection, id: i64) -> Result<Option<GeneratorSet>, Refusal> {
    let found = db
        .prepare_cached("SELECT user_id, expires_at FROM generator_set WHERE id = ?1")?
        .query_row([id], |row| {
            Ok(GeneratorSet { id, user: row.get(0)?, expires_at: row.get(1)?, identifiers: Vec::new() })
        })
        .optional()?;
    let Some(mut set) = found else { return Ok(None) };
    let mut statement = db.prepare_cached(
        "SELECT identifier, wallet_id FROM generator WHERE set_id = ?1 ORDER BY identifier",
    )?;
    let rows = statement.query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    set.identifiers = rows.collect::<Result<_, _>>()?;
    Ok(Some(set))
}

/// A number with as many digits as a code has for it, that nobody has.
fn free_identifier(db: &Connection) -> Result<u64, Refusal> {
    loop {
        let identifier: i64 = random::digits(IDENTIFIER_DIGITS)
            .and_then(|digits| digits.parse().ok())
            .ok_or(Refusal::Internal)?;
        let taken: bool = db
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM generator WHERE identifier = ?1)")?
            .query_row([identifier], |row| row.get(0))?;
        if !taken {
            return Ok(identifier.unsigned_abs());
        }
    }
}
