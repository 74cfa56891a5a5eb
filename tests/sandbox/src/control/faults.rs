//! Switching faults on.

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
    Router::new().route("/faults", get(list).post(add).delete(clear))
}

/// `GET /sandbox/faults`: the rules that wait for their request, in order.
async fn list(State(app): State<App>) -> Reply<Value> {
    Reply(json!({ "faults": app.faults.waiting() }))
}

/// `POST /sandbox/faults`: the next request of `method` whose path ends with
/// `path` meets `fault`: `drop_answer`, `truncate`, `not_json`, or `fail` with
/// `status`.
async fn add(State(app): State<App>, JsonBody(body): JsonBody) -> Result<Reply<Value>, Refusal> {
    let fields = Fields::root(&body);
    let (method, path) = (fields.required("method")?, fields.required("path")?);
    match fields.required("fault")? {
        "drop_answer" => app.faults.drop_answer_once(method, path),
        "truncate" => app.faults.truncate_once(method, path),
        "not_json" => app.faults.not_json_once(method, path),
        "fail" => {
            let status = fields.integer("status")?.and_then(|status| u16::try_from(status).ok());
            let status = status
                .filter(|status| (400..=599).contains(status))
                .ok_or_else(|| fields.refuse("status", "This value should be 400 to 599"))?;
            app.faults.fail_once(method, path, status);
        }
        _ => {
            return Err(
                fields.refuse("fault", "This value should be drop_answer, truncate, not_json or fail")
            );
        }
    }
    Ok(list(State(app)).await)
}

/// `DELETE /sandbox/faults`: forgets every rule.
async fn clear(State(app): State<App>) -> Reply<Value> {
    app.faults.clear();
    list(State(app)).await
}
