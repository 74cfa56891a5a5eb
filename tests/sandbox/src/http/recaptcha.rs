//! Unlocking a client that asked too often (wallet-api section 1.5).

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue};

use super::form::Form;
use super::list::Empty;
use super::{InPath, Reply};
use crate::app::App;
use crate::error::Refusal;

/// What the person has solved.
const ANSWER: &str = "g-recaptcha-response";

/// What `recaptcha-unlock-url` leads to.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/recaptcha/{ticket}", post(unlock))
}

/// `POST /recaptcha/{ticket}` with `g-recaptcha-response` in the form or, as the
/// Java client sends it, in a header. PROPOSAL: any answer is right.
async fn unlock(
    State(app): State<App>,
    InPath(ticket): InPath<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Reply<Empty>, Refusal> {
    let form = Form::parse(&body)?;
    if headers.get(ANSWER).is_none_or(HeaderValue::is_empty) {
        form.required(ANSWER)?;
    }
    if app.rate_limits.unlock(&ticket) {
        Ok(Reply(Empty {}))
    } else {
        Err(Refusal::NotFound("Nothing to unlock here"))
    }
}
