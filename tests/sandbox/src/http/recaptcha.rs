//! Unlocking a client that asked too often (wallet-api section 1.5).

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use bytes::Bytes;

use super::form::Form;
use super::list::Empty;
use super::{InPath, Reply};
use crate::app::App;
use crate::error::Refusal;

/// What `recaptcha-unlock-url` leads to.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/recaptcha/{ticket}", post(unlock))
}

/// `POST /recaptcha/{ticket}` with `g-recaptcha-response`. PROPOSAL: any answer
/// is right.
async fn unlock(
    State(app): State<App>,
    InPath(ticket): InPath<String>,
    body: Bytes,
) -> Result<Reply<Empty>, Refusal> {
    Form::parse(&body)?.required("g-recaptcha-response")?;
    if app.rate_limits.unlock(&ticket) {
        Ok(Reply(Empty {}))
    } else {
        Err(Refusal::NotFound("Nothing to unlock here"))
    }
}
