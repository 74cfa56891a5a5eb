//! The `Authorization: MAC ...` header: a parser of quoted strings, because a
//! nonce may hold commas, blanks, `=` and `&` (wallet-api section 2.2).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Longest header value that is read, in bytes.
pub const MAX_HEADER_BYTES: usize = 8192;

/// Most attributes that are read; five are defined.
const MAX_ATTRIBUTES: usize = 16;

/// Longest id and nonce, in characters.
const MAX_VALUE_CHARS: usize = 128;

/// Most digits of a timestamp: past the year 30000.
const MAX_TIMESTAMP_DIGITS: usize = 12;

/// A header whose parts have the right shape; nothing is verified yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MacHeader {
    /// Client id or access token.
    pub id: String,
    /// The timestamp as sent: it is signed as text.
    pub timestamp_text: String,
    /// The timestamp in seconds since 1970-01-01 UTC.
    pub timestamp: i64,
    /// The nonce as sent.
    pub nonce: String,
    /// The decoded MAC.
    pub mac: [u8; 32],
    /// The `ext` attribute as sent, not decoded; empty if absent.
    pub ext: String,
}

/// Why a header was not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HeaderError {
    /// Longer than [`MAX_HEADER_BYTES`].
    #[error("Authorization header too long")]
    TooLong,
    /// Another scheme than MAC.
    #[error("Authorization scheme must be MAC")]
    NotMac,
    /// Not a list of `name="value"`.
    #[error("Authorization header malformed")]
    Malformed,
    /// One attribute twice.
    #[error("Authorization attribute given twice")]
    Duplicate,
    /// One of id, ts, nonce and mac is missing.
    #[error("Authorization attribute missing")]
    Missing,
    /// The timestamp is not a plain number.
    #[error("Authorization ts malformed")]
    Timestamp,
    /// The nonce is empty, too long or has other characters than allowed.
    #[error("Authorization nonce malformed")]
    Nonce,
    /// The MAC is not the base64 of 32 bytes.
    #[error("Authorization mac malformed")]
    Mac,
    /// The id is empty or too long.
    #[error("Authorization id malformed")]
    Id,
}

impl MacHeader {
    /// Reads the header's value. Attributes may come in any order, unknown
    /// ones are skipped, a repeated one is refused.
    ///
    /// # Errors
    /// [`HeaderError`] says which part has the wrong shape.
    pub fn parse(value: &str) -> Result<Self, HeaderError> {
        if value.len() > MAX_HEADER_BYTES {
            return Err(HeaderError::TooLong);
        }
        let (scheme, rest) = value.split_once(' ').ok_or(HeaderError::NotMac)?;
        if !scheme.eq_ignore_ascii_case("MAC") {
            return Err(HeaderError::NotMac);
        }
        let attributes = attributes(rest)?;
        let find = |name: &str| attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        let required = |name: &str| find(name).ok_or(HeaderError::Missing);

        let id = required("id")?;
        if id.is_empty() || id.chars().count() > MAX_VALUE_CHARS {
            return Err(HeaderError::Id);
        }
        let timestamp_text = required("ts")?;
        let digits = !timestamp_text.is_empty()
            && timestamp_text.len() <= MAX_TIMESTAMP_DIGITS
            && timestamp_text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits {
            return Err(HeaderError::Timestamp);
        }
        let timestamp = timestamp_text.parse().map_err(|_| HeaderError::Timestamp)?;
        let nonce = required("nonce")?;
        // %x20-21 / %x23-5B / %x5D-7E; the quoted-string parser has already
        // refused the two characters that are missing here.
        if nonce.is_empty()
            || nonce.len() > MAX_VALUE_CHARS
            || !nonce.bytes().all(|byte| (0x20..=0x7e).contains(&byte))
        {
            return Err(HeaderError::Nonce);
        }
        let mac = STANDARD.decode(required("mac")?).map_err(|_| HeaderError::Mac)?;
        Ok(Self {
            id: id.to_owned(),
            timestamp_text: timestamp_text.to_owned(),
            timestamp,
            nonce: nonce.to_owned(),
            mac: mac.try_into().map_err(|_| HeaderError::Mac)?,
            ext: find("ext").unwrap_or_default().to_owned(),
        })
    }
}

/// `name="value"` separated by commas, with blanks around them.
fn attributes(text: &str) -> Result<Vec<(&str, &str)>, HeaderError> {
    let mut found: Vec<(&str, &str)> = Vec::new();
    let mut rest = text.trim_start_matches(' ');
    loop {
        let (name, after_name) = rest.split_once('=').ok_or(HeaderError::Malformed)?;
        if name.is_empty()
            || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
        {
            return Err(HeaderError::Malformed);
        }
        let quoted = after_name.strip_prefix('"').ok_or(HeaderError::Malformed)?;
        let (value, after_value) = quoted.split_once('"').ok_or(HeaderError::Malformed)?;
        // The scheme has no escapes, so a backslash is either an attack or a bug.
        if value.contains('\\') {
            return Err(HeaderError::Malformed);
        }
        if found.iter().any(|(known, _)| *known == name) {
            return Err(HeaderError::Duplicate);
        }
        if found.len() >= MAX_ATTRIBUTES {
            return Err(HeaderError::Malformed);
        }
        found.push((name, value));
        let after_value = after_value.trim_start_matches([' ', '\t']);
        if after_value.is_empty() {
            return Ok(found);
        }
        rest = after_value.strip_prefix(',').ok_or(HeaderError::Malformed)?.trim_start_matches([' ', '\t']);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MAC: &str = "/qxTA8FOgT0Dd0MHh9k/sUQ3Q38ckx8+S0PBxpIuttY=";

    fn header(attributes: &str) -> Result<MacHeader, HeaderError> {
        MacHeader::parse(&format!("MAC {attributes}"))
    }

    #[test]
    fn a_nonce_may_hold_separators_and_attributes_any_order() {
        let parsed = header(&format!(
            r#"ext="a=1&b=2, c", mac="{MAC}",nonce="x, mac=\u{{7a}}&= y", id="c" , ts="12""#
        ));
        assert_eq!(parsed, Err(HeaderError::Malformed), "backslash");
        let parsed =
            header(&format!(r#"ext="&a=1", mac="{MAC}",nonce="x, mac=&= y", id="c" , ts="12""#)).unwrap();
        assert_eq!(parsed.nonce, "x, mac=&= y");
        assert_eq!(parsed.ext, "&a=1");
        assert_eq!((parsed.id.as_str(), parsed.timestamp), ("c", 12));
    }

    #[test]
    fn an_absent_and_an_empty_ext_are_the_same() {
        let absent = header(&format!(r#"id="c", ts="1", nonce="n", mac="{MAC}""#)).unwrap();
        let empty = header(&format!(r#"id="c", ts="1", nonce="n", mac="{MAC}", ext="""#)).unwrap();
        assert_eq!(absent, empty);
    }

    #[test]
    fn a_wrong_shape_is_named() {
        let whole = format!(r#"id="c", ts="1", nonce="n", mac="{MAC}""#);
        for (text, error) in [
            (format!("Bearer {whole}"), HeaderError::NotMac),
            ("MAC".to_owned(), HeaderError::NotMac),
            ("MAC ".to_owned(), HeaderError::Malformed),
            (format!("MAC {whole},"), HeaderError::Malformed),
            (format!("MAC {whole} x"), HeaderError::Malformed),
            (format!("MAC {whole}, id=\"d\""), HeaderError::Duplicate),
            (format!("MAC {}", whole.replace("id=\"c\", ", "")), HeaderError::Missing),
            (format!("MAC {}", whole.replace("\"c\"", "c")), HeaderError::Malformed),
            (format!("MAC {}", whole.replace("\"c\"", "\"\"")), HeaderError::Id),
            (format!("MAC {}", whole.replace("\"1\"", "\"-1\"")), HeaderError::Timestamp),
            (format!("MAC {}", whole.replace("\"1\"", "\"1234567890123\"")), HeaderError::Timestamp),
            (format!("MAC {}", whole.replace("\"n\"", "\"\"")), HeaderError::Nonce),
            (
                format!("MAC {}", whole.replace("\"n\"", &format!("\"{}\"", "n".repeat(129)))),
                HeaderError::Nonce,
            ),
            (format!("MAC {}", whole.replace(MAC, "AAAA")), HeaderError::Mac),
            (format!("MAC {}{whole}", " ".repeat(MAX_HEADER_BYTES)), HeaderError::TooLong),
        ] {
            assert_eq!(MacHeader::parse(&text), Err(error), "{text}");
        }
    }

    proptest! {
        #[test]
        fn arbitrary_text_never_panics(text in ".*") {
            let _ = MacHeader::parse(&text);
            let _ = header(&text);
        }

        #[test]
        fn almost_headers_never_panic(text in r#"[a-z"=,\\ &é]{0,80}"#) {
            let _ = header(&text);
        }

        #[test]
        fn every_allowed_nonce_is_read_as_sent(nonce in r"[ !#-\[\]-~]{1,128}") {
            let parsed = header(&format!(r#"id="c", nonce="{nonce}", ts="1", mac="{MAC}""#)).unwrap();
            prop_assert_eq!(parsed.nonce, nonce);
        }
    }
}
