//! Opening the page, by address or by a session, and answering.

use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use bytes::Bytes;
use serde::Serialize;

use super::question;
use crate::app::App;
use crate::domain::redirect;
use crate::error::Refusal;
use crate::http::form::Form;
use crate::http::html;
use crate::http::signed::Signed;
use crate::http::{InPath, Reply};
use crate::operations::authorize::{self, Answer, Question};
use crate::store::clients;
use crate::store::credentials::Signer;

#[derive(Serialize)]
pub(super) struct SessionView {
    key: String,
}

fn asked_in(form: &Form) -> Question<'_> {
    Question {
        response_type: form.text("response_type").unwrap_or_default(),
        client_id: form.text("client_id").unwrap_or_default(),
        redirect_uri: form.text("redirect_uri").unwrap_or_default(),
        scope: form.text("scope").unwrap_or_default(),
        state: form.text("state"),
        hint: form.text("user[email]"),
        auth_token: form.text("auth_token"),
    }
}

/// `POST session`: the same question, asked by the client itself.
pub(super) async fn session(
    State(app): State<App>,
    signed: Signed<Signer>,
) -> Result<Reply<SessionView>, Refusal> {
    let form = signed.form()?;
    let now = signed.now;
    app.store
        .unit(now, move |db| {
            let own = clients::own(db, &signed.caller)?;
            let mut question = asked_in(&form);
            if question.client_id.is_empty() {
                question.client_id = &own.id;
            }
            if question.response_type.is_empty() {
                question.response_type = "code";
            }
            let (client, _) = authorize::target(db, &question)?;
            if client.id != own.id {
                return Err(Refusal::parameter("client_id", "This value should be the client that signs"));
            }
            Ok(Reply(SessionView { key: authorize::ask(db, now, &client, &question)? }))
        })
        .await
}

/// `GET /frontend[/{lang}]/oauth?...`.
pub(super) async fn ask(State(app): State<App>, uri: Uri) -> Response {
    let now = app.clock.now();
    let form = match Form::parse(uri.query().unwrap_or_default().as_bytes()) {
        Ok(form) => form,
        Err(refusal) => return html::trouble(&refusal),
    };
    let asked = app
        .store
        .unit(now, move |db| {
            let question = asked_in(&form);
            let (client, url) = authorize::target(db, &question)?;
            let asked = authorize::ask(db, now, &client, &question);
            match asked.and_then(|key| authorize::page(db, now, &key)) {
                Ok(page) => Ok(Ok(page)),
                // The client is told, as nothing is wrong with its address.
                Err(refusal) => {
                    let (_, error, reason) = refusal.on_the_wire();
                    let error = match (error, question.response_type) {
                        ("invalid_parameters", kind) if kind != "code" => "unsupported_response_type",
                        ("invalid_parameters", _) => "invalid_request",
                        ("forbidden", _) => "unauthorized_client",
                        ("internal_server_error", _) => "server_error",
                        ("rate_limit_exceeded", _) => "temporarily_unavailable",
                        (other, _) => other,
                    };
                    let parameters = [
                        ("error", Some(error)),
                        ("error_description", Some(reason.as_str())),
                        ("state", question.state),
                    ];
                    Ok(Err(redirect::with(url, &parameters)))
                }
            }
        })
        .await;
    match asked {
        Ok(Ok(page)) => question::show("oauth/", &page),
        Ok(Err(address)) => html::redirect(&address),
        Err(refusal) => html::trouble(&refusal),
    }
}

/// `GET /frontend/oauth/{key}`.
pub(super) async fn show(State(app): State<App>, InPath(key): InPath<String>) -> Response {
    let now = app.clock.now();
    match app.store.unit(now, move |db| authorize::page(db, now, &key)).await {
        Ok(page) => question::show("", &page),
        Err(refusal) => html::trouble(&refusal),
    }
}

/// `GET /frontend/{lang}/oauth/{key}`.
pub(super) async fn show_in(app: State<App>, InPath((_, key)): InPath<(String, String)>) -> Response {
    show(app, InPath(key)).await
}

/// `POST /frontend/oauth/{key}`.
pub(super) async fn answer(State(app): State<App>, InPath(key): InPath<String>, body: Bytes) -> Response {
    let now = app.clock.now();
    let answer = match read(&body) {
        Ok(answer) => answer,
        Err(refusal) => return html::trouble(&refusal),
    };
    match app.store.unit(now, move |db| authorize::answer(db, now, &key, &answer)).await {
        Ok(address) => html::redirect(&address),
        Err(refusal) => html::trouble(&refusal),
    }
}

/// `POST /frontend/{lang}/oauth/{key}`.
pub(super) async fn answer_in(
    app: State<App>,
    InPath((_, key)): InPath<(String, String)>,
    body: Bytes,
) -> Response {
    answer(app, InPath(key), body).await
}

fn read(body: &[u8]) -> Result<Answer, Refusal> {
    let form = html::form(body)?;
    let user = match form.required("decision")? {
        "allow" => {
            let user = form.required("user")?;
            Some(user.parse().map_err(|_| Refusal::parameter("user", "Choose one of the persons"))?)
        }
        "deny" => None,
        _ => return Err(Refusal::parameter("decision", "This value should be allow or deny")),
    };
    let chosen = form.names().filter_map(|name| name.strip_prefix("grant_")).map(str::to_owned).collect();
    Ok(Answer { user, chosen })
}
