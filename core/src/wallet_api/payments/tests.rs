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
        password: Some(NewPassword::Provided(Secret::new("pa55word".to_owned()))),
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
    for (from, to) in [("\"0.03\"", "\"3.00\""), ("\"0.01\"", "\"1\""), ("\"2.50\"", "\"25\"")] {
        assert!(serde_json::from_str::<Payment>(&text.replace(from, to)).is_err(), "{to}");
    }
}
