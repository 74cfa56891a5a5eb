//! Tokens of users (wallet-api sections 3.1 and 3.2). Every call is signed with
//! the credentials of the app, not with a token.

use std::time::Duration;

use serde::Deserialize;

use super::credentials::{MacCredentials, MacKey};
use super::error::WalletApiError;
use super::scopes::{self, ExtendedScope, Scope};
use super::transport::{Call, Transport};
use crate::secret::Secret;

/// The longest life of a token that is believed.
const LONGEST_LIFE: i64 = 10 * 366 * 24 * 3600;
/// The longest token that is put into a path or a query.
const LONGEST_TOKEN: usize = 256;

/// A token that signs as a user.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "TokenBody")]
pub struct Token {
    /// The access token: the MAC id.
    pub access_token: Secret,
    /// The MAC key.
    pub mac_key: Secret,
    /// How long it is good for, from the moment of the answer.
    pub expires_in: Duration,
    /// What gets the next token, if there will be one.
    pub refresh_token: Option<Secret>,
}

impl Token {
    /// What signs with this token.
    #[must_use]
    pub fn credentials(&self) -> MacCredentials {
        let key = MacKey::new(self.mac_key.expose().to_owned());
        MacCredentials::new(self.access_token.expose().to_owned(), key)
    }
}

#[derive(Deserialize)]
struct TokenBody {
    access_token: Secret,
    token_type: String,
    mac_key: Secret,
    mac_algorithm: String,
    expires_in: i64,
    refresh_token: Option<Secret>,
}

impl TryFrom<TokenBody> for Token {
    type Error = &'static str;

    fn try_from(body: TokenBody) -> Result<Self, &'static str> {
        if body.token_type != "mac" || body.mac_algorithm != "hmac-sha-256" {
            return Err("the token is of a kind that can't sign");
        }
        if !is_token(body.access_token.expose()) || body.mac_key.expose().is_empty() {
            return Err("the token or its key is not usable");
        }
        let expires_in = u64::try_from(body.expires_in.min(LONGEST_LIFE))
            .map_err(|_| "the token ran out before it came")?;
        Ok(Self {
            access_token: body.access_token,
            mac_key: body.mac_key,
            expires_in: Duration::from_secs(expires_in),
            refresh_token: body.refresh_token,
        })
    }
}

/// Whether a text can stand in a path as one part of it.
fn is_token(text: &str) -> bool {
    let is_safe = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~' | b'=');
    (1..=LONGEST_TOKEN).contains(&text.len())
        && text.bytes().all(is_safe)
        && !text.bytes().all(|byte| byte == b'.')
}

/// Whether a refreshed token is good at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Activation {
    /// It is, and the old one is not any more.
    #[default]
    AtOnce,
    /// The old one stays good until the new one is activated: nothing is lost
    /// with the answer.
    Separate,
}

/// Calls about tokens.
#[derive(Debug)]
pub struct OAuth<'a> {
    transport: &'a Transport,
}

impl<'a> OAuth<'a> {
    pub(super) fn new(transport: &'a Transport) -> Self {
        Self { transport }
    }

    /// A token for a name (phone or e-mail) and a password
    /// (`POST token`, `grant_type=password`); only for clients that may.
    ///
    /// # Errors
    /// [`WalletApiError`]; `invalid_grant` for a wrong name or password.
    pub async fn by_password(
        &self,
        username: &str,
        password: &Secret,
        scopes: &[Scope],
    ) -> Result<Token, WalletApiError> {
        let scopes = scopes::list(scopes);
        let form = [
            ("grant_type", "password"),
            ("username", username),
            ("password", password.expose()),
            ("scope", scopes.as_str()),
        ];
        self.transport.send(&token_call().form(form)).await
    }

    /// A token for the code that the user's browser brought
    /// (`POST token`, `grant_type=authorization_code`). `redirect_uri` is the one
    /// that the user was sent away with.
    ///
    /// # Errors
    /// [`WalletApiError`]; `invalid_grant` for a wrong or used code.
    pub async fn by_code(&self, code: &Secret, redirect_uri: &str) -> Result<Token, WalletApiError> {
        let form =
            [("grant_type", "authorization_code"), ("code", code.expose()), ("redirect_uri", redirect_uri)];
        self.transport.send(&token_call().form(form)).await
    }

    /// The next token (`POST token`, `grant_type=refresh_token` or
    /// `refresh_token_with_activation`).
    ///
    /// # Errors
    /// [`WalletApiError`]; `invalid_grant` for a refresh token that is used or
    /// has ended.
    pub async fn refresh(
        &self,
        refresh_token: &Secret,
        activation: Activation,
    ) -> Result<Token, WalletApiError> {
        let grant_type = match activation {
            Activation::AtOnce => "refresh_token",
            Activation::Separate => "refresh_token_with_activation",
        };
        let form = [("grant_type", grant_type), ("refresh_token", refresh_token.expose())];
        self.transport.send(&token_call().form(form)).await
    }

    /// The next token, with scopes that need a code of the user's: all scopes
    /// that it shall have are named.
    ///
    /// # Errors
    /// [`WalletApiError`]; `invalid_grant` for a wrong code.
    pub async fn extend(
        &self,
        refresh_token: &Secret,
        scopes: &[Scope],
        extended: &[ExtendedScope],
        code: &Secret,
    ) -> Result<Token, WalletApiError> {
        let scopes = [scopes::list(scopes), scopes::list(extended)].join(" ");
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token.expose()),
            ("scope", scopes.trim()),
            ("code", code.expose()),
        ];
        self.transport.send(&token_call().form(form)).await
    }

    /// Makes a token good that was refreshed with [`Activation::Separate`]
    /// (`PUT tokens/{access_token}/activate`). May be repeated.
    ///
    /// # Errors
    /// [`WalletApiError`]; `not_found` for a token of nobody.
    pub async fn activate(&self, access_token: &Secret) -> Result<Token, WalletApiError> {
        let token = access_token.expose();
        if !is_token(token) {
            return Err(WalletApiError::InvalidRequest { reason: "this is no access token".to_owned() });
        }
        self.transport.send(&Call::put(format!("tokens/{token}/activate")).oauth()).await
    }

    /// Ends a token (`DELETE token?access_token=`).
    ///
    /// # Errors
    /// [`WalletApiError`]; `not_found` for a token of nobody.
    pub async fn revoke(&self, access_token: &Secret) -> Result<(), WalletApiError> {
        let call = Call::delete("token").oauth().query("access_token", access_token.expose());
        self.transport.send_for_nothing(&call).await
    }

    /// Prepares a sign-in in the browser for a user whose e-mail address is
    /// known (`POST session`): gives the key of its page.
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub(crate) async fn session(
        &self,
        asked: &[(&'static str, String)],
        email: &str,
    ) -> Result<String, WalletApiError> {
        #[derive(Deserialize)]
        struct Session {
            key: String,
        }
        let pairs = asked.iter().map(|(name, value)| (*name, value.as_str()));
        let form = Call::post("session").oauth().form(pairs.chain([("user[email]", email)]));
        self.transport.send::<Session>(&form).await.map(|session| session.key)
    }
}

fn token_call() -> Call {
    Call::post("token").oauth()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = r#"{"access_token":"t0ken","token_type":"mac","mac_key":"k3y",
        "mac_algorithm":"hmac-sha-256","expires_in":3600,"refresh_token":"r3fresh"}"#;

    #[test]
    fn a_token_is_read_and_not_shown() {
        let token: Token = serde_json::from_str(TOKEN).unwrap();
        assert_eq!(token.expires_in.as_secs(), 3600);
        let shown = format!("{token:?} {:?}", token.credentials());
        for secret in ["t0ken", "k3y", "r3fresh"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }

    #[test]
    fn a_token_that_can_not_sign_is_refused() {
        for (from, to) in [
            ("\"mac\"", "\"bearer\""),
            ("hmac-sha-256", "hmac-sha-1"),
            ("\"k3y\"", "\"\""),
            ("\"t0ken\"", "\"../..\""),
            ("\"t0ken\"", "\"..\""),
            ("\"t0ken\"", "\"%2e%2e\""),
            ("3600", "-1"),
        ] {
            let text = TOKEN.replace(from, to);
            assert_ne!(text, TOKEN);
            assert!(serde_json::from_str::<Token>(&text).is_err(), "{to}");
        }
        let long: Token = serde_json::from_str(&TOKEN.replace("3600", "9223372036854775807")).unwrap();
        assert_eq!(long.expires_in.as_secs(), LONGEST_LIFE.unsigned_abs());
    }
}
