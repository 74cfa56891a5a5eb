//! Spots and their orders (wallet-api section 7.3).

use axum::Router;
use axum::extract::State;
use axum::routing::{get, post, put};
use paysera_core::code::Code;
use rusqlite::Connection;
use serde::Serialize;

use super::list::{Empty, List};
use super::query::Query;
use super::signed::Signed;
use super::transaction_view::{Expansions, TransactionView};
use super::{InPath, Reply};
use crate::app::App;
use crate::domain::fields::Fields;
use crate::error::Refusal;
use crate::operations::spots as at_spot;
use crate::store::credentials::Caller;
use crate::store::spots::{self, Order, Spot, SpotStatus};
use crate::store::{locations, transactions};

type Answer = Result<Reply<SpotView>, Refusal>;

/// What `spot` and `spots` answer to.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/spot", get(by_code))
        .route("/spots", get(list))
        .route("/spot/{id}", get(one).delete(close))
        .route("/spot/{id}/check-in", put(check_in))
        .route("/spot/{id}/check-out", put(check_out))
        .route("/spot/{id}/order", post(add_order))
        .route("/spot/{id}/order/{order}", get(order).delete(remove_order))
}

#[derive(Serialize)]
struct SpotView {
    id: i64,
    status: &'static str,
    identifier: String,
    place_info: PlaceView,
    /// Not of a closed one: the visit is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    orders: Option<Vec<OrderView>>,
}

#[derive(Serialize)]
struct PlaceView {
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    address: String,
    location_id: i64,
}

#[derive(Serialize)]
struct OrderView {
    id: i64,
    transaction_key: String,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    transaction: Option<TransactionView>,
}

impl SpotView {
    fn new(db: &Connection, spot: Spot, query: &Query, caller: &Caller) -> Result<Self, Refusal> {
        let place = locations::find(db, spot.location)?.ok_or(Refusal::Internal)?;
        // What one customer ordered is nobody else's business.
        let concerned = match caller {
            Caller::Client { .. } => true,
            Caller::User { user, .. } => spot.user == Some(*user),
        };
        let orders = if concerned { spots::orders(db, spot.id)? } else { Vec::new() };
        let views = orders.into_iter().map(|order| OrderView::new(db, order, query, caller));
        let views = views.collect::<Result<_, _>>()?;
        Ok(Self {
            id: spot.id,
            status: spot.status.name(),
            identifier: spot.identifier,
            place_info: PlaceView {
                title: place.profile.title,
                description: place.profile.description,
                address: place.profile.address,
                location_id: place.id,
            },
            orders: (spot.status != SpotStatus::Closed).then_some(views),
        })
    }
}

impl OrderView {
    fn new(db: &Connection, order: Order, query: &Query, caller: &Caller) -> Result<Self, Refusal> {
        let status = at_spot::order_status(db, &order)?;
        let transaction = if query.expands("orders.transaction") || query.expands("transaction") {
            let stored = transactions::find(db, &order.transaction_key)?.ok_or(Refusal::Internal)?;
            Some(TransactionView::new(db, stored, Expansions::of(query), Some(caller))?)
        } else {
            None
        };
        Ok(Self { id: order.id, transaction_key: order.transaction_key, status, transaction })
    }
}

/// `GET spot?code=<the whole text of the QR>`.
async fn by_code(State(app): State<App>, signed: Signed) -> Answer {
    let code = signed.query.required("code")?;
    let code = Code::parse(code).map_err(|error| Refusal::parameter("code", error.to_string()))?;
    let Code::Spot { location, identifier } = code else {
        return Err(Refusal::parameter("code", "This is not the code of a spot"));
    };
    let location = i64::try_from(location.0).map_err(|_| Refusal::NotFound("Spot not found"))?;
    answer(&app, signed, move |db, caller| at_spot::of_code(db, caller, location, identifier.as_str())).await
}

/// `GET spot/{id}`.
async fn one(State(app): State<App>, InPath(id): InPath<i64>, signed: Signed) -> Answer {
    answer(&app, signed, move |db, caller| at_spot::visible(db, caller, id)).await
}

/// `PUT spot/{id}/check-in`, by a customer.
async fn check_in(State(app): State<App>, InPath(id): InPath<i64>, signed: Signed) -> Answer {
    answer(&app, signed, move |db, caller| at_spot::check_in(db, caller, id)).await
}

/// `PUT spot/{id}/check-out`, by the customer.
async fn check_out(State(app): State<App>, InPath(id): InPath<i64>, signed: Signed) -> Answer {
    answer(&app, signed, move |db, caller| at_spot::check_out(db, caller, id)).await
}

/// `DELETE spot/{id}`, by the merchant.
async fn close(State(app): State<App>, InPath(id): InPath<i64>, signed: Signed) -> Answer {
    answer(&app, signed, move |db, caller| at_spot::close(db, caller, id)).await
}

/// `GET spots`: the merchant's own.
async fn list(State(app): State<App>, signed: Signed) -> Result<Reply<List<SpotView>>, Refusal> {
    let Caller::Client { project, .. } = signed.caller else {
        return Err(Refusal::Forbidden("Only a merchant has spots"));
    };
    let statuses = signed
        .query
        .list("status")
        .map(|name| SpotStatus::parse(name).ok_or_else(|| Refusal::parameter("status", "No such status")))
        .collect::<Result<Vec<_>, _>>()?;
    let location = signed.query.integer("location_id")?;
    let page = signed.query.page()?;
    app.store
        .unit(signed.now, move |db| {
            let (found, total) = spots::list(db, project, location, &statuses, page)?;
            let views = found.into_iter().map(|spot| SpotView::new(db, spot, &signed.query, &signed.caller));
            Ok(Reply(List::page("spots", views.collect::<Result<_, _>>()?, total, page)))
        })
        .await
}

/// `POST spot/{id}/order` with `transaction_key`.
async fn add_order(
    State(app): State<App>,
    InPath(id): InPath<i64>,
    signed: Signed,
) -> Result<Reply<OrderView>, Refusal> {
    let body = signed.object()?;
    let key = Fields::root(&body).required("transaction_key")?.to_owned();
    app.store
        .unit(signed.now, move |db| {
            let order = at_spot::add_order(db, &signed.caller, id, &key)?;
            OrderView::new(db, order, &signed.query, &signed.caller).map(Reply)
        })
        .await
}

/// `GET spot/{id}/order/{order}`.
async fn order(
    State(app): State<App>,
    InPath((id, order)): InPath<(i64, i64)>,
    signed: Signed,
) -> Result<Reply<OrderView>, Refusal> {
    app.store
        .unit(signed.now, move |db| {
            let order = at_spot::order(db, &signed.caller, id, order)?;
            OrderView::new(db, order, &signed.query, &signed.caller).map(Reply)
        })
        .await
}

/// `DELETE spot/{id}/order/{order}`.
async fn remove_order(
    State(app): State<App>,
    InPath((id, order)): InPath<(i64, i64)>,
    signed: Signed,
) -> Result<Reply<Empty>, Refusal> {
    app.store
        .unit(signed.now, move |db| {
            at_spot::remove_order(db, &signed.caller, id, order)?;
            Ok(Reply(Empty {}))
        })
        .await
}

/// Runs `work` as one database transaction and shows the spot it names.
async fn answer<F>(app: &App, signed: Signed, work: F) -> Answer
where
    F: FnOnce(&Connection, &Caller) -> Result<Spot, Refusal> + Send + 'static,
{
    app.store
        .unit(signed.now, move |db| {
            let spot = work(db, &signed.caller)?;
            SpotView::new(db, spot, &signed.query, &signed.caller).map(Reply)
        })
        .await
}
