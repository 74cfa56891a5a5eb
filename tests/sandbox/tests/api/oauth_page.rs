//! Wallet-api section 3.1: the page on which a person allows or denies.

use paysera_sandbox::seed;
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use serde_json::{Value, json};

use crate::harness::{Who, World};
use crate::people::{APP, SHOP, TOKEN, encoded, signer};

const BACK: &str = "https://shop.example/back?a=1";

/// A browser that shows where it would be sent.
fn browser() -> Client {
    Client::builder().redirect(Policy::none()).build().unwrap()
}

fn question(scope: &str, redirect_uri: &str) -> String {
    encoded(&[
        ("response_type", "code"),
        ("client_id", seed::RETAILER_CLIENT_ID),
        ("scope", scope),
        ("redirect_uri", redirect_uri),
        ("state", "<s&t>"),
    ])
}

/// The key of the question on a page.
fn key_of(page: &str) -> String {
    let (_, rest) = page.split_once("action=\"").unwrap();
    rest.split_once('"').unwrap().0.trim_start_matches("oauth/").to_owned()
}

#[track_caller]
fn sent_to(response: &Response) -> Vec<(String, String)> {
    assert_eq!(response.status(), 303);
    let address = reqwest::Url::parse(response.headers()["location"].to_str().unwrap()).unwrap();
    assert!(address.as_str().starts_with(BACK), "{address}");
    address.query_pairs().into_owned().collect()
}

fn value<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|pair| pair.0 == name).map(|pair| pair.1.as_str())
}

impl World {
    /// Opens the page and answers; where the browser is sent.
    async fn answer(&self, scope: &str, fields: &[(&str, &str)]) -> Vec<(String, String)> {
        let browser = browser();
        let address = self.url(&format!("/frontend/en/oauth?{}", question(scope, BACK)));
        let page = browser.get(address).send().await.unwrap();
        assert_eq!(page.status(), 200);
        assert!(page.headers()["content-security-policy"].to_str().unwrap().contains("default-src 'none'"));
        let key = key_of(&page.text().await.unwrap());
        let path = self.url(&format!("/frontend/en/oauth/{key}"));
        let sent = sent_to(&browser.post(&path).body(encoded(fields)).send().await.unwrap());
        // An answer is given once.
        let again = browser.post(&path).body(encoded(fields)).send().await.unwrap();
        assert_eq!(again.status(), 404);
        sent
    }

    /// A token that the identified customer gave the merchant.
    pub(crate) async fn shop_token(&self, scope: &str) -> Who {
        let sent = self.answer(scope, &[("user", "502"), ("decision", "allow")]).await;
        signer(&self.trade(SHOP, value(&sent, "code").unwrap(), BACK).await.ok())
    }

    async fn trade(&self, who: Who, code: &str, redirect_uri: &str) -> crate::harness::Answer {
        let fields = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirect_uri)];
        self.form(who, TOKEN, &fields).await
    }
}

#[tokio::test]
async fn a_person_allows_and_the_client_trades_the_code_once() {
    let world = World::new().await;
    let sent = world.answer("balance", &[("user", "502"), ("decision", "allow")]).await;
    assert_eq!((value(&sent, "a"), value(&sent, "state")), (Some("1"), Some("<s&t>")));
    let code = value(&sent, "code").unwrap();
    for (who, redirect_uri) in [(APP, BACK), (SHOP, "https://shop.example/back")] {
        world.trade(who, code, redirect_uri).await.refused(400, "invalid_grant");
    }
    let token = world.trade(SHOP, code, BACK).await.ok();
    assert_eq!(world.get(signer(&token), "/rest/v1/wallet/me").await.ok()["id"], 14471);
    world.get(signer(&token), "/rest/v1/wallet/me/balance").await.ok();
    let again = world.trade(SHOP, code, BACK).await.refused(400, "invalid_grant");
    assert_eq!(again["error_description"], "Authorization code was used already");

    let sent = world.answer("", &[("user", "502"), ("decision", "allow")]).await;
    world.sandbox.clock().advance(300);
    let late = world.trade(SHOP, value(&sent, "code").unwrap(), BACK).await.refused(400, "invalid_grant");
    assert_eq!(late["error_description"], "Authorization code expired");
    world.done().await;
}

#[tokio::test]
async fn a_person_denies() {
    let world = World::new().await;
    let sent = world.answer("balance", &[("decision", "deny")]).await;
    assert_eq!((value(&sent, "error"), value(&sent, "state")), (Some("access_denied"), Some("<s&t>")));
    assert!(value(&sent, "error_description").is_some() && value(&sent, "code").is_none());
    world.done().await;
}

#[tokio::test]
async fn an_optional_scope_is_the_persons_choice() {
    let world = World::new().await;
    for (fields, status) in [
        (vec![("user", "502"), ("decision", "allow")], 404),
        (vec![("user", "502"), ("decision", "allow"), ("grant_balance", "1")], 200),
    ] {
        let sent = world.answer("balance_offline_optional", &fields).await;
        let token = world.trade(SHOP, value(&sent, "code").unwrap(), BACK).await.ok();
        let read = world.get(signer(&token), "/rest/v1/wallet/me/balance").await;
        assert_eq!(read.status, status);
        // The client's own credentials get as much, until the user withdraws.
        let offline = world.get(SHOP, "/rest/v1/wallet/14471/balance").await;
        assert_eq!(offline.status, if status == 200 { 200 } else { 403 });
    }
    assert!(world.sandbox.withdraw_access(seed::RETAILER_CLIENT_ID, 502).await.unwrap());
    world.get(SHOP, "/rest/v1/wallet/14471/balance").await.refused(403, "forbidden");
    assert!(!world.sandbox.withdraw_access(seed::RETAILER_CLIENT_ID, 502).await.unwrap());
    world.done().await;
}

#[tokio::test]
async fn what_is_lasting_opens_fields_to_the_clients_own_credentials() {
    let world = World::new().await;
    let customer = "/rest/v1/user/502";
    assert_eq!(world.get(SHOP, customer).await.ok(), json!({"id": 502}));
    world.shop_token("email_offline statements_offline phone").await;
    let email = json!("customer@sandbox.example");
    assert_eq!(world.get(SHOP, customer).await.ok(), json!({"id": 502, "email": email}));
    assert_eq!(world.get(SHOP, &format!("{customer}/email")).await.ok(), email);
    world.get(SHOP, &format!("{customer}/phone")).await.refused(403, "forbidden");
    assert_eq!(world.get(SHOP, "/rest/v1/wallet/14471/statements").await.ok()["_metadata"]["total"], 1);
    // Another person's and another client's stay closed.
    assert_eq!(world.get(SHOP, "/rest/v1/user/504").await.ok(), json!({"id": 504}));
    world.sandbox.withdraw_access(seed::RETAILER_CLIENT_ID, 502).await.unwrap();
    world.get(SHOP, &format!("{customer}/email")).await.refused(403, "forbidden");
    world.done().await;
}

#[tokio::test]
async fn a_shops_token_does_not_stand_for_the_person() {
    let world = World::new().await;
    let token = world.shop_token("phone phone_confirmation manage_account user_info").await;
    let confirmation = world.sandbox.ask_confirmation(502, "Log in?").await.unwrap();
    for (method, path, body) in [
        ("POST", "/rest/v1/user/me/phone", json!({"phone": "995577123456"})),
        ("PUT", "/rest/v1/user/me/phone/confirm", json!({"code": "000000"})),
        (
            "PUT",
            "/rest/v1/user/me/password",
            json!({"old_password": "Sandbox-14471", "password": "another one"}),
        ),
        ("POST", "/rest/v1/auth-token/token", json!({})),
        ("POST", "/rest/v1/jwt/tokens", json!({"scope": "a", "system": "b"})),
        ("GET", "/rest/v1/confirmations/me", json!({})),
        ("PUT", &format!("/rest/v1/confirmations/{confirmation}/confirm"), json!({})),
        ("DELETE", "/rest/v1/subscribers", json!({})),
        ("GET", "/rest/v1/events", json!({})),
    ] {
        world.raw(token, method, path, &body.to_string()).await.refused(403, "forbidden");
    }
    world.done().await;
}

#[tokio::test]
async fn what_the_client_asked_wrongly_is_told_to_the_client() {
    let world = World::new().await;
    for (asked, error) in [
        (question("everything", BACK), "invalid_scope"),
        (question("", BACK).replace("=code", "=token"), "unsupported_response_type"),
    ] {
        let response = browser().get(world.url(&format!("/frontend/oauth?{asked}"))).send().await.unwrap();
        let sent = sent_to(&response);
        assert_eq!((value(&sent, "error"), value(&sent, "state")), (Some(error), Some("<s&t>")));
    }
    world.done().await;
}

#[tokio::test]
async fn nobody_is_sent_to_an_address_that_is_not_the_clients() {
    let world = World::new().await;
    let own = world.get(SHOP, "/rest/v1/client").await.ok();
    let path = format!("/rest/v1/client/{}", own["id"]);
    let unlimited = question("", "javascript:alert(1)");
    world.put(SHOP, &path, json!({"hosts": [{"host": "shop.example"}]})).await.ok();
    for asked in [
        unlimited,
        question("", "https://evil.example/<script>"),
        question("", "https://shop.example.evil.example/"),
        question("", ""),
        question("", BACK).replace("sbx%5Fretailer", "nobody"),
        question("", BACK) + "&state=again",
        String::new(),
    ] {
        let response = browser().get(world.url(&format!("/frontend/oauth?{asked}"))).send().await.unwrap();
        assert_eq!(response.status(), 400, "{asked}");
        assert!(response.headers().get("location").is_none());
        assert!(!response.text().await.unwrap().contains("<script"));
    }
    world.answer("", &[("user", "502"), ("decision", "allow")]).await;
    world.done().await;
}

#[tokio::test]
async fn a_bad_answer_leaves_the_question_open() {
    let world = World::new().await;
    let browser = browser();
    let page =
        browser.get(world.url(&format!("/frontend/oauth?{}", question("", BACK)))).send().await.unwrap();
    let path = world.url(&format!("/frontend/oauth/{}", key_of(&page.text().await.unwrap())));
    for fields in [
        &[("user", "502")][..],
        &[("user", "501"), ("decision", "allow")],
        &[("user", "999999"), ("decision", "allow")],
        &[("user", "me"), ("decision", "allow")],
        &[("user", "502"), ("decision", "perhaps")],
    ] {
        let answer = browser.post(&path).body(encoded(fields)).send().await.unwrap();
        assert_eq!(answer.status(), 400, "{fields:?}");
    }
    let large = browser.post(&path).body("a".repeat(20_000)).send().await.unwrap();
    assert_eq!(large.status(), 413);
    assert_eq!(browser.get(&path).send().await.unwrap().status(), 200);
    world.sandbox.clock().advance(1800);
    assert_eq!(browser.get(&path).send().await.unwrap().status(), 404);
    world.done().await;
}

#[tokio::test]
async fn a_session_is_the_same_question_asked_by_the_client() {
    let world = World::new().await;
    let fields = [("scope", "email"), ("redirect_uri", BACK), ("user[email]", seed::POOR.email)];
    let made: Value = world.form(SHOP, "/oauth/v1/session", &fields).await.ok();
    let path = format!("/frontend/lt/oauth/{}", made["key"].as_str().unwrap());
    let page = browser().get(world.url(&path)).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("value=\"504\" checked") && !page.contains("value=\"502\" checked"));
    let answer = encoded(&[("user", "504"), ("decision", "allow")]);
    let sent = sent_to(&browser().post(world.url(&path)).body(answer).send().await.unwrap());
    let token = world.trade(SHOP, value(&sent, "code").unwrap(), BACK).await.ok();
    assert_eq!(world.get(signer(&token), "/rest/v1/wallet/me").await.ok()["id"], 14473);

    for (who, fields, status, error) in [
        (SHOP, &[("redirect_uri", "javascript:x")][..], 400, "invalid_parameters"),
        (SHOP, &[("redirect_uri", BACK), ("scope", "x")], 400, "invalid_scope"),
        (SHOP, &[("redirect_uri", BACK), ("client_id", seed::APP_CLIENT_ID)], 400, "invalid_parameters"),
        (SHOP, &[("redirect_uri", BACK), ("response_type", "token")], 400, "invalid_parameters"),
        (crate::harness::app_of(&seed::POOR), &[("redirect_uri", BACK)], 403, "forbidden"),
    ] {
        world.form(who, "/oauth/v1/session", fields).await.refused(status, error);
    }
    world.done().await;
}
