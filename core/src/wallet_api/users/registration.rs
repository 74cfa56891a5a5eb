//! Becoming a user, confirming a phone, and passwords (wallet-api section 3.4).

use serde::Serialize;

use super::{User, UserRef, UserSearch, Users};
use crate::secret::Secret;
use crate::wallet_api::error::WalletApiError;
use crate::wallet_api::scopes::Scope;
use crate::wallet_api::transport::Call;

/// Somebody who wants to become a user.
#[derive(Clone, Debug)]
pub struct Registration {
    /// The phone number, digits with the country code; a code is sent to it.
    pub phone: String,
    /// The language, for example `ka`.
    pub locale: String,
    /// The password.
    pub password: Secret,
    /// What the app will ask the user for at the first sign-in; none if empty.
    pub scopes: Vec<Scope>,
}

impl Registration {
    /// Somebody with a phone number, in a language.
    #[must_use]
    pub fn new(phone: String, locale: impl Into<String>, password: Secret) -> Self {
        Self { phone, locale: locale.into(), password, scopes: Vec::new() }
    }
}

/// What shows that a user may set another password.
#[derive(Clone, Debug)]
pub enum PasswordProof {
    /// The code that was sent after [`Users::reset_password`].
    Code(Secret),
    /// The password until now.
    OldPassword(Secret),
}

/// What an app says of itself beside a phone number.
#[derive(Serialize)]
struct Parameters {
    scopes: Vec<String>,
}

impl Parameters {
    fn of(scopes: &[Scope]) -> Option<Self> {
        let scopes: Vec<_> = scopes.iter().map(Scope::to_string).collect();
        (!scopes.is_empty()).then_some(Self { scopes })
    }
}

impl Users<'_> {
    /// Registers a user (`POST user`), signed by the app. A code goes to the
    /// phone, see [`Users::confirm_phone`].
    ///
    /// # Errors
    /// [`WalletApiError`]; `user_already_exists`, `password_too_short` and others.
    pub async fn register(&self, new: &Registration) -> Result<User, WalletApiError> {
        #[derive(Serialize)]
        struct Body<'b> {
            phone: &'b str,
            locale: &'b str,
            credentials: Credentials<'b>,
            #[serde(skip_serializing_if = "Option::is_none")]
            parameters: Option<Parameters>,
        }
        #[derive(Serialize)]
        struct Credentials<'b> {
            r#type: &'static str,
            password: &'b str,
        }
        let credentials = Credentials { r#type: "password", password: new.password.expose() };
        let parameters = Parameters::of(&new.scopes);
        let body = Body { phone: &new.phone, locale: &new.locale, credentials, parameters };
        self.transport.send(&Call::post("user").json(&body)?).await
    }

    /// Confirms a phone number with the code that was sent to it
    /// (`PUT user/{id}/phone/confirm`).
    ///
    /// # Errors
    /// [`WalletApiError`]; `invalid_code`.
    pub async fn confirm_phone(&self, user: UserRef, code: &Secret) -> Result<User, WalletApiError> {
        #[derive(Serialize)]
        struct Body<'b> {
            code: &'b str,
        }
        let body = Body { code: code.expose() };
        self.transport.send(&Call::put(format!("user/{user}/phone/confirm")).json(&body)?).await
    }

    /// Adds a phone number, to which a code is sent (`POST user/{id}/phone`).
    /// `scopes` is what the app will ask the user for; none if empty.
    ///
    /// # Errors
    /// [`WalletApiError`]; `phone_already_assigned`.
    pub async fn add_phone(
        &self,
        user: UserRef,
        phone: &str,
        scopes: &[Scope],
    ) -> Result<User, WalletApiError> {
        #[derive(Serialize)]
        struct Body<'b> {
            phone: &'b str,
            #[serde(skip_serializing_if = "Option::is_none")]
            parameters: Option<Parameters>,
        }
        let body = Body { phone, parameters: Parameters::of(scopes) };
        self.transport.send(&Call::post(format!("user/{user}/phone")).json(&body)?).await
    }

    /// Sends a code for another password (`POST user/password/reset`);
    /// `identity_code` is the personal code.
    ///
    /// # Errors
    /// [`WalletApiError`]; `invalid_identity`.
    pub async fn reset_password(
        &self,
        by: &UserSearch,
        identity_code: Option<&str>,
    ) -> Result<(), WalletApiError> {
        #[derive(Serialize)]
        struct Body<'b> {
            #[serde(skip_serializing_if = "Option::is_none")]
            email: Option<&'b str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            phone: Option<&'b str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            identity: Option<Code<'b>>,
        }
        #[derive(Serialize)]
        struct Code<'b> {
            code: &'b str,
        }
        let (email, phone) = match by {
            UserSearch::Email(email) => (Some(email.as_str()), None),
            UserSearch::Phone(phone) => (None, Some(phone.as_str())),
            UserSearch::PersonCode { .. } => {
                let reason = "a password is reset by e-mail address or phone number".to_owned();
                return Err(WalletApiError::InvalidRequest { reason });
            }
        };
        let body = Body { email, phone, identity: identity_code.map(|code| Code { code }) };
        self.transport.send_for_nothing(&Call::post("user/password/reset").json(&body)?).await
    }

    /// Sets another password (`PUT user/{id|me}/password`).
    ///
    /// # Errors
    /// [`WalletApiError`]; `invalid_code`, `invalid_password`,
    /// `password_too_short`, `password_too_risky`.
    pub async fn set_password(
        &self,
        user: UserRef,
        password: &Secret,
        proof: &PasswordProof,
    ) -> Result<(), WalletApiError> {
        #[derive(Serialize)]
        struct Body<'b> {
            password: &'b str,
            #[serde(skip_serializing_if = "Option::is_none")]
            code: Option<&'b str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            old_password: Option<&'b str>,
        }
        let (code, old_password) = match proof {
            PasswordProof::Code(code) => (Some(code.expose()), None),
            PasswordProof::OldPassword(old) => (None, Some(old.expose())),
        };
        let body = Body { password: password.expose(), code, old_password };
        let call = Call::put(format!("user/{user}/password")).json(&body)?;
        self.transport.send_for_nothing(&call).await
    }
}
