//! What a subscription to push messages may say (wallet-api section 11).

use serde_json::{Map, Value};

use super::fields::Fields;
use crate::error::Refusal;

/// `firebase` is the Java client's.
const TYPES: &[&str] = &["android", "ios", "windows", "firebase"];

const OBJECTS: &[&str] = &[
    "confirmation",
    "statement",
    "transaction_request",
    "pending_payment",
    "information",
    "user",
    "card",
    "identity_document",
    "recurrence_transfer",
    "savings_account_payment",
    "package",
    "new_device",
];

const EVENTS: &[&str] = &[
    "created",
    "alert",
    "registered",
    "transaction_successful",
    "review_status_valid",
    "review_status_denied",
    "canceled",
    "expired",
    "failed",
    "done",
    "filled",
    "withdrew",
    "automated_fill_made",
    "delivered",
    "attempt",
    "rejected",
];

/// Most events of a subscription, and the longest text in it, in bytes.
const MAX_EVENTS: usize = 100;
const MAX_TEXT: usize = 4096;

/// Reads a subscription; what is kept of it.
pub(crate) fn read(body: &Map<String, Value>) -> Result<Value, Refusal> {
    let fields = Fields::root(body);
    let kind = one_of(&fields, "type", TYPES)?.ok_or_else(|| fields.blank("type"))?;
    let recipient = fields.object("recipient")?.ok_or_else(|| fields.blank("recipient"))?;
    let identifier = short(&recipient, "identifier")?.ok_or_else(|| recipient.blank("identifier"))?;
    let mut kept_recipient = Map::new();
    if let Some(kind) = short(&recipient, "type")? {
        kept_recipient.insert("type".to_owned(), kind.into());
    }
    kept_recipient.insert("identifier".to_owned(), identifier.into());
    let list = fields.get("events").ok_or_else(|| fields.blank("events"))?;
    let list = list.as_array().filter(|list| list.len() <= MAX_EVENTS);
    let list = list.ok_or_else(|| fields.refuse("events", "This value should be at most 100 events"))?;
    let events = list
        .iter()
        .enumerate()
        .map(|(index, event)| read_event(&Fields::at(event, format!("events[{index}]"))?))
        .collect::<Result<Vec<_>, _>>()?;
    let mut kept = Map::new();
    kept.insert("type".to_owned(), kind.into());
    kept.insert("recipient".to_owned(), kept_recipient.into());
    kept.insert("events".to_owned(), events.into());
    if let Some(locale) = short(&fields, "locale")? {
        kept.insert("locale".to_owned(), locale.into());
    }
    let level = one_of(&fields, "privacy_level", &["low", "high"])?.unwrap_or("low");
    kept.insert("privacy_level".to_owned(), level.into());
    if let Some(status) = short(&fields, "status")? {
        kept.insert("status".to_owned(), status.into());
    }
    Ok(Value::Object(kept))
}

fn read_event(fields: &Fields<'_>) -> Result<Value, Refusal> {
    let object = one_of(fields, "object", OBJECTS)?.ok_or_else(|| fields.blank("object"))?;
    let event = one_of(fields, "event", EVENTS)?.ok_or_else(|| fields.blank("event"))?;
    let silent = fields.boolean("silent")?.unwrap_or(false);
    let mut kept = Map::new();
    kept.insert("object".to_owned(), object.into());
    kept.insert("event".to_owned(), event.into());
    kept.insert("silent".to_owned(), silent.into());
    if let Some(parameters) = fields.object("parameters")? {
        one_of(&parameters, "direction", &["in", "out", "both"])?;
    }
    for name in ["parameters", "priority", "android_channel"] {
        if let Some(value) = fields.get(name) {
            if value.to_string().len() > MAX_TEXT {
                return Err(fields.refuse(name, "This value is too long"));
            }
            kept.insert(name.to_owned(), value.clone());
        }
    }
    Ok(Value::Object(kept))
}

fn short<'a>(fields: &Fields<'a>, name: &str) -> Result<Option<&'a str>, Refusal> {
    let text = fields.text(name)?.filter(|text| !text.is_empty());
    if text.is_some_and(|text| text.len() > MAX_TEXT) {
        return Err(fields.refuse(name, "This value is too long"));
    }
    Ok(text)
}

fn one_of<'a>(fields: &Fields<'a>, name: &str, allowed: &[&str]) -> Result<Option<&'a str>, Refusal> {
    let text = fields.text(name)?;
    if text.is_some_and(|text| !allowed.contains(&text)) {
        let reason = format!("This value should be one of {}", allowed.join(", "));
        return Err(fields.refuse(name, &reason));
    }
    Ok(text)
}

/// Whether a subscription wants to hear that `event` happened to `object`, of
/// money that went in `direction` if it did.
pub(crate) fn wants(subscription: &Value, object: &str, event: &str, direction: Option<&str>) -> bool {
    let events = subscription.get("events").and_then(Value::as_array);
    events.into_iter().flatten().any(|wanted| {
        let text = |name| wanted.get(name).and_then(Value::as_str);
        let way = wanted.get("parameters").and_then(|parameters| parameters.get("direction"));
        let fits = match (way.and_then(Value::as_str), direction) {
            (Some("in" | "out"), Some(direction)) => way == Some(&Value::from(direction)),
            _ => true,
        };
        text("object") == Some(object) && text("event") == Some(event) && fits
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_subscription_hears_what_it_asked_for() {
        let subscription = json!({"events": [
            {"object": "statement", "event": "created", "parameters": {"direction": "in"}},
            {"object": "confirmation", "event": "created"},
        ]});
        for (object, event, direction, wanted) in [
            ("statement", "created", Some("in"), true),
            ("statement", "created", Some("out"), false),
            ("statement", "failed", Some("in"), false),
            ("confirmation", "created", None, true),
            ("card", "created", None, false),
        ] {
            assert_eq!(wants(&subscription, object, event, direction), wanted, "{object} {event}");
        }
        assert!(!wants(&Value::Null, "statement", "created", None));
    }
}
