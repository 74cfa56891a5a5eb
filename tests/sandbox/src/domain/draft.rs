//! What `POST transaction` asks for, checked as far as that goes without the
//! database (wallet-api sections 5.2 and 5.5).

use serde_json::{Map, Value};

use super::allowance::AskedAllowance;
use super::callback::CallbackTarget;
use super::contact;
use super::fields::Fields;
use super::payer_rules::{self, Restrictions};
use super::payment::PaymentDraft;
use super::span::Span;
use crate::error::Refusal;

/// How long money stays reserved if the request does not say: 30 days
/// (wallet-api section 5.1).
const DEFAULT_RESERVE_SECONDS: i64 = 2_592_000;

/// Most payments of one transaction.
const MAX_PAYMENTS: usize = 50;

/// A transaction to be created.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) payments: Vec<DraftPayment>,
    pub(crate) allowance: Option<AskedAllowance>,
    pub(crate) reserve: Span,
    pub(crate) use_allowance: bool,
    pub(crate) suggest_allowance: bool,
    pub(crate) auto_confirm: bool,
    pub(crate) redirect_uri: Option<String>,
    pub(crate) callback_uri: CallbackTarget,
    pub(crate) project_id: Option<i64>,
    pub(crate) location_id: Option<i64>,
    /// Who is expected to pay.
    pub(crate) user_email: Option<String>,
    /// As on the wire, checked.
    pub(crate) restrictions: Option<Value>,
    /// As on the wire, checked.
    pub(crate) inquiries: Option<Value>,
}

/// A payment of it.
#[derive(Clone, Debug)]
pub(crate) enum DraftPayment {
    New(Box<PaymentDraft>),
    /// One that exists, taken out of its own transaction.
    Existing(i64),
}

impl Draft {
    /// A transaction of the one payment that `body` describes.
    pub(crate) fn of_payment(body: &Map<String, Value>, now: i64) -> Result<Self, Refusal> {
        let payment = PaymentDraft::read(&Fields::root(body))?;
        let mut draft = Self::read_frame(&Map::new(), now)?;
        draft.payments.push(DraftPayment::New(Box::new(payment)));
        Ok(draft)
    }

    /// Reads the body at server time `now`.
    pub(crate) fn read(body: &Map<String, Value>, now: i64) -> Result<Self, Refusal> {
        let fields = Fields::root(body);
        let allowance = AskedAllowance::read(&fields, now)?;
        let payments = match fields.get("payments") {
            None if allowance.is_some() => &[][..],
            Some(Value::Array(items))
                if (!items.is_empty() || allowance.is_some()) && items.len() <= MAX_PAYMENTS =>
            {
                items
            }
            Some(_) => {
                return Err(fields.refuse("payments", "This value should be a list of 1 to 50 payments"));
            }
            None => return Err(fields.blank("payments")),
        };
        let payments = payments
            .iter()
            .enumerate()
            .map(|(index, value)| match value.as_i64() {
                Some(id) => Ok(DraftPayment::Existing(id)),
                None => PaymentDraft::read(&Fields::at(value, format!("payments[{index}]"))?)
                    .map(|payment| DraftPayment::New(Box::new(payment))),
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { payments, allowance, ..Self::read_frame(body, now)? })
    }

    fn read_frame(body: &Map<String, Value>, now: i64) -> Result<Self, Refusal> {
        let fields = Fields::root(body);
        let reserve = Span::read(&fields, "reserve")?.unwrap_or(Span::For(DEFAULT_RESERVE_SECONDS));
        if reserve.end(now) <= now {
            return Err(fields.refuse("reserve", "This value should be in the future"));
        }
        let user_email = match fields.object("user")? {
            None => None,
            Some(user) => Some(
                contact::email(user.required("email")?)
                    .ok_or_else(|| user.refuse("email", "This value is not an e-mail address"))?,
            ),
        };
        let restrictions = match fields.object("restrictions")? {
            None => None,
            Some(restrictions) => {
                Restrictions::read(&restrictions)?;
                fields.free_json("restrictions")?
            }
        };
        Ok(Self {
            payments: Vec::new(),
            allowance: None,
            reserve,
            use_allowance: fields.boolean("use_allowance")?.unwrap_or(true),
            suggest_allowance: fields.boolean("suggest_allowance")?.unwrap_or(false),
            auto_confirm: fields.boolean("auto_confirm")?.unwrap_or(false),
            redirect_uri: fields.uri("redirect_uri")?.map(str::to_owned),
            callback_uri: CallbackTarget::read(&fields)?,
            project_id: fields.integer("project_id")?,
            location_id: fields.integer("location_id")?,
            user_email,
            restrictions,
            inquiries: payer_rules::inquiries(&fields)?,
        })
    }
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
        assert!(matches!(&draft.payments[..], [DraftPayment::New(new)] if new.freeze == Span::For(0)));
        let existing = read(json!({"payments": [10145]})).unwrap();
        assert!(matches!(existing.payments[..], [DraftPayment::Existing(10145)]));
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
            (json!([1.5]), "payments[0]"),
            (json!([{"price": 1, "description": "x"}]), "payments[0].currency"),
            (json!([{"price": 1, "description": "x", "currency": "JPY"}]), "payments[0].currency"),
            (json!([{"price": 1, "currency": "GEL"}]), "payments[0].description"),
            (
                json!([{"price": 1, "currency": "GEL", "description": "x", "beneficiary": 2112}]),
                "payments[0].beneficiary",
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
        assert_eq!(refused_at(json!({"user": {"email": "x"}})), "user.email");
        let nobody = json!({"restrictions": {"account_owner": {"type": "robot"}}});
        assert_eq!(refused_at(nobody), "restrictions.account_owner.type");
    }
}
