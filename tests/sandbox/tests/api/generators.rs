//! Generators of reservation codes (wallet-api section 8.4).

use paysera_sandbox::reservation_code::Generator;
use paysera_sandbox::seed;
use serde_json::{Value, json};

use crate::harness::{Answer, TILL, Who, World, app_of, cash_out, codes};

const APP: Who = app_of(&seed::CUSTOMER);
const PATH: &str = "/rest/v1/generator";

async fn post(world: &World, who: Who, path: &str, body: Value) -> Answer {
    world.raw(who, "POST", path, &body.to_string()).await
}

async fn sms_code(world: &World) -> String {
    let sent = post(world, APP, "/rest/v1/generator/code", json!({})).await.ok();
    assert_eq!(sent["valid_until"].as_i64().unwrap(), world.sandbox.clock().now() + 600);
    world.sandbox.messages().await.unwrap()[0].code.clone()
}

#[tokio::test]
async fn a_device_gets_a_generator_whose_codes_reserve() {
    let world = World::new().await;
    let code = sms_code(&world).await;
    let made = post(&world, APP, PATH, json!({ "code": code })).await.ok();
    assert_eq!((&made["status"], &made["type"]), (&json!("active"), &json!("sandbox-v1")));
    let params =
        json!({"secret_iterations": 1000, "secret_length": 12, "sign_iterations": 10, "sign_length": 4});
    assert_eq!((&made["params"], &made["expires_in"]), (&params, &json!(31_536_000)));
    let hex = made["seed"].as_str().unwrap();
    let pairs = hex.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
    let seed: Vec<u8> = pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect();
    let identifier = &made["identifiers"][0];
    assert_eq!(identifier["wallet_id"], 14471);
    let mut generator = Generator::new(identifier["identifier"].as_u64().unwrap(), seed.try_into().unwrap());
    for _ in 0..2 {
        let key = world.create(TILL, cash_out(100)).await;
        world.reserve_by_code(TILL, &key, &generator.next_code()).await.ok();
    }
    // The other device goes on as well.
    let key = world.create(TILL, cash_out(100)).await;
    world.reserve_by_code(TILL, &key, &codes(&seed::CUSTOMER).next_code()).await.ok();

    let path = format!("{PATH}/{}", made["id"]);
    let later = world.get(APP, &path).await.ok();
    assert_eq!(later.get("seed"), None);
    assert_eq!(later["identifiers"], made["identifiers"]);
    world.get(app_of(&seed::POOR), &path).await.refused(404, "not_found");
    world.sandbox.clock().advance(31_536_000);
    let over = world.get(APP, &path).await.ok();
    assert_eq!((&over["status"], &over["expires_in"]), (&json!("expired"), &json!(0)));
    let key = world.create(TILL, cash_out(100)).await;
    world.reserve_by_code(TILL, &key, &generator.next_code()).await.refused(400, "invalid_code");
    world.done().await;
}

#[tokio::test]
async fn the_code_goes_by_sms_once_and_is_not_guessed() {
    let world = World::new().await;
    let code = sms_code(&world).await;
    post(&world, APP, PATH, json!({})).await.refused(400, "invalid_parameters");
    post(&world, APP, PATH, json!({ "code": code })).await.ok();
    post(&world, APP, PATH, json!({ "code": code })).await.refused(400, "invalid_code");
    let link = json!({"link": "myapp://generator/{code}", "scopes": ["convert_currency"], "action": "login",
        "context": {"os": "android"}});
    post(&world, APP, "/rest/v1/generator/code", link).await.ok();
    let message = world.sandbox.messages().await.unwrap()[0].clone();
    assert!(message.text.starts_with(&format!("myapp://generator/{}", message.code)), "{}", message.text);
    for _ in 0..4 {
        post(&world, APP, PATH, json!({"code": "x"})).await.refused(400, "invalid_code");
    }
    let locked = post(&world, APP, PATH, json!({ "code": message.code })).await;
    locked.refused(429, "rate_limit_exceeded");
    for bad in [
        json!({"link": "myapp://generator"}),
        json!({"link": "javascript:{code}"}),
        json!({"scopes": ["x"]}),
        json!({"scopes": 1}),
        json!({"action": 1}),
        json!({"context": "x"}),
    ] {
        post(&world, APP, "/rest/v1/generator/code", bad).await.refused(400, "invalid_parameters");
    }
    for _ in 0..8 {
        post(&world, APP, "/rest/v1/generator/code", json!({})).await.ok();
    }
    let many = post(&world, APP, "/rest/v1/generator/code", json!({})).await;
    many.refused(429, "rate_limit_exceeded");
    world.done().await;
}

#[tokio::test]
async fn generators_are_for_apps_of_persons() {
    let world = World::new().await;
    let shop = world.shop_token("email").await;
    for who in [TILL, shop] {
        post(&world, who, "/rest/v1/generator/code", json!({})).await.refused(403, "forbidden");
        post(&world, who, PATH, json!({"code": "1"})).await.refused(403, "forbidden");
        world.get(who, &format!("{PATH}/1")).await.refused(403, "forbidden");
    }
    world.get(APP, &format!("{PATH}/999")).await.refused(404, "not_found");
    // The eleventh device ends the first one's.
    let mut first = Value::Null;
    for number in 0..11 {
        world.sandbox.clock().advance(600);
        let code = sms_code(&world).await;
        let made = post(&world, APP, PATH, json!({ "code": code })).await.ok();
        if number == 0 {
            first = made["id"].clone();
        }
    }
    let path = format!("{PATH}/{first}");
    assert_eq!(world.get(APP, &path).await.ok()["status"], "expired");
    world.done().await;
}
