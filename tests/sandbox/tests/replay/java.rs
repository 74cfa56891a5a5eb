//! java-lib-wallet-sdk: OkHttp, `ext=""` without a body, `{}` for every empty
//! POST, nonces in base64, even the server's time asked for with a signature.

use paysera_sandbox::{Sandbox, seed};
use serde_json::Value;

use crate::readers::{self, java_error, java_locations, java_money, java_transaction};
use crate::wire::{Answer, body_hash, done, form, mac, sandbox, send};

#[derive(Clone)]
struct Credentials {
    id: String,
    key: String,
}

struct Java<'a> {
    sandbox: &'a Sandbox,
    requests: u8,
    /// How wrong the phone's clock is, in seconds.
    clock_is_off: i64,
}

impl Java<'_> {
    async fn ask(&mut self, by: &Credentials, method: &str, uri: &str, body: &str, form: bool) -> Answer {
        self.requests += 1;
        let nonce = body_hash(&self.requests.to_string());
        // OkHttp sends no PUT and POST without a body.
        let body = if body.is_empty() && method == "POST" { "{}" } else { body };
        let ts = (self.sandbox.clock().now() + self.clock_is_off).to_string();
        let port = self.sandbox.address().port().to_string();
        let hash = body_hash(body).replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
        let ext = if body.is_empty() { String::new() } else { format!("body_hash={hash}") };
        let mac = mac(&by.key, [&ts, &nonce, method, uri, "127.0.0.1", &port, &ext]);
        let mut head = vec![
            format!("{method} {uri} HTTP/1.1"),
            format!(
                "Authorization: MAC id=\"{}\", ts=\"{ts}\", nonce=\"{nonce}\", mac=\"{mac}\", ext=\"{ext}\"",
                by.id
            ),
            "Accept-Language: en".to_owned(),
            "User-Agent: retailer".to_owned(),
        ];
        if !body.is_empty() || method == "PUT" {
            let kind =
                if form { "application/x-www-form-urlencoded" } else { "application/json; charset=UTF-8" };
            head.push(format!("Content-Type: {kind}"));
            head.push(format!("Content-Length: {}", body.len()));
        }
        head.push(format!("Host: 127.0.0.1:{port}"));
        head.push("Connection: Keep-Alive".to_owned());
        head.push("Accept-Encoding: gzip".to_owned());
        send(self.sandbox.address(), &head, body).await
    }
}

fn credentials(id: &str, key: &str) -> Credentials {
    Credentials { id: id.to_owned(), key: key.to_owned() }
}

#[tokio::test]
async fn a_wrong_clock_is_corrected_by_the_servers_time() {
    let sandbox = sandbox().await;
    let customer = credentials(seed::CUSTOMER.token, seed::CUSTOMER.mac_key);
    for wrong in [600, -600] {
        let mut client = Java { sandbox: &sandbox, requests: 0, clock_is_off: wrong };
        let refused = client.ask(&customer, "GET", "/rest/v1/wallet/me", "", false).await;
        java_error(&refused.refused(401, "invalid_timestamp"));
        let time = client.ask(&customer, "GET", "/rest/v1/server", "", false).await.ok();
        client.clock_is_off += time.json()["time"].as_i64().unwrap() - (sandbox.clock().now() + wrong);
        client.ask(&customer, "GET", "/rest/v1/wallet/me", "", false).await.ok();
        sandbox.clock().advance(700);
    }
    done(sandbox).await;
}

#[tokio::test]
async fn an_expired_token_is_refreshed_and_the_request_repeated() {
    let sandbox = sandbox().await;
    let mut client = Java { sandbox: &sandbox, requests: 0, clock_is_off: 0 };
    let app = credentials(seed::APP_CLIENT_ID, seed::APP_MAC_KEY);
    let grant = form(&[
        ("grant_type", "password"),
        ("username", seed::CUSTOMER.phone),
        ("password", seed::CUSTOMER.password),
        ("scope", "balance"),
    ]);
    let token = readers::token(&client.ask(&app, "POST", "/oauth/v1/token", &grant, true).await.ok());
    let signs = |token: &Value| {
        credentials(token["access_token"].as_str().unwrap(), token["mac_key"].as_str().unwrap())
    };
    client.ask(&signs(&token), "GET", "/rest/v1/wallet/me/balance", "", false).await.ok();
    sandbox.clock().advance(3600);
    let over = client.ask(&signs(&token), "GET", "/rest/v1/wallet/me/balance", "", false).await;
    java_error(&over.refused(400, "invalid_grant"));
    let refresh =
        form(&[("grant_type", "refresh_token"), ("refresh_token", token["refresh_token"].as_str().unwrap())]);
    let renewed = readers::token(&client.ask(&app, "POST", "/oauth/v1/token", &refresh, true).await.ok());
    let balance = client.ask(&signs(&renewed), "GET", "/rest/v1/wallet/me/balance", "", false).await.ok();
    assert_eq!(balance.json()["GEL"]["at_disposal"], 100_000);
    // Two of the four base URLs are not served; that is an error it can read.
    for uri in ["/partner-oauth/v1/token", "/oauth/v1/partner-tokens"] {
        let unknown = client.ask(&app, "POST", uri, &refresh, true).await;
        java_error(&unknown.refused(404, "not_found"));
    }
    done(sandbox).await;
}

#[tokio::test]
async fn a_payment_and_its_statements_can_be_read() {
    let sandbox = sandbox().await;
    let mut client = Java { sandbox: &sandbox, requests: 0, clock_is_off: 0 };
    let till = credentials(seed::RETAILER_CLIENT_ID, seed::RETAILER_MAC_KEY);
    let customer = credentials(seed::CUSTOMER.token, seed::CUSTOMER.mac_key);
    // Java gives project and location in the body.
    let body = r#"{"payments":[{"description":"Bill","price":1250,"currency":"GEL"}],"project_id":1234,"location_id":9975}"#;
    let made = java_transaction(&client.ask(&till, "POST", "/rest/v1/transaction", body, false).await.ok());
    let path = format!("/rest/v1/transaction/{}", made["transaction_key"].as_str().unwrap());
    let uri = format!("{path}/reserve/{}", seed::CUSTOMER.wallet);
    java_transaction(&client.ask(&customer, "PUT", &uri, "{}", false).await.ok());
    let confirmed = client.ask(&till, "PUT", &format!("{path}/confirm"), "", false).await.ok();
    assert_eq!(java_transaction(&confirmed)["status"], "confirmed");
    for (by, uri) in [
        (&till, "/rest/v1/wallet/me/statements?limit=20&currency=GEL"),
        (&customer, "/rest/v1/wallet/me/statements"),
        (&till, "/rest/v1/allowance/limit/2112?currency=GEL"),
    ] {
        java_money(&client.ask(by, "GET", uri, "", false).await.ok());
    }
    let other = client.ask(&till, "POST", "/rest/v1/transaction", body, false).await.ok().json();
    let uri = format!("/rest/v1/transaction/{}/reserve/14471", other["transaction_key"].as_str().unwrap());
    client.ask(&customer, "PUT", &uri, "{}", false).await.ok();
    java_money(&client.ask(&customer, "GET", "/rest/v1/wallet/me/pending-payments", "", false).await.ok());
    java_money(
        &client.ask(&customer, "GET", "/rest/v1/wallet/me/reservation-statements", "", false).await.ok(),
    );
    java_locations(&client.ask(&till, "GET", "/rest/v1/client/locations", "", false).await.ok());
    // An empty POST is `{}` on the wire.
    let session = client.ask(&customer, "POST", "/rest/v1/auth-token/token", "", false).await.ok();
    assert!(session.json().is_object());
    let refused = client.ask(&till, "POST", "/rest/v1/transaction", "", false).await;
    java_error(&refused.refused(400, "invalid_parameters"));
    done(sandbox).await;
}
