//! How callbacks are delivered: again after failures, over restarts, and never
//! too many at once.

use std::collections::HashSet;
use std::sync::Arc;

use paysera_sandbox::{Sandbox, SandboxClock, seed};
use serde_json::{Value, json};

use crate::harness::{TILL, World, app_of, control, of, payment};
use crate::receiver::{Load, Merchant, Reaction};
use crate::restart::File;

const START: i64 = 1_760_000_000;

/// A sandbox whose clock stands still.
async fn still() -> World {
    World::start(Sandbox::builder().clock(SandboxClock::fixed(START))).await
}

/// A payment that its customer declines: one callback to `uri`. Its key.
async fn declined(world: &World, uri: &str) -> String {
    let made = world.post(TILL, json!({"payments": [payment(100)], "callback_uri": uri})).await.ok();
    let key = made["transaction_key"].as_str().unwrap().to_owned();
    world.put(app_of(&seed::CUSTOMER), &of(&key, "/reject"), json!({})).await.ok();
    key
}

fn attempts(callback: &Value) -> &Vec<Value> {
    callback["attempts"].as_array().unwrap()
}

async fn retry(world: &World, callback: &Value) -> Value {
    control(world, &format!("/callbacks/{}/retry", callback["id"]), json!({})).await.ok()
}

#[tokio::test]
async fn a_refused_callback_is_tried_four_times_and_again_on_demand() {
    let world = still().await;
    let mut merchant = Merchant::new(Reaction::Status(500)).await;
    declined(&world, &merchant.uri("/")).await;
    let mut sent = vec![merchant.next().await];
    for (made, pause) in [(1, 5), (2, 60), (3, 3600)] {
        let tried = world.newest_callback(|one| attempts(one).len() == made).await;
        let now = world.sandbox.clock().now();
        assert_eq!((&tried["status"], &tried["next_attempt_at"]), (&json!("pending"), &json!(now + pause)));
        // A second too early, nothing is due; the times of the attempts show it below.
        world.sandbox.clock().advance(pause - 1);
        assert_eq!(attempts(&world.callbacks().await[0]).len(), made);
        world.sandbox.clock().advance(1);
        sent.push(merchant.next().await);
    }
    let given_up = world.newest_callback(|one| one["status"] == "given_up").await;
    assert_eq!(given_up["next_attempt_at"], Value::Null);
    let times: Vec<_> = attempts(&given_up).iter().map(|one| one["at"].as_i64().unwrap() - START).collect();
    assert_eq!(times, [0, 5, 65, 3665]);
    let refused = json!({"at": START, "http_status": 500, "error": "The till is on fire"});
    assert_eq!(attempts(&given_up)[0], refused);
    assert!(sent.iter().all(|one| (&one.event, &one.sign) == (&sent[0].event, &sent[0].sign)));

    merchant.reacts(Reaction::Status(201));
    assert_eq!(retry(&world, &given_up).await["status"], "pending");
    assert_eq!(merchant.next().await.event, sent[0].event);
    let delivered = world.newest_callback(|one| one["status"] == "delivered").await;
    assert_eq!(attempts(&delivered)[4], json!({"at": START + 3665, "http_status": 201}));
    control(&world, "/callbacks/999/retry", json!({})).await.refused(404, "not_found");
    merchant.nothing_more();
    world.done().await;
}

#[tokio::test]
async fn a_closed_port_and_a_redirect_are_failures() {
    let world = still().await;
    let mut merchant = Merchant::new(Reaction::Redirect).await;
    declined(&world, &merchant.uri("/old")).await;
    assert_eq!(merchant.next().await.path, "/old");
    let tried = world.newest_callback(|one| !attempts(one).is_empty()).await;
    assert_eq!(
        attempts(&tried)[0],
        json!({"at": START, "http_status": 302, "error": "Redirects are not followed"})
    );
    merchant.reacts(Reaction::Status(200));
    world.sandbox.clock().advance(5);
    assert_eq!(merchant.next().await.path, "/old");
    world.newest_callback(|one| one["status"] == "delivered").await;
    merchant.nothing_more();

    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    declined(&world, &format!("http://{closed}/")).await;
    let tried = world.newest_callback(|one| attempts(one).len() == 1).await;
    assert!(attempts(&tried)[0]["error"].as_str().unwrap().starts_with("Not reached: "), "{tried}");
    assert_eq!((&tried["status"], &attempts(&tried)[0]["http_status"]), (&json!("pending"), &Value::Null));
    // Plain HTTP where TLS is expected.
    declined(&world, &merchant.uri("/").replace("http:", "https:")).await;
    let tried = world.newest_callback(|one| attempts(one).len() == 1).await;
    assert!(attempts(&tried)[0]["error"].is_string(), "{tried}");
    merchant.nothing_more();
    world.done().await;
}

#[tokio::test]
async fn a_retry_goes_to_the_address_that_counts_now() {
    let world = still().await;
    let mut merchant = Merchant::new(Reaction::Status(200)).await;
    let address = |uri: Value| control(&world, "/projects/1234/callback", json!({"callback_uri": uri}));
    address(json!("http://127.0.0.1:1/")).await.ok();
    let made = world.post(TILL, json!({"payments": [payment(100)]})).await.ok();
    let key = made["transaction_key"].as_str().unwrap();
    world.put(app_of(&seed::CUSTOMER), &of(key, "/reject"), json!({})).await.ok();
    let tried = world.newest_callback(|one| attempts(one).len() == 1).await;
    address(json!(false)).await.ok();
    let path = format!("/callbacks/{}/retry", tried["id"]);
    control(&world, &path, json!({})).await.refused(409, "invalid_state");
    address(json!(merchant.uri("/"))).await.ok();
    retry(&world, &tried).await;
    assert_eq!(merchant.next().await.identity(), (key.to_owned(), "rejected".into()));
    world.done().await;
}

#[tokio::test]
async fn a_silent_merchant_holds_nobody_else_and_not_the_end() {
    let world = still().await;
    let mut silent = Merchant::new(Reaction::Silence).await;
    let mut other = Merchant::new(Reaction::Status(200)).await;
    for _ in 0..20 {
        declined(&world, &silent.uri("/")).await;
    }
    silent.next().await;
    silent.next().await;
    let key = declined(&world, &other.uri("/")).await;
    assert_eq!(other.next().await.identity().0, key);
    world.newest_callback(|one| one["status"] == "delivered").await;
    silent.nothing_more();
    // A reset forgets what is under way.
    control(&world, "/reset", json!({})).await.ok();
    let key = declined(&world, &other.uri("/")).await;
    assert_eq!(other.next().await.identity().0, key);
    world.done().await;
}

#[tokio::test]
async fn what_waits_is_sent_after_a_restart() {
    let file = File::new("callbacks");
    let start =
        |now| World::start(Sandbox::builder().database(file.database()).clock(SandboxClock::fixed(now)));
    let mut merchant = Merchant::new(Reaction::Status(503)).await;
    let world = start(START).await;
    declined(&world, &merchant.uri("/")).await;
    let first = merchant.next().await;
    world.newest_callback(|one| attempts(one).len() == 1).await;
    merchant.reacts(Reaction::Silence);
    let under_way = declined(&world, &merchant.uri("/")).await;
    assert_eq!(merchant.next().await.identity().0, under_way);
    world.done().await;

    merchant.reacts(Reaction::Status(200));
    let world = start(START + 5).await;
    let again = [merchant.next().await, merchant.next().await];
    let same = again.iter().find(|one| one.identity() == first.identity()).unwrap();
    assert_eq!((&same.event, &same.sign), (&first.event, &first.sign));
    assert!(again.iter().any(|one| one.identity().0 == under_way));
    let delivered = |one: &Value| one["status"] == "delivered";
    world.callbacks_once(|all| all.iter().all(delivered)).await;
    merchant.nothing_more();
    world.done().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_that_wait_go_out_a_few_at_a_time_and_once() {
    const SHOPS: usize = 5;
    const EACH: usize = 200;
    let world = still().await;
    let together = Arc::new(Load::default());
    let mut shops = Vec::new();
    for _ in 0..SHOPS {
        shops.push(Merchant::with_load(Reaction::Status(503), Arc::clone(&together)).await);
    }
    for shop in &shops {
        for _ in 0..EACH {
            declined(&world, &shop.uri("/")).await;
        }
    }
    let mut first = HashSet::new();
    for shop in &mut shops {
        for _ in 0..EACH {
            first.insert(shop.next().await.identity());
        }
        shop.reacts(Reaction::Work(2));
    }
    assert_eq!(first.len(), SHOPS * EACH);
    world.callbacks_once(|all| all.iter().all(|one| attempts(one).len() == 1)).await;
    // All are due at once.
    world.sandbox.clock().advance(5);
    let mut second = HashSet::new();
    for shop in &mut shops {
        for _ in 0..EACH {
            second.insert(shop.next().await.identity());
        }
        shop.nothing_more();
        assert!(shop.load().most() <= 2, "{}", shop.load().most());
    }
    assert_eq!(second, first);
    assert!((3..=8).contains(&together.most()), "{}", together.most());
    world.done().await;
}
