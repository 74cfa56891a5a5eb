//! Every fault of the sandbox, aimed at every call: a bounded number of
//! requests, the right error, and the right decision on a repetition.
// Tests stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod calls;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use paysera_core::auth::FixedCredentials;
use paysera_core::error::{ApiError, ApiErrorKind, Retry};
use paysera_core::wallet_api::{
    Bounds, Delivery, Environment, Exchange, ExchangeFuture, HttpAnswer, HttpRequest, RetryPolicy, WalletApi,
    WalletApiError,
};
use paysera_e2e::{Shop, client};
use paysera_sandbox::{Fault, FaultRule, seed};

use calls::{Call, all};

/// A client that waits no longer than this where nothing comes; enough for a request to
/// arrive, also on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(1);

fn phone(shop: &Shop) -> WalletApi {
    let credentials =
        FixedCredentials::new(seed::CUSTOMER.token.to_owned(), seed::CUSTOMER.mac_key.to_owned());
    client(&shop.environment, Arc::new(credentials))
}

/// Makes every call while all its requests meet the fault. Gives what came of it
/// and how many requests it took.
async fn with_all(
    fault: Fault,
    patience: Option<Duration>,
    mut check: impl FnMut(&Call, Result<(), WalletApiError>, u64),
) {
    let shop = Shop::open().await;
    shop.sandbox.faults().add(FaultRule::new("*", fault)).unwrap();
    for call in all() {
        // Of its own: a client that was told to wait does.
        let api = phone(&shop);
        let api = patience.map_or(api.clone(), |patience| api.within(patience));
        let before = shop.sandbox.requests();
        let outcome = (call.make)(api).await;
        check(&call, outcome, shop.sandbox.requests() - before);
        shop.sandbox.faults().release();
    }
}

/// Reads are tried as often as the policy says, writes once.
fn tries(call: &Call) -> u64 {
    if call.is_read { u64::from(RetryPolicy::default().tries) } else { 1 }
}

#[track_caller]
fn assert_public(call: &Call, error: &WalletApiError, kind: &ApiErrorKind, retry: Retry) {
    let public = ApiError::from(error);
    assert_eq!((&public.kind, public.retry), (kind, retry), "{}: {error:?}", call.name);
}

#[tokio::test]
async fn a_server_out_of_order() {
    for status in [500, 502, 503] {
        with_all(Fault::Status { status, retry_after: None }, None, |call, outcome, requests| {
            let error = outcome.expect_err(call.name);
            assert_eq!(error.server().map(|error| error.status), Some(status), "{}", call.name);
            assert_eq!(error.delivery(), Delivery::Unknown);
            assert_public(call, &error, &ApiErrorKind::ServerBusy, Retry::AfterReading);
            assert_eq!(requests, tries(call), "{} {status}", call.name);
        })
        .await;
    }
}

#[tokio::test]
async fn a_server_that_limits_requests() {
    let busy = Fault::Status { status: 429, retry_after: Some(30) };
    // Less than it is told to wait.
    with_all(busy, Some(Duration::from_secs(10)), |call, outcome, requests| {
        let error = outcome.expect_err(call.name);
        assert_eq!(requests, 1, "{}", call.name);
        assert_ne!(error.delivery(), Delivery::Unknown);
        let public = ApiError::from(&error);
        assert_eq!(public.kind, ApiErrorKind::ServerBusy, "{}", call.name);
        let Retry::After(wait) = public.retry else { panic!("{}: {:?}", call.name, public.retry) };
        assert!(wait > Duration::from_secs(25) && wait <= Duration::from_secs(30), "{wait:?}");
    })
    .await;
}

#[tokio::test]
async fn a_connection_that_breaks() {
    for fault in [Fault::DropRequest, Fault::DropAnswer, Fault::Truncate] {
        with_all(fault, None, |call, outcome, requests| {
            let error = outcome.expect_err(call.name);
            assert!(matches!(error, WalletApiError::AnswerLost(_)), "{} {fault:?}: {error:?}", call.name);
            assert_eq!(error.delivery(), Delivery::Unknown);
            assert_public(call, &error, &ApiErrorKind::NoAnswer, Retry::AfterReading);
            assert_eq!(requests, tries(call), "{} {fault:?}", call.name);
        })
        .await;
    }
}

#[tokio::test]
async fn a_server_that_says_nothing_or_comes_late() {
    let shop = Shop::open().await;
    for fault in [Fault::Silence, Fault::Delay(Duration::from_secs(300))] {
        shop.sandbox.faults().add(FaultRule::new("*", fault)).unwrap();
        for name in ["transactions.get", "transactions.confirm"] {
            let call = all().into_iter().find(|call| call.name == name).unwrap();
            let mut held = shop.sandbox.faults().held();
            let outcome = (call.make)(phone(&shop).within(PATIENCE)).await;
            assert!(held.wait_for(|held| *held == 1).await.is_ok(), "one request waits for its answer");
            let error = outcome.expect_err(name);
            assert!(matches!(error, WalletApiError::TimedOut(_)), "{name} {fault:?}: {error:?}");
            assert_public(&call, &error, &ApiErrorKind::NoAnswer, Retry::AfterReading);
            shop.sandbox.faults().release();
            held.wait_for(|held| *held == 0).await.unwrap();
        }
        shop.sandbox.faults().clear();
    }
}

/// A server that says nothing until its time is over, and counts.
#[derive(Debug, Default)]
struct Silent(AtomicU32);

impl Exchange for Silent {
    fn exchange(&self, _: HttpRequest, bounds: Bounds) -> ExchangeFuture<'_> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move {
            tokio::time::sleep(bounds.time).await;
            Err(WalletApiError::TimedOut("silence".into()))
        })
    }
}

#[tokio::test(start_paused = true)]
async fn no_call_takes_longer_than_its_patience() {
    for call in all() {
        let server = Arc::new(Silent::default());
        let began = tokio::time::Instant::now();
        let error = (call.make)(talking_to(server.clone())).await.expect_err(call.name);
        assert!(matches!(error, WalletApiError::TimedOut(_)), "{}: {error:?}", call.name);
        // 30 s for one request, 45 s for all of a call.
        let (requests, seconds) = if call.is_read { (2, 45) } else { (1, 30) };
        assert_eq!(server.0.load(Ordering::SeqCst), requests, "{}", call.name);
        assert!(began.elapsed() <= Duration::from_secs(seconds), "{}: {:?}", call.name, began.elapsed());
    }
}

#[tokio::test]
async fn nobody_waits_for_the_time_that_another_asks_for_longer_than_they_said() {
    let shop = Shop::open().await;
    shop.sandbox.clock().set_offset(600);
    let slow = FaultRule::new("/server", Fault::Delay(Duration::from_secs(300))).times(1);
    shop.sandbox.faults().add(slow).unwrap();
    let get = || all().into_iter().find(|call| call.name == "wallets.get").unwrap();
    let patient = tokio::spawn((get().make)(phone(&shop)));
    shop.sandbox.faults().held().wait_for(|held| *held == 1).await.unwrap();
    let hurried = (get().make)(phone(&shop).within(PATIENCE));
    let late = tokio::time::timeout(Duration::from_secs(5), hurried).await.expect("it waits for the time");
    assert!(matches!(late, Err(WalletApiError::TimedOut(_))), "{late:?}");
    shop.sandbox.faults().release();
    patient.await.unwrap().unwrap();
}

#[tokio::test]
async fn an_answer_of_somebody_else() {
    with_all(Fault::NotJson, None, |call, outcome, requests| {
        assert_eq!(requests, 1, "{}", call.name);
        if call.name == "server.callback_key" {
            // Not JSON either; whoever uses it as a key finds out.
            return;
        }
        let error = outcome.expect_err(call.name);
        assert!(matches!(error, WalletApiError::NotUnderstood { .. }), "{}: {error:?}", call.name);
        assert!(!error.to_string().contains('<'), "{error}");
    })
    .await;
}

#[tokio::test]
async fn an_answer_of_another_type_or_of_a_second_run() {
    for fault in [Fault::WrongContentType, Fault::ProcessTwice] {
        with_all(fault, None, |call, outcome, requests| {
            assert_eq!(requests, 1, "{} {fault:?}", call.name);
            // What stands in it counts: an answer, or the server's refusal.
            if let Err(error) = outcome {
                assert!(matches!(error, WalletApiError::Server(_)), "{} {fault:?}: {error:?}", call.name);
                assert_eq!(error.delivery(), Delivery::Refused);
            }
        })
        .await;
    }
}

/// The defect of a peer: it repeats a POST blindly after a 502.
#[tokio::test]
async fn a_post_is_not_repeated_after_a_502() {
    let shop = Shop::open().await;
    let rule =
        FaultRule::new("/transaction", Fault::Status { status: 502, retry_after: None }).method("POST");
    shop.sandbox.faults().add(rule.times(1)).unwrap();
    let create = all().into_iter().find(|call| call.name == "transactions.create").unwrap();
    let before = shop.sandbox.requests();
    (create.make)(shop.api()).await.expect_err("the one request failed");
    assert_eq!(shop.sandbox.requests() - before, 1);
    assert_eq!(shop.transactions().await, []);
}

/// A client whose requests go nowhere else.
fn talking_to(server: Arc<dyn Exchange>) -> WalletApi {
    let credentials = FixedCredentials::new("id".to_owned(), "key".to_owned());
    let environment = Environment::sandbox("http://127.0.0.1:1/").unwrap();
    WalletApi::builder(environment, Arc::new(credentials)).exchange(server).build().unwrap()
}

/// A server that refuses every timestamp, and counts.
#[derive(Debug, Default)]
struct NeverInTime(AtomicU32);

impl Exchange for NeverInTime {
    fn exchange(&self, request: HttpRequest, _: Bounds) -> ExchangeFuture<'_> {
        self.0.fetch_add(1, Ordering::SeqCst);
        let (status, body) = if request.url.path().ends_with("/server") {
            (200, r#"{"time":1760000000}"#)
        } else {
            (401, r#"{"error":"invalid_timestamp","error_description":"Timestamp lifetime exceeded"}"#)
        };
        let status = http::StatusCode::from_u16(status).unwrap();
        let answer = HttpAnswer { status, headers: http::HeaderMap::new(), body: body.into() };
        Box::pin(std::future::ready(Ok(answer)))
    }
}

/// The defect of a peer: it repeats a request without end while its timestamp is
/// refused (66 requests in 3 s).
#[tokio::test]
async fn a_timestamp_that_is_always_refused_ends_after_three_requests() {
    let calls = all();
    for call in
        calls.iter().filter(|call| !call.name.starts_with("server.") && !call.name.starts_with("locations."))
    {
        let server = Arc::new(NeverInTime::default());
        let error = (call.make)(talking_to(server.clone())).await.expect_err(call.name);
        assert_eq!(error.server().map(|error| &*error.code), Some("invalid_timestamp"), "{}", call.name);
        assert_eq!(server.0.load(Ordering::SeqCst), 3, "{}", call.name);
    }
}
