//! Reading what servers do not write as it is documented.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeOwned, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::clock::UnixSeconds;

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

/// An object whose keys are data. PHP writes an empty one like an empty list.
pub(super) struct Keyed<T>(pub(super) BTreeMap<String, T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Keyed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KeyedVisitor(PhantomData))
    }
}

struct KeyedVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for KeyedVisitor<T> {
    type Value = Keyed<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Keyed<T>, A::Error> {
        match list.next_element::<Value>()? {
            None => Ok(Keyed(BTreeMap::new())),
            Some(_) => Err(serde::de::Error::invalid_type(serde::de::Unexpected::Seq, &self)),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Keyed<T>, A::Error> {
        let mut entries = BTreeMap::new();
        while let Some((key, value)) = map.next_entry()? {
            entries.insert(key, value);
        }
        Ok(Keyed(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Row {
        #[serde(default, deserialize_with = "readable")]
        text: Option<String>,
        #[serde(default, deserialize_with = "readable_rows")]
        numbers: Vec<u8>,
        #[serde(default, deserialize_with = "measure")]
        degrees: Option<f64>,
    }

    #[test]
    fn what_can_not_be_read_is_missing_and_the_rest_is_there() {
        let row = |json: &str| serde_json::from_str::<Row>(json).unwrap();
        let read = row(r#"{"text":"a","numbers":[1,300,"x",2],"degrees":"41.5"}"#);
        let expected = Row { text: Some("a".to_owned()), numbers: vec![1, 2], degrees: Some(41.5) };
        assert_eq!(read, expected);
        let nothing = Row { text: None, numbers: Vec::new(), degrees: None };
        for odd in [
            r#"{"text":7,"numbers":{},"degrees":"NaN"}"#,
            r#"{"text":null,"numbers":null,"degrees":null}"#,
            "{}",
        ] {
            assert_eq!(row(odd), nothing, "{odd}");
        }
    }

    #[test]
    fn an_empty_object_may_be_an_empty_list() {
        let keyed = |json: &str| serde_json::from_str::<Keyed<u8>>(json).map(|keyed| keyed.0);
        assert_eq!(keyed("[]").unwrap(), BTreeMap::new());
        assert_eq!(keyed(r#"{"a":1}"#).unwrap(), BTreeMap::from([("a".to_owned(), 1)]));
        for wrong in ["[1]", "null", "7", r#"{"a":"x"}"#] {
            assert!(keyed(wrong).is_err(), "{wrong}");
        }
    }
}
