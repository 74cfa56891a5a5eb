//! The control API, which the console and tests use.

use serde_json::{Value, json};

use crate::harness::{Answer, TILL, World, app_of};
use paysera_core::code::Code;
use paysera_core::qr::{ErrorCorrection, QrSymbol};
use paysera_sandbox::{Sandbox, seed};

async fn post(world: &World, path: &str, body: Value) -> Answer {
    send(world, path, "application/json", body.to_string().into(), &[]).await
}

async fn send(world: &World, path: &str, kind: &str, body: Vec<u8>, headers: &[(&str, &str)]) -> Answer {
    let mut request = world.http.post(world.url(path)).header("content-type", kind).body(body);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    Answer::to(request).await.unwrap()
}

async fn get(world: &World, path: &str) -> Value {
    Answer::to(world.http.get(world.url(path))).await.unwrap().ok()
}

fn wallet(state: &Value, number: u64) -> &Value {
    state["wallets"].as_array().unwrap().iter().find(|wallet| wallet["wallet"] == number).unwrap()
}

/// A payment of 12.50 made at the till; its key and code.
async fn created(world: &World) -> (String, String) {
    let body =
        json!({"location_id": 9975, "price_decimal": "12.50", "currency": "GEL", "description": "Table 12"});
    let made = post(world, "/sandbox/transactions", body).await.ok();
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    (text("transaction_key"), text("code"))
}

#[tokio::test]
async fn a_payment_is_played_from_both_sides() {
    let world = World::new().await;
    let (key, code) = created(&world).await;
    let reviewed = post(&world, "/sandbox/review", json!({ "text": code })).await.ok();
    assert_eq!((&reviewed["amount_decimal"], &reviewed["status"]), (&json!("12.50"), &json!("new")));
    assert_eq!(reviewed["beneficiary_name"], "Demo retailer");

    let of = |action: &str| format!("/sandbox/transactions/{key}/{action}");
    post(&world, &of("accept"), json!({"wallet": 14471})).await.ok();
    post(&world, &of("confirm"), json!({})).await.ok();
    let state = get(&world, "/sandbox/state").await;
    assert_eq!(wallet(&state, 14471)["balances"][0]["at_disposal_decimal"], "987.50");
    assert_eq!(wallet(&state, 2112)["balances"][0]["at_disposal_decimal"], "10012.50");
    assert_eq!(get(&world, "/sandbox/ledger").await["balanced"], true);
    let steps: Vec<_> = state["transactions"][0]["history"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| (step["status"].as_str().unwrap(), step["actor"].as_str().unwrap()))
        .collect();
    assert_eq!(steps, [("new", "sbx_retailer"), ("reserved", "wallet:14471"), ("confirmed", "sbx_retailer")]);
    post(&world, &of("accept"), json!({"wallet": 14471})).await.refused(409, "invalid_state");
    world.done().await;
}

#[tokio::test]
async fn a_customer_declines_and_a_merchant_takes_back() {
    let world = World::new().await;
    let (key, _) = created(&world).await;
    let declined =
        post(&world, &format!("/sandbox/transactions/{key}/decline"), json!({"wallet": 14471})).await;
    assert_eq!(declined.ok()["status"], "rejected");
    let (key, _) = created(&world).await;
    let revoked = post(&world, &format!("/sandbox/transactions/{key}/revoke"), json!({})).await;
    assert_eq!(revoked.ok()["status"], "deleted");

    // The same over the wire, signed by the customer's token.
    let (key, _) = created(&world).await;
    let path = format!("/rest/v1/transaction/{key}/reject");
    world.put(TILL, &path, json!({})).await.refused(403, "forbidden");
    let rejected = world.put(app_of(&seed::CUSTOMER), &path, json!({})).await.ok();
    assert_eq!(rejected["status"], "rejected");
    world.put(app_of(&seed::CUSTOMER), &path, json!({})).await.refused(409, "invalid_state");
    world.done().await;
}

#[tokio::test]
async fn codes_are_drawn_and_read() {
    let world = World::new().await;
    let (_, code) = created(&world).await;
    let raster = QrSymbol::encode(&code, ErrorCorrection::Medium).unwrap().raster(6).unwrap();
    let path = format!("/sandbox/scan?width={}&height={}", raster.width(), raster.height());
    let pixels = || raster.luma().to_vec();
    let seen = send(&world, &path, "application/octet-stream", pixels(), &[]).await.ok();
    assert_eq!(seen, json!({"text": code, "kind": "transaction"}));
    send(&world, &path, "text/plain", pixels(), &[]).await.refused(400, "invalid_request");
    let empty = vec![255; raster.luma().len()];
    send(&world, &path, "application/octet-stream", empty, &[]).await.refused(404, "not_found");
    for sides in ["width=0&height=0", "width=4000&height=4000", "width=-1&height=1", "width=1"] {
        let path = format!("/sandbox/scan?{sides}");
        let refused = send(&world, &path, "application/octet-stream", pixels(), &[]).await;
        assert_eq!(refused.status, 400, "{sides}");
    }

    let state = get(&world, "/sandbox/state").await;
    let reservation = wallet(&state, 14471)["reservation_code"].as_str().unwrap();
    assert_eq!(reservation, "0112345678903305676022535991");
    for kind in ["qr", "code128"] {
        let url = world.url(&format!("/sandbox/symbol.svg?kind={kind}&text={reservation}"));
        let drawn = world.http.get(url).send().await.unwrap();
        assert_eq!(drawn.headers()["content-type"], "image/svg+xml");
        assert!(drawn.text().await.unwrap().contains("<svg"));
    }
    let wallet_code = wallet(&state, 14471)["wallet_code"].as_str().unwrap().to_owned();
    assert!(matches!(Code::parse(&wallet_code), Ok(Code::Wallet(_))));
    let refused = post(&world, "/sandbox/review", json!({ "text": wallet_code })).await;
    assert!(refused.refused(400, "invalid_parameters").to_string().contains("wallet code"));
    world.done().await;
}

#[tokio::test]
async fn money_level_clock_and_a_new_start() {
    let world = World::new().await;
    let body = json!({"price_decimal": "5.00", "currency": "EUR"});
    let added = post(&world, "/sandbox/wallets/14473/money", body.clone()).await.ok();
    assert_eq!(added["at_disposal"], 500);
    post(&world, "/sandbox/wallets/1/money", body).await.refused(404, "not_found");
    let bad = json!({"price_decimal": "-5", "currency": "EUR"});
    post(&world, "/sandbox/wallets/14473/money", bad).await.refused(400, "invalid_parameters");

    let path = "/sandbox/wallets/14472/level";
    post(&world, path, json!({"level": "saint"})).await.refused(400, "invalid_parameters");
    post(&world, path, json!({"level": "identified"})).await.ok();
    let (key, _) = created(&world).await;
    post(&world, &format!("/sandbox/transactions/{key}/accept"), json!({"wallet": 14472})).await.ok();

    let before = get(&world, "/sandbox/clock").await["time"].as_i64().unwrap();
    let after = post(&world, "/sandbox/clock", json!({"advance": 2_592_001})).await.ok();
    assert!(after["time"].as_i64().unwrap() >= before + 2_592_001);
    post(&world, "/sandbox/clock", json!({})).await.refused(400, "invalid_parameters");
    let state = get(&world, "/sandbox/state").await;
    assert_eq!(state["transactions"][0]["status"], "failed");
    assert_eq!(state["transactions"][0]["history"][2]["actor"], "time");

    let fresh = post(&world, "/sandbox/reset", json!({})).await.ok();
    assert_eq!(fresh["transactions"], json!([]));
    assert_eq!(wallet(&fresh, 14472)["level"], "unidentified");
    assert_eq!(get(&world, "/sandbox/ledger").await["balanced"], true);
    created(&world).await;
    world.done().await;
}

#[tokio::test]
async fn messages_show_the_codes_that_people_would_get() {
    let world = World::new().await;
    assert_eq!(get(&world, "/sandbox/messages").await, json!({"messages": []}));
    world.sandbox.send_scope_code(502, "convert_currency").await.unwrap();
    let sent = get(&world, "/sandbox/messages").await;
    let message = &sent["messages"][0];
    assert_eq!((&message["user"], &message["channel"]), (&json!(502), &json!("sms")));
    assert!(message["text"].as_str().unwrap().contains(message["code"].as_str().unwrap()));
    world.done().await;
}

#[tokio::test]
async fn faults_are_switched_on_and_hit_only_the_api() {
    let world = World::new().await;
    for body in [json!({}), json!({"method": "GET", "path": "/x", "fault": "fail", "status": 200})] {
        post(&world, "/sandbox/faults", body).await.refused(400, "invalid_parameters");
    }
    let body = json!({"method": "GET", "path": "/state", "fault": "fail", "status": 503});
    post(&world, "/sandbox/faults", body).await.ok();
    get(&world, "/sandbox/state").await;
    let body = json!({"method": "GET", "path": "/server", "fault": "fail", "status": 503});
    let faults = post(&world, "/sandbox/faults", body).await.ok();
    assert_eq!(faults["faults"].as_array().unwrap().len(), 2);
    Answer::to(world.http.get(world.url("/rest/v1/server")))
        .await
        .unwrap()
        .refused(503, "internal_server_error");
    let log = get(&world, "/sandbox/requests").await;
    assert_eq!(log["requests"][0]["fault"], "503, not processed");
    let left = Answer::to(world.http.delete(world.url("/sandbox/faults"))).await.unwrap().ok();
    assert_eq!(left, json!({"faults": [], "held": 0}));
    world.sandbox.shutdown().await;
}

#[tokio::test]
async fn the_log_says_why_and_keeps_no_key() {
    let world = World::new().await;
    let path = "/rest/v1/transactions?limit=5";
    let header = world.sign(TILL, "GET", "/rest/v1/transactions", b"", "n1");
    let refused = world.try_send("GET", path, Some(header), Vec::new()).await.unwrap();
    let json = refused.refused(401, "unauthorized");
    assert_eq!(json["error_description"], "MAC invalid");
    let log = get(&world, "/sandbox/requests?limit=1").await;
    let entry = &log["requests"][0];
    assert_eq!((&entry["mac_id"], &entry["status"]), (&json!("sbx_retailer"), &json!(401)));
    assert!(entry["reason"].as_str().unwrap().contains("leaves the query out"), "{entry}");

    world.sandbox.clock().advance(600);
    let header = world.sign(TILL, "GET", path, b"", "n2");
    world.sandbox.clock().advance(-600);
    world.try_send("GET", path, Some(header), Vec::new()).await.unwrap().refused(401, "invalid_timestamp");
    let log = get(&world, "/sandbox/requests").await.to_string();
    assert!(log.contains("differs by 6") || log.contains("differs by 59"), "{log}");
    assert!(!log.contains(seed::RETAILER_MAC_KEY));
    world.done().await;
}

#[tokio::test]
async fn pages_of_others_are_kept_out() {
    let world = World::new().await;
    let json = || b"{}".to_vec();
    let kind = "application/json";
    for (name, value) in [("origin", "https://shop.example"), ("origin", "null"), ("host", "sandbox.example")]
    {
        send(&world, "/sandbox/reset", kind, json(), &[(name, value)]).await.refused(403, "forbidden");
    }
    let own = format!("http://{}", world.sandbox.address());
    send(&world, "/sandbox/reset", kind, json(), &[("origin", &own)]).await.ok();
    send(&world, "/sandbox/reset", "text/plain", json(), &[]).await.refused(400, "invalid_request");
    post(&world, "/sandbox/nothing", json!({})).await.refused(404, "not_found");
    world.done().await;
}

#[tokio::test]
async fn a_change_is_told_live_and_the_stream_ends_with_the_sandbox() {
    let world = World::new().await;
    let mut events = world.http.get(world.url("/sandbox/events")).send().await.unwrap();
    created(&world).await;
    let mut seen = String::new();
    while !seen.contains("event: change") {
        seen.push_str(std::str::from_utf8(&events.chunk().await.unwrap().unwrap()).unwrap());
    }
    world.sandbox.shutdown().await;
    while events.chunk().await.ok().flatten().is_some() {}
}

#[tokio::test]
async fn the_page_and_its_parts_are_there() {
    let world = World::new().await;
    let page = world.http.get(world.url("/")).send().await.unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"));
    let mut left = vec![page.text().await.unwrap()];
    let mut seen = std::collections::BTreeSet::new();
    while let Some(text) = left.pop() {
        let named = text.split("/console/").skip(1);
        let imported = text.split("from \"./").skip(1);
        for part in named.chain(imported) {
            let path = format!("/console/{}", part.split('"').next().unwrap());
            if seen.insert(path.clone()) {
                let answer = world.http.get(world.url(&path)).send().await.unwrap();
                assert_eq!(answer.status(), 200, "{path}");
                left.push(answer.text().await.unwrap());
            }
        }
    }
    assert!(seen.len() >= 7, "{seen:?}");
    world.sandbox.shutdown().await;
}

#[tokio::test]
async fn a_name_that_was_allowed_is_let_in() {
    let world = World::start(Sandbox::builder().allow_host("desk.sandbox.example")).await;
    let state = |host: &'static str| {
        let request = world.http.get(world.url("/sandbox/state")).header("host", host);
        async move { request.send().await.unwrap().status().as_u16() }
    };
    assert_eq!(state("desk.sandbox.example:8080").await, 200);
    assert_eq!(state("DESK.sandbox.example").await, 200);
    assert_eq!(state("other.sandbox.example").await, 403);
    world.done().await;
}
