//! Wallet-api section 6.3: what happened to a wallet's money.

use paysera_sandbox::{SandboxClock, seed};
use serde_json::{Value, json};

use crate::harness::{TILL, World, app_of, nonce, of, payment, still};
use crate::people::SHOP;

const ME: &str = "/rest/v1/wallet/me";

fn ids(list: &Value) -> Vec<i64> {
    list["statements"].as_array().unwrap().iter().map(|one| one["id"].as_i64().unwrap()).collect()
}

impl World {
    async fn pay(&self, price: i64) -> String {
        let key = self.create(TILL, payment(price)).await;
        self.raw(app_of(&seed::CUSTOMER), "PUT", &of(&key, "/reserve/me"), "").await.ok();
        self.confirm(TILL, &key).await.ok();
        key
    }

    async fn statements(&self, query: &str) -> Value {
        self.get(app_of(&seed::CUSTOMER), &format!("{ME}/statements{query}")).await.ok()
    }
}

#[tokio::test]
async fn a_payment_is_a_statement_on_both_sides() {
    let world = World::start(still().clock(SandboxClock::fixed(1_760_000_000))).await;
    world.sandbox.clock().advance(60);
    let key = world.pay(1250).await;
    let mine = world.statements("").await;
    assert_eq!(mine["_metadata"]["total"], 2);
    let statement = &mine["statements"][0];
    assert_eq!(
        statement,
        &json!({"id": statement["id"], "transfer_id": statement["transfer_id"],
            "account_number": "EVP0010000014471", "amount": 1250, "amount_decimal": "12.50",
            "currency": "GEL", "date": 1_760_000_060, "details": "Bill", "direction": "out",
            "type": "transfer", "reference_number": key,
            "other_party": {"display_name": "Demo retailer", "wallet_id": 2112, "user_id": 501,
                "account_number": "EVP0010000002112"}})
    );
    let opening = &mine["statements"][1];
    assert_eq!((&opening["direction"], &opening["details"]), (&json!("in"), &json!("Opening balance")));
    assert!(opening.get("other_party").is_none() && opening.get("reference_number").is_none());
    let theirs = world.get(SHOP, &format!("{ME}/statements?direction=in&limit=1")).await.ok();
    let credit = &theirs["statements"][0];
    assert_eq!((&credit["amount"], &credit["direction"]), (&json!(1250), &json!("in")));
    assert_eq!(credit["other_party"]["wallet_id"], 14471);
    assert_eq!(credit["transfer_id"], statement["transfer_id"]);
    world.done().await;
}

#[tokio::test]
async fn java_finds_the_three_parts_of_an_amount_together() {
    let world = World::new().await;
    let customer = app_of(&seed::CUSTOMER);
    let key = world.create(TILL, payment(1250)).await;
    world.raw(customer, "PUT", &of(&key, "/reserve/me"), "").await.ok();
    for path in ["statements", "reservation-statements", "pending-payments"] {
        let path = format!("{ME}/{path}");
        let header = world.sign(customer, "GET", &path, b"", &nonce());
        let request = world.http.get(world.url(&path)).header("authorization", header);
        let text = request.send().await.unwrap().text().await.unwrap();
        let (amount, decimal) =
            if path.ends_with("/statements") { (100_000, "1000.00") } else { (1250, "12.50") };
        let part = format!(r#""amount":{amount},"amount_decimal":"{decimal}","currency":"GEL","#);
        assert!(text.contains(&part), "{text}");
    }
    world.done().await;
}

#[tokio::test]
async fn statements_are_paged_by_place_and_by_cursor() {
    let world = World::new().await;
    for price in 1..=5 {
        world.pay(price).await;
    }
    let all = ids(&world.statements("").await);
    assert_eq!(all.len(), 6);
    let mut oldest_first = all.clone();
    oldest_first.reverse();
    assert_eq!(ids(&world.statements("?order_direction=asc&order_by=date").await), oldest_first);
    assert_eq!(ids(&world.statements("?limit=2&offset=3").await), all[3..5]);

    let first = world.statements("?limit=2").await;
    let metadata = &first["_metadata"];
    assert_eq!((&metadata["has_next"], &metadata["has_previous"]), (&json!(true), &json!(false)));
    assert_eq!(
        (&metadata["total"], &metadata["offset"], &metadata["limit"]),
        (&json!(6), &json!(0), &json!(2))
    );
    let cursor = |page: &Value, name: &str| page["_metadata"]["cursors"][name].as_str().unwrap().to_owned();
    let second = world.statements(&format!("?limit=2&after={}", cursor(&first, "after"))).await;
    assert_eq!(ids(&second), all[2..4]);
    assert_eq!(second["_metadata"]["has_previous"], true);
    let third = world.statements(&format!("?limit=2&after={}", cursor(&second, "after"))).await;
    assert_eq!((ids(&third), &third["_metadata"]["has_next"]), (all[4..].to_vec(), &json!(false)));
    let back = world.statements(&format!("?limit=2&before={}", cursor(&third, "before"))).await;
    assert_eq!(ids(&back), all[2..4]);
    assert_eq!(
        (&back["_metadata"]["has_next"], &back["_metadata"]["has_previous"]),
        (&json!(true), &json!(true))
    );
    let ascending = format!("?limit=2&order_direction=ASC&after={}", cursor(&second, "before"));
    assert_eq!(ids(&world.statements(&ascending).await), [all[1], all[0]]);
    let beyond = world.statements("?offset=99").await;
    assert_eq!((ids(&beyond).len(), &beyond["_metadata"]["cursors"]), (0, &json!({})));
    for query in [
        "limit=0",
        "limit=201",
        "after=x",
        "after=1&before=2",
        "order_by=amount",
        "order_direction=up",
        "direction=both",
        "currency=XYZ",
        "from=x",
    ] {
        let path = format!("{ME}/statements?{query}");
        world.get(app_of(&seed::CUSTOMER), &path).await.refused(400, "invalid_parameters");
    }
    world.done().await;
}

#[tokio::test]
async fn statements_are_narrowed() {
    let world = World::start(still().clock(SandboxClock::fixed(1_760_000_000))).await;
    world.sandbox.clock().advance(100);
    world.pay(7).await;
    for (query, total) in [
        ("?direction=in", 1),
        ("?direction=out", 1),
        ("?currency=EUR,USD", 0),
        ("?currency=EUR,GEL", 2),
        ("?text=bILL", 1),
        ("?text=demo%20RETAIL", 1),
        ("?text=%25", 0),
        ("?from=1760000100", 1),
        ("?to=1760000099", 1),
        ("?from=1760000000&to=1760000100", 2),
    ] {
        let list = world.statements(query).await;
        assert_eq!(list["_metadata"]["total"], total, "{query}");
        assert_eq!(ids(&list).len(), usize::try_from(total).unwrap(), "{query}");
    }
    world.done().await;
}

#[tokio::test]
async fn who_may_read_statements() {
    let world = World::start(still().token_lifetime(10_000_000)).await;
    world.sandbox.clock().advance(1_000_000);
    let path = format!("{ME}/statements");
    let recent = world.token(&seed::CUSTOMER, "recent_statements").await;
    assert_eq!(world.get(recent, &path).await.ok()["_metadata"]["total"], 1);
    world.sandbox.clock().advance(2_000_000);
    assert_eq!(world.get(recent, &format!("{path}?from=0")).await.ok()["_metadata"]["total"], 0);
    let all = world.token(&seed::CUSTOMER, "statements").await;
    assert_eq!(world.get(all, &path).await.ok()["_metadata"]["total"], 1);
    let other = world.token(&seed::CUSTOMER, "balance").await;
    for part in ["statements", "reservation-statements"] {
        world.get(other, &format!("{ME}/{part}")).await.refused(403, "forbidden");
        for who in [SHOP, app_of(&seed::POOR)] {
            world.get(who, &format!("/rest/v1/wallet/14471/{part}")).await.refused(403, "forbidden");
        }
    }
    world.put(SHOP, "/rest/v1/client/3001", json!({"permissions": ["use_wallet_api"]})).await.ok();
    world.get(SHOP, &path).await.refused(403, "forbidden");
    world.done().await;
}

#[tokio::test]
async fn what_is_held_is_pending_on_both_sides() {
    let world = World::new().await;
    let customer = app_of(&seed::CUSTOMER);
    let key = world.create(TILL, payment(300)).await;
    let reserved = world.raw(customer, "PUT", &of(&key, "/reserve/me"), "").await.ok();
    let held = world.get(customer, &format!("{ME}/reservation-statements")).await.ok();
    assert_eq!(held["_metadata"], json!({"total": 1, "offset": 0, "limit": 20}));
    let held = &held["reservation_statements"][0];
    assert_eq!((&held["amount"], &held["direction"]), (&json!(300), &json!("out")));
    assert_eq!((&held["reference_number"], &held["other_party"]["wallet_id"]), (&json!(key), &json!(2112)));

    let path = format!("{ME}/pending-payments");
    let out = world.get(customer, &path).await.ok();
    let (out, paid) = (&out["pending_payments"][0], &reserved["payments"][0]);
    assert_eq!((&out["id"], &out["direction"]), (&paid["id"], &json!("out")));
    assert_eq!((&out["cancelable"], &out["transaction_key"]), (&json!(false), &json!(key)));
    assert!(out["valid_until"].as_i64().unwrap() > out["date"].as_i64().unwrap());
    let incoming = world.get(SHOP, &path).await.ok();
    assert_eq!(incoming["pending_payments"][0]["direction"], "in");
    assert_eq!(incoming["pending_payments"][0]["other_party"]["wallet_id"], 14471);

    // The directions that the scopes open.
    for (scope, count) in [("outgoing_payments", 1), ("incoming_payments", 0)] {
        let list = world.get(world.token(&seed::CUSTOMER, scope).await, &path).await.ok();
        assert_eq!(list["_metadata"]["total"], count, "{scope}");
    }
    world.get(world.token(&seed::CUSTOMER, "balance").await, &path).await.refused(403, "forbidden");
    world.get(app_of(&seed::POOR), "/rest/v1/wallet/14471/pending-payments").await.refused(403, "forbidden");

    // The merchant relies on it.
    let cancel = format!("{ME}/pending-payment/{}", out["id"]);
    world.delete(customer, &cancel).await.refused(409, "invalid_state");
    world.delete(SHOP, &cancel).await.refused(409, "invalid_state");
    world.delete(app_of(&seed::POOR), &cancel).await.refused(404, "not_found");
    world.confirm(TILL, &key).await.ok();
    assert_eq!(world.get(customer, &path).await.ok()["_metadata"]["total"], 0);
    world.delete(customer, &cancel).await.refused(404, "not_found");
    world.done().await;
}

#[tokio::test]
async fn a_user_takes_back_what_the_user_made() {
    let world = World::new().await;
    let customer = app_of(&seed::CUSTOMER);
    let bill = json!({"description": "Lent", "price": 500, "currency": "GEL", "beneficiary": {"id": 14473}});
    let key = world.create(customer, bill).await;
    world.raw(customer, "PUT", &of(&key, "/reserve/me"), "").await.ok();
    assert_eq!(world.gel(14471).await, (99_500, 500));
    let list = world.get(customer, &format!("{ME}/pending-payments")).await.ok();
    assert_eq!(list["pending_payments"][0]["cancelable"], true);
    let path = format!("{ME}/pending-payment/{}", list["pending_payments"][0]["id"]);
    // Who gets it may not, nor a token without the scope.
    world.delete(app_of(&seed::POOR), &path).await.refused(409, "invalid_state");
    world
        .delete(world.token(&seed::CUSTOMER, "incoming_payments").await, &path)
        .await
        .refused(403, "forbidden");
    assert_eq!(world.delete(customer, &path).await.ok(), json!({}));
    assert_eq!(world.gel(14471).await, (100_000, 0));
    assert_eq!(world.get(customer, &of(&key, "")).await.ok()["status"], "revoked");
    world.done().await;
}
