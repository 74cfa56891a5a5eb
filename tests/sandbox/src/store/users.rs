//! Users: who owns wallets and signs in.

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::Value;

use super::rows::{json, unknown_name};
use crate::domain::contact::Criterion;
use crate::domain::identity::Level;
use crate::error::Refusal;

/// A user with everything that is known about it.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) id: i64,
    /// `natural` or `legal`.
    pub(crate) kind: String,
    pub(crate) display_name: String,
    /// A confirmed one.
    pub(crate) phone: Option<String>,
    pub(crate) phone_unconfirmed: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) level: Level,
    pub(crate) password: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) surname: Option<String>,
    pub(crate) nationality: Option<String>,
    pub(crate) person_code: Option<String>,
    pub(crate) company_code: Option<String>,
    pub(crate) dob: Option<String>,
    pub(crate) gender: Option<String>,
    pub(crate) address: Option<Value>,
    pub(crate) locale: Option<String>,
    pub(crate) default_currency: String,
}

const COLUMNS: &str = "id, type, display_name, phone, phone_unconfirmed, email, identification_level,
    password, name, surname, nationality, person_code, company_code, dob, gender, address, locale,
    default_currency";

fn read(row: &Row<'_>) -> rusqlite::Result<User> {
    let level: String = row.get(6)?;
    Ok(User {
        id: row.get(0)?,
        kind: row.get(1)?,
        display_name: row.get(2)?,
        phone: row.get(3)?,
        phone_unconfirmed: row.get(4)?,
        email: row.get(5)?,
        level: Level::parse(&level).ok_or_else(|| unknown_name(6, &level))?,
        password: row.get(7)?,
        name: row.get(8)?,
        surname: row.get(9)?,
        nationality: row.get(10)?,
        person_code: row.get(11)?,
        company_code: row.get(12)?,
        dob: row.get(13)?,
        gender: row.get(14)?,
        address: json(row, 15)?,
        locale: row.get(16)?,
        default_currency: row.get(17)?,
    })
}

/// The user of that criterion.
pub(crate) fn find(db: &Connection, by: &Criterion) -> Result<Option<User>, Refusal> {
    match by {
        Criterion::Id(id) => one(db, "id = ?1", params![id]),
        Criterion::Phone(phone) => one(db, "phone = ?1", params![phone]),
        Criterion::Email(email) => one(db, "email = ?1", params![email]),
        Criterion::PersonCode { code, nationality } => {
            one(db, "person_code = ?1 AND (?2 IS NULL OR nationality = ?2)", params![code, nationality])
        }
        Criterion::CompanyCode(code) => one(db, "company_code = ?1", params![code]),
    }
}

/// The user of that number.
pub(crate) fn user(db: &Connection, id: i64) -> Result<Option<User>, Refusal> {
    find(db, &Criterion::Id(id))
}

fn one(db: &Connection, condition: &str, values: impl rusqlite::Params) -> Result<Option<User>, Refusal> {
    Ok(db
        .prepare_cached(&format!("SELECT {COLUMNS} FROM user WHERE {condition} ORDER BY id LIMIT 1"))?
        .query_row(values, read)
        .optional()?)
}

/// The first persons with a wallet: number and display name.
pub(crate) fn persons(db: &Connection, limit: i64) -> Result<Vec<(i64, String)>, Refusal> {
    let mut statement = db.prepare_cached(
        "SELECT id, display_name FROM user
         WHERE type = 'natural' AND EXISTS (SELECT 1 FROM wallet WHERE user_id = user.id)
         ORDER BY id LIMIT ?1",
    )?;
    let rows = statement.query_map([limit], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A user who registers: the phone is claimed, not confirmed.
pub(crate) struct Registration<'a> {
    pub(crate) phone: &'a str,
    pub(crate) locale: Option<&'a str>,
    /// Salted and hashed.
    pub(crate) password: &'a str,
}

/// Writes a new user without a wallet; its number.
pub(crate) fn insert(db: &Connection, new: &Registration<'_>) -> Result<i64, Refusal> {
    db.prepare_cached(
        "INSERT INTO user (display_name, phone_unconfirmed, locale, password, identification_level)
         VALUES (?1, ?1, ?2, ?3, ?4)",
    )?
    .execute(params![new.phone, new.locale, new.password, Level::Unidentified.name()])?;
    Ok(db.last_insert_rowid())
}

/// What the user types at a till instead of accepting in the app.
pub(crate) fn pin(db: &Connection, user: i64) -> Result<Option<String>, Refusal> {
    Ok(db.prepare_cached("SELECT pin FROM user WHERE id = ?1")?.query_row([user], |row| row.get(0))?)
}

/// `full` or `limits`: why the user may not pay.
pub(crate) fn restriction(db: &Connection, user: i64) -> Result<Option<String>, Refusal> {
    Ok(db
        .prepare_cached("SELECT restriction FROM user WHERE id = ?1")?
        .query_row([user], |row| row.get(0))?)
}

/// Writes why the user may not pay: `full`, `limits` or nothing.
pub(crate) fn set_restriction(db: &Connection, user: i64, restriction: Option<&str>) -> Result<(), Refusal> {
    db.prepare_cached("UPDATE user SET restriction = ?2 WHERE id = ?1")?
        .execute(params![user, restriction])?;
    Ok(())
}

/// Writes the salted and hashed password.
pub(crate) fn set_password(db: &Connection, user: i64, password: &str) -> Result<(), Refusal> {
    db.prepare_cached("UPDATE user SET password = ?2 WHERE id = ?1")?.execute(params![user, password])?;
    Ok(())
}

/// Notes a phone that the user claims.
pub(crate) fn claim_phone(db: &Connection, user: i64, phone: &str) -> Result<(), Refusal> {
    db.prepare_cached("UPDATE user SET phone_unconfirmed = ?2 WHERE id = ?1")?
        .execute(params![user, phone])?;
    Ok(())
}

/// Makes the claimed phone the user's.
pub(crate) fn confirm_phone(db: &Connection, user: i64) -> Result<(), Refusal> {
    db.prepare_cached("UPDATE user SET phone = phone_unconfirmed, phone_unconfirmed = NULL WHERE id = ?1")?
        .execute([user])?;
    Ok(())
}

/// Notes how well the user is known.
pub(crate) fn set_level(db: &Connection, user: i64, level: Level) -> Result<(), Refusal> {
    db.prepare_cached("UPDATE user SET identification_level = ?2 WHERE id = ?1")?
        .execute(params![user, level.name()])?;
    Ok(())
}

/// Notes where the user is.
pub(crate) fn set_position(db: &Connection, user: i64, position: &Value) -> Result<(), Refusal> {
    db.prepare_cached("UPDATE user SET position = ?2 WHERE id = ?1")?
        .execute(params![user, position.to_string()])?;
    Ok(())
}

/// How users are reached.
pub(crate) fn contacts(db: &Connection) -> Result<Vec<Contact>, Refusal> {
    let mut statement =
        db.prepare_cached("SELECT id, phone, email FROM user WHERE phone IS NOT NULL OR email IS NOT NULL")?;
    let rows = statement
        .query_map([], |row| Ok(Contact { user: row.get(0)?, phone: row.get(1)?, email: row.get(2)? }))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How a user is reached.
pub(crate) struct Contact {
    pub(crate) user: i64,
    pub(crate) phone: Option<String>,
    pub(crate) email: Option<String>,
}
