use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::auth::FixedCredentials;
use crate::clock::SystemClock;
use crate::wallet_api::{Bounds, Environment, Exchange, ExchangeFuture, HttpAnswer, HttpRequest};

/// A server that first asks for a pause.
#[derive(Debug, Default)]
struct Overloaded(AtomicUsize);

impl Exchange for Overloaded {
    fn exchange(&self, _: HttpRequest, _: Bounds) -> ExchangeFuture<'_> {
        let first = self.0.fetch_add(1, Ordering::SeqCst) == 0;
        let (mut headers, mut status) = (http::HeaderMap::new(), http::StatusCode::OK);
        let mut body =
            r#"{"transaction_key":"CiGEL0000000000000B1","created_at":1,"status":"new","payments":[]}"#;
        if first {
            headers.insert("retry-after", http::HeaderValue::from_static("30"));
            (status, body) = (http::StatusCode::SERVICE_UNAVAILABLE, r#"{"error":"busy"}"#);
        }
        Box::pin(std::future::ready(Ok(HttpAnswer { status, headers, body: body.into() })))
    }
}

#[tokio::test(start_paused = true)]
async fn a_poke_looks_at_once_but_not_within_a_pause_that_the_server_asked_for() {
    let server = Arc::new(Overloaded::default());
    let asked = || server.0.load(Ordering::SeqCst);
    let environment = Environment::sandbox("http://127.0.0.1:1/").unwrap();
    let credentials = FixedCredentials::new("id".to_owned(), "key".to_owned());
    let api = WalletApi::builder(environment, Arc::new(credentials)).exchange(server.clone());
    let pace = Pace { first: Duration::from_secs(1), ..Pace::steady(Duration::from_secs(60)) };
    let watcher =
        Watcher::new(&api.build().unwrap(), Arc::new(SystemClock), pace, None, watch::channel(true).1);
    let (inbox, _messages) = mpsc::unbounded_channel();
    let key = TransactionKey::parse("CiGEL0000000000000B1").unwrap();
    let watch = watcher.watch(key, inbox);
    let pass = |seconds| tokio::time::sleep(Duration::from_secs(seconds));
    pass(2).await;
    assert_eq!(asked(), 1);
    for _ in 0..9 {
        watch.poke();
        watcher.poke(None);
        pass(3).await;
        assert_eq!(asked(), 1);
    }
    pass(3).await;
    assert_eq!(asked(), 2, "the poke is heard when the pause is over");
    watch.poke();
    pass(1).await;
    assert_eq!(asked(), 3);
}
