//! Finding wallets by what people know of each other (wallet-api section 6.2).

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use rusqlite::Connection;
use serde::Serialize;
use sha1::{Digest, Sha1};

use super::query::Query;
use super::signed::Signed;
use super::users;
use super::wallet_view::WalletView;
use super::{InPath, Reply};
use crate::app::App;
use crate::domain::{contact, iban};
use crate::error::Refusal;
use crate::store::credentials::{Caller, Signer};
use crate::store::users as user_rows;
use crate::store::wallets::{self, Wallet};

/// Most contacts of one request.
const MAX_CONTACTS: usize = 200;

/// What searches answer to.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/wallet", get(by_criterion))
        .route("/wallet/barcode", get(barcode))
        .route("/wallets", get(by_contacts))
        .route("/account/{iban}", get(account))
}

/// `GET wallet?<one criterion>`.
async fn by_criterion(State(app): State<App>, signed: Signed) -> Result<Reply<WalletView>, Refusal> {
    app.store
        .unit(signed.now, move |db| {
            let wallet = find(db, &signed.caller, &signed.query)?;
            WalletView::of(db, &signed.caller, wallet).map(Reply)
        })
        .await
}

#[derive(Serialize)]
struct BarcodeView {
    barcode: String,
}

/// `GET wallet/barcode?<one criterion>`: the wallet code.
async fn barcode(State(app): State<App>, signed: Signed) -> Result<Reply<BarcodeView>, Refusal> {
    app.store
        .unit(signed.now, move |db| {
            let wallet = find(db, &signed.caller, &signed.query)?;
            Ok(Reply(BarcodeView { barcode: format!("EVP{:012}", wallet.id) }))
        })
        .await
}

/// The wallet that exactly one parameter names.
fn find(db: &Connection, caller: &Caller, query: &Query) -> Result<Wallet, Refusal> {
    let user = users::criterion(db, caller, query)?;
    let names = ["account_number", "barcode", "licence_plate", "card"];
    let mut others = names.into_iter().filter_map(|name| query.text(name).map(|value| (name, value)));
    let wallet = match (user, others.next(), others.next()) {
        (Some(by), None, None) => match user_rows::find(db, &by)? {
            Some(user) => wallets::first_of(db, user.id)?,
            None => None,
        },
        (None, Some(("account_number", number)), None) => wallets::by_account_number(db, number)?,
        (None, Some(("barcode", code)), None) => contact::wallet_code(code),
        (None, Some(("card", value)), None) => {
            let (card, issuer) = value.split_once(':').map_or((value, None), |(card, of)| (card, Some(of)));
            let issuer = query.text("card_issuer").or(issuer);
            wallets::by_alias(db, "card", card, issuer)?
        }
        (None, Some((_, plate)), None) => {
            let plate: String = plate.chars().filter(char::is_ascii_alphanumeric).collect();
            wallets::by_alias(db, "licence_plate", &plate.to_ascii_uppercase(), None)?
        }
        _ => {
            return Err(Refusal::parameter(
                "phone",
                "Give exactly one of phone, email, account_number, person_code, company_code, barcode, \
                 licence_plate, card and user_id",
            ));
        }
    };
    let wallet = wallet.ok_or(Refusal::NotFound("Wallet not found"))?;
    wallets::wallet(db, wallet)?.ok_or(Refusal::NotFound("Wallet not found"))
}

/// `GET wallets?<contacts>`: by each contact that has a wallet.
async fn by_contacts(
    State(app): State<App>,
    signed: Signed,
) -> Result<Reply<BTreeMap<String, WalletView>>, Refusal> {
    let (limit, _) = signed.query.page()?;
    app.store
        .unit(signed.now, move |db| {
            let mut found = BTreeMap::new();
            for (searched, user) in contacts(db, &signed.query)? {
                if i64::try_from(found.len()).unwrap_or(i64::MAX) >= limit {
                    break;
                }
                let Some(id) = wallets::first_of(db, user)? else { continue };
                let wallet = wallets::wallet(db, id)?.ok_or(Refusal::Internal)?;
                found.insert(searched, WalletView::of(db, &signed.caller, wallet)?);
            }
            Ok(Reply(found))
        })
        .await
}

/// Every contact of the query that is a user's, as it was written.
fn contacts(db: &Connection, query: &Query) -> Result<Vec<(String, i64)>, Refusal> {
    let mut by: BTreeMap<(&str, String), i64> = BTreeMap::new();
    for contact in user_rows::contacts(db)? {
        for (name, hashed, value) in
            [("phone", "phone_hash", contact.phone), ("email", "email_hash", contact.email)]
        {
            if let Some(value) = value {
                by.insert((hashed, sha1_hex(&value)), contact.user);
                by.insert((name, value), contact.user);
            }
        }
    }
    let mut found = Vec::new();
    let mut count = 0_usize;
    for name in ["email", "phone", "email_hash", "phone_hash"] {
        for written in query.list(name) {
            count = count.saturating_add(1);
            if count > MAX_CONTACTS {
                return Err(Refusal::parameter(name, "Give at most 200 contacts"));
            }
            let read = match name {
                "email" => contact::email(written),
                "phone" => contact::phone(written),
                _ => Some(written.to_ascii_lowercase()),
            };
            if let Some(user) = read.and_then(|value| by.get(&(name, value))) {
                found.push((written.to_owned(), *user));
            }
        }
    }
    if count == 0 {
        return Err(Refusal::parameter("email", "Give email, phone, email_hash or phone_hash"));
    }
    Ok(found)
}

/// Lower-case hex of the SHA-1 of a contact.
fn sha1_hex(text: &str) -> String {
    Sha1::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[derive(Serialize)]
struct AccountNumberView {
    account_number: String,
}

/// `GET account/{iban}`.
async fn account(
    State(app): State<App>,
    InPath(iban): InPath<String>,
    signed: Signed<Signer>,
) -> Result<Reply<AccountNumberView>, Refusal> {
    app.store
        .unit(signed.now, move |db| {
            let missing = Refusal::NotFound("No account has this IBAN");
            let Some(id) = iban::wallet(&iban) else { return Err(missing) };
            let wallet = wallets::wallet(db, id)?.ok_or(missing)?;
            Ok(Reply(AccountNumberView { account_number: wallet.account_number }))
        })
        .await
}
