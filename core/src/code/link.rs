//! Codes inside links: `https://paysera.com/app?qr=…` and `paysera://transaction?…`.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use url::Url;

use super::{Code, CodeError, CodeKind, TransactionKey};

const APP_HOSTS: [&str; 2] = ["paysera.com", "www.paysera.com"];
const APP_PATH: &str = "/app";
const DEEP_LINK_SCHEME: &str = "paysera";
const DEEP_LINK_TARGET: &str = "transaction";

/// What stays readable in a printed query value.
const QUERY_VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A code as the link that other scanners can open: it leads to a page that
/// installs the app (wallet-api section 8.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppLink(pub Code);

impl AppLink {
    /// The link's text; [`Code::parse`] gives the code inside it.
    #[must_use]
    pub fn to_text(&self) -> String {
        let code = self.0.to_text();
        format!("https://paysera.com/app?qr={}", utf8_percent_encode(&code, QUERY_VALUE))
    }
}

/// What stood in an app link: the value as decoded, and as it was written.
pub(super) struct Unwrapped {
    decoded: Option<String>,
    written: String,
}

impl Unwrapped {
    /// The code inside. `%` has a meaning of its own in transaction codes, and
    /// not every printer of links escapes it, so the text as written is tried
    /// where the decoded one is no code.
    pub(super) fn code(self) -> Result<Code, CodeError> {
        let nested = CodeError::malformed(CodeKind::AppLink, "it leads to another link");
        let mut first_error = None;
        for text in self.decoded.into_iter().chain([self.written]) {
            let text = text.trim();
            if matches!(unwrap_app_link(text), Ok(Some(_)) | Err(_)) {
                return Err(nested);
            }
            match Code::parse_bare(text) {
                Ok(code) => return Ok(code),
                Err(error) => first_error = first_error.or(Some(error)),
            }
        }
        Err(first_error.unwrap_or(nested))
    }
}

/// Takes the code's text out of an app link; `None` if the text is no app link.
pub(super) fn unwrap_app_link(text: &str) -> Result<Option<Unwrapped>, CodeError> {
    let malformed = |reason| Err(CodeError::malformed(CodeKind::AppLink, reason));
    if !has_scheme(text, "https") && !has_scheme(text, "http") {
        return Ok(None);
    }
    let Ok(url) = Url::parse(text) else {
        return Err(CodeError::NotPaysera);
    };
    if !url.host_str().is_some_and(|host| APP_HOSTS.contains(&host)) {
        return Err(CodeError::NotPaysera);
    }
    if url.scheme() != "https" {
        return malformed("it is not secure (http)");
    }
    if url.port().is_some() || !url.username().is_empty() || url.password().is_some() {
        return malformed("its address has a port or a name in it");
    }
    if url.path().trim_end_matches('/') != APP_PATH {
        return Err(CodeError::NotPaysera);
    }
    let Some(written) = query_value(&url, "qr") else {
        return malformed("there is no code in it");
    };
    Ok(Some(Unwrapped { decoded: percent_decode(&written).map(Cow::into_owned), written }))
}

/// Reads `paysera://transaction?key=…&callback=…`.
pub(super) fn parse_deep_link(text: &str) -> Result<Code, CodeError> {
    let malformed = |reason| CodeError::malformed(CodeKind::DeepLink, reason);
    if !has_scheme(text, DEEP_LINK_SCHEME) {
        return Err(CodeError::NotPaysera);
    }
    let url = Url::parse(text).map_err(|_| malformed("it is not a link"))?;
    if url.host_str() != Some(DEEP_LINK_TARGET) || !matches!(url.path(), "" | "/") {
        return Err(malformed("it does not lead to a transaction"));
    }
    let key = query_value(&url, "key").ok_or_else(|| malformed("the transaction's key is missing"))?;
    let key = TransactionKey::parse(&key).map_err(|_| malformed("the transaction's key is not one"))?;
    let callback = match query_value(&url, "callback") {
        Some(callback) => {
            Some(percent_decode(&callback).ok_or_else(|| malformed("the callback is not text"))?.into_owned())
        }
        None => None,
    };
    Ok(Code::DeepLink { key, callback })
}

/// Prints `paysera://transaction?key=…&callback=…`.
pub(super) fn print_deep_link(key: &TransactionKey, callback: Option<&str>) -> String {
    let mut link = format!("{DEEP_LINK_SCHEME}://{DEEP_LINK_TARGET}?key={key}");
    if let Some(callback) = callback {
        link.push_str("&callback=");
        link.extend(utf8_percent_encode(callback, QUERY_VALUE));
    }
    link
}

fn has_scheme(text: &str, scheme: &str) -> bool {
    text.split_once("://").is_some_and(|(found, _)| found.eq_ignore_ascii_case(scheme))
}

/// The first value of `name`, not decoded.
fn query_value(url: &Url, name: &str) -> Option<String> {
    let pairs = url.query()?.split('&').filter_map(|pair| pair.split_once('='));
    pairs.into_iter().find(|(found, _)| *found == name).map(|(_, value)| value.to_owned())
}

/// Decodes once; `None` where a `%` is not followed by two hexadecimal digits
/// or the result is not UTF-8.
fn percent_decode(text: &str) -> Option<Cow<'_, str>> {
    let well_formed = text.split('%').skip(1).all(|rest| {
        let mut digits = rest.bytes().take(2);
        digits.by_ref().all(|byte| byte.is_ascii_hexdigit()) && rest.len() >= 2
    });
    if well_formed { percent_decode_str(text).decode_utf8().ok() } else { None }
}
