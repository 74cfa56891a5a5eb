//! Callbacks of the sandbox, verified.
// Tests stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::sync::Arc;

use paysera_core::auth::FixedCredentials;
use paysera_core::callback::{CallbackError, CallbackEvent, CallbackType, CallbackVerifier};
use paysera_core::wallet_api::{CallbackUri, CreateTransaction, NewPayment, RetryPolicy, WalletRef};
use paysera_e2e::{Shop, browse, client, gel};
use paysera_sandbox::{Fault, FaultRule, seed};
use serde_json::Value;

async fn control(shop: &Shop, path: &str) -> Value {
    let (status, _, body) = browse(&shop.sandbox, "GET", path, "").await;
    assert_eq!(status, 200);
    serde_json::from_slice(&body).unwrap()
}

#[tokio::test]
async fn a_callback_of_the_server_is_verified_with_a_key_that_is_fetched_once() {
    let shop = Shop::open().await;
    let new = CreateTransaction {
        payments: vec![NewPayment::new("Coffee", gel(100))],
        // Nobody listens there: the log of callbacks has it all the same.
        callback_uri: CallbackUri::To("http://127.0.0.1:1/".to_owned()),
        ..CreateTransaction::default()
    };
    let key = shop.api().transactions().create(&new).await.unwrap().transaction_key;
    let customer = seed::CUSTOMER;
    let credentials = FixedCredentials::new(customer.token.to_owned(), customer.mac_key.to_owned());
    let phone = client(&shop.environment, Arc::new(credentials));
    phone.transactions().reserve_from_wallet(&key, WalletRef::Me).await.unwrap();

    let listed = control(&shop, "/sandbox/callbacks?limit=10").await;
    let id = listed["callbacks"][0]["id"].as_u64().unwrap();
    let callback = control(&shop, &format!("/sandbox/callbacks/{id}")).await;
    let (event, sign) = (callback["event"].as_str().unwrap(), callback["sign"].as_str().unwrap());

    let verifier = CallbackVerifier::new(shop.api());
    let before = shop.sandbox.requests();
    let expected = CallbackEvent::Transaction { event: CallbackType::Reserved, key };
    assert_eq!(verifier.verify(event, sign).await.unwrap(), expected);
    for _ in 0..20 {
        let forged = verifier.verify(&event.replace("reserved", "rejected"), sign).await;
        assert!(matches!(forged, Err(CallbackError::NotSigned)), "{forged:?}");
    }
    assert_eq!(verifier.verify(event, sign).await.unwrap(), expected);
    assert!(shop.sandbox.requests() - before <= 1);
}

#[tokio::test]
async fn without_the_key_nothing_is_said_of_a_callback() {
    let shop = Shop::open().await;
    let verifier = CallbackVerifier::new(shop.api());
    shop.sandbox.shutdown().await;
    let unknown = verifier.verify("{}", "AAAA").await;
    assert!(matches!(unknown, Err(CallbackError::NoKey(_))), "{unknown:?}");
}

#[tokio::test]
async fn forged_callbacks_ask_a_server_that_is_down_for_its_key_once() {
    let shop = Shop::open().await;
    let verifier = CallbackVerifier::new(shop.api());
    let down = Fault::Status { status: 503, retry_after: None };
    shop.sandbox.faults().add(FaultRule::new("/publickey", down)).unwrap();
    let before = shop.sandbox.requests();
    let mut callbacks = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let verifier = verifier.clone();
        callbacks.spawn(async move { verifier.verify("{}", "AAAA").await });
    }
    for forged in callbacks.join_all().await {
        assert!(matches!(forged, Err(CallbackError::NoKey(_))), "{forged:?}");
    }
    let again = verifier.verify("{}", "AAAA").await;
    assert!(matches!(again, Err(CallbackError::NoKey(_))), "{again:?}");
    assert_eq!(shop.sandbox.requests() - before, u64::from(RetryPolicy::default().tries));
}
