//! Every status of a transaction and every call on it: what is allowed leads
//! where the table of wallet-api section 5.6 says, everything else is 409 and
//! changes nothing.

use paysera_sandbox::seed;
use serde_json::{Value, json};

use crate::harness::{Answer, TILL, Who, World, app_of, of, payment};

const APP: Who = app_of(&seed::CUSTOMER);

/// The ways to act on a transaction.
const ACTIONS: [&str; 7] = ["accept", "flash", "request", "reject", "confirm", "revoke", "notify"];

async fn act(world: &World, key: &str, action: &str) -> Answer {
    match action {
        "accept" => world.raw(APP, "PUT", &of(key, "/reserve/me"), "").await,
        "flash" => world.raw(TILL, "PUT", &of(key, "/flash/14471"), "").await,
        "request" => world.raw(TILL, "POST", &of(key, "/request"), "{\"user_id\":502}").await,
        "reject" => world.raw(APP, "PUT", &of(key, "/reject"), "").await,
        "confirm" => world.confirm(TILL, key).await,
        "revoke" => world.revoke(TILL, key).await,
        "notify" => world.raw(TILL, "PUT", &of(key, "/notify"), "").await,
        other => panic!("{other}"),
    }
}

/// A fresh transaction in that status.
async fn in_status(world: &World, status: &str) -> String {
    let mut body = payment(1);
    match status {
        "waiting_registration" => body["beneficiary"] = json!({"email": "nobody@b.example"}),
        "waiting_password" => body["password"] = json!({"type": "provided", "value": "1"}),
        "waiting_funds" => body["price"] = json!(99_999_999),
        _ => {}
    }
    let made = world.post(TILL, json!({"payments": [body], "reserve": {"for": 60}})).await.ok();
    let key = made["transaction_key"].as_str().unwrap().to_owned();
    let before: &[&str] = match status {
        "new" => &[],
        "waiting" => &["request"],
        "waiting_registration" | "waiting_password" | "reserved" | "failed" => &["accept"],
        "confirmed" => &["accept", "confirm"],
        "rejected" => &["reject"],
        "revoked" => &["accept", "revoke"],
        "deleted" => &["revoke"],
        "waiting_funds" => {
            let page = world.url(&format!("/frontend/wallet/confirm/{key}"));
            let form = "decision=accept&wallet=14471";
            let answer = world.http.post(page).body(form).send().await.unwrap();
            assert!(answer.status().is_success(), "{answer:?}");
            &[]
        }
        other => panic!("{other}"),
    };
    for action in before {
        act(world, &key, action).await.ok();
    }
    if status == "failed" {
        world.sandbox.clock().advance(60);
    }
    assert_eq!(status_of(world, &key).await, status);
    key
}

async fn status_of(world: &World, key: &str) -> String {
    world.get(TILL, &of(key, "")).await.ok()["status"].as_str().unwrap().to_owned()
}

/// Where an action leads; `None`: it is not allowed.
fn expected(status: &str, action: &str) -> Option<&'static str> {
    match (status, action) {
        ("new" | "waiting", "accept") => Some("reserved"),
        ("new", "flash") | ("new" | "waiting", "request") => Some("waiting"),
        ("new" | "waiting", "reject") => Some("rejected"),
        ("reserved", "confirm") => Some("confirmed"),
        ("new", "revoke") => Some("deleted"),
        (
            "waiting" | "waiting_registration" | "waiting_password" | "waiting_funds" | "reserved",
            "revoke",
        ) => Some("revoked"),
        ("confirmed", "notify") => Some("confirmed"),
        _ => None,
    }
}

#[tokio::test]
async fn every_call_in_every_status() {
    for status in [
        "new",
        "waiting",
        "waiting_registration",
        "waiting_funds",
        "waiting_password",
        "reserved",
        "confirmed",
        "rejected",
        "revoked",
        "failed",
        "deleted",
    ] {
        // Ten SMS to one phone are the most in ten minutes: a world a status.
        let world = World::new().await;
        for action in ACTIONS {
            let key = in_status(&world, status).await;
            let answer = act(&world, &key, action).await;
            if let Some(to) = expected(status, action) {
                assert_eq!(answer.status, 200, "{status} {action}: {}", answer.json);
                assert_eq!(status_of(&world, &key).await, to, "{status} {action}");
            } else {
                assert_eq!(
                    (answer.status, &answer.json["error"]),
                    (409, &Value::from("invalid_state")),
                    "{status} {action}"
                );
                assert_eq!(status_of(&world, &key).await, status, "{status} {action}");
            }
        }
        world.done().await;
    }
}

#[tokio::test]
async fn time_ends_what_nobody_ended() {
    for (status, seconds, to) in [
        ("new", 2_592_000, "deleted"),
        ("waiting", 2_592_000, "failed"),
        ("waiting_registration", 60, "failed"),
        ("waiting_funds", 60, "failed"),
        ("waiting_password", 60, "failed"),
        ("reserved", 60, "failed"),
        ("confirmed", 2_592_000, "confirmed"),
        ("rejected", 2_592_000, "rejected"),
        ("revoked", 2_592_000, "revoked"),
        ("deleted", 2_592_000, "deleted"),
    ] {
        let world = World::new().await;
        let key = in_status(&world, status).await;
        world.sandbox.clock().advance(seconds - 1);
        assert_eq!(status_of(&world, &key).await, status);
        world.sandbox.clock().advance(1);
        assert_eq!(status_of(&world, &key).await, to);
        world.done().await;
    }
}
