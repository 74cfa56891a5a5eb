//! The checks of wallet-api section 2.6, one function each.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{MacHeader, hmac_sha256, normalised};

/// How old a signature may be, in seconds. PROPOSAL of wallet-api section 1.4.
pub const PAST_SECONDS: i64 = 300;

/// How far a signature may be in the future, in seconds. PROPOSAL of
/// wallet-api section 1.4.
pub const FUTURE_SECONDS: i64 = 60;

/// Ports that clients sign whatever the real one is (wallet-api section 2.1).
const FALLBACK_PORTS: [u16; 2] = [443, 80];

/// The parts of a request that its MAC covers, as they were on the wire.
#[derive(Clone, Copy, Debug)]
pub struct RequestToVerify<'a> {
    /// HTTP method.
    pub method: &'a str,
    /// Path and query, not decoded, not sorted.
    pub request_uri: &'a str,
    /// Value of the `Host` header, with or without port.
    pub host: &'a str,
    /// The port that the server listens on.
    pub listener_port: u16,
}

/// A timestamp outside the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimestampError {
    /// More than [`PAST_SECONDS`] old.
    #[error("Timestamp lifetime exceeded")]
    TooOld,
    /// More than [`FUTURE_SECONDS`] ahead.
    #[error("Timestamp is in future")]
    InFuture,
}

/// Checks that `timestamp` is near `now`, both in seconds since 1970-01-01 UTC.
///
/// # Errors
/// [`TimestampError`] says on which side it is outside.
pub fn check_timestamp(timestamp: i64, now: i64) -> Result<(), TimestampError> {
    if timestamp < now.saturating_sub(PAST_SECONDS) {
        Err(TimestampError::TooOld)
    } else if timestamp > now.saturating_add(FUTURE_SECONDS) {
        Err(TimestampError::InFuture)
    } else {
        Ok(())
    }
}

/// Whether the header's MAC is the one of `request` under `mac_key`, for the
/// port of the `Host` header, the listener's, 443 or 80 (PROPOSAL of
/// wallet-api section 2.1). Compares in constant time.
#[must_use]
pub fn check_mac(header: &MacHeader, mac_key: &str, request: &RequestToVerify<'_>) -> bool {
    let (host, host_port) = split_host(request.host);
    let own = [host_port.unwrap_or(request.listener_port), request.listener_port];
    own.into_iter().chain(FALLBACK_PORTS).any(|port| {
        let text = normalised(
            &header.timestamp_text,
            &header.nonce,
            request.method,
            request.request_uri,
            host,
            port,
            &header.ext,
        );
        bool::from(hmac_sha256(mac_key.as_bytes(), text.as_bytes()).ct_eq(&header.mac))
    })
}

/// Host and port of a `Host` header; an IPv6 address keeps its brackets.
pub(super) fn split_host(value: &str) -> (&str, Option<u16>) {
    match value.rsplit_once(':') {
        Some((host, port)) if !host.is_empty() && !port.contains(']') => match port.parse() {
            Ok(port) => (host, Some(port)),
            Err(_) => (value, None),
        },
        _ => (value, None),
    }
}

/// What the sandbox reads from `ext` (wallet-api section 2.4).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ext {
    /// `body_hash`, percent-decoded.
    pub body_hash: Option<String>,
    /// `project_id`: on behalf of which project the request is made.
    pub project_id: Option<i64>,
    /// `location_id`: at which location the request is made.
    pub location_id: Option<i64>,
}

/// An `ext` that can't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExtError {
    /// A parameter that the server uses stands there twice.
    #[error("ext parameter given twice")]
    Duplicate,
    /// `project_id` or `location_id` is not a number.
    #[error("ext parameter is not a number")]
    NotANumber,
    /// A percent-encoding does not give UTF-8.
    #[error("ext is not UTF-8")]
    NotUtf8,
}

impl Ext {
    /// Reads the attribute as sent. Empty segments (Swift begins with `&`) and
    /// unknown names are skipped; `+` stays `+`.
    ///
    /// # Errors
    /// [`ExtError`] for a repeated, undecodable or non-numeric parameter.
    pub fn parse(text: &str) -> Result<Self, ExtError> {
        let mut ext = Self::default();
        for segment in text.split('&').filter(|segment| !segment.is_empty()) {
            let (name, value) = segment.split_once('=').unwrap_or((segment, ""));
            let decode = |part: &str| {
                percent_decode_str(part).decode_utf8().map(String::from).map_err(|_| ExtError::NotUtf8)
            };
            let number = || decode(value)?.parse::<i64>().map_err(|_| ExtError::NotANumber);
            let duplicate = match decode(name)?.as_str() {
                "body_hash" => ext.body_hash.replace(decode(value)?).is_some(),
                "project_id" => ext.project_id.replace(number()?).is_some(),
                "location_id" => ext.location_id.replace(number()?).is_some(),
                _ => false,
            };
            if duplicate {
                return Err(ExtError::Duplicate);
            }
        }
        Ok(ext)
    }
}

/// The body is not the one that was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Body hash invalid")]
pub struct BodyHashError;

/// Checks the hash of the exact body bytes; a body needs one.
///
/// # Errors
/// [`BodyHashError`] for a missing or wrong hash.
pub fn check_body_hash(ext: &Ext, body: &[u8]) -> Result<(), BodyHashError> {
    let Some(claimed) = &ext.body_hash else {
        return if body.is_empty() { Ok(()) } else { Err(BodyHashError) };
    };
    let claimed = STANDARD.decode(claimed).map_err(|_| BodyHashError)?;
    let actual = Sha256::digest(body);
    if bool::from(claimed.as_slice().ct_eq(actual.as_slice())) { Ok(()) } else { Err(BodyHashError) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_is_five_minutes_back_and_one_ahead() {
        for (timestamp, result) in [
            (700, Ok(())),
            (699, Err(TimestampError::TooOld)),
            (1060, Ok(())),
            (1061, Err(TimestampError::InFuture)),
            (i64::MIN, Err(TimestampError::TooOld)),
            (i64::MAX, Err(TimestampError::InFuture)),
        ] {
            assert_eq!(check_timestamp(timestamp, 1000), result, "{timestamp}");
        }
    }

    #[test]
    fn host_and_port_are_told_apart() {
        for (value, host, port) in [
            ("localhost", "localhost", None),
            ("127.0.0.1:8080", "127.0.0.1", Some(8080)),
            ("[::1]:8080", "[::1]", Some(8080)),
            ("[::1]", "[::1]", None),
            ("a:99999", "a:99999", None),
            (":80", ":80", None),
            ("", "", None),
        ] {
            assert_eq!(split_host(value), (host, port), "{value}");
        }
    }

    #[test]
    fn ext_takes_what_the_three_clients_send() {
        let swift = Ext::parse("&project_id=1234&location_id=9975").unwrap();
        assert_eq!((swift.project_id, swift.location_id), (Some(1234), Some(9975)));
        let raw_slash = Ext::parse("body_hash=a/b%2Bc%3D&headers%5BName%5D=x").unwrap();
        let escaped = Ext::parse("headers%5BName%5D=x&body_hash=a%2Fb%2Bc%3D").unwrap();
        assert_eq!(raw_slash, escaped);
        assert_eq!(Ext::parse("body_hash=a+b").unwrap().body_hash.as_deref(), Some("a+b"));
        assert_eq!(Ext::parse(""), Ok(Ext::default()));
        assert_eq!(Ext::parse("project_id=1&project_id=1"), Err(ExtError::Duplicate));
        assert_eq!(Ext::parse("project_id=x"), Err(ExtError::NotANumber));
        assert_eq!(Ext::parse("a%FF=x"), Err(ExtError::NotUtf8));
    }

    #[test]
    fn a_body_needs_its_hash() {
        let none = Ext::default();
        assert_eq!(check_body_hash(&none, b""), Ok(()));
        assert_eq!(check_body_hash(&none, b"{}"), Err(BodyHashError));
        let hash = STANDARD.encode(Sha256::digest(b"{}"));
        let ext = Ext { body_hash: Some(hash), ..Ext::default() };
        assert_eq!(check_body_hash(&ext, b"{}"), Ok(()));
        assert_eq!(check_body_hash(&ext, b"[]"), Err(BodyHashError));
        assert_eq!(check_body_hash(&ext, b""), Err(BodyHashError));
    }
}
