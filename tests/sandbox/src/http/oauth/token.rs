//! `POST token`, `DELETE token` and activation.

use axum::extract::State;
use serde::Serialize;

use crate::app::App;
use crate::domain::person_fault::PersonFault;
use crate::error::Refusal;
use crate::http::form::Form;
use crate::http::list::Empty;
use crate::http::signed::Signed;
use crate::http::{InPath, Reply};
use crate::operations::sign_in::{self, Grant};
use crate::store::clients;
use crate::store::credentials::Signer;
use crate::store::tokens::Token;

/// The answer of every grant. Clients insist on the two constants.
#[derive(Serialize)]
pub(super) struct TokenView {
    access_token: String,
    token_type: &'static str,
    mac_key: String,
    mac_algorithm: &'static str,
    expires_in: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
}

impl TokenView {
    fn new(token: Token, now: i64) -> Self {
        Self {
            access_token: token.token,
            token_type: "mac",
            mac_key: token.mac_key,
            mac_algorithm: "hmac-sha-256",
            // Every token that a client gets ends some time.
            expires_in: token.expires_at.unwrap_or(i64::MAX).saturating_sub(now),
            refresh_token: token.refresh_token,
        }
    }
}

/// `POST token`.
pub(super) async fn grant(
    State(app): State<App>,
    signed: Signed<Signer>,
) -> Result<Reply<TokenView>, Refusal> {
    let grant = read(&signed.form()?)?;
    let (now, seconds) = (signed.now, app.token_seconds);
    let token = app
        .store
        .unit(now, move |db| {
            let client = clients::own(db, &signed.caller)?;
            sign_in::grant(db, now, seconds, &client, &grant)
        })
        .await?;
    Ok(Reply(TokenView::new(token, now)))
}

fn read(form: &Form) -> Result<Grant, Refusal> {
    let owned = |name| form.required(name).map(str::to_owned);
    let refresh = |activation| {
        Ok(Grant::Refresh {
            refresh_token: owned("refresh_token")?,
            scopes: form.text("scope").map(str::to_owned),
            code: form.text("code").map(str::to_owned),
            activation,
        })
    };
    match form.required("grant_type")? {
        "authorization_code" => {
            Ok(Grant::Code { code: owned("code")?, redirect_uri: owned("redirect_uri")? })
        }
        "password" => Ok(Grant::Password {
            username: owned("username")?,
            password: owned("password")?,
            scopes: form.text("scope").unwrap_or_default().to_owned(),
        }),
        "refresh_token" => refresh(false),
        "refresh_token_with_activation" => refresh(true),
        _ => Err(Refusal::Person(PersonFault::UnsupportedGrant)),
    }
}

/// `PUT tokens/{access_token}/activate`.
pub(super) async fn activate(
    State(app): State<App>,
    InPath(token): InPath<String>,
    signed: Signed<Signer>,
) -> Result<Reply<TokenView>, Refusal> {
    let now = signed.now;
    let token = app
        .store
        .unit(now, move |db| {
            let client = clients::own(db, &signed.caller)?;
            sign_in::activate(db, now, &client, &token)
        })
        .await?;
    Ok(Reply(TokenView::new(token, now)))
}

/// `DELETE token?access_token=`.
pub(super) async fn revoke(State(app): State<App>, signed: Signed<Signer>) -> Result<Reply<Empty>, Refusal> {
    let token = signed.query.required("access_token")?.to_owned();
    app.store.unit(signed.now, move |db| sign_in::revoke(db, &signed.caller, &token)).await?;
    Ok(Reply(Empty {}))
}
