//! What a scanned code means (wallet-api section 8.2).

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use paysera_core::code::Code;
use rusqlite::Connection;
use serde::Serialize;
use serde_json::{Value, json};

use super::Reply;
use super::signed::Signed;
use crate::app::App;
use crate::error::Refusal;
use crate::operations::{read, spots as at_spot};
use crate::store::credentials::Caller;
use crate::store::{spots, users, wallets};

const UNKNOWN: Refusal = Refusal::NotFound("Unknown code");

/// What `code` answers to.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/code", get(look_up))
}

#[derive(Serialize)]
struct Meaning {
    #[serde(rename = "type")]
    kind: &'static str,
    parameters: Value,
}

/// `GET code?code=`.
async fn look_up(State(app): State<App>, signed: Signed) -> Result<Reply<Meaning>, Refusal> {
    // What can't be read is unknown as well: apps ask for whatever they see.
    let code = Code::parse(signed.query.required("code")?).map_err(|_| UNKNOWN)?;
    app.store
        .unit(signed.now, move |db| {
            let (kind, parameters) = meaning(db, &signed.caller, code)?;
            Ok(Reply(Meaning { kind, parameters }))
        })
        .await
}

fn meaning(db: &Connection, caller: &Caller, code: Code) -> Result<(&'static str, Value), Refusal> {
    match code {
        Code::Transaction(key) | Code::DeepLink { key, .. } => {
            let found = read::visible(db, caller, key.as_str()).map_err(|_| UNKNOWN)?;
            Ok(("transaction", json!({"transaction_key": found.key})))
        }
        Code::Spot { location, identifier } => {
            let location = i64::try_from(location.0).map_err(|_| UNKNOWN)?;
            let spot = spots::by_identifier(db, location, identifier.as_str())?.ok_or(UNKNOWN)?;
            let spot = at_spot::visible(db, caller, spot.id).map_err(|_| UNKNOWN)?;
            Ok(("spot", json!({"spot_id": spot.id})))
        }
        Code::Wallet(id) => {
            let wallet = i64::try_from(id.get()).map_err(|_| UNKNOWN)?;
            prefill(db, wallet)
        }
        Code::Account(number) => {
            prefill(db, wallets::by_account_number(db, number.as_str())?.ok_or(UNKNOWN)?)
        }
        _ => Err(UNKNOWN),
    }
}

/// A payment form to a wallet. PROPOSAL: companies are named, persons are not.
fn prefill(db: &Connection, wallet: i64) -> Result<(&'static str, Value), Refusal> {
    let wallet = wallets::wallet(db, wallet)?.ok_or(UNKNOWN)?;
    let owner = users::user(db, wallet.user)?.ok_or(Refusal::Internal)?;
    let mut beneficiary = json!({"wallet_id": wallet.id, "account_number": wallet.account_number,
        "user_id": wallet.user});
    if let Some(fields) = beneficiary.as_object_mut()
        && owner.kind == "legal"
    {
        fields.insert("display_name".to_owned(), json!(owner.display_name));
    }
    Ok(("prefill", json!({ "beneficiary": beneficiary })))
}
