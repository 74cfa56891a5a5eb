//! Allowances (wallet-api section 6.1).

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use paysera_core::money::Currency;
use serde::Serialize;

use super::signed::Signed;
use super::{IdInPath, InPath, Reply};
use crate::app::App;
use crate::error::Refusal;
use crate::store::allowances::Allowance;
use crate::store::credentials::Caller;

/// What `allowance` answers to.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/allowance/limit/{wallet}", get(limit))
}

#[derive(Serialize)]
struct Limit {
    amount: i64,
    amount_decimal: String,
    currency: &'static str,
}

/// `GET allowance/limit/{wallet}`: the largest sum chargeable now.
async fn limit(
    State(app): State<App>,
    InPath(wallet): InPath<IdInPath>,
    signed: Signed,
) -> Result<Reply<Limit>, Refusal> {
    let wallet = wallet.number(signed.caller.wallet());
    // The documented default.
    let currency = Currency::parse(signed.query.text("currency").unwrap_or("EUR"))
        .map_err(|error| Refusal::parameter("currency", error.to_string()))?;
    let now = signed.now;
    let chargeable = app
        .store
        .unit(now, move |db| {
            let none = Refusal::NotFound("No active allowance");
            let Caller::Client { id, .. } = &signed.caller else { return Err(none) };
            Allowance::active(db, id, wallet)?.ok_or(none)?.chargeable(db, now, currency)
        })
        .await?;
    Ok(Reply(Limit {
        amount: chargeable.minor(),
        amount_decimal: chargeable.to_decimal(),
        currency: currency.code(),
    }))
}
