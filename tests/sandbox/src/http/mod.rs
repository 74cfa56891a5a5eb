//! The edge: routes, signatures, bodies in and out. One file a resource.

mod allowance_view;
mod allowances;
mod app_tokens;
mod callbacks;
mod clients;
mod codes;
mod confirm_page;
mod confirmations;
mod form;
mod generators;
mod html;
mod identification;
mod list;
mod locations;
mod oauth;
mod payment_view;
mod payments;
mod project_view;
mod query;
mod recaptcha;
mod registration;
mod server_info;
mod signed;
mod spots;
mod statement_view;
mod statements;
mod subscribers;
mod transaction_view;
mod transactions;
mod user_view;
mod users;
mod wallet_search;
mod wallet_view;
mod wallets;

pub(crate) use callbacks::catch_up;
pub(crate) use query::Query;
pub(crate) use signed::read_body;

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, Path, Request};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{StatusCode, header};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};

use crate::app::App;
use crate::error::{Refusal, json_response};
use crate::{console, control};

/// Every route of the Wallet API that the sandbox has.
pub(crate) fn router(app: App) -> Router {
    let rest = server_info::routes()
        .merge(transactions::routes())
        .merge(payments::routes())
        .merge(locations::routes())
        .merge(spots::routes())
        .merge(codes::routes())
        .merge(generators::routes())
        .merge(wallets::routes())
        .merge(allowances::routes())
        .merge(clients::routes())
        .merge(registration::routes())
        .merge(users::routes())
        .merge(wallet_search::routes())
        .merge(statements::routes())
        .merge(identification::routes())
        .merge(app_tokens::routes())
        .merge(confirmations::routes())
        .merge(subscribers::routes());
    Router::new()
        .nest("/rest/v1", rest.layer(middleware::from_fn(require_json_accepted)))
        .nest("/sandbox", control::routes(&app))
        .merge(console::routes())
        .merge(callbacks::routes())
        .merge(recaptcha::routes())
        .nest("/oauth/v1", oauth::routes())
        .merge(oauth::pages())
        .merge(confirm_page::routes())
        .fallback(async || Refusal::NotFound("No such resource"))
        .method_not_allowed_fallback(async || Refusal::MethodNotAllowed)
        .with_state(app)
}

/// Refuses a client that says it takes no JSON (wallet-api section 12); one that
/// says nothing takes everything.
async fn require_json_accepted(request: Request, next: Next) -> Result<Response, Refusal> {
    let accepted = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    let takes_json = |range: &str| {
        let (kind, parameters) = range.split_once(';').unwrap_or((range, ""));
        let refused = parameters.split(';').any(|one| matches!(one.trim(), "q=0" | "q=0.0"));
        matches!(kind.trim(), "*/*" | "application/*" | "application/json") && !refused
    };
    match accepted {
        Some(ranges) if !ranges.split(',').any(takes_json) => Err(Refusal::NotAcceptable),
        _ => Ok(next.run(request).await),
    }
}

/// A successful answer.
pub(crate) struct Reply<T>(pub(crate) T);

impl<T: Serialize> IntoResponse for Reply<T> {
    fn into_response(self) -> Response {
        json_response(StatusCode::OK, &self.0)
    }
}

/// Path parameters whose refusal is JSON; what has the wrong form is not there.
pub(crate) struct InPath<T>(pub(crate) T);

impl<T, S> FromRequestParts<S> for InPath<T>
where
    T: DeserializeOwned + Send,
    S: Send + Sync,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let path: Result<Path<T>, PathRejection> = Path::from_request_parts(parts, state).await;
        match path {
            Ok(Path(value)) => Ok(Self(value)),
            Err(_) => Err(Refusal::NotFound("No such resource")),
        }
    }
}

/// A wallet or a user in a path: its number or `me`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum IdInPath {
    Me,
    Number(i64),
}

impl<'de> Deserialize<'de> for IdInPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.as_str() {
            "me" => Ok(Self::Me),
            number => number.parse().map(Self::Number).map_err(D::Error::custom),
        }
    }
}

impl IdInPath {
    /// The number, where `me` is `own`.
    const fn number(self, own: i64) -> i64 {
        match self {
            Self::Me => own,
            Self::Number(number) => number,
        }
    }
}
