//! Transactions: reading requests and writing answers; what they do is in
//! `operations`.

use axum::Router;
use axum::extract::State;
use axum::routing::{self, post, put};
use rusqlite::Connection;
use serde::Serialize;
use serde_json::{Value, json};

use super::list::{Empty, List};
use super::signed::Signed;
use super::transaction_view::{Expansions, TransactionView};
use super::{IdInPath, InPath, Reply};
use crate::app::App;
use crate::domain::acceptance::Acceptance;
use crate::domain::draft::Draft;
use crate::domain::status::Status;
use crate::error::Refusal;
use crate::operations::{
    ask, create, end, inquired, notify as notifying, read, reject as rejecting, reserve as reserving, types,
};
use crate::store::credentials::Caller;
use crate::store::transactions::StoredTransaction;
use crate::store::tx_list::{self, Filter};

type Answer = Result<Reply<TransactionView>, Refusal>;

/// What `transaction` and `transactions` answer to.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/transaction", post(create))
        .route("/transactions", routing::get(list))
        .route("/transaction/{key}", routing::get(get).delete(revoke))
        .route("/transaction/{key}/reserve", put(reserve))
        .route("/transaction/{key}/reserve/{wallet}", put(reserve_from))
        .route("/transaction/{key}/flash/{wallet}", put(flash))
        .route("/transaction/{key}/type/{wallet}", routing::get(types))
        .route("/transaction/{key}/request", post(request))
        .route("/transaction/{key}/inquired-information", routing::get(inquired))
        .route("/transaction/{key}/confirm", put(confirm))
        .route("/transaction/{key}/notify", put(notify))
        .route("/transaction/{key}/reject", put(reject))
}

/// `POST transaction`.
async fn create(State(app): State<App>, signed: Signed) -> Answer {
    let mut draft = Draft::read(&signed.object()?, signed.now)?;
    // PROPOSAL of wallet-api section 5.2: what is signed in ext wins.
    draft.project_id = signed.project_id.or(draft.project_id);
    draft.location_id = signed.location_id.or(draft.location_id);
    answer(&app, signed, move |db, now, caller| create::create(db, now, caller, draft)).await
}

/// `GET transaction/{key}`.
async fn get(State(app): State<App>, InPath(key): InPath<String>, signed: Signed) -> Answer {
    answer(&app, signed, move |db, _, caller| read::visible(db, caller, &key)).await
}

/// `GET transactions`.
async fn list(State(app): State<App>, signed: Signed) -> Result<Reply<List<TransactionView>>, Refusal> {
    let (limit, offset) = signed.query.page()?;
    let statuses = signed
        .query
        .list("status")
        .chain(signed.query.repeated("status"))
        .map(|name| Status::parse(name).ok_or_else(|| Refusal::parameter("status", "No such status")))
        .collect::<Result<_, _>>()?;
    let filter = Filter {
        project_id: signed.query.integer("project_id")?,
        location_id: signed.query.integer("location_id")?,
        statuses,
        from: signed.query.integer("from")?,
        to: signed.query.integer("to")?,
    };
    let expansions = Expansions::of(&signed.query);
    app.store
        .unit(signed.now, move |db| {
            let page = tx_list::list(db, &signed.caller, &filter, limit, offset)?;
            let items = page
                .transactions
                .into_iter()
                .map(|transaction| TransactionView::new(db, transaction, expansions, Some(&signed.caller)))
                .collect::<Result<_, _>>()?;
            Ok(Reply(List::page("transactions", items, page.total, (limit, offset))))
        })
        .await
}

/// `PUT transaction/{key}/reserve` with a code or a payer.
async fn reserve(State(app): State<App>, InPath(key): InPath<String>, signed: Signed) -> Answer {
    let acceptance = Acceptance::read(&signed.object()?, None)?;
    accept(&app, signed, key, acceptance).await
}

/// `PUT transaction/{key}/reserve/{wallet|me}`.
async fn reserve_from(
    State(app): State<App>,
    InPath((key, wallet)): InPath<(String, IdInPath)>,
    signed: Signed,
) -> Answer {
    let wallet = wallet.number(signed.caller.wallet());
    let acceptance = Acceptance::read(&signed.object()?, Some(wallet))?;
    accept(&app, signed, key, acceptance).await
}

/// `PUT transaction/{key}/flash/{wallet}`: the payer gets a code by SMS.
async fn flash(
    State(app): State<App>,
    InPath((key, wallet)): InPath<(String, IdInPath)>,
    signed: Signed,
) -> Answer {
    let wallet = wallet.number(signed.caller.wallet());
    answer(&app, signed, move |db, now, caller| ask::flash(db, now, caller, &key, wallet)).await
}

/// `GET transaction/{key}/type/{wallet}`: how the wallet can accept.
async fn types(
    State(app): State<App>,
    InPath((key, wallet)): InPath<(String, IdInPath)>,
    signed: Signed,
) -> Result<Reply<Vec<&'static str>>, Refusal> {
    let wallet = wallet.number(signed.caller.wallet());
    app.store
        .unit(signed.now, move |db| types::available(db, signed.now, &signed.caller, &key, wallet).map(Reply))
        .await
}

#[derive(Serialize)]
struct RequestView {
    id: i64,
    created_at: i64,
    transaction_key: String,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    initiator_id: Option<i64>,
}

/// `POST transaction/{key}/request`.
async fn request(
    State(app): State<App>,
    InPath(key): InPath<String>,
    signed: Signed,
) -> Result<Reply<RequestView>, Refusal> {
    let body = signed.object()?;
    app.store
        .unit(signed.now, move |db| {
            let sent = ask::request(db, signed.now, &signed.caller, &key, &body)?;
            Ok(Reply(RequestView {
                id: sent.id,
                created_at: signed.now,
                transaction_key: key,
                status: "pending",
                user_id: sent.asked.user,
                email: sent.asked.email,
                phone: sent.asked.phone,
                initiator_id: sent.asked.initiator,
            }))
        })
        .await
}

/// `GET transaction/{key}/inquired-information`.
async fn inquired(
    State(app): State<App>,
    InPath(key): InPath<String>,
    signed: Signed,
) -> Result<Reply<Value>, Refusal> {
    app.store
        .unit(signed.now, move |db| {
            let items = inquired::information(db, &signed.caller, &key)?;
            Ok(Reply(json!({ "items": items })))
        })
        .await
}

/// `PUT transaction/{key}/confirm`, with lower prices if the body has some.
async fn confirm(State(app): State<App>, InPath(key): InPath<String>, signed: Signed) -> Answer {
    let prices = signed.object()?;
    answer(&app, signed, move |db, now, caller| end::confirm(db, now, caller, &key, &prices)).await
}

/// `PUT transaction/{key}/reject`, signed by a user's token.
async fn reject(State(app): State<App>, InPath(key): InPath<String>, signed: Signed) -> Answer {
    answer(&app, signed, move |db, now, caller| rejecting::reject(db, now, caller, &key)).await
}

/// `DELETE transaction/{key}`.
async fn revoke(State(app): State<App>, InPath(key): InPath<String>, signed: Signed) -> Answer {
    answer(&app, signed, move |db, now, caller| end::revoke(db, now, caller, &key)).await
}

/// `PUT transaction/{key}/notify`.
async fn notify(
    State(app): State<App>,
    InPath(key): InPath<String>,
    signed: Signed,
) -> Result<Reply<Empty>, Refusal> {
    app.store
        .unit(signed.now, move |db| {
            notifying::notify(db, signed.now, &signed.caller, &key)?;
            Ok(Reply(Empty {}))
        })
        .await
}

async fn accept(app: &App, signed: Signed, key: String, acceptance: Acceptance) -> Answer {
    let limits = app.limits.get();
    answer(app, signed, move |db, now, caller| {
        reserving::reserve(db, now, &limits, caller, &key, &acceptance)
    })
    .await
}

/// Runs `work` as one database transaction and shows what it made of the
/// transaction.
async fn answer<F>(app: &App, signed: Signed, work: F) -> Answer
where
    F: FnOnce(&Connection, i64, &Caller) -> Result<StoredTransaction, Refusal> + Send + 'static,
{
    let expansions = Expansions::of(&signed.query);
    app.store
        .unit(signed.now, move |db| {
            let transaction = work(db, signed.now, &signed.caller)?;
            TransactionView::new(db, transaction, expansions, Some(&signed.caller)).map(Reply)
        })
        .await
}
