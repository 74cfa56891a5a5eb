//! Spots, orders and what a scanned code means (wallet-api sections 7.3, 8.2
//! and 9.1).

use paysera_sandbox::seed;
use serde_json::{Value, json};

use crate::harness::{TILL, Who, World, app_of, control, of, payment};

const APP: Who = app_of(&seed::CUSTOMER);
const OTHER: Who = app_of(&seed::POOR);
const SPOT: &str = "/rest/v1/spot/15";

fn at(action: &str) -> String {
    format!("{SPOT}{action}")
}

async fn order(world: &World, key: &str) -> crate::harness::Answer {
    world.raw(TILL, "POST", &at("/order"), &json!({ "transaction_key": key }).to_string()).await
}

#[tokio::test]
async fn scan_and_pay() {
    let world = World::new().await;
    let code = "/rest/v1/code?code=PAYSERA*9975%3Atable12";
    let found = world.get(APP, code).await.ok();
    assert_eq!(found, json!({"type": "spot", "parameters": {"spot_id": 15}}));
    let info = json!({"title": "Demo cafe", "address": "Tbilisi", "location_id": 9975});
    let open = json!({"id": 15, "status": "open", "identifier": "table12", "place_info": info, "orders": []});
    assert_eq!(world.get(APP, "/rest/v1/spot?code=PAYSERA*9975%3Atable12").await.ok(), open);
    let waiting = "/rest/v1/spots?status=waiting&location_id=9975";
    assert_eq!(world.get(TILL, waiting).await.ok()["spots"], json!([]));

    let checked_in = world.raw(APP, "PUT", &at("/check-in?fields=*,orders.transaction"), "").await.ok();
    assert_eq!((&checked_in["status"], &checked_in["orders"]), (&json!("waiting"), &json!([])));
    let list = world.get(TILL, waiting).await.ok();
    assert_eq!(list, json!({"spots": [checked_in], "_metadata": {"total": 1, "offset": 0, "limit": 20}}));

    let key = world.create(TILL, payment(2599)).await;
    let made = order(&world, &key).await.ok();
    assert_eq!(made, json!({"id": 77, "transaction_key": key, "status": "pending"}));
    let poll = at("?fields=*,orders.transaction");
    let shown = world.get(APP, &poll).await.ok();
    assert_eq!(shown["orders"][0]["transaction"]["payments"][0]["price"], 2599);
    let state = |who: Who| {
        let world = &world;
        async move { world.get(who, &at("/order/77")).await.ok()["status"].clone() }
    };
    world.raw(APP, "PUT", &of(&key, "/reserve/me"), "").await.ok();
    assert_eq!(state(APP).await, "reserved");
    world.raw(APP, "PUT", &at("/check-out"), "").await.refused(409, "invalid_state");
    world.confirm(TILL, &key).await.ok();
    assert_eq!(state(TILL).await, "confirmed");

    let closed = world.raw(TILL, "DELETE", SPOT, "").await.ok();
    assert_eq!(closed, json!({"id": 15, "status": "closed", "identifier": "table12", "place_info": info}));
    assert_eq!(world.raw(TILL, "DELETE", SPOT, "").await.ok(), closed);
    assert_eq!(state(TILL).await, "closed");
    world.raw(TILL, "DELETE", &at("/order/77"), "").await.refused(409, "invalid_state");
    // The next customer finds it open and empty.
    assert_eq!(world.get(OTHER, "/rest/v1/spot?code=PAYSERA*9975%3Atable12").await.ok(), open);
    world.raw(OTHER, "PUT", &at("/check-in"), "").await.ok();
    world.raw(TILL, "DELETE", SPOT, "").await.ok();
    let again = world.raw(APP, "PUT", &at("/check-in"), "").await.ok();
    assert_eq!((&again["status"], &again["orders"]), (&json!("waiting"), &json!([])));
    world.done().await;
}

#[tokio::test]
async fn one_customer_is_at_a_spot() {
    let world = World::new().await;
    let key = world.create(TILL, payment(1)).await;
    order(&world, &key).await.refused(409, "invalid_state");
    world.raw(APP, "PUT", &at("/check-out"), "").await.refused(409, "invalid_state");
    world.raw(APP, "PUT", &at("/check-in"), "").await.ok();
    world.raw(APP, "PUT", &at("/check-in"), "").await.ok();
    world.raw(OTHER, "PUT", &at("/check-in"), "").await.refused(409, "invalid_state");
    world.raw(OTHER, "PUT", &at("/check-out"), "").await.refused(409, "invalid_state");
    order(&world, &key).await.ok();
    order(&world, &key).await.refused(409, "invalid_state");
    assert_eq!(world.get(OTHER, SPOT).await.ok()["orders"], json!([]), "not the other's business");
    world.get(OTHER, &at("/order/77")).await.refused(404, "not_found");
    world.get(APP, &at("/order/1")).await.refused(404, "not_found");

    let left = world.raw(APP, "PUT", &at("/check-out"), "").await.ok();
    assert_eq!((&left["status"], &left["orders"]), (&json!("open"), &json!([])));
    world.raw(OTHER, "PUT", &at("/check-in"), "").await.ok();
    let second = world.create(TILL, payment(1)).await;
    let made = order(&world, &second).await.ok();
    let path = at(&format!("/order/{}", made["id"]));
    assert_eq!(world.raw(TILL, "DELETE", &path, "").await.ok(), json!({}));
    world.get(TILL, &path).await.refused(404, "not_found");
    order(&world, &second).await.ok();
    world.revoke(TILL, &second).await.ok();
    assert_eq!(world.get(OTHER, SPOT).await.ok()["orders"][0]["status"], "closed");
    let third = world.create(TILL, payment(1)).await;
    world.raw(OTHER, "PUT", &of(&third, "/reject"), "").await.ok();
    order(&world, &third).await.refused(409, "invalid_state");
    world.done().await;
}

#[tokio::test]
async fn spots_have_two_sides() {
    let world = World::new().await;
    for (method, action) in [("PUT", "/check-in"), ("PUT", "/check-out")] {
        world.raw(TILL, method, &at(action), "").await.refused(403, "forbidden");
    }
    for (method, path, body) in [
        ("DELETE", SPOT.to_owned(), ""),
        ("GET", "/rest/v1/spots".to_owned(), ""),
        ("POST", at("/order"), "{\"transaction_key\":\"ABCDEFGH\"}"),
        ("DELETE", at("/order/1"), ""),
    ] {
        world.raw(APP, method, &path, body).await.refused(403, "forbidden");
    }
    world.raw(APP, "PUT", &at("/check-in"), "").await.ok();
    world.raw(TILL, "POST", &at("/order"), "{}").await.refused(400, "invalid_parameters");
    order(&world, "ABCDEFGHIJ").await.refused(404, "not_found");
    let own = json!({"payments": [{"description": "x", "price": 1, "currency": "GEL",
        "beneficiary": {"id": seed::POOR.wallet}}]});
    let of_customer = world.post(APP, own).await.ok()["transaction_key"].as_str().unwrap().to_owned();
    order(&world, &of_customer).await.refused(404, "not_found");
    for path in ["/rest/v1/spot/1", "/rest/v1/spot/x", "/rest/v1/spot?code=PAYSERA*9975%3ATABLE12"] {
        world.get(APP, path).await.refused(404, "not_found");
    }
    for path in ["/rest/v1/spot", "/rest/v1/spot?code=EVP000000014471", "/rest/v1/spot?code=x"] {
        world.get(APP, path).await.refused(400, "invalid_parameters");
    }
    world.get(TILL, "/rest/v1/spots?status=x").await.refused(400, "invalid_parameters");
    world.put(TILL, "/rest/v1/location/9975", json!({"status": "inactive"})).await.ok();
    world.get(APP, SPOT).await.refused(404, "not_found");
    world.get(TILL, SPOT).await.ok();
    world.done().await;
}

#[tokio::test]
async fn a_scanned_code_is_looked_up() {
    let world = World::new().await;
    let key = world.create(TILL, payment(1)).await;
    let look_up = |who: Who, code: String| {
        let world = &world;
        let code: String = code.bytes().map(|byte| format!("%{byte:02X}")).collect();
        async move { world.get(who, &format!("/rest/v1/code?code={code}")).await }
    };
    let transaction = json!({"type": "transaction", "parameters": {"transaction_key": key}});
    for text in [
        format!("PAYSERA%{key}"),
        format!("https://paysera.com/app?qr=PAYSERA%25{key}"),
        format!("paysera://transaction?key={key}&callback=x"),
    ] {
        assert_eq!(look_up(APP, text).await.ok(), transaction);
    }
    let to = |wallet: u64, user: u64, name: Option<&str>| {
        let mut beneficiary: Value =
            json!({"wallet_id": wallet, "account_number": format!("EVP001{wallet:010}"), "user_id": user});
        if let Some(name) = name {
            beneficiary["display_name"] = json!(name);
        }
        json!({"type": "prefill", "parameters": {"beneficiary": beneficiary}})
    };
    let shop = to(2112, 501, Some("Demo retailer"));
    assert_eq!(look_up(APP, "EVP000000002112".to_owned()).await.ok(), shop);
    assert_eq!(look_up(APP, "EVP0010000002112".to_owned()).await.ok(), shop);
    assert_eq!(look_up(TILL, "EVP000000014471".to_owned()).await.ok(), to(14471, 502, None));
    for text in [
        "PAYSERA%ABCDEFGHIJ",
        "PAYSERA*9975:nowhere",
        "PAYSERA*1:table12",
        "EVP000000000001",
        "EVP1",
        "0112345678903305676022535991",
        "hello",
    ] {
        look_up(APP, text.to_owned()).await.refused(404, "not_found");
    }
    world.get(APP, "/rest/v1/code").await.refused(400, "invalid_parameters");
    world.done().await;
}

#[tokio::test]
async fn a_test_makes_more_spots() {
    let world = World::new().await;
    let table = json!({"location_id": 9976, "identifier": "Table 1"});
    let made = control(&world, "/spots", table.clone()).await.ok();
    assert_eq!(made["code"], "PAYSERA*9976:Table 1");
    let found = world.get(APP, "/rest/v1/spot?code=PAYSERA*9976:Table%201").await.ok();
    assert_eq!(found["id"], made["id"]);
    control(&world, "/spots", table).await.refused(409, "invalid_state");
    let nowhere = json!({"location_id": 1, "identifier": "x"});
    control(&world, "/spots", nowhere).await.refused(404, "not_found");
    let empty = json!({"location_id": 9975, "identifier": ""});
    control(&world, "/spots", empty).await.refused(400, "invalid_parameters");
    world.done().await;
}
