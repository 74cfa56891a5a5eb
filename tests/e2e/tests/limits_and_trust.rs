//! A server that limits requests, and servers that are not the right one.
// Tests stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use paysera_core::auth::FixedCredentials;
use paysera_core::code::ReservationCode;
use paysera_core::error::{ApiError, ApiErrorKind};
use paysera_core::wallet_api::{
    Captcha, CreateTransaction, Delivery, Environment, EnvironmentError, NewPayment, RequestBudget,
    RetryPolicy, WalletApi, WalletApiError, WalletRef,
};
use paysera_e2e::{client, gel, unlimited};
use paysera_sandbox::{Fault, FaultRule, Sandbox, SandboxBuilder, TlsOptions, seed};

async fn start(builder: SandboxBuilder) -> (Sandbox, Environment) {
    let sandbox = builder.start(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.unwrap();
    let environment = Environment::sandbox(&sandbox.base_url()).unwrap();
    (sandbox, environment)
}

fn till() -> Arc<FixedCredentials> {
    Arc::new(FixedCredentials::new(seed::RETAILER_CLIENT_ID.to_owned(), seed::RETAILER_MAC_KEY.to_owned()))
}

fn coffee() -> CreateTransaction {
    CreateTransaction { payments: vec![NewPayment::new("Coffee", gel(1))], ..CreateTransaction::default() }
}

async fn spend(api: &WalletApi, requests: u32) {
    for _ in 0..requests {
        api.wallets().get(WalletRef::Me).await.unwrap();
    }
}

#[tokio::test]
async fn a_captcha_stops_writes_at_once_and_reads_wait_until_it_is_solved() {
    let (sandbox, environment) = start(Sandbox::builder().documented_rate_limits()).await;
    let api = client(&environment, till());
    spend(&api, 60).await;
    let first = api.wallets().get(WalletRef::Me).await.unwrap_err();
    let captcha = first.captcha().expect("it says what to do").clone();
    assert_eq!(captcha.site_key, "sandbox-site-key");
    assert_eq!(ApiError::from(&first).kind, ApiErrorKind::CaptchaRequired { captcha: captcha.clone() });

    // From here on nothing is sent.
    let before = sandbox.requests();
    let write = api.transactions().create(&coffee()).await.unwrap_err();
    assert_eq!((write.delivery(), write.captcha()), (Delivery::NotSent, Some(&captcha)));
    let early = api.within(Duration::from_millis(20)).wallets().get(WalletRef::Me).await.unwrap_err();
    assert!(matches!(early, WalletApiError::Paused { .. }), "{early:?}");
    let waiting = tokio::spawn({
        let api = api.clone();
        async move { api.wallets().get(WalletRef::Me).await }
    });
    tokio::task::yield_now().await;
    assert_eq!(sandbox.requests(), before);

    let elsewhere = Captcha { unlock_url: "http://127.0.0.1:1/".to_owned(), ..captcha.clone() };
    let refused = api.unlock(&elsewhere, "answer").await;
    assert!(matches!(refused, Err(WalletApiError::InvalidRequest { .. })), "{refused:?}");
    api.unlock(&captcha, "answer").await.unwrap();
    waiting.await.unwrap().unwrap();
    api.transactions().create(&coffee()).await.unwrap();
}

#[tokio::test]
async fn who_keeps_the_budget_is_never_refused() {
    let (sandbox, environment) = start(Sandbox::builder().documented_rate_limits()).await;
    let budget = Arc::new(RequestBudget::documented(std::num::NonZeroU32::MIN));
    let api = WalletApi::builder(environment, till()).budget(Arc::clone(&budget)).build().unwrap();
    // What polls may have of 60 a minute.
    spend(&api.watching(), 45).await;
    let spent = api.within(Duration::ZERO).watching().wallets().get(WalletRef::Me).await;
    assert!(matches!(spent, Err(WalletApiError::BudgetSpent { .. })), "{spent:?}");
    // A payment still goes through.
    api.transactions().create(&coffee()).await.unwrap();
    assert_eq!(sandbox.requests(), 46);
}

fn trusted(sandbox: &Sandbox) -> Environment {
    Environment::sandbox(&sandbox.base_url()).unwrap().trust_root_pem(sandbox.ca_pem().unwrap()).unwrap()
}

async fn reaches(environment: Environment) -> Result<(), WalletApiError> {
    let once = RetryPolicy { tries: 1, ..RetryPolicy::default() };
    let api = WalletApi::builder(environment, till()).budget(unlimited()).retries(once).build().unwrap();
    api.server().time().await.map(|_| ())
}

#[tokio::test]
async fn only_a_server_with_the_right_certificate_and_key_is_talked_to() {
    let (sandbox, environment) = start(Sandbox::builder().tls(TlsOptions::default())).await;
    let pin = sandbox.public_key_pin().unwrap();
    reaches(trusted(&sandbox)).await.unwrap();
    reaches(trusted(&sandbox).pin_keys([[7; 32], pin])).await.unwrap();
    let wrong = [
        // Of an authority that nobody knows, also with the right key.
        environment.clone(),
        environment.clone().pin_keys([pin]),
        // With another key.
        trusted(&sandbox).pin_keys([[7; 32]]),
    ];
    for environment in wrong {
        let error = reaches(environment).await.unwrap_err();
        assert!(matches!(error, WalletApiError::Unreachable(_)), "{error:?}");
        assert_eq!(error.delivery(), Delivery::NotSent);
    }
    assert_eq!(environment.trust_root_pem("nonsense").unwrap_err(), EnvironmentError::NotACertificate);
}

#[tokio::test]
async fn a_pin_stays_good_over_a_restart() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("kept-server-key");
    let _ = std::fs::remove_dir_all(&folder);
    let options = || TlsOptions { directory: Some(folder.clone()), names: Vec::new() };
    let (first, _) = start(Sandbox::builder().tls(options())).await;
    let pin = first.public_key_pin().unwrap();
    first.shutdown().await;
    let (second, _) = start(Sandbox::builder().tls(options())).await;
    reaches(trusted(&second).pin_keys([pin])).await.unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
}

/// Wrong reservation codes are limited, too: that concerns their customer and
/// not the till.
#[tokio::test]
async fn a_write_that_is_limited_for_what_it_says_does_not_hold_up_the_till() {
    let (sandbox, environment) = start(Sandbox::builder()).await;
    let api = client(&environment, till());
    let limited = FaultRule::new("/reserve", Fault::Status { status: 429, retry_after: Some(600) }).times(1);
    sandbox.faults().add(limited).unwrap();
    let key = api.transactions().create(&coffee()).await.unwrap().transaction_key;
    let code = ReservationCode::parse("0112345678903305676022535991").unwrap();
    let error = api.transactions().reserve_by_code(&key, &code).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(600)));
    assert_eq!(ApiError::from(&error).kind, ApiErrorKind::ServerBusy);
    api.within(Duration::from_secs(20)).transactions().get(&key).await.unwrap();
    api.transactions().reserve_by_code(&key, &code).await.unwrap();
}
