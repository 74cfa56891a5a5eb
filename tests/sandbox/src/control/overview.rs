//! The books as the console shows them.

use paysera_core::code::{Code, WalletId};
use paysera_core::money::{Currency, Money};
use rusqlite::Connection;
use serde::Serialize;

use crate::domain::Service;
use crate::error::Refusal;
use crate::store::transactions::{self, StoredTransaction};
use crate::store::{codes, history, ledger, places, wallets};

#[derive(Debug, Serialize)]
pub(super) struct WalletOverview {
    wallet: i64,
    name: String,
    role: &'static str,
    level: &'static str,
    status: &'static str,
    balances: Vec<BalanceOverview>,
    wallet_code: String,
    /// The next code that is accepted, if the wallet has a generator.
    #[serde(skip_serializing_if = "Option::is_none")]
    reservation_code: Option<String>,
}

#[derive(Debug, Serialize)]
struct BalanceOverview {
    at_disposal: i64,
    reserved: i64,
    at_disposal_decimal: String,
    reserved_decimal: String,
    currency: &'static str,
}

#[derive(Debug, Serialize)]
pub(super) struct LocationOverview {
    id: i64,
    title: String,
}

#[derive(Debug, Serialize)]
pub(super) struct TransactionOverview {
    transaction_key: String,
    created_at: i64,
    status: &'static str,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    accepted_by: Option<String>,
    /// What it is for the location; absent if its payments differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<&'static str>,
    amount: i64,
    amount_decimal: String,
    currency: &'static str,
    description: String,
    beneficiary_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    wallet: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payer_name: Option<String>,
    history: Vec<history::Step>,
}

/// Every wallet, the merchants' first.
pub(super) fn wallets(db: &Connection) -> Result<Vec<WalletOverview>, Refusal> {
    let ids = wallets::all(db)?;
    ids.into_iter().map(|(id, merchant)| wallet_overview(db, id, merchant)).collect()
}

fn wallet_overview(db: &Connection, id: i64, merchant: bool) -> Result<WalletOverview, Refusal> {
    let wallet = wallets::wallet(db, id)?.ok_or(Refusal::Internal)?;
    let mut balances = Vec::new();
    for (code, balance) in ledger::balances(db, id)? {
        let currency = Currency::parse(&code).map_err(|_| Refusal::Internal)?;
        balances.push(BalanceOverview {
            at_disposal: balance.at_disposal,
            reserved: balance.reserved,
            at_disposal_decimal: Money::from_minor(balance.at_disposal, currency).to_decimal(),
            reserved_decimal: Money::from_minor(balance.reserved, currency).to_decimal(),
            currency: currency.code(),
        });
    }
    let number = WalletId::new(id.unsigned_abs()).map_err(|_| Refusal::Internal)?;
    Ok(WalletOverview {
        wallet: id,
        name: wallet.owner_display_name,
        role: if merchant { "merchant" } else { "customer" },
        level: wallet.level.name(),
        status: if wallet.active { "active" } else { "inactive" },
        balances,
        wallet_code: Code::Wallet(number).to_text(),
        reservation_code: codes::next(db, id)?,
    })
}

/// Every location, by number.
pub(super) fn locations(db: &Connection) -> Result<Vec<LocationOverview>, Refusal> {
    let titles = places::titles(db)?;
    Ok(titles.into_iter().map(|(id, title)| LocationOverview { id, title }).collect())
}

/// The newest `limit` transactions, newest first.
pub(super) fn transactions(db: &Connection, limit: i64) -> Result<Vec<TransactionOverview>, Refusal> {
    let keys = transactions::latest(db, limit)?;
    keys.iter().map(|key| transaction(db, key)?.ok_or(Refusal::Internal)).collect()
}

/// The transaction of that key.
pub(super) fn transaction(db: &Connection, key: &str) -> Result<Option<TransactionOverview>, Refusal> {
    transactions::find(db, key)?.map(|stored| transaction_overview(db, stored)).transpose()
}

fn transaction_overview(db: &Connection, stored: StoredTransaction) -> Result<TransactionOverview, Refusal> {
    let first = stored.payments.first().ok_or(Refusal::Internal)?;
    let currency = first.price.currency();
    // Payments in another currency than the first's show in the API, not here.
    let same = stored.payments.iter().filter(|payment| payment.price.currency() == currency);
    let total = same.fold(0_i64, |sum, payment| sum.saturating_add(payment.price.minor()));
    let total = Money::from_minor(total, currency);
    let service = stored.payments.iter().all(|payment| payment.service == first.service);
    let owner =
        |wallet| Ok::<_, Refusal>(wallets::wallet(db, wallet)?.map(|wallet| wallet.owner_display_name));
    Ok(TransactionOverview {
        created_at: stored.created_at,
        status: stored.status.name(),
        service: service.then(|| Service::name(first.service)),
        amount: total.minor(),
        amount_decimal: total.to_decimal(),
        currency: currency.code(),
        description: first.title().to_owned(),
        beneficiary_name: match first.beneficiary {
            Some(wallet) => owner(wallet)?.unwrap_or_default(),
            None => first.beneficiary_email.clone().or(first.beneficiary_phone.clone()).unwrap_or_default(),
        },
        wallet: stored.wallet,
        payer_name: stored.wallet.map(owner).transpose()?.flatten(),
        history: history::of(db, &stored.key)?,
        accepted_by: stored.accepted_by,
        transaction_key: stored.key,
    })
}
