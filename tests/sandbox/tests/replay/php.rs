//! lib-wallet-php-client: curl, a form content type on everything without a
//! body, `[]` for an empty object, decimals without trailing zeros, escaped
//! slashes.

use paysera_sandbox::{Sandbox, seed};

use crate::readers::{php_allowance, php_client, php_list, php_transaction, readable};
use crate::wire::{Answer, SAMPLE_TIME, body_hash, done, mac, sandbox, send, signed_at};

const PAYMENT: &str = r#"{"payments":[{"description":"Bill \/ table 7","price_decimal":"12.5","currency":"GEL","parameters":{"url":"https:\/\/shop.example\/7"}}],"use_allowance":true,"suggest_allowance":false,"reserve_for":24}"#;

/// 32 characters of the whole printable alphabet, with a number in front so
/// that each is new.
fn nonce(number: u32) -> String {
    let nonce = format!("{number:04} ,=&;:!#$%'()*+./<>?@[]^_{{}}~");
    assert_eq!(nonce.len(), 32);
    nonce
}

/// PHP's `http_build_query`: everything but letters, digits, `-`, `_`, `.`.
fn escaped(text: &str) -> String {
    text.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
}

struct Php<'a> {
    sandbox: &'a Sandbox,
    requests: u32,
}

impl Php<'_> {
    async fn ask(&mut self, method: &str, uri: &str, body: &str, parameters: &str) -> Answer {
        self.requests += 1;
        let (nonce, port) = (nonce(self.requests), self.sandbox.address().port().to_string());
        let ts = self.sandbox.clock().now().to_string();
        let mut ext =
            if body.is_empty() { String::new() } else { format!("body_hash={}", escaped(&body_hash(body))) };
        if !parameters.is_empty() {
            ext.push_str(if ext.is_empty() { "" } else { "&" });
            ext.push_str(parameters);
        }
        let key = seed::RETAILER_MAC_KEY;
        let mac = mac(key, [&ts, &nonce, method, uri, "127.0.0.1", &port, &ext]);
        let mut authorization = format!(
            "Authorization: MAC id=\"{}\", ts=\"{ts}\", nonce=\"{nonce}\", mac=\"{mac}\"",
            seed::RETAILER_CLIENT_ID
        );
        if !ext.is_empty() {
            authorization.push_str(&format!(", ext=\"{ext}\""));
        }
        let json = method != "GET" && method != "DELETE";
        let kind = if json { "application/json" } else { "application/x-www-form-urlencoded" };
        let head = [
            format!("{method} {uri} HTTP/1.1"),
            format!("Host: 127.0.0.1:{port}"),
            "User-Agent: Paysera WalletApi PHP library".to_owned(),
            "Accept: */*".to_owned(),
            format!("Content-Type: {kind}"),
            format!("Content-Length: {}", body.len()),
            authorization,
        ];
        send(self.sandbox.address(), &head, body).await
    }
}

#[tokio::test]
async fn the_minimal_acceptance_list() {
    let sandbox = sandbox().await;
    let mut client = Php { sandbox: &sandbox, requests: 0 };
    // A payment that the customer reserves by a code.
    let made = client.ask("POST", "/rest/v1/transaction", PAYMENT, "project_id=1234&location_id=9975").await;
    let made = php_transaction(&made.ok());
    assert_eq!(made["payments"][0]["price_decimal"], "12.50");
    assert_eq!(made["payments"][0]["parameters"]["url"], "https://shop.example/7");
    assert_eq!(made["reserve"], serde_json::json!({"for": 86_400}));
    let key = made["transaction_key"].as_str().unwrap();
    let path = format!("/rest/v1/transaction/{key}");
    php_transaction(&client.ask("GET", &path, "", "").await.ok());
    let code = r#"{"reservation_code":"0112345678903305676022535991"}"#;
    php_transaction(&client.ask("PUT", &format!("{path}/reserve"), code, "").await.ok());
    let confirmed = client.ask("PUT", &format!("{path}/confirm"), "[]", "").await.ok();
    assert_eq!(php_transaction(&confirmed)["status"], "confirmed");

    // A cash-in by allowance.
    let cash = r#"{"payments":[{"description":"Cash","price_decimal":"50","currency":"GEL","purpose":"cash","beneficiary":{"id":14471}}],"use_allowance":true,"suggest_allowance":false}"#;
    let made = php_transaction(&client.ask("POST", "/rest/v1/transaction", cash, "").await.ok());
    let path = format!("/rest/v1/transaction/{}", made["transaction_key"].as_str().unwrap());
    let accepted = client.ask("PUT", &format!("{path}/reserve/2112"), "[]", "").await.ok();
    assert_eq!(php_transaction(&accepted)["type"], "automatic");
    let revoked = client.ask("DELETE", &path, "", "").await.ok();
    assert_eq!(php_transaction(&revoked)["status"], "revoked");

    let balance = readable(&client.ask("GET", "/rest/v1/wallet/2112/balance", "", "").await.ok());
    assert_eq!(balance["GEL"]["at_disposal"], 1_001_250);
    let statements =
        client.ask("GET", "/rest/v1/wallet/2112/statements?limit=20&offset=0", "", "").await.ok();
    assert_eq!(php_list(&statements, "statements")["statements"][0]["amount_decimal"], "12.50");
    let limit = readable(&client.ask("GET", "/rest/v1/allowance/limit/2112?currency=GEL", "", "").await.ok());
    assert_eq!(limit["amount"], 500_000);
    let locations = php_list(&client.ask("GET", "/rest/v1/locations", "", "").await.ok(), "locations");
    for location in locations["locations"].as_array().unwrap() {
        assert!(location["address"].is_string() && location["radius"].is_i64());
    }
    php_list(&client.ask("GET", "/rest/v1/payments?status=confirmed", "", "").await.ok(), "payments");
    let allowance = r#"{"currency":"GEL","max_price":1500,"valid_for":720}"#;
    let allowance = php_allowance(&client.ask("POST", "/rest/v1/allowance", allowance, "").await.ok());
    assert!(allowance["max_price_decimal"].is_string(), "{allowance}");
    php_allowance(&client.ask("GET", "/rest/v1/allowance/active/2112", "", "").await.ok());
    php_client(&client.ask("GET", "/rest/v1/client", "", "").await.ok());
    let pinned = php_transaction(&client.ask("POST", "/rest/v1/transaction", PAYMENT, "").await.ok());
    let path = format!("/rest/v1/transaction/{}", pinned["transaction_key"].as_str().unwrap());
    // A PUT without content has no body, but the type of one.
    let flashed = client.ask("PUT", &format!("{path}/flash/14471"), "", "").await.ok();
    assert_eq!(php_transaction(&flashed)["status"], "waiting");
    let accepted = client.ask("PUT", &format!("{path}/reserve/14471"), r#"{"pin":"1234"}"#, "").await.ok();
    assert_eq!(php_transaction(&accepted)["type"], "pin");
    php_transaction(&client.ask("PUT", &format!("{path}/confirm"), "[]", "").await.ok());
    assert_eq!(client.ask("PUT", &format!("{path}/notify"), "", "").await.ok().body, "{}");
    let payment = format!("/rest/v1/payment/{}", pinned["payments"][0]["id"]);
    let canceled = readable(&client.ask("DELETE", &payment, "", "").await.ok());
    assert_eq!(canceled["status"], "canceled");
    // The signature covers the parameters that PHP takes for headers, too.
    let odd = "headers%5BX-Test%5D=1";
    readable(&client.ask("GET", "/rest/v1/wallet/me", "", odd).await.ok());
    done(sandbox).await;
}

#[tokio::test]
async fn a_broken_hash_or_a_wrong_clock_is_told() {
    let sandbox = sandbox().await;
    let mut client = Php { sandbox: &sandbox, requests: 0 };
    for (seconds, description) in [(301, "Timestamp lifetime exceeded"), (-361, "Timestamp is in future")] {
        sandbox.clock().advance(seconds);
        // The client signs with the clock that it had before.
        let by = (seed::RETAILER_CLIENT_ID, seed::RETAILER_MAC_KEY);
        let late = signed_at(&sandbox, SAMPLE_TIME, by, ("GET", "/rest/v1/wallet/me", "")).await;
        let late = late.refused(401, "invalid_timestamp");
        assert_eq!(late.json()["error_description"], description);
        sandbox.clock().set_offset(0);
    }
    client.ask("GET", "/rest/v1/wallet/me", "", "").await.ok();
    done(sandbox).await;
}
