//! Limits of cash operations (wallet-api section 13).

use paysera_sandbox::{Limits, seed};
use serde_json::json;

use crate::harness::{TILL, World, app_of, cash_in, cash_out, codes, of, payment, still};

#[tokio::test]
async fn one_operation_may_be_two_thousand_lari() {
    let world = World::new().await;
    let key = world.create(TILL, cash_in(200_001, seed::CUSTOMER.wallet)).await;
    world.raw(TILL, "PUT", &of(&key, "/reserve/2112"), "").await.refused(400, "limits_exceeded");
    let key = world.create(TILL, cash_in(200_000, seed::CUSTOMER.wallet)).await;
    world.raw(TILL, "PUT", &of(&key, "/reserve/2112"), "").await.ok();
    world.done().await;
}

#[tokio::test]
async fn a_day_counts_both_directions_and_what_is_reserved() {
    let limits = Limits { per_operation: 1000, per_day: 1500 };
    let world = World::start(still().limits(limits)).await;
    let mut generator = codes(&seed::CUSTOMER);
    let deposit = world.create(TILL, cash_in(1000, seed::CUSTOMER.wallet)).await;
    world.raw(TILL, "PUT", &of(&deposit, "/reserve/2112"), "").await.ok();
    let key = world.create(TILL, cash_out(501)).await;
    let code = generator.next_code();
    world.reserve_by_code(TILL, &key, &code).await.refused(400, "limits_exceeded");
    // Payments are not cash.
    let bill = world.create(TILL, payment(5000)).await;
    world.raw(app_of(&seed::CUSTOMER), "PUT", &of(&bill, "/reserve/me"), "").await.ok();
    world.revoke(TILL, &deposit).await.ok();
    world.reserve_by_code(TILL, &key, &code).await.ok();
    let split = json!({"payments": [cash_out(500), cash_out(500)]});
    let made = world.post(TILL, split).await.ok();
    let split = made["transaction_key"].as_str().unwrap();
    let code = generator.next_code();
    world.reserve_by_code(TILL, split, &code).await.refused(400, "limits_exceeded");
    world.sandbox.clock().advance(86_400);
    world.reserve_by_code(TILL, split, &code).await.ok();
    world.done().await;
}

#[tokio::test]
async fn the_allowance_has_a_limit_of_its_own() {
    let limits = Limits { per_operation: 1000, per_day: 1500 };
    let world = World::start(still().limits(limits)).await;
    for (customer, price) in [(seed::CUSTOMER, 1000), (seed::POOR, 500)] {
        let key = world.create(TILL, cash_in(price, customer.wallet)).await;
        world.raw(TILL, "PUT", &of(&key, "/reserve/2112"), "").await.ok();
        world.confirm(TILL, &key).await.ok();
    }
    let key = world.create(TILL, cash_in(1, seed::POOR.wallet)).await;
    world.raw(TILL, "PUT", &of(&key, "/reserve/2112"), "").await.refused(400, "limits_exceeded");
    let limit = world.get(TILL, "/rest/v1/allowance/limit/me?currency=GEL").await.ok();
    assert_eq!(limit["amount"], 0);
    world.done().await;
}
