use serde_json::json;

use super::*;
use crate::money::Currency;

fn gel(minor: i64) -> Money {
    Money::from_minor(minor, Currency::GEL)
}

fn everything() -> NewPayment {
    NewPayment {
        items: vec![Item {
            title: "Bread".to_owned(),
            description: Some("Dark".to_owned()),
            image_uri: None,
            price: gel(250),
            quantity: 2,
            parameters: Some(json!({"sku": 7})),
        }],
        beneficiary: Some(NewBeneficiary::Email("payee@example.com".to_owned())),
        purpose: Some(PaymentPurpose::Tips),
        commission: Commission { incoming: Some(gel(1)), outgoing: Some(gel(2)) },
        cashback: Some(gel(3)),
        freeze: Some(Freeze::For(3600)),
        password: Some(NewPassword::provided(Secret::new("pa55word".to_owned()))),
        price_rules: Some(PriceRules { min: Some(100), max: None, choices: Some(vec![100, 500]) }),
        funds_source: Some(FundsSource { kind: Some(FundsSourceType::Gift), details: None }),
        parameters: Some(json!({"bill": "881"})),
        ..NewPayment::new("Bill 881", gel(500))
    }
}

#[test]
fn a_payment_with_everything_as_it_is_sent() {
    insta::assert_json_snapshot!(everything());
    assert!(!format!("{:?}", everything()).contains("pa55word"));
}

#[test]
fn one_payment_has_one_currency() {
    let euro = Some(Money::from_minor(1, Currency::EUR));
    for mixed in [
        NewPayment { cashback: euro, ..everything() },
        NewPayment { commission: Commission { incoming: euro, outgoing: None }, ..everything() },
        NewPayment { price: Money::from_minor(500, Currency::EUR), ..everything() },
    ] {
        assert!(serde_json::to_string(&mixed).is_err(), "{mixed:?}");
    }
}

#[test]
fn a_payment_with_everything_is_read() {
    let text = r#"{"id":7,"transaction_key":"pDAlAZ3z","created_at":5,"status":"confirmed","cancelable":true,
        "price":500,"price_decimal":"5.00","currency":"GEL","cashback":3,"cashback_decimal":"0.03",
        "commission":{"in_commission":1,"in_commission_decimal":"0.01","out_commission_decimal":"0.02"},
        "freeze":{"for":3600},"freeze_for":1,"description":"Bill 881","beneficiary":{"id":2112},
        "items":[{"title":"Bread","price":250,"price_decimal":"2.50","currency":"GEL","quantity":2}],
        "password":{"type":"generated","status":"pending","value":"pa55word"},
        "price_rules":{"choices":[100,500]},"funds_source":{"type":"gift"}}"#;
    let payment: Payment = serde_json::from_str(text).unwrap();
    assert_eq!(payment.cashback, Some(gel(3)));
    assert_eq!(payment.commission, Commission { incoming: Some(gel(1)), outgoing: Some(gel(2)) });
    assert_eq!(payment.freeze, Some(Freeze::For(3600)));
    assert_eq!(payment.items[0].price, gel(250));
    assert_eq!(payment.password.as_ref().unwrap().status, Some(PasswordStatus::Pending));
    assert!(!format!("{payment:?}").contains("pa55word"));
    for (from, to) in [("\"0.03\"", "\"3.00\""), ("\"0.01\"", "\"1\"")] {
        assert!(serde_json::from_str::<Payment>(&text.replace(from, to)).is_err(), "{to}");
    }
}

fn odd(fields: &str) -> Result<Payment, serde_json::Error> {
    let text = format!(r#"{{"id":7,"status":"confirmed","price":500,"currency":"GEL",{fields}}}"#);
    serde_json::from_str(&text)
}

#[test]
fn an_odd_decoration_takes_no_payment_along() {
    let part = odd(r#""items":[{"title":"Cheese","price":100,"currency":"GEL","quantity":0.5},
            {"title":"Bread","price":250,"price_decimal":"25","currency":"GEL","quantity":1},
            {"title":"Wine","price":400,"currency":"GEL","quantity":1}]"#)
    .unwrap();
    assert_eq!(part.items.iter().map(|item| &*item.title).collect::<Vec<_>>(), ["Wine"]);
    assert_eq!((part.unreadable_items.len(), part.price), (2, gel(500)));
    for fields in [
        r#""freeze":[],"funds_source":[],"password":[]"#,
        r#""description":7,"items":null,"password":{"type":null}"#,
        r#""beneficiary":{"id":2112,"wallet":{"account":[]}}"#,
    ] {
        assert!(odd(fields).is_ok(), "{fields}");
    }
}

#[test]
fn what_is_paid_and_who_is_paid_is_no_decoration() {
    for fields in [
        r#""price_decimal":"50.00""#,
        r#""cashback":"x""#,
        r#""commission":{"in_commission":1,"in_commission_decimal":"1"}"#,
        r#""beneficiary":"somebody""#,
        r#""price_rules":{"min":"1.00"}"#,
    ] {
        assert!(odd(fields).is_err(), "{fields}");
    }
    let wallet = WalletId::new(2112).ok();
    assert_eq!(odd(r#""beneficiary":2112"#).unwrap().beneficiary.unwrap().id, wallet);
    let by_phone = odd(r#""beneficiary":{"phone":"995555000000"}"#).unwrap().beneficiary.unwrap();
    assert_eq!((by_phone.id, by_phone.phone.as_deref()), (None, Some("995555000000")));
}

#[test]
fn a_freeze_is_read_in_every_form() {
    let until = |moment| Some(Freeze::Until(UnixSeconds(moment)));
    for (fields, freeze) in [
        (r#""freeze":{"for":60}"#, Some(Freeze::For(60))),
        (r#""freeze":{"for":60,"until":9}"#, until(9)),
        (r#""freeze":{"for":60,"until":null},"freeze_for":7"#, Some(Freeze::For(60))),
        (r#""freeze_for":2"#, Some(Freeze::For(7200))),
        (r#""freeze_for":2,"freeze_until":9"#, until(9)),
        (r#""freeze":null"#, None),
    ] {
        assert_eq!(odd(fields).unwrap().freeze, freeze, "{fields}");
    }
}
