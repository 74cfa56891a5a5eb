//! The account behind a wallet (wallet-api section 6.2).

use serde::{Deserialize, Serialize};

use crate::wallet_api::tolerance::{readable, readable_rows};
use crate::wallet_api::users::UserId;
use crate::wallet_api::wire::wire_enum;

wire_enum! {
    /// What an account is.
    pub enum AccountType {
        /// An account at Paysera.
        Local = "local",
        /// An account that nobody owns.
        Technical = "technical",
        /// The account of a card.
        Card = "card",
    }
}

wire_enum! {
    /// Whether an account can be used.
    pub enum AccountStatus {
        /// It can.
        Active = "active",
        /// Not now.
        Inactive = "inactive",
        /// Not any more.
        Closed = "closed",
    }
}

/// The account behind a wallet. Most of it needs the scope `wallet_list`, and is
/// missing without it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Account {
    /// The account number, for example `EVP0010001000101`.
    pub number: String,
    /// The owner's name, as far as these credentials may see it.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub owner_display_name: Option<String>,
    /// The owner's title.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub owner_title: Option<String>,
    /// The kind of owner, as the server says it.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub owner_type: Option<String>,
    /// The owner's words for it, see [`super::Wallets::describe`].
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What it is.
    #[serde(
        rename = "type",
        default,
        deserialize_with = "readable",
        skip_serializing_if = "Option::is_none"
    )]
    pub kind: Option<AccountType>,
    /// Whether it can be used.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub status: Option<AccountStatus>,
    /// The owner.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// Its IBANs.
    #[serde(default, deserialize_with = "readable_rows", skip_serializing_if = "Vec::is_empty")]
    pub ibans: Vec<String>,
    /// The IBAN to tell people.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub main_iban: Option<String>,
    /// Its place among the owner's accounts.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub order_id: Option<i64>,
    /// More about it.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub flags: Option<AccountFlags>,
}

/// Properties of an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct AccountFlags {
    /// Whether everybody may see it.
    #[serde(default, deserialize_with = "readable")]
    pub public: bool,
    /// Whether it is for savings.
    #[serde(default, deserialize_with = "readable")]
    pub savings: bool,
}
