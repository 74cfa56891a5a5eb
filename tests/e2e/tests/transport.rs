//! A bad network and a bad server: typed errors, and money that moves once.
// Tests stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use paysera_core::error::ApiErrorKind;
use paysera_core::money::Currency;
use paysera_e2e::{Shop, failure, names, next, receipt, serve};
use paysera_sandbox::{Fault, FaultRule, Faults, Status, seed};
use seed::{CUSTOMER, RETAILER_WALLET};

const TEN_MINUTES: i64 = 600;

/// Sets one fault.
type Break = fn(&Faults, &str, &str);

const DROPPED: Break = Faults::drop_answer_once;
const TRUNCATED: Break = Faults::truncate_once;
const NOT_JSON: Break = Faults::not_json_once;
const FAILED: Break = |faults, method, path| faults.fail_once(method, path, 500);
const BUSY: Break = |faults, method, path| faults.fail_once(method, path, 503);
const TOO_MANY: Break = |faults, method, path| {
    once(faults, method, path, Fault::Status { status: 429, retry_after: Some(1) });
};
const NEVER_ARRIVED: Break = |faults, method, path| once(faults, method, path, Fault::DropRequest);
const AS_TEXT: Break = |faults, method, path| once(faults, method, path, Fault::WrongContentType);
const TWICE: Break = |faults, method, path| once(faults, method, path, Fault::ProcessTwice);

fn once(faults: &Faults, method: &str, path: &str, fault: Fault) {
    faults.add(FaultRule::new(path, fault).method(method).times(1)).unwrap();
}

/// What may happen to a write that the client may repeat.
const LOST: [(&str, Break); 7] = [
    ("dropped", DROPPED),
    ("truncated", TRUNCATED),
    ("not JSON", NOT_JSON),
    ("500", FAILED),
    ("503", BUSY),
    ("never arrived", NEVER_ARRIVED),
    ("as text", AS_TEXT),
];

/// All three flows with one fault in each: each settles, each amount moves once.
async fn assert_all_flows_settle_once(name: &str, fault: impl Fn(&Faults, &str)) {
    for kind in ["collect", "cash_out", "cash_in"] {
        let shop = Shop::open().await;
        let phone = shop.phone(&CUSTOMER);
        let code = phone.cash_in_code().await.unwrap();
        fault(shop.sandbox.faults(), kind);
        let (seen, moved) = match kind {
            "collect" => {
                let (till, phone) = shop.pay(&shop.collect("r", 250).await.unwrap(), &phone).await;
                assert_eq!(receipt(&phone).transaction, receipt(&till).transaction, "{name}");
                (till, 250)
            }
            "cash_out" => {
                let code = phone.cash_out_code().unwrap();
                (serve(&shop.cash_out("r", 250, code).await.unwrap()).await, 250)
            }
            _ => (serve(&shop.cash_in("r", 250, code).await.unwrap()).await, -250),
        };
        assert!(shop.sandbox.faults().are_used_up(), "{name}, {kind}: a fault did not come up");
        assert_eq!(names(&seen).last(), Some(&"settled"), "{name}, {kind}: {seen:?}");
        assert!(!receipt(&seen).elsewhere, "{name}, {kind}");
        assert_eq!(shop.status().await, Status::Confirmed, "{name}, {kind}");
        shop.assert_moved(&[(CUSTOMER.wallet, -moved), (RETAILER_WALLET, moved)]).await;
    }
}

/// How acceptance is asked for in each flow.
fn reserve_path(kind: &str) -> String {
    match kind {
        "collect" => format!("/reserve/{}", CUSTOMER.wallet),
        "cash_out" => "/reserve".to_owned(),
        _ => format!("/reserve/{RETAILER_WALLET}"),
    }
}

#[tokio::test]
async fn a_clock_ten_minutes_off_is_corrected_once() {
    for offset in [TEN_MINUTES, -TEN_MINUTES] {
        let shop = Shop::open().await;
        shop.sandbox.clock().set_offset(offset);
        let mut before = 0;
        for requests in [3, 1, 1] {
            shop.till.balance(Currency::GEL).await.unwrap();
            let after = shop.sandbox.requests();
            assert_eq!(after - before, requests, "{offset}");
            before = after;
        }
        let code = shop.phone(&CUSTOMER).cash_out_code().unwrap();
        let seen = serve(&shop.cash_out("r", 250, code).await.unwrap()).await;
        let settled_at = receipt(&seen).settled_at.0;
        assert!((shop.sandbox.clock().now() - settled_at).abs() < TEN_MINUTES / 2, "{offset}");
        // The client beside the till corrects its own clock.
        assert_eq!(shop.status().await, Status::Confirmed);
        shop.assert_moved(&[(CUSTOMER.wallet, -250), (RETAILER_WALLET, 250)]).await;
    }
}

#[tokio::test]
async fn a_lost_answer_to_a_create_does_not_make_a_second_transaction() {
    for (name, lose) in
        [("dropped", DROPPED), ("truncated", TRUNCATED), ("not JSON", NOT_JSON), ("as text", AS_TEXT)]
    {
        assert_all_flows_settle_once(name, |faults, _| lose(faults, "POST", "transaction")).await;
    }
}

#[tokio::test]
async fn a_create_that_the_list_does_not_show_is_made_again() {
    for (name, lose) in [("500", FAILED), ("never arrived", NEVER_ARRIVED)] {
        assert_all_flows_settle_once(name, |faults, _| lose(faults, "POST", "transaction")).await;
    }
}

#[tokio::test]
async fn a_create_that_never_succeeds_fails_after_three() {
    for (lose, kind) in [(FAILED, ApiErrorKind::ServerBusy), (NEVER_ARRIVED, ApiErrorKind::NoAnswer)] {
        let shop = Shop::open().await;
        for _ in 0..3 {
            lose(shop.sandbox.faults(), "POST", "transaction");
        }
        let seen = serve(&shop.collect("r", 250).await.unwrap()).await;
        assert_eq!(failure(&seen), &kind);
        assert!(shop.sandbox.faults().are_used_up());
        assert_eq!(shop.transactions().await, []);
        shop.assert_moved(&[]).await;
    }
}

#[tokio::test]
async fn a_lost_answer_to_a_reserve_settles_once() {
    for (name, lose) in LOST.into_iter().chain([("processed twice", TWICE)]) {
        assert_all_flows_settle_once(name, |faults, kind| lose(faults, "PUT", &reserve_path(kind))).await;
    }
}

#[tokio::test]
async fn a_lost_answer_to_a_confirm_settles_once() {
    for (name, lose) in LOST.into_iter().chain([("429", TOO_MANY), ("processed twice", TWICE)]) {
        assert_all_flows_settle_once(name, |faults, _| lose(faults, "PUT", "confirm")).await;
    }
}

#[tokio::test]
async fn every_write_losing_its_answer_settles_once() {
    assert_all_flows_settle_once("all dropped", |faults, kind| {
        DROPPED(faults, "POST", "transaction");
        DROPPED(faults, "GET", "transactions");
        DROPPED(faults, "PUT", &reserve_path(kind));
        FAILED(faults, "PUT", "confirm");
        DROPPED(faults, "PUT", "confirm");
    })
    .await;
}

#[tokio::test]
async fn a_lost_answer_to_a_cancel_still_ends_as_cancelled() {
    for (name, lose) in [("dropped", DROPPED), ("truncated", TRUNCATED), ("500", FAILED)] {
        let shop = Shop::open().await;
        let attempt = shop.collect("r", 250).await.unwrap();
        let mut watch = attempt.watch();
        while next(&mut watch).await.unwrap().name() != "presenting" {}
        let key = shop.transaction().await.transaction_key;
        lose(shop.sandbox.faults(), "DELETE", key.as_str());
        attempt.cancel();
        assert_eq!(names(&serve(&attempt).await).last(), Some(&"cancelled"), "{name}");
        assert_eq!(shop.status().await, Status::Deleted, "{name}");
        shop.assert_moved(&[]).await;
    }
}
