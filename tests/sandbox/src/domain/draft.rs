//! What `POST transaction` asks for, checked as far as that goes without the
//! database (wallet-api sections 5.2 and 5.5).

use paysera_core::money::Money;
use serde_json::{Map, Value};

use super::fields::Fields;
use crate::error::Refusal;

/// How long money stays reserved if the request does not say: 30 days
/// (wallet-api section 5.1).
const DEFAULT_RESERVE_SECONDS: i64 = 2_592_000;

/// Longest reservation and freeze, in seconds: ten years.
const MAX_SPAN_SECONDS: i64 = 315_360_000;

/// Most payments of one transaction.
const MAX_PAYMENTS: usize = 50;

/// Seconds of the legacy fields that count hours.
const HOUR_SECONDS: i64 = 3600;

/// A length of time, or its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Span {
    /// So many seconds from the start.
    For(i64),
    /// Until this second since 1970-01-01 UTC.
    Until(i64),
}

impl Span {
    /// When it ends if it starts at `start`.
    pub(crate) const fn end(self, start: i64) -> i64 {
        match self {
            Self::For(seconds) => start.saturating_add(seconds),
            Self::Until(end) => end,
        }
    }
}

/// A transaction to be created.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) payments: Vec<DraftPayment>,
    pub(crate) reserve: Span,
    pub(crate) use_allowance: bool,
    pub(crate) suggest_allowance: bool,
    pub(crate) auto_confirm: bool,
    pub(crate) redirect_uri: Option<String>,
    /// A string or `false`.
    pub(crate) callback_uri: Option<Value>,
    pub(crate) project_id: Option<i64>,
    pub(crate) location_id: Option<i64>,
}

/// A payment of it.
#[derive(Clone, Debug)]
pub(crate) struct DraftPayment {
    pub(crate) price: Money,
    pub(crate) description: String,
    /// Where it goes if not to the project's wallet.
    pub(crate) beneficiary: Option<i64>,
    pub(crate) purpose: Option<String>,
    pub(crate) parameters: Option<Value>,
    pub(crate) freeze: Span,
}

impl Draft {
    /// Reads the body at server time `now`.
    pub(crate) fn read(body: &Map<String, Value>, now: i64) -> Result<Self, Refusal> {
        let fields = Fields::root(body);
        let payments = match fields.get("payments") {
            Some(Value::Array(items)) if !items.is_empty() && items.len() <= MAX_PAYMENTS => items,
            Some(_) => {
                return Err(fields.refuse("payments", "This value should be a list of 1 to 50 payments"));
            }
            None => return Err(fields.blank("payments")),
        };
        let payments = payments
            .iter()
            .enumerate()
            .map(|(index, value)| DraftPayment::read(&Fields::at(value, format!("payments[{index}]"))?))
            .collect::<Result<_, _>>()?;
        let reserve = span(&fields, "reserve")?.unwrap_or(Span::For(DEFAULT_RESERVE_SECONDS));
        if reserve.end(now) <= now {
            return Err(fields.refuse("reserve", "This value should be in the future"));
        }
        let callback_uri = match fields.get("callback_uri") {
            None => None,
            Some(Value::Bool(false)) => Some(Value::Bool(false)),
            Some(Value::String(_)) => fields.uri("callback_uri")?.map(Value::from),
            Some(_) => return Err(fields.refuse("callback_uri", "This value should be a URI or false")),
        };
        Ok(Self {
            payments,
            reserve,
            use_allowance: fields.boolean("use_allowance")?.unwrap_or(true),
            suggest_allowance: fields.boolean("suggest_allowance")?.unwrap_or(false),
            auto_confirm: fields.boolean("auto_confirm")?.unwrap_or(false),
            redirect_uri: fields.uri("redirect_uri")?.map(str::to_owned),
            callback_uri,
            project_id: fields.integer("project_id")?,
            location_id: fields.integer("location_id")?,
        })
    }
}

impl DraftPayment {
    fn read(fields: &Fields<'_>) -> Result<Self, Refusal> {
        let currency = fields.currency()?;
        let price = fields.price(currency)?;
        let description = fields.required("description")?;
        let beneficiary =
            match fields.object("beneficiary")? {
                None => None,
                Some(beneficiary) => Some(beneficiary.integer("id")?.ok_or_else(|| {
                    beneficiary.refuse("id", "The sandbox knows beneficiaries by wallet id")
                })?),
            };
        let purpose = fields.text("purpose")?;
        if !matches!(purpose, None | Some("cash" | "tips")) {
            return Err(fields.refuse("purpose", "This value should be cash or tips"));
        }
        Ok(Self {
            price,
            description: description.to_owned(),
            beneficiary,
            purpose: purpose.map(str::to_owned),
            parameters: fields.free_json("parameters")?,
            freeze: span(fields, "freeze")?.unwrap_or(Span::For(0)),
        })
    }
}

/// `name: {"for": seconds}` or `{"until": time}`, or the flat legacy fields
/// `name_for` in hours and `name_until`; one of the four at most.
fn span(fields: &Fields<'_>, name: &str) -> Result<Option<Span>, Refusal> {
    let (hours_name, until_name) = (format!("{name}_for"), format!("{name}_until"));
    let hours = fields.integer(&hours_name)?;
    let until = fields.integer(&until_name)?;
    let nested = fields.object(name)?;
    let (seconds, end) = match &nested {
        Some(nested) => (nested.integer("for")?, nested.integer("until")?),
        None => (None, None),
    };
    let given = [hours, until, seconds, end].into_iter().flatten().count();
    if given > 1 || (given == 0 && nested.is_some()) {
        return Err(fields.refuse(name, "Give one of for and until, in one form"));
    }
    let seconds = match (seconds, hours) {
        (Some(seconds), _) => Some(seconds),
        (None, Some(hours)) => Some(
            hours
                .checked_mul(HOUR_SECONDS)
                .ok_or_else(|| fields.refuse(&hours_name, "This value is too large"))?,
        ),
        (None, None) => None,
    };
    if let Some(seconds) = seconds {
        return if (0..=MAX_SPAN_SECONDS).contains(&seconds) {
            Ok(Some(Span::For(seconds)))
        } else {
            Err(fields.refuse(name, "This value is out of range"))
        };
    }
    Ok(end.or(until).map(Span::Until))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(changes: Value) -> Result<Draft, Refusal> {
        let mut body = json!({"payments": [{"price": 100, "currency": "GEL", "description": "x"}]});
        for (name, value) in changes.as_object().unwrap() {
            body[name] = value.clone();
        }
        Draft::read(body.as_object().unwrap(), 1000)
    }

    fn refused_at(changes: Value) -> String {
        match read(changes) {
            Err(Refusal::InvalidParameter { path, .. }) => path,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn defaults_are_the_documented_ones() {
        let draft = read(json!({"unknown": 1, "reserve": null})).unwrap();
        assert_eq!(draft.reserve, Span::For(2_592_000));
        assert!(draft.use_allowance && !draft.suggest_allowance && !draft.auto_confirm);
        assert_eq!(draft.payments[0].freeze, Span::For(0));
    }

    #[test]
    fn both_forms_of_reserve_are_read_and_never_together() {
        assert_eq!(read(json!({"reserve": {"for": 60}})).unwrap().reserve, Span::For(60));
        assert_eq!(read(json!({"reserve": {"until": 1001}})).unwrap().reserve, Span::Until(1001));
        assert_eq!(read(json!({"reserve_for": 2})).unwrap().reserve, Span::For(7200));
        assert_eq!(read(json!({"reserve_until": 2000})).unwrap().reserve, Span::Until(2000));
        for changes in [
            json!({"reserve": {"for": 60, "until": 2000}}),
            json!({"reserve": {"for": 60}, "reserve_for": 1}),
            json!({"reserve": {}}),
            json!({"reserve": {"for": 0}}),
            json!({"reserve": {"for": -1}}),
            json!({"reserve": {"until": 1000}}),
            json!({"reserve": {"for": i64::MAX}}),
        ] {
            assert_eq!(refused_at(changes.clone()), "reserve", "{changes}");
        }
        assert_eq!(refused_at(json!({"reserve_for": i64::MAX})), "reserve_for");
    }

    #[test]
    fn what_a_payment_lacks_is_named() {
        for (payments, path) in [
            (json!([]), "payments"),
            (json!({}), "payments"),
            (json!([10145]), "payments[0]"),
            (json!([{"price": 1, "description": "x"}]), "payments[0].currency"),
            (json!([{"price": 1, "description": "x", "currency": "JPY"}]), "payments[0].currency"),
            (json!([{"price": 1, "currency": "GEL"}]), "payments[0].description"),
            (
                json!([{"price": 1, "currency": "GEL", "description": "x", "beneficiary": 2112}]),
                "payments[0].beneficiary",
            ),
            (
                json!([{"price": 1, "currency": "GEL", "description": "x", "beneficiary": {"email": "a@b"}}]),
                "payments[0].beneficiary.id",
            ),
            (
                json!([{"price": 1, "currency": "GEL", "description": "x", "purpose": "gift"}]),
                "payments[0].purpose",
            ),
        ] {
            assert_eq!(refused_at(json!({ "payments": payments })), path);
        }
        assert_eq!(refused_at(json!({"callback_uri": true})), "callback_uri");
        assert_eq!(refused_at(json!({"auto_confirm": "yes"})), "auto_confirm");
    }
}
