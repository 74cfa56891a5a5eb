//! The journal beside the server's list.

use super::*;

#[tokio::test]
async fn other_tills_are_told_apart_and_differences_are_named() {
    let shop = Shop::open().await;
    let own = settled(&shop, CollectRequest::new("own", gel(100), "Own")).await;
    let other = shop.another_till("till-2");
    let theirs = other.collect(CollectRequest::new("theirs", gel(200), "Theirs")).await.unwrap();
    shop.pay(&theirs, &shop.phone(&CUSTOMER)).await;
    let compared = shop.till.reconcile(always()).await.unwrap();
    assert_eq!((compared.agreed, compared.differences.len()), (1, 0));
    assert_eq!(compared.other_tills.len(), 1);
    assert_eq!(compared.other_tills[0].device.as_deref(), Some("till-2"));
    assert_eq!((compared.other_tills[0].count, compared.other_tills[0].sum), (1, gel(200)));
    // A till of the same name whose journal never saw the payment.
    let empty = shop.another_till("till");
    empty.journal().retire::<ApiError>(UnixSeconds(i64::MAX), |_| Ok(())).unwrap();
    let compared = empty.reconcile(always()).await.unwrap();
    let AttemptState::Settled { receipt } = own.state() else { panic!() };
    let missing = |difference: &Difference| {
        matches!(difference, Difference::MissingHere { transaction, amount, .. }
            if *transaction == receipt.transaction && *amount == gel(100))
    };
    assert!(compared.differences.iter().all(missing), "{compared:?}");
    assert_eq!(compared.differences.len(), 1);
}

/// A server at which another till makes a transaction while pages are read.
#[derive(Debug)]
struct Busy {
    server: InProcess,
    other: paysera_core::wallet_api::WalletApi,
}

fn unpaid() -> paysera_core::wallet_api::CreateTransaction {
    paysera_core::wallet_api::CreateTransaction {
        payments: vec![paysera_core::wallet_api::NewPayment::new("Tea".to_owned(), gel(1))],
        ..Default::default()
    }
}

impl Exchange for Busy {
    fn exchange(&self, request: HttpRequest, _: Bounds) -> ExchangeFuture<'_> {
        Box::pin(async move {
            if request.url.query().is_some_and(|query| query.contains("offset=200")) {
                self.other.transactions().create(&unpaid()).await?;
            }
            Ok(self.server.answer(request).await)
        })
    }
}

/// What moves on to the next page while a list is read is not there twice.
#[tokio::test]
async fn what_is_made_while_it_is_compared_is_no_difference() {
    let shop = Shop::open().await;
    let other = shop.api();
    other.transactions().create(&unpaid()).await.unwrap();
    settled(&shop, CollectRequest::new("own", gel(100), "Own")).await;
    for _ in 0..199 {
        other.transactions().create(&unpaid()).await.unwrap();
    }
    let Shop { sandbox, environment, journal, .. } = shop;
    let busy = Arc::new(Busy { server: InProcess(Arc::new(sandbox)), other });
    let settings = TillSettings::default();
    let busy = till(&environment, retailer(), LOCATION_ALL_SERVICES, settings, journal, "till")
        .exchange(busy)
        .build()
        .unwrap();
    let compared = busy.reconcile(always()).await.unwrap();
    assert_eq!((compared.agreed, compared.differences), (1, Vec::new()));
}
