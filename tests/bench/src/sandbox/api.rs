//! Signed requests with the sandbox's own signer.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use paysera_sandbox::mac::{self, RequestToSign};
use paysera_sandbox::seed;
use serde_json::Value;

use super::CUSTOMER as PAYER;
use crate::error::Error;

/// Who signs.
pub(super) struct Signer {
    id: &'static str,
    mac_key: &'static str,
    parameters: &'static [(&'static str, &'static str)],
}

/// The till at the location with all services.
pub(super) const RETAILER: Signer = Signer {
    id: seed::RETAILER_CLIENT_ID,
    mac_key: seed::RETAILER_MAC_KEY,
    parameters: &[("project_id", "1234"), ("location_id", "9975")],
};

/// The customer's app.
pub(super) const CUSTOMER: Signer = Signer { id: PAYER.token, mac_key: PAYER.mac_key, parameters: &[] };

/// A connection pool and what signing needs.
pub(super) struct Api {
    http: reqwest::Client,
    address: SocketAddr,
    nonce: AtomicU64,
}

/// An answer and how long it took.
pub(super) struct Answer {
    pub(super) json: Value,
    pub(super) took: Duration,
}

impl Api {
    pub(super) fn new(address: SocketAddr) -> Self {
        Self { http: reqwest::Client::new(), address, nonce: AtomicU64::new(0) }
    }

    /// Sends `request`, whose name is `name`; anything but 200 ends the run.
    pub(super) async fn send(
        &self,
        name: &'static str,
        signer: &Signer,
        method: &str,
        path: &str,
        body: String,
    ) -> Result<Answer, Error> {
        let no_answer = |source| Error::NoAnswer { request: name, source };
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let nonce = format!("bench{:016x}", self.nonce.fetch_add(1, Ordering::Relaxed));
        let authorization = mac::sign(&RequestToSign {
            id: signer.id,
            mac_key: signer.mac_key,
            timestamp: i64::try_from(now).unwrap_or(i64::MAX),
            nonce: &nonce,
            method,
            request_uri: path,
            host: "127.0.0.1",
            port: self.address.port(),
            body: body.as_bytes(),
            parameters: signer.parameters,
        });
        let method = method.parse().unwrap_or(reqwest::Method::GET);
        let start = Instant::now();
        let response = self
            .http
            .request(method, format!("http://{}{path}", self.address))
            .header("authorization", authorization)
            .header("content-type", "application/json")
            .body(body)
            .send()
            .await
            .map_err(no_answer)?;
        let status = response.status().as_u16();
        let bytes = response.bytes().await.map_err(no_answer)?;
        let took = start.elapsed();
        if status != 200 {
            let body = String::from_utf8_lossy(&bytes).into_owned();
            return Err(Error::Refused { request: name, status, body });
        }
        let json =
            serde_json::from_slice(&bytes).map_err(|_| Error::Incomplete { request: name, field: "JSON" })?;
        Ok(Answer { json, took })
    }

    /// What a signer's wallet can spend, in minor units of GEL.
    pub(super) async fn balance(&self, signer: &Signer) -> Result<i64, Error> {
        let path = "/rest/v1/wallet/me/balance";
        let answer = self.send("balance", signer, "GET", path, String::new()).await?;
        answer
            .json
            .pointer("/GEL/at_disposal")
            .and_then(Value::as_i64)
            .ok_or(Error::Incomplete { request: "balance", field: "GEL.at_disposal" })
    }
}
