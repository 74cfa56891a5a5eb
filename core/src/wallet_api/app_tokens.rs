//! Tokens that an app gets for its user at other places: a web page and other
//! services of Paysera (wallet-api section 3.4). Signed with the token of a user.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::error::WalletApiError;
use super::tolerance::readable;
use super::transport::{Call, Transport};
use super::users::UserId;
use crate::secret::Secret;

/// A token that signs its user in on a web page, once.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "AuthTokenAnswer")]
pub struct AuthToken {
    /// The kind of token, as the server says it.
    pub kind: Option<String>,
    /// The token: who has it is signed in.
    pub value: Secret,
    /// Whom it signs in.
    pub user_id: Option<UserId>,
    /// The session that it begins; with it, too, one is signed in.
    pub session_id: Option<Secret>,
}

#[derive(Deserialize)]
struct AuthTokenAnswer {
    #[serde(rename = "type", default, deserialize_with = "readable")]
    kind: Option<String>,
    auth_token: AuthTokenBody,
}

#[derive(Deserialize)]
struct AuthTokenBody {
    value: Secret,
    #[serde(default, deserialize_with = "readable")]
    user_id: Option<UserId>,
    #[serde(default, deserialize_with = "readable")]
    session_id: Option<Secret>,
}

impl From<AuthTokenAnswer> for AuthToken {
    fn from(AuthTokenAnswer { kind, auth_token }: AuthTokenAnswer) -> Self {
        let AuthTokenBody { value, user_id, session_id } = auth_token;
        Self { kind, value, user_id, session_id }
    }
}

/// A token for another service of Paysera: a JSON web token, which goes into an
/// `Authorization: Bearer` header there. It is not for this API.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "JsonWebTokenBody")]
pub struct JsonWebToken {
    /// The token.
    pub access_token: Secret,
    /// How long it is good for, from the moment of the answer.
    pub expires_in: Duration,
    /// What it may be used for; may be less than was asked for.
    pub scope: Option<String>,
}

#[derive(Deserialize)]
struct JsonWebTokenBody {
    access_token: Secret,
    expires_in: i64,
    #[serde(default, deserialize_with = "readable")]
    scope: Option<String>,
}

impl TryFrom<JsonWebTokenBody> for JsonWebToken {
    type Error = &'static str;

    fn try_from(body: JsonWebTokenBody) -> Result<Self, &'static str> {
        let seconds = u64::try_from(body.expires_in).map_err(|_| "the token ran out before it came")?;
        let expires_in = Duration::from_secs(seconds);
        Ok(Self { access_token: body.access_token, expires_in, scope: body.scope })
    }
}

/// Calls about tokens for other places.
#[derive(Debug)]
pub struct AppTokens<'a> {
    transport: &'a Transport,
}

impl<'a> AppTokens<'a> {
    pub(super) fn new(transport: &'a Transport) -> Self {
        Self { transport }
    }

    /// A token that signs the user in on a web page
    /// (`POST auth-token/token`). Each is good once; one whose answer was lost
    /// does no harm.
    ///
    /// # Errors
    /// [`WalletApiError`]; `forbidden` unless a user's token signs.
    pub async fn auth_token(&self) -> Result<AuthToken, WalletApiError> {
        #[derive(Serialize)]
        struct Empty {}
        self.transport.send(&Call::post("auth-token/token").json(&Empty {})?).await
    }

    /// A token for another service, `system`, with `scope` (`POST jwt/tokens`).
    ///
    /// # Errors
    /// [`WalletApiError`]; `forbidden` unless a user's token signs.
    pub async fn json_web_token(&self, scope: &str, system: &str) -> Result<JsonWebToken, WalletApiError> {
        #[derive(Serialize)]
        struct Body<'b> {
            scope: &'b str,
            system: &'b str,
        }
        self.transport.send(&Call::post("jwt/tokens").json(&Body { scope, system })?).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_for_other_places_are_read_and_not_shown() {
        let answer = r#"{"type":"auth_token","auth_token":{"value":"v4lue","user_id":501,"session_id":"s3ssion","new":1}}"#;
        let token: AuthToken = serde_json::from_str(answer).unwrap();
        assert_eq!((token.value.expose(), token.user_id), ("v4lue", Some(UserId(501))));
        let answer = r#"{"access_token":"head.body.s1gn","expires_in":900,"scope":"logged_in"}"#;
        let jwt: JsonWebToken = serde_json::from_str(answer).unwrap();
        assert_eq!((jwt.expires_in.as_secs(), jwt.scope.as_deref()), (900, Some("logged_in")));
        let shown = format!("{token:?} {jwt:?}");
        for secret in ["v4lue", "s3ssion", "s1gn"] {
            assert!(!shown.contains(secret), "{shown}");
        }
        let bare: AuthToken =
            serde_json::from_str(r#"{"auth_token":{"value":"v","session_id":null}}"#).unwrap();
        assert_eq!((bare.kind, bare.user_id, bare.session_id), (None, None, None));
        for wrong in [r#"{"auth_token":{}}"#, r#"{"auth_token":{"value":null}}"#, "{}"] {
            assert!(serde_json::from_str::<AuthToken>(wrong).is_err(), "{wrong}");
        }
        assert!(serde_json::from_str::<JsonWebToken>(&answer.replace("900", "-1")).is_err());
    }
}
