//! The state machine of a transaction (wallet-api section 5.6) as one table.

/// Status of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// Created, nobody accepted.
    New,
    /// Somebody was asked and has not answered.
    Waiting,
    /// Accepted; a beneficiary is not registered yet.
    WaitingRegistration,
    /// Accepted; the payer's money is not there yet.
    WaitingFunds,
    /// Accepted; the payment's password is not given yet.
    WaitingPassword,
    /// The payer's money is held.
    Reserved,
    /// The money moved.
    Confirmed,
    /// The payer declined.
    Rejected,
    /// The merchant took an accepted transaction back.
    Revoked,
    /// It was not confirmed in time.
    Failed,
    /// Nobody accepted it: taken back or a month old.
    Deleted,
}

/// What happens to a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Event {
    /// The payer was asked on the phone.
    Ask,
    /// Accepted, and the money is held.
    Accept,
    /// Accepted and held, with `auto_confirm`.
    AcceptAndConfirm,
    /// Accepted for a beneficiary who is not registered.
    AcceptBeforeRegistration,
    /// Accepted without the payment's password.
    AcceptBeforePassword,
    /// Accepted without money.
    AcceptBeforeFunds,
    /// What the acceptance waited for is there.
    ConditionMet,
    /// The merchant confirms.
    Confirm,
    /// The payer declines.
    Reject,
    /// The merchant takes it back.
    Revoke,
    /// The present status lasted too long.
    TimeOver,
}

use Event as E;
use Status as S;

/// Every allowed transition; what is not here is refused with `invalid_state`.
/// That a taken-back accepted transaction is `revoked` and one out of time
/// `failed` is INFERRED in wallet-api section 5.6.
const TRANSITIONS: &[(&[Status], Event, Status)] = &[
    (&[S::New], E::Ask, S::Waiting),
    (&[S::New, S::Waiting], E::Accept, S::Reserved),
    (&[S::New, S::Waiting], E::AcceptAndConfirm, S::Confirmed),
    (&[S::New, S::Waiting], E::AcceptBeforeRegistration, S::WaitingRegistration),
    (&[S::New, S::Waiting], E::AcceptBeforePassword, S::WaitingPassword),
    (&[S::New, S::Waiting], E::AcceptBeforeFunds, S::WaitingFunds),
    (&[S::WaitingRegistration, S::WaitingPassword, S::WaitingFunds], E::ConditionMet, S::Reserved),
    (&[S::Reserved], E::Confirm, S::Confirmed),
    (&[S::New, S::Waiting], E::Reject, S::Rejected),
    (&[S::New], E::Revoke, S::Deleted),
    (ACCEPTED, E::Revoke, S::Revoked),
    (&[S::New], E::TimeOver, S::Deleted),
    (ACCEPTED, E::TimeOver, S::Failed),
];

/// Statuses that a revoke or the end of time turns into revoked or failed.
const ACCEPTED: &[Status] =
    &[S::Waiting, S::WaitingRegistration, S::WaitingFunds, S::WaitingPassword, S::Reserved];

impl Status {
    /// Every status, in the order of wallet-api section 5.6.
    pub const ALL: [Self; 11] = [
        Self::New,
        Self::Waiting,
        Self::WaitingRegistration,
        Self::WaitingFunds,
        Self::WaitingPassword,
        Self::Reserved,
        Self::Confirmed,
        Self::Rejected,
        Self::Revoked,
        Self::Failed,
        Self::Deleted,
    ];

    /// Name on the wire, for example `waiting_funds`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Waiting => "waiting",
            Self::WaitingRegistration => "waiting_registration",
            Self::WaitingFunds => "waiting_funds",
            Self::WaitingPassword => "waiting_password",
            Self::Reserved => "reserved",
            Self::Confirmed => "confirmed",
            Self::Rejected => "rejected",
            Self::Revoked => "revoked",
            Self::Failed => "failed",
            Self::Deleted => "deleted",
        }
    }

    /// The status of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }

    /// The status after `event`, or `None` if that can't happen now.
    pub(crate) fn after(self, event: Event) -> Option<Self> {
        TRANSITIONS.iter().find(|(from, on, _)| *on == event && from.contains(&self)).map(|(_, _, to)| *to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENTS: [Event; 11] = [
        E::Ask,
        E::Accept,
        E::AcceptAndConfirm,
        E::AcceptBeforeRegistration,
        E::AcceptBeforePassword,
        E::AcceptBeforeFunds,
        E::ConditionMet,
        E::Confirm,
        E::Reject,
        E::Revoke,
        E::TimeOver,
    ];

    /// Written down a second time, by status instead of by event, so that a
    /// slip in the table shows.
    fn expected(from: Status) -> Vec<(Event, Status)> {
        let accepts = [
            (E::Accept, S::Reserved),
            (E::AcceptAndConfirm, S::Confirmed),
            (E::AcceptBeforeRegistration, S::WaitingRegistration),
            (E::AcceptBeforePassword, S::WaitingPassword),
            (E::AcceptBeforeFunds, S::WaitingFunds),
            (E::Reject, S::Rejected),
        ];
        let mut all = Vec::new();
        match from {
            S::New => {
                all.extend(accepts);
                all.extend([(E::Ask, S::Waiting), (E::Revoke, S::Deleted), (E::TimeOver, S::Deleted)]);
            }
            S::Waiting => {
                all.extend(accepts);
                all.extend([(E::Revoke, S::Revoked), (E::TimeOver, S::Failed)]);
            }
            S::WaitingRegistration | S::WaitingFunds | S::WaitingPassword => {
                all.extend([
                    (E::ConditionMet, S::Reserved),
                    (E::Revoke, S::Revoked),
                    (E::TimeOver, S::Failed),
                ]);
            }
            S::Reserved => {
                all.extend([(E::Confirm, S::Confirmed), (E::Revoke, S::Revoked), (E::TimeOver, S::Failed)]);
            }
            S::Confirmed | S::Rejected | S::Revoked | S::Failed | S::Deleted => {}
        }
        all
    }

    #[test]
    fn every_pair_of_status_and_event_does_what_the_document_says() {
        for from in Status::ALL {
            let expected = expected(from);
            for event in EVENTS {
                let to = expected.iter().find(|(on, _)| *on == event).map(|(_, to)| *to);
                assert_eq!(from.after(event), to, "{from:?} {event:?}");
            }
        }
    }

    #[test]
    fn names_are_read_back() {
        for status in Status::ALL {
            assert_eq!(Status::parse(status.name()), Some(status));
        }
        assert_eq!(Status::parse("done"), None);
    }
}
