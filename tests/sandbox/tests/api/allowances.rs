//! Wallet-api section 6.1: allowances as a resource, and whose they are.

use paysera_sandbox::seed::{self, Customer};
use paysera_sandbox::{Sandbox, SandboxClock};
use rusqlite::{Connection, params};
use serde_json::{Value, json};

use crate::harness::{Answer, TILL, Who, World, app_of, of, payment};
use crate::restart::File;

pub(crate) const ALLOWANCE: &str = "/rest/v1/allowance";
const START: i64 = 1_760_000_000;
const CUSTOMER: u64 = seed::CUSTOMER.wallet;

/// The path of an allowance, by number or by wallet.
pub(crate) fn path(rest: impl std::fmt::Display) -> String {
    format!("{ALLOWANCE}/{rest}")
}

/// An allowance of GEL that is only limited in total.
pub(crate) fn up_to(max_price: i64) -> Value {
    json!({"currency": "GEL", "max_price": max_price})
}

impl World {
    /// Asks for an allowance in a transaction of its own.
    pub(crate) async fn ask(&self, terms: Value) -> Value {
        self.post_to(TILL, ALLOWANCE, terms).await.ok()
    }

    /// Asks for an allowance and has it accepted; its number.
    pub(crate) async fn given(&self, customer: &Customer, terms: Value) -> u64 {
        let asked = self.ask(terms).await;
        self.accept_in_app(app_of(customer), asked["transaction_key"].as_str().unwrap()).await.ok();
        asked["id"].as_u64().unwrap()
    }

    /// Accepts a transaction with the customer's app.
    pub(crate) async fn accept_in_app(&self, app: Who, key: &str) -> Answer {
        self.raw(app, "PUT", &of(key, "/reserve/me"), "").await
    }

    pub(crate) async fn status_of(&self, id: u64) -> String {
        self.get(TILL, &path(id)).await.ok()["status"].as_str().unwrap().to_owned()
    }
}

async fn world() -> World {
    World::start(Sandbox::builder().clock(SandboxClock::fixed(START))).await
}

#[tokio::test]
async fn created_alone_it_has_a_transaction_of_its_own() {
    let world = world().await;
    let asked = world
        .ask(json!({
            "description": "Season ticket", "currency": "GEL", "max_price_decimal": "15", "something": 1,
            "valid": {"for": 90_000}, "limits": [{"max_price": 500, "time": 3601}, {"max_price_decimal": 9.5, "time": 86_400}],
        }))
        .await;
    let key = asked["transaction_key"].as_str().unwrap();
    let id = asked["id"].as_u64().unwrap();
    let mut expected = json!({
        "id": id, "transaction_key": key, "created_at": START, "status": "new", "currency": "GEL",
        "description": "Season ticket", "max_price": 1500, "max_price_decimal": "15.00",
        "valid": {"for": 90_000}, "valid_for": 25,
        "limits": [
            {"max_price": 500, "max_price_decimal": "5.00", "time": 3601, "period": 2},
            {"max_price": 950, "max_price_decimal": "9.50", "time": 86_400, "period": 24},
        ],
    });
    assert_eq!(asked, expected);
    assert_eq!(world.get(TILL, &path(id)).await.ok(), expected);
    let transaction = world.get(app_of(&seed::CUSTOMER), &of(key, "")).await.ok();
    assert_eq!(transaction["allowance"], json!({"id": id, "optional": false, "data": expected}));
    assert_eq!((&transaction["status"], transaction.get("payments")), (&json!("new"), None));
    assert_eq!((&transaction["project_id"], &transaction["location_id"]), (&json!(1234), &json!(9975)));

    world.sandbox.clock().advance(60);
    let accepted = world.accept_in_app(app_of(&seed::CUSTOMER), key).await.ok();
    assert_eq!((&accepted["status"], &accepted["type"]), (&json!("reserved"), &json!("mobile_app")));
    let (from, until) = (START + 60, START + 90_060);
    let object = expected.as_object_mut().unwrap();
    object.remove("valid_for");
    object.extend([
        ("status".to_owned(), json!("active")),
        ("wallet".to_owned(), json!(CUSTOMER)),
        ("confirmed_at".to_owned(), json!(from)),
        ("valid".to_owned(), json!({"from": from, "until": until})),
        ("valid_until".to_owned(), json!(until)),
    ]);
    assert_eq!(accepted["allowance"]["data"], expected);
    assert_eq!(world.get(TILL, &path("active/14471")).await.ok(), expected);
    assert_eq!(world.gel(CUSTOMER).await, (100_000, 0));
    assert_eq!(world.confirm(TILL, key).await.ok()["status"], "confirmed");
    assert_eq!(world.get(TILL, &path("active/14471")).await.ok(), expected);
    world.done().await;
}

#[tokio::test]
async fn how_long_it_is_good_has_four_forms_and_a_default() {
    let world = world().await;
    for (valid, shown, legacy) in [
        (json!({}), json!({"for": 2_592_000}), ("valid_for", 720)),
        (json!({"valid_for": 5}), json!({"for": 18_000}), ("valid_for", 5)),
        (json!({"valid": {"for": 1}}), json!({"for": 1}), ("valid_for", 1)),
        (json!({"valid": {"until": START + 9}}), json!({"until": START + 9}), ("valid_until", START + 9)),
        (json!({"valid_until": START + 9}), json!({"until": START + 9}), ("valid_until", START + 9)),
    ] {
        let mut terms = up_to(100);
        terms.as_object_mut().unwrap().extend(valid.as_object().unwrap().clone());
        let asked = world.ask(terms).await;
        assert_eq!((&asked["valid"], &asked[legacy.0]), (&shown, &json!(legacy.1)));
        assert_eq!(["valid_for", "valid_until"].iter().filter(|name| asked.get(name).is_some()).count(), 1);
    }
    world.done().await;
}

#[tokio::test]
async fn what_is_wrong_is_named_alone_and_in_a_transaction() {
    let world = world().await;
    for (terms, field) in [
        (json!({"max_price": 1}), "currency"),
        (json!({"currency": "GEL"}), "max_price"),
        (json!({"currency": "GEL", "max_price": 1, "max_price_decimal": "0.01"}), "max_price"),
        (json!({"currency": "GEL", "limits": [{"max_price": 1, "period": 24}]}), "limits[0].time"),
        (json!({"currency": "GEL", "max_price": 1, "valid": {"until": START}}), "valid"),
    ] {
        let refused = world.post_to(TILL, ALLOWANCE, terms.clone()).await.refused(400, "invalid_parameters");
        assert!(refused["error_properties"].get(field).is_some(), "{refused}");
        let asked = json!({"allowance": {"data": terms, "optional": true}, "payments": [payment(1)]});
        let refused = world.post(TILL, asked).await.refused(400, "invalid_parameters");
        let field = format!("allowance.data.{field}");
        assert!(refused["error_properties"].get(&field).is_some(), "{refused}");
    }
    for (body, field) in [
        (json!({}), "payments"),
        (json!({"allowance": {}}), "allowance.data"),
        (json!({"allowance": {"data": up_to(1), "id": 784}}), "allowance.id"),
        (json!({"allowance": {"data": up_to(1), "optional": 1}}), "allowance.optional"),
        (json!({"allowance": 784}), "allowance"),
        (json!({"allowance": {"id": 784, "optional": true}}), "allowance.id"),
    ] {
        let refused = world.post(TILL, body).await.refused(400, "invalid_parameters");
        assert!(refused["error_properties"].get(field).is_some(), "{refused}");
    }
    assert_eq!(world.get(TILL, "/rest/v1/transactions").await.ok()["_metadata"]["total"], 0);
    world.done().await;
}

#[tokio::test]
async fn an_active_one_is_taken_back_once_by_number_or_by_wallet() {
    let world = world().await;
    for by_wallet in [true, false] {
        let id = world.given(&seed::CUSTOMER, up_to(1500)).await;
        world.sandbox.clock().advance(10);
        let path_of_it = if by_wallet { path("active/14471") } else { path(id) };
        let ended = world.delete(TILL, &path_of_it).await.ok();
        assert_eq!((&ended["id"], &ended["status"]), (&json!(id), &json!("inactive")));
        assert_eq!(ended["canceled_at"], world.sandbox.clock().now());
        assert_eq!(ended["valid_until"], ended["confirmed_at"].as_i64().unwrap() + 2_592_000);
        world.get(TILL, &path("active/14471")).await.refused(404, "not_found");
        world.delete(TILL, &path("active/14471")).await.refused(404, "not_found");
        world.get(TILL, &path("limit/14471")).await.refused(404, "not_found");
        world.delete(TILL, &path(id)).await.refused(409, "invalid_state");
        let key = world.create(TILL, payment(1)).await;
        world.raw(TILL, "PUT", &of(&key, "/reserve/14471"), "[]").await.refused(403, "no_rights");
    }
    world.done().await;
}

#[tokio::test]
async fn a_new_one_is_deleted_with_the_transaction_that_held_nothing_else() {
    let world = world().await;
    let asked = world.ask(up_to(1500)).await;
    let deleted = world.delete(TILL, &path(&asked["id"])).await.ok();
    assert_eq!((&deleted["status"], &deleted["canceled_at"]), (&json!("deleted"), &json!(START)));
    let key = asked["transaction_key"].as_str().unwrap();
    assert_eq!(world.get(TILL, &of(key, "")).await.ok()["status"], "deleted");
    world.accept_in_app(app_of(&seed::CUSTOMER), key).await.refused(409, "invalid_state");
    world.done().await;
}

#[tokio::test]
async fn the_retailers_own_names_the_wallet_it_charges() {
    let world = world().await;
    let own = world.get(TILL, &path("active/me")).await.ok();
    assert_eq!(own, world.get(TILL, &path(seed::ALLOWANCE_ID)).await.ok());
    assert_eq!((&own["id"], &own["wallet"], &own["status"]), (&json!(784), &json!(2112), &json!("active")));
    let day = json!([{"max_price": 500_000, "max_price_decimal": "5000.00", "time": 86_400, "period": 24}]);
    assert_eq!((&own["limits"], own.get("max_price")), (&day, None));
    // What an integration does to learn who pays a cash-in.
    let key = own["transaction_key"].as_str().unwrap();
    assert_eq!(key, seed::ALLOWANCE_TRANSACTION);
    let transaction = world.get(TILL, &of(key, "")).await.ok();
    assert_eq!((&transaction["wallet"], &transaction["status"]), (&json!(2112), &json!("confirmed")));
    assert_eq!(transaction["allowance"]["data"], own);
    // It is nothing that the client made.
    world.confirm(TILL, key).await.refused(403, "forbidden");
    world.revoke(TILL, key).await.refused(403, "forbidden");
    assert_eq!(world.get(TILL, "/rest/v1/transactions").await.ok()["_metadata"]["total"], 0);
    world.done().await;
}

#[tokio::test]
async fn a_user_knows_what_it_gave_and_takes_it_back() {
    let world = world().await;
    let id = world.given(&seed::CUSTOMER, up_to(1500)).await;
    let (app, other) = (app_of(&seed::CUSTOMER), app_of(&seed::POOR));
    world.post_to(app, ALLOWANCE, up_to(1)).await.refused(403, "forbidden");
    let asked = json!({"allowance": {"data": up_to(1)}});
    world.post(app, asked).await.refused(403, "forbidden");
    // By the pair of wallet and client: the app has no allowance.
    world.get(app, &path("active/me")).await.refused(404, "not_found");
    world.get(app, &path("active/14473")).await.refused(403, "forbidden");
    world.delete(app, &path("active/2112")).await.refused(403, "forbidden");
    world.get(app, &path("limit/2112")).await.refused(403, "forbidden");
    for who in [other, world.token(&seed::POOR, "manage_account").await] {
        world.get(who, &path(id)).await.refused(404, "not_found");
        world.delete(who, &path(id)).await.refused(404, "not_found");
    }
    // The token that a shop got stands for what this shop was given.
    let shop = world.shop_token("email").await;
    assert_eq!(world.get(shop, &path("active/me")).await.ok()["id"], id);
    assert_eq!(world.get(shop, &path("limit/me?currency=GEL")).await.ok()["amount"], 1500);
    world.delete(shop, &path(id)).await.refused(403, "forbidden");
    let narrow = world.token(&seed::CUSTOMER, "email").await;
    assert_eq!(world.get(narrow, &path(id)).await.ok()["status"], "active");
    world.delete(narrow, &path(id)).await.refused(403, "forbidden");
    assert_eq!(world.delete(app, &path(id)).await.ok()["status"], "inactive");
    world.get(TILL, &path("active/14471")).await.refused(404, "not_found");
    world.done().await;
}

#[tokio::test]
async fn a_shops_token_gives_no_allowance() {
    let world = world().await;
    let shop = world.shop_token("email").await;
    let asked = world.ask(up_to(1500)).await;
    let key = asked["transaction_key"].as_str().unwrap();
    world.accept_in_app(shop, key).await.refused(403, "no_rights");
    let asked = json!({"payments": [payment(1)], "allowance": {"data": up_to(1), "optional": true}});
    let made = world.post(TILL, asked).await.ok();
    world.accept_in_app(shop, made["transaction_key"].as_str().unwrap()).await.refused(403, "no_rights");
    // Nor does it pay.
    let key = world.create(TILL, payment(1)).await;
    world.accept_in_app(shop, &key).await.refused(403, "no_rights");
    assert_eq!(world.gel(CUSTOMER).await, (100_000, 0));
    world.done().await;
}

#[tokio::test]
async fn an_allowance_is_of_one_client() {
    let file = File::new("allowances");
    let world = World::start(Sandbox::builder().database(file.database())).await;
    // A second client of the same merchant.
    let second = Who { id: "sbx_second", key: "k3ySecondSandboxOnly000000000000", location: None };
    Connection::open(file.path())
        .unwrap()
        .execute(
            "INSERT INTO client (id, mac_key, project_id, number, type, title, permissions)
             VALUES (?1, ?2, 1234, 3999, 'private_client', 'Second client', '')",
            params![second.id, second.key],
        )
        .unwrap();
    let id = world.given(&seed::CUSTOMER, up_to(1500)).await;
    let new = world.ask(up_to(100)).await["id"].clone();
    for id in [json!(id), new.clone(), json!(784)] {
        world.get(second, &path(&id)).await.refused(404, "not_found");
        world.delete(second, &path(&id)).await.refused(404, "not_found");
        let asked = json!({"payments": [payment(1)], "allowance": {"id": id, "optional": true}});
        world.post(second, asked).await.refused(404, "not_found");
    }
    for wallet in ["14471", "2112", "me"] {
        world.get(second, &path(format!("active/{wallet}"))).await.refused(404, "not_found");
        world.delete(second, &path(format!("active/{wallet}"))).await.refused(404, "not_found");
        world.get(second, &path(format!("limit/{wallet}"))).await.refused(404, "not_found");
    }
    world.get(second, &of(seed::ALLOWANCE_TRANSACTION, "")).await.refused(404, "not_found");
    let key = world.create(second, payment(1)).await;
    world.raw(second, "PUT", &of(&key, "/reserve/14471"), "[]").await.refused(403, "no_rights");

    // The customer gives one to each; neither ends the other, and the token
    // that the first got tells nothing of the second's.
    let asked = world.post_to(second, ALLOWANCE, up_to(200)).await.ok();
    world.accept_in_app(app_of(&seed::CUSTOMER), asked["transaction_key"].as_str().unwrap()).await.ok();
    assert_eq!(world.get(second, &path("active/14471")).await.ok()["id"], asked["id"]);
    assert_eq!(world.get(TILL, &path("active/14471")).await.ok()["id"], id);
    let shop = world.shop_token("manage_account").await;
    world.get(shop, &path(&asked["id"])).await.refused(404, "not_found");
    world.delete(shop, &path(&asked["id"])).await.refused(404, "not_found");
    assert_eq!(world.get(shop, &path(id)).await.ok()["status"], "active");
    world.raw(second, "PUT", &of(&key, "/reserve/14471"), "[]").await.ok();
    assert_eq!(world.get(second, &path("limit/14471?currency=GEL")).await.ok()["amount"], 199);
    assert_eq!(world.get(TILL, &path("limit/14471?currency=GEL")).await.ok()["amount"], 1500);
    world.done().await;
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let world = world().await;
    for rest in ["1", "-1", "x", "active/1", "active/x", "limit/1", "active"] {
        world.get(TILL, &path(rest)).await.refused(404, "not_found");
        let deleted = world.delete(TILL, &path(rest)).await;
        assert!(matches!(deleted.status, 404 | 405), "{rest}");
    }
    world.get(TILL, &path("limit/me?currency=JPY")).await.refused(400, "invalid_parameters");
    world.done().await;
}
