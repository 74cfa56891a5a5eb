//! Transactions and their payments as rows.

use paysera_core::money::{Currency, Money};
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::Value;

use super::credentials::Caller;
use super::history::{self, Actor};
use super::ledger;
use super::rows::{columns, read_payment, read_transaction};
use crate::domain::Service;
use crate::domain::draft::{Draft, Span};
use crate::domain::status::{Event, Status};
use crate::error::Refusal;
use crate::random;

/// How long nobody needs to accept a transaction, in seconds: one month
/// (wallet-api section 5.2).
const NEW_SECONDS: i64 = 2_592_000;

/// A transaction with its payments.
#[derive(Clone, Debug)]
pub(crate) struct StoredTransaction {
    pub(crate) key: String,
    /// The client that made it; else a user did, see `creator_wallet`.
    pub(crate) client_id: Option<String>,
    pub(crate) creator_wallet: Option<i64>,
    pub(crate) created_at: i64,
    pub(crate) status: Status,
    /// How it was accepted (wallet-api section 5.7).
    pub(crate) accepted_by: Option<String>,
    /// The payer's wallet, once accepted.
    pub(crate) wallet: Option<i64>,
    pub(crate) confirmed_at: Option<i64>,
    pub(crate) reserve: Span,
    pub(crate) use_allowance: bool,
    pub(crate) suggest_allowance: bool,
    pub(crate) auto_confirm: bool,
    pub(crate) redirect_uri: Option<String>,
    pub(crate) callback_uri: Option<Value>,
    pub(crate) project_id: Option<i64>,
    pub(crate) location_id: Option<i64>,
    pub(crate) payments: Vec<StoredPayment>,
}

/// One payment of a transaction.
#[derive(Clone, Debug)]
pub(crate) struct StoredPayment {
    pub(crate) id: i64,
    pub(crate) price: Money,
    pub(crate) description: String,
    pub(crate) beneficiary: i64,
    pub(crate) purpose: Option<String>,
    pub(crate) service: Service,
    pub(crate) parameters: Option<Value>,
    pub(crate) freeze: Span,
}

/// How a transaction is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Acceptance {
    /// By a code that the customer showed.
    ReservationCode,
    /// By the user's own token.
    MobileApp,
    /// By an allowance of that number.
    Allowance(i64),
}

impl Acceptance {
    const fn name(self) -> &'static str {
        match self {
            Self::ReservationCode => "reservation_code",
            Self::MobileApp => "mobile_app",
            Self::Allowance(_) => "automatic",
        }
    }
}

impl StoredTransaction {
    /// Whether `caller` made it.
    pub(crate) fn made_by(&self, caller: &Caller) -> bool {
        match caller {
            Caller::Client { id, .. } => self.client_id.as_deref() == Some(id),
            Caller::User { wallet, .. } => self.creator_wallet == Some(*wallet),
        }
    }
}

/// Writes a new transaction; `destinations` (beneficiary and service) belong to the
/// payments in order.
pub(crate) fn insert(
    db: &Connection,
    now: i64,
    caller: &Caller,
    draft: &Draft,
    destinations: &[(i64, Service)],
) -> Result<String, Refusal> {
    let key = random::transaction_key().ok_or(Refusal::Internal)?;
    let (client, wallet) = match caller {
        Caller::Client { id, .. } => (Some(id), None),
        Caller::User { wallet, .. } => (None, Some(*wallet)),
    };
    let (reserve_for, reserve_until) = columns(draft.reserve);
    db.prepare_cached(
        "INSERT INTO transactions (key, client_id, creator_wallet, created_at, status, expires_at,
           reserve_for, reserve_until, use_allowance, suggest_allowance, auto_confirm,
           redirect_uri, callback_uri, project_id, location_id)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
    )?
    .execute(params![
        key,
        client,
        wallet,
        now,
        Status::New.name(),
        now.saturating_add(NEW_SECONDS),
        reserve_for,
        reserve_until,
        draft.use_allowance,
        draft.suggest_allowance,
        draft.auto_confirm,
        draft.redirect_uri,
        draft.callback_uri.as_ref().map(Value::to_string),
        draft.project_id,
        draft.location_id,
    ])?;
    for (payment, (beneficiary, service)) in draft.payments.iter().zip(destinations) {
        let (freeze_for, freeze_until) = columns(payment.freeze);
        db.prepare_cached(
            "INSERT INTO payment (transaction_key, price, currency, description, beneficiary, purpose,
               service, parameters, freeze_for, freeze_until)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![
            key,
            payment.price.minor(),
            payment.price.currency().code(),
            payment.description,
            beneficiary,
            payment.purpose,
            service.name(),
            payment.parameters.as_ref().map(Value::to_string),
            freeze_for,
            freeze_until,
        ])?;
    }
    history::record(db, now, &key, Status::New, Actor::Caller(caller))?;
    Ok(key)
}

/// The transaction of that key.
pub(crate) fn find(db: &Connection, key: &str) -> Result<Option<StoredTransaction>, Refusal> {
    let found = db
        .prepare_cached(
            "SELECT key, client_id, creator_wallet, created_at, status, type, wallet, confirmed_at,
               reserve_for, reserve_until, use_allowance, suggest_allowance, auto_confirm,
               redirect_uri, callback_uri, project_id, location_id
             FROM transactions WHERE key = ?1",
        )?
        .query_row([key], read_transaction)
        .optional()?;
    let Some(mut transaction) = found else { return Ok(None) };
    let mut statement = db.prepare_cached(
        "SELECT id, price, currency, description, beneficiary, purpose, service, parameters,
           freeze_for, freeze_until
         FROM payment WHERE transaction_key = ?1 ORDER BY id",
    )?;
    transaction.payments = statement.query_map([key], read_payment)?.collect::<Result<_, _>>()?;
    Ok(Some(transaction))
}

/// The keys of the newest `limit` transactions, newest first.
pub(crate) fn latest(db: &Connection, limit: i64) -> Result<Vec<String>, Refusal> {
    let mut statement = db.prepare_cached("SELECT key FROM transactions ORDER BY seq DESC LIMIT ?1")?;
    Ok(statement.query_map([limit], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// Marks it accepted from `wallet`, until `expires_at`.
pub(crate) fn set_accepted(
    db: &Connection,
    now: i64,
    key: &str,
    wallet: i64,
    by: Acceptance,
    expires_at: i64,
    actor: Actor<'_>,
) -> Result<(), Refusal> {
    let allowance = match by {
        Acceptance::Allowance(id) => Some(id),
        Acceptance::ReservationCode | Acceptance::MobileApp => None,
    };
    db.prepare_cached(
        "UPDATE transactions SET status = ?2, type = ?3, wallet = ?4, allowance_id = ?5, reserved_at = ?6,
           expires_at = ?7
         WHERE key = ?1",
    )?
    .execute(params![key, Status::Reserved.name(), by.name(), wallet, allowance, now, expires_at])?;
    history::record(db, now, key, Status::Reserved, actor)
}

/// Marks it ended with `status`; a confirmed one also with its time.
pub(crate) fn set_ended(
    db: &Connection,
    now: i64,
    key: &str,
    status: Status,
    actor: Actor<'_>,
) -> Result<(), Refusal> {
    let confirmed_at = (status == Status::Confirmed).then_some(now);
    db.prepare_cached(
        "UPDATE transactions SET status = ?2, confirmed_at = ?3, expires_at = NULL WHERE key = ?1",
    )?
    .execute(params![key, status.name(), confirmed_at])?;
    history::record(db, now, key, status, actor)
}

/// Lowers the price of a payment.
pub(crate) fn set_price(db: &Connection, payment: i64, price: Money) -> Result<(), Refusal> {
    db.execute("UPDATE payment SET price = ?2 WHERE id = ?1", params![payment, price.minor()])?;
    Ok(())
}

/// Counts a cash payment against the limits of its customer.
pub(crate) fn set_cash_wallet(db: &Connection, payment: i64, wallet: i64) -> Result<(), Refusal> {
    db.execute("UPDATE payment SET cash_wallet = ?2 WHERE id = ?1", params![payment, wallet])?;
    Ok(())
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
             WHERE cash_wallet = ?1 AND currency = ?2 AND reserved_at > ?3
               AND status IN ('reserved', 'confirmed')",
        )?
        .query_row(params![wallet, currency.code(), since], |row| row.get(0))?)
}

/// Ends every transaction whose time was over at `now`: what was held is given
/// back.
pub(crate) fn end_overdue(db: &Connection, now: i64) -> Result<(), Refusal> {
    let mut statement = db.prepare_cached("SELECT key FROM transactions WHERE expires_at <= ?1")?;
    let keys = statement.query_map([now], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?;
    for key in keys {
        let Some(transaction) = find(db, &key)? else { continue };
        let Some(ended) = transaction.status.after(Event::TimeOver) else { continue };
        for payment in &transaction.payments {
            ledger::release(db, payment.id)?;
        }
        set_ended(db, now, &key, ended, Actor::Time)?;
    }
    Ok(())
}

/// Whether `client` holds a reserved or confirmed transaction paid from `wallet`.
pub(crate) fn pays_client(db: &Connection, client: &str, wallet: i64) -> Result<bool, Refusal> {
    Ok(db
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM transactions
             WHERE wallet = ?1 AND client_id = ?2 AND status IN ('reserved', 'confirmed'))",
        )?
        .query_row(params![wallet, client], |row| row.get(0))?)
}
