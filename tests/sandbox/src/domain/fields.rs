//! Reading JSON objects that strangers sent: each refusal names its path, for
//! example `payments[0].price`.

use paysera_core::money::{Currency, Money};
use serde_json::{Map, Value};

use super::redirect;
use crate::error::Refusal;

/// The largest price in minor units: far above any till, far below an overflow
/// of any sum.
pub(crate) const MAX_PRICE: i64 = 99_999_999_999;

/// Most characters of a text: a list of 200 must stay readable on a phone.
pub(crate) const MAX_TEXT: usize = 4096;

/// Most bytes of free JSON that is kept and echoed.
const MAX_FREE_JSON_BYTES: usize = 16_384;

/// Deepest free JSON: it comes back inside of lists, and clients stop reading
/// at some depth.
const MAX_FREE_JSON_DEPTH: usize = 32;

/// Reads a body; empty and `[]` stand for `{}` because PHP encodes an empty
/// object as `[]` (wallet-api section 1.3).
pub(crate) fn object(body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Map::new());
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(Value::Array(items)) if items.is_empty() => Ok(Map::new()),
        Ok(_) => Err(Refusal::Malformed("The body must be a JSON object".to_owned())),
        Err(error) => Err(Refusal::Malformed(format!("The body is not JSON: {error}"))),
    }
}

/// One object and where it stands in the body.
#[derive(Clone, Debug)]
pub(crate) struct Fields<'a> {
    map: &'a Map<String, Value>,
    path: String,
}

impl<'a> Fields<'a> {
    /// The body itself.
    pub(crate) const fn root(map: &'a Map<String, Value>) -> Self {
        Self { map, path: String::new() }
    }

    /// `value` as an object that stands at `path`.
    pub(crate) fn at(value: &'a Value, path: String) -> Result<Self, Refusal> {
        match value {
            Value::Object(map) => Ok(Self { map, path }),
            _ => Err(Refusal::parameter(path, "This value should be an object")),
        }
    }

    /// Refuses every field that is not one of `names`.
    pub(crate) fn only(&self, names: &[&str]) -> Result<(), Refusal> {
        match self.names().find(|name| !names.contains(name)) {
            Some(name) => Err(self.refuse(name, &format!("Unknown: it should be of {}", names.join(", ")))),
            None => Ok(()),
        }
    }

    /// The names of the fields that are there.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'a str> {
        self.map.keys().map(String::as_str)
    }

    /// The path of one field.
    pub(crate) fn path(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    /// The refusal of one field.
    pub(crate) fn refuse(&self, name: &str, reason: &str) -> Refusal {
        Refusal::parameter(self.path(name), reason)
    }

    /// The field; `null` counts as absent (wallet-api section 1.2).
    pub(crate) fn get(&self, name: &str) -> Option<&'a Value> {
        self.map.get(name).filter(|value| !value.is_null())
    }

    /// A text of at most [`MAX_TEXT`] characters.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&'a str>, Refusal> {
        let text = self.read(name, "This value should be of type string", Value::as_str)?;
        match text {
            Some(text) if text.chars().nth(MAX_TEXT).is_some() => {
                Err(self.refuse(name, &format!("This value is too long, at most {MAX_TEXT} characters")))
            }
            _ => Ok(text),
        }
    }

    /// A URI to send a browser or an app to.
    pub(crate) fn uri(&self, name: &str) -> Result<Option<&'a str>, Refusal> {
        let text = self.text(name)?;
        let spaced = |text: &str| text.chars().any(|c| c.is_control() || c.is_whitespace());
        match text {
            Some(text) if spaced(text) || redirect::parse(text, &[]).is_err() => Err(self
                .refuse(name, "This value should be an absolute URI of http, https or an app's own scheme")),
            _ => Ok(text),
        }
    }

    /// Any JSON that is kept and echoed, within bounds.
    pub(crate) fn free_json(&self, name: &str) -> Result<Option<Value>, Refusal> {
        let Some(value) = self.get(name) else { return Ok(None) };
        if depth(value) > MAX_FREE_JSON_DEPTH || value.to_string().len() > MAX_FREE_JSON_BYTES {
            return Err(self.refuse(name, "This value is too large: at most 16 KiB and 32 levels"));
        }
        Ok(Some(value.clone()))
    }

    /// A text that must be there and not be empty.
    pub(crate) fn required(&self, name: &str) -> Result<&'a str, Refusal> {
        self.text(name)?.filter(|text| !text.trim().is_empty()).ok_or_else(|| self.blank(name))
    }

    /// The refusal of a field that is missing.
    pub(crate) fn blank(&self, name: &str) -> Refusal {
        self.refuse(name, "This value should not be blank")
    }

    pub(crate) fn integer(&self, name: &str) -> Result<Option<i64>, Refusal> {
        self.read(name, "This value should be of type integer", Value::as_i64)
    }

    pub(crate) fn boolean(&self, name: &str) -> Result<Option<bool>, Refusal> {
        self.read(name, "This value should be of type boolean", Value::as_bool)
    }

    pub(crate) fn object(&self, name: &str) -> Result<Option<Self>, Refusal> {
        self.get(name).map(|value| Self::at(value, self.path(name))).transpose()
    }

    /// A list of at most `most` objects; empty if it is absent.
    pub(crate) fn list(&self, name: &str, most: usize) -> Result<Vec<Self>, Refusal> {
        match self.get(name) {
            None => Ok(Vec::new()),
            Some(Value::Array(items)) if items.len() <= most => items
                .iter()
                .enumerate()
                .map(|(index, item)| Self::at(item, self.path(&format!("{name}[{index}]"))))
                .collect(),
            Some(_) => {
                Err(self.refuse(name, &format!("This value should be a list of at most {most} objects")))
            }
        }
    }

    /// `currency` with two decimals; PHP and the docs write it in upper case.
    pub(crate) fn currency(&self) -> Result<Currency, Refusal> {
        let code = self.text("currency")?.ok_or_else(|| self.blank("currency"))?;
        Currency::parse(code).map_err(|error| self.refuse("currency", &error.to_string()))
    }

    /// `price`, which must be there, see [`Self::money`].
    pub(crate) fn price(&self, currency: Currency) -> Result<Money, Refusal> {
        self.money("price", currency)?.ok_or_else(|| self.blank("price"))
    }

    /// `name` in minor units or `name_decimal` in major ones, at most one of
    /// them (wallet-api section 4), more than zero and at most [`MAX_PRICE`].
    pub(crate) fn money(&self, name: &str, currency: Currency) -> Result<Option<Money>, Refusal> {
        let Some((name, money)) = self.either(name, currency)? else { return Ok(None) };
        if money.minor() <= 0 {
            return Err(self.refuse(&name, "This value should be greater than 0"));
        }
        Ok(Some(money))
    }

    /// The same in minor units, of something that may be zero.
    pub(crate) fn amount(&self, name: &str, currency: Currency) -> Result<Option<i64>, Refusal> {
        let Some((name, money)) = self.either(name, currency)? else { return Ok(None) };
        if money.minor() < 0 {
            return Err(self.refuse(&name, "This value should not be negative"));
        }
        Ok(Some(money.minor()))
    }

    /// The field that gives an amount, and the amount.
    fn either(&self, name: &str, currency: Currency) -> Result<Option<(String, Money)>, Refusal> {
        let decimal_name = format!("{name}_decimal");
        let (name, money) = match (self.get(name), self.get(&decimal_name)) {
            (Some(_), Some(_)) => {
                return Err(self.refuse(name, &format!("Give either {name} or {decimal_name}, not both")));
            }
            (None, None) => return Ok(None),
            (Some(_), None) => {
                let minor = self.integer(name)?.unwrap_or_default();
                (name.to_owned(), Money::from_minor(minor, currency))
            }
            (None, Some(value)) => {
                // A JSON number is printed in its shortest form, which is what
                // was sent; no arithmetic is done on it.
                let text = match value {
                    Value::String(text) => text.clone(),
                    Value::Number(number) => number.to_string(),
                    _ => return Err(self.refuse(&decimal_name, "This value should be a decimal number")),
                };
                let money = Money::parse_decimal(&text, currency)
                    .map_err(|error| self.refuse(&decimal_name, &error.to_string()))?;
                (decimal_name, money)
            }
        };
        if money.minor() > MAX_PRICE {
            return Err(self.refuse(&name, "This value is too large"));
        }
        Ok(Some((name, money)))
    }

    /// Those of the fields that are there, as they were sent.
    pub(crate) fn echo(&self, names: &[&str]) -> Map<String, Value> {
        names.iter().filter_map(|name| Some(((*name).to_owned(), self.get(name)?.clone()))).collect()
    }

    fn read<T>(
        &self,
        name: &str,
        reason: &str,
        convert: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, Refusal> {
        self.get(name).map(|value| convert(value).ok_or_else(|| self.refuse(name, reason))).transpose()
    }
}

/// Levels of lists and objects; the reader of the body has bounded them.
fn depth(value: &Value) -> usize {
    let inner = match value {
        Value::Array(items) => items.iter().map(depth).max(),
        Value::Object(map) => map.values().map(depth).max(),
        _ => return 0,
    };
    inner.unwrap_or(0).saturating_add(1)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn price(value: &Value) -> Result<i64, String> {
        match Fields::at(value, "payments[0]".to_owned()).unwrap().price(Currency::GEL) {
            Ok(money) => Ok(money.minor()),
            Err(Refusal::InvalidParameter { path, .. }) => Err(path),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn prices_are_read_in_both_forms() {
        assert_eq!(price(&json!({"price": 1})), Ok(1));
        assert_eq!(price(&json!({"price": MAX_PRICE, "price_decimal": null})), Ok(MAX_PRICE));
        for (decimal, minor) in
            [(json!("12.5"), 1250), (json!(12.5), 1250), (json!(100), 10000), (json!("0.01"), 1)]
        {
            assert_eq!(price(&json!({ "price_decimal": decimal })), Ok(minor));
        }
    }

    #[test]
    fn a_bad_price_is_refused_at_its_path() {
        for value in [
            json!({}),
            json!({"price": 0}),
            json!({"price": -1}),
            json!({"price": MAX_PRICE + 1}),
            json!({"price": 1.5}),
            json!({"price": "1"}),
            json!({"price": 18_446_744_073_709_551_615_u64}),
            json!({"price": 1, "price_decimal": "0.01"}),
        ] {
            assert_eq!(price(&value), Err("payments[0].price".to_owned()), "{value}");
        }
        for decimal in
            [json!("1.234"), json!(1.234), json!("0.00"), json!("-1"), json!("1e3"), json!([]), json!("")]
        {
            let value = json!({ "price_decimal": decimal });
            assert_eq!(price(&value), Err("payments[0].price_decimal".to_owned()), "{value}");
        }
    }

    #[test]
    fn texts_and_free_json_have_bounds() {
        let nested = |levels| (1..levels).fold(json!([]), |inner, _| json!([inner]));
        let value = json!({"fits": "ß".repeat(MAX_TEXT), "long": "x".repeat(MAX_TEXT + 1),
            "deep": nested(33), "less_deep": nested(32), "large": ["y".repeat(MAX_FREE_JSON_BYTES)]});
        let fields = Fields::at(&value, String::new()).unwrap();
        assert!(fields.text("fits").is_ok() && fields.free_json("less_deep").is_ok());
        let refused = [fields.text("long").map(drop), fields.free_json("deep").map(drop)];
        for refused in refused.into_iter().chain([fields.free_json("large").map(drop)]) {
            assert!(matches!(refused, Err(Refusal::InvalidParameter { .. })));
        }
    }

    #[test]
    fn a_uri_names_a_scheme_that_does_not_run() {
        for (text, allowed) in [
            ("https://shop.example/back?x=1", true),
            ("myapp://paid", true),
            ("javascript:alert(1)", false),
            ("JavaScript:alert(1)", false),
            ("data:text/html,x", false),
            ("//shop.example", false),
            ("/back", false),
            ("", false),
            ("https://a b", false),
        ] {
            let value = json!({ "uri": text });
            let fields = Fields::at(&value, String::new()).unwrap();
            assert_eq!(fields.uri("uri").is_ok(), allowed, "{text}");
        }
    }

    #[test]
    fn empty_bodies_are_empty_objects() {
        for body in ["", " ", "[]", "{}"] {
            assert_eq!(object(body.as_bytes()).unwrap(), Map::new(), "{body}");
        }
        let deep = "[".repeat(100_000);
        for body in ["[1]", "1", "{", "\"", "{\"a\":1}x", "\u{feff}{}", deep.as_str()] {
            assert!(matches!(object(body.as_bytes()), Err(Refusal::Malformed(_))), "{body:.20}");
        }
    }
}
