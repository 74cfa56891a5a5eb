//! Small things that many wire structs need.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::clock::UnixSeconds;
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

/// Reads `null` like a missing field.
pub(super) fn null_is_missing<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// Reads what adorns a row: in a form that this library does not know it is
/// missing, so that it does not take the row, and with it the whole list, along.
/// Never for amounts that are paid, states and identifiers.
pub(super) fn readable<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + DeserializeOwned,
{
    let value = Value::deserialize(deserializer)?;
    Ok(Option::<T>::deserialize(value).ok().flatten().unwrap_or_default())
}

/// The rows of such a list that can be read; the others, as they came.
#[derive(Debug)]
pub(super) struct Rows<T> {
    pub(super) read: Vec<T>,
    pub(super) unreadable: Vec<Value>,
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self { read: Vec::new(), unreadable: Vec::new() }
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Rows<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut rows = Self::default();
        match Value::deserialize(deserializer)? {
            Value::Array(values) => {
                for value in values {
                    match T::deserialize(&value) {
                        Ok(row) => rows.read.push(row),
                        Err(_) => rows.unreadable.push(value),
                    }
                }
            }
            Value::Null => {}
            other => rows.unreadable.push(other),
        }
        Ok(rows)
    }
}

/// Reads the rows of a list that adorns, without those that can't be read.
pub(super) fn readable_rows<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    Rows::deserialize(deserializer).map(|rows| rows.read)
}

/// A measure, like degrees, that some servers send as text; missing if it is
/// neither.
pub(super) fn measure<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    let number = match Value::deserialize(deserializer)? {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    Ok(number.filter(|number: &f64| number.is_finite()))
}

/// A moment or a duration in an object of `for` or `until`, as a [`Freeze`] has
/// it. The moment counts where a server sends both; in any other form it is
/// missing.
///
/// [`Freeze`]: super::payments::Freeze
pub(super) fn for_or_until<'de, D, T>(
    deserializer: D,
    seconds: fn(i64) -> T,
    until: fn(UnixSeconds) -> T,
) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
{
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Span {
        r#for: Option<i64>,
        until: Option<UnixSeconds>,
    }
    let span: Span = readable(deserializer)?;
    Ok(span.until.map(until).or(span.r#for.map(seconds)))
}

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
