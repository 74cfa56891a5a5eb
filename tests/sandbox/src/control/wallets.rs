//! What a test or a person changes about wallets.

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use paysera_core::money::Money;
use serde_json::{Value, json};

use super::JsonBody;
use crate::app::App;
use crate::domain::fields::Fields;
use crate::domain::identity::Level;
use crate::error::Refusal;
use crate::http::{InPath, Reply};
use crate::store::{ledger, users, wallets};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/wallets/{wallet}/money", post(add_money))
        .route("/wallets/{wallet}/level", post(set_level))
        .route("/wallets/{wallet}/restriction", post(set_restriction))
}

/// `POST /sandbox/wallets/{wallet}/money` with `price` or `price_decimal` and
/// `currency`: money out of the issuing account.
async fn add_money(
    State(app): State<App>,
    InPath(wallet): InPath<i64>,
    JsonBody(body): JsonBody,
) -> Result<Reply<Value>, Refusal> {
    let fields = Fields::root(&body);
    let money: Money = fields.price(fields.currency()?)?;
    let now = app.clock.now();
    let balance = app
        .store
        .unit(now, move |db| {
            let wallet = wallets::wallet(db, wallet)?.ok_or(Refusal::NotFound("Wallet not found"))?;
            ledger::issue(db, now, wallet.id, money)?;
            ledger::balance(db, wallet.id, money.currency())
        })
        .await?;
    let total = Money::from_minor(balance.at_disposal, money.currency());
    Ok(Reply(json!({"at_disposal": total.minor(), "at_disposal_decimal": total.to_decimal(),
        "currency": total.currency().code()})))
}

/// `POST /sandbox/wallets/{wallet}/level` with `level`: identifies its owner,
/// or takes that back.
async fn set_level(
    State(app): State<App>,
    InPath(wallet): InPath<i64>,
    JsonBody(body): JsonBody,
) -> Result<Reply<Value>, Refusal> {
    let fields = Fields::root(&body);
    let level = fields.text("level")?.and_then(Level::parse).ok_or_else(|| {
        fields.refuse(
            "level",
            "This value should be unidentified, semi_identified, identified or fully_identified",
        )
    })?;
    app.store
        .unit(app.clock.now(), move |db| {
            let wallet = wallets::wallet(db, wallet)?.ok_or(Refusal::NotFound("Wallet not found"))?;
            users::set_level(db, wallet.user, level)
        })
        .await?;
    Ok(Reply(json!({ "level": level.name() })))
}

/// `POST /sandbox/wallets/{wallet}/restriction` with `restriction`: `full`,
/// `limits` or `none`, which its owner then has as a payer.
async fn set_restriction(
    State(app): State<App>,
    InPath(wallet): InPath<i64>,
    JsonBody(body): JsonBody,
) -> Result<Reply<Value>, Refusal> {
    let fields = Fields::root(&body);
    let name = fields.required("restriction")?.to_owned();
    if !matches!(name.as_str(), "full" | "limits" | "none") {
        return Err(fields.refuse("restriction", "This value should be full, limits or none"));
    }
    let restriction = Some(name.clone()).filter(|name| name != "none");
    app.store
        .unit(app.clock.now(), move |db| {
            let wallet = wallets::wallet(db, wallet)?.ok_or(Refusal::NotFound("Wallet not found"))?;
            users::set_restriction(db, wallet.user, restriction.as_deref())
        })
        .await?;
    Ok(Reply(json!({ "restriction": name })))
}
