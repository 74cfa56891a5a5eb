//! Wallet-api section 6.1: charging a wallet by an allowance, and how much is
//! left.

use paysera_core::money::Currency;
use paysera_sandbox::seed;
use serde_json::{Value, json};

use crate::allowances::{path, up_to};
use crate::harness::{Answer, TILL, World, app_of, of, payment, still};
use crate::restart::File;

const CUSTOMER: u64 = seed::CUSTOMER.wallet;

impl World {
    /// Creates a payment and charges it to the customer's allowance.
    async fn charge(&self, price: i64) -> (String, Answer) {
        let key = self.create(TILL, payment(price)).await;
        let answer = self.charge_to(&key, CUSTOMER).await;
        (key, answer)
    }

    async fn charge_to(&self, key: &str, wallet: u64) -> Answer {
        self.raw(TILL, "PUT", &of(key, &format!("/reserve/{wallet}")), "[]").await
    }

    /// What can be charged to the customer now.
    async fn left(&self) -> i64 {
        let limit = self.get(TILL, &path("limit/14471?currency=GEL")).await.ok();
        limit["amount"].as_i64().unwrap()
    }
}

#[tokio::test]
async fn the_total_counts_over_its_whole_life() {
    let world = World::new().await;
    world.given(&seed::CUSTOMER, up_to(1500)).await;
    let (key, paid) = world.charge(1000).await;
    let paid = paid.ok();
    assert_eq!((&paid["type"], &paid["wallet"]), (&json!("automatic"), &json!(CUSTOMER)));
    assert_eq!(world.left().await, 500);
    world.confirm(TILL, &key).await.ok();
    world.sandbox.clock().advance(86_400 * 20);
    assert_eq!(world.left().await, 500);
    world.charge(501).await.1.refused(400, "limits_exceeded");
    world.charge(500).await.1.ok();
    assert_eq!(world.left().await, 0);
    world.charge(1).await.1.refused(400, "limits_exceeded");
    assert_eq!(world.gel(CUSTOMER).await, (98_500, 500));
    world.done().await;
}

#[tokio::test]
async fn a_window_counts_what_is_in_it() {
    let world = World::new().await;
    let limits = json!([{"max_price": 500, "time": 60}, {"max_price": 800, "time": 600}]);
    world.given(&seed::CUSTOMER, json!({"currency": "GEL", "limits": limits})).await;
    world.charge(300).await.1.ok();
    world.sandbox.clock().advance(30);
    world.charge(200).await.1.ok();
    world.charge(1).await.1.refused(400, "limits_exceeded");
    world.sandbox.clock().advance(29);
    assert_eq!(world.left().await, 0);
    world.sandbox.clock().advance(1);
    // The first is out of the shorter window; the longer one has 300 left.
    assert_eq!(world.left().await, 300);
    world.charge(301).await.1.refused(400, "limits_exceeded");
    world.charge(300).await.1.ok();
    world.sandbox.clock().advance(539);
    assert_eq!(world.left().await, 0);
    world.sandbox.clock().advance(1);
    assert_eq!(world.left().await, 300);
    world.done().await;
}

#[tokio::test]
async fn what_is_not_charged_in_the_end_is_given_back() {
    let world = World::new().await;
    let limits = json!([{"max_price": 900, "time": 86_400}]);
    world.given(&seed::CUSTOMER, json!({"currency": "GEL", "max_price": 1000, "limits": limits})).await;
    let (revoked, answer) = world.charge(900).await;
    answer.ok();
    assert_eq!(world.left().await, 0);
    world.revoke(TILL, &revoked).await.ok();
    assert_eq!(world.left().await, 900);

    let (lowered, answer) = world.charge(900).await;
    let id = answer.ok()["payments"][0]["id"].to_string();
    world.put(TILL, &of(&lowered, "/confirm"), json!({id: {"price": 250, "currency": "GEL"}})).await.ok();
    assert_eq!(world.left().await, 650);

    let (refunded, answer) = world.charge(600).await;
    let id = answer.ok()["payments"][0]["id"].to_string();
    world.confirm(TILL, &refunded).await.ok();
    assert_eq!(world.left().await, 50);
    world.raw(TILL, "DELETE", &format!("/rest/v1/payment/{id}"), "").await.ok();
    assert_eq!(world.left().await, 650);

    let made = world.post(TILL, json!({"payments": [payment(600)], "reserve": {"for": 100}})).await.ok();
    world.charge_to(made["transaction_key"].as_str().unwrap(), CUSTOMER).await.ok();
    assert_eq!(world.left().await, 50);
    world.sandbox.clock().advance(100);
    assert_eq!(world.left().await, 650);
    // A charge that was refused for another reason used nothing.
    let beneficiary = json!({"id": seed::INACTIVE.wallet});
    let mut bad = payment(600);
    bad["beneficiary"] = beneficiary;
    let key = world.create(TILL, bad).await;
    world.charge_to(&key, CUSTOMER).await.refused(400, "beneficiary_account_inactive");
    assert_eq!(world.left().await, 650);
    assert_eq!(world.gel(CUSTOMER).await, (99_750, 0));
    world.done().await;
}

#[tokio::test]
async fn all_payments_of_a_transaction_count_together() {
    let world = World::new().await;
    world.given(&seed::CUSTOMER, up_to(1000)).await;
    for (prices, fits) in [([600, 401], false), ([600, 400], true)] {
        let made = world.post(TILL, json!({"payments": prices.map(payment)})).await.ok();
        let answer = world.charge_to(made["transaction_key"].as_str().unwrap(), CUSTOMER).await;
        if fits {
            answer.ok();
        } else {
            answer.refused(400, "limits_exceeded");
        }
    }
    world.done().await;
}

#[tokio::test]
async fn who_may_not_be_charged_has_no_rights() {
    let world = World::new().await;
    let terms = json!({"currency": "GEL", "max_price": 1000, "valid": {"for": 600}});
    let id = world.given(&seed::CUSTOMER, terms).await;
    let mut euro = payment(1);
    euro["currency"] = json!("EUR");
    for made in [
        json!({"payments": [payment(1)], "use_allowance": false}),
        json!({ "payments": [euro] }),
        json!({"payments": [payment(1), euro]}),
    ] {
        let made = world.post(TILL, made).await.ok();
        let key = made["transaction_key"].as_str().unwrap();
        world.charge_to(key, CUSTOMER).await.refused(403, "no_rights");
    }
    // Of another customer, by path and by body.
    let key = world.create(TILL, payment(1)).await;
    world.charge_to(&key, seed::POOR.wallet).await.refused(403, "no_rights");
    let payer = json!({"payer": {"id": seed::POOR.wallet}});
    world.put(TILL, &of(&key, "/reserve"), payer).await.refused(403, "no_rights");
    // A user's token charges nobody.
    let poor = app_of(&seed::POOR);
    world.raw(poor, "PUT", &of(&key, "/reserve/14471"), "").await.refused(403, "no_rights");

    world.sandbox.clock().advance(599);
    world.charge(1).await.1.ok();
    world.sandbox.clock().advance(1);
    world.charge_to(&key, CUSTOMER).await.refused(403, "no_rights");
    let over = world.get(TILL, &path(id)).await.ok();
    assert_eq!((&over["status"], over.get("canceled_at")), (&json!("inactive"), None));
    world.get(TILL, &path("active/14471")).await.refused(404, "not_found");
    world.get(TILL, &path("limit/14471")).await.refused(404, "not_found");
    world.done().await;
}

#[tokio::test]
async fn the_limit_is_what_a_charge_would_get() {
    let world = World::new().await;
    let nothing = |currency| json!({"amount": 0, "amount_decimal": "0.00", "currency": currency});
    world.given(&seed::CUSTOMER, up_to(99_999)).await;
    world.given(&seed::POOR, up_to(5000)).await;
    assert_eq!(world.get(TILL, &path("limit/14471")).await.ok(), nothing("EUR"));
    // The balance is less than the allowance.
    let poor = path("limit/14473?currency=GEL");
    assert_eq!(world.get(TILL, &poor).await.ok()["amount"], 100);
    let key = world.create(TILL, payment(101)).await;
    world.charge_to(&key, seed::POOR.wallet).await.refused(400, "not_enough_funds");
    let key = world.create(TILL, payment(100)).await;
    world.charge_to(&key, seed::POOR.wallet).await.ok();
    assert_eq!(world.get(TILL, &poor).await.ok(), nothing("GEL"));
    // Both a payment by hand and an allowance take from the same balance.
    let key = world.create(TILL, payment(60_000)).await;
    world.accept_in_app(app_of(&seed::CUSTOMER), &key).await.ok();
    assert_eq!(world.left().await, 40_000);
    world.charge(40_000).await.1.ok();
    assert_eq!(world.left().await, 0);
    // Who is not identified any more can't be charged.
    world.revoke(TILL, &key).await.ok();
    assert_eq!(world.left().await, 59_999);
    let level = world.http.post(world.url("/sandbox/wallets/14471/level"));
    let level = level.header("content-type", "application/json").body(r#"{"level":"unidentified"}"#);
    Answer::to(level).await.unwrap().ok();
    assert_eq!(world.left().await, 0);
    world.charge(1).await.1.refused(403, "client_not_verified");
    world.done().await;
}

#[tokio::test]
async fn two_charges_at_once_stay_within_the_limit() {
    let world = World::new().await;
    world.given(&seed::CUSTOMER, up_to(1000)).await;
    let (first, second) = (world.create(TILL, payment(600)).await, world.create(TILL, payment(600)).await);
    let (first, second) = tokio::join!(world.charge_to(&first, CUSTOMER), world.charge_to(&second, CUSTOMER));
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400]);
    assert_eq!(world.left().await, 400);
    world.done().await;
}

#[tokio::test]
async fn allowances_and_what_they_were_charged_survive_a_restart() {
    let file = File::new("allowance-charges");
    let world = World::start(still().database(file.database())).await;
    let id = world.given(&seed::CUSTOMER, up_to(1000)).await;
    let (key, answer) = world.charge(400).await;
    answer.ok();
    let before: Value = world.get(TILL, &path(id)).await.ok();
    world.done().await;
    let world = World::start(still().database(file.database())).await;
    assert_eq!(world.get(TILL, &path(id)).await.ok(), before);
    assert_eq!(world.left().await, 600);
    world.confirm(TILL, &key).await.ok();
    assert_eq!(world.sandbox.balance(CUSTOMER, Currency::GEL).await.unwrap().at_disposal, 99_600);
    world.done().await;
}
