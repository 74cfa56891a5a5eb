//! The envelope of lists and the empty answer (wallet-api sections 1.2 and 1.6).

use crate::error::Refusal;
use serde::{Serialize, Serializer, ser::SerializeMap};

/// A part of a list under the plural name of what it lists.
#[derive(Debug)]
pub(super) struct List<T, M = Metadata> {
    pub(super) name: &'static str,
    pub(super) items: Vec<T>,
    pub(super) metadata: M,
}

/// Where the part stands in the whole; PHP requires all three.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Metadata {
    pub(super) total: i64,
    pub(super) offset: i64,
    pub(super) limit: i64,
}

impl<T> List<T> {
    /// The part of a list of `total` that `(limit, offset)` asked for.
    pub(super) const fn page(
        name: &'static str,
        items: Vec<T>,
        total: i64,
        (limit, offset): (i64, i64),
    ) -> Self {
        Self { name, items, metadata: Metadata { total, offset, limit } }
    }
}

/// The part of `all` that `(limit, offset)` asks for, and the length of the whole.
pub(super) fn cut<T>(all: Vec<T>, (limit, offset): (i64, i64)) -> Result<(Vec<T>, i64), Refusal> {
    let total = i64::try_from(all.len()).map_err(|_| Refusal::Internal)?;
    let skip = usize::try_from(offset).map_err(|_| Refusal::Internal)?;
    let take = usize::try_from(limit).map_err(|_| Refusal::Internal)?;
    Ok((all.into_iter().skip(skip).take(take).collect(), total))
}

/// The same, of a list that is also read by cursors.
#[derive(Clone, Debug, Serialize)]
pub(super) struct CursorMetadata {
    #[serde(flatten)]
    pub(super) place: Metadata,
    pub(super) has_next: bool,
    pub(super) has_previous: bool,
    pub(super) cursors: Cursors,
}

/// What to give as `after` and `before` for the neighbouring parts.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Cursors {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) after: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) before: Option<String>,
}

impl<T: Serialize, M: Serialize> Serialize for List<T, M> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry(self.name, &self.items)?;
        map.serialize_entry("_metadata", &self.metadata)?;
        map.end()
    }
}

/// `{}`: PHP takes an answer without a body for a broken server.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Empty {}
