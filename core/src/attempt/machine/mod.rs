//! One attempt as a pure state machine: what happened so far, what follows from
//! it, and what to do next. No clock, no network, no disk: the driver brings
//! what is heard and does what is planned.
//!
//! [`Machine::apply`] folds the journaled events, [`Machine::hear`] says which
//! events follow from an answer, a tap or the time, [`Machine::plan`] what to do
//! now, and [`Machine::shown`] what a shell shows. Resuming is folding.

mod fold;
mod hear;
mod plan;
mod see;
mod shown;
mod sighting;
mod taps;

use std::time::Duration;

pub(crate) use hear::Heard;
pub(crate) use plan::{Ask, Plan, Send};
pub(crate) use sighting::{Failure, PaymentSighting, ServerSays, Sighting};
pub(crate) use taps::Tap;

use super::event::End;
use super::intent::{Intent, Steps};
use super::state::{CancelReason, CashStep, WaitingFor};
use crate::clock::UnixSeconds;
use crate::code::{ReservationCode, TransactionKey, WalletId};
use crate::error::ApiError;
use crate::journal::{AttemptId, Settlement};
use crate::money::Money;
use crate::wallet_api::PaymentId;

/// A transaction is made at most so often when its answer is lost and the
/// server's list does not show it; those that were never shown move no money.
const CREATES: u32 = 3;
/// After so many rounds without knowing, a person is told that it is not known;
/// after so many refusals of a confirm, it is taken back.
const ROUNDS: u32 = 3;
/// The server refuses a request that was signed longer ago: after it, one that
/// was not answered can't arrive any more. Twice the documented window.
pub(crate) const SIGNATURE_SECONDS: i64 = 600;

/// Where an attempt stands, as far as the journal knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Nothing was sent.
    Begun,
    /// A create is on its way, or lost.
    Creating,
    /// There is a transaction that nobody has accepted.
    Open,
    /// A reserve is on its way, or lost.
    Reserving,
    /// The payer's money is held.
    Held,
    /// A confirm is on its way, or lost.
    Confirming,
    /// A revoke is on its way, or lost.
    Revoking,
    /// The money has moved.
    Confirmed,
    /// The server ended it without settlement.
    Over,
    /// A refund is on its way, or lost.
    Refunding,
    /// The money went back.
    GivenBack,
    /// Nothing comes after this.
    Ended,
}

/// Why and since when an attempt is taken back.
#[derive(Clone, Debug, PartialEq)]
struct TakingBack {
    why: CancelReason,
    error: Option<Box<ApiError>>,
}

/// Whether the printed code's spot shows the transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SpotLink {
    None,
    Sent,
    Linked,
    Closed,
}

/// One attempt.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    pub(crate) id: AttemptId,
    pub(crate) intent: Intent,
    pub(crate) key: Option<TransactionKey>,
    pub(crate) started_at: UnixSeconds,
    stage: Stage,
    payment: Option<PaymentId>,
    creates: u32,
    spot: SpotLink,
    create_sent_at: Option<UnixSeconds>,
    created_at: Option<UnixSeconds>,
    reserve_sent_at: Option<UnixSeconds>,
    expires_at: Option<UnixSeconds>,
    held_at: Option<UnixSeconds>,
    payer: Option<WalletId>,
    identity_checked: bool,
    settle_at: Option<(Money, String)>,
    /// What a person was last asked to do with cash and has not answered.
    cash_asked: Option<CashStep>,
    cash_taken: bool,
    cash_handed_out: bool,
    cash_returned: bool,
    /// Confirms that may have reached the server.
    confirms_out: u32,
    settlement: Option<Settlement>,
    taking_back: Option<TakingBack>,
    server_end: Option<End>,
    end: Option<End>,
    /// What is known in this process only.
    now: Passing,
}

/// What is known in this process only: a resumed attempt finds it out again.
#[derive(Clone, Debug, Default)]
struct Passing {
    /// The customer's code, never written down.
    code: Option<ReservationCode>,
    /// Why another code is wanted.
    wants_code: Option<Box<ApiError>>,
    /// Whether the process died since this attempt began.
    resumed: bool,
    /// Whether a reserve of this process had no answer: it can still arrive.
    reserve_unanswered: bool,
    /// Why a customer's payment is not asked for any more, while an earlier
    /// request can still arrive.
    outwaited: Option<Box<ApiError>>,
    /// Whether cash was asked for by this process, and not before a death.
    asked_here: bool,
    /// Whether the server has to be read before anything else.
    must_read: bool,
    /// How long to wait before the next request.
    pause: Option<Duration>,
    /// Until when the server asked for no request.
    quiet_until: Option<UnixSeconds>,
    /// Rounds without getting on.
    rounds: u32,
    unknown_since: Option<UnixSeconds>,
    /// The refusal of the latest write.
    refusal: Option<Box<ApiError>>,
    refusals: u32,
    accepting: bool,
    waiting: Option<WaitingFor>,
    /// The payer's name, once it was asked for.
    payer_name: Option<Option<String>>,
}

impl Machine {
    /// An attempt that begins now. `code` is the customer's, where there is one.
    pub(crate) fn begin(
        id: AttemptId,
        intent: Intent,
        code: Option<ReservationCode>,
        started_at: UnixSeconds,
    ) -> Self {
        let (key, payment) = match &intent.steps {
            Steps::Pay { key, .. } => (Some(key.clone()), None),
            Steps::Refund { key, payment, .. } => (Some(key.clone()), Some(*payment)),
            _ => (None, None),
        };
        let must_read = matches!(intent.steps, Steps::Refund { .. });
        Self {
            id,
            intent,
            key,
            started_at,
            stage: Stage::Begun,
            payment,
            creates: 0,
            spot: SpotLink::None,
            create_sent_at: None,
            created_at: None,
            reserve_sent_at: None,
            expires_at: None,
            held_at: None,
            payer: None,
            identity_checked: false,
            settle_at: None,
            cash_asked: None,
            cash_taken: false,
            cash_handed_out: false,
            cash_returned: false,
            confirms_out: 0,
            settlement: None,
            taking_back: None,
            server_end: None,
            end: None,
            now: Passing { code, must_read, ..Passing::default() },
        }
    }

    /// Whether this attempt's own confirm settles it.
    fn confirms(&self) -> bool {
        !matches!(self.intent.steps, Steps::Pay { .. } | Steps::Refund { .. })
    }

    /// Whether this side may take the transaction back: a customer can't take
    /// back what the merchant made.
    fn may_take_back(&self) -> bool {
        self.confirms()
    }

    /// What the server has to confirm.
    fn expected(&self) -> Money {
        self.settle_at.as_ref().map_or(self.intent.amount, |(amount, _)| *amount)
    }

    /// When what is held, or waits, is taken back.
    fn hold_deadline(&self) -> Option<UnixSeconds> {
        let seconds = self.intent.make()?.reserve_seconds;
        let begin = self.created_at?;
        Some(begin.plus(seconds))
    }

    /// The exact body of the confirm, where the price is lowered.
    pub(crate) fn confirm_body(&self) -> Option<&str> {
        self.settle_at.as_ref().map(|(_, body)| body.as_str())
    }

    /// When the server was last asked to make the transaction.
    pub(crate) fn create_sent_at(&self) -> Option<UnixSeconds> {
        self.create_sent_at
    }

    /// The customer's code.
    pub(crate) fn code(&self) -> Option<&ReservationCode> {
        self.now.code.as_ref()
    }

    /// The payment, once it is known.
    pub(crate) fn payment(&self) -> Option<PaymentId> {
        self.payment
    }

    /// The payer's wallet, once it is known.
    pub(crate) fn payer(&self) -> Option<WalletId> {
        self.payer
    }

    /// Whether the server may have been asked for something.
    pub(crate) fn was_sent(&self) -> bool {
        self.stage != Stage::Begun
    }

    /// Whether nothing comes any more.
    pub(crate) fn is_over(&self) -> bool {
        self.end.is_some()
    }

    /// Whether a transaction of this attempt can exist that nobody knows of.
    pub(crate) fn may_have_lost_one(&self) -> bool {
        self.projection().sweep
    }
}

#[cfg(test)]
mod tests;
