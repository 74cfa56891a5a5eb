//! An app on a phone from its first start on, as swift-lib-wallet-sdk does it:
//! credentials of the installation, a token of the user, its end and its renewal
//! (wallet-api sections 1.4, 3.2 and 3.4).

use paysera_sandbox::{Sandbox, seed};
use serde_json::Value;

use crate::readers::{java_error, no_nulls, readable, token};
use crate::swift::Swift;
use crate::wire::{done, form, sandbox};

const TOKEN: &str = "/oauth/v1/token";
const BALANCE: &str = "/rest/v1/wallet/me/balance";

fn text<'a>(json: &'a Value, name: &str) -> &'a str {
    json[name].as_str().unwrap()
}

fn signed_by<'a>(sandbox: &'a Sandbox, credentials: &'a Value) -> Swift<'a> {
    Swift::new(sandbox, text(credentials, "access_token"), text(credentials, "mac_key"))
}

/// The credentials of a new installation: Swift reads them as non-optional, and
/// Java throws for any other type.
async fn install(sandbox: &Sandbox) -> Value {
    let mut app = Swift::new(sandbox, seed::APP_CLIENT_ID, seed::APP_MAC_KEY);
    let body =
        r#"{"info":{"model":"iPhone15,2","os":"ios","rooted":false,"title":"Phone"},"type":"app_client"}"#;
    let made = readable(&app.ask("POST", "/rest/v1/client", body, "").await.ok());
    no_nulls(&made);
    assert_eq!(made["type"], "app_client");
    made["credentials"].clone()
}

async fn sign_in(phone: &mut Swift<'_>) -> Value {
    // Alamofire sorts the names and escapes a space as `%20`.
    let grant = form(&[
        ("grant_type", "password"),
        ("password", seed::CUSTOMER.password),
        ("scope", "balance%20wallet_list"),
        ("username", seed::CUSTOMER.phone),
    ]);
    token(&phone.ask("POST", TOKEN, &grant, "").await.ok())
}

fn refresh(grant: &str, old: &Value) -> String {
    form(&[("grant_type", grant), ("refresh_token", text(old, "refresh_token"))])
}

#[tokio::test]
async fn an_expired_token_is_renewed_and_in_the_end_revoked() {
    let sandbox = sandbox().await;
    let installation = install(&sandbox).await;
    let mut phone = signed_by(&sandbox, &installation);
    let first = sign_in(&mut phone).await;
    let mut user = signed_by(&sandbox, &first);
    readable(&user.ask("GET", BALANCE, "", "").await.ok());

    sandbox.clock().advance(first["expires_in"].as_i64().unwrap());
    let expired = user.ask("GET", BALANCE, "", "").await.refused(400, "invalid_grant");
    java_error(&expired);
    assert_eq!(expired.json()["error_description"], "Token has expired");
    let second = token(&phone.ask("POST", TOKEN, &refresh("refresh_token", &first), "").await.ok());
    let mut user = signed_by(&sandbox, &second);
    readable(&user.ask("GET", BALANCE, "", "").await.ok());
    // The app logs the user out for a refresh token that was used.
    let again = phone.ask("POST", TOKEN, &refresh("refresh_token", &first), "").await;
    assert_eq!(
        again.refused(400, "invalid_grant").json()["error_description"],
        "Refresh token status invalid"
    );

    // Swift maps a JSON object here.
    let revoke = format!("{TOKEN}?access_token={}", text(&second, "access_token"));
    assert_eq!(readable(&phone.ask("DELETE", &revoke, "", "").await.ok()), serde_json::json!({}));
    let over = user.ask("GET", BALANCE, "", "").await.refused(400, "invalid_grant");
    assert_eq!(over.json()["error_description"], "Token has been revoked");
    done(sandbox).await;
}

#[tokio::test]
async fn a_token_with_activation_takes_over_when_it_is_activated() {
    let sandbox = sandbox().await;
    let installation = install(&sandbox).await;
    let mut phone = signed_by(&sandbox, &installation);
    let old = sign_in(&mut phone).await;
    let grant = refresh("refresh_token_with_activation", &old);
    let new = token(&phone.ask("POST", TOKEN, &grant, "").await.ok());
    let (mut before, mut after) = (signed_by(&sandbox, &old), signed_by(&sandbox, &new));
    after.ask("GET", BALANCE, "", "").await.refused(400, "invalid_grant");
    before.ask("GET", BALANCE, "", "").await.ok();
    // A PUT without a body and without a content type.
    let activate = format!("/oauth/v1/tokens/{}/activate", text(&new, "access_token"));
    let activated = token(&phone.ask("PUT", &activate, "", "").await.ok());
    assert_eq!(text(&activated, "mac_key"), text(&new, "mac_key"));
    after.ask("GET", BALANCE, "", "").await.ok();
    before.ask("GET", BALANCE, "", "").await.refused(400, "invalid_grant");
    done(sandbox).await;
}

#[tokio::test]
async fn a_wrong_clock_is_corrected_once() {
    let sandbox = sandbox().await;
    for wrong in [600, -600] {
        let mut user = Swift::new(&sandbox, seed::CUSTOMER.token, seed::CUSTOMER.mac_key);
        user.clock_is_off = wrong;
        // Swift looks at the status first, then at the error.
        java_error(&user.ask("GET", BALANCE, "", "").await.refused(401, "invalid_timestamp"));
        let time = readable(&user.ask("GET", "/rest/v1/server", "", "").await.ok());
        user.clock_is_off += time["time"].as_i64().unwrap() - (sandbox.clock().now() + wrong);
        user.ask("GET", BALANCE, "", "").await.ok();
        // Numbers of nonces begin anew.
        sandbox.clock().advance(700);
    }
    done(sandbox).await;
}
