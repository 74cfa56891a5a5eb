//! MAC authentication (wallet-api section 2), written for the server's side
//! and from the documentation alone: it must never share code with the client
//! that it checks.

mod explain;
mod header;
mod replay;
mod verify;

pub use header::{HeaderError, MAX_HEADER_BYTES, MacHeader};
pub use verify::{
    BodyHashError, Ext, ExtError, FUTURE_SECONDS, PAST_SECONDS, RequestToVerify, TimestampError,
};
pub use verify::{check_body_hash, check_mac, check_timestamp};

pub(crate) use explain::explain;
pub(crate) use replay::ReplayGuard;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};

/// What stays as it is in an `ext` value; everything else is percent-encoded.
const EXT_VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A request to sign with [`sign`].
#[derive(Clone, Copy, Debug)]
pub struct RequestToSign<'a> {
    /// Client id or access token.
    pub id: &'a str,
    /// The MAC key as text; its UTF-8 bytes are the HMAC key.
    pub mac_key: &'a str,
    /// Seconds since 1970-01-01 UTC.
    pub timestamp: i64,
    /// 1 to 128 printable characters without `"` and `\`, never used before.
    pub nonce: &'a str,
    /// HTTP method.
    pub method: &'a str,
    /// Path and query exactly as sent.
    pub request_uri: &'a str,
    /// Host without port.
    pub host: &'a str,
    /// Port of the URL.
    pub port: u16,
    /// The exact bytes of the body; empty for none.
    pub body: &'a [u8],
    /// Further `ext` parameters, for example `("project_id", "1234")`.
    pub parameters: &'a [(&'a str, &'a str)],
}

/// The value of the `Authorization` header for `request` (wallet-api sections
/// 2.1 to 2.4), as a client would send it.
#[must_use]
pub fn sign(request: &RequestToSign<'_>) -> String {
    let mut ext = Vec::new();
    if !request.body.is_empty() {
        let hash = STANDARD.encode(Sha256::digest(request.body));
        ext.push(format!("body_hash={}", utf8_percent_encode(&hash, EXT_VALUE)));
    }
    for (name, value) in request.parameters {
        ext.push(format!(
            "{}={}",
            utf8_percent_encode(name, EXT_VALUE),
            utf8_percent_encode(value, EXT_VALUE)
        ));
    }
    let ext = ext.join("&");
    let text = normalised(
        &request.timestamp.to_string(),
        request.nonce,
        request.method,
        request.request_uri,
        request.host,
        request.port,
        &ext,
    );
    let mac = STANDARD.encode(hmac_sha256(request.mac_key.as_bytes(), text.as_bytes()));
    let mut header = format!(
        "MAC id=\"{}\", ts=\"{}\", nonce=\"{}\", mac=\"{mac}\"",
        request.id, request.timestamp, request.nonce
    );
    if !ext.is_empty() {
        header.push_str(&format!(", ext=\"{ext}\""));
    }
    header
}

/// The seven lines that are signed; each ends with a line feed, the last and
/// the empty ones too (wallet-api section 2.1).
fn normalised(ts: &str, nonce: &str, method: &str, uri: &str, host: &str, port: u16, ext: &str) -> String {
    let method = method.to_ascii_uppercase();
    let host = host.to_ascii_lowercase();
    format!("{ts}\n{nonce}\n{method}\n{uri}\n{host}\n{port}\n{ext}\n")
}

/// HMAC-SHA-256.
pub(crate) fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    keyed(key).chain_update(message).finalize().into_bytes().into()
}

/// HMAC-SHA-256 with the key already taken in.
pub(crate) fn keyed(key: &[u8]) -> Hmac<Sha256> {
    // HMAC takes a key of any length, so the second arm is never reached; it
    // spares an `expect`.
    Hmac::<Sha256>::new_from_slice(key).unwrap_or_else(|_| Hmac::<Sha256>::new(&Default::default()))
}
