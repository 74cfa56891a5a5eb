//! The parts that payments are made of, asked for and answered alike
//! (wallet-api section 5.5). Amounts are of the payment's currency.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock::UnixSeconds;
use crate::money::{Currency, Money};
use crate::secret::Secret;
use crate::wallet_api::tolerance::readable;
use crate::wallet_api::wire::{DecimalText, both_amounts, wire_enum};

/// One thing that is bought. A customer's app doesn't show it.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Its name.
    pub title: String,
    /// More about it.
    pub description: Option<String>,
    /// Where a picture of it is.
    pub image_uri: Option<String>,
    /// What one costs.
    pub price: Money,
    /// How many.
    pub quantity: u32,
    /// What the merchant attached.
    pub parameters: Option<Value>,
}

/// What Paysera or the merchant takes for the service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Commission {
    /// Taken from what the beneficiary gets.
    pub incoming: Option<Money>,
    /// Paid by the payer; a part of the price.
    pub outgoing: Option<Money>,
}

/// How long settled money can still be given back; the period begins with the
/// confirmation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum Freeze {
    /// For so many seconds.
    #[serde(rename = "for")]
    For(i64),
    /// Until a moment.
    #[serde(rename = "until")]
    Until(UnixSeconds),
}

/// A password that the payer has to know, or the beneficiary to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPassword {
    /// The password; where there is none the server makes one and shows it to the
    /// payer.
    pub value: Option<Secret>,
    /// Whether the payer may do without it; the server's default if absent.
    pub optional: Option<bool>,
    /// Whether the payer may take the payment back while it stands in the way;
    /// the server's default if absent.
    pub cancelable: Option<bool>,
}

impl NewPassword {
    /// One that the server makes.
    #[must_use]
    pub fn generated() -> Self {
        Self { value: None, optional: None, cancelable: None }
    }

    /// This one.
    #[must_use]
    pub fn provided(value: Secret) -> Self {
        Self { value: Some(value), ..Self::generated() }
    }
}

wire_enum! {
    /// Whether a password still stands in the way.
    pub enum PasswordStatus {
        /// It does not.
        Disabled = "disabled",
        /// It has to be given.
        Pending = "pending",
        /// It was given.
        Unlocked = "unlocked",
    }
}

/// The password of a payment.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct PaymentPassword {
    /// Who made it: `generated` or `provided`.
    #[serde(rename = "type", default, deserialize_with = "readable")]
    pub kind: String,
    /// Whether the payer may do without it.
    #[serde(default, deserialize_with = "readable")]
    pub optional: Option<bool>,
    /// Whether the payer may take the payment back while it stands in the way.
    #[serde(default, deserialize_with = "readable")]
    pub cancelable: Option<bool>,
    /// Whether it still stands in the way.
    pub status: Option<PasswordStatus>,
    /// The password, for the payer and where the server made it.
    pub value: Option<Secret>,
}

/// What the payer may choose to pay, in minor units of the payment's currency.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct PriceRules {
    /// At least so much.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    /// At most so much.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
    /// One of these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub choices: Option<Vec<i64>>,
}

wire_enum! {
    /// Where the payer has the money from.
    pub enum FundsSourceType {
        /// The payer bought something.
        Buy = "buy",
        /// The payer sold something.
        Sell = "sell",
        /// A loan.
        Loan = "loan",
        /// A gift.
        Gift = "gift",
        /// An inheritance.
        Inheritance = "inheritance",
        /// Dividends.
        Dividends = "dividends",
    }
}

/// Where the payer has the money from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct FundsSource {
    /// The kind of source.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<FundsSourceType>,
    /// The payer's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<String>,
}

#[derive(Serialize)]
struct ItemToSend<'a> {
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image_uri: Option<&'a str>,
    price: i64,
    currency: &'a str,
    quantity: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameters: Option<&'a Value>,
}

impl Serialize for Item {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ItemToSend {
            title: &self.title,
            description: self.description.as_deref(),
            image_uri: self.image_uri.as_deref(),
            price: self.price.minor(),
            currency: self.price.currency().code(),
            quantity: self.quantity,
            parameters: self.parameters.as_ref(),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Body {
            title: String,
            description: Option<String>,
            image_uri: Option<String>,
            price: Option<i64>,
            price_decimal: Option<DecimalText>,
            currency: String,
            quantity: u32,
            parameters: Option<Value>,
        }
        let body = Body::deserialize(deserializer)?;
        let price = both_amounts(body.price, body.price_decimal.as_ref(), &body.currency);
        Ok(Self {
            title: body.title,
            description: body.description,
            image_uri: body.image_uri,
            price: price.map_err(serde::de::Error::custom)?,
            quantity: body.quantity,
            parameters: body.parameters,
        })
    }
}

#[derive(Serialize)]
pub(in crate::wallet_api) struct CommissionToSend {
    #[serde(skip_serializing_if = "Option::is_none")]
    in_commission: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    out_commission: Option<i64>,
}

impl From<Commission> for CommissionToSend {
    fn from(commission: Commission) -> Self {
        Self {
            in_commission: commission.incoming.map(Money::minor),
            out_commission: commission.outgoing.map(Money::minor),
        }
    }
}

#[derive(Deserialize)]
pub(in crate::wallet_api) struct CommissionBody {
    in_commission: Option<i64>,
    in_commission_decimal: Option<DecimalText>,
    out_commission: Option<i64>,
    out_commission_decimal: Option<DecimalText>,
}

impl CommissionBody {
    pub(in crate::wallet_api) fn read(&self, currency: &str) -> Result<Commission, String> {
        Ok(Commission {
            incoming: optional(self.in_commission, self.in_commission_decimal.as_ref(), currency)?,
            outgoing: optional(self.out_commission, self.out_commission_decimal.as_ref(), currency)?,
        })
    }
}

/// An amount that may be missing in both of its representations.
pub(in crate::wallet_api) fn optional(
    minor: Option<i64>,
    decimal: Option<&DecimalText>,
    currency: &str,
) -> Result<Option<Money>, String> {
    match (minor, decimal) {
        (None, None) => Ok(None),
        _ => both_amounts(minor, decimal, currency).map(Some),
    }
}

impl Serialize for NewPassword {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Body<'a> {
            r#type: &'static str,
            #[serde(skip_serializing_if = "Option::is_none")]
            value: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            optional: Option<bool>,
            #[serde(skip_serializing_if = "Option::is_none")]
            cancelable: Option<bool>,
        }
        Body {
            r#type: if self.value.is_some() { "provided" } else { "generated" },
            value: self.value.as_ref().map(Secret::expose),
            optional: self.optional,
            cancelable: self.cancelable,
        }
        .serialize(serializer)
    }
}

/// A price as some calls take it: minor units with their currency.
#[derive(Clone, Copy, Debug, Serialize)]
pub(in crate::wallet_api) struct PriceToSend {
    price: i64,
    currency: &'static str,
}

impl From<Money> for PriceToSend {
    fn from(money: Money) -> Self {
        let currency: Currency = money.currency();
        Self { price: money.minor(), currency: currency.code() }
    }
}
