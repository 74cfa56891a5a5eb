//! The merchant's projects (wallet-api section 7.2).

use serde::{Deserialize, Serialize};

use super::error::WalletApiError;
use super::tolerance::{null_is_missing, readable};
use super::transport::{Call, Transport};
use super::wallets::Wallet;
use super::wire::numeric_id;
use crate::code::WalletId;

numeric_id! {
    /// The number of a merchant's project.
    ProjectId
}

/// A project: what a merchant has customers for. A payer sees its number and
/// name.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Project {
    /// Its number.
    pub id: ProjectId,
    /// Its name.
    #[serde(default, deserialize_with = "null_is_missing")]
    pub title: String,
    /// More about it.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The wallet that is paid by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wallet_id: Option<WalletId>,
    /// The same, where it was asked for.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub wallet: Option<Wallet>,
    /// The name of the wallet's owner.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub owner_display_name: Option<String>,
}

/// What can be changed of a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProjectUpdate {
    /// Its name.
    pub title: String,
    /// More about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The wallet that is paid by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wallet_id: Option<WalletId>,
}

/// Calls about projects.
#[derive(Debug)]
pub struct Projects<'a> {
    transport: &'a Transport,
}

impl<'a> Projects<'a> {
    pub(super) fn new(transport: &'a Transport) -> Self {
        Self { transport }
    }

    /// Reads a project (`GET project/{id}`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn get(&self, id: ProjectId) -> Result<Project, WalletApiError> {
        self.transport.send(&Call::get(format!("project/{id}"))).await
    }

    /// Changes a project (`PUT project/{id}`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn update(&self, id: ProjectId, update: &ProjectUpdate) -> Result<Project, WalletApiError> {
        self.transport.send(&Call::put(format!("project/{id}")).json(update)?).await
    }

    /// The projects that the user administers, with their wallets
    /// (`GET user/me/projects`, scope `projects`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn mine(&self) -> Result<Vec<Project>, WalletApiError> {
        self.transport.send(&Call::get("user/me/projects").query("fields", "*,wallet")).await
    }
}
