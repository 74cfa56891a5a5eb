//! Payments (wallet-api section 5.5).

use axum::Router;
use axum::extract::State;
use axum::routing::{self, post, put};
use rusqlite::Connection;
use serde_json::{Map, Value};

use super::list::List;
use super::payment_view::PaymentView;
use super::signed::Signed;
use super::transaction_view::Expansions;
use super::{InPath, Reply};
use crate::app::App;
use crate::domain::draft::Draft;
use crate::domain::status::Status;
use crate::error::Refusal;
use crate::operations::create;
use crate::operations::payments::{self, Part};
use crate::store::credentials::Caller;
use crate::store::payment_list::{self, Filter};
use crate::store::payments::Ended;

type Answer = Result<Reply<PaymentView>, Refusal>;

/// What `payment` and `payments` answer to.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/payment", post(create_one))
        .route("/payments", routing::get(list))
        .route("/payment/{id}", routing::get(get).delete(cancel))
        .route("/payment/{id}/freeze", put(freeze))
        .route("/payment/{id}/finalize", put(finalize))
        .route("/payment/{id}/password", put(password))
}

/// `POST payment`: in a transaction of its own.
async fn create_one(State(app): State<App>, signed: Signed) -> Answer {
    let mut draft = Draft::of_payment(&signed.object()?, signed.now)?;
    draft.project_id = signed.project_id;
    draft.location_id = signed.location_id;
    answer(&app, signed, move |db, now, caller| {
        let transaction = create::create(db, now, caller, draft)?;
        let payment = transaction.payments.first().cloned().ok_or(Refusal::Internal)?;
        Ok((transaction, payment))
    })
    .await
}

/// `GET payment/{id}`.
async fn get(State(app): State<App>, InPath(id): InPath<i64>, signed: Signed) -> Answer {
    answer(&app, signed, move |db, _, caller| payments::visible(db, caller, id)).await
}

/// `GET payments`.
async fn list(State(app): State<App>, signed: Signed) -> Result<Reply<List<PaymentView>>, Refusal> {
    let query = &signed.query;
    let (limit, offset) = query.page()?;
    let own = signed.caller.wallet();
    let wallet = |name: &str| match query.text(name) {
        None => Ok(None),
        Some("me") => Ok(Some(own)),
        Some(_) => query.integer(name),
    };
    let filter = Filter {
        statuses: query
            .list("status")
            .chain(query.repeated("status"))
            .map(status_name)
            .collect::<Result<_, _>>()?,
        payer: wallet("wallet")?,
        beneficiary: wallet("beneficiary")?,
        from: query.integer("from")?,
        to: query.integer("to")?,
    };
    let expansions = Expansions::of(query);
    app.store
        .unit(signed.now, move |db| {
            let (found, total) = payment_list::list(db, &signed.caller, &filter, limit, offset)?;
            let views = found.into_iter().map(|id| {
                let (transaction, payment) = payments::visible(db, &signed.caller, id)?;
                PaymentView::new(db, &transaction, &payment, expansions, Some(&signed.caller))
            });
            let views = views.collect::<Result<_, _>>()?;
            Ok(Reply(List::page("payments", views, total, (limit, offset))))
        })
        .await
}

/// The name of a payment's status, if there is one of that name.
fn status_name(name: &str) -> Result<String, Refusal> {
    let ended = [Ended::Done, Ended::Canceled].iter().any(|ended| ended.name() == name);
    if ended || Status::parse(name).is_some() {
        Ok(name.to_owned())
    } else {
        Err(Refusal::parameter("status", "No such status"))
    }
}

/// `DELETE payment/{id}`: the money of a confirmed payment goes back.
async fn cancel(State(app): State<App>, InPath(id): InPath<i64>, signed: Signed) -> Answer {
    answer(&app, signed, move |db, now, caller| payments::cancel(db, now, caller, id)).await
}

/// `PUT payment/{id}/freeze`.
async fn freeze(State(app): State<App>, InPath(id): InPath<i64>, signed: Signed) -> Answer {
    let body = signed.object()?;
    answer(&app, signed, move |db, now, caller| payments::set_freeze(db, now, caller, id, &body)).await
}

/// `PUT payment/{id}/finalize`.
async fn finalize(State(app): State<App>, InPath(id): InPath<i64>, signed: Signed) -> Answer {
    let body = signed.object()?;
    answer(&app, signed, move |db, now, caller| payments::finalize(db, now, caller, id, &body)).await
}

/// `PUT payment/{id}/password`.
async fn password(State(app): State<App>, InPath(id): InPath<i64>, signed: Signed) -> Answer {
    let body: Map<String, Value> = signed.object()?;
    answer(&app, signed, move |db, now, caller| payments::give_password(db, now, caller, id, &body)).await
}

/// Runs `work` as one database transaction and shows the payment it names.
async fn answer<F>(app: &App, signed: Signed, work: F) -> Answer
where
    F: FnOnce(&Connection, i64, &Caller) -> Result<Part, Refusal> + Send + 'static,
{
    let expansions = Expansions::of(&signed.query);
    app.store
        .unit(signed.now, move |db| {
            let (transaction, payment) = work(db, signed.now, &signed.caller)?;
            PaymentView::new(db, &transaction, &payment, expansions, Some(&signed.caller)).map(Reply)
        })
        .await
}
