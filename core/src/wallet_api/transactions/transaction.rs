//! The transaction as the server shows it (wallet-api section 5.1).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::request::{AccountOwner, CallbackUri, Inquiry};
use crate::clock::UnixSeconds;
use crate::code::{LocationId, TransactionKey, WalletId};
use crate::money::Money;
use crate::wallet_api::allowances::Allowance;
use crate::wallet_api::page::Listed;
use crate::wallet_api::payments::Payment;
use crate::wallet_api::projects::{Project, ProjectId};
use crate::wallet_api::tolerance::{for_or_until, null_is_missing, readable};
use crate::wallet_api::users::UserId;
use crate::wallet_api::wire::wire_enum;

wire_enum! {
    /// The state of a transaction (wallet-api section 5.6).
    pub enum TransactionStatus {
        /// Created; nobody has accepted.
        New = "new",
        /// The payer was asked and has not answered.
        Waiting = "waiting",
        /// Accepted, but a beneficiary has to register first.
        WaitingRegistration = "waiting_registration",
        /// Accepted, but the payer has to top up first; nothing is held.
        WaitingFunds = "waiting_funds",
        /// Accepted, but the payment's password is still to be given.
        WaitingPassword = "waiting_password",
        /// Accepted; the money is held for the beneficiary.
        Reserved = "reserved",
        /// Settled: the beneficiary has the money.
        Confirmed = "confirmed",
        /// The payer refused.
        Rejected = "rejected",
        /// Taken back after it was accepted.
        Revoked = "revoked",
        /// Ended without settlement: time was over, or another cause.
        Failed = "failed",
        /// Taken back before it was accepted.
        Deleted = "deleted",
    }
}

wire_enum! {
    /// How a transaction was accepted (wallet-api section 5.7).
    pub enum TransactionType {
        /// By an allowance.
        Automatic = "automatic",
        /// On the web page.
        Page = "page",
        /// By flash SMS.
        Flash = "flash",
        /// By the payer's PIN.
        Pin = "pin",
        /// By the customer's reservation code.
        ReservationCode = "reservation_code",
        /// In the customer's app.
        MobileApp = "mobile_app",
    }
}

/// How long the money stays held after acceptance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum Reserve {
    /// For so many seconds.
    #[serde(rename = "for")]
    For(i64),
    /// Until a moment.
    #[serde(rename = "until")]
    Until(UnixSeconds),
}

/// A transaction: one or more payments, accepted or refused as a whole.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Transaction {
    /// Its key.
    pub transaction_key: TransactionKey,
    /// When it was created.
    pub created_at: UnixSeconds,
    /// Its state.
    pub status: TransactionStatus,
    /// How it was accepted, once it was.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub accepted_by: Option<TransactionType>,
    /// The payer's wallet, once accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wallet: Option<WalletId>,
    /// When it was settled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmed_at: Option<UnixSeconds>,
    /// How long the money stays held.
    #[serde(default, deserialize_with = "reserve", skip_serializing_if = "Option::is_none")]
    pub reserve: Option<Reserve>,
    /// Whether acceptance settles at once.
    #[serde(default, deserialize_with = "null_is_missing")]
    pub auto_confirm: bool,
    /// Whether an active allowance may accept it.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub use_allowance: Option<bool>,
    /// Whether the payer is asked for an allowance where there is none.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub suggest_allowance: Option<bool>,
    /// Whether a payment card may be charged for it.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub valid_for_payment_card_debit: Option<bool>,
    /// The server's name for what belongs together.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub correlation_key: Option<String>,
    /// Where the server reports what happens, if not where the project says.
    #[serde(default, deserialize_with = "callback", skip_serializing)]
    pub callback_uri: Option<CallbackUri>,
    /// The payer's e-mail address, as the merchant gave it.
    #[serde(rename = "user", default, deserialize_with = "payer_email", skip_serializing)]
    pub payer_email: Option<String>,
    /// The merchant's project.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project_id: Option<ProjectId>,
    /// The merchant's location.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location_id: Option<LocationId>,
    /// The project, if it was asked for.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub project: Option<Project>,
    /// Where the web page for acceptance leads back to.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub redirect_uri: Option<String>,
    /// The user who operated the client.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub manager_id: Option<UserId>,
    /// Who may pay.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub restrictions: Option<Restrictions>,
    /// The allowance that is asked for at the same time.
    #[serde(skip_serializing)]
    pub allowance: Option<AskedAllowance>,
    /// What the payer is asked.
    #[serde(default, deserialize_with = "null_is_missing", skip_serializing_if = "Vec::is_empty")]
    pub inquiries: Vec<Inquiry>,
    /// What is paid.
    #[serde(default, deserialize_with = "null_is_missing")]
    pub payments: Vec<Payment>,
}

fn reserve<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Reserve>, D::Error> {
    for_or_until(deserializer, Reserve::For, Reserve::Until)
}

fn callback<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<CallbackUri>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Bool(false) => Some(CallbackUri::Disabled),
        Value::String(address) => Some(CallbackUri::To(address)),
        _ => None,
    })
}

fn payer_email<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let user = Value::deserialize(deserializer)?;
    Ok(user.get("email").and_then(Value::as_str).map(str::to_owned))
}

/// Who may pay.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Restrictions {
    /// By the owner of the account.
    pub account_owner: Option<AccountOwner>,
}

/// An allowance in a transaction.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct AskedAllowance {
    /// What it allows.
    pub data: Allowance,
    /// Whether the payer may pay without it.
    #[serde(default, deserialize_with = "null_is_missing")]
    pub optional: bool,
}

impl Transaction {
    /// What all its payments come to; `None` without payments, or where they
    /// can't be added up (several currencies).
    #[must_use]
    pub fn amount(&self) -> Option<Money> {
        let mut prices = self.payments.iter().map(|payment| payment.price);
        let first = prices.next()?;
        prices.try_fold(first, |sum, price| sum.checked_add(price).ok())
    }
}

impl Listed for Transaction {
    const PLURAL: &'static str = "transactions";
}
