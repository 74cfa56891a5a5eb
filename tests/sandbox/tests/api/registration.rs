//! Wallet-api section 3.4: from nobody to a user with a wallet, phones and
//! passwords.

use paysera_sandbox::{Sandbox, SandboxClock, seed};
use serde_json::{Value, json};

use crate::harness::{TILL, Who, World, app_of};
use crate::people::{APP, TOKEN, signer};

const USER: &str = "/rest/v1/user";
const RESET: &str = "/rest/v1/user/password/reset";
const PHONE: &str = "995577123456";

fn registration(phone: &str, password: &str) -> Value {
    json!({"phone": phone, "locale": "ka", "credentials": {"type": "password", "password": password},
        "parameters": {"scopes": ["balance"]}})
}

impl World {
    /// The code of the newest message, and to whom it went.
    async fn last_code(&self) -> (String, String) {
        let message = self.sandbox.messages().await.unwrap().remove(0);
        assert!(message.text.contains(&message.code));
        (message.code, message.recipient)
    }

    async fn register(&self) -> i64 {
        let user = self.post_to(APP, USER, registration(PHONE, "good enough")).await.ok();
        user["id"].as_i64().unwrap()
    }

    async fn try_sign_in(&self, username: &str, password: &str) -> crate::harness::Answer {
        let fields = [("grant_type", "password"), ("username", username), ("password", password)];
        self.form(APP, TOKEN, &fields).await
    }
}

fn wrong(code: &str) -> &'static str {
    if code == "000000" { "111111" } else { "000000" }
}

#[tokio::test]
async fn a_new_user_confirms_the_phone_and_has_an_empty_wallet() {
    let world = World::new().await;
    let made = world.post_to(APP, USER, registration("+995 577 12 34 56", "good enough")).await.ok();
    assert_eq!((&made["phone"], &made["locale"]), (&json!(PHONE), &json!("ka")));
    // Before that nobody signs in with the phone.
    world.try_sign_in(PHONE, "good enough").await.refused(400, "invalid_grant");
    let (code, recipient) = world.last_code().await;
    assert_eq!(recipient, PHONE);
    let path = format!("{USER}/{}/phone/confirm", made["id"]);
    world.put(APP, &path, json!({"code": wrong(&code)})).await.refused(400, "invalid_code");
    world.put(TILL, &path, json!({"code": code})).await.refused(403, "forbidden");
    assert_eq!(world.put(APP, &path, json!({"code": code})).await.ok(), made);
    world.put(APP, &path, json!({"code": code})).await.refused(409, "invalid_state");

    let token = signer(&world.try_sign_in(PHONE, "good enough").await.ok());
    let user = world.get(token, "/rest/v1/user/me").await.ok();
    assert_eq!(user["id"], made["id"]);
    let wallet = world.get(token, "/rest/v1/wallet/me").await.ok();
    assert_eq!((&wallet["owner"], &wallet["account"]["status"]), (&made["id"], &json!("active")));
    let wallet = wallet["id"].as_u64().unwrap();
    assert_eq!(world.gel(wallet).await, (0, 0));
    world.done().await;
}

#[tokio::test]
async fn what_can_not_be_registered() {
    let world = World::new().await;
    let id = world.register().await;
    let (code, _) = world.last_code().await;
    for (body, error) in [
        (registration(seed::CUSTOMER.phone, "good enough"), "user_already_exists"),
        (registration("995577000000", "short"), "password_too_short"),
        (registration("995577000000", "12345678"), "password_too_risky"),
        (registration("995577000000", "995577000000"), "password_too_risky"),
        (registration("999123456789", "good enough"), "phone_from_prohibited_country"),
        (registration("call me", "good enough"), "invalid_parameters"),
        (json!({"phone": PHONE}), "invalid_parameters"),
        (json!({"credentials": {"password": "good enough"}}), "invalid_parameters"),
        (json!({"phone": PHONE, "credentials": {"type": "password"}}), "invalid_parameters"),
    ] {
        world.post_to(APP, USER, body).await.refused(400, error);
    }
    let mut scopes = registration(PHONE, "good enough");
    scopes["parameters"]["scopes"] = json!(["everything"]);
    world.post_to(APP, USER, scopes).await.refused(400, "invalid_scope");
    for who in [TILL, app_of(&seed::CUSTOMER)] {
        world.post_to(who, USER, registration(PHONE, "good enough")).await.refused(403, "forbidden");
    }
    // A claimed phone does not keep its owner out; the first to confirm has it.
    let second = world.register().await;
    let (second_code, _) = world.last_code().await;
    world.put(APP, &format!("{USER}/{second}/phone/confirm"), json!({"code": second_code})).await.ok();
    let late = world.put(APP, &format!("{USER}/{id}/phone/confirm"), json!({"code": code})).await;
    late.refused(400, "phone_already_assigned");
    world.post_to(APP, USER, registration(PHONE, "good enough")).await.refused(400, "user_already_exists");
    world.done().await;
}

#[tokio::test]
async fn a_code_ends_and_is_not_guessed() {
    let world = World::new().await;
    let id = world.register().await;
    let path = format!("{USER}/{id}/phone/confirm");
    let (code, _) = world.last_code().await;
    for _ in 0..5 {
        world.put(APP, &path, json!({"code": wrong(&code)})).await.refused(400, "invalid_code");
    }
    world.put(APP, &path, json!({"code": code})).await.refused(429, "rate_limit_exceeded");
    world.sandbox.clock().advance(600);
    world.put(APP, &path, json!({"code": code})).await.refused(400, "invalid_code");
    world.post_to(APP, &format!("{USER}/{id}/phone"), json!({"phone": PHONE})).await.ok();
    let (code, _) = world.last_code().await;
    world.put(APP, &path, json!({"code": code})).await.ok();
    world.done().await;
}

#[tokio::test]
async fn nobody_is_flooded_with_messages() {
    let world = World::start(Sandbox::builder().clock(SandboxClock::fixed(1_760_000_000))).await;
    for _ in 0..10 {
        world.register().await;
    }
    let refused = world.post_to(APP, USER, registration(PHONE, "good enough")).await;
    assert_eq!(refused.headers["retry-after"], "600");
    refused.refused(429, "rate_limit_exceeded");
    world.sandbox.clock().advance(600);
    world.register().await;
    world.done().await;
}

#[tokio::test]
async fn a_phone_is_changed_by_its_user() {
    let world = World::new().await;
    let customer = app_of(&seed::CUSTOMER);
    let path = format!("{USER}/me/phone");
    // An app alone could take the user over.
    world.post_to(APP, &format!("{USER}/502/phone"), json!({"phone": PHONE})).await.refused(403, "forbidden");
    let other = app_of(&seed::POOR);
    world
        .post_to(other, &format!("{USER}/502/phone"), json!({"phone": PHONE}))
        .await
        .refused(403, "forbidden");
    for (phone, error) in [
        (seed::POOR.phone, "phone_already_assigned"),
        ("999123456789", "phone_from_prohibited_country"),
        ("x", "invalid_parameters"),
    ] {
        world.post_to(customer, &path, json!({"phone": phone})).await.refused(400, error);
    }
    world.post_to(customer, &path, json!({"phone": PHONE, "parameters": {"scopes": []}})).await.ok();
    assert_eq!(world.get(customer, &path).await.ok(), seed::CUSTOMER.phone);
    let (code, recipient) = world.last_code().await;
    assert_eq!(recipient, PHONE);
    world.put(customer, &format!("{path}/confirm"), json!({"code": code})).await.ok();
    assert_eq!(world.get(customer, &path).await.ok(), PHONE);
    world.try_sign_in(PHONE, seed::CUSTOMER.password).await.ok();
    world.done().await;
}

#[tokio::test]
async fn a_forgotten_password_is_reset_with_identity_and_code() {
    let world = World::new().await;
    let session = signer(&world.sign_in(&seed::CUSTOMER, "").await);
    let by_phone = |identity: Value| json!({"phone": seed::CUSTOMER.phone, "identity": identity});
    for (body, status, error) in [
        (json!({"phone": seed::CUSTOMER.phone}), 400, "identity_required"),
        (by_phone(json!({})), 400, "identity_required"),
        (by_phone(json!({"code": "01001014472"})), 400, "invalid_identity"),
        (json!({"phone": PHONE}), 404, "not_found"),
        (json!({"phone": "x"}), 400, "invalid_parameters"),
        (json!({}), 400, "invalid_parameters"),
        (json!({"phone": PHONE, "email": "a@b"}), 400, "invalid_parameters"),
    ] {
        world.post_to(APP, RESET, body).await.refused(status, error);
    }
    world.post_to(TILL, RESET, by_phone(json!({}))).await.refused(403, "forbidden");
    let identity = json!({"code": "01001014471"});
    let answer =
        world.post_to(APP, RESET, json!({"email": seed::CUSTOMER.email, "identity": identity})).await;
    assert_eq!(answer.ok(), json!({"id": 502}));
    assert_eq!(world.last_code().await.1, seed::CUSTOMER.email);
    world.post_to(APP, RESET, by_phone(identity)).await.ok();
    let (code, recipient) = world.last_code().await;
    assert_eq!(recipient, seed::CUSTOMER.phone);

    let path = format!("{USER}/502/password");
    for (body, error) in [
        (json!({"code": wrong(&code), "password": "another one"}), "invalid_code"),
        (json!({"code": code, "password": "short"}), "password_too_short"),
        (json!({"code": code, "password": "customer@sandbox"}), "password_too_risky"),
        (json!({"code": code}), "invalid_parameters"),
        (json!({"password": "another one"}), "invalid_parameters"),
    ] {
        world.put(APP, &path, body).await.refused(400, error);
    }
    world.put(APP, &path, json!({"code": code, "password": "another one"})).await.ok();
    world
        .put(APP, &path, json!({"code": code, "password": "a third one"}))
        .await
        .refused(400, "invalid_code");
    // What was open is closed, the old password too.
    world.get(session, "/rest/v1/wallet/me").await.refused(400, "invalid_grant");
    world.get(app_of(&seed::CUSTOMER), "/rest/v1/wallet/me").await.ok();
    world.try_sign_in(seed::CUSTOMER.phone, seed::CUSTOMER.password).await.refused(400, "invalid_grant");
    world.try_sign_in(seed::CUSTOMER.phone, "another one").await.ok();
    // Nobody knows the identity of an unidentified user.
    world.post_to(APP, RESET, json!({"phone": seed::UNIDENTIFIED.phone})).await.ok();
    world.done().await;
}

#[tokio::test]
async fn a_password_is_changed_with_the_old_one() {
    let world = World::new().await;
    let (own, other): (Who, Who) =
        (world.token(&seed::CUSTOMER, "").await, world.token(&seed::CUSTOMER, "").await);
    let path = format!("{USER}/me/password");
    let right = json!({"old_password": seed::CUSTOMER.password, "password": "another one"});
    world.put(APP, &format!("{USER}/502/password"), right.clone()).await.refused(403, "forbidden");
    let foreign = app_of(&seed::POOR);
    world.put(foreign, &format!("{USER}/502/password"), right.clone()).await.refused(403, "forbidden");
    let body = json!({"old_password": "wrong", "password": "another one"});
    world.put(own, &path, body.clone()).await.refused(400, "invalid_password");
    world.put(own, &path, right).await.ok();
    world.get(own, "/rest/v1/wallet/me").await.ok();
    world.get(other, "/rest/v1/wallet/me").await.refused(400, "invalid_grant");
    world.try_sign_in(seed::CUSTOMER.phone, "another one").await.ok();
    for _ in 0..5 {
        world.put(own, &path, body.clone()).await.refused(400, "invalid_password");
    }
    world.put(own, &path, body).await.refused(429, "rate_limit_exceeded");
    world.done().await;
}
