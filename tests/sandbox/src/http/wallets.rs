//! Wallets and balances (wallet-api section 6.2).

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::State;
use axum::routing::{self, delete};
use paysera_core::money::{Currency, Money};
use rusqlite::Connection;
use serde::Serialize;

use super::list::Empty;
use super::query::Query;
use super::signed::Signed;
use super::wallet_view::WalletView;
use super::{IdInPath, InPath, Reply};
use crate::app::App;
use crate::domain::fields::Fields;
use crate::domain::rates;
use crate::error::Refusal;
use crate::operations::access;
use crate::store::allowances;
use crate::store::credentials::Caller;
use crate::store::ledger::{self, Balance};
use crate::store::wallets::{self, Wallet};

/// Longest description in characters.
const MAX_DESCRIPTION: usize = 255;

/// What `wallet` answers to, but for searches and statements.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/wallet/{wallet}", routing::get(get).put(describe))
        .route("/wallet/{wallet}/description", delete(undescribe))
        .route("/wallet/{wallet}/balance", routing::get(balance))
        .route("/wallet/{wallet}/sufficient-amount", routing::get(sufficient))
}

/// The wallet of a path.
pub(super) fn in_path(db: &Connection, path: IdInPath, caller: &Caller) -> Result<Wallet, Refusal> {
    let number = path.number(caller.wallet());
    wallets::wallet(db, number)?.ok_or(Refusal::NotFound("Wallet not found"))
}

/// `GET wallet/{id|me}`.
async fn get(
    State(app): State<App>,
    InPath(wallet): InPath<IdInPath>,
    signed: Signed,
) -> Result<Reply<WalletView>, Refusal> {
    app.store
        .unit(signed.now, move |db| {
            let wallet = in_path(db, wallet, &signed.caller)?;
            WalletView::of(db, &signed.caller, wallet).map(Reply)
        })
        .await
}

/// `PUT wallet/{id|me}`: the owner's own words.
async fn describe(
    State(app): State<App>,
    InPath(wallet): InPath<IdInPath>,
    signed: Signed,
) -> Result<Reply<WalletView>, Refusal> {
    let body = signed.object()?;
    let fields = Fields::root(&body);
    let description = fields.required("description")?.trim().to_owned();
    if description.chars().count() > MAX_DESCRIPTION {
        return Err(fields.refuse("description", "This value is too long"));
    }
    app.store
        .unit(signed.now, move |db| {
            let id = set_description(db, &signed.caller, wallet, Some(&description))?;
            let wallet = wallets::wallet(db, id)?.ok_or(Refusal::Internal)?;
            WalletView::of(db, &signed.caller, wallet).map(Reply)
        })
        .await
}

/// `DELETE wallet/{id|me}/description`.
async fn undescribe(
    State(app): State<App>,
    InPath(wallet): InPath<IdInPath>,
    signed: Signed,
) -> Result<Reply<Empty>, Refusal> {
    app.store
        .unit(signed.now, move |db| {
            set_description(db, &signed.caller, wallet, None)?;
            Ok(Reply(Empty {}))
        })
        .await
}

fn set_description(
    db: &Connection,
    caller: &Caller,
    path: IdInPath,
    description: Option<&str>,
) -> Result<i64, Refusal> {
    let wallet = in_path(db, path, caller)?;
    access::require(db, caller, wallet.user, "manage_account")?;
    wallets::set_description(db, wallet.id, description)?;
    Ok(wallet.id)
}

#[derive(Serialize)]
struct BalanceView {
    at_disposal: i64,
    reserved: i64,
    at_disposal_decimal: String,
    reserved_decimal: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    converted: Option<ConvertedView>,
}

#[derive(Serialize)]
struct ConvertedView {
    at_disposal: i64,
    reserved: i64,
}

/// How balances are shown.
#[derive(Clone, Copy, Debug)]
struct BalanceOptions {
    convert_to: Option<Currency>,
    /// Also the currency that is converted to, if the wallet has none of it.
    with_converted: bool,
    /// Also currencies of which nothing is left.
    historical: bool,
}

impl BalanceOptions {
    fn of(query: &Query) -> Result<Self, Refusal> {
        let convert_to = query
            .text("convert_to")
            .map(|code| {
                Currency::parse(code)
                    .ok()
                    .filter(|currency| rates::currencies().contains(&currency.code()))
                    .ok_or_else(|| Refusal::parameter("convert_to", "The sandbox has no rate for it"))
            })
            .transpose()?;
        Ok(Self {
            convert_to,
            with_converted: query.flag("include_convert_to_currency"),
            historical: query.flag("show_historical_currencies"),
        })
    }

    fn view(self, code: &str, balance: Balance) -> Result<BalanceView, Refusal> {
        let currency = Currency::parse(code).map_err(|_| Refusal::Internal)?;
        let money = |minor| Money::from_minor(minor, currency);
        let converted = self.convert_to.and_then(|to| {
            let convert = |minor| rates::convert(money(minor), to).map(Money::minor);
            Some(ConvertedView {
                at_disposal: convert(balance.at_disposal)?,
                reserved: convert(balance.reserved)?,
            })
        });
        Ok(BalanceView {
            at_disposal: balance.at_disposal,
            reserved: balance.reserved,
            at_disposal_decimal: money(balance.at_disposal).to_decimal(),
            reserved_decimal: money(balance.reserved).to_decimal(),
            converted,
        })
    }
}

/// `GET wallet/{id|me}/balance`, by currency.
async fn balance(
    State(app): State<App>,
    InPath(wallet): InPath<IdInPath>,
    signed: Signed,
) -> Result<Reply<BTreeMap<String, BalanceView>>, Refusal> {
    let options = BalanceOptions::of(&signed.query)?;
    app.store
        .unit(signed.now, move |db| {
            let wallet = readable(db, &signed.caller, wallet, "balance")?;
            let mut balances = ledger::balances(db, wallet.id)?;
            let nothing = Balance { at_disposal: 0, reserved: 0 };
            if !options.historical {
                balances.retain(|_, balance| *balance != nothing);
            }
            // The owner's currency is always there: an empty wallet has zero.
            let shown = options.convert_to.filter(|_| options.with_converted);
            let shown = shown.map(|currency| currency.code().to_owned());
            for code in shown.into_iter().chain([wallet.default_currency]) {
                balances.entry(code).or_insert(nothing);
            }
            let views = balances
                .into_iter()
                .map(|(code, balance)| options.view(&code, balance).map(|view| (code, view)));
            views.collect::<Result<_, _>>().map(Reply)
        })
        .await
}

#[derive(Serialize)]
struct SufficientView {
    is_sufficient: bool,
}

/// `GET wallet/{id|me}/sufficient-amount`.
async fn sufficient(
    State(app): State<App>,
    InPath(wallet): InPath<IdInPath>,
    signed: Signed,
) -> Result<Reply<SufficientView>, Refusal> {
    let amount = signed.query.integer("amount")?.filter(|amount| *amount >= 0);
    let amount = amount.ok_or_else(|| Refusal::parameter("amount", "This value should be minor units"))?;
    let currency = Currency::parse(signed.query.text("currency").unwrap_or_default())
        .map_err(|error| Refusal::parameter("currency", error.to_string()))?;
    app.store
        .unit(signed.now, move |db| {
            let wallet = readable(db, &signed.caller, wallet, "check_has_sufficient_balance")?;
            let has = ledger::balance(db, wallet.id, currency)?.at_disposal;
            Ok(Reply(SufficientView { is_sufficient: has >= amount }))
        })
        .await
}

/// The wallet, if `caller` may know what is in it: the owner within the scope,
/// and a client that may charge it.
fn readable(db: &Connection, caller: &Caller, path: IdInPath, scope: &str) -> Result<Wallet, Refusal> {
    let wallet = in_path(db, path, caller)?;
    let charges = match caller {
        Caller::Client { id, .. } => allowances::active(db, id, wallet.id)?.is_some(),
        Caller::User { .. } => false,
    };
    if !charges {
        access::require(db, caller, wallet.user, scope)?;
    }
    Ok(wallet)
}
