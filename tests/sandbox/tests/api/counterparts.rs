//! Simulated people. What they do is waited for by its event, never by a pause.

use paysera_sandbox::{Counterpart, Sandbox, SandboxClock, Status, seed};
use serde_json::json;

use crate::harness::{Answer, TILL, World, control, payment};

const CUSTOMER: u64 = seed::CUSTOMER.wallet;

async fn world() -> World {
    World::start(Sandbox::builder().clock(SandboxClock::fixed(1_760_000_000))).await
}

/// Waits until the transaction has that status.
async fn becomes(world: &World, key: &str, status: Status) {
    let mut changes = world.sandbox.changes();
    while world.sandbox.transaction_status(key).await.unwrap() != status {
        changes.changed().await.unwrap();
    }
}

#[tokio::test]
async fn a_customer_and_a_merchant_settle_by_themselves() {
    let world = world().await;
    world.sandbox.counterparts().add(Counterpart::accepting(CUSTOMER)).unwrap();
    let key = world.create(TILL, payment(100)).await;
    becomes(&world, &key, Status::Reserved).await;
    let merchant = world.sandbox.counterparts().add(Counterpart::confirming().after(30)).unwrap();
    world.sandbox.clock().advance(29);
    assert_eq!(world.sandbox.transaction_status(&key).await.unwrap(), Status::Reserved);
    world.sandbox.clock().advance(1);
    becomes(&world, &key, Status::Confirmed).await;
    assert!(world.sandbox.counterparts().remove(merchant));
    // The merchant who never confirms.
    let key = world.create(TILL, payment(100)).await;
    becomes(&world, &key, Status::Reserved).await;
    world.done().await;
}

#[tokio::test]
async fn a_customer_dawdles_and_declines_at_the_last_moment() {
    let world = world().await;
    let key = world.create(TILL, payment(100)).await;
    world.sandbox.counterparts().add(Counterpart::declining(CUSTOMER).after(60)).unwrap();
    world.sandbox.clock().advance(59);
    assert_eq!(world.sandbox.transaction_status(&key).await.unwrap(), Status::New);
    world.sandbox.clock().advance(1);
    becomes(&world, &key, Status::Rejected).await;
    world.done().await;
}

#[tokio::test]
async fn a_customer_without_money_is_refused_or_tops_up() {
    let world = world().await;
    // In the app it is refused, once, and another customer may pay.
    world.sandbox.counterparts().add(Counterpart::accepting(seed::POOR.wallet)).unwrap();
    world.sandbox.counterparts().add(Counterpart::accepting(CUSTOMER).after(10)).unwrap();
    let key = world.create(TILL, payment(101)).await;
    world.sandbox.clock().advance(10);
    becomes(&world, &key, Status::Reserved).await;
    assert_eq!(world.gel(seed::POOR.wallet).await, (100, 0));
    world.sandbox.counterparts().clear();
    world.sandbox.counterparts().add(Counterpart::accepting_without_money(seed::POOR.wallet)).unwrap();
    let key = world.create(TILL, payment(101)).await;
    becomes(&world, &key, Status::WaitingFunds).await;
    control(&world, "/wallets/14473/money", json!({"price": 1, "currency": "GEL"})).await.ok();
    becomes(&world, &key, Status::Reserved).await;
    world.done().await;
}

#[tokio::test]
async fn they_keep_to_their_location() {
    let world = world().await;
    world.sandbox.counterparts().add(Counterpart::accepting(CUSTOMER).at_location(9976)).unwrap();
    let elsewhere = world.create(TILL, payment(1)).await;
    let at = crate::harness::Who { location: Some("9976"), ..TILL };
    let here = world.create(at, payment(1)).await;
    becomes(&world, &here, Status::Reserved).await;
    assert_eq!(world.sandbox.transaction_status(&elsewhere).await.unwrap(), Status::New);
    world.done().await;
}

#[tokio::test]
async fn the_control_api_lets_them_play() {
    let world = world().await;
    let path = "/counterparts";
    for bad in [
        json!({}),
        json!({"does": "dance", "wallet": 1}),
        json!({"does": "accept"}),
        json!({"does": "accept", "wallet": -1}),
        json!({"does": "confirm", "after": 5_000_000_000_u64}),
    ] {
        control(&world, path, bad).await.refused(400, "invalid_parameters");
    }
    let body = json!({"does": "accept", "wallet": CUSTOMER, "location_id": 9975, "after": 3});
    let made = control(&world, path, body).await.ok();
    let text = "wallet 14471 pays at location 9975 after 3 s";
    assert_eq!(made["counterparts"], json!([{"id": 1, "text": text}]));
    control(&world, path, json!({"does": "confirm"})).await.ok();
    let key = world.create(TILL, payment(1)).await;
    world.sandbox.clock().advance(3);
    becomes(&world, &key, Status::Confirmed).await;
    let delete =
        |path: &str| Answer::to(world.http.delete(world.url(&format!("/sandbox/counterparts{path}"))));
    delete("/1").await.unwrap().ok();
    delete("/1").await.unwrap().refused(404, "not_found");
    assert_eq!(delete("").await.unwrap().ok(), json!({"counterparts": []}));
    for _ in 0..100 {
        world.sandbox.counterparts().add(Counterpart::confirming()).unwrap();
    }
    control(&world, path, json!({"does": "confirm"})).await.refused(409, "invalid_state");
    world.done().await;
}
