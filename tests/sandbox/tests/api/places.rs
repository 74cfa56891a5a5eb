//! Projects and locations (wallet-api sections 7.1 and 7.2).

use paysera_sandbox::seed;
use serde_json::{Value, json};

use crate::harness::{Answer, TILL, Who, World, app_of, cash_in, payment};

const APP: Who = app_of(&seed::CUSTOMER);

async fn public(world: &World, query: &str) -> Answer {
    let request = world.http.get(world.url(&format!("/rest/v1/locations{query}")));
    Answer::to(request.header("authorization", "MAC nonsense")).await.unwrap()
}

fn ids(list: &Value) -> Vec<i64> {
    list.as_array().unwrap().iter().map(|one| one["id"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn everyone_finds_locations() {
    let world = World::new().await;
    let found = |query: &'static str| {
        let world = &world;
        async move { ids(&public(world, query).await.ok()["locations"]) }
    };
    assert_eq!(found("").await, [9975, 9976, 9977]);
    assert_eq!(found("?limit=1&offset=1").await, [9976]);
    assert_eq!(found("?service=cash_in").await, [9975]);
    assert_eq!(found("?service=cash_in,cash_out").await, [9975, 9976]);
    assert_eq!(found("?pay_category=3,5&locale=ka").await, [9976, 9977]);
    assert_eq!(found("?status=inactive").await, [0; 0]);
    assert_eq!(found("?lat=41.6938&lng=44.8020").await, [9975]);
    assert_eq!(found("?lat=41.7938&lng=44.8020").await, [0; 0]);
    assert_eq!(found("?lat=41.7938&lng=44.8020&distance=20000").await, [9975]);
    assert_eq!(found("?updated_after=99999999999").await, [0; 0]);
    for query in [
        "?lat=1",
        "?lng=1",
        "?lat=91&lng=1",
        "?lat=x&lng=1",
        "?lat=NaN&lng=1",
        "?distance=-1",
        "?status=x",
        "?service=x",
        "?pay_category=x",
        "?limit=201",
        "?updated_after=x",
    ] {
        public(&world, query).await.refused(400, "invalid_parameters");
    }
    let categories = public(&world, "/pay-categories").await.ok();
    assert_eq!(categories[1], json!({"id": 2, "title": "Cafes and restaurants", "parent_id": 1}));
    let first = &public(&world, "?limit=1").await.ok()["locations"][0];
    assert_eq!(first["services"]["pay"], json!({"available": true, "categories": [2]}));
    assert_eq!(first["services"]["identification"], json!({"available": false, "types": []}));
    world.done().await;
}

#[tokio::test]
async fn a_merchant_adds_and_changes_a_location() {
    let world = World::new().await;
    let hours = json!({"opening_time": "9:0", "closing_time": "24:00"});
    let price = json!({"amount_decimal": "3.5", "currency": "GEL"});
    let body = json!({"title": "New shop", "address": "Batumi", "lat": 41.6, "lng": 41.6, "public": false,
        "working_hours": {"friday": hours}, "prices": [{"type": "offer", "title": "Tea", "price": price}],
        "images": {"pin_open": "https://shop.example/1", "pin_closed": "https://shop.example/2"},
        "services": {"pay": {"available": true, "categories": [1]}}});
    let path = "/rest/v1/project/1234/location";
    let made = world.raw(TILL, "POST", path, &body.to_string()).await.ok();
    assert_eq!(made["working_hours"], json!({"friday": {"opening_time": "09:00", "closing_time": "00:00"}}));
    let shown = json!({"amount": 350, "amount_decimal": "3.50", "currency": "GEL"});
    assert_eq!(made["prices"], json!([{"type": "offer", "title": "Tea", "price": shown}]));
    assert_eq!(ids(&public(&world, "").await.ok()["locations"]).len(), 3, "it is not public");
    let id = made["id"].as_i64().unwrap();
    let all = world.get(TILL, "/rest/v1/client/locations").await.ok();
    assert_eq!(ids(&all), [9975, 9976, 9977, id]);

    // The services decide what may be done there.
    let place = id.to_string();
    let at = Who { location: Some(place.leak()), ..TILL };
    let cash = json!({"payments": [cash_in(100, seed::CUSTOMER.wallet)]});
    let refused = world.post(at, cash.clone()).await.refused(403, "forbidden");
    assert_eq!(refused["error_data"], json!({"service": "cash_in"}));
    let change = format!("/rest/v1/location/{id}");
    world.sandbox.clock().advance(5);
    let changed = json!({"services": {"cash_in": {"available": true, "types": ["banknotes"]}}});
    let changed = world.put(TILL, &change, changed).await.ok();
    assert_eq!(changed["title"], "New shop");
    assert_eq!(changed["updated_at"].as_i64().unwrap(), made["updated_at"].as_i64().unwrap() + 5);
    world.post(at, cash).await.ok();
    world.put(TILL, &change, json!({"status": "inactive"})).await.ok();
    world.post(at, json!({"payments": [payment(1)]})).await.refused(403, "forbidden");
    let of_project = world.get(TILL, "/rest/v1/project/1234/locations?status=inactive").await.ok();
    assert_eq!(ids(&of_project), [id]);
    assert_eq!(ids(&world.get(TILL, "/rest/v1/project/1234/locations").await.ok()).len(), 4);

    world.raw(TILL, "POST", path, "{}").await.refused(400, "invalid_parameters");
    let orders = json!({"remote_orders": {"spot_id": 15}});
    world.put(TILL, &change, orders.clone()).await.refused(400, "invalid_parameters");
    let shown = world.put(TILL, "/rest/v1/location/9975", orders).await.ok();
    assert_eq!(shown["remote_orders"], json!({"spot_id": 15}));
    world.done().await;
}

#[tokio::test]
async fn projects_are_their_merchants() {
    let world = World::new().await;
    let path = "/rest/v1/project/1234";
    let project = world.get(TILL, path).await.ok();
    let plain = json!({"id": 1234, "title": "Demo retailer", "wallet_id": 2112, "owner_display_name": "Demo retailer"});
    assert_eq!(project, plain);
    let expanded = world.get(TILL, "/rest/v1/project/1234?fields=*,wallet").await.ok();
    assert_eq!(expanded["wallet"]["account"]["number"], "EVP0010000002112");
    let changed = world.put(TILL, path, json!({"title": "Better", "description": "Shops"})).await.ok();
    assert_eq!((&changed["title"], &changed["description"]), (&json!("Better"), &json!("Shops")));
    world.put(TILL, path, json!({"description": "x"})).await.refused(400, "invalid_parameters");
    for wallet in [14471, 1] {
        let foreign = json!({"title": "x", "wallet_id": wallet});
        world.put(TILL, path, foreign).await.refused(400, "invalid_parameters");
    }
    for (method, rest) in [("GET", ""), ("PUT", ""), ("GET", "/locations"), ("POST", "/location")] {
        let body = if method == "GET" { "" } else { "{\"title\":\"x\",\"address\":\"x\"}" };
        for (who, project) in [(APP, 1234), (TILL, 1)] {
            let path = format!("/rest/v1/project/{project}{rest}");
            world.raw(who, method, &path, body).await.refused(404, "not_found");
        }
    }
    world.raw(APP, "PUT", "/rest/v1/location/9975", "{}").await.refused(404, "not_found");
    world.raw(TILL, "PUT", "/rest/v1/location/1", "{}").await.refused(404, "not_found");
    assert_eq!(world.get(APP, "/rest/v1/user/me/projects").await.ok(), json!([]));
    world.done().await;
}
