//! What an accepted transaction may wait for: a registration, money, a password
//! (wallet-api section 5.6).

use paysera_sandbox::seed;
use serde_json::json;

use crate::harness::{TILL, Who, World, app_of, control, nonce, of, path, payment, with};

const CUSTOMER: u64 = seed::CUSTOMER.wallet;
const APP: Who = app_of(&seed::CUSTOMER);

#[tokio::test]
async fn a_payment_waits_until_its_beneficiary_is_registered() {
    let world = World::new().await;
    let phone = "995599123456";
    let body = json!({"description": "For you", "price": 700, "currency": "GEL",
        "beneficiary": {"phone": format!("+{phone}")}});
    let made = world.post(TILL, json!({"payments": [body], "auto_confirm": true})).await.ok();
    assert_eq!(made["payments"][0]["beneficiary"], json!({ "phone": phone }));
    let key = made["transaction_key"].as_str().unwrap();
    let reserved = world.raw(APP, "PUT", &of(key, "/reserve/me"), "").await.ok();
    assert_eq!(reserved["status"], "waiting_registration");
    assert_eq!(world.gel(CUSTOMER).await, (99_300, 700));
    world.confirm(TILL, key).await.refused(409, "invalid_state");
    let pending = world.get(APP, "/rest/v1/wallet/me/pending-payments").await.ok();
    assert_eq!(pending["pending_payments"][0]["amount"], 700);

    let app = Who { id: seed::APP_CLIENT_ID, key: seed::APP_MAC_KEY, location: None };
    let signed_up = json!({"phone": phone, "credentials": {"password": "Correct-horse-7"}}).to_string();
    let user = world.raw(app, "POST", "/rest/v1/user", &signed_up).await.ok();
    assert_eq!(world.get(TILL, &of(key, "")).await.ok()["status"], "waiting_registration");
    let code = world.sandbox.messages().await.unwrap()[0].code.clone();
    let confirm = format!("/rest/v1/user/{}/phone/confirm", user["id"]);
    let header = world.sign(app, "PUT", &confirm, json!({ "code": code }).to_string().as_bytes(), &nonce());
    let body = json!({ "code": code }).to_string().into_bytes();
    world.try_send("PUT", &confirm, Some(header), body).await.unwrap().ok();
    let settled = world.get(TILL, &of(key, "")).await.ok();
    assert_eq!(settled["status"], "confirmed");
    let wallet = settled["payments"][0]["beneficiary"]["id"].as_u64().unwrap();
    assert_eq!(world.gel(wallet).await, (700, 0));
    assert_eq!(world.gel(CUSTOMER).await, (99_300, 0));
    world.done().await;
}

#[tokio::test]
async fn what_waits_too_long_fails_and_gives_the_money_back() {
    let world = World::new().await;
    let body = json!({"description": "x", "price": 700, "currency": "GEL", "beneficiary": {"email": "new@b.example"}});
    let made = world.post(TILL, json!({"payments": [body], "reserve": {"for": 60}})).await.ok();
    let key = made["transaction_key"].as_str().unwrap();
    world.raw(APP, "PUT", &of(key, "/reserve/me"), "").await.ok();
    world.sandbox.clock().advance(60);
    assert_eq!(world.get(TILL, &of(key, "")).await.ok()["status"], "failed");
    assert_eq!(world.gel(CUSTOMER).await, (100_000, 0));
    let cash = json!({"description": "x", "price": 1, "currency": "GEL", "purpose": "cash",
        "beneficiary": {"email": "new@b.example"}});
    world.post(TILL, json!({"payments": [cash]})).await.refused(400, "invalid_parameters");
    world.done().await;
}

#[tokio::test]
async fn a_person_pays_on_the_web_page_and_tops_up_later() {
    let world = World::new().await;
    let page = |key: &str| world.url(&format!("/frontend/en/wallet/confirm/{key}"));
    let send = |key: &str, form: &'static str| {
        let request = world.http.post(page(key)).body(form);
        async move { request.send().await.unwrap() }
    };
    let mut body = payment(150_000);
    body["description"] = json!("<script>alert(1)</script>");
    let key = world.create(TILL, body).await;
    let html = world.http.get(page(&key)).send().await.unwrap().text().await.unwrap();
    assert!(html.contains("1500.00 GEL") && html.contains("&lt;script&gt;"), "{html}");
    for form in ["", "decision=accept", "decision=x&wallet=14471", "decision=accept&wallet=x"] {
        assert_eq!(send(&key, form).await.status(), 400, "{form}");
    }
    assert_eq!(send("unknown", "decision=accept&wallet=14471").await.status(), 404);
    let done = send(&key, "decision=accept&wallet=14471").await.text().await.unwrap();
    assert!(done.contains("waiting funds"), "{done}");
    let waiting = world.get(TILL, &of(&key, "")).await.ok();
    assert_eq!((&waiting["status"], &waiting["type"]), (&json!("waiting_funds"), &json!("page")));
    assert_eq!(world.gel(CUSTOMER).await, (100_000, 0), "nothing is held of what is not there");
    control(&world, "/wallets/14471/money", json!({"price": 49_999, "currency": "GEL"})).await.ok();
    assert_eq!(world.get(TILL, &of(&key, "")).await.ok()["status"], "waiting_funds");
    control(&world, "/wallets/14471/money", json!({"price": 1, "currency": "GEL"})).await.ok();
    assert_eq!(world.gel(CUSTOMER).await, (0, 150_000));
    assert_eq!(world.get(TILL, &of(&key, "")).await.ok()["status"], "reserved");
    assert_eq!(send(&key, "decision=accept&wallet=14471").await.status(), 409);
    assert_eq!(world.http.get(page(&key)).send().await.unwrap().status(), 409);

    let back = json!({"payments": [payment(1)], "redirect_uri": "https://shop.example/back"});
    let key = world.post(TILL, back).await.ok()["transaction_key"].as_str().unwrap().to_owned();
    let stay = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let form = "decision=decline&wallet=14471";
    let answer = stay.post(page(&key)).body(form).send().await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["location"]),
        (303, &"https://shop.example/back".parse().unwrap())
    );
    assert_eq!(world.get(TILL, &of(&key, "")).await.ok()["status"], "rejected");
    world.done().await;
}

#[tokio::test]
async fn a_payment_waits_for_its_password() {
    let world = World::new().await;
    let body = with(payment(100), json!({"password": {"type": "generated", "cancelable": true}}));
    let key = world.create(TILL, body).await;
    let reserved = world.raw(APP, "PUT", &of(&key, "/reserve/me"), "").await.ok();
    assert_eq!((&reserved["status"], &reserved["type"]), (&json!("waiting_password"), &json!("mobile_app")));
    let payment = &reserved["payments"][0];
    assert_eq!((&payment["status"], &payment["cancelable"]), (&json!("waiting_password"), &json!(true)));
    let secret = payment["password"]["value"].as_str().unwrap().to_owned();
    assert_eq!(world.gel(CUSTOMER).await, (99_900, 100));
    let seen = world.get(TILL, &of(&key, "")).await.ok();
    let known = json!({"type": "generated", "status": "pending", "optional": false, "cancelable": true});
    assert_eq!(seen["payments"][0]["password"], known);
    world.confirm(TILL, &key).await.refused(409, "invalid_state");

    let give = path(payment, "/password");
    let stranger = app_of(&seed::POOR);
    world.put(stranger, &give, json!({"password": secret})).await.refused(404, "not_found");
    for _ in 0..5 {
        world.put(TILL, &give, json!({"password": "x"})).await.refused(400, "invalid_password");
    }
    world.put(TILL, &give, json!({"password": secret})).await.refused(429, "rate_limit_exceeded");
    world.sandbox.clock().advance(600);
    let given = world.put(TILL, &give, json!({"password": secret})).await.ok();
    assert_eq!((&given["status"], &given["password"]["status"]), (&json!("reserved"), &json!("unlocked")));
    world.put(TILL, &give, json!({"password": secret})).await.refused(409, "invalid_state");
    world.confirm(TILL, &key).await.ok();
    world.done().await;
}

#[tokio::test]
async fn a_payer_withdraws_or_does_without_a_password() {
    let world = World::new().await;
    let locked = |more| with(json!({"type": "provided", "value": "1234"}), more);
    let body = with(payment(100), json!({"password": locked(json!({"cancelable": true}))}));
    let key = world.create(TILL, body).await;
    let reserved = world.raw(APP, "PUT", &of(&key, "/reserve/me"), "").await.ok();
    assert_eq!(reserved["payments"][0]["password"].get("value"), None, "the payer knows it from elsewhere");
    let pending = format!("/rest/v1/wallet/me/pending-payment/{}", reserved["payments"][0]["id"]);
    world.raw(APP, "DELETE", &pending, "").await.ok();
    assert_eq!(world.get(TILL, &of(&key, "")).await.ok()["status"], "revoked");

    for (optional, status) in [(true, "reserved"), (false, "waiting_password")] {
        let body = with(payment(100), json!({"password": locked(json!({"optional": optional}))}));
        let key = world.create(TILL, body).await;
        let reserve = of(&key, "/reserve/me");
        let reserved = world.put(APP, &reserve, json!({"without_passwords": true})).await.ok();
        assert_eq!(reserved["status"], status);
        let pending = format!("/rest/v1/wallet/me/pending-payment/{}", reserved["payments"][0]["id"]);
        world.raw(APP, "DELETE", &pending, "").await.refused(409, "invalid_state");
    }
    assert_eq!(world.gel(CUSTOMER).await, (99_800, 200));
    world.done().await;
}
