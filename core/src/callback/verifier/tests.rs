use std::sync::atomic::{AtomicU32, Ordering};

use super::*;
use crate::auth::FixedCredentials;
use crate::callback::tests::{Published, published};
use crate::wallet_api::{
    Bounds, Environment, Exchange, ExchangeFuture, HttpAnswer, HttpRequest, RetryPolicy,
};

/// A key that signed nothing here.
const OTHER_KEY: &str = include_str!("../../../tests/data/callback-other-key.pem");

/// A server that answers with what it is told to, after a while, and counts.
#[derive(Debug, Default)]
struct KeyServer {
    requests: AtomicU32,
    /// `None` while the server is down.
    answer: Mutex<Option<String>>,
}

impl KeyServer {
    fn says(&self, answer: Option<&str>) {
        *self.answer.lock().unwrap() = answer.map(str::to_owned);
    }

    fn requests(&self) -> u32 {
        self.requests.load(Ordering::SeqCst)
    }
}

/// How long the server takes.
const ANSWER_TIME: Duration = Duration::from_secs(1);

impl Exchange for KeyServer {
    fn exchange(&self, request: HttpRequest, _: Bounds) -> ExchangeFuture<'_> {
        assert!(request.url.path().ends_with("/publickey"));
        self.requests.fetch_add(1, Ordering::SeqCst);
        Box::pin(async {
            tokio::time::sleep(ANSWER_TIME).await;
            let answer = self.answer.lock().unwrap().clone();
            let body = answer.ok_or_else(|| WalletApiError::Unreachable("down".into()))?;
            let status = http::StatusCode::OK;
            Ok(HttpAnswer { status, headers: http::HeaderMap::new(), body: body.into() })
        })
    }
}

fn verifier(server: &Arc<KeyServer>) -> CallbackVerifier {
    let credentials = FixedCredentials::new("id".to_owned(), "key".to_owned());
    let environment = Environment::sandbox("http://127.0.0.1:1/").unwrap();
    let api = WalletApi::builder(environment, Arc::new(credentials))
        .exchange(server.clone())
        .retries(RetryPolicy { tries: 1, ..RetryPolicy::default() })
        .build()
        .unwrap();
    CallbackVerifier::new(api)
}

async fn forged(verifier: &CallbackVerifier) -> CallbackError {
    verifier.verify("{}", "AAAA").await.expect_err("nobody signed it")
}

async fn pass(seconds: u64) {
    tokio::time::advance(Duration::from_secs(seconds)).await;
}

#[tokio::test(start_paused = true)]
async fn a_failed_key_fetch_counts_against_the_limit() {
    let server = Arc::new(KeyServer::default());
    let verifier = verifier(&server);
    let Published { event, sign, public_key } = published();
    // No key yet.
    for _ in 0..100 {
        assert!(matches!(forged(&verifier).await, CallbackError::NoKey(_)));
    }
    assert_eq!(server.requests(), 1);
    pass(FAILED_REFETCH.as_secs()).await;
    server.says(Some("no key"));
    for _ in 0..100 {
        assert!(matches!(forged(&verifier).await, CallbackError::Key(_)));
    }
    assert_eq!(server.requests(), 2);
    pass(FAILED_REFETCH.as_secs()).await;
    server.says(Some(&public_key));
    verifier.verify(&event, &sign).await.unwrap();
    assert_eq!(server.requests(), 3);
    // A key that may be old.
    server.says(None);
    pass(KEY_REFETCH.as_secs()).await;
    for _ in 0..100 {
        assert!(matches!(forged(&verifier).await, CallbackError::NoKey(_)));
    }
    assert_eq!(server.requests(), 4);
    verifier.verify(&event, &sign).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_callback_that_fits_the_cached_key_never_waits() {
    let server = Arc::new(KeyServer::default());
    let verifier = verifier(&server);
    let Published { event, sign, public_key } = published();
    server.says(Some(&public_key));
    verifier.verify(&event, &sign).await.unwrap();
    server.says(None);
    pass(KEY_REFETCH.as_secs()).await;
    let waiting = verifier.clone();
    let waiting = tokio::spawn(async move { forged(&waiting).await });
    while server.requests() < 2 {
        tokio::task::yield_now().await;
    }
    let began = Instant::now();
    verifier.verify(&event, &sign).await.unwrap();
    assert_eq!(began.elapsed(), Duration::ZERO);
    assert!(matches!(waiting.await.unwrap(), CallbackError::NoKey(_)));
}

#[tokio::test(start_paused = true)]
async fn many_callbacks_at_once_cause_one_fetch() {
    for answer in [None, Some(published().public_key)] {
        let server = Arc::new(KeyServer::default());
        server.says(answer.as_deref());
        let verifier = verifier(&server);
        let mut callbacks = tokio::task::JoinSet::new();
        for _ in 0..50 {
            let verifier = verifier.clone();
            callbacks.spawn(async move { forged(&verifier).await });
        }
        callbacks.join_all().await;
        assert_eq!(server.requests(), 1, "{answer:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_hangs_up_does_not_make_the_fetch_uncounted() {
    let server = Arc::new(KeyServer::default());
    let verifier = verifier(&server);
    for _ in 0..20 {
        let waiting = verifier.clone();
        let waiting = tokio::spawn(async move { forged(&waiting).await });
        while server.requests() == 0 {
            tokio::task::yield_now().await;
        }
        waiting.abort();
    }
    pass(2).await;
    forged(&verifier).await;
    assert_eq!(server.requests(), 1);
}

#[tokio::test(start_paused = true)]
async fn another_key_of_the_server_is_found_within_a_minute() {
    let server = Arc::new(KeyServer::default());
    let verifier = verifier(&server);
    let Published { event, sign, public_key } = published();
    server.says(Some(OTHER_KEY));
    assert!(matches!(verifier.verify(&event, &sign).await, Err(CallbackError::NotSigned)));
    server.says(Some(&public_key));
    assert!(matches!(verifier.verify(&event, &sign).await, Err(CallbackError::NotSigned)));
    assert_eq!(server.requests(), 1);
    pass(KEY_REFETCH.as_secs()).await;
    verifier.verify(&event, &sign).await.unwrap();
    assert_eq!(server.requests(), 2);
}
