//! Playing either side of a transaction: the merchant who creates, confirms
//! and takes back, the customer who looks, accepts and declines.

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use paysera_core::code::{Code, TransactionKey};
use rusqlite::Connection;
use serde_json::{Map, Value, json};

use super::JsonBody;
use super::overview::{self, TransactionOverview};
use crate::app::App;
use crate::domain::acceptance::Acceptance;
use crate::domain::draft::Draft;
use crate::domain::fields::Fields;
use crate::error::Refusal;
use crate::http::{InPath, Reply};
use crate::operations::{access, create, end, reject, reserve};
use crate::store::credentials::Caller;
use crate::store::{clients, transactions};

type Answer = Result<Reply<TransactionOverview>, Refusal>;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/transactions", post(create_one))
        .route("/transactions/{key}/accept", post(accept))
        .route("/transactions/{key}/decline", post(decline))
        .route("/transactions/{key}/confirm", post(confirm))
        .route("/transactions/{key}/revoke", post(revoke))
        .route("/review", post(review))
}

/// `POST /sandbox/transactions` with `location_id`, `price` or `price_decimal`,
/// `currency` and `description`: a payment, made as the merchant of the location;
/// the answer has its `code` for a QR.
async fn create_one(State(app): State<App>, JsonBody(body): JsonBody) -> Result<Reply<Value>, Refusal> {
    let location = Fields::root(&body).integer("location_id")?;
    let payment: Map<String, Value> = body.into_iter().filter(|(name, _)| name != "location_id").collect();
    let request = json!({"payments": [payment], "location_id": location});
    let now = app.clock.now();
    let draft = Draft::read(request.as_object().unwrap_or(&Map::new()), now)?;
    let key = app
        .store
        .unit(now, move |db| Ok(create::create(db, now, &merchant(db, location)?, draft)?.key))
        .await?;
    let code = Code::Transaction(TransactionKey::parse(&key).map_err(|_| Refusal::Internal)?).to_text();
    Ok(Reply(json!({"transaction_key": key, "code": code})))
}

/// `POST /sandbox/transactions/{key}/accept` with `wallet`: its owner accepts
/// in the app.
async fn accept(State(app): State<App>, InPath(key): InPath<String>, JsonBody(body): JsonBody) -> Answer {
    let wallet = wallet(&body)?;
    let limits = app.limits.get();
    act(&app, move |db, now| {
        let caller = access::in_person(db, wallet)?;
        reserve::reserve(db, now, &limits, &caller, &key, &Acceptance::by_wallet(wallet)).map(|one| one.key)
    })
    .await
}

/// `POST /sandbox/transactions/{key}/decline` with `wallet`.
async fn decline(State(app): State<App>, InPath(key): InPath<String>, JsonBody(body): JsonBody) -> Answer {
    let wallet = wallet(&body)?;
    act(&app, move |db, now| {
        reject::reject(db, now, &access::in_person(db, wallet)?, &key).map(|one| one.key)
    })
    .await
}

/// `POST /sandbox/transactions/{key}/confirm`, as who made it.
async fn confirm(State(app): State<App>, InPath(key): InPath<String>, _: JsonBody) -> Answer {
    act(&app, move |db, now| end::confirm(db, now, &maker(db, &key)?, &key, &Map::new()).map(|one| one.key))
        .await
}

/// `POST /sandbox/transactions/{key}/revoke`, as who made it.
async fn revoke(State(app): State<App>, InPath(key): InPath<String>, _: JsonBody) -> Answer {
    act(&app, move |db, now| end::revoke(db, now, &maker(db, &key)?, &key).map(|one| one.key)).await
}

/// `POST /sandbox/review` with the scanned `text`: what a customer is asked to
/// pay. Nothing is accepted yet.
async fn review(State(app): State<App>, JsonBody(body): JsonBody) -> Answer {
    let fields = Fields::root(&body);
    let text = fields.required("text")?;
    let key = match Code::parse(text) {
        Ok(Code::Transaction(key) | Code::DeepLink { key, .. }) => key.as_str().to_owned(),
        Ok(other) => {
            let what = other.kind().name();
            return Err(fields
                .refuse("text", &format!("This is a {what} code; a customer pays a transaction's code")));
        }
        Err(error) => return Err(fields.refuse("text", &error.to_string())),
    };
    act(&app, move |_, _| Ok(key)).await
}

/// Runs `work` as one database transaction and shows the transaction it names.
async fn act<F>(app: &App, work: F) -> Answer
where
    F: FnOnce(&Connection, i64) -> Result<String, Refusal> + Send + 'static,
{
    let now = app.clock.now();
    app.store
        .unit(now, move |db| {
            let key = work(db, now)?;
            overview::transaction(db, &key)?.map(Reply).ok_or(Refusal::NotFound("Transaction not found"))
        })
        .await
}

fn wallet(body: &Map<String, Value>) -> Result<i64, Refusal> {
    let fields = Fields::root(body);
    fields.integer("wallet")?.ok_or_else(|| fields.blank("wallet"))
}

/// The merchant at the till of a location, or the first one.
fn merchant(db: &Connection, location: Option<i64>) -> Result<Caller, Refusal> {
    let client = clients::of_merchant(db, location)?;
    access::as_merchant(db, &client.ok_or(Refusal::NotFound("No merchant has this location"))?)
}

/// Who made a transaction.
fn maker(db: &Connection, key: &str) -> Result<Caller, Refusal> {
    let transaction = transactions::find(db, key)?.ok_or(Refusal::NotFound("Transaction not found"))?;
    match (transaction.client_id, transaction.creator_wallet) {
        (Some(client), _) => access::as_merchant(db, &client),
        (None, Some(wallet)) => access::in_person(db, wallet),
        (None, None) => Err(Refusal::Internal),
    }
}
