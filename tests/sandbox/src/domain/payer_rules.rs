//! What a transaction asks of its payer: restrictions and inquiries
//! (wallet-api section 5.2).

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::fields::Fields;
use super::identity::Level;
use crate::error::Refusal;

/// Most inquiries of a transaction, and items of an inquiry.
const MAX_INQUIRIES: usize = 20;

/// Who may pay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Restrictions {
    /// `natural` or `legal`.
    kind: Option<String>,
    /// Whether Paysera must know name and personal code.
    identity: bool,
    level: Option<Level>,
}

impl Restrictions {
    /// What `restrictions`, as they are on the wire, ask for.
    pub(crate) fn read(fields: &Fields<'_>) -> Result<Self, Refusal> {
        let Some(owner) = fields.object("account_owner")? else { return Ok(Self::default()) };
        let kind = owner.text("type")?;
        if !matches!(kind, None | Some("natural" | "legal")) {
            return Err(owner.refuse("type", "This value should be natural or legal"));
        }
        let identity = match owner.get("requirements") {
            None => false,
            Some(Value::Array(names)) if names.iter().all(|name| name == "identity") => !names.is_empty(),
            Some(_) => {
                return Err(
                    owner.refuse("requirements", "This value should be a list that has only identity")
                );
            }
        };
        let level = match owner.text("level")? {
            None => None,
            Some(name) => Some(Level::parse(name).ok_or_else(|| owner.refuse("level", "No such level"))?),
        };
        Ok(Self { kind: kind.map(str::to_owned), identity, level })
    }

    /// Whether a payer of that kind and level, whose identity Paysera knows or
    /// not, may pay.
    pub(crate) fn allow(&self, kind: &str, level: Level, identity_known: bool) -> bool {
        self.kind.as_deref().is_none_or(|wanted| wanted == kind)
            && self.level.is_none_or(|wanted| level >= wanted)
            && (identity_known || !self.identity)
    }
}

/// Checks `inquiries` and gives them as they are answered before anyone
/// accepted.
pub(crate) fn inquiries(fields: &Fields<'_>) -> Result<Option<Value>, Refusal> {
    let list = fields.list("inquiries", MAX_INQUIRIES)?;
    if list.is_empty() {
        return Ok(None);
    }
    let mut seen = BTreeSet::new();
    let mut views = Vec::with_capacity(list.len());
    for inquiry in &list {
        if !seen.insert(inquiry.required("identifier")?) {
            return Err(inquiry.refuse("identifier", "Each inquiry has an identifier of its own"));
        }
        if !matches!(inquiry.required("type")?, "required" | "optional") {
            return Err(inquiry.refuse("type", "This value should be required or optional"));
        }
        inquiry.text("description")?;
        let mut view = inquiry.echo(&["identifier", "type", "description"]);
        view.insert("items".to_owned(), Value::Array(items(inquiry)?));
        views.push(Value::Object(view));
    }
    Ok(Some(Value::Array(views)))
}

fn items(inquiry: &Fields<'_>) -> Result<Vec<Value>, Refusal> {
    let list = inquiry.list("items", MAX_INQUIRIES)?;
    if list.is_empty() {
        return Err(inquiry.blank("items"));
    }
    let read = |item: Fields<'_>| {
        item.required("identifier")?;
        item.text("title")?;
        if !matches!(item.required("type")?, "person_code" | "user_identity") {
            return Err(item.refuse("type", "This value should be person_code or user_identity"));
        }
        Ok(Value::Object(item.echo(&["identifier", "type", "title"])))
    };
    list.into_iter().map(read).collect()
}

/// What Paysera knows of a payer who is asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KnownIdentity<'a> {
    pub(crate) name: &'a str,
    pub(crate) surname: &'a str,
    pub(crate) nationality: Option<&'a str>,
    pub(crate) code: &'a str,
}

/// The inquiries with their `status` after an acceptance. PROPOSAL: who
/// accepts the transaction accepts what Paysera can answer; what it can't
/// answer is declined, or refuses the acceptance if it is required.
pub(crate) fn accept(inquiries: &Value, known: bool) -> Option<Value> {
    let mut answered = inquiries.clone();
    for inquiry in answered.as_array_mut()? {
        if !known && inquiry.get("type").is_some_and(|kind| kind == "required") {
            return None;
        }
        let status = if known { "accepted" } else { "declined" };
        inquiry.as_object_mut()?.insert("status".to_owned(), json!(status));
    }
    Some(answered)
}

/// The `items` of `inquired-information`.
pub(crate) fn answers(inquiries: &Value, known: &KnownIdentity<'_>) -> Vec<Value> {
    let text = |value: &Value, name: &str| value.get(name).cloned().unwrap_or_default();
    let mut identity = json!({"name": known.name, "surname": known.surname, "code": known.code});
    if let (Some(fields), Some(nationality)) = (identity.as_object_mut(), known.nationality) {
        fields.insert("nationality".to_owned(), json!(nationality));
    }
    let mut all = Vec::new();
    for inquiry in inquiries.as_array().into_iter().flatten() {
        if text(inquiry, "status") != "accepted" {
            continue;
        }
        for item in inquiry.get("items").and_then(Value::as_array).into_iter().flatten() {
            let kind = text(item, "type");
            let value = if kind == "person_code" { json!(known.code) } else { identity.clone() };
            all.push(json!({
                "inquiry_identifier": text(inquiry, "identifier"),
                "item_identifier": text(item, "identifier"),
                "item_type": kind,
                "value": value,
            }));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_restriction_narrows() {
        let read = |owner: Value| {
            let body = json!({ "account_owner": owner });
            Restrictions::read(&Fields::at(&body, "restrictions".to_owned()).unwrap())
        };
        let anyone = read(json!({"type": null, "level": null})).unwrap();
        assert!(anyone.allow("natural", Level::Unidentified, false));
        let company = read(json!({"type": "legal"})).unwrap();
        assert!(company.allow("legal", Level::Unidentified, false));
        assert!(!company.allow("natural", Level::FullyIdentified, true));
        let known = read(json!({"requirements": ["identity"], "level": "identified"})).unwrap();
        assert!(known.allow("natural", Level::Identified, true));
        assert!(!known.allow("natural", Level::Identified, false));
        assert!(!known.allow("natural", Level::SemiIdentified, true));
        for bad in [json!({"type": "x"}), json!({"level": "x"}), json!({"requirements": ["x"]}), json!(1)] {
            assert!(read(bad.clone()).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_not_known_is_declined_or_refuses() {
        let asked = |kind| {
            json!([{"identifier": "a", "type": kind, "items": [
            {"identifier": "b", "type": "person_code", "title": "Code"}]}])
        };
        let body = json!({"inquiries": asked("optional")});
        let fields = Fields::at(&body, String::new()).unwrap();
        assert_eq!(inquiries(&fields).unwrap(), Some(asked("optional")));
        assert_eq!(accept(&asked("optional"), false).unwrap()[0]["status"], "declined");
        assert_eq!(accept(&asked("required"), false), None);
        let accepted = accept(&asked("required"), true).unwrap();
        let known = KnownIdentity { name: "A", surname: "B", nationality: None, code: "7" };
        assert_eq!(answers(&accepted, &known)[0]["value"], "7");
        assert!(answers(&asked("required"), &known).is_empty());
        for bad in [json!([{}]), json!({}), json!([{"identifier": "a", "type": "required", "items": []}])] {
            let body = json!({ "inquiries": bad });
            assert!(inquiries(&Fields::at(&body, String::new()).unwrap()).is_err(), "{body}");
        }
    }
}
