//! Confirmations: what a user has to agree to in the app (wallet-api section
//! 3.4).

use serde::Deserialize;
use serde_json::{Map, Value};

use super::clients::AppClientInfoId;
use super::error::WalletApiError;
use super::page::{Listed, Page, Window};
use super::tolerance::readable;
use super::transport::{Call, Transport};
use super::users::UserId;
use super::wire::{text_id, wire_enum};
use crate::secret::Secret;

text_id! {
    /// The name of a confirmation.
    ConfirmationIdentifier
}

wire_enum! {
    /// Whether a user agreed.
    pub enum ConfirmationStatus {
        /// Not decided yet.
        Pending = "pending",
        /// The user agreed.
        Confirmed = "confirmed",
        /// The user did not.
        Rejected = "rejected",
    }
}

/// Something that a user has to agree to.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Confirmation {
    /// Its name.
    pub identifier: ConfirmationIdentifier,
    /// Whether the user agreed.
    pub status: ConfirmationStatus,
    /// The number of what is asked; one user may get the same question again.
    #[serde(default, deserialize_with = "readable")]
    pub challenge_id: Option<u64>,
    /// Who has to agree.
    #[serde(default, deserialize_with = "readable")]
    pub user_id: Option<UserId>,
    /// What it is about.
    #[serde(default, deserialize_with = "readable")]
    pub properties: Option<ConfirmationProperties>,
    /// The country that the question comes from, two letters.
    #[serde(default, deserialize_with = "readable")]
    pub country_code: Option<String>,
    /// The city.
    #[serde(default, deserialize_with = "readable")]
    pub city: Option<String>,
    /// The browser of who asks.
    #[serde(default, deserialize_with = "readable")]
    pub browser: Option<String>,
    /// The operating system of who asks.
    #[serde(default, deserialize_with = "readable")]
    pub os: Option<String>,
    /// The device of who asks.
    #[serde(default, deserialize_with = "readable")]
    pub model: Option<String>,
    /// The network address of who asks.
    #[serde(default, deserialize_with = "readable")]
    pub ip: Option<String>,
    /// The installation of the app that asks.
    #[serde(default, deserialize_with = "readable")]
    pub app_client_info_id: Option<AppClientInfoId>,
}

/// What a confirmation is about.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct ConfirmationProperties {
    /// The name of the text, for apps that bring their own.
    #[serde(default, deserialize_with = "readable")]
    pub slug: Option<String>,
    /// The same, as some servers call it.
    #[serde(default, deserialize_with = "readable")]
    pub translation_slug: Option<String>,
    /// The text for people.
    #[serde(default, deserialize_with = "readable")]
    pub translation: Option<String>,
    /// What stands in the gaps of the text.
    #[serde(default, deserialize_with = "readable")]
    pub translation_parameters: Map<String, Value>,
    /// A code that the user compares or types elsewhere; who has it can agree
    /// in the user's place.
    #[serde(default, deserialize_with = "readable")]
    pub code: Option<Secret>,
    /// The kind of question, as the server says it.
    #[serde(rename = "type", default, deserialize_with = "readable")]
    pub kind: Option<String>,
    /// Whether the user has to do something.
    #[serde(default, deserialize_with = "readable")]
    pub acceptance_required: Option<bool>,
}

impl Confirmation {
    /// The text to show, if the server gave one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.properties.as_ref()?.translation.as_deref()
    }
}

impl Listed for Confirmation {
    const PLURAL: &'static str = "confirmations";
}

/// Which confirmations to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConfirmationFilter {
    /// In any of these states; all states if empty.
    pub statuses: Vec<ConfirmationStatus>,
    /// The oldest first, instead of the newest.
    pub oldest_first: bool,
    /// Which part of the list.
    pub window: Window,
}

/// Calls about confirmations.
#[derive(Debug)]
pub struct Confirmations<'a> {
    transport: &'a Transport,
}

impl<'a> Confirmations<'a> {
    pub(super) fn new(transport: &'a Transport) -> Self {
        Self { transport }
    }

    /// One page of the user's confirmations (`GET confirmations/me`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn list(&self, filter: &ConfirmationFilter) -> Result<Page<Confirmation>, WalletApiError> {
        let statuses = filter.statuses.iter().map(ConfirmationStatus::as_str).collect::<Vec<_>>().join(",");
        let pairs = [
            ("status", (!statuses.is_empty()).then_some(statuses)),
            ("order_direction", filter.oldest_first.then(|| "ASC".to_owned())),
        ];
        let call = Call::get("confirmations/me").queries(pairs).queries(filter.window.pairs());
        self.transport.send(&call).await
    }

    /// Reads a confirmation (`GET confirmations/{identifier}`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn get(&self, identifier: &ConfirmationIdentifier) -> Result<Confirmation, WalletApiError> {
        self.transport.send(&Call::get(format!("confirmations/{identifier}"))).await
    }

    /// Agrees (`PUT confirmations/{identifier}/confirm`).
    ///
    /// # Errors
    /// [`WalletApiError`]; `invalid_state` once it is decided.
    pub async fn confirm(&self, identifier: &ConfirmationIdentifier) -> Result<Confirmation, WalletApiError> {
        self.transport.send(&Call::put(format!("confirmations/{identifier}/confirm"))).await
    }

    /// Does not agree (`PUT confirmations/{identifier}/reject`).
    ///
    /// # Errors
    /// [`WalletApiError`]; `invalid_state` once it is decided.
    pub async fn reject(&self, identifier: &ConfirmationIdentifier) -> Result<Confirmation, WalletApiError> {
        self.transport.send(&Call::put(format!("confirmations/{identifier}/reject"))).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_confirmation_is_read_and_its_code_is_not_shown() {
        let text = r#"{"challenge_id":5,"identifier":"a-1","status":"pending","user_id":501,"country_code":"GE",
            "properties":{"slug":"sign_in","translation":"Sign in?","translation_parameters":{"device":"A"},
            "code":"c0de","type":"login","acceptance_required":true},"ip":"192.0.2.1","app_client_info_id":7}"#;
        let confirmation: Confirmation = serde_json::from_str(text).unwrap();
        assert_eq!(confirmation.text(), Some("Sign in?"));
        let properties = confirmation.properties.as_ref().unwrap();
        assert_eq!(properties.code.as_ref().unwrap().expose(), "c0de");
        assert!(!format!("{confirmation:?}").contains("c0de"));
        // A text that can't be read does not take the question along.
        for odd in [r#""a""#, "[]", "null", r#"{"code":7,"translation_parameters":[]}"#] {
            let text = format!(r#"{{"identifier":"a-1","status":"new","properties":{odd}}}"#);
            assert_eq!(serde_json::from_str::<Confirmation>(&text).unwrap().text(), None, "{odd}");
        }
    }
}
