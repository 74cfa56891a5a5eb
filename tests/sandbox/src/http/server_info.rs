//! The server about itself (wallet-api section 1.4).

use axum::extract::State;
use serde::Serialize;

use super::Reply;
use crate::app::App;

#[derive(Serialize)]
pub(super) struct ServerInfo {
    time: i64,
}

/// `GET server`. Needs no signature and ignores one: a client asks because its
/// clock, and so its signature, may be wrong.
pub(super) async fn server(State(app): State<App>) -> Reply<ServerInfo> {
    Reply(ServerInfo { time: app.clock.now() })
}
