//! Lists of the wire, page by page (wallet-api section 1.6).

use std::fmt;
use std::marker::PhantomData;

use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::tolerance::{null_is_missing, readable};

/// What a server puts on one page at most, where it is asked for that.
pub(super) const LONGEST_PAGE: u32 = 200;
/// What a server puts on one page if it is not asked; no page that is followed by
/// another one has less.
pub(super) const SHORTEST_PAGE: usize = 20;

/// What can stand in a list, and how the wire names such a list.
pub(super) trait Listed {
    /// The key of the list in its envelope, for example `transactions`.
    const PLURAL: &'static str;
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    /// What is on the page, in the order of the server.
    pub items: Vec<T>,
    /// Where the page lies.
    pub metadata: PageMetadata,
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
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Page<T>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Page { items, metadata: PageMetadata::default() })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Page<T>, A::Error> {
        let mut items: Option<Vec<T>> = None;
        let mut metadata: Option<PageMetadata> = None;
        while let Some(key) = map.next_key::<String>()? {
            if key == T::PLURAL {
                items = map.next_value()?;
            } else if key == "_metadata" {
                metadata = map.next_value()?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Page { items: items.unwrap_or_default(), metadata: metadata.unwrap_or_default() })
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
    use super::*;

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
            assert_eq!(page(bare), Page { items: Vec::new(), metadata: PageMetadata::default() }, "{bare}");
        }
        assert_eq!(page("[1,2]").items, [Thing(1), Thing(2)]);
    }
}
