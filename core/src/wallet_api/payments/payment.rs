//! A payment inside a transaction (wallet-api section 5.5).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::parts::{
    Commission, CommissionBody, Freeze, FundsSource, Item, PaymentPassword, PriceRules, optional,
};
use crate::clock::UnixSeconds;
use crate::code::{TransactionKey, WalletId};
use crate::money::Money;
use crate::wallet_api::page::Listed;
use crate::wallet_api::tolerance::{Rows, for_or_until, null_is_missing, readable};
use crate::wallet_api::wallets::Account;
use crate::wallet_api::wire::{DecimalText, both_amounts, numeric_id, wire_enum};

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

/// Who is paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Beneficiary {
    /// The wallet's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<WalletId>,
    /// The e-mail address, for somebody who was named by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The phone number, for somebody who was named by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The wallet, if it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wallet: Option<BeneficiaryWallet>,
}

impl<'de> Deserialize<'de> for Beneficiary {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Body {
            id: Option<WalletId>,
            email: Option<String>,
            phone: Option<String>,
            #[serde(default, deserialize_with = "readable")]
            wallet: Option<BeneficiaryWallet>,
        }
        let said = Value::deserialize(deserializer)?;
        let Body { id, email, phone, wallet } = match said {
            // Some servers say only the wallet's number.
            number @ Value::Number(_) => {
                Body { id: Some(read(number)?), email: None, phone: None, wallet: None }
            }
            named => read(named)?,
        };
        Ok(Self { id, email, phone, wallet })
    }
}

fn read<T: serde::de::DeserializeOwned, E: serde::de::Error>(said: Value) -> Result<T, E> {
    serde_json::from_value(said).map_err(E::custom)
}

/// The wallet of who is paid.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct BeneficiaryWallet {
    /// The account behind it.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub account: Option<Account>,
}

/// A payment. Its amount is read from both of its representations, which must
/// agree. What can't be read of its decorations is missing, so that one payment
/// does not take a list of others along.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(try_from = "PaymentBody")]
pub struct Payment {
    /// Its number.
    pub id: PaymentId,
    /// Its transaction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction_key: Option<TransactionKey>,
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
    /// Items as the server said them that can't be read, for example with a part
    /// of a quantity. The price above is of all items.
    #[serde(skip)]
    pub unreadable_items: Vec<Value>,
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
    transaction_key: Option<TransactionKey>,
    status: PaymentStatus,
    price: Option<i64>,
    price_decimal: Option<DecimalText>,
    currency: String,
    wallet: Option<WalletId>,
    confirmed_at: Option<UnixSeconds>,
    #[serde(default, deserialize_with = "readable")]
    description: Option<String>,
    beneficiary: Option<Beneficiary>,
    purpose: Option<PaymentPurpose>,
    created_at: Option<UnixSeconds>,
    #[serde(default, deserialize_with = "null_is_missing")]
    cancelable: bool,
    commission: Option<CommissionBody>,
    cashback: Option<i64>,
    cashback_decimal: Option<DecimalText>,
    #[serde(default, deserialize_with = "freeze")]
    freeze: Option<Freeze>,
    /// Hours, in the older form.
    #[serde(default, deserialize_with = "readable")]
    freeze_for: Option<i64>,
    #[serde(default, deserialize_with = "readable")]
    freeze_until: Option<UnixSeconds>,
    #[serde(default)]
    items: Rows<Item>,
    #[serde(default, deserialize_with = "readable")]
    password: Option<PaymentPassword>,
    price_rules: Option<PriceRules>,
    #[serde(default, deserialize_with = "readable")]
    funds_source: Option<FundsSource>,
    parameters: Option<Value>,
}

fn freeze<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Freeze>, D::Error> {
    for_or_until(deserializer, Freeze::For, Freeze::Until)
}

impl Listed for Payment {
    const PLURAL: &'static str = "payments";
}

impl TryFrom<PaymentBody> for Payment {
    type Error = String;

    fn try_from(body: PaymentBody) -> Result<Self, String> {
        let older = || {
            let hours = body.freeze_for.and_then(|hours| hours.checked_mul(3600));
            body.freeze_until.map(Freeze::Until).or(hours.map(Freeze::For))
        };
        Ok(Self {
            freeze: body.freeze.or_else(older),
            id: body.id,
            transaction_key: body.transaction_key,
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
            items: body.items.read,
            unreadable_items: body.items.unreadable,
            password: body.password,
            price_rules: body.price_rules,
            funds_source: body.funds_source,
            parameters: body.parameters,
        })
    }
}
