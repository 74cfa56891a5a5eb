//! The books as the console shows them.

use paysera_core::code::{Code, WalletId};
use paysera_core::money::{Currency, Money};
use rusqlite::Connection;
use serde::Serialize;

use crate::domain::Service;
use crate::domain::allowance::Terms;
use crate::domain::span::{HOUR_SECONDS, whole_hours};
use crate::error::Refusal;
use crate::store::transactions::{self, StoredTransaction};
use crate::store::{allowances, codes, history, ledger, locations, projects, wallets};

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
    /// What may be charged later without asking, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    allowance: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wallet: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payer_name: Option<String>,
    history: Vec<history::Step>,
}

/// Every wallet, the merchants' first.
pub(super) fn wallets(db: &Connection, now: i64) -> Result<Vec<WalletOverview>, Refusal> {
    let ids = wallets::all(db)?;
    ids.into_iter().map(|(id, merchant)| wallet_overview(db, now, id, merchant)).collect()
}

fn wallet_overview(db: &Connection, now: i64, id: i64, merchant: bool) -> Result<WalletOverview, Refusal> {
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
        reservation_code: codes::next(db, now, id)?,
    })
}

/// Every location, by number.
pub(super) fn locations(db: &Connection) -> Result<Vec<LocationOverview>, Refusal> {
    let all = locations::all(db)?.into_iter();
    Ok(all.map(|location| LocationOverview { id: location.id, title: location.profile.title }).collect())
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
    let shown = allowances::shown(db, &stored.key)?;
    let first = stored.payments.first();
    // One of the two is in every transaction.
    let currency = match (first, &shown) {
        (Some(payment), _) => payment.price.currency(),
        (None, Some((allowance, _))) => allowance.terms.currency,
        (None, None) => return Err(Refusal::Internal),
    };
    // Payments in another currency than the first's show in the API, not here.
    let same = stored.payments.iter().filter(|payment| payment.price.currency() == currency);
    let total = same.fold(0_i64, |sum, payment| sum.saturating_add(payment.price.minor()));
    let total = Money::from_minor(total, currency);
    let service = first
        .map(|first| first.service)
        .filter(|service| stored.payments.iter().all(|payment| payment.service == *service));
    let owner =
        |wallet| Ok::<_, Refusal>(wallets::wallet(db, wallet)?.map(|wallet| wallet.owner_display_name));
    let paid_to = match (first, stored.project_id) {
        (Some(payment), _) => payment.beneficiary,
        (None, Some(project)) => projects::find(db, project)?.map(|project| project.wallet),
        (None, None) => None,
    };
    let invited = first
        .and_then(|payment| payment.beneficiary_email.clone().or_else(|| payment.beneficiary_phone.clone()));
    let description = match (first, &shown) {
        (Some(payment), _) => Some(payment.title().to_owned()),
        (None, Some((allowance, _))) => allowance.terms.description.clone(),
        (None, None) => None,
    };
    Ok(TransactionOverview {
        created_at: stored.created_at,
        status: stored.status.name(),
        service: service.map(Service::name),
        amount: total.minor(),
        amount_decimal: total.to_decimal(),
        currency: currency.code(),
        description: description.unwrap_or_else(|| "Allowance".to_owned()),
        beneficiary_name: paid_to.map(owner).transpose()?.flatten().or(invited).unwrap_or_default(),
        allowance: shown.map(|(allowance, optional)| in_words(&allowance.terms, optional)),
        wallet: stored.wallet,
        payer_name: stored.wallet.map(owner).transpose()?.flatten(),
        history: history::of(db, &stored.key)?,
        accepted_by: stored.accepted_by,
        transaction_key: stored.key,
    })
}

/// What a customer is asked to allow.
fn in_words(terms: &Terms, optional: bool) -> String {
    let price = |price: Money| format!("{} {}", price.to_decimal(), price.currency().code());
    let total = terms.max_price.map(|max_price| format!("{} in all", price(max_price)));
    let windows = terms.limits.iter().map(|limit| {
        let hours = whole_hours(limit.time);
        // Rounded hours would promise the customer more than was asked for.
        let time = if hours.saturating_mul(HOUR_SECONDS) == limit.time {
            format!("{hours} h")
        } else {
            format!("{} s", limit.time)
        };
        format!("{} in any {time}", price(limit.max_price))
    });
    let sums: Vec<_> = total.into_iter().chain(windows).collect();
    let choice = if optional { " (optional)" } else { "" };
    format!("may charge {} without asking{choice}", sums.join(", "))
}
