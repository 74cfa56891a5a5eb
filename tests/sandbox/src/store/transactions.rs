//! Transactions as rows.

use paysera_core::money::Currency;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::Value;

use super::allowances;
use super::credentials::Caller;
use super::history::{self, Actor};
use super::payments::{self, StoredPayment};
use super::rows::{columns, read_transaction, target_column};
use crate::domain::callback::CallbackTarget;
use crate::domain::draft::Draft;
use crate::domain::span::Span;
use crate::domain::status::Status;
use crate::error::Refusal;
use crate::random;

/// How long nobody needs to accept a transaction, in seconds: one month
/// (wallet-api section 5.2).
pub(crate) const NEW_SECONDS: i64 = 2_592_000;

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
    pub(crate) callback_uri: CallbackTarget,
    pub(crate) project_id: Option<i64>,
    pub(crate) location_id: Option<i64>,
    /// Who is expected to pay.
    pub(crate) user_email: Option<String>,
    /// Who was asked by SMS.
    pub(crate) asked_wallet: Option<i64>,
    /// As on the wire.
    pub(crate) restrictions: Option<Value>,
    pub(crate) inquiries: Option<Value>,
    pub(crate) payments: Vec<StoredPayment>,
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
    /// By the PIN that the customer typed at the till.
    Pin,
    /// By the code of an SMS that the merchant had sent.
    Flash,
    /// On the web page.
    Page,
}

impl Acceptance {
    /// Name on the wire (wallet-api section 5.7).
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::ReservationCode => "reservation_code",
            Self::MobileApp => "mobile_app",
            Self::Allowance(_) => "automatic",
            Self::Pin => "pin",
            Self::Flash => "flash",
            Self::Page => "page",
        }
    }
}

impl StoredTransaction {
    /// What it costs in each currency, in minor units.
    pub(crate) fn totals(&self) -> Result<Vec<(Currency, i64)>, Refusal> {
        let mut totals: Vec<(Currency, i64)> = Vec::new();
        for payment in &self.payments {
            let (currency, price) = (payment.price.currency(), payment.price.minor());
            match totals.iter_mut().find(|(of, _)| *of == currency) {
                Some((_, total)) => *total = total.checked_add(price).ok_or(Refusal::Internal)?,
                None => totals.push((currency, price)),
            }
        }
        Ok(totals)
    }

    /// Whether `caller` made it.
    pub(crate) fn made_by(&self, caller: &Caller) -> bool {
        match caller {
            Caller::Client { id, .. } => self.client_id.as_deref() == Some(id),
            Caller::User { wallet, .. } => self.creator_wallet == Some(*wallet),
        }
    }
}

/// Writes a new transaction without payments; its key.
pub(crate) fn insert(db: &Connection, now: i64, caller: &Caller, draft: &Draft) -> Result<String, Refusal> {
    let key = random::transaction_key().ok_or(Refusal::Internal)?;
    let (client, wallet) = match caller {
        Caller::Client { id, .. } => (Some(id), None),
        Caller::User { wallet, .. } => (None, Some(*wallet)),
    };
    let (reserve_for, reserve_until) = columns(draft.reserve);
    db.prepare_cached(
        "INSERT INTO transactions (key, client_id, creator_wallet, created_at, status, expires_at,
           reserve_for, reserve_until, use_allowance, suggest_allowance, auto_confirm,
           redirect_uri, callback_uri, project_id, location_id, user_email, restrictions, inquiries)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
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
        target_column(&draft.callback_uri),
        draft.project_id,
        draft.location_id,
        draft.user_email,
        draft.restrictions.as_ref().map(Value::to_string),
        draft.inquiries.as_ref().map(Value::to_string),
    ])?;
    history::record(db, now, &key, Status::New, Actor::Caller(caller))?;
    Ok(key)
}

/// The transaction of that key.
pub(crate) fn find(db: &Connection, key: &str) -> Result<Option<StoredTransaction>, Refusal> {
    let found = db
        .prepare_cached(
            "SELECT key, client_id, creator_wallet, created_at, status, type, wallet, confirmed_at,
               reserve_for, reserve_until, use_allowance, suggest_allowance, auto_confirm,
               redirect_uri, callback_uri, project_id, location_id, user_email, asked_wallet,
               restrictions, inquiries
             FROM transactions WHERE key = ?1",
        )?
        .query_row([key], read_transaction)
        .optional()?;
    let Some(mut transaction) = found else { return Ok(None) };
    transaction.payments = payments::of_transaction(db, key)?;
    Ok(Some(transaction))
}

/// The keys of the newest `limit` transactions, newest first; the seed's own,
/// number 0, is no news.
pub(crate) fn latest(db: &Connection, limit: i64) -> Result<Vec<String>, Refusal> {
    let mut statement =
        db.prepare_cached("SELECT key FROM transactions WHERE seq > 0 ORDER BY seq DESC LIMIT ?1")?;
    Ok(statement.query_map([limit], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// Who accepted a transaction, and how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Accepted {
    pub(crate) wallet: i64,
    pub(crate) by: Acceptance,
    /// `reserved` or what it waits for.
    pub(crate) status: Status,
    /// When it ends by itself.
    pub(crate) until: i64,
}

/// Marks it accepted.
pub(crate) fn set_accepted(
    db: &Connection,
    now: i64,
    key: &str,
    accepted: Accepted,
    actor: Actor<'_>,
) -> Result<(), Refusal> {
    let allowance = match accepted.by {
        Acceptance::Allowance(id) => Some(id),
        _ => None,
    };
    db.prepare_cached(
        "UPDATE transactions SET status = ?2, type = ?3, wallet = ?4, allowance_id = ?5, reserved_at = ?6,
           expires_at = ?7
         WHERE key = ?1",
    )?
    .execute(params![
        key,
        accepted.status.name(),
        accepted.by.name(),
        accepted.wallet,
        allowance,
        now,
        accepted.until
    ])?;
    history::record(db, now, key, accepted.status, actor)
}

/// Marks that the owner of `wallet` was asked by SMS, or that anyone was asked.
pub(crate) fn set_asked(
    db: &Connection,
    now: i64,
    key: &str,
    wallet: Option<i64>,
    actor: Actor<'_>,
) -> Result<(), Refusal> {
    let by = wallet.map(|_| Acceptance::Flash.name());
    db.prepare_cached("UPDATE transactions SET status = ?2, type = ?3, asked_wallet = ?4 WHERE key = ?1")?
        .execute(params![key, Status::Waiting.name(), by, wallet])?;
    history::record(db, now, key, Status::Waiting, actor)
}

/// Marks that everything is there that the acceptance waited for.
pub(crate) fn set_reserved(db: &Connection, now: i64, key: &str, actor: Actor<'_>) -> Result<(), Refusal> {
    db.prepare_cached("UPDATE transactions SET status = ?2 WHERE key = ?1")?
        .execute(params![key, Status::Reserved.name()])?;
    history::record(db, now, key, Status::Reserved, actor)
}

/// Writes the inquiries with their status.
pub(crate) fn set_inquiries(db: &Connection, key: &str, inquiries: &Value) -> Result<(), Refusal> {
    db.prepare_cached("UPDATE transactions SET inquiries = ?2 WHERE key = ?1")?
        .execute(params![key, inquiries.to_string()])?;
    Ok(())
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
    allowances::follow_transaction(db, now, key, status)?;
    history::record(db, now, key, status, actor)
}

/// Whether time has ended something at `now`, or an acceptance waits for
/// something that may be there: asked before and after every unit, so that it
/// is one statement over indexes that are nearly empty.
pub(crate) fn is_anything_due(db: &Connection, now: i64) -> Result<bool, Refusal> {
    Ok(db
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM transactions WHERE expires_at <= ?1)
               OR EXISTS (SELECT 1 FROM payment WHERE ended IS NULL AND done_at <= ?1)
               OR EXISTS (SELECT 1 FROM allowance WHERE status IN ('new', 'active') AND expires_at <= ?1)
               OR EXISTS (SELECT 1 FROM transactions
                    WHERE status IN ('waiting_registration', 'waiting_funds', 'waiting_password'))",
        )?
        .query_row([now], |row| row.get(0))?)
}

/// The keys of the transactions whose time was over at `now`.
pub(crate) fn overdue(db: &Connection, now: i64) -> Result<Vec<String>, Refusal> {
    let mut statement = db.prepare_cached("SELECT key FROM transactions WHERE expires_at <= ?1")?;
    Ok(statement.query_map([now], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// The keys of the accepted transactions that wait for something.
pub(crate) fn waiting(db: &Connection) -> Result<Vec<String>, Refusal> {
    let mut statement = db.prepare_cached(
        "SELECT key FROM transactions
         WHERE status IN ('waiting_registration', 'waiting_funds', 'waiting_password') ORDER BY seq",
    )?;
    Ok(statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
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
