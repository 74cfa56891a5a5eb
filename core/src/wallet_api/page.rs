//! Lists of the wire, page by page (wallet-api section 1.6).

use std::fmt;
use std::marker::PhantomData;

use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::tolerance::{null_is_missing, readable};
use crate::clock::UnixSeconds;
use crate::money::Currency;

/// What a server puts on one page at most, where it is asked for that.
pub(super) const LONGEST_PAGE: u32 = 200;
/// What a server puts on one page if it is not asked; no page that is followed by
/// another one has less.
pub(super) const SHORTEST_PAGE: usize = 20;

/// What can stand in a list, and how the wire names such a list.
pub(super) trait Listed {
    /// The key of the list in its envelope, for example `transactions`.
    const PLURAL: &'static str;
    /// Whether a row in a currency that this library does not know is put aside,
    /// so that it does not take its page along.
    const PUTS_ASIDE: bool = false;
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    /// What is on the page, in the order of the server.
    pub items: Vec<T>,
    /// Rows of statements, and of what is pending or held, whose amounts this
    /// library can't carry exactly: they are named rather than misread. In other
    /// lists there are none.
    pub unreadable: Vec<UnreadableRow>,
    /// Where the page lies.
    pub metadata: PageMetadata,
}

/// A row in a currency that has not two decimals, or that ISO 4217 does not list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadableRow {
    /// The currency's code.
    pub currency: String,
    /// The row's number, if it has one, as the server writes it.
    pub id: Option<String>,
    /// When it was, if that can be read.
    pub date: Option<UnixSeconds>,
}

impl UnreadableRow {
    /// `None` for a row that is to be read.
    fn of(row: &Value) -> Option<Self> {
        let currency = row.get("currency")?.as_str()?;
        if Currency::parse(currency).is_ok() {
            return None;
        }
        let id = match row.get("id") {
            Some(Value::String(id)) => Some(id.clone()),
            Some(Value::Number(id)) => Some(id.to_string()),
            _ => None,
        };
        let date = row.get("date").and_then(|date| UnixSeconds::deserialize(date).ok());
        Some(Self { currency: currency.to_owned(), id, date })
    }
}

/// Where a page lies in its list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct PageMetadata {
    /// How many there are in all pages.
    #[serde(default, deserialize_with = "null_is_missing")]
    pub total: u64,
    /// How many lie before this page.
    #[serde(default, deserialize_with = "null_is_missing")]
    pub offset: u64,
    /// How many a page holds at most.
    #[serde(default, deserialize_with = "null_is_missing")]
    pub limit: u64,
    /// Whether another page follows, where the server says so.
    #[serde(default, deserialize_with = "readable")]
    pub has_next: Option<bool>,
    /// Marks to go on from, in lists that are read by cursor.
    #[serde(default, deserialize_with = "readable")]
    pub cursors: Cursors,
}

/// The marks at both ends of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Cursors {
    /// The mark after which the next page begins.
    pub after: Option<String>,
    /// The mark before which the previous page ends.
    pub before: Option<String>,
}

impl<'de, T: Listed + Deserialize<'de>> Deserialize<'de> for Page<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Envelope(PhantomData))
    }
}

struct Envelope<T>(PhantomData<T>);

impl<'de, T: Listed + Deserialize<'de>> Visitor<'de> for Envelope<T> {
    type Value = Page<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a page of {}", T::PLURAL)
    }

    /// Some lists have no envelope.
    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Page<T>, A::Error> {
        let Rows { items, unreadable } = Rows::of(list)?;
        Ok(Page { items, unreadable, metadata: PageMetadata::default() })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Page<T>, A::Error> {
        let mut rows: Option<Rows<T>> = None;
        let mut metadata: Option<PageMetadata> = None;
        while let Some(key) = map.next_key::<String>()? {
            if key == T::PLURAL {
                rows = map.next_value()?;
            } else if key == "_metadata" {
                metadata = map.next_value()?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        let (items, unreadable) = rows.map_or_else(Default::default, |rows| (rows.items, rows.unreadable));
        Ok(Page { items, unreadable, metadata: metadata.unwrap_or_default() })
    }
}

/// The list itself.
struct Rows<T> {
    items: Vec<T>,
    unreadable: Vec<UnreadableRow>,
}

impl<T> Rows<T> {
    fn of<'de, A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error>
    where
        T: Listed + Deserialize<'de>,
    {
        let mut rows = Self { items: Vec::new(), unreadable: Vec::new() };
        if !T::PUTS_ASIDE {
            while let Some(item) = list.next_element()? {
                rows.items.push(item);
            }
            return Ok(rows);
        }
        // Looked into a second time only where it can't be read.
        while let Some(row) = list.next_element::<&'de RawValue>()? {
            match serde_json::from_str(row.get()) {
                Ok(item) => rows.items.push(item),
                Err(error) => {
                    match serde_json::from_str(row.get()).ok().and_then(|row| UnreadableRow::of(&row)) {
                        Some(unreadable) => rows.unreadable.push(unreadable),
                        None => return Err(serde::de::Error::custom(error)),
                    }
                }
            }
        }
        Ok(rows)
    }
}

impl<'de, T: Listed + Deserialize<'de>> Deserialize<'de> for Rows<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(List(PhantomData))
    }
}

struct List<T>(PhantomData<T>);

impl<'de, T: Listed + Deserialize<'de>> Visitor<'de> for List<T> {
    type Value = Rows<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of {}", T::PLURAL)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Rows<T>, A::Error> {
        Rows::of(list)
    }
}

/// A part of a list to read: so many, from there on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// At most so many, 1 to 200; the server's default is 20.
    pub limit: Option<u32>,
    /// So many at the beginning are left out.
    pub offset: Option<u64>,
}

impl Window {
    pub(super) fn pairs(self) -> [(&'static str, Option<String>); 2] {
        [
            ("limit", self.limit.map(|limit| limit.to_string())),
            ("offset", self.offset.map(|offset| offset.to_string())),
        ]
    }
}

#[cfg(test)]
mod tests {
    use serde::de::DeserializeOwned;

    use super::*;
    use crate::wallet_api::wallets::{PendingPayment, ReservationStatement, Statement};

    #[derive(Debug, PartialEq, Deserialize)]
    struct Thing(u8);

    impl Listed for Thing {
        const PLURAL: &'static str = "things";
    }

    fn page(json: &str) -> Page<Thing> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn an_envelope_is_read_whatever_is_missing_null_or_new() {
        let full = page(
            r#"{"new":{"a":[]},"_metadata":{"total":7,"offset":2,"limit":2,"has_next":true,
                "cursors":{"after":"c","before":null}},"things":[1,2]}"#,
        );
        assert_eq!(full.items, [Thing(1), Thing(2)]);
        assert_eq!((full.metadata.total, full.metadata.offset, full.metadata.limit), (7, 2, 2));
        assert_eq!(full.metadata.cursors.after.as_deref(), Some("c"));
        for bare in [r"{}", r#"{"things":null,"_metadata":null}"#, r#"{"_metadata":{"cursors":null}}"#] {
            let nothing =
                Page { items: Vec::new(), unreadable: Vec::new(), metadata: PageMetadata::default() };
            assert_eq!(page(bare), nothing, "{bare}");
        }
        assert_eq!(page("[1,2]").items, [Thing(1), Thing(2)]);
    }

    #[test]
    fn a_row_in_a_currency_that_is_not_known_takes_no_page_along_and_is_named() {
        let row = |currency: &str| {
            format!(r#"{{"id":7,"amount":5,"currency":"{currency}","date":1,"direction":"in"}}"#)
        };
        fn read<T: Listed + DeserializeOwned>(rows: &str) -> Page<T> {
            let envelope = format!(r#"{{"{}":{rows},"_metadata":{{"total":3}}}}"#, T::PLURAL);
            let page: Page<T> = serde_json::from_str(&envelope).unwrap();
            assert_eq!(serde_json::from_str::<Page<T>>(rows).unwrap().items.len(), page.items.len());
            page
        }
        let rows = format!("[{},{},{}]", row("GEL"), row("JPY"), row("EUR"));
        let (statements, pending) = (read::<Statement>(&rows), read::<PendingPayment>(&rows));
        let held = read::<ReservationStatement>(&rows);
        let yen = UnreadableRow {
            currency: "JPY".to_owned(),
            id: Some("7".to_owned()),
            date: Some(UnixSeconds(1)),
        };
        assert_eq!([statements.items.len(), pending.items.len(), held.items.len()], [2, 2, 2]);
        assert_eq!(
            [statements.unreadable, pending.unreadable, held.unreadable],
            [(); 3].map(|()| vec![yen.clone()])
        );
        let odd = read::<Statement>(r#"[{"currency":"X"},{"currency":"JPY","id":"a","date":"b"}]"#);
        let named = |currency: &str, id: Option<&str>| UnreadableRow {
            currency: currency.to_owned(),
            id: id.map(str::to_owned),
            date: None,
        };
        assert_eq!(odd.unreadable, [named("X", None), named("JPY", Some("a"))]);
        // What is odd in any other way is paid: nothing is guessed.
        for wrong in [row("GEL").replace('5', "\"5\""), "{}".to_owned(), r#"{"currency":7}"#.to_owned()] {
            assert!(serde_json::from_str::<Page<Statement>>(&format!("[{wrong}]")).is_err(), "{wrong}");
        }
    }
}
