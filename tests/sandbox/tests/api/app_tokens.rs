//! Wallet-api sections 3.4 and 11: confirmations, subscriptions, and tokens
//! for other places.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{KeyInit as _, Mac as _};
use paysera_sandbox::seed;
use serde_json::{Value, json};

use crate::harness::{TILL, World, app_of, of, payment};
use crate::people::{APP, SHOP, TOKEN, encoded, signer};

#[tokio::test]
async fn a_confirmation_is_answered_once_by_its_user() {
    let world = World::new().await;
    let customer = app_of(&seed::CUSTOMER);
    let first = world.sandbox.ask_confirmation(502, "Log in?").await.unwrap();
    let second = world.sandbox.ask_confirmation(502, "Pay?").await.unwrap();
    assert!(world.sandbox.ask_confirmation(1, "Nobody?").await.is_err());
    let path = |identifier: &str, action: &str| format!("/rest/v1/confirmations/{identifier}{action}");
    let one = world.get(customer, &path(&first, "")).await.ok();
    assert_eq!((&one["identifier"], &one["status"]), (&json!(first), &json!("pending")));
    assert_eq!((&one["user_id"], &one["properties"]["translation"]), (&json!(502), &json!("Log in?")));
    assert!(one["challenge_id"].is_i64());

    let other = app_of(&seed::POOR);
    world.get(other, &path(&first, "")).await.refused(404, "not_found");
    world.raw(other, "PUT", &path(&first, "/confirm"), "").await.refused(404, "not_found");
    for who in [SHOP, APP] {
        world.get(who, &path(&first, "")).await.refused(403, "forbidden");
    }
    let confirmed = world.raw(customer, "PUT", &path(&first, "/confirm"), "").await.ok();
    assert_eq!(confirmed["status"], "confirmed");
    let rejected = world.raw(customer, "PUT", &path(&second, "/reject"), "[]").await.ok();
    assert_eq!(rejected["status"], "rejected");
    for identifier in [&first, &second] {
        for action in ["/confirm", "/reject"] {
            let again = world.raw(customer, "PUT", &path(identifier, action), "").await;
            again.refused(409, "invalid_state");
        }
    }
    let identifiers = |list: Value| -> Vec<String> {
        let list = list["confirmations"].as_array().unwrap().clone();
        list.iter().map(|one| one["identifier"].as_str().unwrap().to_owned()).collect()
    };
    let list = |query: &'static str| world.get(customer, query);
    let all = list("/rest/v1/confirmations/me").await.ok();
    assert_eq!(all["_metadata"], json!({"total": 2, "offset": 0, "limit": 20}));
    assert_eq!(identifiers(all), [second.clone(), first.clone()]);
    let oldest = list("/rest/v1/confirmations/me?order_by=created_at&order_direction=asc&limit=1").await.ok();
    assert_eq!(identifiers(oldest), std::slice::from_ref(&first));
    let rejected = list("/rest/v1/confirmations/me?status=rejected,pending").await.ok();
    assert_eq!(identifiers(rejected), [second]);
    for query in ["status=lost", "limit=0", "order_direction=up"] {
        let answer = world.get(customer, &format!("/rest/v1/confirmations/me?{query}")).await;
        answer.refused(400, "invalid_parameters");
    }
    world.done().await;
}

fn subscription() -> Value {
    json!({"type": "android", "recipient": {"identifier": "push-1"}, "locale": "ka", "privacy_level": "high",
    "events": [
        {"object": "statement", "event": "created", "silent": false, "parameters": {"direction": "out"}},
        {"object": "confirmation", "event": "created", "silent": true, "priority": "high"},
    ]})
}

#[tokio::test]
async fn subscriptions_are_echoed_and_end_with_their_token() {
    let world = World::new().await;
    let token = world.sign_in(&seed::CUSTOMER, "").await;
    let phone = signer(&token);
    let made = world.post_to(phone, "/rest/v1/subscriber", subscription()).await.ok();
    let mut expected = subscription();
    expected["id"] = made["id"].clone();
    assert_eq!(made, expected);
    let path = format!("/rest/v1/subscriber/{}", made["id"]);
    expected["type"] = json!("ios");
    let changed = world.put(phone, &path, expected.clone()).await.ok();
    assert_eq!(changed, expected);
    // Another token of the same user has its own.
    let other = app_of(&seed::CUSTOMER);
    world.put(other, &path, subscription()).await.refused(404, "not_found");
    world.delete(other, &path).await.refused(404, "not_found");
    assert_eq!(world.delete(phone, &path).await.ok(), json!({}));
    world.delete(phone, &path).await.refused(404, "not_found");
    for _ in 0..20 {
        world.post_to(phone, "/rest/v1/subscriber", subscription()).await.ok();
    }
    world.post_to(phone, "/rest/v1/subscriber", subscription()).await.refused(409, "invalid_state");
    assert_eq!(world.delete(phone, "/rest/v1/subscribers").await.ok(), json!({}));
    let last = world.post_to(phone, "/rest/v1/subscriber", subscription()).await.ok();

    // The refreshed token begins without.
    let fields =
        [("grant_type", "refresh_token"), ("refresh_token", token["refresh_token"].as_str().unwrap())];
    let phone = signer(&world.form(APP, TOKEN, &fields).await.ok());
    world.delete(phone, &format!("/rest/v1/subscriber/{}", last["id"])).await.refused(404, "not_found");
    world.done().await;
}

#[tokio::test]
async fn bad_subscriptions_and_subscribers_are_refused() {
    let world = World::new().await;
    let phone = app_of(&seed::CUSTOMER);
    for (field, value) in [
        ("type", json!("pager")),
        ("type", Value::Null),
        ("recipient", json!("push-1")),
        ("recipient", json!({})),
        ("privacy_level", json!("none")),
        ("events", json!({})),
        ("events", json!([{"object": "statement"}])),
        ("events", json!([{"object": "weather", "event": "created"}])),
        ("events", json!([{"object": "statement", "event": "created", "parameters": {"direction": "up"}}])),
        ("events", json!(vec![json!({"object": "card", "event": "created"}); 101])),
        ("locale", json!("x".repeat(5000))),
    ] {
        let mut body = subscription();
        body[field] = value;
        let refused = world.post_to(phone, "/rest/v1/subscriber", body).await;
        refused.refused(400, "invalid_parameters");
    }
    world.post_to(SHOP, "/rest/v1/subscriber", subscription()).await.refused(403, "forbidden");
    world.delete(SHOP, "/rest/v1/subscribers").await.refused(403, "forbidden");
    world.get(SHOP, "/rest/v1/events").await.refused(403, "forbidden");
    world.done().await;
}

#[tokio::test]
async fn events_are_what_was_subscribed_to() {
    let world = World::new().await;
    let phone = app_of(&seed::CUSTOMER);
    let events = |query: &'static str| {
        let path = format!("/rest/v1/events{query}");
        let world = &world;
        async move { world.get(phone, &path).await.ok() }
    };
    world.sandbox.clock().advance(10);
    let key = world.create(TILL, payment(100)).await;
    world.raw(phone, "PUT", &of(&key, "/reserve/me"), "").await.ok();
    world.confirm(TILL, &key).await.ok();
    world.sandbox.clock().advance(10);
    let asked = world.sandbox.ask_confirmation(502, "Log in?").await.unwrap();
    assert_eq!(events("").await["_metadata"]["total"], 0);
    world.post_to(phone, "/rest/v1/subscriber", subscription()).await.ok();
    // The opening balance came in: the subscription is for what goes out.
    let all = events("").await;
    assert_eq!(all["_metadata"]["total"], 2);
    let (newest, oldest) = (&all["events"][0], &all["events"][1]);
    assert_eq!(
        (&newest["object"], &newest["parameters"]["identifier"]),
        (&json!("confirmation"), &json!(asked))
    );
    assert_eq!((&oldest["object"], &oldest["event"]), (&json!("statement"), &json!("created")));
    assert_eq!(oldest["parameters"]["direction"], "out");
    assert_eq!(events("?limit=1&offset=1").await["events"], json!([oldest]));
    let since = format!("/rest/v1/events?from={}", newest["created_at"]);
    assert_eq!(world.get(phone, &since).await.ok()["_metadata"]["total"], 1);
    world.done().await;
}

#[tokio::test]
async fn an_auth_token_signs_its_user_in_on_the_page_once() {
    let world = World::new().await;
    let answer = world.raw(app_of(&seed::POOR), "POST", "/rest/v1/auth-token/token", "{}").await.ok();
    assert!(answer["type"].is_string() && answer["auth_token"]["session_id"].is_string());
    assert_eq!(answer["auth_token"]["user_id"], 504);
    let query = encoded(&[
        ("response_type", "code"),
        ("client_id", seed::RETAILER_CLIENT_ID),
        ("redirect_uri", "https://shop.example/"),
        ("auth_token", answer["auth_token"]["value"].as_str().unwrap()),
    ]);
    let address = world.url(&format!("/frontend/oauth?{query}"));
    let browser = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let page = browser.get(&address).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("value=\"504\" checked") && !page.contains("value=\"502\""));
    let key = page.split_once("action=\"oauth/").unwrap().1.split_once('"').unwrap().0;
    let path = world.url(&format!("/frontend/oauth/{key}"));
    let foreign = encoded(&[("user", "502"), ("decision", "allow")]);
    assert_eq!(browser.post(&path).body(foreign).send().await.unwrap().status(), 400);
    let own = encoded(&[("user", "504"), ("decision", "allow")]);
    assert_eq!(browser.post(&path).body(own).send().await.unwrap().status(), 303);
    // Used, the client is told.
    let again = browser.get(&address).send().await.unwrap();
    assert!(again.headers()["location"].to_str().unwrap().contains("error=invalid_grant"));
    for who in [SHOP, APP] {
        world.raw(who, "POST", "/rest/v1/auth-token/token", "").await.refused(403, "forbidden");
    }
    world.done().await;
}

#[tokio::test]
async fn a_jwt_is_signed_with_the_tokens_key() {
    let world = World::new().await;
    let customer = app_of(&seed::CUSTOMER);
    let path = "/rest/v1/jwt/tokens";
    let answer =
        world.post_to(customer, path, json!({"scope": "logged_in", "system": "transfers"})).await.ok();
    assert_eq!((&answer["expires_in"], &answer["scope"]), (&json!(900), &json!("logged_in")));
    let jwt = answer["access_token"].as_str().unwrap();
    let (text, signature) = jwt.rsplit_once('.').unwrap();
    let claims = URL_SAFE_NO_PAD.decode(text.split_once('.').unwrap().1).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    assert_eq!((&claims["sub"], &claims["aud"]), (&json!("502"), &json!("transfers")));
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 900);
    let key = hmac::Hmac::<sha2::Sha256>::new_from_slice(customer.key.as_bytes()).unwrap();
    let right = key.chain_update(text.as_bytes()).finalize().into_bytes();
    assert_eq!(URL_SAFE_NO_PAD.decode(signature).unwrap(), right.to_vec());
    for body in [json!({}), json!({"scope": "a"}), json!({"scope": "a", "system": "x".repeat(201)})] {
        world.post_to(customer, path, body).await.refused(400, "invalid_parameters");
    }
    world.post_to(SHOP, path, json!({"scope": "a", "system": "b"})).await.refused(403, "forbidden");
    world.done().await;
}
