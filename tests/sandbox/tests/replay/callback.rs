//! What lib-wallet-php-client does with a callback: it reads the form, fetches the
//! public key without a signature, verifies the text of the event before it decodes
//! it, and reads the transaction as it reads one that it asked for (wallet-api
//! section 10).

use std::collections::HashMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use paysera_sandbox::{Sandbox, seed};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::readers::php_transaction;
use crate::wire::{done, sandbox, send, signed};

const TILL: (&str, &str) = (seed::RETAILER_CLIENT_ID, seed::RETAILER_MAC_KEY);

/// Nothing here takes so long, except if it fails.
const TOO_LONG: Duration = Duration::from_secs(30);

/// Head and body of one request, which is answered with an empty 200.
async fn received(shop: &TcpListener) -> (String, String) {
    let (mut stream, _) = shop.accept().await.unwrap();
    let mut text = String::new();
    loop {
        let mut chunk = [0; 4096];
        let read = stream.read(&mut chunk).await.unwrap();
        assert!(read > 0, "closed in the middle of {text}");
        text.push_str(std::str::from_utf8(&chunk[..read]).unwrap());
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let mut lines = head.to_lowercase();
        lines.push_str("\r\n");
        let (_, length) = lines.split_once("content-length: ").unwrap();
        let length: usize = length.split_once("\r\n").unwrap().0.parse().unwrap();
        if body.len() >= length {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await.unwrap();
            return (head.to_owned(), body.to_owned());
        }
    }
}

/// The key of `openssl_get_publickey`, without what says that it is RSA.
async fn public_key(sandbox: &Sandbox) -> Vec<u8> {
    const HEADER: &str = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A";
    let head = [
        "GET /publickey HTTP/1.1".to_owned(),
        format!("Host: {}", sandbox.address()),
        "Accept: */*".to_owned(),
        "Content-Type: application/x-www-form-urlencoded".to_owned(),
        "Content-Length: 0".to_owned(),
    ];
    let pem = send(sandbox.address(), &head, "").await.ok().body;
    let lines: Vec<_> = pem.lines().collect();
    let ["-----BEGIN PUBLIC KEY-----", base64 @ .., "-----END PUBLIC KEY-----"] = lines.as_slice() else {
        panic!("{pem}")
    };
    STANDARD.decode(base64.concat().strip_prefix(HEADER).unwrap()).unwrap()
}

#[tokio::test]
async fn a_callback_is_verified_and_read() {
    let sandbox = sandbox().await;
    let shop = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = shop.local_addr().unwrap();
    // Characters that a form escapes, and one that is longer than a byte.
    let body = format!(
        r#"{{"payments":[{{"description":"Bill + 5 % & \u10da","price_decimal":"12.5","currency":"GEL"}}],"callback_uri":"http:\/\/{target}\/callback.php?shop=7&till=2"}}"#
    );
    let made = signed(&sandbox, TILL, "POST", "/rest/v1/transaction", &body).await.ok().json();
    let path = format!("/rest/v1/transaction/{}", made["transaction_key"].as_str().unwrap());
    let customer = (seed::CUSTOMER.token, seed::CUSTOMER.mac_key);
    signed(&sandbox, customer, "PUT", &format!("{path}/reserve/me"), "{}").await.ok();

    let (head, form) = tokio::time::timeout(TOO_LONG, received(&shop)).await.expect("no callback came");
    assert!(head.starts_with("POST /callback.php?shop=7&till=2 HTTP/1.1\r\n"), "{head}");
    assert!(head.to_lowercase().contains("\r\ncontent-type: application/x-www-form-urlencoded"), "{head}");
    let form: HashMap<_, _> = url::form_urlencoded::parse(form.as_bytes()).into_owned().collect();
    let (event, sign) = (form["event"].clone(), STANDARD.decode(&form["sign"]).unwrap());
    let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public_key(&sandbox).await);
    key.verify(event.as_bytes(), &sign).unwrap();
    key.verify(format!(" {event}").as_bytes(), &sign).unwrap_err();

    let event: Value = serde_json::from_str(&event).unwrap();
    assert_eq!((&event["object"], &event["type"]), (&"transaction".into(), &"reserved".into()));
    // The same as if it was asked for, so it can be read.
    let asked = php_transaction(&signed(&sandbox, TILL, "GET", &path, "").await.ok());
    assert_eq!(event["data"], asked);
    assert_eq!(asked["payments"][0]["description"], "Bill + 5 % & ლ");
    done(sandbox).await;
}
