//! The items of a payment (wallet-api section 5.5).

use paysera_core::money::Money;
use serde_json::{Value, json};

use super::fields::{Fields, MAX_PRICE};
use crate::error::Refusal;

/// Most items of a payment.
const MAX_ITEMS: usize = 100;

/// The items as they are answered, and their sum; `None` without any.
pub(crate) fn read(fields: &Fields<'_>) -> Result<Option<(Value, Money)>, Refusal> {
    let items = fields.list("items", MAX_ITEMS)?;
    let mut views = Vec::with_capacity(items.len());
    let mut sum: Option<Money> = None;
    for item in &items {
        let (view, total) = read_one(item)?;
        sum = Some(match sum {
            None => total,
            Some(sum) => sum
                .checked_add(total)
                .map_err(|_| item.refuse("currency", "One payment has one currency and a sum that fits"))?,
        });
        views.push(view);
    }
    match sum {
        None => Ok(None),
        Some(sum) if sum.minor() <= MAX_PRICE => Ok(Some((Value::Array(views), sum))),
        Some(_) => Err(fields.refuse("items", "The sum of the items is too large")),
    }
}

/// One item and what it costs.
fn read_one(fields: &Fields<'_>) -> Result<(Value, Money), Refusal> {
    let currency = fields.currency()?;
    let price = fields.price(currency)?;
    let quantity = quantity(fields)?;
    let total = price
        .minor()
        .checked_mul(quantity)
        .filter(|total| *total <= MAX_PRICE)
        .map(|total| Money::from_minor(total, currency))
        .ok_or_else(|| fields.refuse("quantity", "Price times quantity is too large"))?;
    let given = fields.amount("total_price", currency)?;
    if given.is_some_and(|given| given != total.minor()) {
        return Err(fields.refuse("total_price", "This value should be the price times the quantity"));
    }
    fields.text("description")?;
    fields.uri("image_uri")?;
    fields.required("title")?;
    let mut view = fields.echo(&["title", "description", "image_uri"]);
    for (name, money) in [("price", price), ("total_price", total)] {
        view.insert(name.to_owned(), json!(money.minor()));
        view.insert(format!("{name}_decimal"), json!(money.to_decimal()));
    }
    view.insert("currency".to_owned(), json!(currency.code()));
    view.insert("quantity".to_owned(), json!(quantity));
    if let Some(parameters) = fields.free_json("parameters")? {
        view.insert("parameters".to_owned(), parameters);
    }
    Ok((Value::Object(view), total))
}

/// PROPOSAL: whole numbers, as Java reads no others; `2.0` is one.
fn quantity(fields: &Fields<'_>) -> Result<i64, Refusal> {
    let value = fields.get("quantity").ok_or_else(|| fields.blank("quantity"))?;
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        _ => String::new(),
    };
    let whole = match text.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|digit| digit == b'0') => whole,
        Some(_) => "",
        None => text.as_str(),
    };
    whole
        .parse()
        .ok()
        .filter(|quantity| *quantity > 0)
        .ok_or_else(|| fields.refuse("quantity", "This value should be a whole number greater than 0"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(items: Value) -> Result<i64, String> {
        let body = json!({ "items": items });
        match read(&Fields::at(&body, String::new()).unwrap()) {
            Ok(found) => Ok(found.map_or(0, |(_, sum)| sum.minor())),
            Err(Refusal::InvalidParameter { path, .. }) => Err(path),
            Err(other) => panic!("{other:?}"),
        }
    }

    fn item(changes: Value) -> Value {
        let mut item = json!({"title": "Tea", "price": 250, "currency": "GEL", "quantity": 2});
        for (name, value) in changes.as_object().unwrap() {
            item[name] = value.clone();
        }
        item
    }

    #[test]
    fn items_sum_up() {
        assert_eq!(sum(json!([])), Ok(0));
        assert_eq!(
            sum(json!([item(json!({})), item(json!({"quantity": 2.0, "total_price": 500}))])),
            Ok(1000)
        );
        assert_eq!(sum(json!([item(json!({"quantity": "3", "total_price_decimal": "7.5"}))])), Ok(750));
    }

    #[test]
    fn what_is_wrong_with_an_item_is_named() {
        for (changes, path) in [
            (json!({"title": null}), "items[0].title"),
            (json!({"price": 0}), "items[0].price"),
            (json!({"currency": "JPY"}), "items[0].currency"),
            (json!({"quantity": null}), "items[0].quantity"),
            (json!({"quantity": 1.5}), "items[0].quantity"),
            (json!({"quantity": 0}), "items[0].quantity"),
            (json!({"quantity": -1}), "items[0].quantity"),
            (json!({"quantity": i64::MAX}), "items[0].quantity"),
            (json!({"total_price": 499}), "items[0].total_price"),
            (json!({"image_uri": "javascript:1"}), "items[0].image_uri"),
        ] {
            assert_eq!(sum(json!([item(changes.clone())])), Err(path.to_owned()), "{changes}");
        }
        let two = json!([item(json!({})), item(json!({"currency": "EUR"}))]);
        assert_eq!(sum(two), Err("items[1].currency".to_owned()));
        assert_eq!(sum(json!("x")), Err("items".to_owned()));
        let many: Vec<_> =
            (0..100).map(|_| item(json!({"price": 99_999_999_999_i64, "quantity": 1}))).collect();
        assert_eq!(sum(json!(many)), Err("items".to_owned()));
    }
}
