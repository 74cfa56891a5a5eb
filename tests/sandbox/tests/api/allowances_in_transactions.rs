//! Wallet-api sections 5.2 and 6.1: an allowance beside payments, what makes it
//! active and what ends it.

use paysera_sandbox::{Status, seed};
use serde_json::{Value, json};

use crate::allowances::{path, up_to};
use crate::harness::{TILL, World, app_of, cash_out, codes, of, payment, still};
use crate::people::SHOP;

const MONTH: i64 = 2_592_000;

/// Key of a made transaction, and number of its allowance.
fn ids(made: &Value) -> (&str, u64) {
    (made["transaction_key"].as_str().unwrap(), made["allowance"]["id"].as_u64().unwrap())
}

impl World {
    /// A payment of 1.00 with an allowance of 15.00 beside it.
    async fn ask_beside_a_payment(&self, optional: bool) -> Value {
        let allowance = json!({"data": up_to(1500), "optional": optional});
        self.post(TILL, json!({"payments": [payment(100)], "allowance": allowance})).await.ok()
    }
}

#[tokio::test]
async fn who_pays_gives_the_allowance_too() {
    let world = World::new().await;
    let made = world.ask_beside_a_payment(true).await;
    let (key, id) = ids(&made);
    assert_eq!(made["allowance"]["optional"], true);
    assert_eq!(made["allowance"]["data"]["transaction_key"], key);
    assert_eq!(made["allowance"]["data"]["status"], "new");
    let list = world.get(TILL, "/rest/v1/transactions").await.ok();
    assert_eq!(list["transactions"][0], made);
    let paid = world.accept_in_app(app_of(&seed::CUSTOMER), key).await.ok();
    assert_eq!(paid["allowance"]["data"]["status"], "active");
    world.confirm(TILL, key).await.ok();
    assert_eq!(world.status_of(id).await, "active");
    assert_eq!(world.get(TILL, &path("limit/14471?currency=GEL")).await.ok()["amount"], 1500);
    assert_eq!(world.gel(14471).await, (99_900, 0));
    world.done().await;
}

#[tokio::test]
async fn a_code_and_auto_confirm_give_it_as_well() {
    let world = World::new().await;
    let asked = json!({"allowance": {"data": up_to(1500), "optional": false}, "payments": [],
        "auto_confirm": true});
    let made = world.post(TILL, asked).await.ok();
    let (key, id) = ids(&made);
    let code = codes(&seed::CUSTOMER).next_code();
    assert_eq!(world.reserve_by_code(TILL, key, &code).await.ok()["status"], "confirmed");
    assert_eq!(world.status_of(id).await, "active");
    world.done().await;
}

#[tokio::test]
async fn an_optional_one_may_be_declined_while_paying() {
    let world = World::new().await;
    let app = app_of(&seed::CUSTOMER);
    let declined = json!({"decline_allowance": true});
    let made = world.ask_beside_a_payment(true).await;
    let (key, id) = ids(&made);
    let paid = world.put(app, &of(key, "/reserve/me"), declined.clone()).await.ok();
    assert_eq!(
        (&paid["status"], &paid["allowance"]["data"]["status"]),
        (&json!("reserved"), &json!("deleted"))
    );
    assert!(paid["allowance"]["data"]["canceled_at"].is_i64());
    world.confirm(TILL, key).await.ok();
    assert_eq!(world.status_of(id).await, "deleted");
    world.get(TILL, &path("active/14471")).await.refused(404, "not_found");
    world.put(app, &of(key, "/reserve/me"), declined.clone()).await.refused(409, "invalid_state");

    // Through the till, with the customer's code.
    let made = world.ask_beside_a_payment(true).await;
    let mut body = declined.clone();
    body["code"] = json!(codes(&seed::CUSTOMER).next_code());
    let paid = world.put(TILL, &of(ids(&made).0, "/reserve"), body).await.ok();
    assert_eq!(paid["allowance"]["data"]["status"], "deleted");

    // A payment that is refused declines nothing.
    let made = world.ask_beside_a_payment(true).await;
    let (key, id) = ids(&made);
    let poor = app_of(&seed::POOR);
    world.put(poor, &of(key, "/reserve/14471"), declined.clone()).await.refused(403, "no_rights");
    assert_eq!(world.status_of(id).await, "new");

    let not_optional = world.ask_beside_a_payment(false).await;
    let alone = world.ask(up_to(1)).await;
    let plain = world.create(TILL, payment(1)).await;
    for key in [ids(&not_optional).0, alone["transaction_key"].as_str().unwrap(), &plain] {
        let refused = world.put(app, &of(key, "/reserve/me"), declined.clone()).await;
        let refused = refused.refused(400, "invalid_parameters");
        assert!(refused["error_properties"].get("decline_allowance").is_some());
        let not_declined = json!({"decline_allowance": false});
        world.put(app, &of(key, "/reserve/me"), not_declined).await.ok();
    }
    world.done().await;
}

#[tokio::test]
async fn a_newer_one_replaces_the_older_when_it_is_accepted() {
    let world = World::new().await;
    let old = world.given(&seed::CUSTOMER, up_to(1500)).await;
    let poor = world.given(&seed::POOR, up_to(10)).await;
    let key = world.create(TILL, payment(1400)).await;
    world.raw(TILL, "PUT", &of(&key, "/reserve/14471"), "[]").await.ok();
    let asked = world.ask(up_to(200)).await;
    // Until then nothing changes.
    assert_eq!(world.get(TILL, &path("active/14471")).await.ok()["id"], old);
    world.sandbox.clock().advance(5);
    world.accept_in_app(app_of(&seed::CUSTOMER), asked["transaction_key"].as_str().unwrap()).await.ok();
    let replaced = world.get(TILL, &path(old)).await.ok();
    assert_eq!(
        (&replaced["status"], &replaced["canceled_at"]),
        (&json!("inactive"), &json!(world.sandbox.clock().now()))
    );
    assert_eq!(world.get(TILL, &path("active/14471")).await.ok()["id"], asked["id"]);
    // What the old one was charged is not the new one's.
    assert_eq!(world.get(TILL, &path("limit/14471?currency=GEL")).await.ok()["amount"], 200);
    assert_eq!(world.status_of(poor).await, "active");
    world.confirm(TILL, &key).await.ok();
    world.done().await;
}

#[tokio::test]
async fn one_that_somebody_was_asked_for_stays_with_its_transaction() {
    let world = World::new().await;
    let asked = world.ask_beside_a_payment(false).await;
    let (key, id) = ids(&asked);
    world.raw(TILL, "PUT", &of(key, "/flash/14471"), "").await.ok();
    let other = json!({"allowance": {"id": id}});
    world.post(TILL, other).await.refused(409, "invalid_state");
    let sms_code = world.sandbox.messages().await.unwrap()[0].code.clone();
    world.put(TILL, &of(key, "/reserve"), json!({"sms_code": sms_code})).await.ok();
    assert_eq!(world.status_of(id).await, "active");
    world.done().await;
}

#[tokio::test]
async fn a_transaction_that_does_not_come_about_deletes_it() {
    let world = World::new().await;
    let app = app_of(&seed::CUSTOMER);
    let rejected = world.ask_beside_a_payment(true).await;
    world.raw(app, "PUT", &of(ids(&rejected).0, "/reject"), "").await.ok();
    let deleted = world.ask_beside_a_payment(false).await;
    world.revoke(TILL, ids(&deleted).0).await.ok();
    // Accepted, and active until then.
    let revoked = world.ask_beside_a_payment(false).await;
    world.accept_in_app(app, ids(&revoked).0).await.ok();
    assert_eq!(world.status_of(ids(&revoked).1).await, "active");
    world.revoke(TILL, ids(&revoked).0).await.ok();
    let failed = json!({"allowance": {"data": up_to(1)}, "reserve": {"for": 60}});
    let failed = world.post(TILL, failed).await.ok();
    world.accept_in_app(app, ids(&failed).0).await.ok();
    world.sandbox.clock().advance(59);
    assert_eq!(world.status_of(ids(&failed).1).await, "active");
    world.sandbox.clock().advance(1);
    for made in [&rejected, &deleted, &revoked, &failed] {
        let shown = world.get(TILL, &path(ids(made).1)).await.ok();
        assert_eq!(shown["status"], "deleted");
        assert!(shown["canceled_at"].is_i64());
        assert_eq!(world.get(TILL, &of(ids(made).0, "")).await.ok()["allowance"]["data"], shown);
    }
    world.get(TILL, &path("active/14471")).await.refused(404, "not_found");
    world.done().await;
}

#[tokio::test]
async fn nobody_accepts_it_after_a_month_or_its_end() {
    let world = World::new().await;
    let app = app_of(&seed::CUSTOMER);
    let month = world.ask(up_to(1)).await;
    let until = world.sandbox.clock().now() + 100;
    let short = world.ask(json!({"currency": "GEL", "max_price": 1, "valid_until": until})).await;
    let beside = json!({"payments": [payment(1)], "allowance": {"optional": false,
        "data": {"currency": "GEL", "max_price": 1, "valid": {"until": until}}}});
    let beside = world.post(TILL, beside).await.ok();
    world.sandbox.clock().advance(99);
    assert_eq!(world.status_of(ids(&beside).1).await, "new");
    world.sandbox.clock().advance(1);
    assert_eq!(world.get(TILL, &path(&short["id"])).await.ok()["status"], "deleted");
    world.accept_in_app(app, short["transaction_key"].as_str().unwrap()).await.refused(409, "invalid_state");
    // The payment beside it is still one.
    let paid = world.accept_in_app(app, ids(&beside).0).await.ok();
    assert_eq!(
        (&paid["status"], &paid["allowance"]["data"]["status"]),
        (&json!("reserved"), &json!("deleted"))
    );
    world.sandbox.clock().advance(MONTH - 101);
    assert_eq!(world.get(TILL, &path(&month["id"])).await.ok()["status"], "new");
    // A newer transaction does not make it younger.
    let moved = json!({"payments": [payment(1)], "allowance": {"id": month["id"], "optional": true}});
    let moved = world.post(TILL, moved).await.ok();
    world.sandbox.clock().advance(1);
    assert_eq!(world.get(TILL, &path(&month["id"])).await.ok()["status"], "deleted");
    assert_eq!(world.sandbox.transaction_status(ids(&moved).0).await.unwrap(), Status::New);
    world.done().await;
}

#[tokio::test]
async fn a_new_one_moves_to_the_transaction_that_names_it() {
    let world = World::new().await;
    let app = app_of(&seed::CUSTOMER);
    let first = world.ask(up_to(1500)).await;
    let id = first["id"].clone();
    let beside = json!({"payments": [payment(1)], "allowance": {"id": id, "optional": true}});
    let second = world.post(TILL, beside.clone()).await.ok();
    assert_eq!(ids(&second).1, id);
    assert_eq!(second["allowance"]["data"]["transaction_key"], ids(&second).0);
    // Nothing was left in the first one.
    let left = first["transaction_key"].as_str().unwrap();
    assert_eq!(world.sandbox.transaction_status(left).await.unwrap(), Status::Deleted);
    let third = world.post(TILL, beside.clone()).await.ok();
    let left = world.get(TILL, &of(ids(&second).0, "")).await.ok();
    assert_eq!((&left["status"], left.get("allowance")), (&json!("new"), None));
    // Ending the second one does not touch it any more.
    world.revoke(TILL, ids(&second).0).await.ok();
    world.accept_in_app(app, ids(&third).0).await.ok();
    assert_eq!(world.status_of(ids(&third).1).await, "active");

    // An active one is only shown, and outlives who shows it.
    let fourth = world.post(TILL, beside.clone()).await.ok();
    assert_eq!(fourth["allowance"]["data"]["transaction_key"], ids(&third).0);
    world.revoke(TILL, ids(&fourth).0).await.ok();
    assert_eq!(world.status_of(ids(&third).1).await, "active");
    world.delete(TILL, &path(&id)).await.ok();
    world.post(TILL, beside.clone()).await.refused(409, "invalid_state");
    let unknown = json!({"payments": [payment(1)], "allowance": {"id": 1}});
    world.post(TILL, unknown).await.refused(404, "not_found");
    world.done().await;
}

#[tokio::test]
async fn who_gives_an_allowance_is_identified() {
    let world = World::new().await;
    let asked = world.ask(up_to(1)).await;
    let key = asked["transaction_key"].as_str().unwrap();
    world.accept_in_app(app_of(&seed::UNIDENTIFIED), key).await.refused(403, "client_not_verified");
    world.accept_in_app(app_of(&seed::INACTIVE), key).await.refused(400, "payer_account_inactive");
    assert_eq!(world.get(TILL, &path(&asked["id"])).await.ok()["status"], "new");
    world.done().await;
}

#[tokio::test]
async fn an_allowance_accepts_no_other_allowance() {
    let world = World::new().await;
    let id = world.given(&seed::CUSTOMER, up_to(500)).await;
    let larger = world.ask_beside_a_payment(false).await;
    let charge = |key| of(key, "/reserve/14471");
    world.raw(TILL, "PUT", &charge(ids(&larger).0), "[]").await.refused(403, "no_rights");
    let alone = world.ask(up_to(1500)).await;
    let alone = alone["transaction_key"].as_str().unwrap();
    world.raw(TILL, "PUT", &charge(alone), "[]").await.refused(403, "no_rights");
    // Beside a payment an optional one falls away: nobody is there to give it.
    let optional = world.ask_beside_a_payment(true).await;
    let paid = world.raw(TILL, "PUT", &charge(ids(&optional).0), "[]").await.ok();
    assert_eq!(
        (&paid["type"], &paid["allowance"]["data"]["status"]),
        (&json!("automatic"), &json!("deleted"))
    );
    assert_eq!(world.get(TILL, &path("active/14471")).await.ok()["id"], id);
    assert_eq!(world.get(TILL, &path("limit/14471?currency=GEL")).await.ok()["amount"], 400);
    world.done().await;
}

/// The newer guide's cash-in (wallet-api section 9.3): it names the retailer's
/// allowance and then debits the customer.
#[tokio::test]
async fn the_cash_in_of_the_guide_needs_the_customers_own_allowance() {
    let world = World::new().await;
    let guide = json!({"payments": [cash_out(5000)], "allowance": {"id": 784, "optional": true}});
    let made = world.post(TILL, guide.clone()).await.ok();
    let (key, id) = ids(&made);
    assert_eq!((id, &made["allowance"]["data"]["wallet"]), (784, &json!(2112)));
    let reserve = of(key, "/reserve/14471");
    world.raw(TILL, "PUT", &reserve, "[]").await.refused(403, "no_rights");
    assert_eq!(world.gel(14471).await, (100_000, 0));
    world.given(&seed::CUSTOMER, up_to(5000)).await;
    let paid = world.raw(TILL, "PUT", &reserve, "[]").await.ok();
    assert_eq!((&paid["type"], &paid["wallet"]), (&json!("automatic"), &json!(14471)));
    assert_eq!(world.status_of(784).await, "active");
    world.done().await;
}

#[tokio::test]
async fn the_console_shows_what_is_asked_for() {
    let world = World::start(still()).await;
    let made = world
        .post_to(
            SHOP,
            "/rest/v1/allowance",
            json!({"currency": "GEL", "max_price": 1500, "description": "Season ticket",
            "limits": [{"max_price": 500, "time": 7200}, {"max_price": 100, "time": 90}]}),
        )
        .await
        .ok();
    let key = made["transaction_key"].as_str().unwrap();
    let text = format!("PAYSERA%{key}");
    let json_of = |request: reqwest::RequestBuilder, body: Value| async move {
        let request = request.header("content-type", "application/json").body(body.to_string());
        crate::harness::Answer::to(request).await.unwrap().ok()
    };
    let shown = json_of(world.http.post(world.url("/sandbox/review")), json!({ "text": text })).await;
    assert_eq!(
        shown["allowance"],
        "may charge 15.00 GEL in all, 5.00 GEL in any 2 h, 1.00 GEL in any 90 s without asking"
    );
    assert_eq!(
        (&shown["description"], &shown["beneficiary_name"]),
        (&json!("Season ticket"), &json!("Demo retailer"))
    );
    assert_eq!(shown["amount"], 0);
    let accept = world.url(&format!("/sandbox/transactions/{key}/accept"));
    let accepted = json_of(world.http.post(accept), json!({"wallet": 14471})).await;
    assert_eq!(accepted["status"], "reserved");
    assert_eq!(world.get(TILL, &path("active/14471")).await.ok()["id"], made["id"]);
    world.done().await;
}
