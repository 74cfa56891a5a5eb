//! What is sent about transactions (wallet-api sections 5.2 to 5.5).

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::payment::PaymentPurpose;
use super::transaction::{Reserve, TransactionStatus};
use crate::clock::UnixSeconds;
use crate::code::WalletId;
use crate::money::Money;
use crate::wallet_api::page::Window;

/// The body of `POST transaction`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CreateTransaction {
    /// What is to be paid.
    pub payments: Vec<NewPayment>,
    /// How long the money stays held after acceptance; the server's default is
    /// 30 days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reserve: Option<Reserve>,
    /// Whether an active allowance may accept it.
    pub use_allowance: bool,
    /// Whether acceptance settles at once.
    pub auto_confirm: bool,
    /// Where the server reports what happens.
    #[serde(skip_serializing_if = "CallbackUri::is_project_default")]
    pub callback_uri: CallbackUri,
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

impl CallbackUri {
    fn is_project_default(&self) -> bool {
        *self == Self::ProjectDefault
    }
}

impl Serialize for CallbackUri {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Disabled => serializer.serialize_bool(false),
            Self::ProjectDefault => serializer.serialize_none(),
            Self::To(address) => serializer.serialize_str(address),
        }
    }
}

/// A payment to create.
#[derive(Clone, Debug, PartialEq)]
pub struct NewPayment {
    /// The merchant's words for it, shown to the payer.
    pub description: String,
    /// What is to be paid; sent in minor units.
    pub price: Money,
    /// Who is paid; the merchant's own project wallet if absent.
    pub beneficiary: Option<NewBeneficiary>,
    /// What it is for, if it is not a plain payment.
    pub purpose: Option<PaymentPurpose>,
    /// Comes back in every representation of the payment.
    pub parameters: Option<Value>,
}

/// Who is to be paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NewBeneficiary {
    /// A wallet by number.
    Id(WalletId),
}

impl Serialize for NewPayment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Body<'a> {
            description: &'a str,
            price: i64,
            currency: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            beneficiary: Option<NewBeneficiary>,
            #[serde(skip_serializing_if = "Option::is_none")]
            purpose: Option<&'a PaymentPurpose>,
            #[serde(skip_serializing_if = "Option::is_none")]
            parameters: Option<&'a Value>,
        }
        Body {
            description: &self.description,
            price: self.price.minor(),
            currency: self.price.currency().code(),
            beneficiary: self.beneficiary,
            purpose: self.purpose.as_ref(),
            parameters: self.parameters.as_ref(),
        }
        .serialize(serializer)
    }
}

/// A payer named in a reserve call; exactly one of these.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Payer {
    /// By wallet number.
    Id(WalletId),
    /// By e-mail address.
    Email(String),
    /// By phone number, digits with the country code.
    Phone(String),
}

/// Which transactions to list; newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TransactionFilter {
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
            ("status", (!statuses.is_empty()).then_some(statuses)),
            ("from", self.from.map(|from| from.to_string())),
            ("to", self.to.map(|to| to.to_string())),
        ]
        .into_iter()
        .chain(self.window.pairs())
    }
}
