//! Codes as pictures, both ways.

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{RawQuery, Request};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::header;
use paysera_core::code::Code;
use paysera_core::qr::{Budget, Code128Symbol, ErrorCorrection, Frame, QrSymbol, Rotation, Scanner, Trust};
use serde_json::{Value, json};

use super::text;
use crate::app::App;
use crate::error::Refusal;
use crate::http::{Query, Reply};

/// Largest picture: a full high-definition frame and a little more.
const MAX_PICTURE_BYTES: usize = 4096 * 2160;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/symbol.svg", get(symbol)).route("/scan", post(scan))
}

/// `GET /sandbox/symbol.svg?kind=qr|code128&text=`.
async fn symbol(RawQuery(query): RawQuery) -> Result<Response, Refusal> {
    let query = Query::parse(query.as_deref())?;
    let content = query.required("text")?;
    let refused = |error: paysera_core::qr::RenderError| Refusal::parameter("text", error.to_string());
    let svg = match query.text("kind") {
        Some("qr") => QrSymbol::encode(content, ErrorCorrection::Medium).map_err(refused)?.to_svg(),
        Some("code128") => Code128Symbol::encode(content).map_err(refused)?.to_svg(),
        _ => return Err(Refusal::parameter("kind", "This value should be qr or code128")),
    };
    Ok(([(header::CONTENT_TYPE, "image/svg+xml")], svg).into_response())
}

/// `POST /sandbox/scan?width=&height=` with the luma of a picture, a byte a
/// pixel: the text of the Paysera code in it.
async fn scan(request: Request) -> Result<Reply<Value>, Refusal> {
    if text(request.headers(), header::CONTENT_TYPE) != Some("application/octet-stream") {
        return Err(Refusal::Malformed("The content type must be application/octet-stream".to_owned()));
    }
    let query = Query::parse(request.uri().query())?;
    let side = |name| -> Result<u32, Refusal> {
        let value = query.integer(name)?.and_then(|value| u32::try_from(value).ok());
        value.ok_or_else(|| Refusal::parameter(name, "This value should be a number of pixels"))
    };
    let (width, height) = (side("width")?, side("height")?);
    let luma = to_bytes(request.into_body(), MAX_PICTURE_BYTES).await.map_err(|_| Refusal::BodyTooLarge)?;
    let found = tokio::task::spawn_blocking(move || find(&luma, width, height));
    found.await.map_err(|_| Refusal::Internal)?.map(Reply)
}

fn find(luma: &[u8], width: u32, height: u32) -> Result<Value, Refusal> {
    let frame = Frame::new(luma, width, height, width as usize, Rotation::default())
        .map_err(|error| Refusal::Malformed(error.to_string()))?;
    let report = Scanner::new().trusting(Trust::AtOnce).scan(&frame, Budget::Unlimited);
    let texts: Vec<&str> = report.detections.iter().filter_map(|seen| seen.text()).collect();
    let known = texts.iter().find_map(|text| Code::parse(text).ok().map(|code| (*text, code.kind().name())));
    match (known, texts.first()) {
        (Some((text, kind)), _) => Ok(json!({"text": text, "kind": kind})),
        (None, Some(_)) => Err(Refusal::NotFound("The code in the picture is not one of Paysera's")),
        (None, None) => Err(Refusal::NotFound("There is no code in the picture; take it closer and sharper")),
    }
}
