//! A call of the API before it is signed.

use std::fmt;

use bytes::Bytes;
use http::{HeaderValue, Method};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use url::Url;
use zeroize::Zeroizing;

use crate::wallet_api::environment::Environment;
use crate::wallet_api::error::WalletApiError;

/// What stays readable in a query value; everything else is escaped.
const QUERY_VALUE: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'*').remove(b',');

/// A body that grows leaves copies behind that nobody wipes; few are longer.
const USUAL_BODY: usize = 2048;

/// The longest part of a path that is a word of the API and not a value.
const WORD: usize = 24;

/// Where a path begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Base {
    Rest,
    OAuth,
    /// What is beside the API.
    Site,
}

/// `Debug` shows what logs show, see [`Call::route`].
pub(in crate::wallet_api) struct Call {
    base: Base,
    pub(super) method: Method,
    /// Relative to the base; made of checked identifiers only.
    path: String,
    query: Vec<(&'static str, String)>,
    pub(super) body: Option<Body>,
    pub(super) signed: bool,
}

/// The exact bytes that are hashed and sent; wiped when the last user is done.
pub(super) struct Body {
    pub(super) content_type: HeaderValue,
    pub(super) bytes: Bytes,
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Call({} {})", self.method, self.route())
    }
}

impl Call {
    fn new(method: Method, path: impl Into<String>) -> Self {
        Self { base: Base::Rest, method, path: path.into(), query: Vec::new(), body: None, signed: true }
    }

    pub(in crate::wallet_api) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    pub(in crate::wallet_api) fn put(path: impl Into<String>) -> Self {
        Self::new(Method::PUT, path)
    }

    pub(in crate::wallet_api) fn post(path: impl Into<String>) -> Self {
        Self::new(Method::POST, path)
    }

    pub(in crate::wallet_api) fn delete(path: impl Into<String>) -> Self {
        Self::new(Method::DELETE, path)
    }

    /// A call of the OAuth API (wallet-api section 3).
    pub(in crate::wallet_api) fn oauth(mut self) -> Self {
        self.base = Base::OAuth;
        self
    }

    /// A call beside the API, which needs no credentials.
    pub(in crate::wallet_api) fn site(mut self) -> Self {
        (self.base, self.signed) = (Base::Site, false);
        self
    }

    /// A call that needs no credentials.
    pub(in crate::wallet_api) fn unsigned(mut self) -> Self {
        self.signed = false;
        self
    }

    pub(in crate::wallet_api) fn query(mut self, name: &'static str, value: impl ToString) -> Self {
        self.query.push((name, value.to_string()));
        self
    }

    /// Adds the pairs that have a value.
    pub(in crate::wallet_api) fn queries(
        mut self,
        pairs: impl IntoIterator<Item = (&'static str, Option<String>)>,
    ) -> Self {
        self.query.extend(pairs.into_iter().filter_map(|(name, value)| Some((name, value?))));
        self
    }

    /// # Errors
    /// [`WalletApiError::InvalidRequest`] if it can't be written as JSON.
    pub(in crate::wallet_api) fn json(self, body: &impl Serialize) -> Result<Self, WalletApiError> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(USUAL_BODY));
        serde_json::to_writer(&mut *bytes, body)
            .map_err(|error| WalletApiError::InvalidRequest { reason: error.to_string() })?;
        Ok(self.bytes("application/json", bytes))
    }

    /// A form, as the OAuth API takes it.
    pub(in crate::wallet_api) fn form<'v>(
        self,
        pairs: impl IntoIterator<Item = (&'static str, &'v str)>,
    ) -> Self {
        let mut form = url::form_urlencoded::Serializer::new(String::with_capacity(USUAL_BODY));
        form.extend_pairs(pairs);
        self.bytes("application/x-www-form-urlencoded", Zeroizing::new(form.finish().into_bytes()))
    }

    /// A body of any kind.
    pub(in crate::wallet_api) fn bytes(
        mut self,
        content_type: &'static str,
        bytes: Zeroizing<Vec<u8>>,
    ) -> Self {
        let content_type = HeaderValue::from_static(content_type);
        self.body = Some(Body { content_type, bytes: Bytes::from_owner(bytes) });
        self
    }

    /// Whether it changes nothing, so that it may be repeated at will.
    pub(super) fn is_read(&self) -> bool {
        self.method == Method::GET
    }

    pub(super) fn url(&self, environment: &Environment) -> Result<Url, WalletApiError> {
        let base = match self.base {
            Base::Rest => environment.rest_base(),
            Base::OAuth => environment.oauth_base(),
            Base::Site => environment.site_base(),
        };
        let mut url = base
            .join(&self.path)
            .map_err(|error| WalletApiError::InvalidRequest { reason: error.to_string() })?;
        if !self.query.is_empty() {
            let pairs = self
                .query
                .iter()
                .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, QUERY_VALUE)));
            url.set_query(Some(&pairs.collect::<Vec<_>>().join("&")));
        }
        Ok(url)
    }

    /// The path for logs: transaction keys, numbers of wallets and other values
    /// are left out, and so is the query, which can hold a scanned code.
    pub(super) fn route(&self) -> String {
        let is_word = |part: &str| {
            part.len() <= WORD && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
        };
        let parts = self.path.split('/').map(|part| if is_word(part) { part } else { "*" });
        parts.collect::<Vec<_>>().join("/")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(call: &Call) -> String {
        let environment = Environment::sandbox("http://127.0.0.1:8080/").unwrap();
        call.url(&environment).unwrap().to_string()
    }

    #[test]
    fn queries_are_escaped_and_paths_begin_where_they_belong() {
        let call = Call::get("code").query("code", "PAYSERA*9975:Tisch 1&x=ä");
        assert_eq!(
            url(&call),
            "http://127.0.0.1:8080/rest/v1/code?code=PAYSERA*9975%3ATisch%201%26x%3D%C3%A4"
        );
        assert_eq!(url(&Call::post("token").oauth()), "http://127.0.0.1:8080/oauth/v1/token");
    }

    #[test]
    fn a_route_shows_no_values() {
        for (path, route) in [
            ("transaction/ATaNL6X6CivO2Ou0FMPt/reserve/14471", "transaction/*/reserve/*"),
            ("wallet/me/reservation-statements", "wallet/me/reservation-statements"),
            ("tokens/abcdefghijklmnopqrstuvwxyzabcdef/activate", "tokens/*/activate"),
        ] {
            assert_eq!(Call::get(path).query("code", "secret").route(), route);
        }
    }

    #[test]
    fn a_form_is_escaped() {
        let call = Call::post("token").form([("grant_type", "password"), ("password", "a b&c=ä")]);
        assert_eq!(call.body.unwrap().bytes, "grant_type=password&password=a+b%26c%3D%C3%A4");
    }
}
