//! Every refusal of wallet-api sections 5.4, 9.4 and 12, and that none of them
//! moves money.

use paysera_sandbox::seed;
use serde_json::{Value, json};

use crate::harness::{Answer, TILL, Who, World, app_of, cash_in, cash_out, codes, of, payment};

const CUSTOMER: u64 = seed::CUSTOMER.wallet;

#[tokio::test]
async fn a_poor_customer_has_not_enough_funds_and_keeps_the_code() {
    let world = World::new().await;
    let key = world.create(TILL, cash_out(101)).await;
    let code = codes(&seed::POOR).next_code();
    world.reserve_by_code(TILL, &key, &code).await.refused(400, "not_enough_funds");
    assert_eq!(world.gel(seed::POOR.wallet).await, (100, 0));
    let affordable = world.create(TILL, cash_out(100)).await;
    world.reserve_by_code(TILL, &affordable, &code).await.ok();
    world.done().await;
}

#[tokio::test]
async fn a_second_payment_that_is_too_much_holds_nothing() {
    let world = World::new().await;
    let made = world.post(TILL, json!({"payments": [payment(60), payment(60)]})).await.ok();
    let key = made["transaction_key"].as_str().unwrap();
    let app = app_of(&seed::POOR);
    world.raw(app, "PUT", &of(key, "/reserve/me"), "").await.refused(400, "not_enough_funds");
    assert_eq!(world.gel(seed::POOR.wallet).await, (100, 0));
    assert_eq!(world.get(TILL, &of(key, "")).await.ok()["status"], "new");
    world.done().await;
}

#[tokio::test]
async fn the_customer_must_be_identified_on_either_side() {
    let world = World::new().await;
    let stranger = app_of(&seed::UNIDENTIFIED);
    let key = world.create(TILL, payment(100)).await;
    world.raw(stranger, "PUT", &of(&key, "/reserve/me"), "").await.refused(403, "client_not_verified");
    let key = world.create(TILL, cash_out(100)).await;
    let code = codes(&seed::UNIDENTIFIED).next_code();
    world.reserve_by_code(TILL, &key, &code).await.refused(403, "client_not_verified");
    let key = world.create(TILL, cash_in(100, seed::UNIDENTIFIED.wallet)).await;
    world.raw(TILL, "PUT", &of(&key, "/reserve/2112"), "").await.refused(403, "client_not_verified");
    world.done().await;
}

#[tokio::test]
async fn inactive_accounts_neither_pay_nor_are_paid() {
    let world = World::new().await;
    let key = world.create(TILL, payment(100)).await;
    let sleeper = app_of(&seed::INACTIVE);
    world.raw(sleeper, "PUT", &of(&key, "/reserve/me"), "").await.refused(400, "payer_account_inactive");
    let key = world.create(TILL, cash_in(100, seed::INACTIVE.wallet)).await;
    let path = of(&key, "/reserve/2112");
    world.raw(TILL, "PUT", &path, "").await.refused(400, "beneficiary_account_inactive");
    world.done().await;
}

#[tokio::test]
async fn nobody_pays_to_oneself() {
    let world = World::new().await;
    let key = world.create(TILL, payment(100)).await;
    world.raw(TILL, "PUT", &of(&key, "/reserve/2112"), "").await.refused(400, "payment_to_same_account");
    world.done().await;
}

#[tokio::test]
async fn without_an_allowance_or_the_own_token_there_are_no_rights() {
    let world = World::new().await;
    // The newer guide's cash-in: it would debit the customer.
    let key = world.create(TILL, cash_out(5000)).await;
    world.raw(TILL, "PUT", &of(&key, "/reserve/14471"), "[]").await.refused(403, "no_rights");
    let app = app_of(&seed::CUSTOMER);
    world.raw(app, "PUT", &of(&key, "/reserve/14473"), "").await.refused(403, "no_rights");
    let code = codes(&seed::POOR).next_code();
    world.reserve_by_code(app, &key, &code).await.refused(403, "no_rights");
    let made =
        world.post(TILL, json!({"payments": [cash_in(1, CUSTOMER)], "use_allowance": false})).await.ok();
    let key = made["transaction_key"].as_str().unwrap();
    world.raw(TILL, "PUT", &of(key, "/reserve/2112"), "").await.refused(403, "no_rights");
    world.done().await;
}

#[tokio::test]
async fn a_location_without_the_service_refuses_cash() {
    let world = World::new().await;
    let at = |location| Who { location: Some(location), ..TILL };
    for (location, body, service) in [
        ("9976", cash_in(100, CUSTOMER), "cash_in"),
        ("9977", cash_in(100, CUSTOMER), "cash_in"),
        ("9977", cash_out(100), "cash_out"),
    ] {
        let refused = world.post(at(location), json!({ "payments": [body] })).await.refused(403, "forbidden");
        assert_eq!(refused["error_data"], json!({ "service": service }));
    }
    world.create(at("9976"), cash_out(100)).await;
    world.create(at("9977"), payment(100)).await;
    // What is signed wins over the body.
    let body = json!({"payments": [cash_out(100)], "location_id": 9975});
    world.post(at("9977"), body).await.refused(403, "forbidden");
    world.post(at("1"), json!({"payments": [payment(1)]})).await.refused(403, "forbidden");
    let unknown = json!({"payments": [payment(1)], "project_id": 1});
    world.post(Who { location: None, ..TILL }, unknown).await.refused(403, "forbidden");
    world.done().await;
}

#[tokio::test]
async fn codes_that_are_not_valid_are_counted() {
    let world = World::new().await;
    let key = world.create(TILL, cash_out(100)).await;
    let mut generator = codes(&seed::CUSTOMER);
    let code = generator.next_code();
    for other in ["1", "", "0112345678903305676022535992a", "0199999999990000000000000000"] {
        world.reserve_by_code(TILL, &key, other).await.refused(400, "invalid_code");
    }
    // The last digit checks the others.
    let (body, _) = code.split_at(27);
    let wrong =
        (b'0'..=b'9').map(|digit| format!("{body}{}", char::from(digit))).filter(|text| *text != code);
    for code in wrong.take(5) {
        world.reserve_by_code(TILL, &key, &code).await.refused(400, "invalid_code");
    }
    let locked = world.reserve_by_code(TILL, &key, &code).await;
    assert_eq!(locked.headers["retry-after"], "600");
    locked.refused(429, "rate_limit_exceeded");
    let other_customer = codes(&seed::POOR).next_code();
    world.reserve_by_code(TILL, &key, &other_customer).await.ok();
    world.sandbox.clock().advance(600);
    let key = world.create(TILL, cash_out(100)).await;
    world.reserve_by_code(TILL, &key, &code).await.ok();
    world.done().await;
}

#[tokio::test]
async fn a_code_works_once_also_when_two_tills_scan_it() {
    let world = World::new().await;
    let code = codes(&seed::CUSTOMER).next_code();
    let (one, two) = (world.create(TILL, cash_out(100)).await, world.create(TILL, cash_out(100)).await);
    let (first, second) =
        tokio::join!(world.reserve_by_code(TILL, &one, &code), world.reserve_by_code(TILL, &two, &code));
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400]);
    assert_eq!(world.gel(CUSTOMER).await, (99_900, 100));
    world.done().await;
}

#[tokio::test]
async fn what_is_over_stays_over() {
    let world = World::new().await;
    let app = app_of(&seed::CUSTOMER);
    let key = world.create(TILL, payment(100)).await;
    world.confirm(TILL, &key).await.refused(409, "invalid_state");
    world.raw(app, "PUT", &of(&key, "/reserve/me"), "").await.ok();
    world.raw(app, "PUT", &of(&key, "/reserve/me"), "").await.refused(409, "invalid_state");
    world.confirm(TILL, &key).await.ok();
    let deleted = world.create(TILL, payment(100)).await;
    world.revoke(TILL, &deleted).await.ok();
    for key in [&key, &deleted] {
        world.confirm(TILL, key).await.refused(409, "invalid_state");
        world.revoke(TILL, key).await.refused(409, "invalid_state");
        world.raw(app, "PUT", &of(key, "/reserve/me"), "").await.refused(409, "invalid_state");
        let code = codes(&seed::POOR).next_code();
        world.reserve_by_code(TILL, key, &code).await.refused(409, "invalid_state");
    }
    assert_eq!(world.gel(CUSTOMER).await, (99_900, 0));
    world.done().await;
}

#[tokio::test]
async fn a_customer_reads_but_neither_confirms_nor_revokes() {
    let world = World::new().await;
    let app = app_of(&seed::CUSTOMER);
    let key = world.create(TILL, payment(100)).await;
    world.get(app, &of(&key, "")).await.ok();
    world.confirm(app, &key).await.refused(403, "forbidden");
    world.revoke(app, &key).await.refused(403, "forbidden");
    world.get(app, "/rest/v1/wallet/2112/balance").await.refused(403, "forbidden");
    world.get(TILL, "/rest/v1/wallet/14471/balance").await.refused(403, "forbidden");
    world.get(app, "/rest/v1/client/locations").await.refused(403, "forbidden");
    world.get(app, "/rest/v1/allowance/limit/me").await.refused(404, "not_found");
    world.get(TILL, "/rest/v1/allowance/limit/14471").await.refused(404, "not_found");
    let other = world.get(TILL, "/rest/v1/wallet/14471").await.ok();
    assert_eq!(other["account"].get("owner_display_name"), None);
    world.done().await;
}

#[tokio::test]
async fn bad_bodies_are_named() {
    let world = World::new().await;
    let path = "/rest/v1/transaction";
    for body in ["{", "[1]", "\"x\"", "null", "{\"payments\":[}", "\u{0}"] {
        world.raw(TILL, "POST", path, body).await.refused(400, "invalid_request");
    }
    for (changes, field) in [
        (json!({"price": 0}), "payments[0].price"),
        (json!({"price": -1}), "payments[0].price"),
        (json!({"price": i64::MAX}), "payments[0].price"),
        (json!({"price": null, "price_decimal": "1.234"}), "payments[0].price_decimal"),
        (json!({"price_decimal": "1"}), "payments[0].price"),
        (json!({"currency": "JPY"}), "payments[0].currency"),
        (json!({"currency": "gel"}), "payments[0].currency"),
        (json!({"description": " "}), "payments[0].description"),
    ] {
        let mut bad = payment(1);
        for (name, value) in changes.as_object().unwrap() {
            bad[name] = value.clone();
        }
        let refused = world.post(TILL, json!({ "payments": [bad] })).await.refused(400, "invalid_parameters");
        assert!(refused["error_properties"][field].is_array(), "{refused}");
    }
    for body in ["", "[]", "{}"] {
        let refused = world.raw(TILL, "POST", path, body).await.refused(400, "invalid_parameters");
        assert!(refused["error_properties"]["payments"].is_array());
    }
    world.post(TILL, json!({"payments": [cash_in(1, 99)]})).await.refused(404, "not_found");
    let huge = format!("{{\"x\":\"{}\"}}", "a".repeat(1024 * 1024));
    world.raw(TILL, "POST", path, &huge).await.refused(413, "invalid_request");
    world.done().await;
}

#[tokio::test]
async fn unknown_routes_and_methods_are_json_errors() {
    let world = World::new().await;
    for path in
        ["/nothing", "/rest/v1", "/rest/v1/nothing", "/rest/v2/server", "/rest/v1/transaction/a/b/c", "/%FF"]
    {
        let answer = world.try_send("GET", path, None, Vec::new()).await.unwrap();
        answer.refused(404, "not_found");
    }
    for (method, path) in [("POST", "/rest/v1/server"), ("PATCH", "/rest/v1/transactions")] {
        let answer = world.try_send(method, path, None, Vec::new()).await.unwrap();
        answer.refused(405, "invalid_request");
    }
    world.get(TILL, &of("DoesNotExist00000000", "")).await.refused(404, "not_found");
    for wallet in ["1", "x", "99999999999999999999"] {
        world.get(TILL, &format!("/rest/v1/wallet/{wallet}")).await.refused(404, "not_found");
    }
    let bad: Value = json!({"payer": {"id": 2112, "email": "a@b"}});
    let key = world.create(TILL, cash_in(1, CUSTOMER)).await;
    world.put(TILL, &of(&key, "/reserve"), bad).await.refused(400, "invalid_parameters");
    world.done().await;
}

#[tokio::test]
async fn answers_are_json_or_nothing() {
    let world = World::new().await;
    for (accept, status) in [
        ("application/xml", 406),
        ("text/html, image/*;q=0.8", 406),
        ("application/json;q=0", 406),
        ("*/*", 200),
        ("text/html, application/json;q=0.5", 200),
        ("application/*", 200),
    ] {
        let request = world.http.get(world.url("/rest/v1/server")).header("accept", accept);
        let answer = Answer::to(request).await.unwrap();
        assert_eq!(answer.status, status, "{accept}");
        if status == 406 {
            answer.refused(406, "not_acceptable");
        }
    }
    world.done().await;
}
