//! What becomes of the code on screen.

use paysera_core::attempt::{Attempt, Pace};
use paysera_core::code::Code;
use paysera_core::customer::{Customer, OwnCash, OwnCashWatch, OwnCode};
use paysera_core::merchant::{CashOutRequest, CollectRequest, Merchant, TillSettings};
use paysera_core::wallet_api::{Bounds, Exchange, ExchangeFuture, HttpRequest};
use paysera_e2e::in_process::InProcess;
use paysera_e2e::{ImpatientClock, POLL, retailer, till};

use super::*;

#[tokio::test]
async fn who_shows_a_code_sees_what_becomes_of_it() {
    let shop = Shop::open().await;
    let phone = shop.phone(&CUSTOMER);
    let shown = phone.cash_out_code().unwrap();
    let mut watch = phone.watch_own_cash(OwnCode::CashOut).await.unwrap();
    let attempt = shop.cash_out("out", 500, shown.clone()).await.unwrap();
    let (amount, _) = tokio::join!(settled(&mut watch, 500), serve(&attempt));
    assert_eq!(amount, 500);
    assert_ne!(phone.cash_out_code().unwrap(), shown, "a used code is not shown any more");

    let mut watch = phone.watch_own_cash(OwnCode::CashIn).await.unwrap();
    let code = phone.cash_in_code().await.unwrap();
    let attempt = shop.cash_in("in", 300, code).await.unwrap();
    let (seen, _) = tokio::join!(watch.next(), serve(&attempt));
    assert!(matches!(seen.unwrap(), OwnCash::Settled { amount, .. } if amount == gel(300)));
}

/// Goes on to what settled; nothing but `held` may be held before.
async fn settled(watch: &mut OwnCashWatch, held: i64) -> i64 {
    loop {
        match watch.next().await.unwrap() {
            OwnCash::Held { amount } => assert_eq!(amount, gel(held)),
            OwnCash::Settled { amount, .. } => return amount.minor(),
            other => panic!("{other:?}"),
        }
    }
}

/// Accepts a payment, and waits for a state of it or its end.
async fn pay_until(attempt: &Attempt, phone: &Customer, name: &str) {
    let mut states = attempt.watch();
    while let Some(state) = next(&mut states).await {
        if let AttemptState::Presenting { code, .. } = &state {
            phone.pay(&phone.review(code).await.unwrap()).await.unwrap();
        }
        if state.name() == name {
            return;
        }
    }
}

/// Accepts a payment that goes on beside the code on screen.
async fn pay_beside(till: &Merchant, phone: &Customer, minor: i64) -> Attempt {
    let attempt = till.collect(CollectRequest::new("beside", gel(minor), "Coffee")).await.unwrap();
    pay_until(&attempt, phone, "settled").await;
    attempt
}

#[tokio::test]
async fn who_saw_money_held_sees_that_it_went_back() {
    let settings = TillSettings { check_identity: true, ..TillSettings::default() };
    let shop = Shop::open_with(seed::LOCATION_ALL_SERVICES, settings).await;
    let phone = shop.phone(&CUSTOMER);
    let code = phone.cash_out_code().unwrap();
    let mut watch = phone.watch_own_cash(OwnCode::CashOut).await.unwrap();
    let attempt = shop.cash_out("out", 500, code).await.unwrap();
    assert_eq!(watch.next().await.unwrap(), OwnCash::Held { amount: gel(500) });
    let mut states = attempt.watch();
    while let Some(state) = next(&mut states).await {
        if let AttemptState::CheckIdentity { .. } = state {
            attempt.identity_checked(false);
        }
    }
    let seen = tokio::time::timeout(Duration::from_secs(20), watch.next()).await;
    assert_eq!(seen.expect("nothing is seen").unwrap(), OwnCash::Released { amount: gel(500) });
    shop.assert_moved(&[]).await;
}

/// What nobody has noticed yet costs nothing: not what is seen, nor a code that was used.
#[tokio::test]
async fn a_phone_whose_clock_is_ahead_sees_what_becomes_of_its_code() {
    for seconds in [-60, 60, 240] {
        let shop = Shop::open().await;
        let clock = ImpatientClock::default();
        clock.pass(seconds);
        let wallet = WalletId::new(CUSTOMER.wallet).unwrap();
        let phone = shop.phone_builder(&CUSTOMER).clock(Arc::new(clock)).wallet(wallet).build().unwrap();
        // A payment that holds money before is no news.
        let request = CollectRequest { hold: true, ..CollectRequest::new("fuel", gel(200), "Fuel") };
        let fuel = shop.till.collect(request).await.unwrap();
        pay_until(&fuel, &phone, "reserved").await;
        let shown = phone.cash_out_code().unwrap();
        let mut watch = phone.watch_own_cash(OwnCode::CashOut).await.unwrap();
        let attempt = shop.cash_out("out", 500, shown.clone()).await.unwrap();
        let seen = async { tokio::join!(settled(&mut watch, 500), serve(&attempt)).0 };
        let seen = tokio::time::timeout(Duration::from_secs(20), seen).await;
        assert_eq!(seen.expect("nothing is seen"), 500, "{seconds} s ahead");
        assert_ne!(phone.cash_out_code().unwrap(), shown, "a used code is not shown any more");
    }
}

#[tokio::test]
async fn a_payment_beside_a_cash_out_is_not_shown_as_it_and_skips_no_code() {
    let shop = Shop::open().await;
    let phone = shop.phone(&CUSTOMER);
    let shown = phone.cash_out_code().unwrap();
    let mut watch = phone.watch_own_cash(OwnCode::CashOut).await.unwrap();
    assert_eq!(pay_beside(&shop.till, &phone, 300).await.state().name(), "settled");
    // Held beside it, and by no code.
    let request = CollectRequest { hold: true, ..CollectRequest::new("fuel", gel(200), "Fuel") };
    let fuel = shop.till.collect(request).await.unwrap();
    pay_until(&fuel, &phone, "reserved").await;
    let attempt = shop.cash_out("out", 500, shown).await.unwrap();
    let (amount, _) = tokio::join!(settled(&mut watch, 500), serve(&attempt));
    assert_eq!(amount, 500);
    let same_chain = shop.phone(&CUSTOMER);
    same_chain.cash_out_code().unwrap();
    assert_eq!(phone.cash_out_code().unwrap(), same_chain.next_cash_out_code().unwrap());
}

#[tokio::test]
async fn money_from_elsewhere_is_not_shown_as_a_cash_in() {
    let shop = Shop::open().await;
    let phone = shop.phone(&POOR);
    let mut watch = phone.watch_own_cash(OwnCode::CashIn).await.unwrap();
    let gift = PayWalletRequest {
        request_id: "gift".to_owned(),
        beneficiary: WalletId::new(POOR.wallet).unwrap(),
        amount: gel(1000),
        description: "Gift".to_owned(),
    };
    let gift = shop.phone(&CUSTOMER).pay_wallet(gift).await.unwrap();
    assert_eq!(gift.ended().await.name(), "settled");
    serve(&shop.cash_in("in", 300, phone.cash_in_code().await.unwrap()).await.unwrap()).await;
    assert_eq!(settled(&mut watch, 0).await, 300);
}

/// A server whose statements don't say of which transaction they are.
#[derive(Debug)]
struct Nameless(InProcess);

impl Exchange for Nameless {
    fn exchange(&self, request: HttpRequest, _: Bounds) -> ExchangeFuture<'_> {
        Box::pin(async move {
            let is_of_statements = request.url.path().ends_with("/statements");
            let mut answer = self.0.answer(request).await;
            if is_of_statements {
                let mut page: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
                for statement in page["statements"].as_array_mut().unwrap() {
                    statement.as_object_mut().unwrap().remove("reference_number");
                }
                answer.body = page.to_string().into();
            }
            Ok(answer)
        })
    }
}

fn out(request_id: &str, minor: i64, code: Code) -> CashOutRequest {
    let (request_id, description) = (request_id.to_owned(), "Cash".to_owned());
    CashOutRequest { request_id, amount: gel(minor), description, code, staff: None }
}

/// What can't be told is said to be so, and never guessed. What was seen held by
/// the code is followed by its own key.
#[tokio::test]
async fn where_the_statement_names_no_transaction_it_is_unclear_and_the_code_stays() {
    let shop = Shop::open().await;
    let settings = TillSettings { check_identity: true, pace: Pace::steady(POLL), ..TillSettings::default() };
    let journal = journal_of(RETAILER_WALLET);
    let counter = till(&shop.environment, retailer(), seed::LOCATION_ALL_SERVICES, settings, journal, "till")
        .build()
        .unwrap();
    let builder = shop.phone_builder(&CUSTOMER);
    let payer = shop.phone(&CUSTOMER);
    let Shop { sandbox, till, .. } = shop;
    let phone = builder.exchange(Arc::new(Nameless(InProcess(Arc::new(sandbox))))).build().unwrap();
    let shown = phone.cash_out_code().unwrap();
    let mut watch = phone.watch_own_cash(OwnCode::CashOut).await.unwrap();

    pay_beside(&till, &payer, 300).await;
    let seen = watch.next().await.unwrap();
    assert!(matches!(seen, OwnCash::Unclear { amount, .. } if amount == gel(300)), "{seen:?}");
    assert_eq!(phone.cash_out_code().unwrap(), shown);

    let attempt = counter.cash_out(out("out", 500, shown.clone())).await.unwrap();
    assert_eq!(watch.next().await.unwrap(), OwnCash::Held { amount: gel(500) });
    attempt.identity_checked(true);
    serve(&attempt).await;
    assert_eq!(attempt.state().name(), "settled");
    assert_eq!(phone.cash_out_code().unwrap(), shown);
    assert_eq!(settled(&mut watch, 500).await, 500);
    assert_ne!(phone.cash_out_code().unwrap(), shown, "a used code is not shown any more");
}
