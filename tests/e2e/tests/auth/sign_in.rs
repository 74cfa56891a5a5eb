//! Who signs in, how, and until when.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use paysera_core::auth::{
    FixedCredentials, MemorySecretStore, SecretStore, SecretStoreError, SignIn, SignInError,
};
use paysera_core::clock::SystemRandom;
use paysera_core::secret::Secret;
use paysera_core::wallet_api::{Activation, DeviceInfo, ScopeName, Token, WalletApiError};
use paysera_e2e::{Shop, browse, client, request_log};
use paysera_sandbox::seed;
use paysera_sandbox::seed::CUSTOMER;
use zeroize::Zeroizing;

use crate::{Desk, TOKEN_SECONDS, app, balance};

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
    let last = request_log(&shop.sandbox).await.pop().unwrap();
    assert_eq!((last.method.as_str(), last.status), ("DELETE", 200), "its token is still good: {last:?}");
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
async fn a_token_is_got_refreshed_activated_and_ended_by_hand() {
    let shop = Shop::open().await;
    let app = app(&shop);
    let oauth = app.oauth();
    let password = Secret::new(CUSTOMER.password.to_owned());
    let scopes = [ScopeName::Balance.into()];
    let first = oauth.by_password(CUSTOMER.phone, &password, &scopes).await.unwrap();
    let api_of =
        |token: &Token| client(&shop.environment, Arc::new(FixedCredentials::from(token.credentials())));
    balance(&api_of(&first)).await.unwrap();
    let second = oauth.refresh(first.refresh_token.as_ref().unwrap(), Activation::Separate).await.unwrap();
    // Not before it is activated; the first is good until then.
    assert!(balance(&api_of(&second)).await.is_err());
    balance(&api_of(&first)).await.unwrap();
    let active = oauth.activate(&second.access_token).await.unwrap();
    balance(&api_of(&active)).await.unwrap();
    assert!(balance(&api_of(&first)).await.is_err());
    oauth.revoke(&active.access_token).await.unwrap();
    assert!(balance(&api_of(&active)).await.is_err());
    let wrong = Secret::new("nonsense".to_owned());
    let refused = oauth.by_code(&wrong, "https://shop.example/").await.unwrap_err();
    assert_eq!(refused.server().unwrap().code, "invalid_grant");
}
