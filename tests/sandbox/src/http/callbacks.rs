//! Callbacks as merchants see them (wallet-api section 10): the events and the
//! key that they verify them with.

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header;
use rusqlite::Connection;
use serde::Serialize;

use super::transaction_view::{Expansions, TransactionView};
use crate::app::App;
use crate::error::Refusal;
use crate::operations::due;
use crate::seed;
use crate::store::{callbacks, transactions};

/// What is beside the API and needs no signature.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/publickey", get(public_key))
}

/// `GET /publickey`.
async fn public_key() -> Response {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], seed::CALLBACK_PUBLIC_KEY).into_response()
}

#[derive(Serialize)]
struct Event<'a> {
    #[serde(rename = "type")]
    event_type: &'a str,
    object: &'static str,
    data: TransactionView,
}

/// What happens without a request, and the events of what was queued since:
/// each shows the transaction as it is at the end of the unit.
pub(crate) fn catch_up(db: &Connection, now: i64) -> Result<(), Refusal> {
    due::catch_up(db, now)?;
    write_events(db)
}

fn write_events(db: &Connection) -> Result<(), Refusal> {
    for callback in callbacks::unwritten(db)? {
        let transaction = transactions::find(db, &callback.transaction_key)?.ok_or(Refusal::Internal)?;
        let data = TransactionView::new(db, transaction, Expansions::default(), None)?;
        let event = Event { event_type: &callback.event_type, object: "transaction", data };
        let event = serde_json::to_string(&event).map_err(|_| Refusal::Internal)?;
        callbacks::write_event(db, callback.id, &event)?;
    }
    Ok(())
}
