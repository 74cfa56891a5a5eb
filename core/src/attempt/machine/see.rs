//! What follows from the server's word: it alone decides.

use super::{Machine, PaymentSighting, ROUNDS, SIGNATURE_SECONDS, ServerSays, Sighting, Stage};
use crate::attempt::event::{End, Event};
use crate::attempt::intent::Steps;
use crate::attempt::state::{CancelReason, DeclinedBy};
use crate::clock::UnixSeconds;
use crate::error::{ApiError, ApiErrorKind};
use crate::wallet_api::PaymentStatus;

impl Machine {
    /// What follows from a transaction as the server showed it.
    pub(super) fn see(&mut self, sighting: &Sighting, now: UnixSeconds) -> Vec<Event> {
        // What was read earlier can't undo what is known.
        if matches!(self.stage, Stage::Confirmed | Stage::Over | Stage::GivenBack | Stage::Ended) {
            return Vec::new();
        }
        // Of a transaction that is not this attempt's nothing follows.
        if self.key.as_ref() != Some(&sighting.key) {
            self.another_round(None, now);
            return Vec::new();
        }
        let taken_back = self.taking_back.as_ref().map(|taking_back| taking_back.why);
        match sighting.says(taken_back, now) {
            ServerSays::Open { accepting } => self.see_open(accepting, now),
            ServerSays::Waiting(wanted) => {
                self.now.waiting = Some(wanted);
                match self.stage {
                    Stage::Begun | Stage::Open | Stage::Reserving => {
                        self.settle_down();
                        self.now.refusal = None;
                    }
                    _ => self.another_round(None, now),
                }
                Vec::new()
            }
            ServerSays::Reserved => self.see_reserved(sighting, now),
            ServerSays::Confirmed => self.see_confirmed(sighting, now),
            ServerSays::Ended(end) => self.progress(vec![Event::ServerEnded { end }]),
            ServerSays::Unclear => {
                self.another_round(None, now);
                Vec::new()
            }
        }
    }

    /// Nobody has accepted.
    fn see_open(&mut self, accepting: bool, now: UnixSeconds) -> Vec<Event> {
        self.now.accepting = accepting;
        self.now.waiting = None;
        match self.stage {
            Stage::Begun | Stage::Open => {
                self.settle_down();
                Vec::new()
            }
            Stage::Reserving if self.taking_back.is_none() => self.see_not_reserved(now),
            // A revoke that did not arrive yet; anything else is no way back.
            _ => {
                self.another_round(None, now);
                Vec::new()
            }
        }
    }

    /// Acceptance was asked for, and the transaction is still payable.
    fn see_not_reserved(&mut self, now: UnixSeconds) -> Vec<Event> {
        if let Some(error) = self.now.refusal.take() {
            return match self.intent.steps {
                Steps::Pay { .. } if self.now.reserve_unanswered => {
                    self.now.outwaited = Some(error);
                    Vec::new()
                }
                // The merchant's transaction stays as it is.
                Steps::Pay { .. } => self.failed(*error),
                Steps::CashOut { .. } if error.kind == ApiErrorKind::CodeInvalidOrUsed => {
                    self.now.code = None;
                    self.now.wants_code = Some(error);
                    self.progress(Vec::new())
                }
                _ => {
                    let error = Some(error);
                    self.progress(vec![Event::TakeBack { why: CancelReason::Refused, error }])
                }
            };
        }
        if matches!(self.intent.steps, Steps::Pay { .. }) && self.is_outwaiting() {
            if self.reserve_sent_at.is_none_or(|sent| now.since(sent) >= SIGNATURE_SECONDS) {
                // The server would refuse that request by now.
                let error = self.now.outwaited.take().map(|error| *error);
                return self.failed(error.unwrap_or_else(|| ApiError::local(ApiErrorKind::NoAnswer)));
            }
            self.now.unknown_since.get_or_insert(now);
            return Vec::new();
        }
        // Only the same call on the same key is repeated.
        self.another_round(None, now);
        Vec::new()
    }

    fn see_reserved(&mut self, sighting: &Sighting, now: UnixSeconds) -> Vec<Event> {
        let Some(payer) = sighting.payer else {
            self.another_round(None, now);
            return Vec::new();
        };
        if self.is_paid_by_another(payer) {
            return self.declined_by_another();
        }
        self.now.waiting = None;
        match self.stage {
            Stage::Begun | Stage::Open | Stage::Reserving => self.progress(vec![Event::Held { payer }]),
            Stage::Held => {
                self.settle_down();
                Vec::new()
            }
            Stage::Confirming if self.taking_back.is_none() => {
                let refused = self.now.refusals >= ROUNDS;
                match self.now.refusal.take() {
                    Some(error) if refused => {
                        let error = Some(error);
                        self.progress(vec![Event::TakeBack { why: CancelReason::Refused, error }])
                    }
                    _ => {
                        self.another_round(None, now);
                        Vec::new()
                    }
                }
            }
            _ => {
                self.another_round(None, now);
                Vec::new()
            }
        }
    }

    fn see_confirmed(&mut self, sighting: &Sighting, now: UnixSeconds) -> Vec<Event> {
        if sighting.payer.is_some_and(|payer| self.is_paid_by_another(payer)) {
            return self.declined_by_another();
        }
        let Some(amount) = sighting.amount else {
            self.another_round(None, now);
            return Vec::new();
        };
        let at = sighting.confirmed_at.unwrap_or(now);
        self.progress(vec![Event::Confirmed { amount, at, payer: sighting.payer }])
    }

    /// Two customers can scan one code: only what was paid from the own wallet
    /// is the own payment.
    fn is_paid_by_another(&self, payer: crate::code::WalletId) -> bool {
        matches!(self.intent.steps, Steps::Pay { wallet, .. } if wallet != payer)
    }

    fn declined_by_another(&mut self) -> Vec<Event> {
        self.progress(vec![Event::Ended { end: End::Declined { by: DeclinedBy::AnotherPayer } }])
    }

    /// What follows from a payment that is to be given back.
    pub(super) fn see_payment(&mut self, payment: &PaymentSighting, now: UnixSeconds) -> Vec<Event> {
        let Steps::Refund { keep, .. } = self.intent.steps else { return Vec::new() };
        if matches!(self.stage, Stage::GivenBack | Stage::Ended) {
            return Vec::new();
        }
        let (amount, payer) = (self.intent.amount, payment.payer);
        let given_back = Event::GivenBack { amount, at: now, payer };
        match (&payment.status, keep) {
            (PaymentStatus::Canceled, None) if self.stage == Stage::Refunding => {
                self.progress(vec![given_back])
            }
            // Lowered and settled for good by this attempt.
            (PaymentStatus::Done | PaymentStatus::Confirmed, Some(keep))
                if payment.price == keep && self.stage == Stage::Refunding =>
            {
                self.progress(vec![given_back])
            }
            (PaymentStatus::Confirmed, _) => match (self.stage, self.now.refusal.take()) {
                (Stage::Refunding, Some(error)) => self.failed(*error),
                (Stage::Refunding, None) => {
                    self.another_round(None, now);
                    Vec::new()
                }
                _ => {
                    self.settle_down();
                    Vec::new()
                }
            },
            (PaymentStatus::Done, _) => self.progress(vec![Event::Ended { end: End::RefundWindowClosed }]),
            (PaymentStatus::Other(_), _) => {
                self.another_round(None, now);
                Vec::new()
            }
            _ => self.failed(ApiError::local(ApiErrorKind::WrongState)),
        }
    }
}
