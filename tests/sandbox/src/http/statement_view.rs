//! Movements of money as clients see them (wallet-api section 6.3).

use paysera_core::money::{Currency, Money};
use rusqlite::Connection;
use serde::Serialize;

use crate::error::Refusal;
use crate::store::statements::{Pending, Statement};
use crate::store::wallets;

/// The three stand together and in this order: Java loses what is between
/// (wallet-api section 6.3).
#[derive(Serialize)]
struct AmountView {
    amount: i64,
    amount_decimal: String,
    currency: &'static str,
}

impl AmountView {
    fn new(minor: i64, currency: &str) -> Result<Self, Refusal> {
        let currency = Currency::parse(currency).map_err(|_| Refusal::Internal)?;
        let money = Money::from_minor(minor.checked_abs().ok_or(Refusal::Internal)?, currency);
        Ok(Self {
            amount: money.minor(),
            amount_decimal: money.to_decimal(),
            currency: money.currency().code(),
        })
    }
}

#[derive(Serialize)]
struct OtherParty {
    display_name: String,
    wallet_id: i64,
    user_id: i64,
    account_number: String,
}

impl OtherParty {
    fn of(db: &Connection, wallet: Option<i64>) -> Result<Option<Self>, Refusal> {
        let Some(id) = wallet else { return Ok(None) };
        Ok(wallets::wallet(db, id)?.map(|wallet| Self {
            display_name: wallet.owner_display_name,
            wallet_id: wallet.id,
            user_id: wallet.user,
            account_number: wallet.account_number,
        }))
    }
}

/// One of `statements`.
#[derive(Serialize)]
pub(super) struct StatementView {
    id: i64,
    transfer_id: i64,
    account_number: String,
    #[serde(flatten)]
    amount: AmountView,
    date: i64,
    details: String,
    direction: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    other_party: Option<OtherParty>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference_number: Option<String>,
}

impl StatementView {
    pub(super) fn new(db: &Connection, account_number: &str, statement: Statement) -> Result<Self, Refusal> {
        Ok(Self {
            id: statement.id,
            transfer_id: statement.posting,
            account_number: account_number.to_owned(),
            amount: AmountView::new(statement.amount, &statement.currency)?,
            date: statement.at,
            details: statement.details,
            direction: if statement.amount > 0 { "in" } else { "out" },
            kind: match statement.kind.as_str() {
                "refund" | "cashback" => "return",
                "commission" => "commission",
                _ => "transfer",
            },
            other_party: OtherParty::of(db, statement.other_wallet)?,
            reference_number: statement.transaction_key,
        })
    }
}

/// One of `reservation_statements`.
#[derive(Serialize)]
pub(super) struct ReservationView {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(flatten)]
    amount: AmountView,
    details: String,
    reference_number: String,
    date: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    other_party: Option<OtherParty>,
    direction: &'static str,
}

impl ReservationView {
    pub(super) fn new(db: &Connection, pending: Pending) -> Result<Self, Refusal> {
        Ok(Self {
            kind: "transfer",
            amount: AmountView::new(pending.price, &pending.currency)?,
            details: pending.details,
            reference_number: pending.transaction_key,
            date: pending.at,
            other_party: OtherParty::of(db, pending.beneficiary)?,
            direction: "out",
        })
    }
}

/// One of `pending_payments`.
#[derive(Serialize)]
pub(super) struct PendingView {
    id: i64,
    #[serde(flatten)]
    amount: AmountView,
    details: String,
    direction: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    cancelable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_until: Option<i64>,
    transaction_key: String,
    date: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    other_party: Option<OtherParty>,
}

impl PendingView {
    /// As `wallet` sees it, one of the two sides.
    pub(super) fn new(db: &Connection, wallet: i64, pending: Pending) -> Result<Self, Refusal> {
        let out = pending.payer == wallet;
        let other = if out { pending.beneficiary } else { Some(pending.payer) };
        Ok(Self {
            id: pending.id,
            amount: AmountView::new(pending.price, &pending.currency)?,
            cancelable: is_cancelable(&pending, wallet),
            details: pending.details,
            direction: if out { "out" } else { "in" },
            kind: "transfer",
            valid_until: pending.valid_until,
            transaction_key: pending.transaction_key,
            date: pending.at,
            other_party: OtherParty::of(db, other)?,
        })
    }
}

/// Whether the payer may take it back. PROPOSAL: only what its own user made,
/// or what waits for a password and says so; a merchant relies on what is held
/// for it.
pub(super) fn is_cancelable(pending: &Pending, wallet: i64) -> bool {
    pending.payer == wallet && (pending.creator == Some(wallet) || pending.cancelable)
}
