//! Small things that many wire structs need.

use serde::{Deserialize, Deserializer};

use crate::money::{Currency, Money};

/// An enum of the wire: named texts, and [`Other`] for what a newer server says.
macro_rules! wire_enum {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)+
            /// A value that this library does not know.
            Other(String),
        }

        impl $name {
            /// The value as it is on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)+
                    Self::Other(text) => text,
                }
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                match text.as_str() {
                    $($text => Self::$variant,)+
                    _ => Self::Other(text),
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <String as serde::Deserialize>::deserialize(deserializer).map(Self::from)
            }
        }
    };
}
pub(super) use wire_enum;

/// The number of a thing on the wire; it stands in paths as it is.
macro_rules! numeric_id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize, serde::Serialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&self.0, f)
            }
        }
    };
}
pub(super) use numeric_id;

/// The name of a thing on the wire: letters, digits, `-` and `_`, so that it
/// can stand in paths.
macro_rules! text_id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Checks a name; `None` unless it is 1 to 128 letters, digits, `-`
            /// and `_`.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
                ((1..=128).contains(&text.len()) && text.bytes().all(is_plain)).then(|| Self(text.to_owned()))
            }

            /// The name.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                Self::parse(&text).ok_or_else(|| serde::de::Error::custom("a name has letters, digits, - and _"))
            }
        }
    };
}
pub(super) use text_id;

/// An amount in both of its representations: minor units and decimal text
/// (wallet-api section 4). They must agree: money is never a guess.
pub(super) fn both_amounts(
    minor: Option<i64>,
    decimal: Option<&DecimalText>,
    currency: &str,
) -> Result<Money, String> {
    let currency = Currency::parse(currency).map_err(|error| error.to_string())?;
    let from_minor = minor.map(|minor| Money::from_minor(minor, currency));
    let from_decimal = decimal
        .map(|text| Money::parse_decimal(&text.0, currency))
        .transpose()
        .map_err(|error| error.to_string())?;
    match (from_minor, from_decimal) {
        (Some(minor), Some(decimal)) if minor != decimal => {
            Err(format!("the amount is {minor} in minor units and {decimal} as a decimal"))
        }
        (Some(money), _) | (None, Some(money)) => Ok(money),
        (None, None) => Err("the amount is missing".to_owned()),
    }
}

/// An object of `amount`, `amount_decimal` and `currency`.
#[derive(Deserialize)]
#[serde(try_from = "PricedBody")]
pub(super) struct Priced(pub(super) Money);

#[derive(Deserialize)]
struct PricedBody {
    amount: Option<i64>,
    amount_decimal: Option<DecimalText>,
    currency: String,
}

impl TryFrom<PricedBody> for Priced {
    type Error = String;

    fn try_from(body: PricedBody) -> Result<Self, String> {
        both_amounts(body.amount, body.amount_decimal.as_ref(), &body.currency).map(Self)
    }
}

/// A decimal that was sent as text, or as a whole JSON number. A JSON number
/// with a fraction is refused: reading it would go through a float.
#[derive(Debug)]
pub(super) struct DecimalText(String);

impl<'de> Deserialize<'de> for DecimalText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Text(String),
            Whole(i64),
        }
        Ok(Self(match Form::deserialize(deserializer)? {
            Form::Text(text) => text,
            Form::Whole(number) => number.to_string(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(json: &str) -> DecimalText {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn two_representations_must_agree() {
        let money = Money::from_minor(1250, Currency::GEL);
        assert_eq!(both_amounts(Some(1250), Some(&decimal("\"12.5\"")), "GEL"), Ok(money));
        assert_eq!(both_amounts(Some(1200), Some(&decimal("12")), "GEL").map(Money::minor), Ok(1200));
        assert!(serde_json::from_str::<DecimalText>("12.5").is_err());
        assert_eq!(both_amounts(Some(1250), None, "GEL"), Ok(money));
        assert!(both_amounts(Some(1251), Some(&decimal("\"12.50\"")), "GEL").is_err());
        assert!(both_amounts(None, None, "GEL").is_err());
        assert!(both_amounts(Some(1), None, "JPY").is_err());
        assert!(both_amounts(None, Some(&decimal("\"1.005\"")), "GEL").is_err());
    }
}
