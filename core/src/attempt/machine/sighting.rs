//! What was heard from the server, reduced to what an attempt decides by.

use std::time::Duration;

use crate::attempt::event::End;
use crate::attempt::state::{CancelReason, CancelledBy, DeclinedBy, WaitingFor};
use crate::clock::UnixSeconds;
use crate::code::{TransactionKey, WalletId};
use crate::error::{ApiError, ApiErrorKind};
use crate::money::Money;
use crate::wallet_api::{
    Delivery, Payment, PaymentId, PaymentStatus, Reserve, Transaction, TransactionStatus, WalletApiError,
};

/// A transaction as the server showed it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sighting {
    pub(crate) key: TransactionKey,
    pub(crate) status: TransactionStatus,
    pub(crate) amount: Option<Money>,
    pub(crate) payer: Option<WalletId>,
    pub(crate) payment: Option<PaymentId>,
    pub(crate) auto_confirm: bool,
    pub(crate) created_at: UnixSeconds,
    pub(crate) confirmed_at: Option<UnixSeconds>,
    pub(crate) reserve: Option<Reserve>,
}

impl From<&Transaction> for Sighting {
    fn from(transaction: &Transaction) -> Self {
        Self {
            key: transaction.transaction_key.clone(),
            status: transaction.status.clone(),
            amount: transaction.amount(),
            payer: transaction.wallet,
            payment: transaction.payments.first().map(|payment| payment.id),
            auto_confirm: transaction.auto_confirm,
            created_at: transaction.created_at,
            confirmed_at: transaction.confirmed_at,
            reserve: transaction.reserve,
        }
    }
}

/// A payment as the server showed it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PaymentSighting {
    pub(crate) status: PaymentStatus,
    pub(crate) price: Money,
    pub(crate) payer: Option<WalletId>,
}

impl From<&Payment> for PaymentSighting {
    fn from(payment: &Payment) -> Self {
        Self { status: payment.status.clone(), price: payment.price, payer: payment.wallet }
    }
}

/// A request that did not bring what it was made for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Failure {
    pub(crate) delivery: Delivery,
    pub(crate) error: ApiError,
    pub(crate) retry_after: Option<Duration>,
}

impl From<&WalletApiError> for Failure {
    fn from(error: &WalletApiError) -> Self {
        Self { delivery: error.delivery(), error: ApiError::from(error), retry_after: error.retry_after() }
    }
}

impl Failure {
    /// Whether the server looked at the request and said no to it, and not only
    /// for now.
    pub(super) fn is_refusal(&self) -> bool {
        let busy = matches!(self.error.kind, ApiErrorKind::ServerBusy | ApiErrorKind::CaptchaRequired { .. });
        self.delivery == Delivery::Refused && !busy
    }
}

/// What the server's status means.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ServerSays {
    /// Nobody has accepted; `accepting` if somebody was asked.
    Open { accepting: bool },
    /// Accepted, but something is missing.
    Waiting(WaitingFor),
    /// The money is held.
    Reserved,
    /// The money has moved.
    Confirmed,
    /// It is over without settlement.
    Ended(End),
    /// Nothing that this library understands.
    Unclear,
}

impl Sighting {
    /// What the status means. `taken_back` is this attempt's own reason for
    /// having asked to revoke it, `now` the server's time.
    pub(super) fn says(&self, taken_back: Option<CancelReason>, now: UnixSeconds) -> ServerSays {
        match self.status {
            TransactionStatus::New => ServerSays::Open { accepting: false },
            TransactionStatus::Waiting => ServerSays::Open { accepting: true },
            TransactionStatus::WaitingFunds => ServerSays::Waiting(WaitingFor::Funds),
            TransactionStatus::WaitingRegistration => ServerSays::Waiting(WaitingFor::Registration),
            TransactionStatus::WaitingPassword => ServerSays::Waiting(WaitingFor::Password),
            TransactionStatus::Reserved => ServerSays::Reserved,
            TransactionStatus::Confirmed => ServerSays::Confirmed,
            TransactionStatus::Rejected => ServerSays::Ended(End::Declined { by: DeclinedBy::Payer }),
            TransactionStatus::Revoked | TransactionStatus::Deleted => ServerSays::Ended(match taken_back {
                Some(CancelReason::Expired) => End::Expired,
                Some(CancelReason::Requested | CancelReason::Refused) => {
                    End::Cancelled { by: CancelledBy::ThisSide }
                }
                None => End::Cancelled { by: CancelledBy::Elsewhere },
            }),
            TransactionStatus::Failed if self.reserve_is_over(now) => ServerSays::Ended(End::Expired),
            TransactionStatus::Failed => {
                let error = Box::new(ApiError::local(ApiErrorKind::WrongState));
                ServerSays::Ended(End::Failed { error })
            }
            TransactionStatus::Other(_) => ServerSays::Unclear,
        }
    }

    /// Whether the time for which money can stay held is certainly over. The
    /// period counts from acceptance, which the server does not date: not before
    /// creation.
    fn reserve_is_over(&self, now: UnixSeconds) -> bool {
        match self.reserve {
            Some(Reserve::For(seconds)) => now.since(self.created_at) >= seconds,
            Some(Reserve::Until(until)) => now >= until,
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(status: &str, taken_back: Option<CancelReason>, now: i64) -> ServerSays {
        let transaction: Transaction = serde_json::from_value(serde_json::json!({
            "transaction_key": "CoGEL0000000000000A1", "created_at": 1000, "status": status,
            "reserve": {"for": 900},
        }))
        .unwrap();
        Sighting::from(&transaction).says(taken_back, UnixSeconds(now))
    }

    #[test]
    fn every_status_has_its_meaning() {
        let elsewhere = End::Cancelled { by: CancelledBy::Elsewhere };
        for (status, meaning) in [
            ("new", ServerSays::Open { accepting: false }),
            ("waiting", ServerSays::Open { accepting: true }),
            ("waiting_funds", ServerSays::Waiting(WaitingFor::Funds)),
            ("waiting_registration", ServerSays::Waiting(WaitingFor::Registration)),
            ("waiting_password", ServerSays::Waiting(WaitingFor::Password)),
            ("reserved", ServerSays::Reserved),
            ("confirmed", ServerSays::Confirmed),
            ("rejected", ServerSays::Ended(End::Declined { by: DeclinedBy::Payer })),
            ("revoked", ServerSays::Ended(elsewhere.clone())),
            ("deleted", ServerSays::Ended(elsewhere)),
            ("on_the_moon", ServerSays::Unclear),
        ] {
            assert_eq!(says(status, None, 1100), meaning, "{status}");
        }
        assert_eq!(says("failed", None, 1900), ServerSays::Ended(End::Expired));
        assert!(matches!(says("failed", None, 1899), ServerSays::Ended(End::Failed { .. })));
    }

    #[test]
    fn what_was_taken_back_ends_for_the_reason_that_was_given() {
        let cancelled = End::Cancelled { by: CancelledBy::ThisSide };
        for status in ["revoked", "deleted"] {
            assert_eq!(says(status, Some(CancelReason::Requested), 0), ServerSays::Ended(cancelled.clone()));
            assert_eq!(says(status, Some(CancelReason::Expired), 0), ServerSays::Ended(End::Expired));
        }
        // A cancel that lost the race ends where the server is.
        assert_eq!(says("confirmed", Some(CancelReason::Requested), 0), ServerSays::Confirmed);
    }
}
