//! swift-lib-wallet-sdk: Alamofire, `ext` always there and beginning with `&`
//! without a body, port 443 signed wherever it listens, `/` of a hash and the
//! query as they are.

use paysera_sandbox::{Sandbox, seed};

use crate::readers::{no_nulls, swift_transaction};
use crate::wire::{Answer, body_hash, done, mac, sandbox, send};

pub(crate) struct Swift<'a> {
    sandbox: &'a Sandbox,
    id: &'a str,
    key: &'a str,
    requests: u32,
    /// How wrong the phone's clock is, in seconds.
    pub(crate) clock_is_off: i64,
}

impl<'a> Swift<'a> {
    fn till(sandbox: &'a Sandbox) -> Self {
        Self::new(sandbox, seed::RETAILER_CLIENT_ID, seed::RETAILER_MAC_KEY)
    }

    pub(crate) fn new(sandbox: &'a Sandbox, id: &'a str, key: &'a str) -> Self {
        Self { sandbox, id, key, requests: 0, clock_is_off: 0 }
    }

    fn customer(sandbox: &'a Sandbox) -> Self {
        Self::new(sandbox, seed::CUSTOMER.token, seed::CUSTOMER.mac_key)
    }

    pub(crate) async fn ask(&mut self, method: &str, uri: &str, body: &str, parameters: &str) -> Answer {
        self.requests += 1;
        let nonce = format!("{:0>64}", self.requests);
        let ts = (self.sandbox.clock().now() + self.clock_is_off).to_string();
        let hash = body_hash(body).replace('+', "%2B").replace('=', "%3D");
        let mut ext = if body.is_empty() { String::new() } else { format!("body_hash={hash}") };
        ext.push_str(parameters);
        // The library knows one host; DNS leads it here.
        let host = "wallet-api.paysera.com";
        let mac = mac(self.key, [&ts, &nonce, method, uri, host, "443", &ext]);
        let id = self.id;
        let mut head = vec![
            format!("{method} {uri} HTTP/1.1"),
            format!("Host: {host}"),
            "Accept: */*".to_owned(),
            "Accept-Encoding: br;q=1.0, gzip;q=0.9, deflate;q=0.8".to_owned(),
            "User-Agent: Retailer/1.0 (ge.example.retailer; build:1; iOS 17.0.0) Alamofire/5.8.1".to_owned(),
            "Accept-Language: ka-GE;q=1.0, en-GE;q=0.9".to_owned(),
            format!(
                "Authorization: MAC id=\"{id}\", ts=\"{ts}\", nonce=\"{nonce}\", mac=\"{mac}\", ext=\"{ext}\""
            ),
        ];
        if !body.is_empty() {
            let form = uri.starts_with("/oauth/");
            let kind =
                if form { "application/x-www-form-urlencoded; charset=utf-8" } else { "application/json" };
            head.push(format!("Content-Type: {kind}"));
            head.push(format!("Content-Length: {}", body.len()));
        }
        send(self.sandbox.address(), &head, body).await
    }
}

#[tokio::test]
async fn scan_and_pay_as_the_phones_do_it() {
    let sandbox = sandbox().await;
    let (mut till, mut customer) = (Swift::till(&sandbox), Swift::customer(&sandbox));
    let place = "&project_id=1234&location_id=9975";
    let locations = till.ask("GET", "/rest/v1/client/locations", "", "&project_id=1234").await.ok();
    no_nulls(&locations.json());
    let spot = customer.ask("GET", "/rest/v1/spot?code=PAYSERA*9975%3Atable12", "", "").await.ok();
    assert_eq!(spot.json()["id"], 15);
    let poll = "/rest/v1/spot/15/check-in?fields=*,orders.transaction";
    customer.ask("PUT", poll, "", "").await.ok();

    let body = r#"{"payments":[{"currency":"GEL","description":"Bill","price":1250}]}"#;
    // One whose hash has a slash, which stays as it is.
    let body = (0..64).map(|count| format!("{body}{}", " ".repeat(count)));
    let body = body.into_iter().find(|body| body_hash(body).contains('/')).unwrap();
    let made = swift_transaction(&till.ask("POST", "/rest/v1/transaction", &body, place).await.ok());
    assert_eq!((&made["project_id"], &made["location_id"]), (&1234.into(), &9975.into()));
    let key = made["transaction_key"].as_str().unwrap();
    let order = format!("{{\"transaction_key\":\"{key}\"}}");
    till.ask("POST", "/rest/v1/spot/15/order", &order, place).await.ok();
    let seen = customer.ask("GET", "/rest/v1/spot/15?fields=*,orders.transaction", "", "").await.ok();
    no_nulls(&seen.json());
    assert_eq!(seen.json()["orders"][0]["transaction"]["transaction_key"], key);
    let fields = "fields=transaction_key,valid_for_payment_card_debit,payments,payments.beneficiary.wallet,project,project.wallet";
    let shown = customer.ask("GET", &format!("/rest/v1/transaction/{key}?{fields}"), "", "").await.ok();
    let shown = swift_transaction(&shown);
    assert!(shown["payments"][0]["beneficiary"]["wallet"]["account"]["number"].is_string());
    assert!(shown["project"]["wallet"]["account"]["number"].is_string());

    let code = r#"{"reservation_code":"0112345678903305676022535991"}"#;
    swift_transaction(
        &customer.ask("PUT", &format!("/rest/v1/transaction/{key}/reserve"), code, "").await.ok(),
    );
    let list = till.ask("GET", "/rest/v1/transactions?status=reserved&from=0", "", place).await.ok();
    assert_eq!(list.json()["transactions"][0]["transaction_key"], key);
    let confirmed = till.ask("PUT", &format!("/rest/v1/transaction/{key}/confirm"), "", place).await.ok();
    assert_eq!(swift_transaction(&confirmed)["status"], "confirmed");
    till.ask("DELETE", "/rest/v1/spot/15", "", place).await.ok();
    let wallet = customer.ask("GET", "/rest/v1/wallet/me", "", "").await.ok().json();
    assert!(wallet["account"]["number"].is_string());
    done(sandbox).await;
}

#[tokio::test]
async fn any_other_port_or_a_changed_ext_is_refused() {
    let sandbox = sandbox().await;
    let uri = "/rest/v1/wallet/me";
    for (port, signed, sent, status) in [
        ("443", "", "", 200),
        ("8443", "", "", 401),
        ("443", "&a=1", "a=1", 401),
        ("443", "&a=1", "&a=1", 200),
    ] {
        let nonce = format!("{port}{signed}{sent}").replace(['&', '='], "x");
        let ts = sandbox.clock().now().to_string();
        let mac = mac(seed::RETAILER_MAC_KEY, [&ts, &nonce, "GET", uri, "localhost", port, signed]);
        let id = seed::RETAILER_CLIENT_ID;
        let head = [
            format!("GET {uri} HTTP/1.1"),
            "Host: LocalHost".to_owned(),
            format!(
                "Authorization: MAC id=\"{id}\", ts=\"{ts}\", nonce=\"{nonce}\", mac=\"{mac}\", ext=\"{sent}\""
            ),
        ];
        assert_eq!(send(sandbox.address(), &head, "").await.status, status, "{port} {signed} {sent}");
    }
    done(sandbox).await;
}
