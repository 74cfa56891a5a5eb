//! What time alone does.

use paysera_sandbox::{Sandbox, SandboxClock, Status, seed};
use serde_json::json;

use crate::harness::{TILL, World, app_of, control, of, payment};

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

#[tokio::test]
async fn the_clock_stays_where_requests_can_be_signed() {
    let now = 1_760_000_000;
    let world = World::start(Sandbox::builder().clock(SandboxClock::fixed(now))).await;
    let (first, last) = (0, 253_402_300_799_i64);
    for (name, seconds) in [
        ("advance", first - 1 - now),
        ("offset", first - 1 - now),
        ("advance", last + 1 - now),
        ("offset", last + 1 - now),
        ("advance", i64::MAX),
        ("offset", i64::MIN),
    ] {
        let refused = control(&world, "/clock", json!({ name: seconds })).await;
        let reason = &refused.refused(400, "invalid_parameters")["error_properties"][name][0];
        assert_eq!(*reason, "The clock stays between the years 1970 and 9999", "{name} {seconds}");
        assert_eq!(world.sandbox.clock().now(), now);
    }
    for time in [first, last] {
        let moved = control(&world, "/clock", json!({ "offset": time - now })).await.ok();
        assert_eq!(moved, json!({ "time": time }));
        let key = world.create(TILL, payment(1)).await;
        world.raw(app_of(&seed::CUSTOMER), "PUT", &of(&key, "/reserve/me"), "").await.ok();
        world.confirm(TILL, &key).await.ok();
    }
    world.done().await;
}
