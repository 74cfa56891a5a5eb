//! Query parameters, read leniently where clients differ and strictly where a
//! typing error would hide transactions.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;

use crate::error::Refusal;

/// Entries of a list page if the request does not say (wallet-api section 1.6).
const DEFAULT_LIMIT: i64 = 20;

/// Most entries of a list page.
const MAX_LIMIT: i64 = 200;

/// The parameters of one request; of a repeated one the last counts, unless it
/// is a list.
#[derive(Debug, Default)]
pub(crate) struct Query(BTreeMap<String, Vec<String>>);

impl Query {
    /// Reads `name=value&...`.
    pub(crate) fn parse(text: Option<&str>) -> Result<Self, Refusal> {
        let mut parameters: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for pair in text.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let decode = |part: &str| {
                percent_decode_str(part)
                    .decode_utf8()
                    .map(String::from)
                    .map_err(|_| Refusal::Malformed("The query is not UTF-8".to_owned()))
            };
            parameters.entry(decode(name)?).or_default().push(decode(value)?);
        }
        Ok(Self(parameters))
    }

    /// A parameter that is there and not empty.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.last().map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A parameter that must be there.
    pub(crate) fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.text(name).ok_or_else(|| Refusal::parameter(name, "This value should not be blank"))
    }

    /// A whole number.
    pub(crate) fn integer(&self, name: &str) -> Result<Option<i64>, Refusal> {
        self.text(name)
            .map(|value| {
                value.parse().map_err(|_| Refusal::parameter(name, "This value should be an integer"))
            })
            .transpose()
    }

    /// Whether it is set: `1` or `true`.
    pub(crate) fn flag(&self, name: &str) -> bool {
        matches!(self.text(name), Some("1" | "true"))
    }

    /// Every value of a parameter that PHP writes as `name[]=a&name[]=b`, or
    /// with numbers in the brackets.
    pub(crate) fn repeated(&self, name: &str) -> impl Iterator<Item = &str> {
        let is_name = move |key: &str| {
            key.strip_prefix(name)
                .is_some_and(|rest| rest.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).is_some())
        };
        self.0.iter().filter(move |(key, _)| is_name(key)).flat_map(|(_, values)| values).map(String::as_str)
    }

    /// A comma list.
    pub(crate) fn list(&self, name: &str) -> impl Iterator<Item = &str> {
        self.text(name).unwrap_or_default().split(',').map(str::trim).filter(|item| !item.is_empty())
    }

    /// Whether `fields` asks for this expansion.
    pub(crate) fn expands(&self, field: &str) -> bool {
        self.list("fields").any(|item| item == field)
    }

    /// Whether `order_direction` is the usual one.
    pub(super) fn newest_first(&self) -> Result<bool, Refusal> {
        match self.text("order_direction").map(str::to_ascii_uppercase).as_deref() {
            None | Some("DESC") => Ok(true),
            Some("ASC") => Ok(false),
            Some(_) => Err(Refusal::parameter("order_direction", "This value should be ASC or DESC")),
        }
    }

    /// `limit` and `offset`.
    pub(crate) fn page(&self) -> Result<(i64, i64), Refusal> {
        let limit = self.integer("limit")?.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(Refusal::parameter("limit", "This value should be 1 to 200"));
        }
        let offset = self.integer("offset")?.unwrap_or(0);
        if offset < 0 {
            return Err(Refusal::parameter("offset", "This value should not be negative"));
        }
        Ok((limit, offset))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_and_raw_lists_are_the_same() {
        for text in ["fields=*,project&limit=5", "fields=%2A%2Cproject&limit=5&&x"] {
            let query = Query::parse(Some(text)).unwrap();
            assert!(query.expands("project") && !query.expands("wallet"));
            assert_eq!(query.page().unwrap(), (5, 0));
        }
    }

    #[test]
    fn repeated_parameters_are_a_list() {
        let query = Query::parse(Some("s%5B%5D=a&s[]=b&s[0]=c&s=d&so[]=e&limit=1&limit=2")).unwrap();
        assert_eq!(query.repeated("s").collect::<Vec<_>>(), ["c", "a", "b"]);
        assert_eq!(query.page().unwrap(), (2, 0));
    }

    #[test]
    fn pages_have_bounds() {
        for text in ["limit=0", "limit=201", "limit=x", "offset=-1", "limit=99999999999999999999"] {
            assert!(Query::parse(Some(text)).unwrap().page().is_err(), "{text}");
        }
        assert!(Query::parse(Some("a=%FF")).is_err());
        assert_eq!(Query::parse(None).unwrap().page().unwrap(), (20, 0));
    }
}
