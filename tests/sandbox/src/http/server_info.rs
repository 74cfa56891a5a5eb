//! The server about itself (wallet-api section 1.4).

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use serde::Serialize;

use super::Reply;
use crate::app::App;
use crate::domain::{password, rates};

/// What needs no signature.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/server", get(server))
        .route("/configuration", get(configuration))
        .route("/currencies", get(currencies))
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

#[derive(Serialize)]
struct Configuration {
    minimum_password_length: usize,
    bank_transfer_urgent_option_availability_beneficiary_account_regexp: &'static str,
}

/// `GET configuration`.
async fn configuration() -> Reply<Configuration> {
    Reply(Configuration {
        minimum_password_length: password::MIN_LENGTH,
        // PROPOSAL: Georgian accounts; the sandbox makes no bank transfers.
        bank_transfer_urgent_option_availability_beneficiary_account_regexp: "^GE\\d{2}[A-Z]{2}\\d{16}$",
    })
}

/// `GET currencies`, a bare array.
async fn currencies() -> Reply<[&'static str; 5]> {
    Reply(rates::currencies())
}
