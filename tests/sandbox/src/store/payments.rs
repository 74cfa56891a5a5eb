//! Payments as rows, and what is changed of them one by one.

use paysera_core::money::{Currency, Money};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::Value;

use super::rows::{columns, json, read_span, unknown_name};
use crate::domain::Service;
use crate::domain::payment::{Payee, PaymentDraft, Terms};
use crate::domain::payment_password::PasswordStatus;
use crate::domain::span::Span;
use crate::error::Refusal;
use crate::random;

/// Digits of a password that the sandbox makes.
const PASSWORD_DIGITS: usize = 6;

/// One payment of a transaction.
#[derive(Clone, Debug)]
pub(crate) struct StoredPayment {
    pub(crate) id: i64,
    pub(crate) price: Money,
    pub(crate) description: Option<String>,
    /// `None`: not registered yet, then an e-mail or phone is there.
    pub(crate) beneficiary: Option<i64>,
    pub(crate) beneficiary_email: Option<String>,
    pub(crate) beneficiary_phone: Option<String>,
    pub(crate) purpose: Option<String>,
    pub(crate) service: Service,
    pub(crate) freeze: Span,
    pub(crate) terms: Terms,
    /// Where commissions go.
    pub(crate) commission_wallet: Option<i64>,
    pub(crate) password: Option<StoredPassword>,
    pub(crate) items: Option<Value>,
    pub(crate) parameters: Option<Value>,
    pub(crate) price_rules: Option<Value>,
    pub(crate) funds_source: Option<Value>,
    /// What became of a confirmed payment.
    pub(crate) ended: Option<Ended>,
}

/// The password of a payment.
#[derive(Clone)]
pub(crate) struct StoredPassword {
    pub(crate) value: String,
    pub(crate) generated: bool,
    pub(crate) status: PasswordStatus,
    pub(crate) optional: bool,
    pub(crate) cancelable: bool,
}

impl std::fmt::Debug for StoredPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoredPassword").field("status", &self.status).finish_non_exhaustive()
    }
}

/// What became of a confirmed payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// It can't be cancelled any more.
    Done,
    /// The money went back.
    Canceled,
}

impl Ended {
    /// Name on the wire and in the database.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Canceled => "canceled",
        }
    }
}

impl StoredPayment {
    /// What a person calls it.
    pub(crate) fn title(&self) -> &str {
        let first_item = self.items.as_ref().and_then(|items| items.get(0)?.get("title")?.as_str());
        self.description.as_deref().or(first_item).unwrap_or_default()
    }

    /// Whether its password must still be given.
    pub(crate) fn waits_for_password(&self) -> bool {
        self.password.as_ref().is_some_and(|password| password.status == PasswordStatus::Pending)
    }
}

/// Where a new payment goes.
#[derive(Clone, Debug)]
pub(crate) struct Destination {
    pub(crate) beneficiary: Option<i64>,
    pub(crate) service: Service,
    pub(crate) commission_wallet: Option<i64>,
}

/// Writes a new payment of a transaction.
pub(crate) fn insert(
    db: &Connection,
    key: &str,
    draft: &PaymentDraft,
    to: &Destination,
) -> Result<(), Refusal> {
    let (freeze_for, freeze_until) = columns(draft.freeze);
    let (email, phone) = match &draft.beneficiary {
        Some(Payee::Email(email)) => (Some(email), None),
        Some(Payee::Phone(phone)) => (None, Some(phone)),
        Some(Payee::Wallet(_)) | None => (None, None),
    };
    let password = match draft.password.as_ref().map(|password| &password.provided) {
        None => None,
        Some(Some(provided)) => Some(provided.clone()),
        Some(None) => Some(random::digits(PASSWORD_DIGITS).ok_or(Refusal::Internal)?),
    };
    let kind = draft.password.as_ref().map(|password| match password.provided {
        Some(_) => "provided",
        None => "generated",
    });
    let text = |value: &Option<Value>| value.as_ref().map(Value::to_string);
    db.prepare_cached(
        "INSERT INTO payment (transaction_key, price, currency, description, beneficiary,
           beneficiary_email, beneficiary_phone, purpose, service, freeze_for, freeze_until,
           cashback, in_commission, out_commission, commission_wallet,
           password, password_type, password_status, password_optional, password_cancelable,
           items, parameters, price_rules, funds_source)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20,
           ?21, ?22, ?23, ?24)",
    )?
    .execute(params![
        key,
        draft.price.minor(),
        draft.price.currency().code(),
        draft.description,
        to.beneficiary,
        email,
        phone,
        draft.purpose,
        to.service.name(),
        freeze_for,
        freeze_until,
        draft.terms.cashback,
        draft.terms.in_commission,
        draft.terms.out_commission,
        to.commission_wallet,
        password,
        kind,
        kind.map(|_| PasswordStatus::Pending.name()),
        draft.password.as_ref().is_some_and(|password| password.optional),
        draft.password.as_ref().is_some_and(|password| password.cancelable),
        text(&draft.items),
        text(&draft.parameters),
        text(&draft.price_rules),
        text(&draft.funds_source),
    ])?;
    Ok(())
}

const COLUMNS: &str = "id, price, currency, description, beneficiary, beneficiary_email, beneficiary_phone,
    purpose, service, freeze_for, freeze_until, cashback, in_commission, out_commission, commission_wallet,
    password, password_type, password_status, password_optional, password_cancelable, items, parameters,
    price_rules, funds_source, ended";

fn read(row: &Row<'_>) -> rusqlite::Result<StoredPayment> {
    let currency: String = row.get(2)?;
    let currency = Currency::parse(&currency).map_err(|_| unknown_name(2, &currency))?;
    let service: String = row.get(8)?;
    let ended: Option<String> = row.get(24)?;
    Ok(StoredPayment {
        id: row.get(0)?,
        price: Money::from_minor(row.get(1)?, currency),
        description: row.get(3)?,
        beneficiary: row.get(4)?,
        beneficiary_email: row.get(5)?,
        beneficiary_phone: row.get(6)?,
        purpose: row.get(7)?,
        service: Service::parse(&service).ok_or_else(|| unknown_name(8, &service))?,
        freeze: read_span(row, 9)?,
        terms: Terms { cashback: row.get(11)?, in_commission: row.get(12)?, out_commission: row.get(13)? },
        commission_wallet: row.get(14)?,
        password: read_password(row)?,
        items: json(row, 20)?,
        parameters: json(row, 21)?,
        price_rules: json(row, 22)?,
        funds_source: json(row, 23)?,
        ended: match ended.as_deref() {
            None => None,
            Some("done") => Some(Ended::Done),
            Some("canceled") => Some(Ended::Canceled),
            Some(other) => return Err(unknown_name(24, other)),
        },
    })
}

fn read_password(row: &Row<'_>) -> rusqlite::Result<Option<StoredPassword>> {
    let Some(value) = row.get(15)? else { return Ok(None) };
    let (kind, status): (String, String) = (row.get(16)?, row.get(17)?);
    Ok(Some(StoredPassword {
        value,
        generated: kind == "generated",
        status: PasswordStatus::parse(&status).ok_or_else(|| unknown_name(17, &status))?,
        optional: row.get(18)?,
        cancelable: row.get(19)?,
    }))
}

/// The payments of a transaction, by number.
pub(crate) fn of_transaction(db: &Connection, key: &str) -> Result<Vec<StoredPayment>, Refusal> {
    let mut statement =
        db.prepare_cached(&format!("SELECT {COLUMNS} FROM payment WHERE transaction_key = ?1 ORDER BY id"))?;
    Ok(statement.query_map([key], read)?.collect::<Result<_, _>>()?)
}

/// The key of the transaction that a payment belongs to.
pub(crate) fn transaction_of(db: &Connection, id: i64) -> Result<Option<String>, Refusal> {
    Ok(db
        .prepare_cached("SELECT transaction_key FROM payment WHERE id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?)
}

/// Moves a payment to another transaction.
pub(crate) fn set_transaction(db: &Connection, id: i64, key: &str) -> Result<(), Refusal> {
    db.prepare_cached("UPDATE payment SET transaction_key = ?2 WHERE id = ?1")?.execute(params![id, key])?;
    Ok(())
}

/// Lowers the price of a payment.
pub(crate) fn set_price(db: &Connection, id: i64, price: Money) -> Result<(), Refusal> {
    db.prepare_cached("UPDATE payment SET price = ?2 WHERE id = ?1")?.execute(params![id, price.minor()])?;
    Ok(())
}

/// Counts a cash payment against the limits of its customer.
pub(crate) fn set_cash_wallet(db: &Connection, id: i64, wallet: i64) -> Result<(), Refusal> {
    db.prepare_cached("UPDATE payment SET cash_wallet = ?2 WHERE id = ?1")?.execute(params![id, wallet])?;
    Ok(())
}

/// Notes the wallet of a beneficiary who has registered.
pub(crate) fn set_beneficiary(db: &Connection, id: i64, wallet: i64) -> Result<(), Refusal> {
    db.prepare_cached("UPDATE payment SET beneficiary = ?2 WHERE id = ?1")?.execute(params![id, wallet])?;
    Ok(())
}

/// Notes where the payer's money is from.
pub(crate) fn set_funds_source(db: &Connection, id: i64, source: &Value) -> Result<(), Refusal> {
    db.prepare_cached("UPDATE payment SET funds_source = ?2 WHERE id = ?1")?
        .execute(params![id, source.to_string()])?;
    Ok(())
}

/// Notes what happened to the password.
pub(crate) fn set_password_status(db: &Connection, id: i64, status: PasswordStatus) -> Result<(), Refusal> {
    db.prepare_cached("UPDATE payment SET password_status = ?2 WHERE id = ?1")?
        .execute(params![id, status.name()])?;
    Ok(())
}

/// Notes until when a confirmed payment can be cancelled.
pub(crate) fn set_done_at(db: &Connection, id: i64, at: i64) -> Result<(), Refusal> {
    db.prepare_cached("UPDATE payment SET done_at = ?2 WHERE id = ?1")?.execute(params![id, at])?;
    Ok(())
}

/// Writes another end of the freeze.
pub(crate) fn set_freeze(db: &Connection, id: i64, freeze: Span) -> Result<(), Refusal> {
    let (seconds, until) = columns(freeze);
    db.prepare_cached("UPDATE payment SET freeze_for = ?2, freeze_until = ?3 WHERE id = ?1")?
        .execute(params![id, seconds, until])?;
    Ok(())
}

/// Notes what became of a confirmed payment.
pub(crate) fn set_ended(db: &Connection, id: i64, ended: Ended) -> Result<(), Refusal> {
    db.prepare_cached("UPDATE payment SET ended = ?2 WHERE id = ?1")?.execute(params![id, ended.name()])?;
    Ok(())
}

/// Confirmed payments whose time to be cancelled was over at `now`.
pub(crate) fn due(db: &Connection, now: i64) -> Result<Vec<i64>, Refusal> {
    let mut statement = db.prepare_cached("SELECT id FROM payment WHERE ended IS NULL AND done_at <= ?1")?;
    Ok(statement.query_map([now], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// Cash that a customer handed in and got since `since`, reserved included.
pub(crate) fn cash_used(
    db: &Connection,
    wallet: i64,
    currency: Currency,
    since: i64,
) -> Result<i64, Refusal> {
    Ok(db
        .prepare_cached(
            "SELECT coalesce(sum(price), 0) FROM payment JOIN transactions ON key = transaction_key
             WHERE cash_wallet = ?1 AND currency = ?2 AND reserved_at > ?3 AND ended IS NOT 'canceled'
               AND status IN ('reserved', 'confirmed', 'waiting_registration', 'waiting_password')",
        )?
        .query_row(params![wallet, currency.code(), since], |row| row.get(0))?)
}
