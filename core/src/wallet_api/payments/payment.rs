//! A payment inside a transaction (wallet-api section 5.5).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::parts::{
    Commission, CommissionBody, Freeze, FundsSource, Item, PaymentPassword, PriceRules, optional,
};
use crate::clock::UnixSeconds;
use crate::code::WalletId;
use crate::money::Money;
use crate::wallet_api::page::Listed;
use crate::wallet_api::wire::{DecimalText, both_amounts, null_is_missing, numeric_id, wire_enum};

numeric_id! {
    /// The number of a payment.
    PaymentId
}

wire_enum! {
    /// The state of a payment (wallet-api section 5.8).
    pub enum PaymentStatus {
        /// Created.
        New = "new",
        /// The payer was asked.
        Waiting = "waiting",
        /// A beneficiary has to register first.
        WaitingRegistration = "waiting_registration",
        /// The password is still to be given.
        WaitingPassword = "waiting_password",
        /// The money is held.
        Reserved = "reserved",
        /// Settled; can still be cancelled.
        Confirmed = "confirmed",
        /// Settled for good.
        Done = "done",
        /// The money went back.
        Canceled = "canceled",
        /// The payer refused.
        Rejected = "rejected",
        /// Taken back.
        Revoked = "revoked",
        /// Ended without settlement.
        Failed = "failed",
        /// Taken back before it was accepted.
        Deleted = "deleted",
    }
}

wire_enum! {
    /// What a payment is for.
    pub enum PaymentPurpose {
        /// Cash is handed over: cash-out, or with a beneficiary cash-in.
        Cash = "cash",
        /// Tips.
        Tips = "tips",
    }
}

/// The account behind a wallet (wallet-api section 6.2).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Account {
    /// The account number, for example `EVP0010001000101`.
    pub number: String,
    /// The owner's name, as far as these credentials may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner_display_name: Option<String>,
}

/// Who is paid.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Beneficiary {
    /// The wallet's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<WalletId>,
    /// The wallet, if it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wallet: Option<BeneficiaryWallet>,
}

/// The wallet of who is paid.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct BeneficiaryWallet {
    /// The account behind it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<Account>,
}

/// A payment. Its amount is read from both of its representations, which must
/// agree.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(try_from = "PaymentBody")]
pub struct Payment {
    /// Its number.
    pub id: PaymentId,
    /// Its state.
    pub status: PaymentStatus,
    /// What is paid.
    #[serde(serialize_with = "as_text")]
    pub price: Money,
    /// The payer's wallet, once accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wallet: Option<WalletId>,
    /// When it was settled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmed_at: Option<UnixSeconds>,
    /// The merchant's words for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Who is paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub beneficiary: Option<Beneficiary>,
    /// What it is for, if it is not a plain payment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<PaymentPurpose>,
    /// When it was created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<UnixSeconds>,
    /// Whether the payer may still take it back.
    pub cancelable: bool,
    /// What is taken for the service.
    #[serde(skip)]
    pub commission: Commission,
    /// What the payer gets back.
    #[serde(skip)]
    pub cashback: Option<Money>,
    /// How long it can still be given back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub freeze: Option<Freeze>,
    /// What is bought.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Item>,
    /// The password that stands in the way.
    #[serde(skip)]
    pub password: Option<PaymentPassword>,
    /// What the payer may choose to pay instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_rules: Option<PriceRules>,
    /// Where the payer has the money from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub funds_source: Option<FundsSource>,
    /// What the creator attached; comes back in every representation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Value>,
}

fn as_text<S: serde::Serializer>(money: &Money, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(money)
}

#[derive(Deserialize)]
struct PaymentBody {
    id: PaymentId,
    status: PaymentStatus,
    price: Option<i64>,
    price_decimal: Option<DecimalText>,
    currency: String,
    wallet: Option<WalletId>,
    confirmed_at: Option<UnixSeconds>,
    description: Option<String>,
    beneficiary: Option<Beneficiary>,
    purpose: Option<PaymentPurpose>,
    created_at: Option<UnixSeconds>,
    #[serde(default, deserialize_with = "null_is_missing")]
    cancelable: bool,
    commission: Option<CommissionBody>,
    cashback: Option<i64>,
    cashback_decimal: Option<DecimalText>,
    freeze: Option<Freeze>,
    #[serde(default, deserialize_with = "null_is_missing")]
    items: Vec<Item>,
    password: Option<PaymentPassword>,
    price_rules: Option<PriceRules>,
    funds_source: Option<FundsSource>,
    parameters: Option<Value>,
}

impl Listed for Payment {
    const PLURAL: &'static str = "payments";
}

impl TryFrom<PaymentBody> for Payment {
    type Error = String;

    fn try_from(body: PaymentBody) -> Result<Self, String> {
        Ok(Self {
            id: body.id,
            status: body.status,
            price: both_amounts(body.price, body.price_decimal.as_ref(), &body.currency)?,
            wallet: body.wallet,
            confirmed_at: body.confirmed_at,
            description: body.description,
            beneficiary: body.beneficiary,
            purpose: body.purpose,
            created_at: body.created_at,
            cancelable: body.cancelable,
            commission: body
                .commission
                .map_or(Ok(Commission::default()), |commission| commission.read(&body.currency))?,
            cashback: optional(body.cashback, body.cashback_decimal.as_ref(), &body.currency)?,
            freeze: body.freeze,
            items: body.items,
            password: body.password,
            price_rules: body.price_rules,
            funds_source: body.funds_source,
            parameters: body.parameters,
        })
    }
}
