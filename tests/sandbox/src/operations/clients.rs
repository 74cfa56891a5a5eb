//! Clients: who sees which, installing an app, changing one.

use rusqlite::Connection;
use serde_json::{Map, Value};

use crate::domain::fields::Fields;
use crate::domain::redirect::Host;
use crate::error::Refusal;
use crate::store::clients::{self, Client, Kind};

/// Installations of one app. PROPOSAL: a sandbox needs no more.
const MAX_INSTALLATIONS: i64 = 10_000;

/// Longest title in characters, most hosts, and the longest value of `info`.
const MAX_TITLE: usize = 200;
const MAX_HOSTS: usize = 50;
const MAX_INFO: usize = 1000;

/// What an app may tell of its device; all optional.
const INFO: &[&str] = &[
    "title",
    "os",
    "model",
    "imei",
    "device_id",
    "rooted",
    "simulator",
    "ip_ipv4",
    "ip_ipv6",
    "wifi_ssid",
    "wifi_mac",
    "system_language",
    "sim_country",
    "sim_carrier",
    "pseudo_unique_id",
    "android_id",
    "android_gfsid",
    "android_phone_fingerprint",
    "webview_user_agent",
    "device_hash",
    "app_version",
];

/// The client of that number, if `own` may see it: itself, its installations,
/// those of its project.
pub(crate) fn visible(db: &Connection, own: &Client, number: i64) -> Result<Client, Refusal> {
    clients::by_number(db, number)?
        .filter(|client| {
            client.id == own.id
                || client.application.as_deref() == Some(own.id.as_str())
                || (client.project.is_some() && client.project == own.project)
        })
        .ok_or(Refusal::NotFound("Client not found"))
}

/// An installation of `own` and its key.
pub(crate) fn create(
    db: &Connection,
    own: &Client,
    body: &Map<String, Value>,
) -> Result<(Client, String), Refusal> {
    let fields = Fields::root(body);
    if own.kind != Kind::Application {
        return Err(Refusal::Forbidden("Only an application registers its installations"));
    }
    if fields.text("type")? != Some(Kind::AppClient.name()) {
        return Err(fields.refuse("type", "This value should be app_client"));
    }
    let info = fields.object("info")?;
    let mut kept = Map::new();
    if let Some(info) = &info {
        for name in INFO {
            let Some(value) = info.get(name) else { continue };
            let fits = match value {
                Value::String(text) => text.len() <= MAX_INFO,
                Value::Bool(_) | Value::Number(_) => true,
                _ => false,
            };
            if !fits {
                return Err(info.refuse(name, "This value should be a short text, a number or a boolean"));
            }
            kept.insert((*name).to_owned(), value.clone());
        }
    }
    if clients::count_of(db, &own.id)? >= MAX_INSTALLATIONS {
        return Err(Refusal::Forbidden("The application has too many installations"));
    }
    let title = kept.get("title").and_then(Value::as_str).unwrap_or(&own.title).to_owned();
    clients::insert_app_client(db, own, &title, &Value::Object(kept))
}

/// Changes what `body` has of title, hosts and permissions; a client gives no
/// permission that it has not itself.
pub(crate) fn update(db: &Connection, own: &Client, number: i64, body: &Value) -> Result<Client, Refusal> {
    own.require("use_client_api")?;
    let mut client = visible(db, own, number)?;
    let fields = Fields::at(body, String::new())?;
    if let Some(title) = fields.text("title")? {
        if title.trim().is_empty() || title.chars().count() > MAX_TITLE {
            return Err(fields.refuse("title", "This value should have 1 to 200 characters"));
        }
        title.clone_into(&mut client.title);
    }
    if let Some(hosts) = fields.get("hosts") {
        let hosts: Vec<Host> = serde_json::from_value(hosts.clone())
            .map_err(|error| fields.refuse("hosts", &format!("This value should be hosts: {error}")))?;
        if hosts.len() > MAX_HOSTS || hosts.iter().any(|host| host.host.is_empty()) {
            return Err(fields.refuse("hosts", "These should be at most 50 hosts, each with a name"));
        }
        client.hosts = hosts;
    }
    if let Some(permissions) = fields.get("permissions") {
        let names: Vec<String> = serde_json::from_value(permissions.clone())
            .map_err(|_| fields.refuse("permissions", "This value should be a list of names"))?;
        if let Some(more) = names.iter().find(|name| !own.may(name)) {
            tracing::debug!(more, "a permission that the client has not");
            return Err(Refusal::Forbidden("A client gives no permission that it has not itself"));
        }
        client.permissions = names;
    }
    clients::update(db, &client)?;
    Ok(client)
}
