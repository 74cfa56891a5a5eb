//! Every way to accept a transaction and everything it may wait for
//! (wallet-api sections 5.4 and 5.6).

use paysera_sandbox::seed;
use serde_json::{Value, json};

use crate::harness::{TILL, Who, World, app_of, codes, control, of, payment};

const CUSTOMER: u64 = seed::CUSTOMER.wallet;
const APP: Who = app_of(&seed::CUSTOMER);

#[tokio::test]
async fn a_payer_is_named_in_every_way() {
    let world = World::new().await;
    for payer in [
        json!({"payer": {"id": CUSTOMER}}),
        json!({"payer": {"wallet_id": CUSTOMER}}),
        json!({"wallet_id": CUSTOMER}),
        json!({"payer": {"email": "Customer@sandbox.example"}}),
        json!({"payer": {"phone": "+995555014471"}}),
        json!({"payer": {"account_number": "EVP0010000014471"}}),
        json!({"payer": {"card": {"issuer": "sandbox", "number": "9000000000014471"}}}),
    ] {
        let key = world.create(TILL, payment(1)).await;
        let reserve = of(&key, "/reserve");
        let mut body = payer.clone();
        world.put(TILL, &reserve, body.clone()).await.refused(403, "no_rights");
        body["pin"] = json!(seed::CUSTOMER.pin);
        let reserved = world.put(TILL, &reserve, body).await.ok();
        assert_eq!((&reserved["type"], &reserved["wallet"]), (&json!("pin"), &json!(CUSTOMER)), "{payer}");
    }
    let key = world.create(TILL, payment(1)).await;
    for nobody in [json!({"email": "a@b.example"}), json!({"phone": "9955559"}), json!({"id": 1})] {
        let answer = world.put(TILL, &of(&key, "/reserve"), json!({"payer": nobody, "pin": "1"})).await;
        answer.refused(404, "not_found");
    }
    world.done().await;
}

#[tokio::test]
async fn a_wrong_pin_is_counted() {
    let world = World::new().await;
    let key = world.create(TILL, payment(1)).await;
    let reserve = of(&key, "/reserve/14471");
    for _ in 0..5 {
        world.put(TILL, &reserve, json!({"pin_code": "0000"})).await.refused(400, "invalid_password");
    }
    world.put(TILL, &reserve, json!({"pin": "1234"})).await.refused(429, "rate_limit_exceeded");
    // The retailer has none.
    world.put(TILL, &of(&key, "/reserve/2112"), json!({"pin": "1"})).await.refused(403, "no_rights");
    world.done().await;
}

#[tokio::test]
async fn a_flash_is_answered_with_the_code_of_the_sms() {
    let world = World::new().await;
    let key = world.create(TILL, payment(100)).await;
    let reserve = of(&key, "/reserve");
    world.put(TILL, &reserve, json!({"sms_code": "123456"})).await.refused(409, "invalid_state");
    world.raw(TILL, "PUT", &of(&key, "/flash/2112"), "").await.refused(403, "no_rights");
    world.raw(APP, "PUT", &of(&key, "/flash/me"), "").await.refused(403, "forbidden");
    let asked = world.raw(TILL, "PUT", &of(&key, "/flash/14471"), "").await.ok();
    assert_eq!((&asked["status"], &asked["type"]), (&json!("waiting"), &json!("flash")));
    let first = world.sandbox.messages().await.unwrap()[0].clone();
    assert_eq!(first.recipient, seed::CUSTOMER.phone);
    // Another shop's question does not spoil the first one's code.
    let other = world.create(TILL, payment(200)).await;
    world.raw(TILL, "PUT", &of(&other, "/flash/14471"), "").await.ok();
    world.raw(TILL, "PUT", &of(&key, "/flash/14471"), "").await.refused(409, "invalid_state");
    world.put(TILL, &reserve, json!({"sms_code": "x"})).await.refused(400, "invalid_code");
    let reserved = world.put(TILL, &reserve, json!({"sms_code": first.code})).await.ok();
    assert_eq!((&reserved["status"], &reserved["type"]), (&json!("reserved"), &json!("flash")));
    assert_eq!(world.gel(CUSTOMER).await, (99_900, 100));
    // The app can answer, too.
    let accepted = world.raw(APP, "PUT", &of(&other, "/reserve/me"), "").await.ok();
    assert_eq!(accepted["type"], "mobile_app");
    world.done().await;
}

#[tokio::test]
async fn the_ways_to_accept_are_listed() {
    let world = World::new().await;
    let key = world.create(TILL, payment(100)).await;
    let types = |who: Who, wallet: &'static str| {
        let (world, key) = (&world, &key);
        async move { world.get(who, &of(key, &format!("/type/{wallet}"))).await.ok() }
    };
    assert_eq!(types(TILL, "14471").await, json!(["page", "flash", "pin", "reservation_code", "mobile_app"]));
    assert_eq!(types(TILL, "me").await, json!(["page", "automatic"]));
    assert_eq!(types(APP, "me").await, json!(["page", "reservation_code", "mobile_app"]));
    world.get(TILL, &of(&key, "/type/1")).await.refused(404, "not_found");
    world.revoke(TILL, &key).await.ok();
    assert_eq!(types(TILL, "14471").await, json!([]));
    world.done().await;
}

#[tokio::test]
async fn a_person_is_asked_in_the_app() {
    let world = World::new().await;
    let key = world.create(TILL, payment(100)).await;
    let path = of(&key, "/request");
    let ask = |body: Value| {
        let (world, path) = (&world, &path);
        async move { world.raw(TILL, "POST", path, &body.to_string()).await }
    };
    for bad in [json!({}), json!({"user_id": 502, "email": "a@b"}), json!({"phone": "1"})] {
        ask(bad).await.refused(400, "invalid_parameters");
    }
    ask(json!({"user_id": 1})).await.refused(404, "not_found");
    ask(json!({"user_id": 502, "initiator_id": 1})).await.refused(404, "not_found");
    let sent = ask(json!({"email": "customer@sandbox.example", "initiator_id": 501})).await.ok();
    assert_eq!((&sent["user_id"], &sent["status"]), (&json!(502), &json!("pending")));
    assert_eq!((&sent["initiator_id"], &sent["transaction_key"]), (&json!(501), &json!(key)));
    assert_eq!(world.get(TILL, &of(&key, "")).await.ok()["status"], "waiting");
    assert_eq!(ask(json!({"phone": "995555999999"})).await.ok().get("user_id"), None);
    let wanted = json!({"type": "android", "recipient": {"identifier": "x"}, "privacy_level": "high",
        "events": [{"object": "transaction_request", "event": "created", "silent": false}]});
    world.raw(APP, "POST", "/rest/v1/subscriber", &wanted.to_string()).await.ok();
    let events = world.get(APP, "/rest/v1/events").await.ok();
    assert_eq!(events["events"][0]["parameters"]["transaction_key"], json!(key));
    world.raw(APP, "PUT", &of(&key, "/reserve/me"), "").await.ok();
    ask(json!({"user_id": 502})).await.refused(409, "invalid_state");
    world.done().await;
}

#[tokio::test]
async fn restrictions_and_restricted_payers_are_refused() {
    let world = World::new().await;
    let owner = |owner: Value| json!({"payments": [payment(1)], "restrictions": {"account_owner": owner}});
    for (restriction, allowed) in [
        (json!({"type": "legal"}), false),
        (json!({"type": "natural", "requirements": ["identity"], "level": "identified"}), true),
        (json!({"level": "fully_identified"}), false),
        (json!({"type": null, "level": null}), true),
    ] {
        let made = world.post(TILL, owner(restriction.clone())).await.ok();
        assert_eq!(made["restrictions"]["account_owner"], restriction);
        let reserve = of(made["transaction_key"].as_str().unwrap(), "/reserve/me");
        let answer = world.raw(APP, "PUT", &reserve, "").await;
        if allowed {
            answer.ok();
        } else {
            answer.refused(403, "restriction_violation");
        }
    }
    let key = world.create(TILL, payment(1)).await;
    let reserve = of(&key, "/reserve/me");
    for (restriction, status, error) in
        [("full", 403, "client_restricted"), ("limits", 400, "restriction_limits_exceeded")]
    {
        control(&world, "/wallets/14471/restriction", json!({ "restriction": restriction })).await.ok();
        world.raw(APP, "PUT", &reserve, "").await.refused(status, error);
    }
    control(&world, "/wallets/14471/restriction", json!({"restriction": "none"})).await.ok();
    world.raw(APP, "PUT", &reserve, "").await.ok();
    let wrong = control(&world, "/wallets/14471/restriction", json!({"restriction": "x"})).await;
    wrong.refused(400, "invalid_parameters");
    world.done().await;
}

#[tokio::test]
async fn inquiries_are_answered_by_who_accepts() {
    let world = World::new().await;
    let inquiry = |kind: &str| {
        json!({"identifier": "who", "type": kind, "description": "For the invoice",
        "items": [{"identifier": "code", "type": "person_code", "title": "Personal number"},
            {"identifier": "name", "type": "user_identity", "title": "Name"}]})
    };
    let ask = |kind: &str| json!({"payments": [payment(1)], "inquiries": [inquiry(kind)]});
    let made = world.post(TILL, ask("required")).await.ok();
    assert_eq!(made["inquiries"], json!([inquiry("required")]));
    let key = made["transaction_key"].as_str().unwrap();
    let information = of(key, "/inquired-information");
    assert_eq!(world.get(TILL, &information).await.ok(), json!({"items": []}));
    let reserved = world.raw(APP, "PUT", &of(key, "/reserve/me"), "").await.ok();
    assert_eq!(reserved["inquiries"][0]["status"], "accepted");
    let known = world.get(TILL, &information).await.ok();
    assert_eq!(
        known["items"][0],
        json!({"inquiry_identifier": "who", "item_identifier": "code",
        "item_type": "person_code", "value": "01001014471"})
    );
    assert_eq!(
        known["items"][1]["value"],
        json!({"name": "Identified", "surname": "customer",
        "nationality": "GE", "code": "01001014471"})
    );
    world.get(APP, &information).await.refused(403, "forbidden");

    control(&world, "/wallets/14472/level", json!({"level": "identified"})).await.ok();
    let stranger = app_of(&seed::UNIDENTIFIED);
    let key = world.post(TILL, ask("required")).await.ok()["transaction_key"].as_str().unwrap().to_owned();
    world.raw(stranger, "PUT", &of(&key, "/reserve/me"), "").await.refused(400, "identity_required");
    let key = world.post(TILL, ask("optional")).await.ok()["transaction_key"].as_str().unwrap().to_owned();
    let reserved = world.raw(stranger, "PUT", &of(&key, "/reserve/me"), "").await.ok();
    assert_eq!(reserved["inquiries"][0]["status"], "declined");
    assert_eq!(world.get(TILL, &of(&key, "/inquired-information")).await.ok(), json!({"items": []}));
    world.done().await;
}

#[tokio::test]
async fn sources_of_funds_are_noted_and_another_transaction_is_taken_back() {
    let world = World::new().await;
    let (old, key) = (world.create(TILL, payment(99_999)).await, world.create(TILL, payment(50_000)).await);
    let mut generator = codes(&seed::CUSTOMER);
    world.reserve_by_code(TILL, &old, &generator.next_code()).await.ok();
    let code = generator.next_code();
    world.reserve_by_code(TILL, &key, &code).await.refused(400, "not_enough_funds");
    let wrong = json!({"code": code, "funds_sources": {"9": {"type": "gift"}}});
    world.put(TILL, &of(&key, "/reserve"), wrong).await.refused(400, "invalid_parameters");
    let body = json!({"code": code, "revoke_transaction_key": old,
        "funds_sources": {"0": {"type": "sell", "details": "A car"}}});
    let reserved = world.put(TILL, &of(&key, "/reserve"), body).await.ok();
    assert_eq!(reserved["payments"][0]["funds_source"], json!({"type": "sell", "details": "A car"}));
    assert_eq!(world.get(TILL, &of(&old, "")).await.ok()["status"], "revoked");
    assert_eq!(world.gel(CUSTOMER).await, (50_000, 50_000));
    // All or nothing: what can't be taken back leaves the acceptance undone.
    let third = world.create(TILL, payment(1)).await;
    let body = json!({"code": generator.next_code(), "revoke_transaction_key": old});
    world.put(TILL, &of(&third, "/reserve"), body).await.refused(409, "invalid_state");
    world.done().await;
}
