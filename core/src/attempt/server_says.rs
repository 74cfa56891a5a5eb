//! What a transaction's status means for an attempt: a table, without I/O.

use super::state::{AttemptState, CancelledBy, DeclinedBy, WaitingFor};
use crate::clock::UnixSeconds;
use crate::error::{ApiError, ApiErrorKind};
use crate::journal::CancelReason;
use crate::wallet_api::{Reserve, Transaction, TransactionStatus};

/// What the server says about a transaction.
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
    Ended(AttemptState),
    /// Nothing that this library understands.
    Unclear,
}

/// Reads a transaction's status. `taken_back` is this attempt's own reason for
/// having asked to revoke it, `now` the server's time.
pub(crate) fn server_says(
    transaction: &Transaction,
    taken_back: Option<CancelReason>,
    now: UnixSeconds,
) -> ServerSays {
    match transaction.status {
        TransactionStatus::New => ServerSays::Open { accepting: false },
        TransactionStatus::Waiting => ServerSays::Open { accepting: true },
        TransactionStatus::WaitingFunds => ServerSays::Waiting(WaitingFor::Funds),
        TransactionStatus::WaitingRegistration => ServerSays::Waiting(WaitingFor::Registration),
        TransactionStatus::WaitingPassword => ServerSays::Waiting(WaitingFor::Password),
        TransactionStatus::Reserved => ServerSays::Reserved,
        TransactionStatus::Confirmed => ServerSays::Confirmed,
        TransactionStatus::Rejected => ServerSays::Ended(AttemptState::Declined { by: DeclinedBy::Payer }),
        TransactionStatus::Revoked | TransactionStatus::Deleted => ServerSays::Ended(match taken_back {
            Some(CancelReason::Expired) => AttemptState::Expired,
            Some(CancelReason::Requested | CancelReason::Refused) => {
                AttemptState::Cancelled { by: CancelledBy::ThisSide }
            }
            None => AttemptState::Cancelled { by: CancelledBy::Elsewhere },
        }),
        TransactionStatus::Failed if reserve_is_over(transaction, now) => {
            ServerSays::Ended(AttemptState::Expired)
        }
        TransactionStatus::Failed => {
            ServerSays::Ended(AttemptState::Failed { error: ApiError::local(ApiErrorKind::WrongState) })
        }
        TransactionStatus::Other(_) => ServerSays::Unclear,
    }
}

/// Whether the time for which money can stay held is certainly over. The
/// period counts from acceptance, which the server does not date: not before
/// creation.
fn reserve_is_over(transaction: &Transaction, now: UnixSeconds) -> bool {
    match transaction.reserve {
        Some(Reserve::For(seconds)) => now.since(transaction.created_at) >= seconds,
        Some(Reserve::Until(until)) => now >= until,
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(status: &str, taken_back: Option<CancelReason>, now: i64) -> ServerSays {
        let transaction = serde_json::from_value(serde_json::json!({
            "transaction_key": "CoGEL0000000000000A1", "created_at": 1000, "status": status,
            "reserve": {"for": 900},
        }))
        .unwrap();
        server_says(&transaction, taken_back, UnixSeconds(now))
    }

    #[test]
    fn every_status_has_its_meaning() {
        use AttemptState::{Cancelled, Declined, Expired};
        let elsewhere = Cancelled { by: CancelledBy::Elsewhere };
        for (status, meaning) in [
            ("new", ServerSays::Open { accepting: false }),
            ("waiting", ServerSays::Open { accepting: true }),
            ("waiting_funds", ServerSays::Waiting(WaitingFor::Funds)),
            ("waiting_registration", ServerSays::Waiting(WaitingFor::Registration)),
            ("waiting_password", ServerSays::Waiting(WaitingFor::Password)),
            ("reserved", ServerSays::Reserved),
            ("confirmed", ServerSays::Confirmed),
            ("rejected", ServerSays::Ended(Declined { by: DeclinedBy::Payer })),
            ("revoked", ServerSays::Ended(elsewhere.clone())),
            ("deleted", ServerSays::Ended(elsewhere)),
            ("on_the_moon", ServerSays::Unclear),
        ] {
            assert_eq!(says(status, None, 1100), meaning, "{status}");
        }
        assert_eq!(says("failed", None, 1900), ServerSays::Ended(Expired));
        assert!(matches!(says("failed", None, 1899), ServerSays::Ended(AttemptState::Failed { .. })));
    }

    #[test]
    fn what_was_taken_back_ends_for_the_reason_that_was_given() {
        let cancelled = AttemptState::Cancelled { by: CancelledBy::ThisSide };
        for status in ["revoked", "deleted"] {
            assert_eq!(says(status, Some(CancelReason::Requested), 0), ServerSays::Ended(cancelled.clone()));
            assert_eq!(
                says(status, Some(CancelReason::Expired), 0),
                ServerSays::Ended(AttemptState::Expired)
            );
        }
        // A cancel that lost the race ends where the server is.
        assert_eq!(says("confirmed", Some(CancelReason::Requested), 0), ServerSays::Confirmed);
    }
}
