//! What happens to an attempt, as the journal keeps it. `…Sent` is written
//! before the request goes out: after a death it means that the server may have
//! acted, and its absence that it can't have.

use serde::{Deserialize, Serialize};

use super::intent::Intent;
use super::state::{CancelReason, CancelledBy, CashStep, DeclinedBy};
use crate::clock::UnixSeconds;
use crate::code::{TransactionKey, WalletId};
use crate::error::ApiError;
use crate::journal::{Entry, JournalError, StoredEntry};
use crate::money::Money;
use crate::wallet_api::PaymentId;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Event {
    /// The operation was asked for.
    Started { intent: Box<Intent> },
    /// The transaction is about to be made.
    CreateSent,
    /// The server knows the transaction by this key.
    Created { key: TransactionKey, payment: Option<PaymentId> },
    /// The transaction is about to be linked to the spot.
    LinkSent,
    /// The spot shows the transaction.
    Linked,
    /// The code is about to be shown.
    Shown { expires_at: UnixSeconds },
    /// Acceptance is about to be asked for.
    ReserveSent,
    /// The payer's money is held.
    Held { payer: WalletId },
    /// The cashier compared the customer with the photo-id.
    IdentityChecked,
    /// A person said how much of the held money is taken.
    SettleAt { amount: Money, body: String },
    /// A person is about to be asked to move cash.
    CashAsked { step: CashStep },
    /// The cash was moved.
    CashMoved { step: CashStep },
    /// The cash was not moved.
    CashNotMoved { step: CashStep },
    /// Settlement is about to be asked for.
    ConfirmSent,
    /// That request never left the device.
    ConfirmNotSent,
    /// The server settled.
    Confirmed { amount: Money, at: UnixSeconds, payer: Option<WalletId> },
    /// The transaction is to be taken back; what becomes of it is the server's word.
    TakeBack { why: CancelReason, error: Option<Box<ApiError>> },
    /// Taking back is about to be asked for.
    RevokeSent,
    /// The server ended the transaction without settling it.
    ServerEnded { end: End },
    /// Giving back is about to be asked for.
    RefundSent,
    /// The server gave back.
    GivenBack { amount: Money, at: UnixSeconds, payer: Option<WalletId> },
    /// The spot is about to be closed, or can't be.
    SpotClosed,
    /// The attempt is over.
    Ended { end: End },
}

/// How an attempt is over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum End {
    Settled,
    Refunded,
    RefundWindowClosed,
    Cancelled { by: CancelledBy },
    Expired,
    Declined { by: DeclinedBy },
    Failed { error: Box<ApiError> },
}

impl Event {
    /// Whether it is written down before a request goes out.
    pub(crate) const fn is_of_a_request(&self) -> bool {
        matches!(
            self,
            Self::CreateSent
                | Self::LinkSent
                | Self::ReserveSent
                | Self::ConfirmSent
                | Self::RevokeSent
                | Self::RefundSent
        )
    }

    /// The event's stable name.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Started { .. } => "started",
            Self::CreateSent => "create_sent",
            Self::Created { .. } => "created",
            Self::LinkSent => "link_sent",
            Self::Linked => "linked",
            Self::Shown { .. } => "shown",
            Self::ReserveSent => "reserve_sent",
            Self::Held { .. } => "held",
            Self::IdentityChecked => "identity_checked",
            Self::SettleAt { .. } => "settle_at",
            Self::CashAsked { .. } => "cash_asked",
            Self::CashMoved { .. } => "cash_moved",
            Self::CashNotMoved { .. } => "cash_not_moved",
            Self::ConfirmSent => "confirm_sent",
            Self::ConfirmNotSent => "confirm_not_sent",
            Self::Confirmed { .. } => "confirmed",
            Self::TakeBack { .. } => "take_back",
            Self::RevokeSent => "revoke_sent",
            Self::ServerEnded { .. } => "server_ended",
            Self::RefundSent => "refund_sent",
            Self::GivenBack { .. } => "given_back",
            Self::SpotClosed => "spot_closed",
            Self::Ended { .. } => "ended",
        }
    }

    /// The event as the journal keeps it.
    pub(crate) fn to_entry(&self) -> Result<Entry, JournalError> {
        let data = serde_json::to_string(self).map_err(JournalError::entry)?;
        Ok(Entry { name: self.name(), data })
    }

    /// Reads what the journal kept.
    pub(crate) fn from_entry(entry: &StoredEntry) -> Result<Self, JournalError> {
        serde_json::from_str(&entry.data).map_err(JournalError::entry)
    }
}
