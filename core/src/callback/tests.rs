use proptest::prelude::*;

use super::*;

#[derive(Deserialize)]
pub(super) struct Published {
    pub(super) event: String,
    pub(super) sign: String,
    #[serde(rename = "public_key_pem")]
    pub(super) public_key: String,
}

/// The signature of the official PHP client's tests.
pub(super) fn published() -> Published {
    serde_json::from_str(include_str!("../../tests/data/callback-vector.json")).unwrap()
}

fn key() -> CallbackKey {
    CallbackKey::from_pem(&published().public_key).unwrap()
}

#[test]
fn the_published_signature_fits() {
    let Published { event, sign, .. } = published();
    let expected = CallbackEvent::Transaction {
        event: CallbackType::Reserved,
        key: TransactionKey::parse("9fPQMV4oZOPHwGN04oQQDT5sDpNIknet").unwrap(),
    };
    assert_eq!(key().verify(&event, &sign).unwrap(), expected);
}

#[track_caller]
fn assert_not_signed(event: &str, sign: &str) {
    let verified = key().verify(event, sign);
    assert!(matches!(verified, Err(CallbackError::NotSigned)), "{verified:?}");
}

#[test]
fn one_changed_byte_fits_no_more() {
    let Published { event, sign, .. } = published();
    for index in 0..event.len() {
        let mut changed = event.clone().into_bytes();
        changed[index] ^= 1;
        assert_not_signed(&String::from_utf8(changed).unwrap(), &sign);
    }
    for changed in [format!(" {event}"), format!("{event} "), format!("{event}\n"), String::new()] {
        assert_not_signed(&changed, &sign);
    }
    let bytes = STANDARD.decode(&sign).unwrap();
    for index in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[index] ^= 1;
        assert_not_signed(&event, &STANDARD.encode(changed));
    }
    for changed in ["", "AAAA", "not base64!", sign.split_at(4).1, &format!("{sign} ")] {
        assert_not_signed(&event, changed);
    }
}

#[test]
fn a_long_event_is_not_looked_at() {
    assert_not_signed(&"x".repeat(LONGEST_EVENT + 1), &published().sign);
}

#[test]
fn what_is_no_key_is_refused() {
    let pem = published().public_key;
    for text in ["", "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n", &pem.replace("MII", "MIJ")] {
        assert_eq!(CallbackKey::from_pem(text), Err(KeyError), "{text}");
    }
    assert_eq!(CallbackKey::from_pem(&pem.replace("PUBLIC", "RSA PUBLIC")), Err(KeyError));
    // As a server on another system may give it.
    assert_eq!(CallbackKey::from_pem(&pem.replace('\n', "\r\n")), Ok(key()));
}

proptest! {
    #[test]
    fn hostile_keys_and_events_never_panic(pem in ".*", der in prop::collection::vec(any::<u8>(), 0..64), event in ".*", sign in ".*") {
        let _ = CallbackKey::from_pem(&pem);
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(&der));
        if let Ok(key) = CallbackKey::from_pem(&pem) {
            let _ = key.verify(&event, &sign);
        }
        let _ = key().verify(&event, &sign);
    }
}
