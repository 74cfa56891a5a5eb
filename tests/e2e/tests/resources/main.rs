//! Every call of the client, against the sandbox. Here is what the tests share.
// Tests stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod app;
mod payments;
mod places;
mod transactions;
mod users;
mod wallets;

use std::sync::Arc;

use paysera_core::auth::FixedCredentials;
use paysera_core::code::{LocationId, WalletId};
use paysera_core::secret::Secret;
use paysera_core::wallet_api::{
    CallbackUri, CreateTransaction, NewPayment, ProjectId, ServerError, SpotId, Transaction, WalletApi,
    WalletApiError, WalletRef,
};
use paysera_e2e::{Shop, client, gel};
use paysera_sandbox::seed;
use paysera_sandbox::seed::CUSTOMER;

pub(crate) const LOCATION: LocationId = LocationId(seed::LOCATION_ALL_SERVICES);

pub(crate) const PROJECT: ProjectId = ProjectId(seed::PROJECT_ID);

pub(crate) const SPOT: SpotId = SpotId(seed::SPOT_ID);

pub(crate) fn phone(shop: &Shop) -> WalletApi {
    let credentials = FixedCredentials::new(CUSTOMER.token.to_owned(), CUSTOMER.mac_key.to_owned());
    client(&shop.environment, Arc::new(credentials))
}

pub(crate) fn app(shop: &Shop) -> WalletApi {
    let credentials = FixedCredentials::new(seed::APP_CLIENT_ID.to_owned(), seed::APP_MAC_KEY.to_owned());
    client(&shop.environment, Arc::new(credentials))
}

pub(crate) fn wallet(number: u64) -> WalletRef {
    WalletRef::Id(WalletId::new(number).unwrap())
}

pub(crate) fn of(payment: NewPayment) -> CreateTransaction {
    CreateTransaction {
        payments: vec![payment],
        callback_uri: CallbackUri::Disabled,
        ..CreateTransaction::default()
    }
}

pub(crate) async fn create(shop: &Shop, minor: i64) -> Transaction {
    shop.api().transactions().create(&of(NewPayment::new("Coffee", gel(minor)))).await.unwrap()
}

pub(crate) async fn paid(shop: &Shop, payment: NewPayment) -> Transaction {
    let api = shop.api();
    let key = api.transactions().create(&of(payment)).await.unwrap().transaction_key;
    phone(shop).transactions().reserve_from_wallet(&key, WalletRef::Me).await.unwrap();
    api.transactions().confirm(&key).await.unwrap()
}

#[track_caller]
pub(crate) fn refusal<T: std::fmt::Debug>(answer: Result<T, WalletApiError>) -> ServerError {
    match answer {
        Err(WalletApiError::Server(error)) => *error,
        other => panic!("{other:?}"),
    }
}

/// The code in the newest message that was sent.
pub(crate) async fn last_code(shop: &Shop) -> Secret {
    let messages = shop.sandbox.messages().await.unwrap();
    Secret::new(messages.first().unwrap().code.clone())
}
