//! Tokens that an app gets for other places: a web page and other services
//! (wallet-api section 3.4).

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::json;

use super::Reply;
use super::signed::Signed;
use crate::app::App;
use crate::domain::fields::Fields;
use crate::error::Refusal;
use crate::mac;
use crate::operations::access;
use crate::store::{tokens, web_sessions};

/// How long a JWT is good, in seconds. PROPOSAL.
const JWT_SECONDS: i64 = 900;

/// Longest `scope` and `system` in bytes.
const MAX_NAME: usize = 200;

/// What app tokens are asked by.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/auth-token/token", post(auth_token)).route("/jwt/tokens", post(jwt))
}

#[derive(Serialize)]
struct AuthTokenAnswer {
    #[serde(rename = "type")]
    kind: &'static str,
    auth_token: AuthTokenView,
}

#[derive(Serialize)]
struct AuthTokenView {
    value: String,
    user_id: i64,
    session_id: String,
}

/// `POST auth-token/token`: `auth_token=` on the authorization page takes it.
async fn auth_token(State(app): State<App>, signed: Signed) -> Result<Reply<AuthTokenAnswer>, Refusal> {
    signed.object()?;
    app.store
        .unit(signed.now, move |db| {
            let (_, user_id) = access::app_token(db, &signed.caller)?;
            let (value, session_id) = web_sessions::make(db, signed.now, user_id)?;
            let auth_token = AuthTokenView { value, user_id, session_id };
            Ok(Reply(AuthTokenAnswer { kind: "auth_token", auth_token }))
        })
        .await
}

#[derive(Serialize)]
struct JwtView {
    access_token: String,
    expires_in: i64,
    scope: String,
}

/// `POST jwt/tokens`. PROPOSAL: HS256 with the MAC key of the user's token, so
/// that an app's developer can check it.
async fn jwt(State(app): State<App>, signed: Signed) -> Result<Reply<JwtView>, Refusal> {
    let body = signed.object()?;
    let fields = Fields::root(&body);
    let named = |name| match fields.required(name)? {
        text if text.len() <= MAX_NAME => Ok(text.to_owned()),
        _ => Err(fields.refuse(name, "This value is too long")),
    };
    let (scope, system) = (named("scope")?, named("system")?);
    app.store
        .unit(signed.now, move |db| {
            let (token, user) = access::app_token(db, &signed.caller)?;
            let key = tokens::find(db, token)?.ok_or(Refusal::Internal)?.mac_key;
            let claims = json!({
                "iss": "paysera-sandbox",
                "sub": user.to_string(),
                "aud": system,
                "scope": scope,
                "iat": signed.now,
                "exp": signed.now.saturating_add(JWT_SECONDS),
            });
            let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
            let text = format!("{}.{}", part(json!({"alg": "HS256", "typ": "JWT"})), part(claims));
            let signature = URL_SAFE_NO_PAD.encode(mac::hmac_sha256(key.as_bytes(), text.as_bytes()));
            Ok(Reply(JwtView { access_token: format!("{text}.{signature}"), expires_in: JWT_SECONDS, scope }))
        })
        .await
}
