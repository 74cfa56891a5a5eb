//! What payers answered to inquiries (wallet-api section 5.3).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::request::InquiryItemType;
use crate::wallet_api::users::Identity;

/// An answer to one part of an inquiry.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct InquiredItem {
    /// Which inquiry.
    pub inquiry_identifier: String,
    /// Which part of it.
    pub item_identifier: String,
    /// What was asked for.
    pub item_type: InquiryItemType,
    /// The answer.
    pub value: InquiredValue,
}

/// The answer of a payer.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(untagged)]
pub enum InquiredValue {
    /// A personal code.
    PersonCode(String),
    /// Who the payer is.
    UserIdentity(Identity),
    /// Something that this library does not know.
    Other(Value),
}
