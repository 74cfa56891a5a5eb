//! Which callbacks are sent where, and their signature (wallet-api section 10).

use paysera_sandbox::{Sandbox, SandboxClock, seed};
use serde_json::{Value, json};

use crate::harness::{TILL, World, app_of, cash_in, cash_out, codes, control, of, path, payment, with};
use crate::people::APP;
use crate::receiver::{Merchant, Reaction, verifies};

/// Makes a payment of 1.00 with these further fields; its key.
async fn create(world: &World, more: Value) -> String {
    let made = world.post(TILL, with(json!({"payments": [payment(100)]}), more)).await.ok();
    made["transaction_key"].as_str().unwrap().to_owned()
}

async fn accept(world: &World, key: &str) -> Value {
    world.raw(app_of(&seed::CUSTOMER), "PUT", &of(key, "/reserve/me"), "").await.ok()
}

#[tokio::test]
async fn a_merchant_hears_of_what_it_did_not_do_itself() {
    let world = World::start(Sandbox::builder().clock(SandboxClock::fixed(1_760_000_000))).await;
    let mut merchant = Merchant::new(Reaction::Status(200)).await;
    let target = json!({"callback_uri": merchant.uri("/callback?shop=7")});

    let key = create(&world, target.clone()).await;
    let seen = accept(&world, &key).await;
    let reserved = merchant.next().await;
    assert_eq!(reserved.path, "/callback?shop=7");
    assert_eq!(reserved.json(), json!({"type": "reserved", "object": "transaction", "data": seen}));
    assert_eq!(seen["status"], "reserved");
    // Own actions: none.
    world.confirm(TILL, &key).await.ok();

    let key = create(&world, target.clone()).await;
    world.put(app_of(&seed::CUSTOMER), &of(&key, "/reject"), json!({})).await.ok();
    assert_eq!(merchant.next().await.identity(), (key, "rejected".into()));

    // Only the confirmation, not the reservation on the way.
    let key = create(&world, with(target.clone(), json!({"auto_confirm": true}))).await;
    accept(&world, &key).await;
    let confirmed = merchant.next().await;
    assert_eq!(confirmed.json()["data"]["status"], "confirmed");
    assert_eq!(confirmed.identity(), (key, "confirmed".into()));

    // Time alone, without anybody asking the server.
    let key = create(&world, with(target.clone(), json!({"reserve": {"for": 900}}))).await;
    accept(&world, &key).await;
    assert_eq!(merchant.next().await.identity(), (key.clone(), "reserved".into()));
    world.sandbox.clock().advance(900);
    let failed = merchant.next().await;
    assert_eq!(failed.json()["data"]["status"], "failed");
    assert_eq!(failed.identity(), (key, "failed".into()));
    merchant.nothing_more();
    assert_eq!(world.callbacks().await.len(), 5);
    world.done().await;
}

#[tokio::test]
async fn a_merchant_hears_what_an_acceptance_waits_for_and_when_it_is_there() {
    let world = World::new().await;
    let mut merchant = Merchant::new(Reaction::Status(200)).await;
    let of_payment = |payment: Value| json!({"payments": [payment], "callback_uri": merchant.uri("/")});

    let locked = with(payment(100), json!({"password": {"type": "generated"}}));
    let by_password = create(&world, of_payment(locked)).await;
    let invited = with(payment(100), json!({"beneficiary": {"phone": "995599123456"}}));
    let by_registration = create(&world, of_payment(invited)).await;
    let by_money = create(&world, of_payment(payment(150_000))).await;

    let accepted = accept(&world, &by_password).await;
    let waits = merchant.next().await;
    assert_eq!(waits.identity(), (by_password.clone(), "waiting_password".into()));
    let password = &accepted["payments"][0]["password"]["value"];
    assert!(!waits.event.contains(password.as_str().unwrap()), "only the payer knows it");
    let give = path(&accepted["payments"][0], "/password");
    world.put(app_of(&seed::CUSTOMER), &give, json!({"password": password})).await.ok();
    assert_eq!(merchant.next().await.identity(), (by_password, "reserved".into()));

    accept(&world, &by_registration).await;
    assert_eq!(merchant.next().await.identity(), (by_registration.clone(), "waiting_registration".into()));
    let signed_up = json!({"phone": "995599123456", "credentials": {"password": "Correct-horse-7"}});
    let user = world.post_to(APP, "/rest/v1/user", signed_up).await.ok();
    let code = world.sandbox.messages().await.unwrap()[0].code.clone();
    let confirm = format!("/rest/v1/user/{}/phone/confirm", user["id"]);
    world.put(APP, &confirm, json!({ "code": code })).await.ok();
    assert_eq!(merchant.next().await.identity(), (by_registration, "reserved".into()));

    let page = world.url(&format!("/frontend/en/wallet/confirm/{by_money}"));
    world.http.post(page).body("decision=accept&wallet=14471").send().await.unwrap();
    assert_eq!(merchant.next().await.identity(), (by_money.clone(), "waiting_funds".into()));
    control(&world, "/wallets/14471/money", json!({"price": 100_000, "currency": "GEL"})).await.ok();
    assert_eq!(merchant.next().await.identity(), (by_money, "reserved".into()));
    merchant.nothing_more();
    world.done().await;
}

#[tokio::test]
async fn a_merchant_does_not_hear_of_what_it_did_itself() {
    let world = World::new().await;
    let target = json!({"callback_uri": "http://127.0.0.1:1/"});
    let of_payment = |payment: Value| with(target.clone(), json!({"payments": [payment]}));

    let by_code = create(&world, of_payment(cash_out(100))).await;
    let code = codes(&seed::CUSTOMER).next_code();
    world.reserve_by_code(TILL, &by_code, &code).await.ok();
    world.confirm(TILL, &by_code).await.ok();

    let by_allowance = create(&world, of_payment(cash_in(100, seed::CUSTOMER.wallet))).await;
    let path = of(&by_allowance, &format!("/reserve/{}", seed::RETAILER_WALLET));
    world.put(TILL, &path, json!({})).await.ok();
    world.revoke(TILL, &by_allowance).await.ok();

    // With a token that the customer gave to the merchant's client itself.
    let by_token = create(&world, target.clone()).await;
    let token = world.shop_token("balance").await;
    world.raw(token, "PUT", &of(&by_token, "/reject"), "").await.ok();

    let deleted = create(&world, target.clone()).await;
    world.revoke(TILL, &deleted).await.ok();
    let forgotten = create(&world, target.clone()).await;
    world.sandbox.clock().advance(2_592_000);
    assert_eq!(world.get(TILL, &of(&forgotten, "")).await.ok()["status"], "deleted");
    assert_eq!(world.callbacks().await, Vec::<Value>::new());
    world.done().await;
}

#[tokio::test]
async fn the_transaction_says_where_to_else_the_project() {
    let world = World::new().await;
    let mut shop = Merchant::new(Reaction::Status(204)).await;
    let mut head_office = Merchant::new(Reaction::Status(200)).await;
    let nowhere = create(&world, json!({})).await;
    accept(&world, &nowhere).await;
    assert_eq!(world.callbacks().await, Vec::<Value>::new());

    let path = "/projects/1234/callback";
    let address = json!({"callback_uri": head_office.uri("/default")});
    control(&world, path, address.clone()).await.ok();
    let default = create(&world, json!({})).await;
    let own = create(&world, json!({"callback_uri": shop.uri("/own")})).await;
    let off = create(&world, json!({"callback_uri": false})).await;
    for key in [&off, &default, &own] {
        accept(&world, key).await;
    }
    let at_head_office = head_office.next().await;
    assert_eq!(at_head_office.path, "/default");
    assert_eq!(at_head_office.identity().0, default);
    assert_eq!(shop.next().await.identity().0, own);
    assert_eq!(world.callbacks().await.len(), 2);

    let listed = world.look("/callbacks").await.ok();
    assert_eq!(listed["projects"][0]["callback_uri"], head_office.uri("/default"));
    for bad in [json!({}), json!({"callback_uri": "shop://x"}), json!({"callback_uri": true})] {
        control(&world, path, bad).await.refused(400, "invalid_parameters");
    }
    control(&world, "/projects/1/callback", address).await.refused(404, "not_found");
    control(&world, path, json!({"callback_uri": false})).await.ok();
    let again = create(&world, json!({})).await;
    accept(&world, &again).await;
    assert_eq!(world.callbacks().await.len(), 2);
    // An address that nobody can post to is refused at once.
    let body = json!({"payments": [payment(1)], "callback_uri": "app://back"});
    world.post(TILL, body).await.refused(400, "invalid_parameters");
    world.done().await;
}

#[tokio::test]
async fn the_signature_is_of_every_byte() {
    let world = World::new().await;
    let mut merchant = Merchant::new(Reaction::Status(200)).await;
    // Characters that the form encodes, and some beyond ASCII.
    let description = "Tea & cake = 100% + ჩაი «ß»";
    let body = json!({"payments": [{"price": 100, "currency": "GEL", "description": description}],
        "callback_uri": merchant.uri("/")});
    let made = world.post(TILL, body).await.ok();
    accept(&world, made["transaction_key"].as_str().unwrap()).await;
    let received = merchant.next().await;
    assert_eq!(received.json()["data"]["payments"][0]["description"], description);

    let answer = world.http.get(world.url("/publickey")).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/plain; charset=utf-8");
    let pem = answer.text().await.unwrap();
    assert_eq!(pem, seed::CALLBACK_PUBLIC_KEY);
    assert!(verifies(&pem, &received.event, &received.sign));
    let changed = received.event.replacen("reserved", "Reserved", 1);
    for event in [changed, format!(" {}", received.event), format!("{}\n", received.event)] {
        assert!(!verifies(&pem, &event, &received.sign));
    }
    let mut sign = received.sign.clone().into_bytes();
    sign[0] = if sign[0] == b'A' { b'B' } else { b'A' };
    assert!(!verifies(&pem, &received.event, std::str::from_utf8(&sign).unwrap()));

    // The log shows what was sent, to the byte.
    let newest = world.newest_callback(|one| one["status"] == "delivered").await;
    let shown = world.look(&format!("/callbacks/{}", newest["id"])).await.ok();
    assert_eq!(shown, json!({"callback": newest, "event": received.event, "sign": received.sign}));
    world.look("/callbacks/999").await.refused(404, "not_found");
    world.done().await;
}

#[test]
fn the_published_callback_verifies_and_a_changed_one_does_not() {
    let published: Value = serde_json::from_str(include_str!("../data/callback-signature.json")).unwrap();
    let text = |name: &str| published[name].as_str().unwrap();
    let (pem, event, sign) = (text("public_key_pem"), text("event"), text("sign"));
    assert_eq!(event.len(), 868);
    assert!(verifies(pem, event, sign));
    assert!(!verifies(pem, &format!(" {event}"), sign));
    assert!(!verifies(pem, &event.replacen("1352881293", "1352881294", 1), sign));
    assert!(!verifies(seed::CALLBACK_PUBLIC_KEY, event, sign));
}

#[tokio::test]
async fn notify_tells_of_a_confirmation_as_often_as_asked() {
    let world = World::new().await;
    let mut merchant = Merchant::new(Reaction::Status(200)).await;
    let key = create(&world, json!({"callback_uri": merchant.uri("/")})).await;
    let notify = of(&key, "/notify");
    accept(&world, &key).await;
    assert_eq!(merchant.next().await.identity().1, "reserved");
    world.put(TILL, &notify, json!({})).await.refused(409, "invalid_state");
    let confirmed = world.confirm(TILL, &key).await.ok();
    let mut events = Vec::new();
    for attempts in 1..=2 {
        assert_eq!(world.put(TILL, &notify, json!({})).await.ok(), json!({}));
        events.push(merchant.next().await);
        let sent = |one: &Value| {
            one["status"] == "delivered" && one["attempts"].as_array().unwrap().len() == attempts
        };
        world.newest_callback(sent).await;
    }
    assert_eq!(events[0].json(), json!({"type": "confirmed", "object": "transaction", "data": confirmed}));
    // The same event: one by transaction and type, byte for byte.
    assert_eq!((&events[0].event, &events[0].sign), (&events[1].event, &events[1].sign));
    assert_eq!(world.callbacks().await.len(), 2);

    let off = create(&world, json!({"callback_uri": false})).await;
    accept(&world, &off).await;
    world.confirm(TILL, &off).await.ok();
    assert_eq!(world.put(TILL, &of(&off, "/notify"), json!({})).await.ok(), json!({}));
    assert_eq!(world.callbacks().await.len(), 2);
    world.put(app_of(&seed::CUSTOMER), &notify, json!({})).await.refused(403, "forbidden");
    world.done().await;
}
