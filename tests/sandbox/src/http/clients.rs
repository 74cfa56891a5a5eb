//! Clients (wallet-api section 3.4).

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use rusqlite::Connection;
use serde::Serialize;
use serde_json::Value;

use super::list::List;
use super::project_view::ProjectView;
use super::signed::Signed;
use super::{InPath, Reply};
use crate::app::App;
use crate::domain::redirect::Host;
use crate::error::Refusal;
use crate::operations::clients as operations;
use crate::store::clients::{self, Client};
use crate::store::credentials::{Caller, Signer};
use crate::store::projects;

/// What `client` answers to.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/client", get(own).post(create))
        .route("/client/{id}", get(by_id).put(update))
        .route("/clients", get(list))
        .route("/client/info/{id}/status", get(info_status))
}

/// PHP requires id, type, permissions, title and hosts.
#[derive(Serialize)]
struct ClientView {
    id: i64,
    #[serde(rename = "type")]
    kind: &'static str,
    title: String,
    permissions: Vec<String>,
    hosts: Vec<Host>,
    #[serde(skip_serializing_if = "Option::is_none")]
    project: Option<ProjectView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    app_client_info_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    credentials: Option<CredentialsView>,
}

/// Only in the answer of the request that made the client.
#[derive(Serialize)]
struct CredentialsView {
    access_token: String,
    mac_key: String,
    mac_algorithm: &'static str,
}

#[derive(Serialize)]
struct StatusView {
    status: &'static str,
}

impl ClientView {
    fn new(db: &Connection, client: Client, mac_key: Option<String>) -> Result<Self, Refusal> {
        let project = match client.project {
            Some(id) => {
                projects::find(db, id)?.map(|project| ProjectView::new(db, project, None)).transpose()?
            }
            None => None,
        };
        Ok(Self {
            id: client.number,
            kind: client.kind.name(),
            title: client.title,
            permissions: client.permissions,
            hosts: client.hosts,
            project,
            // The sandbox keeps one device with one client: they share the number.
            app_client_info_id: client.application.is_some().then_some(client.number),
            credentials: mac_key.map(|mac_key| CredentialsView {
                access_token: client.id,
                mac_key,
                mac_algorithm: "hmac-sha-256",
            }),
        })
    }
}

/// The client that signed, or that the token was given to.
fn signing(db: &Connection, signer: &Signer) -> Result<Client, Refusal> {
    let id = match signer {
        Signer::Caller(Caller::User { client, .. }) => client,
        other => other.client()?,
    };
    clients::client(db, id)?.ok_or(Refusal::Internal)
}

/// The client of that number, if who signs may see it: a user's token only the
/// client that it was given to.
fn visible(db: &Connection, signer: &Signer, number: i64) -> Result<Client, Refusal> {
    let own = signing(db, signer)?;
    if matches!(signer, Signer::Caller(Caller::User { .. })) && own.number != number {
        return Err(Refusal::NotFound("Client not found"));
    }
    operations::visible(db, &own, number)
}

/// `GET client`.
async fn own(State(app): State<App>, signed: Signed<Signer>) -> Result<Reply<ClientView>, Refusal> {
    app.store
        .unit(signed.now, move |db| ClientView::new(db, signing(db, &signed.caller)?, None).map(Reply))
        .await
}

/// `GET client/{id}`.
async fn by_id(
    State(app): State<App>,
    InPath(number): InPath<i64>,
    signed: Signed<Signer>,
) -> Result<Reply<ClientView>, Refusal> {
    app.store
        .unit(signed.now, move |db| {
            let client = visible(db, &signed.caller, number)?;
            ClientView::new(db, client, None).map(Reply)
        })
        .await
}

/// `GET clients`.
async fn list(State(app): State<App>, signed: Signed<Signer>) -> Result<Reply<List<ClientView>>, Refusal> {
    let (limit, offset) = signed.query.page()?;
    let project = signed.query.integer("project_id")?;
    app.store
        .unit(signed.now, move |db| {
            let own = clients::own(db, &signed.caller)?;
            let (clients, total) = clients::list(db, &own, project, limit, offset)?;
            let views = clients.into_iter().map(|client| ClientView::new(db, client, None));
            Ok(Reply(List::page("clients", views.collect::<Result<_, _>>()?, total, (limit, offset))))
        })
        .await
}

/// `POST client`: an installation of the app that signs.
async fn create(State(app): State<App>, signed: Signed<Signer>) -> Result<Reply<ClientView>, Refusal> {
    let body = signed.object()?;
    app.store
        .unit(signed.now, move |db| {
            let own = clients::own(db, &signed.caller)?;
            let (client, key) = operations::create(db, &own, &body)?;
            ClientView::new(db, client, Some(key)).map(Reply)
        })
        .await
}

/// `PUT client/{id}`.
async fn update(
    State(app): State<App>,
    InPath(number): InPath<i64>,
    signed: Signed<Signer>,
) -> Result<Reply<ClientView>, Refusal> {
    let body = Value::Object(signed.object()?);
    app.store
        .unit(signed.now, move |db| {
            let own = clients::own(db, &signed.caller)?;
            let client = operations::update(db, &own, number, &body)?;
            ClientView::new(db, client, None).map(Reply)
        })
        .await
}

/// `GET client/info/{id}/status`. The values are not documented; PROPOSAL: an
/// installation that exists is active.
async fn info_status(
    State(app): State<App>,
    InPath(number): InPath<i64>,
    signed: Signed<Signer>,
) -> Result<Reply<StatusView>, Refusal> {
    app.store
        .unit(signed.now, move |db| {
            let client = visible(db, &signed.caller, number)?;
            if client.application.is_none() {
                return Err(Refusal::NotFound("The client is no installation of an app"));
            }
            Ok(Reply(StatusView { status: "active" }))
        })
        .await
}
