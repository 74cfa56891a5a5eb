use proptest::prelude::*;

use super::*;

fn malformed_kind(text: &str) -> Option<CodeKind> {
    match Code::parse(text) {
        Err(CodeError::Malformed { kind, .. }) => Some(kind),
        _ => None,
    }
}

#[test]
fn documented_examples_are_read() {
    let key = TransactionKey::parse("ATaNL6X6CivO2Ou0FMPt").unwrap();
    let spot =
        Code::Spot { location: LocationId(9975), identifier: SpotIdentifier::parse("table1").unwrap() };
    for (text, code) in [
        ("PAYSERA%ATaNL6X6CivO2Ou0FMPt", Code::Transaction(key.clone())),
        ("PAYSERA*9975:table1", spot.clone()),
        ("EVP000000014471", Code::Wallet(WalletId::new(14471).unwrap())),
        ("EVP0010001000101", Code::Account(AccountNumber::parse("EVP0010001000101").unwrap())),
        (
            "0155567464130298871198969060",
            Code::Reservation(ReservationCode::parse("0155567464130298871198969060").unwrap()),
        ),
        ("https://paysera.com/app?qr=PAYSERA%2A9975%3Atable1", spot.clone()),
        ("HTTPS://WWW.PAYSERA.COM/app?utm=x&qr=PAYSERA*9975:table1#top", spot),
        (" \r\n PAYSERA%ATaNL6X6CivO2Ou0FMPt\n", Code::Transaction(key.clone())),
        (
            "paysera://transaction?key=ATaNL6X6CivO2Ou0FMPt&callback=myapp%3A%2F%2Fdone",
            Code::DeepLink { key, callback: Some("myapp://done".to_owned()) },
        ),
    ] {
        assert_eq!(Code::parse(text), Ok(code), "{text}");
    }
}

#[test]
fn a_percent_sign_that_a_link_did_not_escape_is_forgiven() {
    let key = "ATaNL6X6CivO2Ou0FMPt";
    let hex_like = "41aNL6X6CivO2Ou0FMPt";
    let not_utf8 = "FFaNL6X6CivO2Ou0FMPt";
    for key in [key, hex_like, not_utf8] {
        let code = Code::Transaction(TransactionKey::parse(key).unwrap());
        assert_eq!(Code::parse(&format!("https://paysera.com/app?qr=PAYSERA%{key}")), Ok(code.clone()));
        assert_eq!(Code::parse(&format!("https://paysera.com/app?qr=PAYSERA%25{key}")), Ok(code));
    }
}

#[test]
fn twelve_digits_after_evp_are_a_wallet_and_any_other_count_an_account() {
    for digits in 1..=32 {
        let text = format!("EVP{}", "1".repeat(digits));
        let kind = Code::parse(&text).map(|code| code.kind());
        assert_eq!(kind, Ok(if digits == 12 { CodeKind::Wallet } else { CodeKind::Account }), "{text}");
    }
}

#[test]
fn digits_are_a_reservation_code_only_at_a_reservation_codes_length() {
    for digits in 1..=60 {
        let parsed = Code::parse(&"7".repeat(digits));
        if (20..=40).contains(&digits) {
            assert_eq!(parsed.map(|code| code.kind()), Ok(CodeKind::Reservation));
        } else {
            assert_eq!(parsed, Err(CodeError::NotPaysera));
        }
    }
}

#[test]
fn damaged_codes_say_what_they_look_like() {
    for (text, kind) in [
        ("PAYSERA%short", CodeKind::Transaction),
        ("PAYSERA%has a blank in it", CodeKind::Transaction),
        ("PAYSERA*9975", CodeKind::Spot),
        ("PAYSERA*:table1", CodeKind::Spot),
        ("PAYSERA*9975:", CodeKind::Spot),
        ("PAYSERA*-1:table1", CodeKind::Spot),
        ("PAYSERA*99999999999999999999:t", CodeKind::Spot),
        ("PAYSERA*1:a\u{7}b", CodeKind::Spot),
        ("EVP000000000000", CodeKind::Wallet),
        ("EVP00000001447x", CodeKind::Wallet),
        ("EVP", CodeKind::Account),
        ("EVPabc", CodeKind::Account),
        ("http://paysera.com/app?qr=EVP000000014471", CodeKind::AppLink),
        ("https://paysera.com:8443/app?qr=EVP000000014471", CodeKind::AppLink),
        ("https://x@paysera.com/app?qr=EVP000000014471", CodeKind::AppLink),
        ("https://paysera.com/app", CodeKind::AppLink),
        (
            "https://paysera.com/app?qr=https%3A%2F%2Fpaysera.com%2Fapp%3Fqr%3DEVP000000014471",
            CodeKind::AppLink,
        ),
        ("paysera://transaction", CodeKind::DeepLink),
        ("paysera://transaction?key=a%20b", CodeKind::DeepLink),
        ("paysera://settings?key=ATaNL6X6CivO2Ou0FMPt", CodeKind::DeepLink),
    ] {
        assert_eq!(malformed_kind(text), Some(kind), "{text}");
    }
}

#[test]
fn foreign_texts_are_named_as_such() {
    for text in [
        "",
        "   ",
        "hello",
        "4006381333931",
        "paysera%ATaNL6X6CivO2Ou0FMPt",
        "PAYSERA",
        "https://example.com/app?qr=EVP000000014471",
        "https://paysera.com.example.com/app?qr=EVP000000014471",
        "https://paysera.com@example.com/app?qr=EVP000000014471",
        "https://paysera.com/other?qr=EVP000000014471",
        // Names that look alike, one of them in letters that a part of `url` once panicked at.
        "https://p\u{430}ysera.com/app?qr=EVP000000014471",
        "https://payserA\u{471}.com/app?qr=EVP000000014471",
        "https://",
        "javascript:alert(1)",
        "WIFI:S:home;;",
    ] {
        assert_eq!(Code::parse(text), Err(CodeError::NotPaysera), "{text}");
    }
    let long = "P".repeat(MAX_TEXT_BYTES + 1);
    assert_eq!(Code::parse(&long), Err(CodeError::TooLong { bytes: MAX_TEXT_BYTES + 1 }));
}

#[test]
fn debug_does_not_show_a_reservation_code() {
    let code = Code::parse("0155567464130298871198969060").unwrap();
    assert_eq!(format!("{code:?}"), "Reservation(ReservationCode(28 digits))");
}

fn transaction_key() -> impl Strategy<Value = TransactionKey> {
    "[A-Za-z0-9]{8,32}".prop_map(|text| TransactionKey::parse(&text).unwrap())
}

fn any_code() -> impl Strategy<Value = Code> {
    prop_oneof![
        transaction_key().prop_map(Code::Transaction),
        (any::<u64>(), "[^\\pC]{1,40}").prop_filter_map("ends in white space", |(location, identifier)| {
            let identifier = SpotIdentifier::parse(&identifier).ok()?;
            Some(Code::Spot { location: LocationId(location), identifier })
        }),
        (1..=WalletId::MAX).prop_map(|number| Code::Wallet(WalletId::new(number).unwrap())),
        "EVP([0-9]{1,11}|[0-9]{13,32})".prop_map(|text| Code::Account(AccountNumber::parse(&text).unwrap())),
        "[0-9]{20,40}".prop_map(|text| Code::Reservation(ReservationCode::parse(&text).unwrap())),
        (transaction_key(), proptest::option::of(".{0,60}"))
            .prop_map(|(key, callback)| Code::DeepLink { key, callback }),
    ]
}

proptest! {
    #[test]
    fn printed_codes_are_read_back(code in any_code()) {
        prop_assert_eq!(Code::parse(&code.to_text()), Ok(code));
    }

    #[test]
    fn codes_in_app_links_are_read_back(code in any_code()) {
        prop_assert_eq!(Code::parse(&AppLink(code.clone()).to_text()), Ok(code));
    }

    #[test]
    fn arbitrary_text_never_panics(text in "\\PC*") {
        let _ = Code::parse(&text);
    }

    #[test]
    fn text_that_begins_like_a_code_never_panics(
        prefix in prop_oneof![
            Just("PAYSERA%"), Just("PAYSERA*"), Just("EVP"), Just("https://paysera.com/app?qr="), Just("paysera://"),
        ],
        rest in ".*",
    ) {
        let _ = Code::parse(&format!("{prefix}{rest}"));
    }
}
