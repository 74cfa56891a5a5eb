//! Wallets and balances (wallet-api section 6.2).

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::State;
use axum::routing;
use paysera_core::money::{Currency, Money};
use rusqlite::Connection;
use serde::Serialize;

use super::signed::Signed;
use super::{InPath, Reply, WalletInPath};
use crate::app::App;
use crate::error::Refusal;
use crate::store::allowances::Allowance;
use crate::store::credentials::Caller;
use crate::store::wallets::{self, Wallet};
use crate::store::{authorizations, ledger, transactions};

/// What `wallet` answers to.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/wallet/{wallet}", routing::get(get))
        .route("/wallet/{wallet}/balance", routing::get(balance))
}

#[derive(Serialize)]
pub(super) struct WalletView {
    id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<i64>,
    account: AccountView,
}

#[derive(Serialize)]
struct AccountView {
    number: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner_display_name: Option<String>,
    #[serde(rename = "type")]
    kind: &'static str,
    status: &'static str,
}

impl WalletView {
    /// The wallet; whose it is only if `with_owner`.
    pub(super) fn new(wallet: Wallet, with_owner: bool) -> Self {
        Self {
            id: wallet.id,
            owner: with_owner.then_some(wallet.user),
            account: AccountView {
                number: wallet.account_number,
                owner_display_name: with_owner.then_some(wallet.owner_display_name),
                kind: "local",
                status: if wallet.active { "active" } else { "inactive" },
            },
        }
    }
}

#[derive(Serialize)]
pub(super) struct BalanceView {
    at_disposal: i64,
    reserved: i64,
    at_disposal_decimal: String,
    reserved_decimal: String,
}

/// `GET wallet/{id|me}`. The owner is named to itself and, PROPOSAL of
/// wallet-api section 6.1, to a client that this wallet pays: a till compares
/// the name with an identity document.
async fn get(
    State(app): State<App>,
    InPath(wallet): InPath<String>,
    signed: Signed,
) -> Result<Reply<WalletView>, Refusal> {
    let number = WalletInPath::parse(&wallet)?.number(signed.caller.wallet());
    app.store
        .unit(signed.now, move |db| {
            let wallet = wallets::wallet(db, number)?.ok_or(Refusal::NotFound("Wallet not found"))?;
            let named = number == signed.caller.wallet()
                || match &signed.caller {
                    Caller::Client { id, .. } => transactions::pays_client(db, id, number)?,
                    Caller::User { .. } => false,
                };
            Ok(Reply(WalletView::new(wallet, named)))
        })
        .await
}

/// `GET wallet/{id|me}/balance`, by currency.
async fn balance(
    State(app): State<App>,
    InPath(wallet): InPath<String>,
    signed: Signed,
) -> Result<Reply<BTreeMap<String, BalanceView>>, Refusal> {
    let number = WalletInPath::parse(&wallet)?.number(signed.caller.wallet());
    app.store
        .unit(signed.now, move |db| {
            signed.caller.require("balance")?;
            if !may_read_balance(db, &signed.caller, number)? {
                return Err(Refusal::Forbidden("The balance is its owner's"));
            }
            let balances = ledger::balances(db, number)?;
            balances
                .into_iter()
                .map(|(code, balance)| Ok((code.clone(), view(&code, balance)?)))
                .collect::<Result<_, Refusal>>()
                .map(Reply)
        })
        .await
}

fn may_read_balance(db: &Connection, caller: &Caller, wallet: i64) -> Result<bool, Refusal> {
    match caller {
        _ if wallet == caller.wallet() => Ok(true),
        Caller::Client { id, .. } => {
            let owner = wallets::wallet(db, wallet)?.map(|wallet| wallet.user);
            let granted = match owner {
                Some(owner) => authorizations::granted_offline(db, id, owner, "balance")?,
                None => false,
            };
            Ok(granted || Allowance::active(db, id, wallet)?.is_some())
        }
        Caller::User { .. } => Ok(false),
    }
}

fn view(code: &str, balance: ledger::Balance) -> Result<BalanceView, Refusal> {
    let currency = Currency::parse(code).map_err(|_| Refusal::Internal)?;
    Ok(BalanceView {
        at_disposal: balance.at_disposal,
        reserved: balance.reserved,
        at_disposal_decimal: Money::from_minor(balance.at_disposal, currency).to_decimal(),
        reserved_decimal: Money::from_minor(balance.reserved, currency).to_decimal(),
    })
}
