//! Allowances (wallet-api section 6.1).

use axum::Router;
use axum::extract::State;
use axum::routing::{self, post};
use paysera_core::money::Currency;
use rusqlite::Connection;
use serde::Serialize;

use super::allowance_view::AllowanceView;
use super::signed::Signed;
use super::{IdInPath, InPath, Reply};
use crate::app::App;
use crate::domain::allowance::{AskedAllowance, Terms};
use crate::domain::draft::Draft;
use crate::domain::fields::Fields;
use crate::error::Refusal;
use crate::operations::allowances;
use crate::store::allowances::StoredAllowance;
use crate::store::credentials::Caller;

type Answer = Result<Reply<AllowanceView>, Refusal>;

/// What `allowance` answers to.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/allowance", post(create))
        .route("/allowance/{id}", routing::get(get).delete(cancel))
        .route("/allowance/active/{wallet}", routing::get(active).delete(cancel_active))
        .route("/allowance/limit/{wallet}", routing::get(limit))
}

/// `POST allowance`: a transaction with nothing else in it.
async fn create(State(app): State<App>, signed: Signed) -> Answer {
    let body = signed.object()?;
    // Read for its own sake first, so that a refusal names the fields as they
    // were sent.
    Terms::read(&Fields::root(&body), signed.now)?;
    let mut draft = Draft::read(&AskedAllowance::alone(body), signed.now)?;
    (draft.project_id, draft.location_id) = (signed.project_id, signed.location_id);
    answer(&app, signed, move |db, now, caller| allowances::create(db, now, caller, draft)).await
}

/// `GET allowance/{id}`.
async fn get(State(app): State<App>, InPath(id): InPath<i64>, signed: Signed) -> Answer {
    answer(&app, signed, move |db, _, caller| allowances::visible(db, caller, id)).await
}

/// `DELETE allowance/{id}`.
async fn cancel(State(app): State<App>, InPath(id): InPath<i64>, signed: Signed) -> Answer {
    answer(&app, signed, move |db, now, caller| {
        allowances::cancel(db, now, caller, &allowances::visible(db, caller, id)?)
    })
    .await
}

/// `GET allowance/active/{wallet|me}`.
async fn active(State(app): State<App>, InPath(wallet): InPath<IdInPath>, signed: Signed) -> Answer {
    let wallet = wallet.number(signed.caller.wallet());
    answer(&app, signed, move |db, _, caller| allowances::active(db, caller, wallet)).await
}

/// `DELETE allowance/active/{wallet|me}`.
async fn cancel_active(State(app): State<App>, InPath(wallet): InPath<IdInPath>, signed: Signed) -> Answer {
    let wallet = wallet.number(signed.caller.wallet());
    answer(&app, signed, move |db, now, caller| {
        allowances::cancel(db, now, caller, &allowances::active(db, caller, wallet)?)
    })
    .await
}

#[derive(Serialize)]
struct Limit {
    amount: i64,
    amount_decimal: String,
    currency: &'static str,
}

/// `GET allowance/limit/{wallet|me}`: the largest sum chargeable now.
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
        .unit(now, move |db| allowances::chargeable(db, now, &signed.caller, wallet, currency))
        .await?;
    Ok(Reply(Limit {
        amount: chargeable.minor(),
        amount_decimal: chargeable.to_decimal(),
        currency: currency.code(),
    }))
}

/// Runs `work` as one database transaction and shows the allowance it answers.
async fn answer<F>(app: &App, signed: Signed, work: F) -> Answer
where
    F: FnOnce(&Connection, i64, &Caller) -> Result<StoredAllowance, Refusal> + Send + 'static,
{
    app.store
        .unit(signed.now, move |db| work(db, signed.now, &signed.caller).map(|one| Reply(one.into())))
        .await
}
