//! Confirmations as a second factor (wallet-api section 3.4).

use axum::Router;
use axum::extract::State;
use axum::routing::{get, put};
use rusqlite::Connection;
use serde::Serialize;
use serde_json::Value;

use super::list::List;
use super::signed::Signed;
use super::{InPath, Reply};
use crate::app::App;
use crate::error::Refusal;
use crate::operations::access;
use crate::store::confirmations::{self, Confirmation};
use crate::store::credentials::Caller;

/// What `confirmations` answers to.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/confirmations/me", get(list))
        .route("/confirmations/{identifier}", get(by_identifier))
        .route("/confirmations/{identifier}/confirm", put(confirm))
        .route("/confirmations/{identifier}/reject", put(reject))
}

#[derive(Serialize)]
struct ConfirmationView {
    challenge_id: i64,
    identifier: String,
    status: String,
    user_id: i64,
    properties: Value,
}

impl From<Confirmation> for ConfirmationView {
    fn from(confirmation: Confirmation) -> Self {
        Self {
            challenge_id: confirmation.number,
            identifier: confirmation.identifier,
            status: confirmation.status,
            user_id: confirmation.user,
            properties: confirmation.properties,
        }
    }
}

/// `GET confirmations/me`, newest first.
async fn list(State(app): State<App>, signed: Signed) -> Result<Reply<List<ConfirmationView>>, Refusal> {
    let (limit, offset) = signed.query.page()?;
    let statuses: Vec<String> = signed.query.list("status").map(str::to_owned).collect();
    if !statuses.iter().all(|status| matches!(status.as_str(), "pending" | "confirmed" | "rejected")) {
        return Err(Refusal::parameter("status", "No such status"));
    }
    let newest_first = signed.query.newest_first()?;
    app.store
        .unit(signed.now, move |db| {
            let (_, user) = access::app_token(db, &signed.caller)?;
            let (rows, total) =
                confirmations::list(db, user, &statuses, i64::MIN, newest_first, limit, offset)?;
            Ok(Reply(List::page(
                "confirmations",
                rows.into_iter().map(ConfirmationView::from).collect(),
                total,
                (limit, offset),
            )))
        })
        .await
}

/// `GET confirmations/{identifier}`.
async fn by_identifier(
    State(app): State<App>,
    InPath(identifier): InPath<String>,
    signed: Signed,
) -> Result<Reply<ConfirmationView>, Refusal> {
    app.store
        .unit(signed.now, move |db| own(db, &signed.caller, &identifier).map(|one| Reply(one.into())))
        .await
}

/// `PUT confirmations/{identifier}/confirm`.
async fn confirm(
    state: State<App>,
    identifier: InPath<String>,
    signed: Signed,
) -> Result<Reply<ConfirmationView>, Refusal> {
    answer(state, identifier, signed, "confirmed").await
}

/// `PUT confirmations/{identifier}/reject`.
async fn reject(
    state: State<App>,
    identifier: InPath<String>,
    signed: Signed,
) -> Result<Reply<ConfirmationView>, Refusal> {
    answer(state, identifier, signed, "rejected").await
}

async fn answer(
    State(app): State<App>,
    InPath(identifier): InPath<String>,
    signed: Signed,
    status: &'static str,
) -> Result<Reply<ConfirmationView>, Refusal> {
    signed.object()?;
    app.store
        .unit(signed.now, move |db| {
            if own(db, &signed.caller, &identifier)?.status != "pending" {
                return Err(Refusal::InvalidState("The confirmation was answered"));
            }
            confirmations::set_status(db, &identifier, status)?;
            own(db, &signed.caller, &identifier).map(|one| Reply(one.into()))
        })
        .await
}

fn own(db: &Connection, caller: &Caller, identifier: &str) -> Result<Confirmation, Refusal> {
    let (_, user) = access::app_token(db, caller)?;
    confirmations::find(db, identifier)?
        .filter(|confirmation| confirmation.user == user)
        .ok_or(Refusal::NotFound("No such confirmation"))
}
