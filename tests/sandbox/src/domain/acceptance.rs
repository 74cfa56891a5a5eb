//! What `PUT transaction/{key}/reserve` asks for (wallet-api section 5.4).

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::contact::{self, Criterion};
use super::fields::Fields;
use super::payment::funds_source;
use crate::error::Refusal;

/// An acceptance as it is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Acceptance {
    pub(crate) payer: Payer,
    pub(crate) proof: Option<Proof>,
    /// Where the money is from, by a payment's number or place.
    pub(crate) funds_sources: BTreeMap<String, Value>,
    /// A transaction that is taken back first.
    pub(crate) revoke_first: Option<String>,
    /// Whether the payer does without the passwords that are optional.
    pub(crate) without_passwords: bool,
    /// Whether the payer pays without giving the allowance that stands beside.
    pub(crate) without_allowance: bool,
    /// Whether a person accepts on the web page, where the money may come later.
    pub(crate) on_the_web: bool,
}

/// How the request says who pays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Payer {
    /// The wallet of this reservation code.
    Code(String),
    Wallet(i64),
    Account(String),
    Person(Criterion),
    Card {
        issuer: Option<String>,
        number: String,
    },
    /// Who was asked by SMS.
    Asked,
}

/// What the customer tells the merchant, beside who it is.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Proof {
    Pin(String),
    SmsCode(String),
}

impl std::fmt::Debug for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Pin(_) => "Pin(..)",
            Self::SmsCode(_) => "SmsCode(..)",
        })
    }
}

impl Acceptance {
    /// From this wallet, with nothing else said.
    pub(crate) const fn by_wallet(wallet: i64) -> Self {
        Self {
            payer: Payer::Wallet(wallet),
            proof: None,
            funds_sources: BTreeMap::new(),
            revoke_first: None,
            without_passwords: false,
            without_allowance: false,
            on_the_web: false,
        }
    }

    /// Reads the body; `wallet` is the one in the path.
    pub(crate) fn read(body: &Map<String, Value>, wallet: Option<i64>) -> Result<Self, Refusal> {
        let fields = Fields::root(body);
        let pin = one_of(&fields, "pin", "pin_code")?;
        let sms_code = fields.text("sms_code")?;
        let proof = match (pin, sms_code) {
            (Some(_), Some(_)) => return Err(fields.refuse("pin", "Give either a PIN or an SMS code")),
            (Some(pin), None) => Some(Proof::Pin(pin.to_owned())),
            (None, Some(code)) => Some(Proof::SmsCode(code.to_owned())),
            (None, None) => None,
        };
        Ok(Self {
            payer: payer(&fields, wallet, sms_code.is_some())?,
            proof,
            funds_sources: funds_sources(&fields)?,
            revoke_first: fields.text("revoke_transaction_key")?.map(str::to_owned),
            without_passwords: fields.boolean("without_passwords")?.unwrap_or(false),
            without_allowance: fields.boolean("decline_allowance")?.unwrap_or(false),
            on_the_web: false,
        })
    }
}

/// A text that has two names and one value.
fn one_of<'a>(fields: &Fields<'a>, name: &str, other: &str) -> Result<Option<&'a str>, Refusal> {
    match (fields.text(name)?, fields.text(other)?) {
        (Some(first), Some(second)) if first != second => {
            Err(fields.refuse(other, &format!("{name} and {other} differ")))
        }
        (first, second) => Ok(first.or(second)),
    }
}

fn payer(fields: &Fields<'_>, wallet: Option<i64>, asked: bool) -> Result<Payer, Refusal> {
    if let Some(wallet) = wallet {
        return Ok(Payer::Wallet(wallet));
    }
    let code = one_of(fields, "reservation_code", "code")?.map(|code| Payer::Code(code.to_owned()));
    let named = fields.object("payer")?.map(|payer| named(&payer)).transpose()?;
    let number = fields.integer("wallet_id")?.map(Payer::Wallet);
    let mut given = [code, named, number].into_iter().flatten();
    match (given.next(), given.next()) {
        (Some(payer), None) => Ok(payer),
        (Some(_), Some(_)) => Err(fields.refuse("payer", "Give either a code or a payer")),
        (None, _) if asked => Ok(Payer::Asked),
        (None, _) => Err(fields.blank("reservation_code")),
    }
}

/// A `payer` object, which names exactly one thing.
fn named(payer: &Fields<'_>) -> Result<Payer, Refusal> {
    let names = ["id", "wallet_id", "email", "phone", "card", "account_number"];
    if names.iter().filter(|name| payer.get(name).is_some()).count() != 1 {
        return Err(payer.refuse("id", "Give exactly one of id, email, phone, card and account_number"));
    }
    if let Some(wallet) = payer.integer("id")?.or(payer.integer("wallet_id")?) {
        return Ok(Payer::Wallet(wallet));
    }
    if let Some(email) = payer.text("email")? {
        let email = contact::email(email).ok_or_else(|| payer.refuse("email", "This is not an address"))?;
        return Ok(Payer::Person(Criterion::Email(email)));
    }
    if let Some(card) = payer.object("card")? {
        let issuer = card.text("issuer")?.map(str::to_owned);
        return Ok(Payer::Card { issuer, number: card.required("number")?.to_owned() });
    }
    if let Some(account) = payer.text("account_number")? {
        return Ok(Payer::Account(account.to_owned()));
    }
    let phone = contact::phone(payer.required("phone")?)
        .ok_or_else(|| payer.refuse("phone", "This is not a phone with its country code"))?;
    Ok(Payer::Person(Criterion::Phone(phone)))
}

/// PHP and the newer reference give them different names.
fn funds_sources(fields: &Fields<'_>) -> Result<BTreeMap<String, Value>, Refusal> {
    let mut sources = BTreeMap::new();
    for name in ["funds_sources", "payment_funds_sources"] {
        match fields.get(name) {
            None => {}
            // PHP's empty map.
            Some(Value::Array(list)) if list.is_empty() => {}
            Some(Value::Array(list)) => {
                for (index, value) in list.iter().enumerate() {
                    let source = Fields::at(value, fields.path(&format!("{name}[{index}]")))?;
                    sources.insert(index.to_string(), funds_source(&source)?);
                }
            }
            Some(Value::Object(map)) => {
                for (payment, value) in map {
                    let source = Fields::at(value, fields.path(&format!("{name}.{payment}")))?;
                    sources.insert(payment.clone(), funds_source(&source)?);
                }
            }
            Some(_) => return Err(fields.refuse(name, "This value should be an object")),
        }
    }
    Ok(sources)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(body: &Value) -> Result<Payer, Refusal> {
        Acceptance::read(body.as_object().unwrap(), None).map(|acceptance| acceptance.payer)
    }

    #[test]
    fn the_code_has_two_names_and_one_value() {
        for body in [
            json!({"code": "1"}),
            json!({"reservation_code": "1"}),
            json!({"reservation_code": "1", "code": "1"}),
        ] {
            assert_eq!(read(&body).unwrap(), Payer::Code("1".to_owned()), "{body}");
        }
        for body in [
            json!({}),
            json!({"code": 1}),
            json!({"reservation_code": "1", "code": "2"}),
            json!({"code": "1", "payer": {"id": 1}}),
            json!({"code": "1", "wallet_id": 1}),
            json!({"payer": {}}),
            json!({"payer": {"id": 1, "email": "a@b"}}),
            json!({"payer": {"phone": "12"}}),
            json!({"payer": {"card": {}}}),
            json!({"payer": 1}),
            json!({"wallet_id": 1, "pin": "1", "pin_code": "2"}),
            json!({"wallet_id": 1, "pin": "1", "sms_code": "1"}),
            json!({"wallet_id": 1, "funds_sources": {"1": {"type": "theft"}}}),
            json!({"wallet_id": 1, "funds_sources": 1}),
        ] {
            assert!(matches!(read(&body), Err(Refusal::InvalidParameter { .. })), "{body}");
        }
    }

    #[test]
    fn a_payer_is_named_in_many_ways() {
        let card = Payer::Card { issuer: Some("x".to_owned()), number: "9".to_owned() };
        for (body, payer) in [
            (json!({"payer": {"id": 7}}), Payer::Wallet(7)),
            (json!({"payer": {"wallet_id": 7}}), Payer::Wallet(7)),
            (json!({"wallet_id": 7}), Payer::Wallet(7)),
            (json!({"payer": {"phone": "+9955550"}}), Payer::Person(Criterion::Phone("9955550".to_owned()))),
            (json!({"payer": {"email": "A@b"}}), Payer::Person(Criterion::Email("a@b".to_owned()))),
            (json!({"payer": {"card": {"issuer": "x", "number": "9"}}}), card),
            (json!({"payer": {"account_number": "EVP1"}}), Payer::Account("EVP1".to_owned())),
            (json!({"sms_code": "123"}), Payer::Asked),
        ] {
            assert_eq!(read(&body).unwrap(), payer, "{body}");
        }
    }

    #[test]
    fn sources_of_funds_have_two_names_and_two_forms() {
        let gift = json!({"type": "gift"});
        for body in [
            json!({"wallet_id": 1, "funds_sources": {"0": gift}}),
            json!({"wallet_id": 1, "payment_funds_sources": [gift]}),
        ] {
            let acceptance = Acceptance::read(body.as_object().unwrap(), None).unwrap();
            assert_eq!(acceptance.funds_sources.get("0"), Some(&gift));
        }
    }
}
