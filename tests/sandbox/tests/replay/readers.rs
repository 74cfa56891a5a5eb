//! What each official client needs of an answer to be able to read it.

use serde_json::Value;

use crate::wire::Answer;

#[track_caller]
fn has(value: &Value, names: &[&str]) {
    for name in names {
        assert!(value.get(name).is_some_and(|field| !field.is_null()), "{name} is missing in {value}");
    }
}

/// PHP compares the content type with `===` and takes an empty body for a
/// broken server (wallet-api section 1.2); Java and Swift read such an answer too.
#[track_caller]
pub(crate) fn readable(answer: &Answer) -> Value {
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert!(!answer.body.is_empty());
    answer.json()
}

/// PHP throws for any other type or algorithm, Java reads the lifetime as a
/// number, and who refreshes needs what to do it with (wallet-api section 3.1).
#[track_caller]
pub(crate) fn token(answer: &Answer) -> Value {
    let json = readable(answer);
    has(&json, &["access_token", "mac_key", "refresh_token"]);
    assert_eq!((&json["token_type"], &json["mac_algorithm"]), (&"mac".into(), &"hmac-sha-256".into()));
    assert!(json["expires_in"].is_i64(), "{json}");
    json
}

#[track_caller]
pub(crate) fn php_transaction(answer: &Answer) -> Value {
    let json = readable(answer);
    has(&json, &["transaction_key", "created_at", "status"]);
    for payment in json["payments"].as_array().unwrap() {
        has(payment, &["id", "transaction_key", "created_at", "status", "price_decimal", "currency"]);
    }
    json
}

#[track_caller]
pub(crate) fn php_list(answer: &Answer, plural: &str) -> Value {
    let json = readable(answer);
    has(&json["_metadata"], &["total", "offset", "limit"]);
    assert!(json[plural].is_array(), "{json}");
    json
}

/// PHP reads the end of an allowance and the time of its limits only from here
/// (wallet-api section 6.1).
#[track_caller]
pub(crate) fn php_allowance(answer: &Answer) -> Value {
    let json = readable(answer);
    has(&json, &["id", "transaction_key", "created_at", "status", "currency"]);
    assert!(json.get("valid_until").is_some() || json.get("valid_for").is_some(), "{json}");
    for limit in json["limits"].as_array().into_iter().flatten() {
        has(limit, &["time"]);
    }
    json
}

/// PHP builds a client of all of these (wallet-api section 3.4).
#[track_caller]
pub(crate) fn php_client(answer: &Answer) -> Value {
    let json = readable(answer);
    has(&json, &["id", "type", "permissions", "title", "hosts"]);
    json
}

/// Java needs the price and whether it can be cancelled.
#[track_caller]
pub(crate) fn java_transaction(answer: &Answer) -> Value {
    let json = readable(answer);
    for payment in json["payments"].as_array().unwrap() {
        has(payment, &["price", "cancelable"]);
        assert!(payment["beneficiary"].is_object(), "{payment}");
    }
    json
}

/// Java's reader of money begins at `amount` and swallows everything until it
/// has seen the other two (wallet-api section 6.3): they stand together.
#[track_caller]
pub(crate) fn java_money(answer: &Answer) {
    readable(answer);
    let places: Vec<_> = answer.body.match_indices("\"amount\":").collect();
    assert!(!places.is_empty(), "{}", answer.body);
    for (place, _) in places {
        let (_, rest) = answer.body.split_at(place);
        let names: Vec<_> = rest.split(',').take(3).collect();
        assert!(names[1].starts_with("\"amount_decimal\":"), "{names:?}");
        assert!(names[2].starts_with("\"currency\":"), "{names:?}");
    }
}

/// Java does not skip unknown names inside images and days (wallet-api section
/// 7.1).
#[track_caller]
pub(crate) fn java_locations(answer: &Answer) {
    for location in readable(answer).as_array().unwrap() {
        for day in location["working_hours"].as_object().unwrap().values() {
            let names: Vec<_> = day.as_object().unwrap().keys().collect();
            assert_eq!(names, ["closing_time", "opening_time"]);
        }
        if let Some(images) = location.get("images") {
            let names: Vec<_> = images.as_object().unwrap().keys().collect();
            assert_eq!(names, ["pin_closed", "pin_open"]);
        }
    }
}

/// Java loses the code of an error that is no object with `error`.
#[track_caller]
pub(crate) fn java_error(answer: &Answer) {
    let json = readable(answer);
    has(&json, &["error"]);
    for name in ["error_properties", "error_data"] {
        assert!(json.get(name).is_none_or(Value::is_object), "{json}");
    }
    assert!(answer.header("paysera-correlation-id").is_some());
}

/// Swift reads this as non-optional; optional elements are left out, never
/// `null` (wallet-api sections 1.2 and 5.1).
#[track_caller]
pub(crate) fn swift_transaction(answer: &Answer) -> Value {
    let json = readable(answer);
    assert!(json["valid_for_payment_card_debit"].is_boolean());
    no_nulls(&json);
    json
}

#[track_caller]
pub(crate) fn no_nulls(value: &Value) {
    match value {
        Value::Null => panic!("an optional element must be left out"),
        Value::Array(items) => items.iter().for_each(no_nulls),
        Value::Object(fields) => fields.values().for_each(no_nulls),
        _ => {}
    }
}
