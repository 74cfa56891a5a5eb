//! Wallet-api sections 1.4 and 2.6 over real HTTP.

use paysera_sandbox::{mac, seed};
use serde_json::json;

use crate::harness::{TILL, Who, World, app_of, nonce, payment};

const LIST: &str = "/rest/v1/transactions";

#[tokio::test]
async fn the_server_tells_its_time_to_anyone() {
    let world = World::new().await;
    for authorization in [None, Some("MAC nonsense".to_owned())] {
        let answer = world.try_send("GET", "/rest/v1/server", authorization, Vec::new()).await.unwrap();
        assert_eq!(answer.headers["content-type"], "application/json");
        let time = answer.ok()["time"].as_i64().unwrap();
        assert!((time - world.sandbox.clock().now()).abs() <= 1);
    }
    assert_eq!(world.sandbox.requests(), 2);
    world.done().await;
}

#[tokio::test]
async fn an_unsigned_or_unreadable_request_is_unauthorized() {
    let world = World::new().await;
    let whole = world.sign(TILL, "GET", LIST, b"", &nonce());
    for authorization in [
        None,
        Some(String::new()),
        Some("Bearer x".to_owned()),
        Some("MAC id=\"sbx_retailer\"".to_owned()),
        Some(format!("{whole}, id=\"other\"")),
        Some(whole.replace("sbx_retailer", "nobody")),
        Some(whole.replace("location_id=9975", "location_id=9976")),
    ] {
        let answer = world.try_send("GET", LIST, authorization, Vec::new()).await.unwrap();
        answer.refused(401, "unauthorized");
    }
    let wrong_key = Who { key: "k3y", ..TILL };
    world.get(wrong_key, LIST).await.refused(401, "unauthorized");
    world.done().await;
}

#[tokio::test]
async fn a_nonce_is_used_once_per_id() {
    let world = World::new().await;
    let nonce = nonce();
    let header = world.sign(TILL, "GET", LIST, b"", &nonce);
    world.try_send("GET", LIST, Some(header.clone()), Vec::new()).await.unwrap().ok();
    let repeated = world.try_send("GET", LIST, Some(header), Vec::new()).await.unwrap();
    assert_eq!(repeated.refused(401, "unauthorized")["error_description"], "Nonce already used");
    let other = world.sign(app_of(&seed::CUSTOMER), "GET", LIST, b"", &nonce);
    world.try_send("GET", LIST, Some(other), Vec::new()).await.unwrap().ok();
    world.done().await;
}

#[tokio::test]
async fn a_wrong_clock_is_told_on_which_side() {
    let world = World::new().await;
    for (offset, text) in [(600, "Timestamp lifetime exceeded"), (-600, "Timestamp is in future")] {
        world.sandbox.clock().set_offset(0);
        let header = world.sign(TILL, "GET", LIST, b"", &nonce());
        world.sandbox.clock().set_offset(offset);
        let answer = world.try_send("GET", LIST, Some(header), Vec::new()).await.unwrap();
        assert_eq!(answer.refused(401, "invalid_timestamp")["error_description"], text);
        // The client reads the time and signs again.
        world.get(TILL, LIST).await.ok();
    }
    world.done().await;
}

#[tokio::test]
async fn another_body_than_the_signed_one_is_refused() {
    let world = World::new().await;
    let path = "/rest/v1/transaction";
    let body = json!({"payments": [payment(100)]}).to_string();
    let header = world.sign(TILL, "POST", path, body.as_bytes(), &nonce());
    let changed = body.replace("100", "900").into_bytes();
    let answer = world.try_send("POST", path, Some(header), changed).await.unwrap();
    assert_eq!(answer.refused(401, "unauthorized")["error_description"], "Body hash invalid");
    let unhashed = world.sign(TILL, "POST", path, b"", &nonce());
    let answer = world.try_send("POST", path, Some(unhashed), body.into_bytes()).await.unwrap();
    answer.refused(401, "unauthorized");
    assert_eq!(world.get(TILL, LIST).await.ok()["_metadata"]["total"], 0);
    world.done().await;
}

#[tokio::test]
async fn the_raw_query_is_what_is_signed() {
    let world = World::new().await;
    for query in ["?fields=*,project", "?fields=%2A%2Cproject", "?status=new%2Creserved&limit=5", "?x=a+b&&"]
    {
        world.get(TILL, &format!("{LIST}{query}")).await.ok();
    }
    world.done().await;
}

#[tokio::test]
async fn the_port_may_be_443_or_80() {
    let world = World::new().await;
    for port in [443, 80] {
        let header = mac::sign(&mac::RequestToSign {
            id: TILL.id,
            mac_key: TILL.key,
            timestamp: world.sandbox.clock().now(),
            nonce: &nonce(),
            method: "GET",
            request_uri: LIST,
            host: "127.0.0.1",
            port,
            body: b"",
            parameters: &[],
        });
        world.try_send("GET", LIST, Some(header), Vec::new()).await.unwrap().ok();
    }
    world.done().await;
}

#[tokio::test]
async fn an_expired_token_is_told_so() {
    let world = World::new().await;
    let app = app_of(&seed::CUSTOMER);
    world.get(app, "/rest/v1/wallet/me").await.ok();
    world.sandbox.expire_token(seed::CUSTOMER.token).await.unwrap();
    let refused = world.get(app, "/rest/v1/wallet/me").await.refused(400, "invalid_grant");
    assert_eq!(refused["error_description"], "Token has expired");
    assert!(world.sandbox.expire_token("nobody").await.is_err());
    world.done().await;
}
