//! Wallet-api section 3.2: every grant and every refusal that clients act on.

use paysera_sandbox::{SandboxClock, seed};
use serde_json::Value;

use crate::harness::{TILL, World, app_of, still};
use crate::people::{APP, SHOP, TOKEN, signer};

const ME: &str = "/rest/v1/wallet/me";

#[track_caller]
fn says(answer: &Value, description: &str) {
    assert_eq!(answer["error_description"], description);
}

fn refresh<'a>(token: &'a Value, grant: &'a str) -> [(&'a str, &'a str); 2] {
    [("grant_type", grant), ("refresh_token", token["refresh_token"].as_str().unwrap())]
}

#[tokio::test]
async fn a_password_gives_a_token_that_signs() {
    let world = World::new().await;
    for (username, content_type) in [
        ("995555014471", "application/x-www-form-urlencoded"),
        ("+995 555 014 471", "application/x-www-form-urlencoded; charset=utf-8"),
        ("Customer@sandbox.example", "application/x-www-form-urlencoded;charset=UTF-8"),
    ] {
        let fields = [("grant_type", "password"), ("username", username), ("password", "Sandbox-14471")];
        let token = world.form_as(APP, TOKEN, &fields, content_type).await.ok();
        assert_eq!((&token["token_type"], &token["mac_algorithm"]), (&"mac".into(), &"hmac-sha-256".into()));
        assert_eq!(token["expires_in"], 3600);
        assert_eq!(world.get(signer(&token), ME).await.ok()["id"], 14471);
    }
    world.done().await;
}

#[tokio::test]
async fn a_wrong_password_is_refused_and_then_the_user_is_locked() {
    let world = World::start(still().clock(SandboxClock::fixed(1_760_000_000))).await;
    let attempt = |username: &'static str, password: &'static str| {
        let fields = [("grant_type", "password"), ("username", username), ("password", password)];
        let world = &world;
        async move { world.form(APP, TOKEN, &fields).await }
    };
    for username in ["995555000000", "nobody", "nobody@sandbox.example"] {
        let refused = attempt(username, "Sandbox-14471").await.refused(400, "invalid_grant");
        says(&refused, "Username or password is wrong");
    }
    for _ in 0..5 {
        attempt(seed::POOR.phone, "Sandbox-14471").await.refused(400, "invalid_grant");
    }
    // The right one does not help until the time is over.
    let locked = attempt(seed::POOR.email, seed::POOR.password).await;
    assert_eq!(locked.headers["retry-after"], "600");
    locked.refused(429, "rate_limit_exceeded");
    attempt(seed::CUSTOMER.phone, seed::CUSTOMER.password).await.ok();
    world.sandbox.clock().advance(600);
    attempt(seed::POOR.email, seed::POOR.password).await.ok();
    world.done().await;
}

#[tokio::test]
async fn who_may_not_use_a_grant_is_told_so() {
    let world = World::new().await;
    let fields = [("grant_type", "password"), ("username", "995555014471"), ("password", "Sandbox-14471")];
    world.form(SHOP, TOKEN, &fields).await.refused(403, "forbidden");
    world.form(app_of(&seed::CUSTOMER), TOKEN, &fields).await.refused(403, "forbidden");
    world.form_as(APP, TOKEN, &fields, "application/json").await.refused(400, "invalid_request");
    world.form(APP, TOKEN, &[("grant_type", "implicit")]).await.refused(400, "unsupported_grant_type");
    world.form(APP, TOKEN, &[("grant_type", "password")]).await.refused(400, "invalid_parameters");
    world.form(APP, TOKEN, &[]).await.refused(400, "invalid_parameters");
    let twice = [("grant_type", "password"), ("grant_type", "password")];
    world.form(APP, TOKEN, &twice).await.refused(400, "invalid_parameters");
    for scope in ["everything", "email email_offline", "convert_currency", "make_bank_transfers"] {
        let fields = [fields.as_slice(), &[("scope", scope)]].concat();
        world.form(APP, TOKEN, &fields).await.refused(400, "invalid_scope");
    }
    let unknown = [("grant_type", "authorization_code"), ("code", "x"), ("redirect_uri", "http://a/")];
    says(
        &world.form(SHOP, TOKEN, &unknown).await.refused(400, "invalid_grant"),
        "No such authorization code",
    );
    world.done().await;
}

#[tokio::test]
async fn an_app_has_no_wallet() {
    let world = World::new().await;
    for path in [ME, "/rest/v1/wallet/me/balance", "/rest/v1/transactions", "/rest/v1/client/locations"] {
        world.get(APP, path).await.refused(403, "forbidden");
    }
    world.done().await;
}

#[tokio::test]
async fn scopes_decide_what_a_token_may_read() {
    let world = World::new().await;
    let balance = "/rest/v1/wallet/me/balance";
    world.get(world.token(&seed::CUSTOMER, "balance").await, balance).await.ok();
    world.get(world.token(&seed::CUSTOMER, "").await, balance).await.refused(403, "forbidden");
    // An app's sign-in can't ask: an optional scope stays undecided.
    let undecided = world.token(&seed::CUSTOMER, "balance_optional").await;
    world.get(undecided, balance).await.refused(404, "not_found");
    world.done().await;
}

#[tokio::test]
async fn tokens_end_as_configured_and_are_refreshed_once() {
    let world = World::start(still().token_lifetime(60)).await;
    let first = world.sign_in(&seed::CUSTOMER, "balance").await;
    assert_eq!(first["expires_in"], 60);
    world.sandbox.clock().advance(60);
    says(&world.get(signer(&first), ME).await.refused(400, "invalid_grant"), "Token has expired");
    // Seeded tokens never end.
    world.get(app_of(&seed::CUSTOMER), ME).await.ok();

    let second = world.form(APP, TOKEN, &refresh(&first, "refresh_token")).await.ok();
    world.get(signer(&second), "/rest/v1/wallet/me/balance").await.ok();
    let again = world.form(APP, TOKEN, &refresh(&first, "refresh_token")).await;
    says(&again.refused(400, "invalid_grant"), "Refresh token status invalid");

    // A token that is still good ends with its refresh.
    let third = world.form(APP, TOKEN, &refresh(&second, "refresh_token")).await.ok();
    says(&world.get(signer(&second), ME).await.refused(400, "invalid_grant"), "Token has been revoked");
    world.sandbox.clock().advance(30 * 24 * 3600);
    let late = world.form(APP, TOKEN, &refresh(&third, "refresh_token")).await;
    says(&late.refused(400, "invalid_grant"), "Refresh token expired");
    world.done().await;
}

#[tokio::test]
async fn a_refresh_token_is_its_clients() {
    let world = World::new().await;
    let token = world.sign_in(&seed::CUSTOMER, "").await;
    for (who, fields) in [
        (SHOP, refresh(&token, "refresh_token")),
        (APP, [("grant_type", "refresh_token"), ("refresh_token", "unknown")]),
    ] {
        says(&world.form(who, TOKEN, &fields).await.refused(400, "invalid_grant"), "No such refresh token");
    }
    world.done().await;
}

#[tokio::test]
async fn with_activation_the_old_token_stays_until_the_new_one_is_activated() {
    let world = World::new().await;
    let old = world.sign_in(&seed::CUSTOMER, "").await;
    let grant = "refresh_token_with_activation";
    // The first answer was lost: the second counts.
    let lost = world.form(APP, TOKEN, &refresh(&old, grant)).await.ok();
    let new = world.form(APP, TOKEN, &refresh(&old, grant)).await.ok();
    let waiting = world.get(signer(&new), ME).await.refused(400, "invalid_grant");
    says(&waiting, "Token is not activated yet");
    let unused = world.form(APP, TOKEN, &refresh(&new, "refresh_token")).await;
    says(&unused.refused(400, "invalid_grant"), "Refresh token status invalid");
    world.get(signer(&old), ME).await.ok();

    let activate = format!("/oauth/v1/tokens/{}/activate", new["access_token"].as_str().unwrap());
    world.raw(SHOP, "PUT", &activate, "").await.refused(404, "not_found");
    for _ in 0..2 {
        let activated = world.raw(APP, "PUT", &activate, "{}").await.ok();
        assert_eq!(activated["mac_key"], new["mac_key"]);
        assert_eq!(activated["refresh_token"], new["refresh_token"]);
    }
    world.get(signer(&new), ME).await.ok();
    for ended in [&old, &lost] {
        world.get(signer(ended), ME).await.refused(400, "invalid_grant");
    }
    let activate = format!("/oauth/v1/tokens/{}/activate", lost["access_token"].as_str().unwrap());
    says(&world.raw(APP, "PUT", &activate, "").await.refused(400, "invalid_grant"), "Token has been revoked");
    world.raw(APP, "PUT", "/oauth/v1/tokens/none/activate", "").await.refused(404, "not_found");
    world.done().await;
}

#[tokio::test]
async fn a_token_is_revoked_by_its_client_or_itself() {
    let world = World::new().await;
    for by_itself in [false, true] {
        let token = world.sign_in(&seed::CUSTOMER, "").await;
        let path = format!("{TOKEN}?access_token={}", token["access_token"].as_str().unwrap());
        world.delete(TILL, &path).await.refused(404, "not_found");
        world.delete(app_of(&seed::POOR), &path).await.refused(404, "not_found");
        let by = if by_itself { signer(&token) } else { APP };
        assert_eq!(world.delete(by, &path).await.ok(), serde_json::json!({}));
        says(&world.get(signer(&token), ME).await.refused(400, "invalid_grant"), "Token has been revoked");
        let refreshed = world.form(APP, TOKEN, &refresh(&token, "refresh_token")).await;
        says(&refreshed.refused(400, "invalid_grant"), "Refresh token status invalid");
        world.delete(APP, &path).await.ok();
    }
    world.delete(APP, &format!("{TOKEN}?access_token=unknown")).await.refused(404, "not_found");
    world.delete(APP, TOKEN).await.refused(400, "invalid_parameters");
    world.done().await;
}

#[tokio::test]
async fn a_refresh_narrows_the_scopes_and_widens_them_only_with_a_code() {
    let world = World::new().await;
    let customer = i64::try_from(seed::CUSTOMER.user).unwrap();
    let token = world.sign_in(&seed::CUSTOMER, "balance email").await;
    let mut fields = refresh(&token, "refresh_token").to_vec();
    fields.push(("scope", "balance email phone"));
    world.form(APP, TOKEN, &fields).await.refused(400, "invalid_scope");
    fields[2].1 = "balance convert_currency";
    world.form(APP, TOKEN, &fields).await.refused(400, "invalid_grant");
    // A wrong code, one for another scope, then the right one; what was
    // refused has not used the refresh token up.
    world.sandbox.send_scope_code(seed::CUSTOMER.user, "make_bank_transfers").await.unwrap();
    fields.push(("code", "12345"));
    world.form(APP, TOKEN, &fields).await.refused(400, "invalid_code");
    let code = world.sandbox.messages().await.unwrap().remove(0).code;
    fields[3].1 = &code;
    world.form(APP, TOKEN, &fields).await.refused(400, "invalid_scope");
    world.sandbox.send_scope_code(seed::CUSTOMER.user, "convert_currency").await.unwrap();
    let sent = world.sandbox.messages().await.unwrap().remove(0);
    assert_eq!(
        (sent.user, sent.channel.as_str(), sent.recipient.as_str()),
        (customer, "sms", "995555014471")
    );
    fields[3].1 = &sent.code;
    let wide = world.form(APP, TOKEN, &fields).await.ok();
    world.get(signer(&wide), "/rest/v1/wallet/me/balance").await.ok();
    // The code is used, and the extended scope is kept by a plain refresh.
    let mut fields = refresh(&wide, "refresh_token").to_vec();
    fields.push(("scope", "convert_currency"));
    world.form(APP, TOKEN, &fields).await.ok();
    assert!(world.sandbox.send_scope_code(1, "convert_currency").await.is_err());
    world.done().await;
}
