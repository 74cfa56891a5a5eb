use serde_json::json;

use super::*;
use crate::clock::UnixSeconds;
use crate::code::LocationId;
use crate::money::{Currency, Money};
use crate::secret::Secret;
use crate::wallet_api::allowances::AllowanceId;
use crate::wallet_api::page::Window;
use crate::wallet_api::payments::{
    FundsSource, FundsSourceType, NewBeneficiary, NewPayment, PaymentId, PaymentPurpose,
};
use crate::wallet_api::projects::ProjectId;
use crate::wallet_api::users::{IdentificationLevel, UserType};

const CONFIRMED: &str = r#"{"transaction_key":"CiGEL0000000000000B1","created_at":1760000000,"status":"confirmed",
  "type":"automatic","wallet":2112,"confirmed_at":1760000085,"valid_for_payment_card_debit":false,
  "reserve":{"for":2592000},"use_allowance":true,"suggest_allowance":false,"auto_confirm":false,
  "project_id":1234,"location_id":9975,"payments":[{"id":186975533,"transaction_key":"CiGEL0000000000000B1",
  "created_at":1760000000,"status":"confirmed","cancelable":false,"price":5000,"currency":"GEL",
  "price_decimal":"50.00","freeze":{"for":0},"freeze_for":0,"description":"Cash deposit",
  "beneficiary":{"id":14471},"wallet":2112,"purpose":"cash","confirmed_at":1760000085}],"inquiries":[]}"#;

fn read(json: &str) -> Result<Transaction, String> {
    serde_json::from_str(json).map_err(|error| error.to_string())
}

#[test]
fn the_sample_of_a_settled_cash_in_is_read() {
    insta::assert_json_snapshot!(read(CONFIRMED).unwrap());
}

#[test]
fn optional_fields_may_be_missing_or_null_and_unknown_values_are_kept() {
    let transaction = read(
        r#"{"transaction_key":"pDAlAZ3z","created_at":1,"status":"on_the_moon","type":"telepathy","wallet":null,
            "reserve":null,"auto_confirm":null,"payments":null,"project":null,"something_new":{"a":[1]}}"#,
    )
    .unwrap();
    assert_eq!(transaction.status, TransactionStatus::Other("on_the_moon".to_owned()));
    assert_eq!(transaction.accepted_by, Some(TransactionType::Other("telepathy".to_owned())));
    assert_eq!(transaction.payments, []);
}

#[test]
fn an_amount_that_contradicts_itself_is_an_error_not_a_choice() {
    let error = read(&CONFIRMED.replace("50.00", "5.00")).unwrap_err();
    assert!(error.contains("50.00 GEL in minor units and 5.00 GEL as a decimal"), "{error}");
}

#[test]
fn a_key_that_does_not_belong_in_a_path_is_refused() {
    assert!(read(&CONFIRMED.replace("CiGEL0000000000000B1", "../wallet/1")).is_err());
}

fn create_transaction() -> CreateTransaction {
    CreateTransaction {
        payments: vec![NewPayment {
            beneficiary: Some(NewBeneficiary::Id(WalletId::new(14471).unwrap())),
            purpose: Some(PaymentPurpose::Cash),
            parameters: Some(json!({"attempt": "a", "kind": "cash_in"})),
            ..NewPayment::new("Cash deposit", Money::from_minor(5000, Currency::GEL))
        }],
        reserve: Some(Reserve::For(900)),
        use_allowance: true,
        auto_confirm: false,
        callback_uri: CallbackUri::Disabled,
        ..CreateTransaction::default()
    }
}

#[test]
fn a_cash_in_as_it_is_sent() {
    insta::assert_json_snapshot!(create_transaction());
}

#[test]
fn a_payment_with_defaults_as_it_is_sent() {
    let mut create = create_transaction();
    create.reserve = Some(Reserve::Until(UnixSeconds(1_760_000_000)));
    create.callback_uri = CallbackUri::ProjectDefault;
    for payment in &mut create.payments {
        payment.beneficiary = None;
        payment.purpose = None;
        payment.parameters = None;
    }
    insta::assert_json_snapshot!(create);
}

#[test]
fn payers_as_they_are_sent() {
    insta::assert_json_snapshot!([
        Payer::Id(WalletId::new(14471).unwrap()),
        Payer::Email("payer@example.com".to_owned()),
        Payer::Phone("995555000000".to_owned()),
        Payer::AccountNumber("EVP0010001000101".to_owned()),
        Payer::Card { issuer: "sandbox".to_owned(), number: Secret::new("9000".to_owned()) },
    ]);
}

#[test]
fn a_transaction_with_everything_as_it_is_sent() {
    insta::assert_json_snapshot!(CreateTransaction {
        existing_payments: vec![PaymentId(186_975_531)],
        allowance: Some(AllowanceRequest::Existing { id: AllowanceId(784), optional: true }),
        suggest_allowance: true,
        redirect_uri: Some("https://shop.example/back".to_owned()),
        callback_uri: CallbackUri::To("https://shop.example/callback".to_owned()),
        payer_email: Some("payer@example.com".to_owned()),
        restrictions: Some(AccountOwner {
            kind: Some(UserType::Natural),
            level: Some(IdentificationLevel::Identified),
            requirements: Some(vec!["identity".to_owned()]),
        }),
        inquiries: vec![Inquiry {
            identifier: "who".to_owned(),
            kind: InquiryType::Required,
            description: None,
            items: vec![InquiryItem {
                identifier: "code".to_owned(),
                kind: InquiryItemType::PersonCode,
                title: "Personal code".to_owned(),
            }],
            status: None,
        }],
        ..create_transaction()
    });
}

#[test]
fn acceptances_as_they_are_sent() {
    let secret = |text: &str| Secret::new(text.to_owned());
    let payer = Payer::Id(WalletId::new(14471).unwrap());
    let code = ReservationCode::parse("0112345678903305676022535991").unwrap();
    let source = FundsSource { kind: Some(FundsSourceType::Sell), details: Some("A car".to_owned()) };
    let mut last =
        Acceptance::from(Consent::Allowance { payer: payer.clone() }).funds_source(PaymentId(7), source);
    last.revokes = Some(TransactionKey::parse("pDAlAZ3z").unwrap());
    let acceptances = [
        Consent::ReservationCode(code).into(),
        Consent::SmsCode(secret("5ms")).into(),
        Consent::Pin { payer, pin: secret("p1n") }.into(),
        last,
    ];
    insta::assert_json_snapshot!(acceptances);
    let shown = format!("{acceptances:?}");
    assert!(!shown.contains("5ms") && !shown.contains("p1n") && !shown.contains("33056760"), "{shown}");
}

#[test]
fn answers_to_inquiries_are_read_also_of_new_kinds() {
    let read = |value: &str| {
        let text = format!(
            r#"{{"inquiry_identifier":"a","item_identifier":"b","item_type":"user_identity","value":{value}}}"#
        );
        serde_json::from_str::<InquiredItem>(&text).unwrap().value
    };
    assert_eq!(read("\"0100\""), InquiredValue::PersonCode("0100".to_owned()));
    assert!(matches!(read(r#"{"name":"A","surname":"B"}"#), InquiredValue::UserIdentity(_)));
    assert!(matches!(read("[1]"), InquiredValue::Other(_)));
}

#[test]
fn a_filter_says_only_what_it_filters() {
    assert!(TransactionFilter::default().pairs().all(|(_, value)| value.is_none()));
    let filter = TransactionFilter {
        project: Some(ProjectId(1234)),
        location: Some(LocationId(9975)),
        statuses: vec![TransactionStatus::New, TransactionStatus::Reserved],
        from: Some(UnixSeconds(5)),
        to: Some(UnixSeconds(9)),
        window: Window { limit: Some(200), offset: Some(400) },
    };
    assert_eq!(
        filter.pairs().filter(|(_, value)| value.is_some()).collect::<Vec<_>>(),
        [
            ("project_id", "1234"),
            ("location_id", "9975"),
            ("status", "new,reserved"),
            ("from", "5"),
            ("to", "9"),
            ("limit", "200"),
            ("offset", "400")
        ]
        .map(|(name, value)| (name, Some(value.to_owned())))
    );
}

#[test]
fn an_odd_decoration_takes_no_transaction_along() {
    let odd = |fields: &str| {
        read(&format!(r#"{{"transaction_key":"pDAlAZ3z","created_at":1,"status":"new",{fields}}}"#))
    };
    for fields in [
        r#""reserve":[],"project":[],"restrictions":[],"redirect_uri":false,"manager_id":"m""#,
        r#""inquiries":[{"identifier":"a","type":"new","items":[{"identifier":"b","type":"c","title":null}]}]"#,
    ] {
        assert!(odd(fields).is_ok(), "{fields}");
    }
    let both = odd(r#""reserve":{"for":60,"until":9}"#).unwrap();
    assert_eq!(both.reserve, Some(Reserve::Until(UnixSeconds(9))));
    // Money that is paid and states are no decorations.
    for fields in [r#""payments":[{"id":1,"status":"new","price":1,"currency":"JPY"}]"#, r#""wallet":"w""#] {
        assert!(odd(fields).is_err(), "{fields}");
    }
}
