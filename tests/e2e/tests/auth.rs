//! Users who sign in, sessions that keep themselves fresh, and their ends.
// Tests stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use paysera_core::auth::{
    FixedCredentials, MemorySecretStore, SecretStore, SecretStoreError, Session, SignIn, SignInError,
};
use paysera_core::clock::SystemRandom;
use paysera_core::secret::Secret;
use paysera_core::wallet_api::{
    Activation, Credentials, DeviceInfo, ScopeName, WalletApi, WalletApiError, WalletRef,
};
use paysera_e2e::{Shop, browse, client, request_log};
use paysera_sandbox::{Fault, FaultRule, seed};
use seed::CUSTOMER;
use zeroize::Zeroizing;

/// The sandbox's tokens are good for an hour.
const TOKEN_SECONDS: i64 = 3600;

struct Desk {
    shop: Shop,
    store: Arc<MemorySecretStore>,
    sign_in: SignIn,
}

impl Desk {
    async fn open(activation: Activation) -> Self {
        let shop = Shop::open().await;
        let store = Arc::new(MemorySecretStore::default());
        let sign_in = SignIn::new(app(&shop), store.clone()).activation(activation);
        Self { shop, store, sign_in }
    }

    async fn session(&self) -> Session {
        let scopes = [ScopeName::Balance.into(), ScopeName::WalletList.into()];
        let password = Secret::new(CUSTOMER.password.to_owned());
        self.sign_in.with_password(CUSTOMER.phone, &password, &scopes).await.unwrap()
    }

    fn api(&self, session: &Session) -> WalletApi {
        client(&self.shop.environment, Arc::new(session.clone()))
    }

    /// Requests to the token endpoint so far.
    async fn refreshes(&self) -> usize {
        let log = request_log(&self.shop.sandbox).await;
        log.iter().filter(|request| request.path.ends_with("/oauth/v1/token")).count()
    }

    fn break_next(&self, method: &str, path: &str, fault: Fault) {
        self.shop.sandbox.faults().add(FaultRule::new(path, fault).method(method).times(1)).unwrap();
    }
}

fn app(shop: &Shop) -> WalletApi {
    let app = FixedCredentials::new(seed::APP_CLIENT_ID.to_owned(), seed::APP_MAC_KEY.to_owned());
    client(&shop.environment, Arc::new(app))
}

async fn balance(api: &WalletApi) -> Result<(), WalletApiError> {
    api.wallets().balance(WalletRef::Me).await.map(|_| ())
}

#[tokio::test]
async fn a_user_signs_in_with_a_password_and_is_remembered_until_signing_out() {
    let desk = Desk::open(Activation::AtOnce).await;
    assert!(desk.sign_in.resume().unwrap().is_none());
    let session = desk.session().await;
    balance(&desk.api(&session)).await.unwrap();

    let resumed = desk.sign_in.resume().unwrap().expect("the session was kept");
    balance(&desk.api(&resumed)).await.unwrap();
    resumed.sign_out().await.unwrap();
    assert!(resumed.is_signed_out());
    assert!(desk.sign_in.resume().unwrap().is_none());
    assert!(matches!(balance(&desk.api(&resumed)).await, Err(WalletApiError::SignedOut(_))));
    // The server ended the token, too, which the other copy still holds.
    assert!(balance(&desk.api(&session)).await.is_err());
}

#[tokio::test]
async fn a_wrong_password_signs_nobody_in() {
    let desk = Desk::open(Activation::AtOnce).await;
    let wrong = Secret::new("Wrong-horse-7".to_owned());
    match desk.sign_in.with_password(CUSTOMER.phone, &wrong, &[]).await {
        Err(SignInError::Api(error)) => {
            assert_eq!(error.server().unwrap().code, "invalid_grant");
            assert!(!error.to_string().contains("horse"));
        }
        other => panic!("{other:?}"),
    }
    assert!(desk.sign_in.resume().unwrap().is_none());
}

#[tokio::test]
async fn a_device_gets_credentials_of_its_own() {
    let desk = Desk::open(Activation::AtOnce).await;
    let device = DeviceInfo { title: Some("A phone".to_owned()), ..DeviceInfo::default() };
    let registered = app(&desk.shop).clients().register(&device).await.unwrap();
    let credentials = FixedCredentials::from(registered.credentials.clone());
    let device = client(&desk.shop.environment, Arc::new(credentials));
    assert_eq!(device.clients().own().await.unwrap().id, registered.client.id);
    let status = device.clients().device_status(registered.client.app_client_info_id.unwrap()).await.unwrap();
    assert_eq!(status, "active");
    let sign_in = SignIn::new(device, Arc::new(MemorySecretStore::default()));
    let password = Secret::new(CUSTOMER.password.to_owned());
    sign_in.with_password(CUSTOMER.email, &password, &[]).await.unwrap();
}

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

/// A store that can be made to refuse.
#[derive(Debug, Default)]
struct Stubborn {
    inner: MemorySecretStore,
    refuses: AtomicBool,
}

impl SecretStore for Stubborn {
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, SecretStoreError> {
        self.inner.get(name)
    }

    fn set(&self, name: &str, secret: &[u8]) -> Result<(), SecretStoreError> {
        if self.refuses.load(Ordering::SeqCst) {
            return Err(SecretStoreError { reason: "locked".to_owned() });
        }
        self.inner.set(name, secret)
    }

    fn delete(&self, name: &str) -> Result<(), SecretStoreError> {
        self.inner.delete(name)
    }

    fn delete_all(&self) -> Result<(), SecretStoreError> {
        self.inner.delete_all()
    }
}

#[tokio::test]
async fn a_store_that_refuses_begins_no_session_and_ends_none() {
    let shop = Shop::open().await;
    let store = Arc::new(Stubborn::default());
    let sign_in = SignIn::new(app(&shop), store.clone());
    let password = Secret::new(CUSTOMER.password.to_owned());
    store.refuses.store(true, Ordering::SeqCst);
    let refused = sign_in.with_password(CUSTOMER.phone, &password, &[]).await;
    assert!(matches!(refused, Err(SignInError::Store(_))), "{refused:?}");
    store.refuses.store(false, Ordering::SeqCst);
    let session =
        sign_in.with_password(CUSTOMER.phone, &password, &[ScopeName::Balance.into()]).await.unwrap();
    store.refuses.store(true, Ordering::SeqCst);
    let api = client(&shop.environment, Arc::new(session));
    shop.sandbox.clock().advance(TOKEN_SECONDS + 1);
    api.server().time().await.unwrap();
    balance(&api).await.unwrap();
    balance(&api).await.unwrap();
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
async fn a_user_signs_in_in_the_browser() {
    let desk = Desk::open(Activation::AtOnce).await;
    let base = desk.shop.sandbox.base_url();
    let redirect = "https://shop.example/back";
    let scopes = [ScopeName::Balance.into()];
    let page = format!("{base}frontend");
    let begin =
        || desk.sign_in.in_browser(&page, seed::APP_CLIENT_ID, redirect, &scopes, &SystemRandom).unwrap();
    let prefilled = desk.sign_in.prefill(begin(), CUSTOMER.email).await.unwrap();
    for sign_in in [begin(), prefilled] {
        let question = sign_in.url().strip_prefix(base.trim_end_matches('/')).unwrap().to_owned();
        let (_, _, html) = browse(&desk.shop.sandbox, "GET", &question, "").await;
        let html = String::from_utf8(html).unwrap();
        let action = html.split("action=\"").nth(1).unwrap().split('"').next().unwrap();
        let page = format!("/frontend/oauth/{}", action.rsplit('/').next().unwrap());
        let form = format!("decision=allow&user={}", CUSTOMER.user);
        let (_, back, _) = browse(&desk.shop.sandbox, "POST", &page, &form).await;
        let session = desk.sign_in.finish(&sign_in, &back).await.unwrap();
        balance(&desk.api(&session)).await.unwrap();
        // The code is used up.
        assert!(matches!(desk.sign_in.finish(&sign_in, &back).await, Err(SignInError::Api(_))));
    }
}
