//! Money that goes back.

use super::*;

#[tokio::test]
async fn a_payment_is_given_back_once_and_only_by_those_who_may() {
    let refund_staff = Some(BTreeSet::from(["manager".to_owned()]));
    let shop = Shop::open_with(LOCATION_ALL_SERVICES, TillSettings { refund_staff, ..with_refunds() }).await;
    let paid = settled(&shop, CollectRequest::new("r", gel(1250), "Coffee")).await;
    for staff in [None, Some("trainee")] {
        assert_eq!(kind(refund(&shop.till, &paid, None, staff).await), ApiErrorKind::StaffNotAllowed);
    }
    let back = refund(&shop.till, &paid, None, Some("manager")).await.unwrap();
    let AttemptState::Refunded { receipt } = back.ended().await else { panic!("{:?}", back.state()) };
    assert_eq!((receipt.amount, receipt.kind), (gel(1250), AttemptKind::Refund));
    assert_eq!(receipt.staff.as_deref(), Some("manager"));
    shop.assert_moved(&[]).await;
    let again = refund(&shop.till, &paid, Some(1), Some("manager")).await;
    assert_eq!(kind(again), ApiErrorKind::WrongState);
}

#[tokio::test]
async fn a_part_of_a_payment_goes_back_by_lowering_its_price_for_good() {
    let shop = Shop::open_with(LOCATION_ALL_SERVICES, with_refunds()).await;
    let paid = settled(&shop, CollectRequest::new("r", gel(1250), "Coffee")).await;
    let too_much = refund(&shop.till, &paid, Some(1251), None).await;
    assert!(matches!(kind(too_much), ApiErrorKind::RejectedInput { .. }));
    let back = refund(&shop.till, &paid, Some(250), None).await.unwrap();
    let AttemptState::Refunded { receipt } = back.ended().await else { panic!("{:?}", back.state()) };
    assert_eq!(receipt.amount, gel(250));
    shop.assert_moved(&[(CUSTOMER.wallet, -1000), (RETAILER_WALLET, 1000)]).await;
    let compared = shop.till.reconcile(always()).await.unwrap();
    assert_eq!((compared.agreed, compared.differences), (1, Vec::new()));
}

#[tokio::test]
async fn after_the_refund_window_nothing_goes_back() {
    let shop = Shop::open_with(LOCATION_ALL_SERVICES, with_refunds()).await;
    let paid = settled(&shop, CollectRequest::new("r", gel(1250), "Coffee")).await;
    shop.sandbox.clock().advance(3601);
    let back = refund(&shop.till, &paid, None, None).await.unwrap();
    assert_eq!(back.ended().await, AttemptState::RefundWindowClosed);
    shop.assert_moved(&[(CUSTOMER.wallet, -1250), (RETAILER_WALLET, 1250)]).await;
}

#[tokio::test]
async fn a_cash_in_is_undone_and_its_cash_goes_back() {
    let shop = Shop::open_with(LOCATION_ALL_SERVICES, with_refunds()).await;
    shop.till.add_float(gel(10_000), None).await.unwrap();
    let code = shop.phone(&CUSTOMER).cash_in_code().await.unwrap();
    let attempt = shop.cash_in("in", 500, code).await.unwrap();
    serve(&attempt).await;
    assert_eq!(shop.till.drawer(Currency::GEL).await.unwrap(), Some(gel(10_500)));
    let back = refund(&shop.till, &attempt, None, None).await.unwrap();
    let states = serve(&back).await;
    assert_eq!(names(&states).last(), Some(&"refunded"), "{states:?}");
    assert!(names(&states).contains(&"return_cash"));
    assert_eq!(shop.till.drawer(Currency::GEL).await.unwrap(), Some(gel(10_000)));
    shop.assert_moved(&[]).await;
}

#[tokio::test]
async fn a_cash_in_is_not_undone_with_cash_that_the_drawer_lacks() {
    let shop = Shop::open_with(LOCATION_ALL_SERVICES, with_refunds()).await;
    shop.till.add_float(gel(100), None).await.unwrap();
    let code = shop.phone(&CUSTOMER).cash_in_code().await.unwrap();
    let attempt = shop.cash_in("in", 500, code).await.unwrap();
    serve(&attempt).await;
    shop.till.remove_cash(gel(300), None).await.unwrap();
    let lacking = refund(&shop.till, &attempt, None, None).await;
    assert_eq!(kind(lacking), ApiErrorKind::NotEnoughCash { in_drawer: gel(300) });
    shop.till.add_float(gel(200), None).await.unwrap();
    assert_eq!(
        names(&serve(&refund(&shop.till, &attempt, None, None).await.unwrap()).await).last(),
        Some(&"refunded")
    );
}

#[tokio::test]
async fn a_cash_out_can_not_be_given_back() {
    let shop = Shop::open_with(LOCATION_ALL_SERVICES, with_refunds()).await;
    let code = shop.phone(&CUSTOMER).cash_out_code().unwrap();
    let attempt = shop.cash_out("out", 500, code).await.unwrap();
    serve(&attempt).await;
    assert_eq!(kind(refund(&shop.till, &attempt, None, None).await), ApiErrorKind::NotAllowed);
}

/// Asked for at the same moment: the answer about one must count for the other.
#[tokio::test]
async fn rule_12_two_refunds_at_once_give_back_once() {
    let shop = Shop::open_with(LOCATION_ALL_SERVICES, with_refunds()).await;
    let code = shop.phone(&CUSTOMER).cash_in_code().await.unwrap();
    let attempt = shop.cash_in("in", 500, code).await.unwrap();
    serve(&attempt).await;
    let undo = |request_id: &str| {
        let request_id = request_id.to_owned();
        shop.till.refund(RefundRequest { request_id, attempt: attempt.id(), amount: None, staff: None })
    };
    let (first, second) = tokio::join!(undo("first"), undo("second"));
    let started: Vec<_> = [&first, &second].into_iter().filter_map(|start| start.as_ref().ok()).collect();
    let served = futures_join(&started).await;
    let returns = served.iter().filter(|states| names(states).contains(&"return_cash")).count();
    assert_eq!(returns, 1, "cash goes back once: {served:?}");
    assert_eq!(started.len(), 1);
}

async fn futures_join(attempts: &[&Attempt]) -> Vec<Vec<AttemptState>> {
    let mut all = Vec::new();
    for attempt in attempts {
        all.push(serve(attempt).await);
    }
    all
}
