//! The log of callbacks, and where they go.

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::routing::{get, post};
use serde_json::{Value, json};

use super::JsonBody;
use crate::app::App;
use crate::domain::callback::CallbackTarget;
use crate::domain::fields::Fields;
use crate::error::Refusal;
use crate::http::{InPath, Query, Reply};
use crate::store::callbacks;
use crate::store::projects::{self, Project};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/callbacks", get(list))
        .route("/callbacks/{id}", get(one))
        .route("/callbacks/{id}/retry", post(retry))
        .route("/projects/{id}/callback", post(set_address))
}

/// `GET /sandbox/callbacks?limit=&offset=`: the newest first, with every
/// attempt, and the projects with their addresses.
async fn list(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Reply<Value>, Refusal> {
    let (limit, offset) = Query::parse(query.as_deref())?.page()?;
    app.store
        .unit(app.clock.now(), move |db| {
            let project = |project: Project| {
                json!({"id": project.id, "title": project.title, "callback_uri": project.callback_uri})
            };
            let projects: Vec<_> = projects::all(db)?.into_iter().map(project).collect();
            Ok(Reply(json!({"callbacks": callbacks::list(db, limit, offset)?, "projects": projects})))
        })
        .await
}

/// `GET /sandbox/callbacks/{id}`: the same of one, with the `event` and `sign`
/// that are sent.
async fn one(State(app): State<App>, InPath(id): InPath<i64>) -> Result<Reply<Value>, Refusal> {
    let (callback, event) = app
        .store
        .unit(app.clock.now(), move |db| Ok((callbacks::find(db, id)?, callbacks::event(db, id)?)))
        .await?;
    let (Some(callback), Some(event)) = (callback, event) else {
        return Err(Refusal::NotFound("Callback not found"));
    };
    let sign = app.callbacks.sign(&event);
    Ok(Reply(json!({"callback": callback, "event": event, "sign": sign})))
}

/// `POST /sandbox/callbacks/{id}/retry`: sends it now, and again as often as a
/// new one; to the address that counts now.
async fn retry(
    State(app): State<App>,
    InPath(id): InPath<i64>,
    _: JsonBody,
) -> Result<Reply<callbacks::Callback>, Refusal> {
    let now = app.clock.now();
    app.store
        .unit(now, move |db| {
            callbacks::retry(db, now, id)?;
            callbacks::find(db, id)?.map(Reply).ok_or(Refusal::Internal)
        })
        .await
}

/// `POST /sandbox/projects/{id}/callback` with `callback_uri`, a URI or `false`:
/// where the callbacks of the project's transactions go unless they say.
async fn set_address(
    State(app): State<App>,
    InPath(id): InPath<i64>,
    JsonBody(body): JsonBody,
) -> Result<Reply<Value>, Refusal> {
    let fields = Fields::root(&body);
    let uri = match CallbackTarget::read(&fields)? {
        CallbackTarget::Uri(uri) => Some(uri),
        CallbackTarget::Disabled => None,
        CallbackTarget::Default => return Err(fields.blank("callback_uri")),
    };
    app.store
        .unit(app.clock.now(), move |db| {
            if projects::set_callback_uri(db, id, uri.as_deref())? {
                Ok(Reply(json!({"id": id, "callback_uri": uri})))
            } else {
                Err(Refusal::NotFound("Project not found"))
            }
        })
        .await
}
