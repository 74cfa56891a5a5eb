//! What is sent about transactions (wallet-api sections 5.2 and 5.3).

use serde::{Deserialize, Serialize, Serializer};

use super::transaction::{Reserve, TransactionStatus};
use crate::clock::UnixSeconds;
use crate::code::LocationId;
use crate::wallet_api::allowances::{AllowanceId, NewAllowance};
use crate::wallet_api::page::Window;
use crate::wallet_api::payments::{NewPayment, PaymentId};
use crate::wallet_api::projects::ProjectId;
use crate::wallet_api::tolerance::readable;
use crate::wallet_api::users::{IdentificationLevel, UserType};
use crate::wallet_api::wire::wire_enum;

/// The body of `POST transaction`. Its default is a transaction of nothing; give
/// it payments, or an allowance.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateTransaction {
    /// What is to be paid.
    pub payments: Vec<NewPayment>,
    /// Payments that exist already; they leave their transactions.
    pub existing_payments: Vec<PaymentId>,
    /// An allowance that the payer is asked for at the same time.
    pub allowance: Option<AllowanceRequest>,
    /// How long the money stays held after acceptance; the server's default is
    /// 30 days.
    pub reserve: Option<Reserve>,
    /// Whether an active allowance may accept it.
    pub use_allowance: bool,
    /// Whether the payer is asked for an allowance where there is none.
    pub suggest_allowance: bool,
    /// Whether acceptance settles at once.
    pub auto_confirm: bool,
    /// Where the web page for acceptance leads back to.
    pub redirect_uri: Option<String>,
    /// Where the server reports what happens.
    pub callback_uri: CallbackUri,
    /// The payer's e-mail address, if it is known.
    pub payer_email: Option<String>,
    /// Who may pay.
    pub restrictions: Option<AccountOwner>,
    /// What the payer is asked.
    pub inquiries: Vec<Inquiry>,
}

impl Default for CreateTransaction {
    fn default() -> Self {
        Self {
            payments: Vec::new(),
            existing_payments: Vec::new(),
            allowance: None,
            reserve: None,
            // The server's own default.
            use_allowance: true,
            suggest_allowance: false,
            auto_confirm: false,
            redirect_uri: None,
            callback_uri: CallbackUri::ProjectDefault,
            payer_email: None,
            restrictions: None,
            inquiries: Vec::new(),
        }
    }
}

/// An allowance in a transaction.
#[derive(Clone, Debug, PartialEq)]
pub enum AllowanceRequest {
    /// A new one.
    New {
        /// What it allows.
        allowance: NewAllowance,
        /// Whether the payer may pay without it.
        optional: bool,
    },
    /// One that exists already.
    Existing {
        /// Its number.
        id: AllowanceId,
        /// Whether the payer may pay without it.
        optional: bool,
    },
}

/// Where the server reports what happens to a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallbackUri {
    /// Nowhere (`false` on the wire).
    Disabled,
    /// Where the project says.
    ProjectDefault,
    /// To this address.
    To(String),
}

/// Who may pay, by the owner of the account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct AccountOwner {
    /// A person or a company.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<UserType>,
    /// Identified at least so well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<IdentificationLevel>,
    /// What else is wanted, for example `identity`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requirements: Option<Vec<String>>,
}

wire_enum! {
    /// Whether a payer has to answer.
    pub enum InquiryType {
        /// Without an answer there is no payment.
        Required = "required",
        /// The payer may decline to answer.
        Optional = "optional",
    }
}

wire_enum! {
    /// What a payer is asked for.
    pub enum InquiryItemType {
        /// The personal code.
        PersonCode = "person_code",
        /// Name, nationality and personal code.
        UserIdentity = "user_identity",
    }
}

/// A question to the payer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Inquiry {
    /// Its name in the answer.
    pub identifier: String,
    /// Whether the payer has to answer.
    #[serde(rename = "type")]
    pub kind: InquiryType,
    /// What it is asked for.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What is asked for.
    pub items: Vec<InquiryItem>,
    /// What the payer did: `accepted` or `declined`; in answers.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
}

/// A part of a question.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct InquiryItem {
    /// Its name in the answer.
    pub identifier: String,
    /// What is asked for.
    #[serde(rename = "type")]
    pub kind: InquiryItemType,
    /// The words for it.
    #[serde(default, deserialize_with = "readable")]
    pub title: String,
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    payments: Vec<PaymentPart<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    allowance: Option<AllowancePart<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reserve: Option<Reserve>,
    use_allowance: bool,
    #[serde(skip_serializing_if = "is_false")]
    suggest_allowance: bool,
    auto_confirm: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_uri: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    callback_uri: Option<CallbackPart<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<UserPart<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    restrictions: Option<RestrictionsPart<'a>>,
    #[serde(skip_serializing_if = "<[Inquiry]>::is_empty")]
    inquiries: &'a [Inquiry],
}

#[derive(Serialize)]
#[serde(untagged)]
enum PaymentPart<'a> {
    Existing(PaymentId),
    New(&'a NewPayment),
}

#[derive(Serialize)]
struct AllowancePart<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<AllowanceId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a NewAllowance>,
    optional: bool,
}

#[derive(Serialize)]
#[serde(untagged)]
enum CallbackPart<'a> {
    Disabled(bool),
    To(&'a str),
}

#[derive(Serialize)]
struct UserPart<'a> {
    email: &'a str,
}

#[derive(Serialize)]
struct RestrictionsPart<'a> {
    account_owner: &'a AccountOwner,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

impl Serialize for CreateTransaction {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let existing = self.existing_payments.iter().map(|id| PaymentPart::Existing(*id));
        let allowance = self.allowance.as_ref().map(|allowance| match allowance {
            AllowanceRequest::New { allowance, optional } => {
                AllowancePart { id: None, data: Some(allowance), optional: *optional }
            }
            AllowanceRequest::Existing { id, optional } => {
                AllowancePart { id: Some(*id), data: None, optional: *optional }
            }
        });
        Body {
            payments: existing.chain(self.payments.iter().map(PaymentPart::New)).collect(),
            allowance,
            reserve: self.reserve,
            use_allowance: self.use_allowance,
            suggest_allowance: self.suggest_allowance,
            auto_confirm: self.auto_confirm,
            redirect_uri: self.redirect_uri.as_deref(),
            callback_uri: match &self.callback_uri {
                CallbackUri::Disabled => Some(CallbackPart::Disabled(false)),
                CallbackUri::ProjectDefault => None,
                CallbackUri::To(address) => Some(CallbackPart::To(address)),
            },
            user: self.payer_email.as_deref().map(|email| UserPart { email }),
            restrictions: self.restrictions.as_ref().map(|account_owner| RestrictionsPart { account_owner }),
            inquiries: &self.inquiries,
        }
        .serialize(serializer)
    }
}

/// Which transactions to list; newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TransactionFilter {
    /// Of this project.
    pub project: Option<ProjectId>,
    /// Made at this location.
    pub location: Option<LocationId>,
    /// In any of these states; all states if empty.
    pub statuses: Vec<TransactionStatus>,
    /// Created at or after this moment.
    pub from: Option<UnixSeconds>,
    /// Created at or before this moment.
    pub to: Option<UnixSeconds>,
    /// Which part of the list.
    pub window: Window,
}

impl TransactionFilter {
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&'static str, Option<String>)> {
        let statuses = self.statuses.iter().map(TransactionStatus::as_str).collect::<Vec<_>>().join(",");
        [
            ("project_id", self.project.map(|project| project.to_string())),
            ("location_id", self.location.map(|location| location.to_string())),
            ("status", (!statuses.is_empty()).then_some(statuses)),
            ("from", self.from.map(|from| from.to_string())),
            ("to", self.to.map(|to| to.to_string())),
        ]
        .into_iter()
        .chain(self.window.pairs())
    }
}
