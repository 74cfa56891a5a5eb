//! Users (wallet-api section 6.4). A field whose scope the token does not have
//! is missing.

mod registration;
mod user;

use serde::Serialize;

pub use registration::{PasswordProof, Registration};
pub use user::{
    Address, IdentificationLevel, Identity, PoliticallyExposed, User, UserId, UserOptions, UserType,
};

use super::error::WalletApiError;
use super::transport::{Call, Transport};
use super::wallets::Wallet;

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

    async fn part<T: serde::de::DeserializeOwned>(
        &self,
        user: UserRef,
        part: &str,
    ) -> Result<T, WalletApiError> {
        self.transport.send(&Call::get(format!("user/{user}{part}"))).await
    }
}
