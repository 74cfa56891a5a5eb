//! MAC authentication (wallet-api section 2): the `Authorization` header of a
//! request, from its exact bytes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use sha2::{Digest as _, Sha256};

use super::credentials::MacCredentials;
use crate::clock::UnixSeconds;

/// What a base64 text and a parameter's value must not hold inside `ext`.
const EXT_VALUE: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'\\').add(b'%').add(b'&').add(b'+').add(b'/').add(b'=').add(b'#');

/// Why a request can't be signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MacError {
    /// A part holds a character that its place in the header has no room for.
    #[error("the {part} can't be sent in a MAC header")]
    IllegalCharacter {
        /// The part: `id`, `nonce` or `ext`.
        part: &'static str,
    },
}

/// The `ext` attribute: the hash of the body and the parameters on whose behalf
/// the request is made (wallet-api section 2.4). Empty if there is neither.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ext(String);

impl Ext {
    /// The attribute for a body (none if empty) and parameters, in this order.
    #[must_use]
    pub fn new(body: &[u8], parameters: &[(&str, String)]) -> Self {
        let hash = (!body.is_empty()).then(|| STANDARD.encode(Sha256::digest(body)));
        let pairs = hash
            .iter()
            .map(|hash| ("body_hash", hash))
            .chain(parameters.iter().map(|(name, value)| (*name, value)))
            .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, EXT_VALUE)));
        Self(pairs.collect::<Vec<_>>().join("&"))
    }

    /// An attribute as it was sent by somebody else.
    #[must_use]
    pub fn verbatim(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The attribute's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The parts of a request that its signature covers.
#[derive(Clone, Copy, Debug)]
pub struct RequestToSign<'a> {
    /// Server time of the request.
    pub timestamp: UnixSeconds,
    /// A text that is never used again.
    pub nonce: &'a str,
    /// The HTTP method.
    pub method: &'a str,
    /// Path and query exactly as on the wire.
    pub uri: &'a str,
    /// The host, without its port.
    pub host: &'a str,
    /// The real port, also where the URL leaves it out.
    pub port: u16,
    /// The `ext` attribute.
    pub ext: &'a Ext,
}

impl RequestToSign<'_> {
    /// The normalised request string: seven elements, each with a line end.
    fn normalized(&self) -> String {
        format!(
            "{}\n{}\n{}\n{}\n{}\n{}\n{}\n",
            self.timestamp,
            self.nonce,
            self.method.to_ascii_uppercase(),
            self.uri,
            self.host.to_ascii_lowercase(),
            self.port,
            self.ext.as_str(),
        )
    }
}

/// The value of the `Authorization` header (wallet-api section 2.2).
///
/// # Errors
/// [`MacError::IllegalCharacter`] if the id, the nonce or `ext` holds anything
/// but printable ASCII without `"` and `\`.
pub fn authorization_header(
    credentials: &MacCredentials,
    request: &RequestToSign<'_>,
) -> Result<String, MacError> {
    for (part, text) in [("id", credentials.id()), ("nonce", request.nonce), ("ext", request.ext.as_str())] {
        if !text.bytes().all(|byte| matches!(byte, 0x20..=0x7e) && byte != b'"' && byte != b'\\') {
            return Err(MacError::IllegalCharacter { part });
        }
    }
    let mut header = format!(
        r#"MAC id="{}", ts="{}", nonce="{}", mac="{}""#,
        credentials.id(),
        request.timestamp,
        request.nonce,
        signature(credentials, &request.normalized()),
    );
    if !request.ext.as_str().is_empty() {
        header.push_str(&format!(r#", ext="{}""#, request.ext.as_str()));
    }
    Ok(header)
}

fn signature(credentials: &MacCredentials, normalized: &str) -> String {
    // HMAC takes a key of any length, so this can't fail; were that to change,
    // an empty signature is refused by every server.
    match Hmac::<Sha256>::new_from_slice(credentials.key().as_bytes()) {
        Ok(mut mac) => {
            mac.update(normalized.as_bytes());
            STANDARD.encode(mac.finalize().into_bytes())
        }
        Err(_) => String::new(),
    }
}

#[cfg(test)]
#[path = "mac_tests.rs"]
mod tests;
