//! What a request says about one payment (wallet-api section 5.5).

use paysera_core::money::{Currency, Money};
use serde_json::Value;

use super::contact;
use super::fields::Fields;
use super::items;
use super::payment_password::PasswordDraft;
use super::span::Span;
use crate::error::Refusal;

/// Most prices to choose from.
const MAX_CHOICES: usize = 100;

/// A payment to be made.
#[derive(Clone, Debug)]
pub(crate) struct PaymentDraft {
    pub(crate) price: Money,
    pub(crate) terms: Terms,
    pub(crate) description: Option<String>,
    /// As on the wire.
    pub(crate) items: Option<Value>,
    /// Where it goes if not to the project's wallet.
    pub(crate) beneficiary: Option<Payee>,
    pub(crate) purpose: Option<String>,
    pub(crate) parameters: Option<Value>,
    pub(crate) freeze: Span,
    pub(crate) password: Option<PasswordDraft>,
    /// As on the wire.
    pub(crate) price_rules: Option<Value>,
    /// As on the wire.
    pub(crate) funds_source: Option<Value>,
}

/// Who is paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Payee {
    Wallet(i64),
    /// In lower case.
    Email(String),
    /// Digits with the country code.
    Phone(String),
}

/// What of the price does not stay with the beneficiary, in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Terms {
    /// What the payer gets back at once.
    pub(crate) cashback: Option<i64>,
    /// What the client takes from the beneficiary.
    pub(crate) in_commission: Option<i64>,
    /// What the client takes from the payer; the price includes it.
    pub(crate) out_commission: Option<i64>,
}

impl Terms {
    /// What they sum up to: no price can be less.
    pub(crate) fn sum(self) -> i64 {
        [self.cashback, self.in_commission, self.out_commission]
            .into_iter()
            .flatten()
            .fold(0, i64::saturating_add)
    }

    fn read(fields: &Fields<'_>, currency: Currency) -> Result<Self, Refusal> {
        let commission = fields.object("commission")?;
        let half = |name| match &commission {
            Some(commission) => commission.amount(name, currency),
            None => Ok(None),
        };
        Ok(Self {
            cashback: fields.amount("cashback", currency)?,
            in_commission: half("in_commission")?,
            out_commission: half("out_commission")?,
        })
    }
}

impl PaymentDraft {
    pub(crate) fn read(fields: &Fields<'_>) -> Result<Self, Refusal> {
        let items = items::read(fields)?;
        let (price, description) = match &items {
            None => (fields.price(fields.currency()?)?, Some(fields.required("description")?)),
            Some((_, sum)) => {
                if fields.get("currency").is_some() && fields.currency()? != sum.currency() {
                    return Err(fields.refuse("currency", "This value should be the items' currency"));
                }
                let given = fields.get("price").or(fields.get("price_decimal"));
                if given.is_some() && fields.price(sum.currency())? != *sum {
                    return Err(fields.refuse("price", "This value should be the sum of the items"));
                }
                (*sum, fields.text("description")?)
            }
        };
        let terms = Terms::read(fields, price.currency())?;
        if terms.sum() > price.minor() {
            return Err(fields.refuse("price", "The price should cover its commission and cashback"));
        }
        let purpose = fields.text("purpose")?;
        if !matches!(purpose, None | Some("cash" | "tips")) {
            return Err(fields.refuse("purpose", "This value should be cash or tips"));
        }
        let beneficiary = fields.object("beneficiary")?.map(|payee| Payee::read(&payee)).transpose()?;
        if purpose == Some("cash") && matches!(beneficiary, Some(Payee::Email(_) | Payee::Phone(_))) {
            return Err(fields.refuse("beneficiary", "Cash is for a wallet: give its id or barcode"));
        }
        Ok(Self {
            price,
            terms,
            description: description.map(str::to_owned),
            items: items.map(|(items, _)| items),
            beneficiary,
            purpose: purpose.map(str::to_owned),
            parameters: fields.free_json("parameters")?,
            freeze: Span::read(fields, "freeze")?.unwrap_or(Span::For(0)),
            password: fields
                .object("password")?
                .map(|password| PasswordDraft::read(&password))
                .transpose()?,
            price_rules: price_rules(fields, price)?,
            funds_source: fields.object("funds_source")?.map(|source| funds_source(&source)).transpose()?,
        })
    }
}

impl Payee {
    fn read(fields: &Fields<'_>) -> Result<Self, Refusal> {
        let names = ["id", "email", "phone", "barcode"];
        if names.iter().filter(|name| fields.get(name).is_some()).count() != 1 {
            return Err(fields.refuse("id", "Give exactly one of id, email, phone and barcode"));
        }
        if let Some(id) = fields.integer("id")? {
            return Ok(Self::Wallet(id));
        }
        if let Some(code) = fields.text("barcode")? {
            return contact::wallet_code(code)
                .map(Self::Wallet)
                .ok_or_else(|| fields.refuse("barcode", "This value should be EVP and twelve digits"));
        }
        if let Some(text) = fields.text("email")? {
            return contact::email(text)
                .map(Self::Email)
                .ok_or_else(|| fields.refuse("email", "This value is not an e-mail address"));
        }
        contact::phone(fields.required("phone")?)
            .map(Self::Phone)
            .ok_or_else(|| fields.refuse("phone", "This value is not a phone with its country code"))
    }
}

/// What prices the payer may choose from, in minor units; the price is one of
/// them.
fn price_rules(fields: &Fields<'_>, price: Money) -> Result<Option<Value>, Refusal> {
    let Some(rules) = fields.object("price_rules")? else { return Ok(None) };
    let (min, max) = (rules.integer("min")?, rules.integer("max")?);
    if min.is_some_and(|min| min < 0 || price.minor() < min) {
        return Err(rules.refuse("min", "This value should be from 0 to the price"));
    }
    if max.is_some_and(|max| price.minor() > max) {
        return Err(rules.refuse("max", "This value should not be less than the price"));
    }
    if let Some(value) = rules.get("choices") {
        let choices: Option<Vec<i64>> = value
            .as_array()
            .filter(|choices| (1..=MAX_CHOICES).contains(&choices.len()))
            .and_then(|choices| choices.iter().map(Value::as_i64).collect());
        match choices {
            Some(choices) if choices.contains(&price.minor()) => {}
            Some(_) => return Err(rules.refuse("choices", "The price should be one of the choices")),
            None => return Err(rules.refuse("choices", "This value should be a list of 1 to 100 integers")),
        }
    }
    Ok(Some(Value::Object(rules.echo(&["min", "max", "choices"]))))
}

/// Where the money is from, as on the wire.
pub(crate) fn funds_source(fields: &Fields<'_>) -> Result<Value, Refusal> {
    let kind = fields.text("type")?;
    if !matches!(kind, None | Some("buy" | "sell" | "loan" | "gift" | "inheritance" | "dividends")) {
        let reason = "This value should be buy, sell, loan, gift, inheritance or dividends";
        return Err(fields.refuse("type", reason));
    }
    fields.text("details")?;
    Ok(Value::Object(fields.echo(&["type", "details"])))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(changes: &Value) -> Result<PaymentDraft, String> {
        let mut body = json!({"price": 1000, "currency": "GEL", "description": "x"});
        for (name, value) in changes.as_object().unwrap() {
            body[name] = value.clone();
        }
        match PaymentDraft::read(&Fields::at(&body, String::new()).unwrap()) {
            Ok(draft) => Ok(draft),
            Err(Refusal::InvalidParameter { path, .. }) => Err(path),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn terms_fit_into_the_price() {
        let terms =
            json!({"cashback": 100, "commission": {"in_commission_decimal": "5", "out_commission": 400}});
        let draft = read(&terms).unwrap();
        let expected = Terms { cashback: Some(100), in_commission: Some(500), out_commission: Some(400) };
        assert_eq!((draft.terms, draft.terms.sum()), (expected, 1000));
        assert_eq!(read(&json!({"cashback": 1001})).unwrap_err(), "price");
        assert_eq!(read(&json!({"cashback": -1})).unwrap_err(), "cashback");
        let twice = json!({"commission": {"in_commission": 1, "in_commission_decimal": "1"}});
        assert_eq!(read(&twice).unwrap_err(), "commission.in_commission");
    }

    #[test]
    fn payees_are_named_in_one_way() {
        for (payee, expected) in [
            (json!({"id": 7}), Payee::Wallet(7)),
            (json!({"barcode": "EVP000000014471"}), Payee::Wallet(14471)),
            (json!({"email": "A@b.example"}), Payee::Email("a@b.example".to_owned())),
            (json!({"phone": "+995 555 014471"}), Payee::Phone("995555014471".to_owned())),
        ] {
            assert_eq!(read(&json!({ "beneficiary": payee })).unwrap().beneficiary, Some(expected));
        }
        for (payee, path) in [
            (json!({}), "beneficiary.id"),
            (json!({"id": 7, "email": "a@b"}), "beneficiary.id"),
            (json!({"barcode": "EVP0010001000101"}), "beneficiary.barcode"),
            (json!({"email": "ab"}), "beneficiary.email"),
            (json!({"phone": "1"}), "beneficiary.phone"),
            (json!(7), "beneficiary"),
        ] {
            assert_eq!(read(&json!({ "beneficiary": payee })).unwrap_err(), path, "{payee}");
        }
        let cash = json!({"purpose": "cash", "beneficiary": {"phone": "995555014471"}});
        assert_eq!(read(&cash).unwrap_err(), "beneficiary");
    }

    #[test]
    fn rules_and_sources_are_checked_and_echoed() {
        let rules = json!({"min": 500, "max": 2000, "choices": [500, 1000], "other": 1});
        let echoed = read(&json!({ "price_rules": rules })).unwrap().price_rules;
        assert_eq!(echoed, Some(json!({"min": 500, "max": 2000, "choices": [500, 1000]})));
        for (rules, path) in [
            (json!({"min": 1001}), "price_rules.min"),
            (json!({"max": 999}), "price_rules.max"),
            (json!({"choices": [1]}), "price_rules.choices"),
            (json!({"choices": []}), "price_rules.choices"),
            (json!({"choices": ["1000"]}), "price_rules.choices"),
        ] {
            assert_eq!(read(&json!({ "price_rules": rules })).unwrap_err(), path, "{rules}");
        }
        let source = json!({"funds_source": {"type": "gift", "details": "birthday"}});
        assert_eq!(read(&source).unwrap().funds_source, Some(source["funds_source"].clone()));
        assert_eq!(read(&json!({"funds_source": {"type": "theft"}})).unwrap_err(), "funds_source.type");
    }
}
