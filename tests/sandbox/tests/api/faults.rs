//! Faults on demand.

use std::time::{Duration, Instant};

use paysera_sandbox::{Fault, FaultRule, Status, seed};
use serde_json::{Value, json};

use crate::harness::{Answer, TILL, World, app_of, cash_out, codes, control, nonce, of, payment, with};

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

#[tokio::test]
async fn a_dropped_request_was_not_processed() {
    let world = World::new().await;
    let key = reserved(&world).await;
    world.sandbox.faults().add(FaultRule::new("transaction/*/confirm", Fault::DropRequest).times(1)).unwrap();
    confirm(&world, &key).await.unwrap_err();
    let logged = last_logged(&world).await;
    assert_eq!(
        (&logged["status"], &logged["fault"]),
        (&json!(0), &json!("not processed, connection closed"))
    );
    assert_eq!(world.sandbox.transaction_status(&key).await.unwrap(), Status::Reserved);
    assert_eq!(confirm(&world, &key).await.unwrap(), 200);
    world.done().await;
}

/// Waits until so many requests are held.
async fn held(world: &World, count: usize) {
    world.sandbox.faults().held().wait_for(|held| *held == count).await.unwrap();
}

async fn last_logged(world: &World) -> Value {
    let log = world.http.get(world.url("/sandbox/requests?limit=1"));
    Answer::to(log).await.unwrap().ok()["requests"][0].clone()
}

#[tokio::test]
async fn a_silent_server_answers_nobody_until_it_is_released() {
    let world = World::new().await;
    let key = reserved(&world).await;
    world.sandbox.faults().add(FaultRule::new("confirm", Fault::Silence)).unwrap();
    let path = of(&key, "/confirm");
    let header = world.sign(TILL, "PUT", &path, b"", &nonce());
    let send = || tokio::spawn(world.http.put(world.url(&path)).header("authorization", &header).send());
    let waiting = send();
    held(&world, 1).await;
    // The server goes on, and the log shows that nothing was answered.
    let logged = last_logged(&world).await;
    assert_eq!((&logged["status"], &logged["error"]), (&json!(0), &Value::Null));
    assert_eq!(logged["fault"], "not processed, no answer");
    assert!(!waiting.is_finished());
    let released = control(&world, "/faults/release", json!({ "held": 1 })).await.ok();
    assert_eq!(released["faults"].as_array().unwrap().len(), 1);
    waiting.await.unwrap().unwrap_err();
    held(&world, 0).await;
    assert_eq!(world.sandbox.transaction_status(&key).await.unwrap(), Status::Reserved);

    // A client that gives up is gone, and a sandbox that stops waits for nobody.
    let waiting = send();
    held(&world, 1).await;
    waiting.abort();
    held(&world, 0).await;
    let waiting = send();
    held(&world, 1).await;
    world.done().await;
    waiting.await.unwrap().unwrap_err();
}

#[tokio::test]
async fn a_delayed_request_takes_at_least_so_long() {
    let world = World::new().await;
    let key = reserved(&world).await;
    let delay = Duration::from_millis(50);
    let rule = FaultRule::new("confirm", Fault::Delay(delay)).method("put").times(1);
    world.sandbox.faults().add(rule).unwrap();
    let start = Instant::now();
    assert_eq!(confirm(&world, &key).await.unwrap(), 200);
    assert!(start.elapsed() >= delay);
    world.done().await;
}

#[tokio::test]
async fn a_delayed_request_is_processed_although_its_client_gave_up() {
    let world = World::new().await;
    let key = reserved(&world).await;
    let hour = Duration::from_secs(3600);
    world.sandbox.faults().add(FaultRule::new("confirm", Fault::Delay(hour)).times(1)).unwrap();
    let path = of(&key, "/confirm");
    let header = world.sign(TILL, "PUT", &path, b"", &nonce());
    let request = world.http.put(world.url(&path)).header("authorization", header).send();
    let waiting = tokio::spawn(request);
    held(&world, 1).await;
    waiting.abort();
    assert!(waiting.await.unwrap_err().is_cancelled());
    assert_eq!(world.sandbox.transaction_status(&key).await.unwrap(), Status::Reserved);
    let mut changes = world.sandbox.changes();
    world.sandbox.faults().clear();
    changes.changed().await.unwrap();
    assert_eq!(world.sandbox.transaction_status(&key).await.unwrap(), Status::Confirmed);
    world.done().await;
}

#[tokio::test]
async fn a_sandbox_that_stops_answers_what_is_delayed() {
    let world = World::new().await;
    let hour = Duration::from_secs(3600);
    world.sandbox.faults().add(FaultRule::new("server", Fault::Delay(hour))).unwrap();
    let waiting = tokio::spawn(world.http.get(world.url("/rest/v1/server")).send());
    held(&world, 1).await;
    world.done().await;
    assert_eq!(waiting.await.unwrap().unwrap().status(), 200);
}

#[tokio::test]
async fn the_same_seed_breaks_the_same_requests_again() {
    let world = World::new().await;
    let run = async |seed| {
        world.sandbox.faults().clear();
        world.sandbox.faults().seed(seed);
        let fault = Fault::Status { status: 503, retry_after: None };
        world.sandbox.faults().add(FaultRule::new("server", fault).per_mille(400)).unwrap();
        let mut seen = Vec::new();
        for _ in 0..40 {
            seen.push(world.http.get(world.url("/rest/v1/server")).send().await.unwrap().status().as_u16());
        }
        seen
    };
    let first = run(7).await;
    assert!(first.contains(&200) && first.contains(&503), "{first:?}");
    assert_eq!(run(7).await, first);
    assert_ne!(run(8).await, first);
    world.done().await;
}

#[tokio::test]
async fn a_busy_server_says_when_to_come_back() {
    let world = World::new().await;
    for (status, error) in [(429, "rate_limit_exceeded"), (503, "internal_server_error")] {
        let fault = Fault::Status { status, retry_after: Some(7) };
        world.sandbox.faults().add(FaultRule::new("*", fault).times(1)).unwrap();
        let answer = Answer::to(world.http.get(world.url("/rest/v1/server"))).await.unwrap();
        assert_eq!(answer.headers["retry-after"], "7");
        answer.refused(status, error);
    }
    world.done().await;
}

#[tokio::test]
async fn a_request_that_is_processed_twice_moves_money_once() {
    let world = World::new().await;
    let key = reserved(&world).await;
    world.sandbox.faults().add(FaultRule::new("*", Fault::ProcessTwice).method("PUT").times(2)).unwrap();
    assert_eq!(confirm(&world, &key).await.unwrap(), 409);
    assert_eq!(world.sandbox.transaction_status(&key).await.unwrap(), Status::Confirmed);
    assert_eq!(world.gel(seed::CUSTOMER.wallet).await, (99_900, 0));
    let other = world.create(TILL, cash_out(100)).await;
    let code = codes(&seed::CUSTOMER).next_code();
    world.reserve_by_code(TILL, &other, &code).await.refused(409, "invalid_state");
    assert_eq!(world.gel(seed::CUSTOMER.wallet).await, (99_800, 100));
    world.done().await;
}

#[tokio::test]
async fn json_may_come_as_text() {
    let world = World::new().await;
    world.sandbox.faults().add(FaultRule::new("server", Fault::WrongContentType)).unwrap();
    let answer = Answer::to(world.http.get(world.url("/rest/v1/server"))).await.unwrap();
    assert_eq!(answer.headers["content-type"], "text/plain");
    assert!(answer.json["time"].is_i64());
    world.done().await;
}

#[tokio::test]
async fn faults_are_switched_by_the_control_api() {
    let world = World::new().await;
    let bodies = [
        json!({"fault": "delay", "milliseconds": 1, "times": 0}),
        json!({"fault": "drop_request", "method": "put"}),
        json!({"fault": "silence"}),
        json!({"fault": "drop_answer", "chance_per_mille": 0}),
        json!({"fault": "truncate"}),
        json!({"fault": "not_json"}),
        json!({"fault": "wrong_content_type"}),
        json!({"fault": "process_twice"}),
        json!({"fault": "fail", "status": 503, "retry_after": 3}),
    ];
    let count = bodies.len();
    for body in bodies {
        control(&world, "/faults", with(body, json!({"path": "nowhere/*"}))).await.ok();
    }
    let list = world.http.get(world.url("/sandbox/faults"));
    let faults = Answer::to(list).await.unwrap().ok()["faults"].clone();
    assert_eq!(faults.as_array().unwrap().len(), count);
    let last = json!({"id": 9, "method": "any", "path": "nowhere/*", "times": 1, "chance_per_mille": 1000,
        "fault": "503, not processed, retry after 3 s"});
    assert_eq!(faults[8], last);
    for bad in [
        json!({"path": "x", "fault": "explode"}),
        json!({"fault": "silence"}),
        json!({"path": "x", "fault": "delay"}),
        json!({"path": "x", "fault": "delay", "milliseconds": 600_001}),
        json!({"path": "x", "fault": "fail", "status": 200}),
        json!({"path": "x", "fault": "silence", "chance_per_mille": 1001}),
        json!({"path": "x", "fault": "silence", "times": -1}),
    ] {
        control(&world, "/faults", bad).await.refused(400, "invalid_parameters");
    }
    let remove = |id: u64| world.http.delete(world.url(&format!("/sandbox/faults/{id}")));
    Answer::to(remove(9)).await.unwrap().ok();
    Answer::to(remove(9)).await.unwrap().refused(404, "not_found");
    control(&world, "/faults/seed", json!({"seed": 7})).await.ok();
    control(&world, "/faults/seed", json!({"seed": -7})).await.refused(400, "invalid_parameters");
    let clear = world.http.delete(world.url("/sandbox/faults"));
    assert_eq!(Answer::to(clear).await.unwrap().ok(), json!({"faults": [], "held": 0}));
    world.done().await;
}
