//! The sample exchanges of wallet-api section 14, in one run. Where the path
//! has no transaction in it, the printed signature itself is sent; elsewhere
//! the same request is signed anew, as the key of a transaction is the server's
//! choice. What may differ in the answers is named, everything else is the same
//! byte for byte.

use paysera_sandbox::{Sandbox, seed};
use serde::Deserialize;

use crate::wire::{Answer, SAMPLE_TIME, body_hash, done, mac, sandbox, send};

#[derive(Deserialize)]
struct Sample {
    number: u8,
    method: String,
    uri: String,
    authorization: String,
    body: String,
    status: u16,
    answer: String,
}

/// The keys of transactions in the samples, and the sample that makes each.
const KEYS: [(&str, u8); 3] =
    [("ATaNL6X6CivO2Ou0FMPt", 4), ("CoGEL0000000000000A1", 9), ("CiGEL0000000000000B1", 14)];

fn attribute<'a>(authorization: &'a str, name: &str) -> &'a str {
    let Some((_, rest)) = authorization.split_once(&format!("{name}=\"")) else { return "" };
    rest.split_once('"').unwrap().0
}

/// The same request with other keys, signed as it was but for them.
fn signed_anew(sample: &Sample, uri: &str, body: &str) -> String {
    let old = |name| attribute(&sample.authorization, name);
    let (id, ts, nonce) = (old("id"), old("ts"), old("nonce"));
    let key = if id == seed::RETAILER_CLIENT_ID { seed::RETAILER_MAC_KEY } else { seed::CUSTOMER.mac_key };
    let mut ext = old("ext").to_owned();
    if !body.is_empty() {
        let hash = body_hash(body).replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
        let rest = ext.split_once('&').map_or(String::new(), |(_, rest)| format!("&{rest}"));
        ext = format!("body_hash={hash}{rest}");
    }
    let mac = mac(key, [ts, nonce, &sample.method, uri, "127.0.0.1", "8443", &ext]);
    format!("MAC id=\"{id}\", ts=\"{ts}\", nonce=\"{nonce}\", mac=\"{mac}\", ext=\"{ext}\"")
}

/// Puts the server's keys in place of the printed ones.
fn with_keys(text: &str, keys: &[(&str, String)]) -> String {
    keys.iter().fold(text.to_owned(), |text, (printed, own)| text.replace(printed, own))
}

/// Sends a sample; the answer, and whether the printed signature was sent.
async fn ask(sandbox: &Sandbox, sample: &Sample, keys: &[(&str, String)]) -> (Answer, bool) {
    let (uri, body) = (with_keys(&sample.uri, keys), with_keys(&sample.body, keys));
    let literal = uri == sample.uri && body == sample.body;
    let authorization = if literal { sample.authorization.clone() } else { signed_anew(sample, &uri, &body) };
    let mut head = vec![
        format!("{} {uri} HTTP/1.1", sample.method),
        "Host: 127.0.0.1:8443".to_owned(),
        format!("Authorization: {authorization}"),
    ];
    if !body.is_empty() {
        head.push("Content-Type: application/json".to_owned());
        head.push(format!("Content-Length: {}", body.len()));
    }
    (send(sandbox.address(), &head, &body).await, literal)
}

/// Sample 16 prints a confirmation five seconds after it was asked for.
fn time_of(sample: &Sample) -> i64 {
    let signed: i64 = attribute(&sample.authorization, "ts").parse().unwrap();
    if sample.number == 16 { signed + 5 } else { signed }
}

/// A transaction without a payment, so that no payment's number is used up.
async fn spare_transaction(sandbox: &Sandbox, like: &Sample) -> String {
    let (uri, body) = ("/rest/v1/allowance", r#"{"currency":"GEL","max_price":1}"#);
    let sample = Sample {
        number: 0,
        method: "POST".to_owned(),
        uri: uri.to_owned(),
        authorization: like.authorization.replace("nonce=\"Sample", "nonce=\"Spare"),
        body: body.to_owned(),
        status: 200,
        answer: String::new(),
    };
    let sample = Sample { authorization: signed_anew(&sample, uri, body), ..sample };
    let (answer, _) = ask(sandbox, &sample, &[]).await;
    answer.ok().json()["transaction_key"].as_str().unwrap().to_owned()
}

/// The printed answer, but for what the server chooses and the samples leave out.
fn expected(sample: &Sample, answer: &Answer, keys: &[(&str, String)]) -> String {
    let mut text = with_keys(&sample.answer, keys);
    let json = answer.json();
    // The samples write one time of creation for all transactions.
    if let Some(created) = json.get("created_at") {
        text = text.replace("\"created_at\":1760000000", &format!("\"created_at\":{created}"));
    }
    // Samples 6 and 7 leave the parameters out for brevity.
    if let 6 | 7 = sample.number {
        let payer = r#""beneficiary":{"id":2112},"wallet":14471"#;
        text = text.replace(payer, &format!(r#"{payer},"parameters":{{"client_ref":"bill-881"}}"#));
    }
    if let Some(id) = json.get("correlation_id") {
        text = text.replace('}', &format!(",\"correlation_id\":{id}}}"));
    }
    text
}

#[tokio::test]
async fn every_sample_is_answered_as_it_is_printed() {
    let samples: Vec<Sample> = serde_json::from_str(include_str!("../data/samples.json")).unwrap();
    assert_eq!(samples.iter().map(|sample| sample.number).collect::<Vec<_>>(), (1..=16).collect::<Vec<_>>());
    let sandbox = sandbox().await;
    let mut keys: Vec<(&str, String)> = Vec::new();
    let mut literal = Vec::new();
    for sample in &samples {
        sandbox.clock().set_offset(time_of(sample) - SAMPLE_TIME);
        if sample.number == 11 {
            keys.push(("CoGEL0000000000000A2", spare_transaction(&sandbox, sample).await));
        }
        let (answer, as_printed) = ask(&sandbox, sample, &keys).await;
        assert_eq!(answer.status, sample.status, "sample {}: {}", sample.number, answer.body);
        if as_printed {
            literal.push(sample.number);
        }
        if let Some((printed, _)) = KEYS.iter().find(|(_, number)| *number == sample.number) {
            keys.push((printed, answer.json()["transaction_key"].as_str().unwrap().to_owned()));
        }
        assert_eq!(answer.body, expected(sample, &answer, &keys), "sample {}", sample.number);
    }
    assert_eq!(literal, [1, 2, 3, 4, 8, 9, 13, 14], "the others name a transaction");
    done(sandbox).await;
}
