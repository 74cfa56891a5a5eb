//! The three flows of wallet-api section 9, and the ways to end otherwise.

use paysera_sandbox::{Status, seed};
use serde_json::json;

use crate::harness::{TILL, World, app_of, cash_in, cash_out, codes, of, payment};

const CUSTOMER: u64 = seed::CUSTOMER.wallet;
const RETAILER: u64 = seed::RETAILER_WALLET;

#[tokio::test]
async fn a_payment_by_the_customers_own_token() {
    let world = World::new().await;
    let app = app_of(&seed::CUSTOMER);
    let key = world.create(TILL, payment(2599)).await;
    let shown = world.get(app, &of(&key, "?fields=*,project,payments.beneficiary.wallet")).await.ok();
    assert_eq!(shown["project"]["title"], "Demo retailer");
    let account = &shown["payments"][0]["beneficiary"]["wallet"]["account"];
    assert_eq!(account["owner_display_name"], "Demo retailer");
    assert_eq!(account["number"], "EVP0010000002112");

    let reserved = world.raw(app, "PUT", &of(&key, "/reserve/me"), "").await.ok();
    assert_eq!((&reserved["status"], &reserved["type"]), (&json!("reserved"), &json!("mobile_app")));
    assert_eq!(reserved["wallet"], CUSTOMER);
    assert_eq!(world.gel(CUSTOMER).await, (97_401, 2599));
    assert_eq!(world.gel(RETAILER).await, (1_000_000, 0));

    let confirmed = world.confirm(TILL, &key).await.ok();
    assert_eq!(confirmed["status"], "confirmed");
    assert_eq!(confirmed["confirmed_at"], confirmed["payments"][0]["confirmed_at"]);
    assert_eq!(world.gel(CUSTOMER).await, (97_401, 0));
    assert_eq!(world.gel(RETAILER).await, (1_002_599, 0));
    assert_eq!(world.sandbox.transaction_status(&key).await.unwrap(), Status::Confirmed);
    world.done().await;
}

#[tokio::test]
async fn a_cash_out_by_reservation_code() {
    let world = World::new().await;
    let key = world.create(TILL, cash_out(5000)).await;
    let code = codes(&seed::CUSTOMER).next_code();
    let reserved = world.put(TILL, &of(&key, "/reserve"), json!({ "code": code })).await.ok();
    assert_eq!((&reserved["type"], &reserved["wallet"]), (&json!("reservation_code"), &json!(CUSTOMER)));
    let named = world.get(TILL, "/rest/v1/wallet/14471").await.ok();
    assert_eq!(named["account"]["owner_display_name"], "Identified customer");
    world.confirm(TILL, &key).await.ok();
    assert_eq!(world.gel(CUSTOMER).await, (95_000, 0));
    assert_eq!(world.gel(RETAILER).await, (1_005_000, 0));
    world.done().await;
}

#[tokio::test]
async fn a_cash_in_by_allowance() {
    let world = World::new().await;
    let room = "/rest/v1/allowance/limit/2112?currency=GEL";
    let limit = world.get(TILL, room).await.ok();
    assert_eq!(limit, json!({"amount": 500_000, "amount_decimal": "5000.00", "currency": "GEL"}));
    let key = world.create(TILL, cash_in(5000, CUSTOMER)).await;
    let reserved = world.raw(TILL, "PUT", &of(&key, "/reserve/2112"), "[]").await.ok();
    assert_eq!((&reserved["type"], &reserved["wallet"]), (&json!("automatic"), &json!(RETAILER)));
    assert_eq!(world.get(TILL, room).await.ok()["amount"], 495_000);
    world.confirm(TILL, &key).await.ok();
    assert_eq!(world.gel(CUSTOMER).await, (105_000, 0));
    assert_eq!(world.gel(RETAILER).await, (995_000, 0));
    world.done().await;
}

#[tokio::test]
async fn a_payer_in_the_body_is_charged_by_allowance_or_own_token() {
    let world = World::new().await;
    let key = world.create(TILL, cash_in(100, CUSTOMER)).await;
    let answer = world.put(TILL, &of(&key, "/reserve"), json!({"payer": {"id": 2112}})).await.ok();
    assert_eq!(answer["type"], "automatic");
    let key = world.create(TILL, payment(100)).await;
    let app = app_of(&seed::CUSTOMER);
    let answer = world.put(app, &of(&key, "/reserve"), json!({"payer": {"id": CUSTOMER}})).await.ok();
    assert_eq!(answer["type"], "mobile_app");
    world.done().await;
}

#[tokio::test]
async fn a_customer_pays_with_an_own_reservation_code_and_auto_confirm() {
    let world = World::new().await;
    let made = world.post(TILL, json!({"payments": [payment(100)], "auto_confirm": true})).await.ok();
    let key = made["transaction_key"].as_str().unwrap();
    let code = codes(&seed::CUSTOMER).next_code();
    let answer = world.reserve_by_code(app_of(&seed::CUSTOMER), key, &code).await.ok();
    assert_eq!(answer["status"], "confirmed");
    assert_eq!(world.gel(RETAILER).await, (1_000_100, 0));
    world.done().await;
}

#[tokio::test]
async fn a_customer_pays_to_a_wallet_code() {
    let world = World::new().await;
    let app = app_of(&seed::CUSTOMER);
    let mut gift = payment(100);
    gift["beneficiary"] = json!({"id": seed::POOR.wallet});
    let key = world.create(app, gift).await;
    world.get(TILL, &of(&key, "")).await.refused(404, "not_found");
    world.raw(app, "PUT", &of(&key, "/reserve/me"), "").await.ok();
    world.confirm(app, &key).await.ok();
    assert_eq!(world.gel(seed::POOR.wallet).await, (200, 0));
    world.done().await;
}

#[tokio::test]
async fn a_lower_price_at_confirm_releases_the_difference() {
    let world = World::new().await;
    let app = app_of(&seed::CUSTOMER);
    let made = world.post(TILL, json!({"payments": [payment(1000), payment(500)]})).await.ok();
    let key = made["transaction_key"].as_str().unwrap();
    world.raw(app, "PUT", &of(key, "/reserve/me"), "").await.ok();
    let first = made["payments"][0]["id"].to_string();
    let prices = |price: serde_json::Value| json!({ first.clone(): price });
    for bad in [
        json!({"price": 1001, "currency": "GEL"}),
        json!({"price": 0, "currency": "GEL"}),
        json!({"price": 1, "currency": "EUR"}),
        json!({"price": 1}),
        json!(1),
    ] {
        world.put(TILL, &of(key, "/confirm"), prices(bad)).await.refused(400, "invalid_parameters");
    }
    let unknown = json!({"1": {"price": 1, "currency": "GEL"}});
    world.put(TILL, &of(key, "/confirm"), unknown).await.refused(400, "invalid_parameters");
    assert_eq!(world.gel(CUSTOMER).await, (98_500, 1500));

    let lower = prices(json!({"price_decimal": "7.5", "currency": "GEL"}));
    let confirmed = world.put(TILL, &of(key, "/confirm"), lower).await.ok();
    assert_eq!(confirmed["payments"][0]["price"], 750);
    assert_eq!(confirmed["payments"][1]["price"], 500);
    assert_eq!(world.gel(CUSTOMER).await, (98_750, 0));
    assert_eq!(world.gel(RETAILER).await, (1_001_250, 0));
    world.done().await;
}

#[tokio::test]
async fn a_revoke_gives_the_money_back_and_the_code_stays_spent() {
    let world = World::new().await;
    let key = world.create(TILL, cash_out(5000)).await;
    let code = codes(&seed::CUSTOMER).next_code();
    world.reserve_by_code(TILL, &key, &code).await.ok();
    assert_eq!(world.revoke(TILL, &key).await.ok()["status"], "revoked");
    assert_eq!(world.gel(CUSTOMER).await, (100_000, 0));
    let other = world.create(TILL, cash_out(5000)).await;
    world.reserve_by_code(TILL, &other, &code).await.refused(400, "invalid_code");
    assert_eq!(world.revoke(TILL, &other).await.ok()["status"], "deleted");
    world.done().await;
}

#[tokio::test]
async fn two_tokens_race_for_one_transaction_and_one_pays() {
    let world = World::new().await;
    let key = world.create(TILL, payment(50)).await;
    let path = of(&key, "/reserve/me");
    let (first, second) = tokio::join!(
        world.raw(app_of(&seed::CUSTOMER), "PUT", &path, ""),
        world.raw(app_of(&seed::POOR), "PUT", &path, ""),
    );
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    world.done().await;
}
