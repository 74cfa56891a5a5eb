//! Payments: items, commission, cashback, freezes, refunds and passwords
//! (wallet-api section 5.5).

use paysera_sandbox::seed;
use serde_json::{Value, json};

use crate::harness::{TILL, Who, World, app_of, cash_in, cash_out, codes, of, path, payment, with};

const CUSTOMER: u64 = seed::CUSTOMER.wallet;
const RETAILER: u64 = seed::RETAILER_WALLET;
const APP: Who = app_of(&seed::CUSTOMER);

/// Makes the payment, has the customer accept and the till confirm it; the
/// payment as it is then.
async fn paid(world: &World, body: Value) -> Value {
    let key = world.create(TILL, body).await;
    world.raw(APP, "PUT", &of(&key, "/reserve/me"), "").await.ok();
    world.confirm(TILL, &key).await.ok()["payments"][0].clone()
}

#[tokio::test]
async fn items_make_the_price() {
    let world = World::new().await;
    let tea =
        json!({"title": "Tea", "price": 250, "currency": "GEL", "quantity": 2, "parameters": {"sku": 7}});
    let made = world.post(TILL, json!({"payments": [{"items": [tea]}]})).await.ok();
    let payment = &made["payments"][0];
    assert_eq!((&payment["price"], &payment["price_decimal"]), (&json!(500), &json!("5.00")));
    assert_eq!(payment.get("description"), None);
    let expected = json!({"title": "Tea", "price": 250, "price_decimal": "2.50", "total_price": 500,
        "total_price_decimal": "5.00", "currency": "GEL", "quantity": 2, "parameters": {"sku": 7}});
    assert_eq!(payment["items"], json!([expected]));
    // Whoever reads the statement later sees what was bought.
    let key = made["transaction_key"].as_str().unwrap();
    world.raw(APP, "PUT", &of(key, "/reserve/me"), "").await.ok();
    world.confirm(TILL, key).await.ok();
    let statements = world.get(APP, "/rest/v1/wallet/me/statements").await.ok();
    assert_eq!(statements["statements"][0]["details"], "Tea");
    let refused = world.post(TILL, json!({"payments": [{"items": [tea], "price": 499}]})).await;
    let refused = refused.refused(400, "invalid_parameters");
    assert!(refused["error_properties"]["payments[0].price"].is_array(), "{refused}");
    world.done().await;
}

#[tokio::test]
async fn cashback_and_commission_leave_the_beneficiary() {
    let world = World::new().await;
    let commission = json!({"in_commission": 30, "out_commission_decimal": "0.5"});
    let terms = json!({"cashback": 100, "commission": commission, "beneficiary": {"id": seed::POOR.wallet}});
    let payment = paid(&world, with(payment(1000), terms)).await;
    assert_eq!(
        payment["commission"],
        json!({"in_commission": 30, "in_commission_decimal": "0.30",
        "out_commission": 50, "out_commission_decimal": "0.50"})
    );
    assert_eq!(payment["cashback_decimal"], "1.00");
    assert_eq!(world.gel(CUSTOMER).await, (100_000 - 1000 + 100, 0));
    assert_eq!(world.gel(seed::POOR.wallet).await, (100 + 1000 - 50 - 30 - 100, 0));
    assert_eq!(world.gel(RETAILER).await, (1_000_000 + 80, 0));
    let types = world.get(app_of(&seed::POOR), "/rest/v1/wallet/me/statements").await.ok();
    let types: Vec<_> = types["statements"].as_array().unwrap().iter().map(|one| &one["type"]).collect();
    assert_eq!(types, [&json!("return"), &json!("commission"), &json!("transfer"), &json!("transfer")]);
    // Everything goes back, and in the end nobody has won or lost.
    world.raw(TILL, "DELETE", &path(&payment, ""), "").await.ok();
    assert_eq!(world.gel(CUSTOMER).await, (100_000, 0));
    assert_eq!(world.gel(seed::POOR.wallet).await, (100, 0));
    assert_eq!(world.gel(RETAILER).await, (1_000_000, 0));
    world.done().await;
}

#[tokio::test]
async fn a_retailer_takes_its_commission_of_a_cash_in() {
    let world = World::new().await;
    let body = with(cash_in(1000, CUSTOMER), json!({"commission": {"in_commission": 25}}));
    let key = world.create(TILL, body).await;
    world.raw(TILL, "PUT", &of(&key, "/reserve/2112"), "").await.ok();
    world.confirm(TILL, &key).await.ok();
    assert_eq!(world.gel(CUSTOMER).await, (100_975, 0));
    assert_eq!(world.gel(RETAILER).await, (999_025, 0));
    world.done().await;
}

#[tokio::test]
async fn a_commission_bounds_the_confirmed_price_and_is_for_clients() {
    let world = World::new().await;
    let made =
        world.post(TILL, json!({"payments": [with(payment(100), json!({"cashback": 60}))]})).await.ok();
    let (key, id) = (made["transaction_key"].as_str().unwrap(), made["payments"][0]["id"].to_string());
    world.raw(APP, "PUT", &of(key, "/reserve/me"), "").await.ok();
    let lower = |price: i64| json!({ id.clone(): {"price": price, "currency": "GEL"} });
    world.put(TILL, &of(key, "/confirm"), lower(59)).await.refused(400, "invalid_parameters");
    world.put(TILL, &of(key, "/confirm"), lower(60)).await.ok();
    assert_eq!(world.gel(CUSTOMER).await, (100_000, 0));
    let gift = json!({"beneficiary": {"id": RETAILER}, "commission": {"in_commission": 1}});
    let refused = world.post(APP, json!({"payments": [with(payment(100), gift)]})).await;
    refused.refused(400, "invalid_parameters");
    world.done().await;
}

#[tokio::test]
async fn a_refund_gives_back_until_the_payment_is_done() {
    let world = World::new().await;
    let first = paid(&world, payment(500)).await;
    assert_eq!((&first["status"], &first["freeze"]), (&json!("confirmed"), &json!({"for": 0})));
    world.sandbox.clock().advance(59);
    let canceled = world.raw(TILL, "DELETE", &path(&first, ""), "").await.ok();
    assert_eq!(canceled["status"], "canceled");
    assert_eq!(world.gel(CUSTOMER).await, (100_000, 0));
    let statements = world.get(APP, "/rest/v1/wallet/me/statements").await.ok();
    assert_eq!(statements["statements"][0]["type"], "return");

    let second = paid(&world, payment(500)).await;
    world.sandbox.clock().advance(60);
    assert_eq!(world.get(TILL, &path(&second, "")).await.ok()["status"], "done");
    for payment in [&first, &second] {
        for (method, action, body) in
            [("DELETE", "", ""), ("PUT", "/finalize", ""), ("PUT", "/freeze", "{\"freeze_for\":1}")]
        {
            world.raw(TILL, method, &path(payment, action), body).await.refused(409, "invalid_state");
        }
    }
    // The transaction itself stays confirmed.
    let key = second["transaction_key"].as_str().unwrap();
    assert_eq!(world.get(TILL, &of(key, "")).await.ok()["status"], "confirmed");
    world.done().await;
}

#[tokio::test]
async fn a_refund_needs_the_beneficiarys_money() {
    let world = World::new().await;
    let body = with(payment(1000), json!({"beneficiary": {"id": seed::POOR.wallet}}));
    let gift = paid(&world, body).await;
    let key = world.create(TILL, payment(600)).await;
    let poor = app_of(&seed::POOR);
    world.raw(poor, "PUT", &of(&key, "/reserve/me"), "").await.ok();
    world.raw(TILL, "DELETE", &path(&gift, ""), "").await.refused(400, "not_enough_funds");
    assert_eq!(world.gel(CUSTOMER).await, (99_000, 0));
    world.revoke(TILL, &key).await.ok();
    world.raw(TILL, "DELETE", &path(&gift, ""), "").await.ok();
    assert_eq!(world.gel(CUSTOMER).await, (100_000, 0));
    world.done().await;
}

#[tokio::test]
async fn frozen_money_can_be_seen_and_not_spent() {
    let world = World::new().await;
    let to_poor = json!({"beneficiary": {"id": seed::POOR.wallet}, "freeze": {"for": 3600}});
    let frozen = paid(&world, with(payment(1000), to_poor)).await;
    assert_eq!((&frozen["freeze"], &frozen["freeze_for"]), (&json!({"for": 3600}), &json!(1)));
    assert_eq!(world.gel(seed::POOR.wallet).await, (100, 1000));
    let key = world.create(TILL, payment(600)).await;
    let spend = of(&key, "/reserve/me");
    let poor = app_of(&seed::POOR);
    world.raw(poor, "PUT", &spend, "").await.refused(400, "not_enough_funds");
    world.sandbox.clock().advance(3599);
    assert_eq!(world.get(TILL, &path(&frozen, "")).await.ok()["status"], "confirmed");
    world.sandbox.clock().advance(1);
    assert_eq!(world.gel(seed::POOR.wallet).await, (1100, 0));
    assert_eq!(world.get(TILL, &path(&frozen, "")).await.ok()["status"], "done");
    world.raw(poor, "PUT", &spend, "").await.ok();
    world.done().await;
}

#[tokio::test]
async fn a_freeze_is_moved_and_ended_in_every_form() {
    let world = World::new().await;
    let now = world.sandbox.clock().now();
    let poor = seed::POOR.wallet;
    let frozen = || with(payment(10), json!({"beneficiary": {"id": poor}, "freeze_for": 1}));
    for (body, end) in [
        (json!({"freeze_for": 2}), Some(3 * 3600)),
        (json!({"freeze": {"for": 60}}), Some(3600 + 60)),
        (json!({"freeze_until": now + 100}), Some(100)),
        (json!({"freeze": {"until": now + 7200}}), Some(7200)),
        (json!({"freeze_until": 0}), None),
    ] {
        let payment = paid(&world, frozen()).await;
        let changed = world.put(TILL, &path(&payment, "/freeze"), body.clone()).await.ok();
        match end {
            Some(seconds) => {
                assert_eq!(changed["status"], "confirmed");
                assert_eq!(changed["freeze"], json!({"until": now + seconds}), "{body}");
            }
            None => assert_eq!(changed["status"], "done"),
        }
    }
    assert_eq!(world.gel(poor).await, (110, 40));
    for body in [json!({}), json!({"freeze_for": 1, "freeze_until": 1}), json!({"freeze_for": "1"})] {
        let payment = paid(&world, frozen()).await;
        world.put(TILL, &path(&payment, "/freeze"), body).await.refused(400, "invalid_parameters");
    }
    world.done().await;
}

#[tokio::test]
async fn finalizing_ends_a_freeze_at_a_lower_price() {
    let world = World::new().await;
    let frozen = || with(payment(1000), json!({"freeze": {"for": 3600}, "cashback": 100}));
    let payment = paid(&world, frozen()).await;
    assert_eq!(world.gel(RETAILER).await, (1_000_000, 900));
    let finalize = path(&payment, "/finalize");
    for bad in [
        json!({"price": 1001, "currency": "GEL"}),
        json!({"price": 99, "currency": "GEL"}),
        json!({"price": 1, "currency": "EUR"}),
        json!({"price": 1}),
    ] {
        world.put(TILL, &finalize, bad).await.refused(400, "invalid_parameters");
    }
    let done = world.put(TILL, &finalize, json!({"price": 400, "currency": "GEL"})).await.ok();
    assert_eq!((&done["status"], &done["price"]), (&json!("done"), &json!(400)));
    assert_eq!(world.gel(CUSTOMER).await, (99_700, 0));
    assert_eq!(world.gel(RETAILER).await, (1_000_300, 0));
    let whole = paid(&world, frozen()).await;
    assert_eq!(world.raw(TILL, "PUT", &path(&whole, "/finalize"), "").await.ok()["status"], "done");
    world.raw(TILL, "PUT", &path(&whole, "/finalize"), "").await.refused(409, "invalid_state");
    assert_eq!(world.gel(RETAILER).await, (1_001_200, 0));
    world.done().await;
}

#[tokio::test]
async fn a_payment_alone_makes_its_transaction_and_can_move_to_another() {
    let world = World::new().await;
    let post = |body: Value| {
        let (world, body) = (&world, body.to_string());
        async move { world.raw(TILL, "POST", "/rest/v1/payment", &body).await }
    };
    let first = post(payment(100)).await.ok();
    let second = post(with(payment(200), json!({"parameters": {"ref": 1}}))).await.ok();
    let old = first["transaction_key"].as_str().unwrap();
    assert_eq!(world.get(TILL, &of(old, "")).await.ok()["payments"][0], first);
    let refused = post(json!({"price": 0})).await.refused(400, "invalid_parameters");
    assert!(refused["error_properties"]["currency"].is_array(), "{refused}");

    let both = json!({"payments": [first["id"], second["id"], payment(300)]});
    let made = world.post(TILL, both).await.ok();
    let prices: Vec<_> = made["payments"].as_array().unwrap().iter().map(|one| &one["price"]).collect();
    assert_eq!(prices, [100, 200, 300]);
    assert_eq!(world.get(TILL, &of(old, "")).await.ok()["status"], "deleted");
    let moved = world.get(TILL, &path(&first, "")).await.ok();
    assert_eq!(moved["transaction_key"], made["transaction_key"]);

    let key = made["transaction_key"].as_str().unwrap();
    world.raw(APP, "PUT", &of(key, "/reserve/me"), "").await.ok();
    let taken = json!({"payments": [first["id"]]});
    world.post(TILL, taken.clone()).await.refused(409, "invalid_state");
    world.post(APP, taken).await.refused(403, "forbidden");
    world.post(TILL, json!({"payments": [1]})).await.refused(404, "not_found");
    world.done().await;
}

#[tokio::test]
async fn payments_are_listed_by_status_payer_and_beneficiary() {
    let world = World::new().await;
    let first = paid(&world, payment(100)).await;
    let refunded = paid(&world, payment(200)).await;
    world.raw(TILL, "DELETE", &path(&refunded, ""), "").await.ok();
    world.create(TILL, cash_in(300, CUSTOMER)).await;
    let prices = |query: &'static str| {
        let world = &world;
        async move {
            let list = world.get(TILL, &format!("/rest/v1/payments{query}")).await.ok();
            let found: Vec<_> = list["payments"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["price"].as_i64().unwrap())
                .collect();
            (found, list["_metadata"]["total"].as_i64().unwrap())
        }
    };
    assert_eq!(prices("").await, (vec![300, 200, 100], 3));
    assert_eq!(prices("?status=confirmed").await, (vec![100], 1));
    assert_eq!(prices("?status=new,canceled").await, (vec![300, 200], 2));
    assert_eq!(prices("?status[]=new&status[]=done").await, (vec![300], 1));
    assert_eq!(prices("?wallet=14471&limit=1").await, (vec![200], 2));
    assert_eq!(prices("?beneficiary=14471").await, (vec![300], 1));
    assert_eq!(prices("?beneficiary=me&offset=1").await, (vec![100], 2));
    world.sandbox.clock().advance(60);
    assert_eq!(prices("?status=done").await, (vec![100], 1));
    world.get(TILL, "/rest/v1/payments?status=paid").await.refused(400, "invalid_parameters");
    let own = world.get(APP, "/rest/v1/payments").await.ok();
    assert_eq!(own["_metadata"]["total"], 3, "two that it paid and one that pays it");
    let stranger = world.get(app_of(&seed::POOR), "/rest/v1/payments").await.ok();
    assert_eq!(stranger["_metadata"]["total"], 0);
    world.get(app_of(&seed::POOR), &path(&first, "")).await.refused(404, "not_found");
    world.get(APP, &path(&first, "")).await.ok();
    world.raw(APP, "DELETE", &path(&first, ""), "").await.refused(403, "forbidden");
    world.get(TILL, "/rest/v1/payment/1").await.refused(404, "not_found");
    world.get(TILL, "/rest/v1/payment/x").await.refused(404, "not_found");
    world.done().await;
}

#[tokio::test]
async fn a_refunded_cash_out_frees_the_customers_limit() {
    let world = World::new().await;
    let mut generator = codes(&seed::CUSTOMER);
    let take = |code: String, price: i64| {
        let world = &world;
        async move {
            let key = world.create(TILL, cash_out(price)).await;
            (world.reserve_by_code(TILL, &key, &code).await, key)
        }
    };
    let rich = json!({"price": 1_000_000, "currency": "GEL"}).to_string();
    let money = world.http.post(world.url("/sandbox/wallets/14471/money"));
    money.header("content-type", "application/json").body(rich).send().await.unwrap();
    let mut last = Value::Null;
    for price in [200_000, 200_000, 100_000] {
        let (answer, key) = take(generator.next_code(), price).await;
        answer.ok();
        last = world.confirm(TILL, &key).await.ok()["payments"][0].clone();
    }
    let code = generator.next_code();
    take(code.clone(), 1).await.0.refused(400, "limits_exceeded");
    world.raw(TILL, "DELETE", &path(&last, ""), "").await.ok();
    take(code, 100_000).await.0.ok();
    world.done().await;
}
