//! Users (wallet-api section 6.4). A field whose scope the token does not have
//! is missing.

use serde::{Deserialize, Serialize};

use super::error::WalletApiError;
use super::transport::{Call, Transport};
use super::wallets::Wallet;
use super::wire::{null_is_missing, numeric_id, wire_enum};
use crate::code::WalletId;
use crate::secret::Secret;

numeric_id! {
    /// The number of a user.
    UserId
}

wire_enum! {
    /// What a user is.
    pub enum UserType {
        /// A person.
        Natural = "natural",
        /// A company.
        Legal = "legal",
    }
}

wire_enum! {
    /// How well a user is identified.
    pub enum IdentificationLevel {
        /// Not at all.
        Unidentified = "unidentified",
        /// In part.
        SemiIdentified = "semi_identified",
        /// By a document.
        Identified = "identified",
        /// By a document, in person.
        FullyIdentified = "fully_identified",
    }
}

impl IdentificationLevel {
    /// Whether the user may take part in payments, cash-out and cash-in
    /// (wallet-api section 9.4). A level that this library does not know does not
    /// count.
    #[must_use]
    pub fn is_identified(&self) -> bool {
        matches!(self, Self::Identified | Self::FullyIdentified)
    }
}

/// A user.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct User {
    /// Their number.
    pub id: UserId,
    /// A person or a company.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<UserType>,
    /// The name to show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// The e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The phone number, digits with the country code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The postal address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    /// The date of birth, `yyyy-mm-dd`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dob: Option<String>,
    /// The gender, as the server says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gender: Option<String>,
    /// Name and personal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<Identity>,
    /// How well they are identified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identification_level: Option<IdentificationLevel>,
    /// Their wallets.
    #[serde(default, deserialize_with = "null_is_missing", skip_serializing_if = "Vec::is_empty")]
    pub wallets: Vec<WalletId>,
    /// The company's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company_code: Option<String>,
    /// The language, for example `ka`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// Their settings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub options: Option<UserOptions>,
}

/// Settings of a user.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct UserOptions {
    /// The currency that is shown first.
    pub default_currency: Option<String>,
}

/// A postal address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Address {
    /// The country, two letters.
    pub country: Option<String>,
    /// The city.
    pub city: Option<String>,
    /// Street and house.
    pub street: Option<String>,
    /// The postal code.
    pub post_index: Option<String>,
}

/// Who a person is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Identity {
    /// The first name.
    pub name: String,
    /// The last name.
    pub surname: String,
    /// The country, two letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nationality: Option<String>,
    /// The personal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// A politically exposed person's position.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct PoliticallyExposed {
    /// The name.
    pub name: Option<String>,
    /// How the user is related to it.
    pub relation: Option<String>,
    /// The positions.
    #[serde(default, deserialize_with = "null_is_missing")]
    pub positions: Vec<String>,
}

/// A user in a path: by number, or the token's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserRef {
    /// The user whose token signs.
    Me,
    /// A user by number.
    Id(UserId),
}

impl std::fmt::Display for UserRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Me => f.write_str("me"),
            Self::Id(user) => user.fmt(f),
        }
    }
}

/// By what a user is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserSearch {
    /// The e-mail address.
    Email(String),
    /// The phone number, digits with the country code.
    Phone(String),
    /// The personal code; needs a permission of the client.
    PersonCode {
        /// The code.
        code: String,
        /// The country, two letters.
        nationality: Option<String>,
    },
}

/// Somebody who wants to become a user.
#[derive(Clone, Debug)]
pub struct Registration {
    /// The phone number, digits with the country code; a code is sent to it.
    pub phone: String,
    /// The language, for example `ka`.
    pub locale: String,
    /// The password.
    pub password: Secret,
}

/// What shows that a user may set another password.
#[derive(Clone, Debug)]
pub enum PasswordProof {
    /// The code that was sent after [`Users::reset_password`].
    Code(Secret),
    /// The password until now.
    OldPassword(Secret),
}

/// Calls about users.
#[derive(Debug)]
pub struct Users<'a> {
    transport: &'a Transport,
}

impl<'a> Users<'a> {
    pub(super) fn new(transport: &'a Transport) -> Self {
        Self { transport }
    }

    /// Reads a user (`GET user/{id|me}`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn get(&self, user: UserRef) -> Result<User, WalletApiError> {
        self.part(user, "").await
    }

    /// Looks for a user (`GET user?...`).
    ///
    /// # Errors
    /// [`WalletApiError`]; `not_found` if there is none.
    pub async fn find(&self, by: &UserSearch) -> Result<User, WalletApiError> {
        let call = Call::get("user");
        let call = match by {
            UserSearch::Email(email) => call.query("email", email),
            UserSearch::Phone(phone) => call.query("phone", phone),
            UserSearch::PersonCode { code, nationality } => {
                call.query("person_code", code).queries([("nationality", nationality.clone())])
            }
        };
        self.transport.send(&call).await
    }

    /// The e-mail address (`GET user/{id|me}/email`, scope `email`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn email(&self, user: UserRef) -> Result<String, WalletApiError> {
        self.part(user, "/email").await
    }

    /// The phone number (`GET user/{id|me}/phone`, scope `phone`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn phone(&self, user: UserRef) -> Result<String, WalletApiError> {
        self.part(user, "/phone").await
    }

    /// Phone numbers that were confirmed (`GET user/{id|me}/confirmed-phones`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn confirmed_phones(&self, user: UserRef) -> Result<Vec<String>, WalletApiError> {
        self.part(user, "/confirmed-phones").await
    }

    /// The postal address (`GET user/{id|me}/address`, scope `address`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn address(&self, user: UserRef) -> Result<Address, WalletApiError> {
        self.part(user, "/address").await
    }

    /// Name and personal code (`GET user/{id|me}/identity`, scope `identity`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn identity(&self, user: UserRef) -> Result<Identity, WalletApiError> {
        self.part(user, "/identity").await
    }

    /// The wallets (`GET user/{id|me}/wallets`, scope `wallet_list`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn wallets(&self, user: UserRef, with_inactive: bool) -> Result<Vec<Wallet>, WalletApiError> {
        let call = Call::get(format!("user/{user}/wallets"));
        let call = if with_inactive { call.query("inactive_included", 1) } else { call };
        self.transport.send(&call).await
    }

    /// Politically exposed positions (`GET user/{id|me}/pes`, scope `pep`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn politically_exposed(
        &self,
        user: UserRef,
    ) -> Result<Vec<PoliticallyExposed>, WalletApiError> {
        self.part(user, "/pes").await
    }

    /// Reports where the user is, for merchants nearby
    /// (`PUT user/me/position`, scope `user_position`). In degrees.
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn set_position(
        &self,
        latitude: f64,
        longitude: f64,
        visible: bool,
    ) -> Result<(), WalletApiError> {
        #[derive(Serialize)]
        struct Body {
            lat: f64,
            lng: f64,
            r#type: &'static str,
        }
        let r#type = if visible { "merchant" } else { "hidden" };
        let body = Body { lat: latitude, lng: longitude, r#type };
        self.transport.send_for_nothing(&Call::put("user/me/position").json(&body)?).await
    }

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
        }
        #[derive(Serialize)]
        struct Credentials<'b> {
            r#type: &'static str,
            password: &'b str,
        }
        let credentials = Credentials { r#type: "password", password: new.password.expose() };
        let body = Body { phone: &new.phone, locale: &new.locale, credentials };
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
    ///
    /// # Errors
    /// [`WalletApiError`]; `phone_already_assigned`.
    pub async fn add_phone(&self, user: UserRef, phone: &str) -> Result<User, WalletApiError> {
        #[derive(Serialize)]
        struct Body<'b> {
            phone: &'b str,
        }
        self.transport.send(&Call::post(format!("user/{user}/phone")).json(&Body { phone })?).await
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

    async fn part<T: serde::de::DeserializeOwned>(
        &self,
        user: UserRef,
        part: &str,
    ) -> Result<T, WalletApiError> {
        self.transport.send(&Call::get(format!("user/{user}{part}"))).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_read_with_few_scopes_and_with_many() {
        let user = |text: &str| serde_json::from_str::<User>(text).unwrap();
        let few = user(r#"{"id":501,"identity":null,"wallets":null}"#);
        assert_eq!((few.id, few.identification_level, few.wallets), (UserId(501), None, Vec::new()));
        insta::assert_json_snapshot!(user(
            r#"{"id":501,"type":"natural","email":"customer@sandbox.example","phone":"995555014471",
                "address":{"country":"GE","city":"Tbilisi","street":null},"dob":"1990-01-01","gender":"female",
                "identity":{"name":"Customer","surname":"Identified","nationality":"GE","code":"01001014471"},
                "identification_level":"identified","calculated_level":"identified","wallets":[14471],
                "options":{"default_currency":"GEL"},"pep":[],"locale":"ka"}"#
        ));
    }

    #[test]
    fn only_known_levels_count_as_identified() {
        for (level, identified) in [
            ("identified", true),
            ("fully_identified", true),
            ("semi_identified", false),
            ("unidentified", false),
            ("superidentified", false),
        ] {
            assert_eq!(IdentificationLevel::from(level.to_owned()).is_identified(), identified, "{level}");
        }
    }
}
