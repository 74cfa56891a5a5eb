//! OAuth (wallet-api sections 3.1 and 3.2): the API that clients sign and the
//! page on which a person answers.

mod page;
mod question;
mod token;

use axum::Router;
use axum::routing::{delete, get, post, put};

use crate::app::App;

/// What clients call, under `/oauth/v1`.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/token", post(token::grant))
        .route("/token", delete(token::revoke))
        .route("/tokens/{token}/activate", put(token::activate))
        .route("/session", post(page::session))
}

/// What browsers open.
pub(super) fn pages() -> Router<App> {
    Router::new()
        .route("/frontend/oauth", get(page::ask))
        .route("/frontend/{lang}/oauth", get(page::ask))
        .route("/frontend/oauth/{key}", get(page::show).post(page::answer))
        .route("/frontend/{lang}/oauth/{key}", get(page::show_in).post(page::answer_in))
}
