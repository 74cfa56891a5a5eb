//! Faults on demand.

use paysera_sandbox::{Status, seed};

use crate::harness::{TILL, World, app_of, nonce, of, payment};

async fn reserved(world: &World) -> String {
    let key = world.create(TILL, payment(100)).await;
    world.raw(app_of(&seed::CUSTOMER), "PUT", &of(&key, "/reserve/me"), "").await.ok();
    key
}

async fn confirm(world: &World, key: &str) -> Result<u16, reqwest::Error> {
    let path = of(key, "/confirm");
    let header = world.sign(TILL, "PUT", &path, b"", &nonce());
    world.try_send("PUT", &path, Some(header), Vec::new()).await.map(|answer| answer.status)
}

#[tokio::test]
async fn a_dropped_answer_was_processed() {
    let world = World::new().await;
    let key = reserved(&world).await;
    world.sandbox.faults().drop_answer_once("PUT", "/confirm");
    confirm(&world, &key).await.unwrap_err();
    assert_eq!(world.sandbox.transaction_status(&key).await.unwrap(), Status::Confirmed);
    assert_eq!(confirm(&world, &key).await.unwrap(), 409);
    world.done().await;
}

#[tokio::test]
async fn a_failed_request_was_not_processed() {
    let world = World::new().await;
    let key = reserved(&world).await;
    world.sandbox.faults().fail_once("PUT", "/confirm", 503);
    assert_eq!(confirm(&world, &key).await.unwrap(), 503);
    assert_eq!(world.sandbox.transaction_status(&key).await.unwrap(), Status::Reserved);
    assert_eq!(confirm(&world, &key).await.unwrap(), 200);
    world.done().await;
}

#[tokio::test]
async fn a_truncated_answer_breaks_off_in_the_body() {
    let world = World::new().await;
    let key = reserved(&world).await;
    world.sandbox.faults().truncate_once("GET", &key);
    let path = of(&key, "");
    let header = world.sign(TILL, "GET", &path, b"", &nonce());
    let response = world.http.get(world.url(&path)).header("authorization", header).send().await.unwrap();
    assert_eq!(response.status(), 200);
    response.bytes().await.unwrap_err();
    world.done().await;
}

#[tokio::test]
async fn an_answer_may_be_html() {
    let world = World::new().await;
    world.sandbox.faults().not_json_once("GET", "/server");
    let answer = world.http.get(world.url("/rest/v1/server")).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "application/json");
    assert!(answer.text().await.unwrap().starts_with("<html>"));
    world.done().await;
}
