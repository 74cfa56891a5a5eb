//! What the server knows of a scanned code (wallet-api section 8.2).

use serde::Deserialize;
use serde_json::Value;

use super::error::WalletApiError;
use super::spots::SpotId;
use super::tolerance::readable;
use super::transport::{Call, Transport};
use super::users::UserId;
use super::wire::{DecimalText, both_amounts};
use crate::code::{TransactionKey, WalletId};
use crate::money::Money;

/// What a code means.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum CodeMeaning {
    /// A transaction to review.
    Transaction(TransactionKey),
    /// A spot to check in at.
    Spot(SpotId),
    /// A payment to fill in.
    Prefill(Prefill),
    /// A kind that this library does not know.
    Other {
        /// Its name.
        kind: String,
    },
}

/// A payment to fill in.
#[derive(Clone, Debug, PartialEq)]
pub struct Prefill {
    /// Who is to be paid.
    pub beneficiary: PrefillBeneficiary,
    /// How much, if the code says it; one without a currency is not read.
    pub price: Option<Money>,
    /// The words for it.
    pub description: Option<String>,
}

/// Who is to be paid.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct PrefillBeneficiary {
    /// The wallet that is paid.
    pub wallet_id: WalletId,
    /// The account number.
    pub account_number: Option<String>,
    /// The owner.
    pub user_id: Option<UserId>,
    /// The owner's name.
    #[serde(default, deserialize_with = "readable")]
    pub display_name: Option<String>,
    /// The owner's phone number.
    #[serde(default, deserialize_with = "readable")]
    pub phone: Option<String>,
    /// The owner's e-mail address.
    #[serde(default, deserialize_with = "readable")]
    pub email: Option<String>,
}

#[derive(Deserialize)]
struct Body {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    parameters: Value,
}

#[derive(Deserialize)]
struct TransactionBody {
    transaction_key: TransactionKey,
}

#[derive(Deserialize)]
struct SpotBody {
    spot_id: SpotId,
}

#[derive(Deserialize)]
struct PrefillBody {
    beneficiary: PrefillBeneficiary,
    price: Option<i64>,
    price_decimal: Option<DecimalText>,
    currency: Option<String>,
    description: Option<String>,
}

impl TryFrom<Body> for CodeMeaning {
    type Error = String;

    fn try_from(Body { kind, parameters }: Body) -> Result<Self, String> {
        let unreadable = |error: serde_json::Error| error.to_string();
        Ok(match kind.as_str() {
            "transaction" => Self::Transaction(
                serde_json::from_value::<TransactionBody>(parameters).map_err(unreadable)?.transaction_key,
            ),
            "spot" => Self::Spot(serde_json::from_value::<SpotBody>(parameters).map_err(unreadable)?.spot_id),
            "prefill" => {
                let body: PrefillBody = serde_json::from_value(parameters).map_err(unreadable)?;
                let price = match (&body.currency, body.price, &body.price_decimal) {
                    (_, None, None) => None,
                    (Some(currency), minor, decimal) => {
                        Some(both_amounts(minor, decimal.as_ref(), currency)?)
                    }
                    // Without it the payer would be asked for any amount.
                    (None, ..) => return Err("the price has no currency".to_owned()),
                };
                Self::Prefill(Prefill { beneficiary: body.beneficiary, price, description: body.description })
            }
            _ => Self::Other { kind },
        })
    }
}

impl<'de> Deserialize<'de> for CodeMeaning {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(Body::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// Calls about codes.
#[derive(Debug)]
pub struct Codes<'a> {
    transport: &'a Transport,
}

impl<'a> Codes<'a> {
    pub(super) fn new(transport: &'a Transport) -> Self {
        Self { transport }
    }

    /// What the text of a scanned code means (`GET code?code=`). Reading it here
    /// first ([`crate::code::Code::parse`]) saves the server codes that are
    /// nobody's, and reservation codes, which authorise whoever sees them.
    ///
    /// # Errors
    /// [`WalletApiError`]; `not_found` for a code of nobody, `NotUnderstood` for a
    /// price that is not clear.
    pub async fn look_up(&self, text: &str) -> Result<CodeMeaning, WalletApiError> {
        self.transport.send(&Call::get("code").query("code", text)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    fn meaning(json: &str) -> Result<CodeMeaning, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn every_kind_is_read_and_new_ones_are_named() {
        assert_eq!(
            meaning(r#"{"type":"spot","parameters":{"spot_id":15}}"#),
            Ok(CodeMeaning::Spot(SpotId(15)))
        );
        let transaction = r#"{"type":"transaction","parameters":{"transaction_key":"pDAlAZ3z"}}"#;
        assert!(
            matches!(meaning(transaction), Ok(CodeMeaning::Transaction(key)) if key.as_str() == "pDAlAZ3z")
        );
        let prefill = r#"{"type":"prefill","parameters":{"beneficiary":{"wallet_id":14471,"account_number":"EVP1",
            "user_id":501,"display_name":"Customer"},"price":100,"price_decimal":"1.00","currency":"GEL"}}"#;
        match meaning(prefill) {
            Ok(CodeMeaning::Prefill(prefill)) => {
                assert_eq!(prefill.price, Some(Money::from_minor(100, Currency::GEL)));
            }
            other => panic!("{other:?}"),
        }
        let open = prefill.replace(r#","price":100,"price_decimal":"1.00","currency":"GEL""#, "");
        assert!(matches!(meaning(&open), Ok(CodeMeaning::Prefill(Prefill { price: None, .. }))), "{open}");
        assert_eq!(meaning(r#"{"type":"moon"}"#), Ok(CodeMeaning::Other { kind: "moon".to_owned() }));
        for wrong in [
            r#"{"type":"spot","parameters":null}"#,
            r#"{"type":"transaction","parameters":{"transaction_key":"../x"}}"#,
            &prefill.replace("1.00", "100"),
        ] {
            assert!(meaning(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_price_without_a_currency_is_an_error_and_not_lost() {
        for price in [
            r#""price":100"#,
            r#""price_decimal":"1.00""#,
            r#""price":100,"currency":null"#,
            r#""price":100,"currency":"JPY""#,
        ] {
            let prefill = format!(
                r#"{{"type":"prefill","parameters":{{"beneficiary":{{"wallet_id":14471}},{price}}}}}"#
            );
            let error = meaning(&prefill).unwrap_err();
            assert!(error.contains("currency") || error.contains("JPY"), "{price}: {error}");
        }
    }
}
