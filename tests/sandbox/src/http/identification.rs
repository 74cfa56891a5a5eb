//! Identification (wallet-api section 6.4).

use axum::Router;
use axum::extract::State;
use axum::routing::{get, post, put};
use rusqlite::Connection;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::list::{Empty, List, cut};
use super::signed::Signed;
use super::{IdInPath, InPath, Reply};
use crate::app::App;
use crate::error::Refusal;
use crate::operations::access;
use crate::operations::identify::{self, ImageOf};
use crate::store::identification::{self, Document, Request};

/// What identification requests and documents answer to.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/user/{user}/identification-request", post(begin))
        .route("/user/{user}/identification-requests", get(list))
        .route("/identification-request/{id}/identity-document", post(add_document))
        .route("/identification-request/{id}/face-photo/image/{order}", put(face_photo))
        .route("/identification-request/{id}/submit", put(submit))
        .route("/identity-document/{id}/image/{order}", put(document_image))
}

#[derive(Serialize)]
struct RequestView {
    id: i64,
    user_id: i64,
    created: i64,
    status: &'static str,
    relation_status: &'static str,
    provider: &'static str,
    face_photos: Vec<Value>,
    identity_documents: Vec<DocumentView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
}

#[derive(Serialize)]
struct DocumentView {
    id: i64,
    #[serde(flatten)]
    fields: Map<String, Value>,
    images: Vec<Value>,
}

impl RequestView {
    fn new(db: &Connection, request: Request, now: i64) -> Result<Self, Refusal> {
        let documents = identification::documents(db, request.id)?;
        Ok(Self {
            id: request.id,
            user_id: request.user,
            created: request.created,
            status: identify::status(&request, now),
            relation_status: match request.accepted {
                None => "relating",
                Some(true) => "related",
                Some(false) => "unrelated",
            },
            provider: "wallet_user",
            face_photos: places(identification::images(db, request.id, None)?),
            identity_documents: documents
                .into_iter()
                .map(|document| DocumentView::new(db, document))
                .collect::<Result<_, _>>()?,
            comment: request.comment,
        })
    }
}

impl DocumentView {
    fn new(db: &Connection, document: Document) -> Result<Self, Refusal> {
        let images = places(identification::images(db, document.request, Some(document.id))?);
        Ok(Self { id: document.id, fields: document.fields, images })
    }
}

fn places(orders: Vec<i64>) -> Vec<Value> {
    orders.into_iter().map(|order| json!({ "order": order })).collect()
}

/// `POST user/{id|me}/identification-request`.
async fn begin(
    State(app): State<App>,
    InPath(user): InPath<IdInPath>,
    signed: Signed,
) -> Result<Reply<RequestView>, Refusal> {
    signed.object()?;
    app.store
        .unit(signed.now, move |db| {
            let user = user.number(access::own_user(db, &signed.caller)?);
            let request = identify::begin(db, signed.now, &signed.caller, user)?;
            RequestView::new(db, request, signed.now).map(Reply)
        })
        .await
}

/// `GET user/{id|me}/identification-requests?statuses[]=`, newest first.
async fn list(
    State(app): State<App>,
    InPath(user): InPath<IdInPath>,
    signed: Signed,
) -> Result<Reply<List<RequestView>>, Refusal> {
    let (limit, offset) = signed.query.page()?;
    let statuses: Vec<String> = signed.query.repeated("statuses").map(str::to_owned).collect();
    if !statuses.iter().all(|status| identify::STATUSES.contains(&status.as_str())) {
        return Err(Refusal::parameter("statuses", "No such status"));
    }
    app.store
        .unit(signed.now, move |db| {
            let user = user.number(access::own_user(db, &signed.caller)?);
            access::require(db, &signed.caller, user, "identification_data")?;
            let mut requests = identification::of_user(db, user)?;
            // The status depends on the time, so that the database can't filter.
            requests.retain(|request| {
                let status = identify::status(request, signed.now);
                statuses.is_empty() || statuses.iter().any(|wanted| wanted == status)
            });
            let (page, total) = cut(requests, (limit, offset))?;
            let views = page.into_iter().map(|request| RequestView::new(db, request, signed.now));
            Ok(Reply(List::page(
                "identification_requests",
                views.collect::<Result<_, _>>()?,
                total,
                (limit, offset),
            )))
        })
        .await
}

/// `POST identification-request/{id}/identity-document`.
async fn add_document(
    State(app): State<App>,
    InPath(request): InPath<i64>,
    signed: Signed,
) -> Result<Reply<DocumentView>, Refusal> {
    let body = signed.object()?;
    app.store
        .unit(signed.now, move |db| {
            let document = identify::add_document(db, &signed.caller, request, &body)?;
            DocumentView::new(db, document).map(Reply)
        })
        .await
}

/// `PUT identification-request/{id}/face-photo/image/{order}`, binary.
async fn face_photo(
    app: State<App>,
    InPath((request, order)): InPath<(i64, i64)>,
    signed: Signed,
) -> Result<Reply<Empty>, Refusal> {
    put_image(app, signed, ImageOf::Face(request), order).await
}

/// `PUT identity-document/{id}/image/{order}`, binary.
async fn document_image(
    app: State<App>,
    InPath((document, order)): InPath<(i64, i64)>,
    signed: Signed,
) -> Result<Reply<Empty>, Refusal> {
    put_image(app, signed, ImageOf::Document(document), order).await
}

async fn put_image(
    State(app): State<App>,
    signed: Signed,
    of: ImageOf,
    order: i64,
) -> Result<Reply<Empty>, Refusal> {
    app.store
        .unit(signed.now, move |db| {
            identify::put_image(db, &signed.caller, of, order, &signed.body)?;
            Ok(Reply(Empty {}))
        })
        .await
}

/// `PUT identification-request/{id}/submit`.
async fn submit(
    State(app): State<App>,
    InPath(request): InPath<i64>,
    signed: Signed,
) -> Result<Reply<RequestView>, Refusal> {
    app.store
        .unit(signed.now, move |db| {
            let request = identify::submit(db, signed.now, &signed.caller, request)?;
            RequestView::new(db, request, signed.now).map(Reply)
        })
        .await
}
