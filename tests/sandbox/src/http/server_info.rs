//! The server about itself (wallet-api section 1.4).

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use serde::Serialize;

use super::Reply;
use crate::app::App;

/// What needs no signature.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/server", get(server))
}

#[derive(Serialize)]
struct ServerInfo {
    time: i64,
}

/// `GET server`. Needs no signature and ignores one: a client asks because its
/// clock, and so its signature, may be wrong.
async fn server(State(app): State<App>) -> Reply<ServerInfo> {
    Reply(ServerInfo { time: app.clock.now() })
}
