//! What is refused: the right error, nothing moved, nothing left to be paid.
// Tests stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use paysera_core::attempt::AttemptState;
use paysera_core::code::{Code, CodeKind, WalletId};
use paysera_core::error::ApiErrorKind;
use paysera_core::wallet_api::Service;
use paysera_e2e::{Shop, failure, names, next, receipt, serve};
use paysera_sandbox::{Status, seed};
use seed::{CUSTOMER, INACTIVE, POOR, RETAILER_WALLET, UNIDENTIFIED};

/// Nothing moved, and no transaction can be paid or settled any more.
async fn assert_nothing_happened(shop: &Shop) {
    assert_eq!(shop.status().await, Status::Deleted);
    shop.assert_moved(&[]).await;
}

async fn refused_cash_out(customer: &seed::Customer, minor: i64) -> ApiErrorKind {
    let shop = Shop::open().await;
    let code = shop.phone(customer).cash_out_code().unwrap();
    let seen = serve(&shop.cash_out("r", minor, code).await.unwrap()).await;
    assert_eq!(names(&seen), ["preparing", "cancelling", "failed"]);
    assert_nothing_happened(&shop).await;
    failure(&seen).clone()
}

async fn refused_cash_in(wallet: u64, minor: i64) -> ApiErrorKind {
    let shop = Shop::open().await;
    let code = Code::Wallet(WalletId::new(wallet).unwrap());
    let seen = serve(&shop.cash_in("r", minor, code).await.unwrap()).await;
    // No cash is asked for before the money is held.
    assert!(!names(&seen).contains(&"take_cash"), "{seen:?}");
    for transaction in shop.transactions().await {
        let key = transaction.transaction_key;
        assert_eq!(shop.sandbox.transaction_status(key.as_str()).await.unwrap(), Status::Deleted);
    }
    shop.assert_moved(&[]).await;
    failure(&seen).clone()
}

/// The customer's side is told why; the till can still be paid by another, and
/// takes its transaction back.
async fn refused_payment(customer: &seed::Customer, minor: i64) -> ApiErrorKind {
    let shop = Shop::open().await;
    let attempt = shop.collect("r", minor).await.unwrap();
    let mut watch = attempt.watch();
    let code = loop {
        if let Some(AttemptState::Presenting { code, .. }) = next(&mut watch).await {
            break code;
        }
    };
    let phone = shop.phone(customer);
    let paying = phone.pay(&phone.review(&code).await.unwrap()).await.unwrap();
    let seen = serve(&paying).await;
    assert_eq!(attempt.state().name(), "presenting");
    attempt.cancel();
    assert_eq!(names(&serve(&attempt).await).last(), Some(&"cancelled"));
    assert_nothing_happened(&shop).await;
    failure(&seen).clone()
}

#[tokio::test]
async fn a_customer_who_is_not_identified_gets_no_cash() {
    assert_eq!(refused_cash_out(&UNIDENTIFIED, 100).await, ApiErrorKind::NotIdentified);
}

#[tokio::test]
async fn a_customer_who_is_not_identified_can_not_pay() {
    assert_eq!(refused_payment(&UNIDENTIFIED, 100).await, ApiErrorKind::NotIdentified);
}

#[tokio::test]
async fn a_customer_without_enough_money_gets_no_cash_and_can_not_pay() {
    assert_eq!(refused_cash_out(&POOR, POOR.balance + 1).await, ApiErrorKind::InsufficientFunds);
    assert_eq!(refused_payment(&POOR, POOR.balance + 1).await, ApiErrorKind::InsufficientFunds);
}

#[tokio::test]
async fn an_inactive_account_neither_pays_nor_gets_anything() {
    assert_eq!(refused_cash_out(&INACTIVE, 100).await, ApiErrorKind::AccountInactive);
    assert_eq!(refused_payment(&INACTIVE, 100).await, ApiErrorKind::AccountInactive);
    assert_eq!(refused_cash_in(INACTIVE.wallet, 100).await, ApiErrorKind::AccountInactive);
}

#[tokio::test]
async fn a_cash_in_to_the_merchants_own_wallet_is_refused() {
    assert_eq!(refused_cash_in(RETAILER_WALLET, 100).await, ApiErrorKind::PaymentToSelf);
}

#[tokio::test]
async fn a_cash_in_above_the_limit_is_refused() {
    assert_eq!(refused_cash_in(CUSTOMER.wallet, 200_001).await, ApiErrorKind::LimitExceeded);
}

#[tokio::test]
async fn a_reservation_code_works_once() {
    let shop = Shop::open().await;
    let phone = shop.phone(&CUSTOMER);
    let code = phone.cash_out_code().unwrap();
    let first = serve(&shop.cash_out("first", 100, code.clone()).await.unwrap()).await;
    let paid = receipt(&first).transaction.clone();
    let second = serve(&shop.cash_out("second", 100, code).await.unwrap()).await;
    assert_eq!(failure(&second), &ApiErrorKind::CodeInvalidOrUsed);
    let transactions = shop.transactions().await;
    assert_eq!(transactions.len(), 2);
    let open = transactions.iter().map(|one| &one.transaction_key).find(|key| **key != paid).unwrap();
    assert_eq!(shop.sandbox.transaction_status(open.as_str()).await.unwrap(), Status::Deleted);
    shop.assert_moved(&[(CUSTOMER.wallet, -100), (RETAILER_WALLET, 100)]).await;

    let next = phone.next_cash_out_code().unwrap();
    assert_eq!(receipt(&serve(&shop.cash_out("third", 100, next).await.unwrap()).await).amount.minor(), 100);
    shop.assert_moved(&[(CUSTOMER.wallet, -200), (RETAILER_WALLET, 200)]).await;
}

#[tokio::test]
async fn a_service_that_the_location_does_not_offer_is_refused_before_anything_is_created() {
    let shop = Shop::open_at(seed::LOCATION_PAYMENTS_ONLY).await;
    let phone = shop.phone(&CUSTOMER);
    let wallet = Code::Wallet(WalletId::new(CUSTOMER.wallet).unwrap());
    let cash_out = shop.cash_out("r", 100, phone.cash_out_code().unwrap()).await.unwrap_err();
    assert_eq!(cash_out.kind, ApiErrorKind::ServiceNotActivated { service: Service::CashOut });
    let cash_in = shop.cash_in("r", 100, wallet).await.unwrap_err();
    assert_eq!(cash_in.kind, ApiErrorKind::ServiceNotActivated { service: Service::CashIn });
    // The locations, once.
    assert_eq!(shop.sandbox.requests(), 1);
    assert_eq!(shop.transactions().await, []);
    shop.assert_moved(&[]).await;
}

#[tokio::test]
async fn an_amount_of_zero_or_less_is_refused_before_anything_is_sent() {
    let shop = Shop::open().await;
    let reservation = shop.phone(&CUSTOMER).cash_out_code().unwrap();
    let wallet = Code::Wallet(WalletId::new(CUSTOMER.wallet).unwrap());
    for minor in [0, -1, i64::MIN] {
        for refused in [
            shop.collect("r", minor).await,
            shop.cash_out("r", minor, reservation.clone()).await,
            shop.cash_in("r", minor, wallet.clone()).await,
        ] {
            let ApiErrorKind::RejectedInput { fields } = refused.unwrap_err().kind else {
                panic!("{minor}: not rejected input")
            };
            assert_eq!(fields[0].field, "amount");
        }
    }
    assert_eq!(shop.sandbox.requests(), 0);
    shop.assert_moved(&[]).await;
}

#[tokio::test]
async fn a_code_of_another_kind_is_refused_before_anything_is_sent() {
    let shop = Shop::open().await;
    let phone = shop.phone(&CUSTOMER);
    let reservation = phone.cash_out_code().unwrap();
    let wallet = Code::Wallet(WalletId::new(CUSTOMER.wallet).unwrap());
    let wrong = |expected, found| ApiErrorKind::WrongCode { expected, found: Some(found) };

    let cash_out = shop.cash_out("r", 100, wallet.clone()).await.unwrap_err().kind;
    assert_eq!(cash_out, wrong(CodeKind::Reservation, CodeKind::Wallet));
    let cash_in = shop.cash_in("r", 100, reservation.clone()).await.unwrap_err().kind;
    assert_eq!(cash_in, wrong(CodeKind::Wallet, CodeKind::Reservation));
    for (code, kind) in [(reservation, CodeKind::Reservation), (wallet, CodeKind::Wallet)] {
        let review = phone.review(&code).await.unwrap_err().kind;
        assert_eq!(review, wrong(CodeKind::Transaction, kind));
    }
    assert_eq!(shop.sandbox.requests(), 0);
    shop.assert_moved(&[]).await;
}
