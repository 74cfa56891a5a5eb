//! The documented limits of requests (wallet-api section 1.5).

use paysera_sandbox::{Sandbox, SandboxClock, seed};

use crate::harness::{Answer, TILL, World, app_of, payment};

const ME: &str = "/rest/v1/wallet/me";

#[tokio::test]
async fn off_unless_asked_for() {
    let world = World::new().await;
    for _ in 0..80 {
        world.get(TILL, ME).await.ok();
    }
    world.done().await;
}

#[tokio::test]
async fn on_they_stop_a_token_and_are_unlocked_by_a_captcha_or_by_time() {
    let clock = SandboxClock::fixed(1_760_000_000);
    let world = World::start(Sandbox::builder().documented_rate_limits().clock(clock)).await;
    for _ in 0..60 {
        world.get(TILL, ME).await.ok();
    }
    let stopped = world.get(TILL, ME).await;
    assert_eq!(stopped.headers["retry-after"], "60");
    assert_eq!(stopped.headers["g-recaptcha-key"], "sandbox-site-key");
    let unlock = stopped.headers["recaptcha-unlock-url"].to_str().unwrap().to_owned();
    assert!(unlock.starts_with(&world.sandbox.base_url()), "{unlock}");
    stopped.refused(429, "rate_limit_exceeded");
    // Another token, and what needs none, go on.
    world.get(app_of(&seed::CUSTOMER), ME).await.ok();
    assert_eq!(world.http.get(world.url("/rest/v1/server")).send().await.unwrap().status(), 200);
    // What was stopped did nothing.
    world.post(TILL, serde_json::json!({"payments": [payment(1)]})).await.refused(429, "rate_limit_exceeded");

    let answer = |body: &'static str| Answer::to(world.http.post(&unlock).body(body));
    answer("").await.unwrap().refused(400, "invalid_parameters");
    answer("g-recaptcha-response=x").await.unwrap().ok();
    answer("g-recaptcha-response=x").await.unwrap().refused(404, "not_found");
    for _ in 0..60 {
        world.get(TILL, ME).await.ok();
    }
    world.get(TILL, ME).await.refused(429, "rate_limit_exceeded");
    world.sandbox.clock().advance(60);
    let list = world.get(TILL, "/rest/v1/transactions").await.ok();
    assert_eq!(list["_metadata"]["total"], 0);
    world.done().await;
}

#[tokio::test]
async fn an_account_has_a_thousand_an_hour_whoever_asks() {
    let clock = SandboxClock::fixed(1_760_000_000);
    let world = World::start(Sandbox::builder().documented_rate_limits().clock(clock)).await;
    for number in 0..1000 {
        if number % 50 == 0 {
            world.sandbox.clock().advance(60);
        }
        world.get(TILL, ME).await.ok();
    }
    world.sandbox.clock().advance(60);
    let stopped = world.get(TILL, ME).await;
    // The first fifty leave the hour together.
    assert_eq!(stopped.headers["retry-after"], (3600 - 20 * 60).to_string().as_str());
    let unlock = stopped.headers["recaptcha-unlock-url"].to_str().unwrap().to_owned();
    world.get(app_of(&seed::CUSTOMER), ME).await.ok();
    // The way of the Java client.
    let solved = world.http.post(&unlock).header("g-recaptcha-response", "x").body("grant_type=password");
    Answer::to(solved).await.unwrap().ok();
    world.get(TILL, ME).await.ok();
    world.done().await;
}
