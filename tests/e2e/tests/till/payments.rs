//! What a cashier asks for, and how often.

use super::*;

#[tokio::test]
async fn money_that_is_held_is_settled_at_a_lower_price() {
    let shop = Shop::open().await;
    let request = CollectRequest { hold: true, ..CollectRequest::new("fuel", gel(5000), "Fuel") };
    let attempt = shop.till.collect(request).await.unwrap();
    let AttemptState::Presenting { code, .. } = until(&attempt, "presenting").await else { panic!() };
    let phone = shop.phone(&CUSTOMER);
    let paying = phone.pay(&phone.review(&code).await.unwrap()).await.unwrap();
    until(&attempt, "reserved").await;
    let euros = Money::from_minor(100, Currency::EUR);
    for refused in [gel(5001), gel(0), gel(-1), euros] {
        assert!(matches!(kind(attempt.settle(refused)), ApiErrorKind::RejectedInput { .. }));
    }
    attempt.settle(gel(3720)).unwrap();
    let AttemptState::Settled { receipt } = attempt.ended().await else { panic!("{:?}", attempt.state()) };
    assert_eq!(receipt.amount, gel(3720));
    assert_eq!(paying.ended().await.name(), "settled");
    shop.assert_moved(&[(CUSTOMER.wallet, -3720), (RETAILER_WALLET, 3720)]).await;
}

#[tokio::test]
async fn rule_14_a_bill_is_paid_once_at_this_till_and_at_the_others() {
    let shop = Shop::open().await;
    let bill = |request_id: &str, once_more| CollectRequest {
        bill: Some("881".to_owned()),
        once_more,
        ..CollectRequest::new(request_id, gel(100), "Bill 881")
    };
    settled(&shop, bill("first", false)).await;
    let used = ApiErrorKind::BillUsed { bill: "881".to_owned() };
    assert_eq!(kind(shop.till.collect(bill("second", false)).await), used);
    let other = shop.another_till("till-2");
    assert_eq!(kind(other.collect(bill("third", false)).await), used);
    // The same screen again, and a person who says that it is right.
    assert_eq!(shop.till.collect(bill("first", false)).await.unwrap().state().name(), "settled");
    settled(&shop, bill("fourth", true)).await;
}

#[tokio::test]
async fn a_tip_is_paid_as_one_amount_and_told_apart() {
    let shop = Shop::open().await;
    let tip =
        |minor| CollectRequest { tip: Some(gel(minor)), ..CollectRequest::new("r", gel(1100), "Lunch") };
    assert!(matches!(kind(shop.till.collect(tip(1101)).await), ApiErrorKind::RejectedInput { .. }));
    let attempt = settled(&shop, tip(100)).await;
    let AttemptState::Settled { receipt } = attempt.state() else { panic!() };
    assert_eq!((receipt.amount, receipt.tip), (gel(1100), Some(gel(100))));
    let report = shop.till.shift_report(always()).await.unwrap();
    assert_eq!(
        (report.totals[0].count, report.totals[0].sum, report.totals[0].tips),
        (1, gel(1100), gel(100))
    );
    let written = export(&shop.journal.latest(9, None).unwrap(), ExportFormat::Csv);
    assert!(written.contains("11.00,GEL,1.00,11.00"), "{written}");
}

#[tokio::test]
async fn a_customer_is_compared_with_a_photo_id_before_cash_is_given() {
    for confirmed in [true, false] {
        let settings = TillSettings { check_identity: true, ..TillSettings::default() };
        let shop = Shop::open_with(LOCATION_ALL_SERVICES, settings).await;
        let code = shop.phone(&CUSTOMER).cash_out_code().unwrap();
        let attempt = shop.cash_out("out", 500, code).await.unwrap();
        let AttemptState::CheckIdentity { name, payer } = until(&attempt, "check_identity").await else {
            panic!()
        };
        assert_eq!(payer.get(), CUSTOMER.wallet);
        assert!(name.is_some(), "a till sees whose money it holds");
        attempt.identity_checked(confirmed);
        let states = serve(&attempt).await;
        if confirmed {
            assert_eq!(receipt(&states).amount, gel(500));
        } else {
            let Some(AttemptState::Failed { error }) = states.last() else { panic!("{states:?}") };
            assert_eq!(error.kind, ApiErrorKind::IdentityNotConfirmed);
            shop.assert_moved(&[]).await;
        }
    }
}

#[tokio::test]
async fn a_customer_at_a_table_with_a_printed_code_gets_the_bill() {
    let shop = Shop::open().await;
    let phone = shop.phone(&CUSTOMER);
    let user =
        paysera_core::auth::FixedCredentials::new(CUSTOMER.token.to_owned(), CUSTOMER.mac_key.to_owned());
    let api = paysera_e2e::client(&shop.environment, Arc::new(user));
    let code = paysera_core::code::Code::parse("PAYSERA*9975:table12").unwrap();
    let spot = api.spots().by_code(&code).await.unwrap();
    api.spots().check_in(spot.id).await.unwrap();
    let waiting = shop.till.waiting_spots().await.unwrap();
    assert_eq!(waiting.len(), 1);
    let request =
        CollectRequest { spot: Some(waiting[0].id), ..CollectRequest::new("r", gel(2599), "Table 12") };
    let attempt = shop.till.collect(request).await.unwrap();
    until(&attempt, "presenting").await;
    // The customer's phone shows the order; nothing is scanned a second time.
    let key = api.spots().get(spot.id).await.unwrap().orders[0].transaction_key.clone();
    let review = phone.review(&paysera_core::code::Code::Transaction(key)).await.unwrap();
    phone.pay(&review).await.unwrap();
    assert_eq!(attempt.ended().await.name(), "settled");
    assert_eq!(shop.till.waiting_spots().await.unwrap(), []);
    shop.assert_moved(&[(CUSTOMER.wallet, -2599), (RETAILER_WALLET, 2599)]).await;
}

#[tokio::test]
async fn the_merchant_chooses_the_services_of_the_location() {
    let shop = Shop::open_at(LOCATION_PAYMENTS_ONLY).await;
    let services = shop.till.services().await.unwrap();
    assert_eq!(services[&Service::Pay], ServiceState::Active);
    assert_eq!(services[&Service::CashOut], ServiceState::Off);
    let code = || shop.phone(&CUSTOMER).cash_out_code().unwrap();
    assert!(shop.cash_out("before", 100, code()).await.is_err());
    let chosen = BTreeSet::from([Service::Pay, Service::CashOut]);
    let services = shop.till.activate(&chosen).await.unwrap();
    assert_eq!(services[&Service::CashOut], ServiceState::Active);
    assert_eq!(services[&Service::CashIn], ServiceState::Off);
    let states = serve(&shop.cash_out("after", 100, code()).await.unwrap()).await;
    assert_eq!(names(&states).last(), Some(&"settled"));
}

#[tokio::test]
async fn rule_14_a_double_tap_is_one_payment() {
    let shop = Shop::open().await;
    let collect = || shop.till.collect(CollectRequest::new("one screen", gel(100), "Coffee"));
    let (first, second) = tokio::join!(collect(), collect());
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!(first.id(), second.id());
    shop.pay(&first, &shop.phone(&CUSTOMER)).await;
    assert_eq!(collect().await.unwrap().state().name(), "settled");
    let other = shop.till.collect(CollectRequest::new("one screen", gel(101), "Coffee")).await;
    assert!(matches!(kind(other), ApiErrorKind::RejectedInput { .. }));
    assert_eq!(shop.transactions().await.len(), 1);
}

#[tokio::test]
async fn many_payments_at_once_are_watched_by_one_poller() {
    let shop = Shop::open().await;
    let mut open = Vec::new();
    for number in 0..8 {
        open.push(shop.collect(&format!("r{number}"), 100).await.unwrap());
    }
    for attempt in &open {
        let AttemptState::Presenting { code, .. } = until(attempt, "presenting").await else { panic!() };
        let phone = shop.phone(&CUSTOMER);
        phone.pay(&phone.review(&code).await.unwrap()).await.unwrap();
    }
    for attempt in &open {
        assert_eq!(attempt.ended().await.name(), "settled");
    }
    shop.assert_moved(&[(CUSTOMER.wallet, -800), (RETAILER_WALLET, 800)]).await;
}

#[tokio::test]
async fn rule_14_a_bill_that_is_asked_for_twice_at_once_is_asked_for_once() {
    let shop = Shop::open().await;
    let bill = |request_id: &str| {
        let request = CollectRequest::new(request_id, gel(100), "Bill 881");
        shop.till.collect(CollectRequest { bill: Some("881".to_owned()), ..request })
    };
    let (first, second) = tokio::join!(bill("first"), bill("second"));
    assert_eq!([first.is_ok(), second.is_ok()].iter().filter(|started| **started).count(), 1);
}

/// A caller that stops waiting stops nothing.
#[tokio::test]
async fn a_start_that_nobody_waits_for_goes_on() {
    let shop = Shop::open().await;
    shop.till.resume().await.unwrap();
    shop.till.location().await.unwrap();
    for polls in 1..12 {
        let request_id = format!("r{polls}");
        let mut start = Box::pin(shop.collect(&request_id, 100));
        let mut left = polls;
        std::future::poll_fn(|context| {
            left -= 1;
            match start.as_mut().poll(context) {
                std::task::Poll::Pending if left > 0 => std::task::Poll::Pending,
                _ => std::task::Poll::Ready(()),
            }
        })
        .await;
        drop(start);
        // What was begun shows its code, also to who asks a second time.
        let again = shop.collect(&request_id, 100).await.unwrap();
        until(&again, "presenting").await;
    }
}
