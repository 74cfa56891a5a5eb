//! SMS and e-mails that the sandbox would have sent, and the codes in them.

use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;

use super::attempts;
use crate::domain::person_fault::PersonFault;
use crate::error::Refusal;
use crate::random;

/// Digits of a code, as in the documentation's sample.
const CODE_LENGTH: usize = 6;

/// How long a code can be used, in seconds. PROPOSAL.
const CODE_SECONDS: i64 = 600;

/// Messages to one phone or address in [`CODE_SECONDS`]. PROPOSAL.
const MAX_MESSAGES: i64 = 10;

/// What a code opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A phone becomes the user's.
    Phone,
    /// The password may be changed.
    Password,
    /// A token gets more scopes.
    Scopes,
    /// A transaction is accepted.
    Flash,
    /// A device gets a generator of reservation codes.
    Generator,
}

impl Purpose {
    const fn name(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Password => "password",
            Self::Scopes => "scopes",
            Self::Flash => "flash",
            Self::Generator => "generator",
        }
    }

    const fn text(self) -> &'static str {
        match self {
            Self::Phone => "confirms your phone",
            Self::Password => "lets you choose a new password",
            Self::Scopes => "gives the app more rights",
            Self::Flash => "accepts the payment: tell it only to the shop",
            Self::Generator => "lets your phone show codes",
        }
    }
}

/// An SMS or e-mail that the sandbox would have sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Message {
    /// Number of the user.
    pub user: i64,
    /// `sms` or `email`.
    pub channel: String,
    /// Phone or e-mail address.
    pub recipient: String,
    /// The whole text.
    pub text: String,
    /// The code in the text.
    pub code: String,
    /// Server time in seconds since 1970-01-01 UTC.
    pub sent_at: i64,
}

/// Writes a code to `recipient`, an e-mail address or a phone; when it ends.
/// `scopes` is what it opens: of [`Purpose::Flash`] the key of a transaction.
pub(crate) fn send_code(
    db: &Connection,
    now: i64,
    user: i64,
    recipient: &str,
    purpose: Purpose,
    scopes: &str,
) -> Result<i64, Refusal> {
    send(db, now, (user, recipient), (purpose, scopes), None)
}

/// The same, inside a link of an app if it gave one.
pub(crate) fn send_code_in(
    db: &Connection,
    now: i64,
    user: i64,
    recipient: &str,
    purpose: Purpose,
    link: Option<&str>,
) -> Result<i64, Refusal> {
    send(db, now, (user, recipient), (purpose, ""), link)
}

fn send(
    db: &Connection,
    now: i64,
    (user, recipient): (i64, &str),
    (purpose, scopes): (Purpose, &str),
    link: Option<&str>,
) -> Result<i64, Refusal> {
    let (sent, oldest): (i64, Option<i64>) = db
        .prepare_cached("SELECT count(*), min(sent_at) FROM message WHERE recipient = ?1 AND sent_at > ?2")?
        .query_row(params![recipient, now.saturating_sub(CODE_SECONDS)], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    if sent >= MAX_MESSAGES {
        let free_at = oldest.unwrap_or(now).saturating_add(CODE_SECONDS);
        return Err(Refusal::RateLimited { retry_after: free_at.saturating_sub(now).max(1) });
    }
    let code = random::digits(CODE_LENGTH).ok_or(Refusal::Internal)?;
    let channel = if recipient.contains('@') { "email" } else { "sms" };
    let valid_until = now.saturating_add(CODE_SECONDS);
    db.prepare_cached(
        "INSERT INTO message (user_id, channel, recipient, text, sent_at, code, purpose, valid_until, scopes)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        user,
        channel,
        recipient,
        match link {
            None => format!("{code} {}.", purpose.text()),
            Some(link) => format!("{} {}.", link.replace("{code}", &code), purpose.text()),
        },
        now,
        code,
        purpose.name(),
        valid_until,
        scopes
    ])?;
    Ok(valid_until)
}

/// Uses the last code for a purpose up; the scopes that it was sent for.
pub(crate) fn use_code(
    db: &Connection,
    now: i64,
    user: i64,
    purpose: Purpose,
    code: &str,
) -> Result<String, Refusal> {
    use_last(db, now, (user, purpose, None), code)
}

/// Uses the last code up that lets the user accept that transaction.
pub(crate) fn use_flash_code(
    db: &Connection,
    now: i64,
    user: i64,
    key: &str,
    code: &str,
) -> Result<(), Refusal> {
    use_last(db, now, (user, Purpose::Flash, Some(key)), code).map(drop)
}

fn use_last(
    db: &Connection,
    now: i64,
    (user, purpose, scopes): (i64, Purpose, Option<&str>),
    code: &str,
) -> Result<String, Refusal> {
    let subject = format!("code:{}:{user}", purpose.name());
    attempts::check(db, now, &subject)?;
    let last: Option<(i64, String, i64, bool, String)> = db
        .prepare_cached(
            "SELECT id, code, valid_until, used, scopes FROM message
             WHERE user_id = ?1 AND purpose = ?2 AND (?3 IS NULL OR scopes = ?3) ORDER BY id DESC LIMIT 1",
        )?
        .query_row(params![user, purpose.name(), scopes], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
        })
        .optional()?;
    match last {
        Some((id, right, valid_until, false, scopes)) if right == code && now < valid_until => {
            db.prepare_cached("UPDATE message SET used = 1 WHERE id = ?1")?.execute([id])?;
            attempts::forget(db, &subject)?;
            Ok(scopes)
        }
        _ => Err(Refusal::Person(PersonFault::InvalidCode { subject })),
    }
}

/// The newest messages, newest first.
pub(crate) fn list(db: &Connection, limit: i64) -> Result<Vec<Message>, Refusal> {
    let mut statement = db.prepare_cached(
        "SELECT user_id, channel, recipient, text, code, sent_at FROM message ORDER BY id DESC LIMIT ?1",
    )?;
    let rows = statement.query_map([limit], |row| {
        Ok(Message {
            user: row.get(0)?,
            channel: row.get(1)?,
            recipient: row.get(2)?,
            text: row.get(3)?,
            code: row.get(4)?,
            sent_at: row.get(5)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
