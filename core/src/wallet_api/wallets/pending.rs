//! What is pending and what is held (wallet-api section 6.3).

use serde::Deserialize;

use super::statements::{Direction, OtherParty, StatementType, TransferId};
use crate::clock::UnixSeconds;
use crate::code::TransactionKey;
use crate::money::Money;
use crate::wallet_api::page::Listed;
use crate::wallet_api::payments::PaymentPassword;
use crate::wallet_api::tolerance::{null_is_missing, readable};
use crate::wallet_api::wire::{DecimalText, both_amounts, numeric_id};

numeric_id! {
    /// The number of a pending payment.
    PendingPaymentId
}

/// A payment that is not settled yet.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "PendingBody")]
pub struct PendingPayment {
    /// Its number.
    pub id: PendingPaymentId,
    /// How much.
    pub amount: Money,
    /// The words for it.
    pub details: Option<String>,
    /// Which way.
    pub direction: Direction,
    /// What it is about.
    pub kind: Option<StatementType>,
    /// Whether it can be taken back, see [`super::Wallets::cancel_pending`].
    pub cancelable: bool,
    /// Its transaction.
    pub transaction_key: Option<TransactionKey>,
    /// Its transfer.
    pub transfer_id: Option<TransferId>,
    /// The password that stands in the way.
    pub password: Option<PaymentPassword>,
    /// When it began.
    pub date: Option<UnixSeconds>,
    /// When it ends by itself.
    pub valid_until: Option<UnixSeconds>,
    /// Who is on the other side.
    pub other_party: Option<OtherParty>,
}

#[derive(Deserialize)]
struct PendingBody {
    id: PendingPaymentId,
    amount: Option<i64>,
    amount_decimal: Option<DecimalText>,
    currency: String,
    #[serde(default, deserialize_with = "readable")]
    details: Option<String>,
    direction: Direction,
    #[serde(rename = "type", default, deserialize_with = "readable")]
    kind: Option<StatementType>,
    #[serde(default, deserialize_with = "null_is_missing")]
    cancelable: bool,
    transaction_key: Option<TransactionKey>,
    #[serde(default, deserialize_with = "readable")]
    transfer_id: Option<TransferId>,
    #[serde(default, deserialize_with = "readable")]
    password: Option<PaymentPassword>,
    #[serde(default, deserialize_with = "readable")]
    date: Option<UnixSeconds>,
    #[serde(default, deserialize_with = "readable")]
    valid_until: Option<UnixSeconds>,
    #[serde(default, deserialize_with = "readable")]
    other_party: Option<OtherParty>,
}

impl TryFrom<PendingBody> for PendingPayment {
    type Error = String;

    fn try_from(body: PendingBody) -> Result<Self, String> {
        Ok(Self {
            id: body.id,
            amount: both_amounts(body.amount, body.amount_decimal.as_ref(), &body.currency)?,
            details: body.details,
            direction: body.direction,
            kind: body.kind,
            cancelable: body.cancelable,
            transaction_key: body.transaction_key,
            transfer_id: body.transfer_id,
            password: body.password,
            date: body.date,
            valid_until: body.valid_until,
            other_party: body.other_party,
        })
    }
}

/// Money that is held.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "ReservationBody")]
pub struct ReservationStatement {
    /// How much.
    pub amount: Money,
    /// The words for it.
    pub details: Option<String>,
    /// What it is about.
    pub kind: Option<StatementType>,
    /// The reference.
    pub reference_number: Option<String>,
    /// Its transfer.
    pub transfer_id: Option<TransferId>,
    /// Since when.
    pub date: UnixSeconds,
    /// Which way.
    pub direction: Option<Direction>,
    /// Who is on the other side.
    pub other_party: Option<OtherParty>,
}

#[derive(Deserialize)]
struct ReservationBody {
    amount: Option<i64>,
    amount_decimal: Option<DecimalText>,
    currency: String,
    #[serde(default, deserialize_with = "readable")]
    details: Option<String>,
    #[serde(rename = "type", default, deserialize_with = "readable")]
    kind: Option<StatementType>,
    #[serde(default, deserialize_with = "readable")]
    reference_number: Option<String>,
    #[serde(default, deserialize_with = "readable")]
    transfer_id: Option<TransferId>,
    date: UnixSeconds,
    #[serde(default, deserialize_with = "readable")]
    direction: Option<Direction>,
    #[serde(default, deserialize_with = "readable")]
    other_party: Option<OtherParty>,
}

impl TryFrom<ReservationBody> for ReservationStatement {
    type Error = String;

    fn try_from(body: ReservationBody) -> Result<Self, String> {
        Ok(Self {
            amount: both_amounts(body.amount, body.amount_decimal.as_ref(), &body.currency)?,
            details: body.details,
            kind: body.kind,
            reference_number: body.reference_number,
            transfer_id: body.transfer_id,
            date: body.date,
            direction: body.direction,
            other_party: body.other_party,
        })
    }
}

impl Listed for PendingPayment {
    const PLURAL: &'static str = "pending_payments";
    const PUTS_ASIDE: bool = true;
}

impl Listed for ReservationStatement {
    const PLURAL: &'static str = "reservation_statements";
    const PUTS_ASIDE: bool = true;
}
