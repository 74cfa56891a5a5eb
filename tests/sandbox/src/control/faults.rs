//! Switching faults on.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::routing::{delete, get, post};
use serde_json::{Value, json};

use super::JsonBody;
use crate::app::App;
use crate::domain::fields::Fields;
use crate::error::Refusal;
use crate::faults::{Fault, FaultRule, LONGEST_DELAY};
use crate::http::{InPath, Reply};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/faults", get(list).post(add).delete(clear))
        .route("/faults/seed", post(seed))
        .route("/faults/release", post(release))
        .route("/faults/{id}", delete(remove))
}

/// How long a release waits for the requests that it is to let go.
const RELEASE_PATIENCE: Duration = Duration::from_secs(30);

/// `GET /sandbox/faults`: the rules, in the order in which they are looked at,
/// and how many requests are held by a delay or a silence.
async fn list(State(app): State<App>) -> Reply<Value> {
    let held = *app.faults.held().borrow();
    Reply(json!({ "faults": shown(&app), "held": held }))
}

/// The rules as the console shows them.
pub(super) fn shown(app: &App) -> Vec<Value> {
    let one = |(id, rule): (u64, FaultRule)| {
        let (method, path, chance, times) = rule.shown();
        json!({"id": id, "method": method, "path": path, "fault": rule.fault().text(),
            "chance_per_mille": chance, "times": times})
    };
    app.faults.rules().into_iter().map(one).collect()
}

/// `POST /sandbox/faults`: requests of `method` (absent: any) whose path ends
/// with `path` meet `fault`, with `chance_per_mille` (absent: always) and so
/// many `times` (absent: once, 0: without end).
async fn add(State(app): State<App>, JsonBody(body): JsonBody) -> Result<Reply<Value>, Refusal> {
    let fields = Fields::root(&body);
    let mut rule = FaultRule::new(fields.required("path")?, fault(&fields)?);
    if let Some(method) = fields.text("method")? {
        rule = rule.method(method);
    }
    let times = number(&fields, "times", 0, 1_000_000)?.unwrap_or(1);
    if times > 0 {
        rule = rule.times(times);
    }
    if let Some(chance) = number(&fields, "chance_per_mille", 0, 1000)? {
        rule = rule.per_mille(u16::try_from(chance).map_err(|_| Refusal::Internal)?);
    }
    let id = app.faults.add(rule).ok_or(Refusal::InvalidState("A thousand faults are on: clear some"))?;
    Ok(Reply(json!({ "id": id, "faults": shown(&app) })))
}

fn fault(fields: &Fields<'_>) -> Result<Fault, Refusal> {
    Ok(match fields.required("fault")? {
        "delay" => {
            let most = u32::try_from(LONGEST_DELAY.as_millis()).map_err(|_| Refusal::Internal)?;
            let milliseconds =
                number(fields, "milliseconds", 0, most)?.ok_or_else(|| fields.blank("milliseconds"))?;
            Fault::Delay(Duration::from_millis(u64::from(milliseconds)))
        }
        "drop_request" => Fault::DropRequest,
        "silence" => Fault::Silence,
        "drop_answer" => Fault::DropAnswer,
        "truncate" => Fault::Truncate,
        "not_json" => Fault::NotJson,
        "wrong_content_type" => Fault::WrongContentType,
        "process_twice" => Fault::ProcessTwice,
        "fail" => {
            let status = number(fields, "status", 400, 599)?.ok_or_else(|| fields.blank("status"))?;
            Fault::Status {
                status: u16::try_from(status).map_err(|_| Refusal::Internal)?,
                retry_after: number(fields, "retry_after", 0, 86_400)?,
            }
        }
        _ => {
            return Err(fields.refuse(
                "fault",
                "This value should be delay, drop_request, silence, drop_answer, truncate, not_json, \
                 wrong_content_type, process_twice or fail",
            ));
        }
    })
}

fn number(fields: &Fields<'_>, name: &str, least: u32, most: u32) -> Result<Option<u32>, Refusal> {
    let Some(number) = fields.integer(name)? else { return Ok(None) };
    u32::try_from(number)
        .ok()
        .filter(|number| (least..=most).contains(number))
        .map(Some)
        .ok_or_else(|| fields.refuse(name, &format!("This value should be {least} to {most}")))
}

/// `POST /sandbox/faults/release`: ends the delays and silences of now, once so many
/// requests are `held` by them (absent: at once).
async fn release(State(app): State<App>, JsonBody(body): JsonBody) -> Result<Reply<Value>, Refusal> {
    if let Some(wanted) = number(&Fields::root(&body), "held", 1, 1000)? {
        let wanted = usize::try_from(wanted).map_err(|_| Refusal::Internal)?;
        let mut held = app.faults.held();
        let arrived = held.wait_for(|held| *held >= wanted);
        if tokio::time::timeout(RELEASE_PATIENCE, arrived).await.is_err() {
            return Err(Refusal::InvalidState("So many requests are not held"));
        }
    }
    app.faults.release();
    Ok(list(State(app)).await)
}

/// `DELETE /sandbox/faults`: forgets every rule and lets go what is held.
async fn clear(State(app): State<App>) -> Reply<Value> {
    app.faults.clear();
    list(State(app)).await
}

/// `DELETE /sandbox/faults/{id}`.
async fn remove(State(app): State<App>, InPath(id): InPath<u64>) -> Result<Reply<Value>, Refusal> {
    if app.faults.remove(id) {
        Ok(list(State(app)).await)
    } else {
        Err(Refusal::NotFound("No such fault is on"))
    }
}

/// `POST /sandbox/faults/seed` with `seed`: begins the rows of chances anew.
async fn seed(State(app): State<App>, JsonBody(body): JsonBody) -> Result<Reply<Value>, Refusal> {
    let fields = Fields::root(&body);
    let seed = fields.integer("seed")?.ok_or_else(|| fields.blank("seed"))?;
    let seed = u64::try_from(seed).map_err(|_| fields.refuse("seed", "This value should not be negative"))?;
    app.faults.seed(seed);
    Ok(Reply(json!({ "seed": seed })))
}
