//! A merchant's server that callbacks go to, and how its owner reads the log.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{Form, OriginalUri, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::harness::{Answer, LOOPBACK, World};

/// Nothing here takes so long, except if it fails.
const TOO_LONG: Duration = Duration::from_secs(30);

/// How the merchant answers.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reaction {
    Status(u16),
    /// To the same server, path `/elsewhere`.
    Redirect,
    /// It keeps the connection and says nothing.
    Silence,
    /// 200, after working for so many milliseconds.
    Work(u64),
}

/// A callback as it came in.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) path: String,
    pub(crate) event: String,
    pub(crate) sign: String,
}

impl Received {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.event).unwrap()
    }

    /// What makes events one: the transaction's key and the type.
    pub(crate) fn identity(&self) -> (String, String) {
        let event = self.json();
        assert_eq!(event["object"], "transaction");
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (text(&event["data"]["transaction_key"]), text(&event["type"]))
    }
}

#[derive(Deserialize)]
struct Parameters {
    event: String,
    sign: String,
}

/// Callbacks that are being answered now, and the most that ever were.
#[derive(Debug, Default)]
pub(crate) struct Load {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Load {
    fn enter(&self) {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
    }

    fn leave(&self) {
        self.now.fetch_sub(1, Ordering::SeqCst);
    }

    pub(crate) fn most(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }
}

#[derive(Clone)]
struct Desk {
    reaction: Arc<Mutex<Reaction>>,
    received: mpsc::UnboundedSender<Received>,
    loads: [Arc<Load>; 2],
}

pub(crate) struct Merchant {
    address: SocketAddr,
    desk: Desk,
    received: mpsc::UnboundedReceiver<Received>,
    server: JoinHandle<()>,
}

impl Drop for Merchant {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Merchant {
    pub(crate) async fn new(reaction: Reaction) -> Self {
        Self::with_load(reaction, Arc::default()).await
    }

    /// One that also counts in `load`.
    pub(crate) async fn with_load(reaction: Reaction, load: Arc<Load>) -> Self {
        let listener = tokio::net::TcpListener::bind(LOOPBACK).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, received) = mpsc::unbounded_channel();
        let reaction = Arc::new(Mutex::new(reaction));
        let desk = Desk { reaction, received: sender, loads: [Arc::default(), load] };
        let router = axum::Router::new().fallback(receive).with_state(desk.clone());
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, desk, received, server }
    }

    pub(crate) fn uri(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// From now on it answers so.
    pub(crate) fn reacts(&self, reaction: Reaction) {
        *self.desk.reaction.lock().unwrap() = reaction;
    }

    pub(crate) fn load(&self) -> &Load {
        &self.desk.loads[0]
    }

    /// The next callback, waited for.
    pub(crate) async fn next(&mut self) -> Received {
        tokio::time::timeout(TOO_LONG, self.received.recv()).await.expect("no callback came").unwrap()
    }

    /// Fails if something came that nobody looked at.
    pub(crate) fn nothing_more(&mut self) {
        if let Ok(more) = self.received.try_recv() {
            panic!("{more:?}");
        }
    }
}

async fn receive(
    State(desk): State<Desk>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    Form(Parameters { event, sign }): Form<Parameters>,
) -> Response {
    assert_eq!(headers[header::CONTENT_TYPE], "application/x-www-form-urlencoded");
    for load in &desk.loads {
        load.enter();
    }
    let reaction = *desk.reaction.lock().unwrap();
    desk.received.send(Received { path: uri.to_string(), event, sign }).unwrap();
    if let Reaction::Work(milliseconds) = reaction {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    }
    for load in &desk.loads {
        load.leave();
    }
    match reaction {
        Reaction::Status(status) => {
            (StatusCode::from_u16(status).unwrap(), "The till is on fire").into_response()
        }
        Reaction::Redirect => (StatusCode::FOUND, [(header::LOCATION, "/elsewhere")]).into_response(),
        Reaction::Silence => std::future::pending().await,
        Reaction::Work(_) => StatusCode::OK.into_response(),
    }
}

/// Whether `sign` is of `event`, by a key as `GET /publickey` gives it.
pub(crate) fn verifies(pem: &str, event: &str, sign: &str) -> bool {
    /// What stands before the key itself: it is RSA, 2048 bit.
    const HEADER: &str = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A";
    let text = pem.strip_prefix("-----BEGIN PUBLIC KEY-----\n").unwrap();
    let text = text.strip_suffix("-----END PUBLIC KEY-----\n").unwrap();
    let key = text.replace('\n', "");
    let key = STANDARD.decode(key.strip_prefix(HEADER).unwrap()).unwrap();
    let Ok(sign) = STANDARD.decode(sign) else { return false };
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key).verify(event.as_bytes(), &sign).is_ok()
}

impl World {
    /// Reads from the control API.
    pub(crate) async fn look(&self, path: &str) -> Answer {
        Answer::to(self.http.get(self.url(&format!("/sandbox{path}")))).await.unwrap()
    }

    /// The whole log of callbacks, newest first.
    pub(crate) async fn callbacks(&self) -> Vec<Value> {
        let mut all = Vec::new();
        loop {
            let page = self.look(&format!("/callbacks?limit=200&offset={}", all.len())).await.ok();
            match page["callbacks"].as_array().unwrap().as_slice() {
                [] => return all,
                callbacks => all.extend_from_slice(callbacks),
            }
        }
    }

    /// The whole log of callbacks, once it is `fit`.
    pub(crate) async fn callbacks_once(&self, fit: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        let mut changes = self.sandbox.changes();
        loop {
            changes.mark_unchanged();
            let all = self.callbacks().await;
            if fit(&all) {
                return all;
            }
            let changed = tokio::time::timeout(TOO_LONG, changes.changed()).await;
            changed.unwrap_or_else(|_| panic!("it stays {all:?}")).unwrap();
        }
    }

    /// The newest callback, once it is `fit`.
    pub(crate) async fn newest_callback(&self, fit: impl Fn(&Value) -> bool) -> Value {
        self.callbacks_once(|all| all.first().is_some_and(&fit)).await.swap_remove(0)
    }
}
