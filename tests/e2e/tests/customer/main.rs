//! The customer's phone besides paying a merchant.
// Tests stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod own_cash;

use std::sync::Arc;
use std::time::Duration;

use paysera_core::attempt::{AttemptState, DeclinedBy};
use paysera_core::auth::FixedCredentials;
use paysera_core::code::WalletId;
use paysera_core::customer::{HistoryItem, Obstacle, PayWalletRequest};
use paysera_core::error::ApiErrorKind;
use paysera_core::wallet_api::{Direction, TransactionFilter, TransactionStatus};
use paysera_e2e::{Shop, client, failure, gel, journal_of, names, next, serve};
use paysera_sandbox::{Counterpart, Fault, FaultRule, seed};
use seed::{CUSTOMER, INACTIVE, POOR, RETAILER_WALLET, UNIDENTIFIED};

#[tokio::test]
async fn what_a_customer_declines_the_till_knows_at_once() {
    let shop = Shop::open().await;
    let attempt = shop.collect("r", 100).await.unwrap();
    let phone = shop.phone(&CUSTOMER);
    let mut watch = attempt.watch();
    while let Some(state) = next(&mut watch).await {
        if let AttemptState::Presenting { code, .. } = state {
            let review = phone.review(&code).await.unwrap();
            assert!(phone.can_afford(&review).await.unwrap());
            assert_eq!(review.fee, None);
            phone.decline(&review).await.unwrap();
        }
    }
    assert_eq!(attempt.state(), AttemptState::Declined { by: DeclinedBy::Payer });
    shop.assert_moved(&[]).await;
}

#[tokio::test]
async fn a_payment_to_a_wallet_is_made_reserved_and_settled_by_the_customer() {
    let shop = Shop::open().await;
    let phone = shop.phone(&CUSTOMER);
    let request = |request_id: &str, minor| PayWalletRequest {
        request_id: request_id.to_owned(),
        beneficiary: WalletId::new(RETAILER_WALLET).unwrap(),
        amount: gel(minor),
        description: "Rent".to_owned(),
    };
    let attempt = phone.pay_wallet(request("rent", 700)).await.unwrap();
    let AttemptState::Settled { receipt } = attempt.ended().await else { panic!("{:?}", attempt.state()) };
    assert_eq!(receipt.amount, gel(700));
    shop.assert_moved(&[(CUSTOMER.wallet, -700), (RETAILER_WALLET, 700)]).await;
    // The chosen account pays, and not just any of the user's.
    let reserve = format!("/reserve/{}", CUSTOMER.wallet);
    let log = paysera_e2e::request_log(&shop.sandbox).await;
    assert!(log.iter().any(|request| request.path.ends_with(&reserve)), "{log:?}");
    let poor = shop.phone(&POOR).pay_wallet(request("rent", 700)).await.unwrap();
    let AttemptState::Failed { error } = poor.ended().await else { panic!("{:?}", poor.state()) };
    assert_eq!(error.kind, ApiErrorKind::InsufficientFunds);
}

/// What a payment to a wallet made beside the transaction that it knows is taken
/// back by the phone that made it, when the app starts the next time.
#[tokio::test]
async fn rule_3_a_stray_of_a_customers_own_payment_is_taken_back_when_the_app_resumes() {
    let shop = Shop::open().await;
    let journal = journal_of(CUSTOMER.wallet);
    let phone = || shop.phone_builder(&CUSTOMER).journal(journal.clone()).build().unwrap();
    let twice = FaultRule::new("transaction", Fault::ProcessTwice).method("POST").times(1);
    shop.sandbox.faults().add(twice).unwrap();
    let request = PayWalletRequest {
        request_id: "rent".to_owned(),
        beneficiary: WalletId::new(RETAILER_WALLET).unwrap(),
        amount: gel(700),
        description: "Rent".to_owned(),
    };
    assert_eq!(phone().pay_wallet(request).await.unwrap().ended().await.name(), "settled");
    let user = FixedCredentials::new(CUSTOMER.token.to_owned(), CUSTOMER.mac_key.to_owned());
    let api = client(&shop.environment, Arc::new(user));
    let stray = || async {
        let all = api.transactions().list(&TransactionFilter::default()).await.unwrap().items;
        assert_eq!(all.len(), 2, "{all:?}");
        let mut unsettled = all.into_iter().filter(|item| item.status != TransactionStatus::Confirmed);
        unsettled.next().unwrap().status
    };
    assert_eq!(stray().await, TransactionStatus::New);
    let mut changes = shop.sandbox.changes();
    phone().resume().await.unwrap();
    let deleted = async {
        while stray().await != TransactionStatus::Deleted {
            changes.changed().await.unwrap();
        }
    };
    tokio::time::timeout(Duration::from_secs(20), deleted).await.expect("it stays payable");
    shop.assert_moved(&[(CUSTOMER.wallet, -700), (RETAILER_WALLET, 700)]).await;
}

/// A later code on screen does not void the one before: it is good until it, or a
/// later one, was accepted.
#[tokio::test]
async fn rule_16_an_older_code_is_accepted_until_a_later_one_was() {
    let shop = Shop::open().await;
    let phone = shop.phone(&CUSTOMER);
    let first = phone.cash_out_code().unwrap();
    let second = phone.next_cash_out_code().unwrap();
    let third = phone.next_cash_out_code().unwrap();
    assert_eq!(phone.cash_out_code().unwrap(), third);
    // The one in between: the server has to look behind it, and past the first.
    let accepted = serve(&shop.cash_out("second", 100, second.clone()).await.unwrap()).await;
    assert_eq!(names(&accepted).last(), Some(&"settled"));
    for (request_id, used) in [("used", second), ("passed over", first)] {
        let refused = serve(&shop.cash_out(request_id, 100, used).await.unwrap()).await;
        assert_eq!(failure(&refused), &ApiErrorKind::CodeInvalidOrUsed);
    }
    let accepted = serve(&shop.cash_out("third", 100, third).await.unwrap()).await;
    assert_eq!(names(&accepted).last(), Some(&"settled"));
    shop.assert_moved(&[(CUSTOMER.wallet, -200), (RETAILER_WALLET, 200)]).await;
}

#[tokio::test]
async fn a_customer_is_told_what_stands_in_the_way() {
    let shop = Shop::open().await;
    for (customer, obstacles) in [
        (&CUSTOMER, vec![]),
        (&UNIDENTIFIED, vec![Obstacle::NotIdentified]),
        (&INACTIVE, vec![Obstacle::AccountInactive]),
    ] {
        let eligibility = shop.phone(customer).eligibility().await.unwrap();
        assert_eq!(eligibility.obstacles, obstacles, "{customer:?}");
        assert_eq!(eligibility.may_take_part(), obstacles.is_empty());
    }
    let accounts = shop.phone(&CUSTOMER).accounts().await.unwrap();
    assert_eq!(accounts.iter().map(|account| account.id.get()).collect::<Vec<_>>(), [CUSTOMER.wallet]);
}

#[tokio::test]
async fn the_history_has_what_moved_and_what_did_not() {
    let shop = Shop::open().await;
    let phone = shop.phone(&CUSTOMER);
    for (request_id, minor) in [("a", 100), ("b", 200), ("c", 300)] {
        let attempt = shop.collect(request_id, minor).await.unwrap();
        shop.pay(&attempt, &phone).await;
    }
    // Too much for this customer.
    let request = PayWalletRequest {
        request_id: "rent".to_owned(),
        beneficiary: WalletId::new(RETAILER_WALLET).unwrap(),
        amount: gel(99_999_999),
        description: "Rent".to_owned(),
    };
    phone.pay_wallet(request).await.unwrap().ended().await;
    let history = phone.history(50, None).await.unwrap();
    assert_eq!(history.next, None);
    let moved: Vec<_> = history
        .items
        .iter()
        .filter_map(|item| match item {
            // The money that the customer had in the beginning came in.
            HistoryItem::Moved(statement) if statement.direction == Direction::Out => {
                Some(statement.amount.minor())
            }
            _ => None,
        })
        .collect();
    assert_eq!(moved.len(), 3, "{history:?}");
    assert_eq!(moved.iter().sum::<i64>(), 600);
    let failed: Vec<_> =
        history.items.iter().filter(|item| matches!(item, HistoryItem::Attempt(_))).collect();
    assert_eq!(failed.len(), 1);
}

#[tokio::test]
async fn page_by_page_the_history_is_whole() {
    let shop = Shop::open().await;
    let phone = shop.phone(&CUSTOMER);
    for (number, pause) in [0, 0, 60, 60, 0].into_iter().enumerate() {
        shop.sandbox.clock().advance(pause);
        let attempt = shop.collect(&number.to_string(), 100).await.unwrap();
        shop.pay(&attempt, &phone).await;
        let request = PayWalletRequest {
            request_id: format!("too much {number}"),
            beneficiary: WalletId::new(RETAILER_WALLET).unwrap(),
            amount: gel(99_999_999),
            description: "Rent".to_owned(),
        };
        phone.pay_wallet(request).await.unwrap().ended().await;
    }
    let whole = phone.history(50, None).await.unwrap().items;
    let failed =
        |items: &[HistoryItem]| items.iter().filter(|item| matches!(item, HistoryItem::Attempt(_))).count();
    assert_eq!(failed(&whole), 5, "{whole:?}");
    let mut read = Vec::new();
    let mut before = None;
    loop {
        let page = phone.history(1, before).await.unwrap();
        read.extend(page.items);
        match page.next {
            Some(next) => before = Some(next),
            None => break,
        }
    }
    assert_eq!(read, whole);
}

#[tokio::test]
async fn who_had_no_money_may_try_the_same_code_again() {
    let shop = Shop::open().await;
    let attempt = shop.collect("r", 500).await.unwrap();
    let phone = shop.phone(&POOR);
    let mut watch = attempt.watch();
    let code = loop {
        if let Some(AttemptState::Presenting { code, .. }) = next(&mut watch).await {
            break code;
        }
    };
    let review = phone.review(&code).await.unwrap();
    assert!(!phone.can_afford(&review).await.unwrap());
    let first = phone.pay(&review).await.unwrap();
    assert_eq!(first.ended().await.name(), "failed");
    // Somebody sends them money.
    let rich = shop.phone(&CUSTOMER);
    let gift = PayWalletRequest {
        request_id: "gift".to_owned(),
        beneficiary: WalletId::new(POOR.wallet).unwrap(),
        amount: gel(1000),
        description: "Gift".to_owned(),
    };
    assert_eq!(rich.pay_wallet(gift).await.unwrap().ended().await.name(), "settled");
    let second = phone.pay(&review).await.unwrap();
    assert_ne!(first.id(), second.id());
    assert_eq!(second.ended().await.name(), "settled");
    assert_eq!(attempt.ended().await.name(), "settled");
}

#[tokio::test]
async fn rule_4_a_code_that_another_paid_is_declined() {
    let shop = Shop::open().await;
    let attempt = shop.collect("r", 100).await.unwrap();
    let mut watch = attempt.watch();
    let code = loop {
        if let Some(AttemptState::Presenting { code, .. }) = next(&mut watch).await {
            break code;
        }
    };
    let slow = shop.phone(&POOR);
    let review = slow.review(&code).await.unwrap();
    shop.sandbox.counterparts().add(Counterpart::accepting(CUSTOMER.wallet)).unwrap();
    shop.sandbox.counterparts().settle().await.unwrap();
    let late = slow.pay(&review).await.unwrap();
    assert_eq!(late.ended().await, AttemptState::Declined { by: DeclinedBy::AnotherPayer });
    assert_eq!(attempt.ended().await.name(), "settled");
}
