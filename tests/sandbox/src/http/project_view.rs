//! A project as clients see it (wallet-api section 7.2).

use rusqlite::Connection;
use serde::Serialize;

use super::wallet_view::WalletView;
use crate::error::Refusal;
use crate::store::projects::Project;
use crate::store::wallets;

#[derive(Serialize)]
pub(super) struct ProjectView {
    id: i64,
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    wallet_id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    wallet: Option<WalletView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner_display_name: Option<String>,
}

impl ProjectView {
    /// With its wallet, as its owner sees it or as everyone does, if `wallet`
    /// says so.
    pub(super) fn new(
        db: &Connection,
        project: Project,
        wallet: Option<fn(wallets::Wallet) -> WalletView>,
    ) -> Result<Self, Refusal> {
        let owner = wallets::wallet(db, project.wallet)?;
        Ok(Self {
            id: project.id,
            title: project.title,
            description: project.description,
            wallet_id: project.wallet,
            owner_display_name: owner.as_ref().map(|wallet| wallet.owner_display_name.clone()),
            wallet: wallet.zip(owner).map(|(view, owner)| view(owner)),
        })
    }
}
