//! Confirmations: what a user has to agree to in the app (wallet-api section
//! 3.4).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::error::WalletApiError;
use super::page::{Listed, Page, Window};
use super::transport::{Call, Transport};
use super::users::UserId;
use super::wire::{text_id, wire_enum};

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
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Confirmation {
    /// Its name.
    pub identifier: ConfirmationIdentifier,
    /// Whether the user agreed.
    pub status: ConfirmationStatus,
    /// Who has to agree.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// What it is about, as the server says it: `translation` is a text for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub properties: Option<Value>,
}

impl Confirmation {
    /// The text to show, if the server gave one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.properties.as_ref()?.get("translation")?.as_str()
    }
}

impl Listed for Confirmation {
    const PLURAL: &'static str = "confirmations";
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

    /// The user's confirmations, newest first (`GET confirmations/me`): in that
    /// status, or all.
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn list(
        &self,
        status: Option<&ConfirmationStatus>,
        window: Window,
    ) -> Result<Page<Confirmation>, WalletApiError> {
        let status = ("status", status.map(|status| status.as_str().to_owned()));
        self.transport.send(&Call::get("confirmations/me").queries([status]).queries(window.pairs())).await
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
