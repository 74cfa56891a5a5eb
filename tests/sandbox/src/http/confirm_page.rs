//! The web page on which a person accepts a transaction (wallet-api section
//! 5.4): `/frontend[/{lang}]/wallet/confirm/{transaction_key}`. In the sandbox
//! nobody signs in: who looks at the page chooses whose wallet pays.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use bytes::Bytes;
use http::StatusCode;
use rusqlite::Connection;

use super::InPath;
use super::html::{self, document, escape, write_to};
use crate::app::App;
use crate::domain::acceptance::Acceptance;
use crate::domain::status::Event;
use crate::error::Refusal;
use crate::operations::{access, reject, reserve};
use crate::store::transactions::{self, StoredTransaction};
use crate::store::{users, wallets};

/// Most persons to choose from.
const MAX_PERSONS: i64 = 20;

/// What browsers open.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/frontend/wallet/confirm/{key}", get(show).post(answer))
        .route("/frontend/{lang}/wallet/confirm/{key}", get(show_in).post(answer_in))
}

/// `GET /frontend/wallet/confirm/{key}`.
async fn show(State(app): State<App>, InPath(key): InPath<String>) -> Response {
    let page = app.store.unit(app.clock.now(), move |db| page(db, &key)).await;
    match page {
        Ok(body) => document(StatusCode::OK, "Payment", &body),
        Err(refusal) => html::trouble(&refusal),
    }
}

/// `GET /frontend/{lang}/wallet/confirm/{key}`.
async fn show_in(app: State<App>, InPath((_, key)): InPath<(String, String)>) -> Response {
    show(app, InPath(key)).await
}

/// `POST /frontend/wallet/confirm/{key}` with `decision` and `wallet`.
async fn answer(State(app): State<App>, InPath(key): InPath<String>, body: Bytes) -> Response {
    match decide(&app, key, &body).await {
        Ok(StoredTransaction { redirect_uri: Some(address), .. }) => html::redirect(&address),
        Ok(transaction) => {
            let status = transaction.status.name().replace('_', " ");
            document(StatusCode::OK, "Done", &format!("<h1>Done</h1><p>The payment is {status}.</p>"))
        }
        Err(refusal) => html::trouble(&refusal),
    }
}

/// `POST /frontend/{lang}/wallet/confirm/{key}`.
async fn answer_in(app: State<App>, InPath((_, key)): InPath<(String, String)>, body: Bytes) -> Response {
    answer(app, InPath(key), body).await
}

async fn decide(app: &App, key: String, body: &[u8]) -> Result<StoredTransaction, Refusal> {
    let form = html::form(body)?;
    let wallet = form.required("wallet")?.parse();
    let wallet = wallet.map_err(|_| Refusal::parameter("wallet", "Choose one of the persons"))?;
    let accepts = match form.required("decision")? {
        "accept" => true,
        "decline" => false,
        _ => return Err(Refusal::parameter("decision", "This value should be accept or decline")),
    };
    let (now, limits) = (app.clock.now(), app.limits.get());
    app.store
        .unit(now, move |db| {
            let person = access::in_person(db, wallet)?;
            if accepts {
                let acceptance = Acceptance { on_the_web: true, ..Acceptance::by_wallet(wallet) };
                reserve::reserve(db, now, &limits, &person, &key, &acceptance)
            } else {
                reject::reject(db, now, &person, &key)
            }
        })
        .await
}

fn page(db: &Connection, key: &str) -> Result<String, Refusal> {
    let transaction = transactions::find(db, key)?.ok_or(Refusal::NotFound("There is no such payment"))?;
    if transaction.status.after(Event::Accept).is_none() {
        return Err(Refusal::InvalidState("This payment was answered already or is over"));
    }
    let mut body = "<h1>Pay?</h1><ul>".to_owned();
    for payment in &transaction.payments {
        let to = match payment.beneficiary {
            Some(wallet) => wallets::wallet(db, wallet)?.map(|wallet| wallet.owner_display_name),
            None => payment.beneficiary_email.clone().or(payment.beneficiary_phone.clone()),
        };
        write_to(
            &mut body,
            format_args!(
                "<li><strong>{} {}</strong> to {}: {}</li>",
                payment.price.to_decimal(),
                payment.price.currency().code(),
                escape(&to.unwrap_or_default()),
                escape(payment.title()),
            ),
        );
    }
    // Relative, so that any language in the path works.
    write_to(
        &mut body,
        format_args!(
            "</ul><form method=\"post\" action=\"{}\"><fieldset><legend>You are</legend>",
            escape(key)
        ),
    );
    for (index, (user, name)) in users::persons(db, MAX_PERSONS)?.into_iter().enumerate() {
        let Some(wallet) = wallets::first_of(db, user)? else { continue };
        let mark = if index == 0 { " checked" } else { "" };
        let name = escape(&name);
        write_to(
            &mut body,
            format_args!(
                "<label><input type=\"radio\" name=\"wallet\" value=\"{wallet}\"{mark}> {name}</label>"
            ),
        );
    }
    body.push_str(
        "</fieldset><p>Without enough money the payment waits until it is topped up.</p>\
         <button name=\"decision\" value=\"accept\">Pay</button>\
         <button name=\"decision\" value=\"decline\">Decline</button></form>",
    );
    Ok(body)
}
