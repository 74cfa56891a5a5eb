//! `/sandbox/...`: what a test or the console does to the sandbox itself. One
//! file a resource.
//!
//! It needs no signature. So that no web page and no name that was pointed at
//! this machine can use it through a browser, it answers only to a host that is
//! an address, `localhost` or a name that was allowed, and only to pages of its own.

mod books;
mod callbacks;
mod clock;
mod codes;
mod counterparts;
mod faults;
mod live;
mod overview;
mod spots;
mod transactions;
mod wallets;

use std::net::IpAddr;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, Request, State};
use axum::http::uri::Authority;
use axum::middleware::{self, Next};
use axum::response::Response;
use http::{HeaderMap, header};
use serde_json::{Map, Value};

use crate::app::App;
use crate::domain::fields;
use crate::error::Refusal;
use crate::seed::MAX_SEED_BYTES;

/// Largest JSON body, in bytes: seeds are large.
const MAX_JSON_BYTES: usize = MAX_SEED_BYTES;

/// Every route under `/sandbox`.
pub(crate) fn routes(app: &App) -> Router<App> {
    books::routes()
        .merge(callbacks::routes())
        .merge(clock::routes())
        .merge(codes::routes())
        .merge(counterparts::routes())
        .merge(faults::routes())
        .merge(live::routes())
        .merge(spots::routes())
        .merge(transactions::routes())
        .merge(wallets::routes())
        .layer(middleware::from_fn_with_state(app.clone(), guard))
}

async fn guard(State(app): State<App>, request: Request, next: Next) -> Result<Response, Refusal> {
    let headers = request.headers();
    // HTTP/2 has it in the address.
    let host = text(headers, header::HOST)
        .or_else(|| request.uri().authority().map(Authority::as_str))
        .unwrap_or_default();
    let is_allowed = |own: &String| own.eq_ignore_ascii_case(name_of(host));
    if !is_local_name(host) && !app.allowed_hosts.iter().any(is_allowed) {
        return Err(Refusal::Forbidden(
            "Ask by an IP address, as localhost, or by a name that was given with --allow-host",
        ));
    }
    if let Some(origin) = text(headers, header::ORIGIN)
        && origin.split_once("://").is_none_or(|(_, page)| !page.eq_ignore_ascii_case(host))
    {
        return Err(Refusal::Forbidden("Pages of other origins may not control the sandbox"));
    }
    Ok(next.run(request).await)
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Whether `host` (with or without port) can't be a name that somebody else
/// points here.
fn is_local_name(host: &str) -> bool {
    let name = name_of(host);
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok()
}

/// The host without its port.
fn name_of(host: &str) -> &str {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => name,
        _ => host,
    };
    name.trim_start_matches('[').trim_end_matches(']')
}

/// A JSON body. Its content type must say so: a page of another origin can't
/// send that unasked.
struct JsonBody(Map<String, Value>);

impl<S: Send + Sync> FromRequest<S> for JsonBody {
    type Rejection = Refusal;

    async fn from_request(request: Request<Body>, _: &S) -> Result<Self, Refusal> {
        let content_type = text(request.headers(), header::CONTENT_TYPE).unwrap_or_default();
        if content_type.split(';').next().is_none_or(|kind| kind.trim() != "application/json") {
            return Err(Refusal::Malformed("The content type must be application/json".to_owned()));
        }
        let bytes = to_bytes(request.into_body(), MAX_JSON_BYTES).await.map_err(|_| Refusal::BodyTooLarge)?;
        fields::object(&bytes).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_and_localhost_are_local() {
        for (host, local) in [
            ("127.0.0.1:8080", true),
            ("192.168.1.7:8080", true),
            ("[::1]:8080", true),
            ("[::1]", true),
            ("localhost", true),
            ("LOCALHOST:1", true),
            ("sandbox.example:8080", false),
            ("127.0.0.1.example", false),
            ("", false),
        ] {
            assert_eq!(is_local_name(host), local, "{host}");
        }
    }
}
