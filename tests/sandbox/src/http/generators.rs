//! Generators of reservation codes (wallet-api section 8.4).

use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use serde::Serialize;

use super::signed::Signed;
use super::{InPath, Reply};
use crate::app::App;
use crate::error::Refusal;
use crate::operations::generate;
use crate::reservation_code::{SECRET_DIGITS, SECRET_ITERATIONS, SEED_BYTES, SIGN_DIGITS, SIGN_ITERATIONS};
use crate::store::generators::GeneratorSet;

/// What `generator` answers to.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/generator", post(create))
        .route("/generator/code", post(send_code))
        .route("/generator/{id}", get(one))
}

#[derive(Serialize)]
struct CodeView {
    valid_until: i64,
}

#[derive(Serialize)]
struct GeneratorView {
    id: i64,
    status: &'static str,
    /// Seconds; ten years stand for ever.
    expires_in: i64,
    #[serde(rename = "type")]
    kind: &'static str,
    /// Hex, only in the answer that makes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<String>,
    identifiers: Vec<IdentifierView>,
    params: Params,
}

#[derive(Serialize)]
struct IdentifierView {
    identifier: i64,
    wallet_id: i64,
}

#[derive(Serialize)]
struct Params {
    secret_iterations: u32,
    secret_length: usize,
    sign_iterations: u32,
    sign_length: usize,
}

const FOR_EVER: i64 = 315_360_000;

impl GeneratorView {
    fn new(set: GeneratorSet, now: i64, seed: Option<[u8; SEED_BYTES]>) -> Self {
        let expires_in = set.expires_at.map_or(FOR_EVER, |end| end.saturating_sub(now).max(0));
        let identifiers = set.identifiers.into_iter();
        Self {
            id: set.id,
            status: if expires_in > 0 { "active" } else { "expired" },
            expires_in,
            kind: "sandbox-v1",
            seed: seed.map(|seed| seed.iter().map(|byte| format!("{byte:02x}")).collect()),
            identifiers: identifiers
                .map(|(identifier, wallet_id)| IdentifierView { identifier, wallet_id })
                .collect(),
            params: Params {
                secret_iterations: SECRET_ITERATIONS,
                secret_length: SECRET_DIGITS,
                sign_iterations: SIGN_ITERATIONS,
                sign_length: SIGN_DIGITS,
            },
        }
    }
}

/// `POST generator/code`.
async fn send_code(State(app): State<App>, signed: Signed) -> Result<Reply<CodeView>, Refusal> {
    let body = signed.object()?;
    app.store
        .unit(signed.now, move |db| {
            let valid_until = generate::send_code(db, signed.now, &signed.caller, &body)?;
            Ok(Reply(CodeView { valid_until }))
        })
        .await
}

/// `POST generator` with `code`.
async fn create(State(app): State<App>, signed: Signed) -> Result<Reply<GeneratorView>, Refusal> {
    let body = signed.object()?;
    app.store
        .unit(signed.now, move |db| {
            let (set, seed) = generate::create(db, signed.now, &signed.caller, &body)?;
            Ok(Reply(GeneratorView::new(set, signed.now, Some(seed))))
        })
        .await
}

/// `GET generator/{id}`.
async fn one(
    State(app): State<App>,
    InPath(id): InPath<i64>,
    signed: Signed,
) -> Result<Reply<GeneratorView>, Refusal> {
    app.store
        .unit(signed.now, move |db| {
            let set = generate::find(db, &signed.caller, id)?;
            Ok(Reply(GeneratorView::new(set, signed.now, None)))
        })
        .await
}
