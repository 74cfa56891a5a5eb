//! Push messages: subscriptions and what would have been sent (wallet-api
//! section 11).

use axum::Router;
use axum::extract::State;
use axum::routing::{delete, get, post, put};
use rusqlite::Connection;
use serde::Serialize;
use serde_json::{Value, json};

use super::list::{Empty, List, cut};
use super::signed::Signed;
use super::{InPath, Reply};
use crate::app::App;
use crate::domain::subscription;
use crate::error::Refusal;
use crate::operations::access;
use crate::store::credentials::Caller;
use crate::store::statements::{self, Filter, Window};
use crate::store::{confirmations, requests, subscribers};

/// Newest events of an object that are looked at.
const MAX_EVENTS: i64 = 1000;

/// Subscriptions of one token.
const MAX_SUBSCRIBERS: usize = 20;

/// What `subscriber` and `events` answer to.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/subscriber", post(create))
        .route("/subscriber/{id}", put(update).delete(remove))
        .route("/subscribers", delete(remove_all))
        .route("/events", get(events))
}

/// A subscription as it was given.
#[derive(Serialize)]
struct SubscriberView {
    id: i64,
    #[serde(flatten)]
    fields: Value,
}

/// `POST subscriber`.
async fn create(State(app): State<App>, signed: Signed) -> Result<Reply<SubscriberView>, Refusal> {
    let fields = subscription::read(&signed.object()?)?;
    app.store
        .unit(signed.now, move |db| {
            let (token, _) = access::app_token(db, &signed.caller)?;
            if subscribers::of_token(db, token)?.len() >= MAX_SUBSCRIBERS {
                return Err(Refusal::InvalidState("The token has too many subscriptions: delete some"));
            }
            let id = subscribers::insert(db, token, &fields)?;
            Ok(Reply(SubscriberView { id, fields }))
        })
        .await
}

/// `PUT subscriber/{id}`.
async fn update(
    State(app): State<App>,
    InPath(id): InPath<i64>,
    signed: Signed,
) -> Result<Reply<SubscriberView>, Refusal> {
    let fields = subscription::read(&signed.object()?)?;
    app.store
        .unit(signed.now, move |db| {
            if !subscribers::exists(db, access::app_token(db, &signed.caller)?.0, id)? {
                return Err(Refusal::NotFound("No such subscription"));
            }
            subscribers::update(db, id, &fields)?;
            Ok(Reply(SubscriberView { id, fields }))
        })
        .await
}

/// `DELETE subscriber/{id}`.
async fn remove(
    State(app): State<App>,
    InPath(id): InPath<i64>,
    signed: Signed,
) -> Result<Reply<Empty>, Refusal> {
    app.store
        .unit(signed.now, move |db| {
            match subscribers::delete(db, access::app_token(db, &signed.caller)?.0, Some(id))? {
                0 => Err(Refusal::NotFound("No such subscription")),
                _ => Ok(Reply(Empty {})),
            }
        })
        .await
}

/// `DELETE subscribers`.
async fn remove_all(State(app): State<App>, signed: Signed) -> Result<Reply<Empty>, Refusal> {
    app.store
        .unit(signed.now, move |db| {
            subscribers::delete(db, access::app_token(db, &signed.caller)?.0, None)?;
            Ok(Reply(Empty {}))
        })
        .await
}

#[derive(Serialize)]
struct EventView {
    object: &'static str,
    event: &'static str,
    created_at: i64,
    parameters: Value,
}

/// `GET events?from&limit`: what the token's subscriptions would have been
/// told, newest first. The form is not documented; PROPOSAL: `from` is a time,
/// and of all objects the sandbox has statements, confirmations and requests.
async fn events(State(app): State<App>, signed: Signed) -> Result<Reply<List<EventView>>, Refusal> {
    let (limit, offset) = signed.query.page()?;
    let from = signed.query.integer("from")?.unwrap_or(i64::MIN);
    app.store
        .unit(signed.now, move |db| {
            let (token, _) = access::app_token(db, &signed.caller)?;
            let wanted = subscribers::of_token(db, token)?;
            let mut events = happened(db, &signed.caller, from)?;
            events.retain(|event| {
                let direction = event.parameters.get("direction").and_then(Value::as_str);
                wanted.iter().any(|one| subscription::wants(one, event.object, event.event, direction))
            });
            let (items, total) = cut(events, (limit, offset))?;
            Ok(Reply(List::page("events", items, total, (limit, offset))))
        })
        .await
}

/// What happened to the caller's wallet and user since `from`, newest first.
fn happened(db: &Connection, caller: &Caller, from: i64) -> Result<Vec<EventView>, Refusal> {
    let filter = Filter { from: Some(from), ..Filter::default() };
    let newest = Window { newest_first: true, limit: MAX_EVENTS, offset: 0, after: None, before: None };
    let statements = statements::list(db, caller.wallet(), &filter, newest)?.statements;
    let mut events: Vec<_> = statements
        .into_iter()
        .map(|statement| {
            let direction = if statement.amount > 0 { "in" } else { "out" };
            EventView {
                object: "statement",
                event: "created",
                created_at: statement.at,
                parameters: json!({"id": statement.id, "direction": direction}),
            }
        })
        .collect();
    let (_, user) = access::app_token(db, caller)?;
    let (asked, _) = confirmations::list(db, user, &[], from, true, MAX_EVENTS, 0)?;
    events.extend(asked.into_iter().map(|one| EventView {
        object: "confirmation",
        event: "created",
        created_at: one.created_at,
        parameters: json!({"identifier": one.identifier}),
    }));
    events.extend(requests::to_user(db, user, from, MAX_EVENTS)?.into_iter().map(|one| EventView {
        object: "transaction_request",
        event: "created",
        created_at: one.created_at,
        parameters: json!({"id": one.id, "transaction_key": one.transaction_key}),
    }));
    events.sort_by_key(|event| std::cmp::Reverse(event.created_at));
    Ok(events)
}
