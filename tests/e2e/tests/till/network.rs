//! A network that is cut.

use super::*;

/// A network that can be cut.
#[derive(Debug)]
struct Cable {
    server: InProcess,
    cut: AtomicBool,
}

impl Exchange for Cable {
    fn exchange(&self, request: HttpRequest, _: Bounds) -> ExchangeFuture<'_> {
        Box::pin(async move {
            if self.cut.load(Ordering::SeqCst) {
                return Err(WalletApiError::Unreachable("the cable is cut".into()));
            }
            Ok(self.server.answer(request).await)
        })
    }
}

#[tokio::test]
async fn without_a_network_nothing_begins_and_what_was_accepted_is_finished_after() {
    let shop = Shop::open().await;
    let Shop { sandbox, environment, .. } = shop;
    let sandbox = Arc::new(sandbox);
    let cable = Arc::new(Cable { server: InProcess(Arc::clone(&sandbox)), cut: AtomicBool::new(true) });
    let settings = quick();
    let offline =
        till(&environment, retailer(), LOCATION_ALL_SERVICES, settings, journal_of(RETAILER_WALLET), "till")
            .retries(paysera_core::wallet_api::RetryPolicy::never())
            .exchange(cable.clone())
            .build()
            .unwrap();
    let collect = |request_id: &str| offline.collect(CollectRequest::new(request_id, gel(100), "Coffee"));
    assert_eq!(kind(collect("first").await), ApiErrorKind::Offline);
    cable.cut.store(false, Ordering::SeqCst);
    let accepted = collect("second").await.unwrap();
    let AttemptState::Presenting { code, .. } = until(&accepted, "presenting").await else { panic!() };
    cable.cut.store(true, Ordering::SeqCst);
    let third = collect("third").await.unwrap();
    let AttemptState::Failed { error } = third.ended().await else { panic!("{:?}", third.state()) };
    assert_eq!(error.kind, ApiErrorKind::Offline);
    until(&accepted, "unknown").await;
    let user =
        paysera_core::auth::FixedCredentials::new(CUSTOMER.token.to_owned(), CUSTOMER.mac_key.to_owned());
    let api = paysera_e2e::client(&environment, Arc::new(user));
    let paysera_core::code::Code::Transaction(key) = code else { panic!() };
    api.transactions().reserve_from_wallet(&key, paysera_core::wallet_api::WalletRef::Me).await.unwrap();
    cable.cut.store(false, Ordering::SeqCst);
    assert_eq!(accepted.ended().await.name(), "settled");
}
