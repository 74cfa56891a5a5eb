//! The page at `/` for a person beside a phone: one document, its style and its
//! modules, as they lie in this folder. What they show and do is `control`.

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header;

use crate::app::App;

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// The page loads nothing but itself, and nobody may frame it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The page and its parts.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/", get(async || file(HTML, include_str!("page.html"))))
        .route("/console/console.css", get(async || file(CSS, include_str!("console.css"))))
        .route("/console/console.js", get(async || file(SCRIPT, include_str!("console.js"))))
        .route("/console/api.js", get(async || file(SCRIPT, include_str!("api.js"))))
        .route("/console/dom.js", get(async || file(SCRIPT, include_str!("dom.js"))))
        .route("/console/views.js", get(async || file(SCRIPT, include_str!("views.js"))))
        .route("/console/faults.js", get(async || file(SCRIPT, include_str!("faults.js"))))
        .route("/console/icon.svg", get(async || file(SVG, include_str!("icon.svg"))))
}

fn file(content_type: &'static str, text: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        // The next version of the sandbox has another page.
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, text).into_response()
}
