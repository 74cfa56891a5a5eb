//! The whole state for the console, the audit of the ledger, the request log,
//! and starting again.

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::routing::{get, post};
use serde_json::{Value, json};

use super::{JsonBody, counterparts, faults, overview};
use crate::app::App;
use crate::error::Refusal;
use crate::http::{Query, Reply};
use crate::seed::{self, SeedFile};
use crate::store::{check, messages, reset};

/// Transactions that the console lists.
const LATEST: i64 = 50;

/// Requests that an answer holds if the question does not say.
const REQUESTS: i64 = 100;

/// Messages of an answer.
const MESSAGES: i64 = 100;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/state", get(state))
        .route("/ledger", get(ledger))
        .route("/requests", get(requests))
        .route("/messages", get(messages))
        .route("/reset", post(start_again))
}

/// `GET /sandbox/state`: wallets, the latest transactions with their history,
/// locations, the faults that wait and the counterparts. The audit is apart: it reads every entry.
async fn state(State(app): State<App>) -> Result<Reply<Value>, Refusal> {
    let now = app.clock.now();
    let (wallets, transactions, locations) = app
        .store
        .unit(now, move |db| {
            Ok((overview::wallets(db, now)?, overview::transactions(db, LATEST)?, overview::locations(db)?))
        })
        .await?;
    Ok(Reply(json!({
        "server": {"time": now, "version": env!("CARGO_PKG_VERSION")},
        "wallets": wallets,
        "transactions": transactions,
        "locations": locations,
        "faults": faults::shown(&app),
        "counterparts": counterparts::shown(&app),
        "deeds": counterparts::deeds(&app),
    })))
}

/// `GET /sandbox/ledger`: the audit.
async fn ledger(State(app): State<App>) -> Result<Reply<Value>, Refusal> {
    let report = app.store.unit(app.clock.now(), check::check).await?;
    let faults: Vec<_> = report
        .faults
        .iter()
        .map(|fault| json!({"rule": format!("{:?}", fault.rule), "id": fault.id}))
        .collect();
    Ok(Reply(json!({
        "balanced": report.is_balanced(),
        "postings": report.postings,
        "entries": report.entries,
        "sums": report.sums,
        "faults": faults,
    })))
}

/// `GET /sandbox/requests?limit=`: the latest requests to the API, oldest first.
async fn requests(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Reply<Value>, Refusal> {
    let limit = Query::parse(query.as_deref())?.integer("limit")?.unwrap_or(REQUESTS);
    let limit = usize::try_from(limit)
        .map_err(|_| Refusal::parameter("limit", "This value should not be negative"))?;
    Ok(Reply(json!({ "requests": app.log.latest(limit) })))
}

/// `GET /sandbox/messages`: the newest SMS and e-mails that a real server would
/// have sent, newest first.
async fn messages(State(app): State<App>) -> Result<Reply<Value>, Refusal> {
    let sent = app.store.unit(app.clock.now(), |db| messages::list(db, MESSAGES)).await?;
    Ok(Reply(json!({ "messages": sent })))
}

/// `POST /sandbox/reset`: forgets everything and plants the seed anew, or the
/// `seed` of the body with its limits; faults and counterparts are cleared, the
/// clock stays. A wrong seed changes nothing.
async fn start_again(State(app): State<App>, JsonBody(mut body): JsonBody) -> Result<Reply<Value>, Refusal> {
    let now = app.clock.now();
    let seed = match body.remove("seed") {
        None => (*app.seed).clone(),
        Some(Value::Object(seed)) => SeedFile::of_body(seed),
        Some(_) => return Err(Refusal::parameter("seed", "This value should be an object")),
    };
    let limits = app.limits.with(seed.limits()?);
    app.store
        .unit(now, move |db| {
            reset::clear(db)?;
            seed::plant(db, now, &limits, &seed).map(drop)
        })
        .await?;
    app.limits.set(limits);
    app.faults.clear();
    app.counterparts.clear();
    state(State(app)).await
}
