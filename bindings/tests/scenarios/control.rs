//! The sandbox's control API.

use serde_json::Value;

pub(crate) struct Control {
    base: String,
    client: reqwest::Client,
}

impl Control {
    pub(crate) fn new(base: String) -> Self {
        // Another test of this process may have done so.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self { base, client: reqwest::Client::new() }
    }

    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    pub(crate) async fn call(&self, method: &str, path: &str, body: Option<&Value>) -> Value {
        let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        let url = format!("{}{path}", self.base.trim_end_matches('/'));
        let mut request = self.client.request(method, url);
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let answer = request.send().await.expect("an answer");
        let status = answer.status();
        let text = answer.text().await.expect("a text");
        assert!(status.is_success(), "{path}: {status}: {text}");
        if text.is_empty() { Value::Null } else { serde_json::from_str(&text).expect("JSON") }
    }

    /// What a wallet can spend now, in minor units of lari.
    pub(crate) async fn at_disposal(&self, wallet: u64) -> i64 {
        let state = self.call("GET", "/sandbox/state", None).await;
        let wallets = state["wallets"].as_array().expect("wallets");
        let of_wallet = |entry: &&Value| entry["wallet"] == wallet;
        let balances = &wallets.iter().find(of_wallet).expect("the wallet")["balances"];
        let in_lari = |entry: &&Value| entry["currency"] == "GEL";
        let balance = balances.as_array().and_then(|balances| balances.iter().find(in_lari));
        balance.and_then(|balance| balance["at_disposal"].as_i64()).unwrap_or(0)
    }
}
