//! Sessions that keep themselves fresh.

use std::sync::Arc;
use std::time::Duration;

use paysera_core::secret::Secret;
use paysera_core::wallet_api::{Activation, Credentials, Delivery, ExtendedScope, ScopeName, WalletApiError};
use paysera_e2e::request_log;
use paysera_sandbox::Fault;
use paysera_sandbox::seed::CUSTOMER;

use crate::{Desk, TOKEN_SECONDS, balance};

/// The defect of a peer: it notices 30 s too late that a token ended.
#[tokio::test]
async fn a_token_is_refreshed_before_it_ends_and_no_call_fails() {
    for activation in [Activation::AtOnce, Activation::Separate] {
        let desk = Desk::open(activation).await;
        let session = desk.session().await;
        let api = desk.api(&session);
        api.server().time().await.unwrap();
        for margin in [30, 0, -30] {
            let before = desk.shop.sandbox.requests();
            desk.shop.sandbox.clock().advance(TOKEN_SECONDS - margin);
            // The device's clock moves with the server's.
            api.server().time().await.unwrap();
            balance(&api).await.unwrap();
            let log = request_log(&desk.shop.sandbox).await;
            assert!(log.iter().all(|request| request.status == 200), "{activation:?}, {margin}: {log:?}");
            let calls = 3 + u64::from(activation == Activation::Separate);
            assert_eq!(desk.shop.sandbox.requests() - before, calls, "{activation:?}, {margin}");
        }
    }
}

#[tokio::test]
async fn two_hundred_calls_with_an_expired_token_cause_one_refresh() {
    for activation in [Activation::AtOnce, Activation::Separate] {
        let desk = Desk::open(activation).await;
        let session = desk.session().await;
        let api = desk.api(&session);
        let before = desk.refreshes().await;
        desk.shop.sandbox.clock().advance(TOKEN_SECONDS + 1);
        api.server().time().await.unwrap();
        let mut calls = tokio::task::JoinSet::new();
        for _ in 0..200 {
            let api = api.clone();
            calls.spawn(async move { balance(&api).await });
        }
        for answer in calls.join_all().await {
            answer.unwrap();
        }
        assert_eq!(desk.refreshes().await - before, 1, "{activation:?}");
    }
}

/// The device does not know that the server's clock has moved on: the server
/// says so.
#[tokio::test]
async fn a_token_that_the_server_calls_expired_is_refreshed_once_for_all_calls() {
    let desk = Desk::open(Activation::AtOnce).await;
    let session = desk.session().await;
    let api = desk.api(&session);
    desk.shop.sandbox.clock().advance(TOKEN_SECONDS - 100);
    api.server().time().await.unwrap();
    let before = desk.refreshes().await;
    // Less than the server's clock and the device's may differ.
    desk.shop.sandbox.clock().advance(150);
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let api = api.clone();
        calls.spawn(async move { balance(&api).await });
    }
    for answer in calls.join_all().await {
        answer.unwrap();
    }
    assert_eq!(desk.refreshes().await - before, 1);
}

#[tokio::test]
async fn a_call_that_is_given_up_does_not_lose_the_token_on_its_way() {
    let desk = Desk::open(Activation::AtOnce).await;
    let session = desk.session().await;
    let api = desk.api(&session);
    desk.shop.sandbox.clock().advance(TOKEN_SECONDS + 1);
    api.server().time().await.unwrap();
    desk.break_next("POST", "oauth/v1/token", Fault::Delay(Duration::from_secs(600)));
    let given_up = tokio::spawn({
        let api = api.clone();
        async move { balance(&api).await }
    });
    desk.shop.sandbox.faults().held().wait_for(|held| *held == 1).await.unwrap();
    given_up.abort();
    assert!(given_up.await.unwrap_err().is_cancelled());
    desk.shop.sandbox.faults().release();
    balance(&api).await.unwrap();
}

#[tokio::test]
async fn nobody_waits_for_a_refresh_longer_than_they_said() {
    let desk = Desk::open(Activation::AtOnce).await;
    let session = desk.session().await;
    let api = desk.api(&session);
    desk.shop.sandbox.clock().advance(TOKEN_SECONDS + 1);
    api.server().time().await.unwrap();
    desk.break_next("POST", "oauth/v1/token", Fault::Delay(Duration::from_secs(600)));
    let hurried = api.within(Duration::from_millis(100));
    let late = tokio::time::timeout(Duration::from_secs(5), balance(&hurried)).await;
    let late = late.expect("it waits for the refresh");
    let error = late.unwrap_err();
    assert!(matches!(error, WalletApiError::NotRenewed(_)), "{error:?}");
    assert_eq!(error.delivery(), Delivery::NotSent);
    // The refresh goes on without the one who asked for it first.
    desk.shop.sandbox.faults().held().wait_for(|held| *held == 1).await.unwrap();
    desk.shop.sandbox.faults().release();
    balance(&api).await.unwrap();
}

#[tokio::test]
async fn a_refused_refresh_ends_the_session_and_is_not_repeated() {
    let desk = Desk::open(Activation::AtOnce).await;
    let first = desk.session().await;
    let second = desk.sign_in.resume().unwrap().unwrap();
    desk.shop.sandbox.clock().advance(TOKEN_SECONDS + 1);
    let (first, api) = (desk.api(&first), desk.api(&second));
    first.server().time().await.unwrap();
    api.server().time().await.unwrap();
    // One of two copies uses up the refresh token.
    balance(&first).await.unwrap();
    let before = desk.refreshes().await;
    for _ in 0..5 {
        assert!(matches!(balance(&api).await, Err(WalletApiError::SignedOut(_))));
    }
    assert_eq!(desk.refreshes().await - before, 1);
    assert!(second.is_signed_out());
    // What the other copy has written down is good.
    let resumed = desk.sign_in.resume().unwrap().expect("the good tokens are forgotten");
    balance(&desk.api(&resumed)).await.unwrap();
}

/// The defect of a peer: calls that wait for a refresh which is refused with 429
/// never end.
#[tokio::test]
async fn calls_that_wait_for_a_refresh_end_when_it_is_refused_with_429() {
    let desk = Desk::open(Activation::AtOnce).await;
    let session = desk.session().await;
    let api = desk.api(&session);
    desk.shop.sandbox.clock().advance(TOKEN_SECONDS + 1);
    api.server().time().await.unwrap();
    let before = desk.refreshes().await;
    desk.break_next("POST", "oauth/v1/token", Fault::Status { status: 429, retry_after: Some(30) });
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let api = api.clone();
        calls.spawn(async move { balance(&api).await });
    }
    for answer in calls.join_all().await {
        match answer {
            Err(error @ WalletApiError::NotRenewed(_)) => {
                assert_eq!(error.retry_after().unwrap().as_secs(), 30)
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(desk.refreshes().await - before, 1);
    assert!(!session.is_signed_out());
}

#[tokio::test]
async fn a_lost_answer_to_an_activated_refresh_loses_nothing() {
    for (method, path) in [("POST", "oauth/v1/token"), ("PUT", "/activate")] {
        let desk = Desk::open(Activation::Separate).await;
        let session = desk.session().await;
        let api = desk.api(&session);
        // Within the margin: the old token is good for a little longer.
        desk.shop.sandbox.clock().advance(TOKEN_SECONDS - 30);
        api.server().time().await.unwrap();
        desk.break_next(method, path, Fault::DropAnswer);
        let first = balance(&api).await;
        // A token that was activated without an answer has ended the old one.
        assert!(first.is_ok() || path == "/activate", "{first:?}");
        drop((api, session));
        // The app dies and comes back.
        let resumed = desk.sign_in.resume().unwrap().unwrap();
        balance(&desk.api(&resumed)).await.unwrap();
    }
}

#[tokio::test]
async fn a_session_can_be_current_without_a_request() {
    let desk = Desk::open(Activation::AtOnce).await;
    let session = desk.session().await;
    let before = desk.shop.sandbox.requests();
    for _ in 0..10 {
        session.current().await.unwrap();
    }
    assert_eq!(desk.shop.sandbox.requests(), before);
    assert!(!format!("{session:?} {:?} {:?}", desk.sign_in, desk.store).contains(CUSTOMER.mac_key));
}

#[tokio::test]
async fn a_session_gets_more_scopes_with_a_code_and_survives_a_wrong_one() {
    for activation in [Activation::AtOnce, Activation::Separate] {
        let desk = Desk::open(activation).await;
        let session = desk.session().await;
        let api = desk.api(&session);
        let scopes = [ScopeName::Balance.into()];
        let extended = [ExtendedScope::ConvertCurrency];
        let extend = |code: &str| {
            let code = Secret::new(code.to_owned());
            async {
                let code = code;
                session.extend(&scopes, &extended, &code).await
            }
        };
        assert!(extend("000000").await.unwrap_err().server().is_some());
        balance(&api).await.unwrap();
        let before = session.current().await.unwrap();
        desk.shop.sandbox.send_scope_code(CUSTOMER.user, "convert_currency").await.unwrap();
        let code = desk.shop.sandbox.messages().await.unwrap().first().unwrap().code.clone();
        extend(&code).await.unwrap();
        assert!(!Arc::ptr_eq(&before, &session.current().await.unwrap()));
        balance(&api).await.unwrap();
        // The extended session is the one that was written down.
        let resumed = desk.sign_in.resume().unwrap().unwrap();
        balance(&desk.api(&resumed)).await.unwrap();
    }
}
