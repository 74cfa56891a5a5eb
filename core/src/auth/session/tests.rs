//! A server whose tokens live as long as a test says, and a store that refuses.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering};

use zeroize::Zeroizing;

use super::*;
use crate::auth::{FixedCredentials, MemorySecretStore, SignIn};
use crate::clock::{Clock, Sleep};
use crate::secret::Secret;
use crate::wallet_api::{Bounds, Environment, Exchange, ExchangeFuture, HttpAnswer, HttpRequest};

/// Answers each request with another token.
#[derive(Debug)]
struct TokenServer {
    life: i64,
    is_down: AtomicBool,
    given: AtomicU32,
}

impl Exchange for TokenServer {
    fn exchange(&self, _: HttpRequest, _: Bounds) -> ExchangeFuture<'_> {
        if self.is_down.load(Ordering::SeqCst) {
            return Box::pin(std::future::ready(Err(WalletApiError::Unreachable("down".into()))));
        }
        let number = self.given.fetch_add(1, Ordering::SeqCst) + 1;
        let body = format!(
            r#"{{"access_token":"t{number}","token_type":"mac","mac_key":"k","mac_algorithm":"hmac-sha-256",
                "expires_in":{},"refresh_token":"r{number}"}}"#,
            self.life
        );
        let (status, headers) = (http::StatusCode::OK, http::HeaderMap::new());
        Box::pin(std::future::ready(Ok(HttpAnswer { status, headers, body: body.into() })))
    }
}

/// Goes on when a test says so.
#[derive(Debug, Default)]
struct SetClock(AtomicI64);

impl Clock for SetClock {
    fn now(&self) -> UnixSeconds {
        UnixSeconds(self.0.load(Ordering::SeqCst))
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// A store that can be locked, and counts what it is asked to keep.
#[derive(Debug, Default)]
struct Locker {
    inside: MemorySecretStore,
    is_locked: AtomicBool,
    tried: AtomicU32,
}

impl SecretStore for Locker {
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, SecretStoreError> {
        self.inside.get(name)
    }

    fn set(&self, name: &str, secret: &[u8]) -> Result<(), SecretStoreError> {
        self.tried.fetch_add(1, Ordering::SeqCst);
        if self.is_locked.load(Ordering::SeqCst) {
            return Err(SecretStoreError { reason: "locked".to_owned() });
        }
        self.inside.set(name, secret)
    }

    fn delete(&self, name: &str) -> Result<(), SecretStoreError> {
        self.inside.delete(name)
    }

    fn delete_all(&self) -> Result<(), SecretStoreError> {
        self.inside.delete_all()
    }
}

struct Phone {
    server: Arc<TokenServer>,
    store: Arc<Locker>,
    clock: Arc<SetClock>,
    session: Session,
}

impl Phone {
    async fn signed_in(life: i64) -> Self {
        let server =
            Arc::new(TokenServer { life, is_down: AtomicBool::new(false), given: AtomicU32::new(0) });
        let (store, clock) = (Arc::new(Locker::default()), Arc::new(SetClock::default()));
        let app = FixedCredentials::new("app".to_owned(), "key".to_owned());
        let api = WalletApi::builder(Environment::sandbox("http://127.0.0.1:1/").unwrap(), Arc::new(app))
            .exchange(server.clone())
            .clock(clock.clone())
            .build()
            .unwrap();
        let password = Secret::new("p".to_owned());
        let session = SignIn::new(api, store.clone()).with_password("u", &password, &[]).await.unwrap();
        Self { server, store, clock, session }
    }

    /// A session whose refreshed token the locked store did not take.
    async fn with_a_locked_store() -> Self {
        let phone = Self::signed_in(3600).await;
        phone.store.is_locked.store(true, Ordering::SeqCst);
        phone.pass(3600).await;
        phone.session.current().await.unwrap();
        assert_eq!((phone.used(), phone.kept()), ("t2".to_owned(), Some("t1".to_owned())));
        phone
    }

    async fn pass(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds, Ordering::SeqCst);
        tokio::time::advance(Duration::from_secs(seconds.unsigned_abs())).await;
    }

    /// A call that uses the session, and what it sets going.
    async fn call(&self) {
        self.session.current().await.unwrap();
        // Paused time goes on when nothing else does.
        tokio::time::sleep(Duration::from_millis(1)).await;
    }

    fn used(&self) -> String {
        self.session.inner.held().unwrap().0.token.access_token.expose().to_owned()
    }

    fn kept(&self) -> Option<String> {
        let kept = Tokens::read(&*self.store).unwrap();
        kept.map(|tokens| tokens.current.token.access_token.expose().to_owned())
    }

    fn given(&self) -> u32 {
        self.server.given.load(Ordering::SeqCst)
    }
}

#[tokio::test(start_paused = true)]
async fn a_refreshed_session_that_could_not_be_stored_is_stored_at_the_next_call() {
    let phone = Phone::with_a_locked_store().await;
    phone.store.is_locked.store(false, Ordering::SeqCst);
    phone.call().await;
    assert_eq!(phone.kept().as_deref(), Some("t2"));
    let tried = phone.store.tried.load(Ordering::SeqCst);
    phone.call().await;
    assert_eq!(phone.store.tried.load(Ordering::SeqCst), tried, "what is stored is not stored again");
    assert_eq!(phone.given(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_session_is_stored_late_also_while_the_server_gives_no_other_token() {
    let phone = Phone::with_a_locked_store().await;
    phone.store.is_locked.store(false, Ordering::SeqCst);
    phone.server.is_down.store(true, Ordering::SeqCst);
    phone.pass(4000).await;
    assert!(phone.session.current().await.is_err());
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!(phone.kept().as_deref(), Some("t2"));
}

#[tokio::test(start_paused = true)]
async fn a_store_that_keeps_failing_is_not_asked_at_each_call() {
    let phone = Phone::with_a_locked_store().await;
    let before = phone.store.tried.load(Ordering::SeqCst);
    for _ in 0..600 {
        phone.pass(1).await;
        let calls = (0..5).map(|_| phone.call());
        for call in calls {
            call.await;
        }
    }
    let tried = phone.store.tried.load(Ordering::SeqCst) - before;
    assert!((4..=10).contains(&tried), "{tried} times in ten minutes");
    // It is not given up either.
    phone.store.is_locked.store(false, Ordering::SeqCst);
    phone.pass(300).await;
    phone.call().await;
    assert_eq!(phone.kept().as_deref(), Some("t2"));
}

#[tokio::test(start_paused = true)]
async fn what_is_stored_late_overwrites_no_later_token_and_no_end() {
    let phone = Phone::with_a_locked_store().await;
    phone.store.is_locked.store(false, Ordering::SeqCst);
    // Another copy of the session has refreshed since.
    let later = phone.session.inner.state().tokens.clone().unwrap();
    let mut token = later.current.token.clone();
    token.access_token = Secret::new("t9".to_owned());
    let current = Arc::new(Held::new(token, UnixSeconds(9999)));
    Tokens { current, ..later }.write(&*phone.store).unwrap();
    phone.call().await;
    assert_eq!(phone.kept().as_deref(), Some("t9"));

    let phone = Phone::with_a_locked_store().await;
    phone.session.sign_out().await.unwrap();
    phone.store.is_locked.store(false, Ordering::SeqCst);
    assert!(phone.session.current().await.is_err());
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(phone.kept(), None);
}

#[tokio::test(start_paused = true)]
async fn a_token_without_a_life_is_not_refreshed_before_each_call() {
    for life in [0, 1, 3] {
        let phone = Phone::signed_in(life).await;
        phone.pass(life).await;
        for _ in 0..10 {
            phone.pass(1).await;
            phone.session.current().await.unwrap();
        }
        assert_eq!(phone.given(), 2, "{life}");
        phone.pass(15).await;
        phone.session.current().await.unwrap();
        assert_eq!(phone.given(), 3, "{life}");
    }
}

/// Else it could not be used until it is 15 s old.
#[tokio::test(start_paused = true)]
async fn a_young_token_is_refreshed_when_its_life_is_over_and_the_server_refuses_it() {
    let phone = Phone::signed_in(5).await;
    phone.pass(5).await;
    let used = phone.session.current().await.unwrap();
    assert!(phone.session.renew(&used).await.unwrap());
    assert_eq!(phone.given(), 2, "it has just been given");
    phone.pass(6).await;
    assert!(phone.session.renew(&used).await.unwrap());
    assert_eq!((phone.given(), phone.used()), (3, "t3".to_owned()));
}
