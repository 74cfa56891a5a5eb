//! What follows from an answer, a tap, or the time.

use std::time::Duration;

use super::{CREATES, Failure, Machine, PaymentSighting, ROUNDS, Send, Sighting, SpotLink, Stage, Tap};
use crate::attempt::event::{End, Event};
use crate::attempt::intent::Steps;
use crate::attempt::state::{CancelReason, CancelledBy};
use crate::clock::UnixSeconds;
use crate::error::{ApiError, ApiErrorKind};
use crate::wallet_api::Delivery;

const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// A server that asks for more is asked again after this all the same.
const LONGEST_ASKED_PAUSE: Duration = Duration::from_secs(3600);

/// What an attempt hears.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Heard {
    /// The answer to a write on the transaction, or to its making.
    Wrote(Send, Result<Sighting, Box<Failure>>),
    /// The transaction, read by this attempt.
    Read(Result<Sighting, Box<Failure>>),
    /// The transaction, read by the watcher, which paces itself.
    Watched(Result<Sighting, Box<Failure>>),
    /// This attempt's transaction in the server's list, if it is there.
    Looked(Result<Option<Sighting>, Box<Failure>>),
    /// The answer to a link to the spot, or to its closing.
    SpotWrote(Send, Result<(), Box<Failure>>),
    /// Whether the spot shows the transaction.
    SpotRead(Result<bool, Box<Failure>>),
    /// The answer to a refund.
    RefundWrote(Result<PaymentSighting, Box<Failure>>),
    /// The payment.
    PaymentRead(Result<PaymentSighting, Box<Failure>>),
    /// The payer's name, if it can be seen.
    PayerName(Option<String>),
    Tapped(Tap),
    /// The deadline of the plan is over.
    Due,
    /// The pause of the plan is over.
    Rested,
    /// The process died, and this is another one.
    Resumed,
}

impl Machine {
    /// What follows from what was heard: events to write down and then
    /// [`Machine::apply`]. `now` is the server's time.
    pub(crate) fn hear(&mut self, heard: Heard, now: UnixSeconds) -> Vec<Event> {
        if self.end.is_some() {
            return Vec::new();
        }
        match heard {
            Heard::Wrote(Send::Create, answer) => self.hear_created(answer),
            Heard::Wrote(send, answer) => self.hear_written(send, answer, now),
            Heard::Read(Ok(sighting)) | Heard::Watched(Ok(sighting)) => {
                self.now.must_read = false;
                self.see(&sighting, now)
            }
            Heard::Watched(Err(_)) => {
                self.another_round(None, now);
                self.now.pause = None;
                Vec::new()
            }
            Heard::Looked(Ok(Some(sighting))) => self.created(&sighting),
            Heard::Looked(Ok(None)) => self.hear_nothing_found(now),
            Heard::SpotWrote(send, answer) => self.hear_spot(send, answer, now),
            Heard::SpotRead(Ok(true)) => self.progress(vec![Event::Linked]),
            Heard::SpotRead(Ok(false)) => {
                self.now.must_read = false;
                self.spot = SpotLink::None;
                self.another_round(None, now);
                Vec::new()
            }
            Heard::RefundWrote(Err(failure)) => {
                self.not_answered(&failure, now);
                Vec::new()
            }
            Heard::RefundWrote(Ok(payment)) | Heard::PaymentRead(Ok(payment)) => {
                self.now.must_read = false;
                self.see_payment(&payment, now)
            }
            Heard::Read(Err(failure))
            | Heard::Looked(Err(failure))
            | Heard::SpotRead(Err(failure))
            | Heard::PaymentRead(Err(failure)) => {
                self.another_round(failure.retry_after, now);
                Vec::new()
            }
            Heard::PayerName(name) => {
                self.now.payer_name = Some(name);
                Vec::new()
            }
            Heard::Tapped(tap) => self.hear_tap(tap, now),
            Heard::Due => self.hear_due(),
            Heard::Rested => {
                self.now.pause = None;
                Vec::new()
            }
            Heard::Resumed => self.hear_resumed(),
        }
    }

    fn hear_created(&mut self, answer: Result<Sighting, Box<Failure>>) -> Vec<Event> {
        match answer {
            Ok(sighting) => self.created(&sighting),
            Err(failure) if failure.delivery == Delivery::Unknown => {
                self.now.must_read = true;
                self.now.refusal = Some(Box::new(failure.error));
                Vec::new()
            }
            Err(failure) => self.failed(failure.error),
        }
    }

    /// The transaction is known. One that is not as it was asked for gets no
    /// customer's money.
    fn created(&mut self, sighting: &Sighting) -> Vec<Event> {
        let created = Event::Created { key: sighting.key.clone(), payment: sighting.payment };
        let mut events = vec![created];
        if sighting.amount != Some(self.intent.amount) || sighting.auto_confirm {
            let error = Some(Box::new(ApiError::local(ApiErrorKind::AmountDiffers)));
            events.push(Event::TakeBack { why: CancelReason::Refused, error });
        }
        self.progress(events)
    }

    /// The list does not show the transaction: it is made once more, unless
    /// nobody waits for it any more. What shows up later was shown to nobody, and
    /// is swept away.
    fn hear_nothing_found(&mut self, now: UnixSeconds) -> Vec<Event> {
        self.now.must_read = false;
        if self.taking_back.is_some() {
            return self.progress(vec![Event::Ended { end: End::Cancelled { by: CancelledBy::ThisSide } }]);
        }
        if self.now.resumed {
            return self.failed(ApiError::local(ApiErrorKind::Interrupted));
        }
        if self.creates < CREATES {
            self.another_round(None, now);
            return Vec::new();
        }
        let error = self.now.refusal.take().map(|error| *error);
        self.failed(error.unwrap_or_else(|| ApiError::local(ApiErrorKind::NoAnswer)))
    }

    fn hear_written(
        &mut self,
        send: Send,
        answer: Result<Sighting, Box<Failure>>,
        now: UnixSeconds,
    ) -> Vec<Event> {
        let failure = match answer {
            Ok(sighting) => {
                self.now.refusal = None;
                return self.see(&sighting, now);
            }
            Err(failure) => failure,
        };
        let never_left = send == Send::Confirm && failure.delivery == Delivery::NotSent;
        self.now.reserve_unanswered |= send == Send::Reserve && failure.delivery == Delivery::Unknown;
        self.not_answered(&failure, now);
        if never_left { vec![Event::ConfirmNotSent] } else { Vec::new() }
    }

    /// A write failed, or its answer is lost: the server is read before anything
    /// is decided.
    fn not_answered(&mut self, failure: &Failure, now: UnixSeconds) {
        self.now.must_read = true;
        if failure.delivery == Delivery::Refused {
            self.now.refusals = self.now.refusals.saturating_add(1);
        }
        let refused =
            failure.is_refusal() || failure.delivery == Delivery::Refused && self.now.refusals >= ROUNDS;
        self.now.refusal = refused.then(|| Box::new(failure.error.clone()));
        let asked = self.asked_for(failure.retry_after, now);
        self.now.pause = failure.retry_after.is_some().then_some(asked);
    }

    /// What the server asked to wait, within bounds; a poke does not end it.
    fn asked_for(&mut self, asked: Option<Duration>, now: UnixSeconds) -> Duration {
        let asked = asked.unwrap_or_default().min(LONGEST_ASKED_PAUSE);
        let seconds = asked.as_secs().saturating_add(u64::from(asked.subsec_nanos() > 0));
        let until = now.plus(i64::try_from(seconds).unwrap_or(i64::MAX));
        self.now.quiet_until = (until > now).then_some(until);
        asked
    }

    fn hear_spot(&mut self, send: Send, answer: Result<(), Box<Failure>>, now: UnixSeconds) -> Vec<Event> {
        match (send, answer) {
            (Send::Link, Ok(())) => self.progress(vec![Event::Linked]),
            (Send::Link, Err(failure)) if failure.is_refusal() => {
                let error = Some(Box::new(failure.error));
                self.progress(vec![Event::TakeBack { why: CancelReason::Refused, error }, Event::SpotClosed])
            }
            (Send::Link, Err(_)) => {
                self.now.must_read = true;
                Vec::new()
            }
            // A spot that can't be closed opens anew with its next customer.
            (_, Err(failure)) if !failure.is_refusal() && self.now.rounds < ROUNDS => {
                self.another_round(failure.retry_after, now);
                Vec::new()
            }
            (_, _) => self.progress(vec![Event::SpotClosed]),
        }
    }

    /// Time ends nothing: it only asks to take back what can be taken back.
    fn hear_due(&mut self) -> Vec<Event> {
        if matches!(self.intent.steps, Steps::Pay { .. }) {
            self.now.must_read = true;
            return Vec::new();
        }
        let open = matches!(self.stage, Stage::Open | Stage::Reserving | Stage::Held);
        if !open || self.taking_back.is_some() {
            return Vec::new();
        }
        let error = self.now.wants_code.take();
        vec![Event::TakeBack { why: CancelReason::Expired, error }]
    }

    fn hear_resumed(&mut self) -> Vec<Event> {
        self.now.resumed = true;
        self.now.asked_here = false;
        self.now.must_read = match self.stage {
            Stage::Begun => return self.failed(ApiError::local(ApiErrorKind::Interrupted)),
            Stage::Confirmed | Stage::Over | Stage::GivenBack | Stage::Ended => false,
            _ => true,
        };
        Vec::new()
    }

    pub(super) fn failed(&mut self, error: ApiError) -> Vec<Event> {
        self.progress(vec![Event::Ended { end: End::Failed { error: Box::new(error) } }])
    }

    /// The attempt gets on: what was not known is known.
    pub(super) fn progress(&mut self, events: Vec<Event>) -> Vec<Event> {
        self.now.must_read = false;
        self.now.pause = None;
        self.now.refusal = None;
        self.now.refusals = 0;
        self.settle_down();
        events
    }

    /// The server was understood.
    pub(super) fn settle_down(&mut self) {
        self.now.rounds = 0;
        self.now.unknown_since = None;
    }

    /// One more round without getting on: the pause doubles, and from the third
    /// round on a person is told that it is not known.
    pub(super) fn another_round(&mut self, asked: Option<Duration>, now: UnixSeconds) {
        let doubled = FIRST_PAUSE
            .saturating_mul(1_u32.checked_shl(self.now.rounds).unwrap_or(u32::MAX))
            .min(LONGEST_PAUSE);
        self.now.pause = Some(doubled.max(self.asked_for(asked, now)));
        self.now.rounds = self.now.rounds.saturating_add(1);
        if self.now.rounds >= ROUNDS && self.now.unknown_since.is_none() {
            self.now.unknown_since = Some(now);
        }
    }
}
