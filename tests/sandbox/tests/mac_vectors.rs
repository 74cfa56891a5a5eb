//! Known answers of wallet-api section 2.5: published requests, variants of the
//! three official clients, and the samples of section 14.
// Helpers of tests are tests; clippy sees only the functions marked as such.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use paysera_sandbox::mac::{self, Ext, MacHeader, RequestToSign, RequestToVerify};
use serde::Deserialize;

#[derive(Clone, Deserialize)]
struct Vector {
    name: String,
    id: String,
    key: String,
    ts: String,
    method: String,
    request_uri: String,
    host: String,
    port: String,
    body: Option<String>,
    authorization_header: String,
}

fn vectors() -> Vec<Vector> {
    serde_json::from_str(include_str!("data/mac-vectors.json")).unwrap()
}

/// Everything that the server checks of a signature, with the clock at the
/// vector's time. The vector's own port is the listener's, so that no fallback
/// hides a mistake.
fn accepted(vector: &Vector) -> bool {
    let Ok(header) = MacHeader::parse(&vector.authorization_header) else { return false };
    let request = RequestToVerify {
        method: &vector.method,
        request_uri: &vector.request_uri,
        host: &vector.host,
        listener_port: vector.port.parse().unwrap(),
    };
    let Ok(ext) = Ext::parse(&header.ext) else { return false };
    header.id == vector.id
        && mac::check_timestamp(header.timestamp, vector.ts.parse().unwrap()).is_ok()
        && mac::check_mac(&header, &vector.key, &request)
        && mac::check_body_hash(&ext, vector.body.as_deref().unwrap_or_default().as_bytes()).is_ok()
}

#[test]
fn every_vector_is_accepted() {
    let vectors = vectors();
    assert_eq!(vectors.len(), 30);
    for vector in vectors {
        assert!(accepted(&vector), "{}", vector.name);
    }
}

/// Every text that differs from `text` in one bit and is still UTF-8.
fn flipped(text: &str) -> impl Iterator<Item = String> {
    let bytes = text.as_bytes().to_vec();
    (0..bytes.len() * 8).filter_map(move |bit| {
        let mut changed = bytes.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        String::from_utf8(changed).ok()
    })
}

#[test]
fn one_flipped_bit_in_any_part_is_refused() {
    for vector in vectors() {
        let refused = |part: &str, changed: Vector| {
            assert!(!accepted(&changed), "{}: {part}", vector.name);
        };
        for key in flipped(&vector.key) {
            refused("key", Vector { key, ..vector.clone() });
        }
        for request_uri in flipped(&vector.request_uri) {
            refused("request_uri", Vector { request_uri, ..vector.clone() });
        }
        for body in vector.body.iter().flat_map(|body| flipped(body)) {
            refused("body", Vector { body: Some(body), ..vector.clone() });
        }
        for method in flipped(&vector.method).filter(|text| !text.eq_ignore_ascii_case(&vector.method)) {
            refused("method", Vector { method, ..vector.clone() });
        }
        // A colon would make the rest of the host its port.
        let hosts = flipped(&vector.host).filter(|text| !text.eq_ignore_ascii_case(&vector.host));
        for host in hosts {
            refused("host", Vector { host, ..vector.clone() });
        }
        // The values of the header; its syntax has tests beside the parser.
        for (start, value) in values(&vector.authorization_header) {
            for changed in flipped(value) {
                let mut authorization_header = vector.authorization_header.clone();
                authorization_header.replace_range(start..start + value.len(), &changed);
                refused(&format!("header {changed}"), Vector { authorization_header, ..vector.clone() });
            }
        }
    }
}

/// Position and text of every quoted value.
fn values(header: &str) -> Vec<(usize, &str)> {
    let mut start = 0;
    let mut found = Vec::new();
    for (index, part) in header.split('"').enumerate() {
        if index % 2 == 1 {
            found.push((start, part));
        }
        start += part.len() + 1;
    }
    found
}

#[test]
fn the_port_may_be_another_that_clients_sign() {
    let vector = vectors().into_iter().find(|vector| vector.port == "443").unwrap();
    assert!(accepted(&Vector { port: "8080".to_owned(), ..vector.clone() }), "443 is always a candidate");
    assert!(accepted(&Vector { host: format!("{}:8080", vector.host), ..vector }), "and beside the Host's");
    let own = vectors().into_iter().find(|vector| vector.port == "8443").unwrap();
    assert!(accepted(&Vector { host: format!("{}:8443", own.host), port: "1".to_owned(), ..own.clone() }));
    assert!(!accepted(&Vector { port: "8444".to_owned(), ..own }), "any other port is none");
}

#[test]
fn our_own_signature_is_the_php_one() {
    let vector = vectors().into_iter().find(|vector| vector.name == "php-test-post-form-body").unwrap();
    let signed = mac::sign(&RequestToSign {
        id: &vector.id,
        mac_key: &vector.key,
        timestamp: vector.ts.parse().unwrap(),
        nonce: "nQnNaSNyubfPErjRO55yaaEYo9YZfKHN",
        method: &vector.method,
        request_uri: &vector.request_uri,
        host: &vector.host,
        port: 443,
        body: vector.body.as_deref().unwrap().as_bytes(),
        parameters: &[],
    });
    assert_eq!(signed, vector.authorization_header);
}
