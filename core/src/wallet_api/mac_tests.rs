use serde::Deserialize;

use super::*;
use crate::wallet_api::credentials::MacKey;

/// A published, derived or sample signature (see the file's `source` fields).
#[derive(Clone, Deserialize)]
struct Vector {
    name: String,
    origin: String,
    id: String,
    key: String,
    ts: String,
    nonce: String,
    method: String,
    request_uri: String,
    host: String,
    port: String,
    body: Option<String>,
    ext: String,
    authorization_header: String,
}

impl Vector {
    fn header(&self) -> Result<String, MacError> {
        authorization_header(
            &MacCredentials::new(self.id.clone(), MacKey::new(self.key.clone())),
            &RequestToSign {
                timestamp: UnixSeconds(self.ts.parse().unwrap()),
                nonce: &self.nonce,
                method: &self.method,
                uri: &self.request_uri,
                host: &self.host,
                port: self.port.parse().unwrap(),
                ext: &Ext::verbatim(&self.ext),
            },
        )
    }

    fn signature(&self) -> Option<String> {
        let header = self.header().ok()?;
        let (_, rest) = header.split_once("mac=\"").unwrap();
        Some(rest.split_once('"').unwrap().0.to_owned())
    }
}

fn vectors() -> Vec<Vector> {
    serde_json::from_str(include_str!("../../tests/data/mac-vectors.json")).unwrap()
}

#[test]
fn every_vector_is_reproduced() {
    let vectors = vectors();
    assert_eq!(vectors.iter().filter(|vector| vector.origin == "published").count(), 14);
    for vector in &vectors {
        assert_eq!(vector.header().as_ref(), Ok(&vector.authorization_header), "{}", vector.name);
    }
    println!("{} signatures reproduced", vectors.len());
}

#[test]
fn the_body_hash_is_over_the_exact_bytes() {
    for vector in vectors() {
        let Some(body) = &vector.body else { continue };
        // Swift leaves the slash as it is; the hash is the same.
        let hash = vector.ext.split('&').next().unwrap().replace('/', "%2F");
        assert_eq!(Ext::new(body.as_bytes(), &[]).as_str(), hash, "{}", vector.name);
        for (position, byte) in body.bytes().enumerate() {
            let mut changed = body.clone().into_bytes();
            changed[position] = byte ^ 1;
            assert_ne!(Ext::new(&changed, &[]).as_str(), hash);
        }
    }
}

#[test]
fn ext_names_the_body_then_the_parameters_and_never_begins_with_an_ampersand() {
    let parameters = [("project_id", "1234".to_owned()), ("location_id", "9975".to_owned())];
    assert_eq!(Ext::new(b"", &parameters).as_str(), "project_id=1234&location_id=9975");
    assert_eq!(Ext::new(b"", &[]).as_str(), "");
    let vector = vectors().into_iter().find(|vector| vector.name == "derived-php-parameters").unwrap();
    assert_eq!(Ext::new(vector.body.unwrap().as_bytes(), &parameters).as_str(), vector.ext);
}

/// Every text that differs from `text` in one bit and is text still.
fn one_bit_off(text: &str) -> Vec<String> {
    let flips = (0..text.len()).flat_map(|position| (0..8).map(move |bit| (position, 1_u8 << bit)));
    let flipped = flips.filter_map(|(position, bit)| {
        let mut bytes = text.as_bytes().to_vec();
        bytes[position] ^= bit;
        String::from_utf8(bytes).ok()
    });
    flipped.collect()
}

#[test]
fn one_bit_of_any_part_changes_the_mac() {
    for vector in vectors() {
        let right = vector.signature().unwrap();
        let mut wrong = Vec::new();
        for bit in 0..40 {
            let ts = (vector.ts.parse::<i64>().unwrap() ^ (1 << bit)).to_string();
            wrong.push(Vector { ts, ..vector.clone() });
        }
        for bit in 0..16 {
            let port = (vector.port.parse::<u16>().unwrap() ^ (1 << bit)).to_string();
            wrong.push(Vector { port, ..vector.clone() });
        }
        wrong.extend(one_bit_off(&vector.nonce).into_iter().map(|nonce| Vector { nonce, ..vector.clone() }));
        wrong.extend(one_bit_off(&vector.ext).into_iter().map(|ext| Vector { ext, ..vector.clone() }));
        wrong.extend(one_bit_off(&vector.key).into_iter().map(|key| Vector { key, ..vector.clone() }));
        wrong.extend(
            one_bit_off(&vector.request_uri)
                .into_iter()
                .map(|request_uri| Vector { request_uri, ..vector.clone() }),
        );
        let other_than_case = |text: &str| {
            let mut flipped = one_bit_off(text);
            flipped.retain(|changed| !changed.eq_ignore_ascii_case(text));
            flipped
        };
        wrong.extend(
            other_than_case(&vector.method).into_iter().map(|method| Vector { method, ..vector.clone() }),
        );
        wrong.extend(other_than_case(&vector.host).into_iter().map(|host| Vector { host, ..vector.clone() }));
        assert!(wrong.len() > 400);
        for changed in wrong {
            assert_ne!(changed.signature().as_ref(), Some(&right), "{}", vector.name);
        }
    }
}

#[test]
fn letter_case_of_method_and_host_does_not_matter() {
    for vector in vectors() {
        let changed = Vector {
            method: vector.method.to_lowercase(),
            host: vector.host.to_uppercase(),
            ..vector.clone()
        };
        assert_eq!(changed.signature(), vector.signature());
    }
}

#[test]
fn what_would_break_the_header_is_refused() {
    let vector = vectors().remove(0);
    for nonce in ["a\"b", "a\\b", "a\nb", "ä"] {
        let vector = Vector { nonce: nonce.to_owned(), ..vector.clone() };
        assert_eq!(vector.header(), Err(MacError::IllegalCharacter { part: "nonce" }));
    }
    let injected = Vector { id: "x\", mac=\"y".to_owned(), ..vector };
    assert_eq!(injected.header(), Err(MacError::IllegalCharacter { part: "id" }));
}
