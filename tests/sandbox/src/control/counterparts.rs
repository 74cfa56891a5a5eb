//! Simulated people who act by themselves.

use axum::Router;
use axum::extract::State;
use axum::routing::{delete, get};
use serde_json::{Value, json};

use super::JsonBody;
use crate::app::App;
use crate::counterparts::{Counterpart, Deed};
use crate::domain::fields::Fields;
use crate::error::Refusal;
use crate::http::{InPath, Reply};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/counterparts", get(list).post(add).delete(clear))
        .route("/counterparts/{id}", delete(remove))
}

/// `GET /sandbox/counterparts`: who plays along, and what they did last.
async fn list(State(app): State<App>) -> Reply<Value> {
    Reply(json!({"counterparts": shown(&app), "deeds": deeds(&app)}))
}

/// Who plays along, as the console shows them.
pub(super) fn shown(app: &App) -> Vec<Value> {
    let all = app.counterparts.all().into_iter();
    all.map(|(id, counterpart)| json!({"id": id, "text": counterpart.text()})).collect()
}

/// What they did last, oldest first: the status that a transaction has since, or
/// why they were refused.
pub(super) fn deeds(app: &App) -> Vec<Value> {
    let one = |deed: Deed| {
        let (status, refusal) = match deed.result {
            Ok(status) => (Some(status.name()), None),
            Err(refusal) => (None, Some(refusal)),
        };
        json!({"counterpart": deed.counterpart, "at": deed.at, "transaction_key": deed.transaction_key,
            "status": status, "refusal": refusal})
    };
    app.counterparts.deeds().into_iter().map(one).collect()
}

/// `POST /sandbox/counterparts` with `does`: `accept`, `accept_without_money` or
/// `decline` with `wallet`, or `confirm`; `after` so many seconds of the
/// sandbox's clock, only at `location_id`, only what `client_id` made,
/// only where `with_wallet` is on the other side.
async fn add(State(app): State<App>, JsonBody(body): JsonBody) -> Result<Reply<Value>, Refusal> {
    let fields = Fields::root(&body);
    let does = fields.required("does")?;
    let mut counterpart = if does == "confirm" {
        Counterpart::confirming()
    } else {
        let wallet = number(&fields, "wallet")?.ok_or_else(|| fields.blank("wallet"))?;
        match does {
            "accept" => Counterpart::accepting(wallet),
            "accept_without_money" => Counterpart::accepting_without_money(wallet),
            "decline" => Counterpart::declining(wallet),
            _ => {
                let reason = "This value should be accept, accept_without_money, decline or confirm";
                return Err(fields.refuse("does", reason));
            }
        }
    };
    if let Some(seconds) = number(&fields, "after")? {
        let seconds =
            u32::try_from(seconds).map_err(|_| fields.refuse("after", "This value is too large"))?;
        counterpart = counterpart.after(seconds);
    }
    if let Some(location) = number(&fields, "location_id")? {
        counterpart = counterpart.at_location(location);
    }
    if let Some(wallet) = number(&fields, "with_wallet")? {
        counterpart = counterpart.with_wallet(wallet);
    }
    if let Some(client) = fields.text("client_id")? {
        counterpart = counterpart.of_client(client);
    }
    app.counterparts.check(counterpart.clone()).await?;
    let full = Refusal::InvalidState("A hundred people play along: send some away");
    let id = app.counterparts.add(counterpart).ok_or(full)?;
    Ok(Reply(json!({"id": id, "counterparts": shown(&app)})))
}

fn number(fields: &Fields<'_>, name: &str) -> Result<Option<u64>, Refusal> {
    let Some(number) = fields.integer(name)? else { return Ok(None) };
    let refused = |_| fields.refuse(name, "This value should not be negative");
    u64::try_from(number).map(Some).map_err(refused)
}

/// `DELETE /sandbox/counterparts`.
async fn clear(State(app): State<App>) -> Reply<Value> {
    app.counterparts.clear();
    list(State(app)).await
}

/// `DELETE /sandbox/counterparts/{id}`.
async fn remove(State(app): State<App>, InPath(id): InPath<u64>) -> Result<Reply<Value>, Refusal> {
    if app.counterparts.remove(id) {
        Ok(list(State(app)).await)
    } else {
        Err(Refusal::NotFound("Nobody of this number plays along"))
    }
}
