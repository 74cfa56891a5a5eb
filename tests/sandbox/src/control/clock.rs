//! The server's clock.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use serde_json::{Value, json};

use super::JsonBody;
use crate::app::App;
use crate::domain::fields::Fields;
use crate::error::Refusal;
use crate::http::Reply;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/clock", get(read).post(move_it))
}

/// `GET /sandbox/clock`: `{"time": seconds since 1970-01-01 UTC}`.
async fn read(State(app): State<App>) -> Reply<Value> {
    Reply(json!({ "time": app.clock.now() }))
}

/// `POST /sandbox/clock` with `{"advance": seconds}`, or `{"offset": seconds}`
/// to the system's time.
async fn move_it(State(app): State<App>, JsonBody(body): JsonBody) -> Result<Reply<Value>, Refusal> {
    let fields = Fields::root(&body);
    let (name, moved) = match (fields.integer("advance")?, fields.integer("offset")?) {
        (Some(seconds), None) => ("advance", app.clock.try_move(|offset| offset.saturating_add(seconds))),
        (None, Some(seconds)) => ("offset", app.clock.try_move(|_| seconds)),
        _ => return Err(fields.refuse("advance", "Give either advance or offset, in seconds")),
    };
    if !moved {
        return Err(fields.refuse(name, "The clock stays between the years 1970 and 9999"));
    }
    // What ran out of time ends now, not with the next request.
    let now = app.clock.now();
    app.store.unit(now, |_| Ok(())).await?;
    Ok(Reply(json!({ "time": now })))
}
