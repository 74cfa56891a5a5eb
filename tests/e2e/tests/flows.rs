//! The three flows and their cancels, from tap to balances.
// Tests stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use paysera_core::attempt::{Attempt, AttemptState, CancelledBy};
use paysera_core::money::Currency;
use paysera_core::wallet_api::{Reserve, Transaction};
use paysera_e2e::{Shop, gel, names, next, receipt, serve};
use paysera_sandbox::{Status, seed};
use seed::{CUSTOMER, RETAILER_WALLET};

fn assert_held_for(transaction: &Transaction, seconds: i64) {
    assert_eq!(transaction.reserve, Some(Reserve::For(seconds)));
    assert!(!transaction.auto_confirm);
}

/// Goes on to the first state of that name.
async fn until(attempt: &Attempt, name: &str) {
    let mut watch = attempt.watch();
    while next(&mut watch).await.expect("the attempt ended").name() != name {}
}

async fn last(attempt: &Attempt) -> AttemptState {
    serve(attempt).await.pop().unwrap()
}

#[tokio::test]
async fn a_collected_payment_moves_the_amount_from_customer_to_merchant() {
    let shop = Shop::open().await;
    let attempt = shop.collect("r", 1250).await.unwrap();
    let (till, phone) = shop.pay(&attempt, &shop.phone(&CUSTOMER)).await;
    assert_eq!(names(&till), ["preparing", "presenting", "reserved", "settling", "settled"]);
    assert_eq!(names(&phone).last(), Some(&"settled"));
    let paid = receipt(&till);
    assert_eq!((paid.amount, paid.payer.unwrap().get()), (gel(1250), CUSTOMER.wallet));
    assert!(!paid.elsewhere);
    assert_eq!(receipt(&phone).transaction, paid.transaction);
    assert_held_for(&shop.transaction().await, 3600);
    shop.assert_moved(&[(CUSTOMER.wallet, -1250), (RETAILER_WALLET, 1250)]).await;
}

#[tokio::test]
async fn a_cash_out_hands_out_cash_only_after_the_server_has_confirmed() {
    let shop = Shop::open().await;
    let code = shop.phone(&CUSTOMER).cash_out_code().unwrap();
    let attempt = shop.cash_out("r", 5000, code).await.unwrap();
    let mut watch = attempt.watch();
    let mut seen = Vec::new();
    while let Some(state) = next(&mut watch).await {
        if let AttemptState::HandOutCash { amount } = state {
            assert_eq!(amount, gel(5000));
            assert_eq!(shop.status().await, Status::Confirmed);
            attempt.cash_handed_out();
        }
        seen.push(state);
    }
    assert_eq!(names(&seen), ["preparing", "reserved", "settling", "hand_out_cash", "settled"]);
    assert_eq!(receipt(&seen).payer.unwrap().get(), CUSTOMER.wallet);
    assert_held_for(&shop.transaction().await, 900);
    shop.assert_moved(&[(CUSTOMER.wallet, -5000), (RETAILER_WALLET, 5000)]).await;
}

#[tokio::test]
async fn a_cash_out_that_is_never_confirmed_never_hands_out_cash() {
    let shop = Shop::open().await;
    for _ in 0..900 {
        shop.sandbox.faults().fail_once("PUT", "/confirm", 500);
    }
    let code = shop.phone(&CUSTOMER).cash_out_code().unwrap();
    let attempt = shop.cash_out("r", 5000, code).await.unwrap();
    let mut watch = attempt.watch();
    let mut seen = Vec::new();
    while let Some(state) = next(&mut watch).await {
        if matches!(state, AttemptState::Unknown { .. }) {
            attempt.cancel();
        }
        seen.push(state);
    }
    assert!(!names(&seen).contains(&"hand_out_cash"), "{seen:?}");
    assert_eq!(seen.last(), Some(&AttemptState::Cancelled { by: CancelledBy::ThisSide }));
    assert_eq!(shop.status().await, Status::Revoked);
    shop.assert_moved(&[]).await;
}

#[tokio::test]
async fn a_cash_in_takes_cash_while_the_money_is_held_and_settles_after() {
    let shop = Shop::open().await;
    let code = shop.phone(&CUSTOMER).cash_in_code().await.unwrap();
    let attempt = shop.cash_in("r", 7000, code).await.unwrap();
    let mut watch = attempt.watch();
    let mut seen = Vec::new();
    while let Some(state) = next(&mut watch).await {
        if matches!(state, AttemptState::TakeCash { .. }) {
            assert_eq!(shop.status().await, Status::Reserved);
            let held = shop.sandbox.balance(RETAILER_WALLET, Currency::GEL).await.unwrap();
            assert_eq!((held.at_disposal, held.reserved), (seed::RETAILER_BALANCE - 7000, 7000));
            attempt.cash_received();
        }
        seen.push(state);
    }
    assert_eq!(names(&seen), ["preparing", "reserved", "take_cash", "settling", "settled"]);
    assert_held_for(&shop.transaction().await, 900);
    shop.assert_moved(&[(CUSTOMER.wallet, 7000), (RETAILER_WALLET, -7000)]).await;
}

#[tokio::test]
async fn a_double_tap_is_one_attempt_and_one_transaction() {
    let shop = Shop::open().await;
    let (first, second) = (shop.collect("r", 100).await.unwrap(), shop.collect("r", 100).await.unwrap());
    assert_eq!(first.id(), second.id());
    assert_eq!(shop.collect("r", 101).await.unwrap_err().kind.code(), "rejected_input");
    until(&first, "presenting").await;
    assert_eq!(shop.transaction().await.amount(), Some(gel(100)));
    second.cancel();
    assert_eq!(last(&first).await, AttemptState::Cancelled { by: CancelledBy::ThisSide });
    // Also after the end.
    assert_eq!(shop.collect("r", 100).await.unwrap().id(), first.id());
    assert_eq!(shop.transactions().await.len(), 1);
    shop.assert_moved(&[]).await;
}

#[tokio::test]
async fn a_payment_scanned_twice_by_one_phone_is_paid_once() {
    let shop = Shop::open().await;
    let phone = shop.phone(&CUSTOMER);
    let attempt = shop.collect("r", 300).await.unwrap();
    until(&attempt, "presenting").await;
    let AttemptState::Presenting { code, .. } = attempt.state() else { panic!("{:?}", attempt.state()) };
    let review = phone.review(&code).await.unwrap();
    let (first, second) = (phone.pay(&review).await.unwrap(), phone.pay(&review).await.unwrap());
    assert_eq!(first.id(), second.id());
    assert_eq!(receipt(&serve(&attempt).await).transaction, receipt(&serve(&first).await).transaction);
    shop.assert_moved(&[(CUSTOMER.wallet, -300), (RETAILER_WALLET, 300)]).await;
}

#[tokio::test]
async fn a_cancelled_collect_leaves_a_deleted_transaction() {
    let shop = Shop::open().await;
    let attempt = shop.collect("r", 100).await.unwrap();
    until(&attempt, "presenting").await;
    attempt.cancel();
    assert_eq!(last(&attempt).await, AttemptState::Cancelled { by: CancelledBy::ThisSide });
    assert_eq!(shop.status().await, Status::Deleted);
    shop.assert_moved(&[]).await;
}

#[tokio::test]
async fn a_cash_in_cancelled_before_the_cash_is_revoked() {
    let shop = Shop::open().await;
    let code = shop.phone(&CUSTOMER).cash_in_code().await.unwrap();
    let attempt = shop.cash_in("r", 100, code).await.unwrap();
    until(&attempt, "take_cash").await;
    attempt.cash_not_moved();
    let mut watch = attempt.watch();
    let mut end = attempt.state();
    while let Some(state) = next(&mut watch).await {
        end = state;
    }
    assert_eq!(end, AttemptState::Cancelled { by: CancelledBy::ThisSide });
    assert_eq!(shop.status().await, Status::Revoked);
    shop.assert_moved(&[]).await;
}

#[tokio::test]
async fn whoever_cancels_a_cash_in_is_asked_whether_the_cash_was_taken() {
    for taken in [true, false] {
        let shop = Shop::open().await;
        let code = shop.phone(&CUSTOMER).cash_in_code().await.unwrap();
        let attempt = shop.cash_in("r", 100, code).await.unwrap();
        until(&attempt, "take_cash").await;
        attempt.cancel();
        until(&attempt, "cash_question").await;
        if taken {
            attempt.cash_received();
            until(&attempt, "return_cash").await;
            attempt.cash_returned();
        } else {
            attempt.cash_not_moved();
        }
        let end = attempt.ended().await;
        assert_eq!(end.name(), if taken { "failed" } else { "cancelled" });
        assert_eq!(shop.status().await, Status::Revoked);
        shop.assert_moved(&[]).await;
    }
}
