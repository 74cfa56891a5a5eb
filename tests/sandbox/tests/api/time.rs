//! What time alone does.

use paysera_sandbox::{Status, seed};
use serde_json::json;

use crate::harness::{TILL, World, app_of, of, payment};

#[tokio::test]
async fn an_unconfirmed_reservation_fails_and_the_money_is_free() {
    let world = World::new().await;
    let app = app_of(&seed::CUSTOMER);
    let made = world.post(TILL, json!({"payments": [payment(100)], "reserve": {"for": 900}})).await.ok();
    let key = made["transaction_key"].as_str().unwrap();
    world.sandbox.clock().advance(60);
    world.raw(app, "PUT", &of(key, "/reserve/me"), "").await.ok();
    world.sandbox.clock().advance(899);
    assert_eq!(world.gel(seed::CUSTOMER.wallet).await, (99_900, 100));
    world.sandbox.clock().advance(1);
    assert_eq!(world.gel(seed::CUSTOMER.wallet).await, (100_000, 0));
    world.confirm(TILL, key).await.refused(409, "invalid_state");
    assert_eq!(world.get(TILL, &of(key, "")).await.ok()["status"], "failed");
    world.done().await;
}

#[tokio::test]
async fn a_fixed_end_that_has_passed_refuses_the_reserve() {
    let world = World::new().await;
    let until = world.sandbox.clock().now() + 100;
    let made = world.post(TILL, json!({"payments": [payment(100)], "reserve_until": until})).await.ok();
    assert_eq!(made["reserve"], json!({ "until": until }));
    let key = made["transaction_key"].as_str().unwrap();
    world.sandbox.clock().advance(101);
    let app = app_of(&seed::CUSTOMER);
    world.raw(app, "PUT", &of(key, "/reserve/me"), "").await.refused(409, "invalid_state");
    world.done().await;
}

#[tokio::test]
async fn nobody_accepts_after_a_month() {
    let world = World::new().await;
    let key = world.create(TILL, payment(100)).await;
    world.sandbox.clock().advance(2_592_000);
    assert_eq!(world.sandbox.transaction_status(&key).await.unwrap(), Status::Deleted);
    world.done().await;
}
