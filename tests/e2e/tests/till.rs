//! The till as a workplace: refunds, bills, the drawer, reports, activation, and
//! what is left after the network or the journal was gone.
// Tests stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use paysera_core::attempt::{Attempt, AttemptState, CashStep};
use paysera_core::clock::UnixSeconds;
use paysera_core::error::{ApiError, ApiErrorKind};
use paysera_core::journal::{AttemptKind, Period};
use paysera_core::merchant::report::{Difference, ExportFormat, export};
use paysera_core::merchant::{CollectRequest, Merchant, RefundRequest, ServiceState, TillSettings};
use paysera_core::money::Currency;
use paysera_core::wallet_api::{Bounds, Exchange, ExchangeFuture, HttpRequest, Service, WalletApiError};
use paysera_e2e::in_process::InProcess;
use paysera_e2e::{Shop, gel, journal_of, names, next, receipt, retailer, serve, till};
use paysera_sandbox::seed;
use seed::{CUSTOMER, LOCATION_ALL_SERVICES, LOCATION_PAYMENTS_ONLY, RETAILER_WALLET};

/// Goes on to the first state of that name.
async fn until(attempt: &Attempt, name: &str) -> AttemptState {
    let mut watch = attempt.watch();
    loop {
        let state = next(&mut watch).await.expect("the attempt ended");
        if state.name() == name {
            return state;
        }
    }
}

fn with_refunds() -> TillSettings {
    TillSettings { refund_window_seconds: Some(3600), ..TillSettings::default() }
}

async fn settled(shop: &Shop, request: CollectRequest) -> Attempt {
    let attempt = shop.till.collect(request).await.unwrap();
    shop.pay(&attempt, &shop.phone(&CUSTOMER)).await;
    assert_eq!(attempt.state().name(), "settled");
    attempt
}

async fn refund(
    till: &Merchant,
    of: &Attempt,
    amount: Option<i64>,
    staff: Option<&str>,
) -> Result<Attempt, ApiError> {
    let (request_id, staff) = (format!("refund-{amount:?}"), staff.map(str::to_owned));
    till.refund(RefundRequest { request_id, attempt: of.id(), amount: amount.map(gel), staff }).await
}

fn kind<T: std::fmt::Debug>(result: Result<T, ApiError>) -> ApiErrorKind {
    result.unwrap_err().kind
}

fn always() -> Period {
    Period { from: UnixSeconds(0), until: UnixSeconds(i64::MAX) }
}

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
async fn a_cash_out_can_not_be_given_back() {
    let shop = Shop::open_with(LOCATION_ALL_SERVICES, with_refunds()).await;
    let code = shop.phone(&CUSTOMER).cash_out_code().unwrap();
    let attempt = shop.cash_out("out", 500, code).await.unwrap();
    serve(&attempt).await;
    assert_eq!(kind(refund(&shop.till, &attempt, None, None).await), ApiErrorKind::NotAllowed);
}

#[tokio::test]
async fn money_that_is_held_is_settled_at_a_lower_price() {
    let shop = Shop::open().await;
    let request = CollectRequest { hold: true, ..CollectRequest::new("fuel", gel(5000), "Fuel") };
    let attempt = shop.till.collect(request).await.unwrap();
    let AttemptState::Presenting { code, .. } = until(&attempt, "presenting").await else { panic!() };
    let phone = shop.phone(&CUSTOMER);
    let paying = phone.pay(&phone.review(&code).await.unwrap()).await.unwrap();
    until(&attempt, "reserved").await;
    attempt.settle(gel(5001));
    attempt.settle(gel(3720));
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
async fn cash_that_the_drawer_lacks_is_not_promised() {
    let shop = Shop::open().await;
    let phone = shop.phone(&CUSTOMER);
    shop.till.add_float(gel(1000), Some("anna")).await.unwrap();
    let refused = shop.cash_out("big", 1001, phone.cash_out_code().unwrap()).await;
    assert_eq!(kind(refused), ApiErrorKind::NotEnoughCash { in_drawer: gel(1000) });
    let open = shop.cash_out("first", 600, phone.cash_out_code().unwrap()).await.unwrap();
    until(&open, "hand_out_cash").await;
    // What is about to be handed out is not there for another customer.
    let refused = shop.cash_out("second", 500, phone.next_cash_out_code().unwrap()).await;
    assert_eq!(kind(refused), ApiErrorKind::NotEnoughCash { in_drawer: gel(400) });
    serve(&open).await;
    let removed = shop.till.remove_cash(gel(401), None).await;
    assert_eq!(kind(removed), ApiErrorKind::NotEnoughCash { in_drawer: gel(400) });
    shop.till.remove_cash(gel(100), None).await.unwrap();
    let count = shop.till.count_drawer(gel(290), Some("anna")).await.unwrap();
    assert_eq!((count.expected, count.difference), (gel(300), gel(-10)));
    let report = shop.till.z_report(shop.till.business_day()).await.unwrap();
    assert_eq!(report.totals.len(), 1);
    let day = &report.drawer[0];
    assert_eq!((day.opening, day.floats, day.attempts), (gel(0), gel(1000), gel(-600)));
    assert_eq!((day.removed, day.corrections, day.closing), (gel(-100), gel(-10), gel(290)));
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

/// After the journal was lost what the server knows of this till is taken over.
#[tokio::test]
async fn rule_15_a_lost_journal_is_rebuilt_from_the_server() {
    let shop = Shop::open().await;
    let paid = settled(
        &shop,
        CollectRequest { bill: Some("7".to_owned()), ..CollectRequest::new("a", gel(100), "A") },
    )
    .await;
    let code = shop.phone(&CUSTOMER).cash_out_code().unwrap();
    let out = shop.cash_out("b", 200, code).await.unwrap();
    until(&out, "hand_out_cash").await;
    let open = shop.collect("c", 300).await.unwrap();
    until(&open, "presenting").await;

    let folder = std::env::temp_dir().join(format!("paysera-rebuilt-{}", paid.id()));
    std::fs::create_dir(&folder).unwrap();
    let owner = shop.journal.owner();
    let journal = Arc::new(paysera_core::journal::Journal::open(&folder, owner, UnixSeconds(0)).unwrap());
    let settings = TillSettings {
        pace: paysera_core::attempt::Pace::steady(paysera_e2e::POLL),
        ..TillSettings::default()
    };
    let again = till(&shop.environment, retailer(), LOCATION_ALL_SERVICES, settings, journal, "till")
        .build()
        .unwrap();
    let resumed = again.resume().await.unwrap();
    let ids: BTreeSet<_> = resumed.iter().map(Attempt::id).collect();
    assert_eq!(ids, BTreeSet::from([out.id(), open.id()]));
    let row = again.journal().attempt(paid.id()).unwrap().unwrap();
    assert_eq!((row.state.as_str(), row.bill.as_deref()), ("settled", Some("7")));
    for attempt in resumed {
        if attempt.id() == out.id() {
            // Never asked for a second time: a person says whether it was done.
            let state = until(&attempt, "cash_question").await;
            assert_eq!(state, AttemptState::CashQuestion { step: CashStep::HandOut, amount: gel(200) });
            attempt.cash_handed_out();
            assert_eq!(attempt.ended().await.name(), "settled");
        } else {
            attempt.cancel();
            assert_eq!(attempt.ended().await.name(), "cancelled");
        }
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

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
    let settings = TillSettings {
        pace: paysera_core::attempt::Pace::steady(paysera_e2e::POLL),
        ..TillSettings::default()
    };
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

/// Rule 17: signing out, or losing the token, ends no attempt.
#[tokio::test]
async fn rule_17_open_attempts_outlive_the_session_and_resume_for_the_same_wallet() {
    let shop = Shop::open().await;
    let folder = std::env::temp_dir().join(format!("paysera-signed-out-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let owner = shop.journal.owner();
    let open = || Arc::new(paysera_core::journal::Journal::open(&folder, owner, UnixSeconds(0)).unwrap());
    let settings = || TillSettings {
        pace: paysera_core::attempt::Pace::steady(paysera_e2e::POLL),
        ..TillSettings::default()
    };
    let journal = open();
    let code;
    let id;
    {
        let before =
            till(&shop.environment, retailer(), LOCATION_ALL_SERVICES, settings(), journal.clone(), "till")
                .build()
                .unwrap();
        let attempt = before.collect(CollectRequest::new("r", gel(100), "Coffee")).await.unwrap();
        let AttemptState::Presenting { code: shown, .. } = until(&attempt, "presenting").await else {
            panic!()
        };
        (code, id) = (shown, attempt.id());
        // The app closes the journal when its user signs out.
        journal.suspend().unwrap();
    }
    let phone = shop.phone(&CUSTOMER);
    phone.pay(&phone.review(&code).await.unwrap()).await.unwrap();
    let after = till(&shop.environment, retailer(), LOCATION_ALL_SERVICES, settings(), open(), "till")
        .build()
        .unwrap();
    let resumed = after.resume().await.unwrap();
    assert_eq!(resumed.iter().map(Attempt::id).collect::<Vec<_>>(), [id]);
    assert_eq!(resumed[0].ended().await.name(), "settled");
    let other = till(
        &shop.environment,
        retailer(),
        LOCATION_ALL_SERVICES,
        settings(),
        journal_of(CUSTOMER.wallet),
        "till",
    );
    assert!(matches!(kind(other.build()), ApiErrorKind::RejectedInput { .. }));
    std::fs::remove_dir_all(&folder).unwrap();
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

#[tokio::test]
async fn two_cash_outs_at_once_promise_no_more_than_the_drawer_holds() {
    let shop = Shop::open().await;
    let phone = shop.phone(&CUSTOMER);
    shop.till.add_float(gel(1000), None).await.unwrap();
    shop.till.location().await.unwrap();
    let (first, second) = tokio::join!(
        shop.cash_out("first", 600, phone.cash_out_code().unwrap()),
        shop.cash_out("second", 600, phone.next_cash_out_code().unwrap()),
    );
    assert_eq!([first.is_ok(), second.is_ok()].iter().filter(|started| **started).count(), 1);
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

/// The till of the shop with a new journal, in a folder of its own.
fn with_a_new_journal(shop: &Shop, name: &str) -> (Merchant, std::path::PathBuf) {
    let folder = std::env::temp_dir().join(format!("paysera-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let owner = shop.journal.owner();
    let journal = Arc::new(paysera_core::journal::Journal::open(&folder, owner, UnixSeconds(0)).unwrap());
    let settings = TillSettings {
        pace: paysera_core::attempt::Pace::steady(paysera_e2e::POLL),
        ..TillSettings::default()
    };
    let till = till(&shop.environment, retailer(), LOCATION_ALL_SERVICES, settings, journal, "till");
    (till.build().unwrap(), folder)
}

/// Of two transactions of one attempt it is the one that money moved for.
#[tokio::test]
async fn rule_15_a_rebuilt_journal_has_the_transaction_that_settled_and_not_its_lost_double() {
    let shop = Shop::open().await;
    let twice = paysera_sandbox::Fault::ProcessTwice;
    let twice = paysera_sandbox::FaultRule::new("transaction", twice).method("POST").times(1);
    shop.sandbox.faults().add(twice).unwrap();
    let paid = settled(&shop, CollectRequest::new("r", gel(100), "Coffee")).await;
    assert_eq!(shop.transactions().await.len(), 2);
    let (again, folder) = with_a_new_journal(&shop, "doubled");
    again.resume().await.unwrap();
    let row = again.journal().attempt(paid.id()).unwrap().unwrap();
    assert_eq!(row.state, "settled");
    std::fs::remove_dir_all(&folder).unwrap();
}

/// A till that forgot why it holds money does not take all of it.
#[tokio::test]
async fn rule_15_money_that_was_only_held_stays_so_after_the_journal_was_lost() {
    let shop = Shop::open().await;
    let request = CollectRequest { hold: true, ..CollectRequest::new("fuel", gel(5000), "Fuel") };
    let attempt = shop.till.collect(request).await.unwrap();
    let AttemptState::Presenting { code, .. } = until(&attempt, "presenting").await else { panic!() };
    let phone = shop.phone(&CUSTOMER);
    phone.pay(&phone.review(&code).await.unwrap()).await.unwrap();
    until(&attempt, "reserved").await;
    let (again, folder) = with_a_new_journal(&shop, "held");
    let resumed = again.resume().await.unwrap().remove(0);
    until(&resumed, "reserved").await;
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert_eq!(resumed.state().name(), "reserved");
    resumed.settle(gel(3720));
    let AttemptState::Settled { receipt } = resumed.ended().await else { panic!("{:?}", resumed.state()) };
    assert_eq!(receipt.amount, gel(3720));
    shop.assert_moved(&[(CUSTOMER.wallet, -3720), (RETAILER_WALLET, 3720)]).await;
    std::fs::remove_dir_all(&folder).unwrap();
}

/// A storage that is full.
#[derive(Debug)]
struct Full(AtomicBool);

impl paysera_core::journal::CommitObserver for Full {
    fn before(
        &self,
        commit: paysera_core::journal::Observed<'_>,
    ) -> Result<(), paysera_core::journal::JournalError> {
        if self.0.load(Ordering::SeqCst) && commit.entries[0].name != "started" {
            return Err(paysera_core::journal::JournalError::Storage { reason: "full".to_owned() });
        }
        Ok(())
    }
}

/// What ended since storage failed does not stay open: neither its bill nor the
/// drawer waits for it.
#[tokio::test]
async fn what_could_not_be_written_down_before_it_was_sent_is_over_in_the_journal_too() {
    let shop = Shop::open().await;
    let full = Arc::new(Full(AtomicBool::new(true)));
    let journal = paysera_core::journal::Journal::in_memory(shop.journal.owner()).unwrap();
    let journal = Arc::new(journal.observed_by(full.clone()));
    let settings = TillSettings {
        pace: paysera_core::attempt::Pace::steady(paysera_e2e::POLL),
        ..TillSettings::default()
    };
    let till = till(&shop.environment, retailer(), LOCATION_ALL_SERVICES, settings, journal.clone(), "till")
        .build()
        .unwrap();
    let collect = || till.collect(CollectRequest::new("r", gel(100), "Coffee"));
    let first = collect().await.unwrap();
    let failed = |state: AttemptState| match state {
        AttemptState::Failed { error } => error.kind == ApiErrorKind::StorageFailed,
        _ => false,
    };
    assert!(failed(first.ended().await));
    assert!(failed(collect().await.unwrap().state()), "the same request is the same attempt");
    full.0.store(false, Ordering::SeqCst);
    for _ in 0..100 {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        if journal.open_attempts().unwrap().is_empty() {
            break;
        }
    }
    assert!(journal.open_attempts().unwrap().is_empty(), "it would stay open until the app starts anew");
    assert!(failed(collect().await.unwrap().state()));
    assert!(shop.transactions().await.is_empty());
}

/// A double tap on what was counted corrects once.
#[tokio::test]
async fn a_drawer_that_is_counted_twice_at_once_is_corrected_once() {
    let shop = Shop::open().await;
    for round in 0..20 {
        let before = shop.till.add_float(gel(1000), None).await.unwrap();
        let counted = gel(before.minor() - 10);
        let count = || shop.till.count_drawer(counted, None);
        let (first, second) = tokio::join!(count(), count());
        first.unwrap();
        second.unwrap();
        assert_eq!(shop.till.drawer(Currency::GEL).await.unwrap(), Some(counted), "round {round}");
    }
}

#[tokio::test]
async fn rule_15_real_money_needs_a_journal_that_outlives_the_process() {
    let production = paysera_core::wallet_api::Environment::production().unwrap();
    let journal = journal_of(RETAILER_WALLET);
    let settings = TillSettings::default();
    let till = till(&production, retailer(), LOCATION_ALL_SERVICES, settings, journal, "till").build();
    assert_eq!(kind(till), ApiErrorKind::StorageFailed);
}

#[tokio::test]
async fn a_day_on_which_nothing_moves_has_its_drawer_too() {
    let shop = Shop::open().await;
    shop.till.add_float(gel(1000), None).await.unwrap();
    let later = paysera_core::calendar::BusinessDay::parse("2100-01-01").unwrap();
    let report = shop.till.z_report(later).await.unwrap();
    let drawer: Vec<_> = report.drawer.iter().map(|day| (day.opening, day.closing)).collect();
    assert_eq!(drawer, [(gel(1000), gel(1000))]);
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

#[tokio::test]
async fn rule_15_a_journal_that_is_damaged_in_the_background_is_rebuilt_before_anything_begins() {
    let shop = Shop::open().await;
    let folder = std::env::temp_dir().join(format!("paysera-damaged-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let owner = shop.journal.owner();
    let journal = Arc::new(paysera_core::journal::Journal::open(&folder, owner, UnixSeconds(0)).unwrap());
    let settings = TillSettings {
        pace: paysera_core::attempt::Pace::steady(paysera_e2e::POLL),
        ..TillSettings::default()
    };
    let till = till(&shop.environment, retailer(), LOCATION_ALL_SERVICES, settings, journal.clone(), "till")
        .build()
        .unwrap();
    let phone = shop.phone(&CUSTOMER);
    let before = till.collect(CollectRequest::new("before", gel(100), "Coffee")).await.unwrap();
    shop.pay(&before, &phone).await;
    journal.suspend().unwrap();
    for name in ["journal-2112.sqlite", "journal-2112.sqlite-wal"] {
        let _ = std::fs::remove_file(folder.join(name));
    }
    std::fs::write(folder.join("journal-2112.sqlite"), "not a journal any more, not at all".repeat(9))
        .unwrap();
    assert!(journal.resume(UnixSeconds(0)).unwrap().is_some());
    let after = till.collect(CollectRequest::new("after", gel(200), "Coffee")).await.unwrap();
    let known = journal.attempt(before.id()).unwrap().expect("the server knows of it");
    assert_eq!(known.state, "settled");
    shop.pay(&after, &phone).await;
    assert_eq!(after.state().name(), "settled");
    std::fs::remove_dir_all(&folder).unwrap();
}
