//! What follows from what a person taps.

use std::time::Duration;

use super::{Machine, Stage};
use crate::attempt::event::Event;
use crate::attempt::intent::Steps;
use crate::attempt::state::{AttemptState, CancelReason, CashStep};
use crate::clock::UnixSeconds;
use crate::code::ReservationCode;
use crate::error::{ApiError, ApiErrorKind};
use crate::money::Money;
use crate::wallet_api::{ConfirmPrices, PaymentId};

/// What a person, or the embedding app, tells an attempt.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Tap {
    Cancel,
    Poke,
    /// The customer says once more that they want to pay.
    PayAgain,
    CashMoved(CashStep),
    CashNotMoved,
    Identity {
        confirmed: bool,
    },
    AnotherCode(ReservationCode),
    SettleAt(Money),
}

impl Machine {
    pub(super) fn hear_tap(&mut self, tap: Tap, now: UnixSeconds) -> Vec<Event> {
        match tap {
            Tap::Poke => {
                self.hear_poke(now);
                Vec::new()
            }
            Tap::Cancel => self.hear_cancel(),
            Tap::PayAgain => {
                if self.is_outwaiting() {
                    self.now.resumed = false;
                    self.now.outwaited = None;
                    self.now.reserve_unanswered = true;
                    self.now.must_read = true;
                    self.settle_down();
                }
                Vec::new()
            }
            Tap::CashMoved(step) if self.cash_asked == Some(step) => vec![Event::CashMoved { step }],
            Tap::CashNotMoved => match (self.cash_asked, self.shown(now)) {
                (Some(step), AttemptState::CashQuestion { .. }) => vec![Event::CashNotMoved { step }],
                (Some(step), AttemptState::TakeCash { .. }) => {
                    let take_back = Event::TakeBack { why: CancelReason::Requested, error: None };
                    vec![Event::CashNotMoved { step }, take_back]
                }
                _ => Vec::new(),
            },
            Tap::Identity { confirmed } if matches!(self.shown(now), AttemptState::CheckIdentity { .. }) => {
                if confirmed {
                    return vec![Event::IdentityChecked];
                }
                let error = Some(Box::new(ApiError::local(ApiErrorKind::IdentityNotConfirmed)));
                vec![Event::TakeBack { why: CancelReason::Refused, error }]
            }
            Tap::AnotherCode(code) if self.now.wants_code.is_some() => {
                self.now.code = Some(code);
                self.now.wants_code = None;
                Vec::new()
            }
            Tap::SettleAt(amount) => self.hear_settle_at(amount),
            // Said too early or twice: nothing on screen asks for it.
            Tap::CashMoved(_) | Tap::Identity { .. } | Tap::AnotherCode(_) => Vec::new(),
        }
    }

    /// Ends a pause, but for what is left of one that the server asked for.
    fn hear_poke(&mut self, now: UnixSeconds) {
        let left = self.now.quiet_until.map(|until| until.since(now));
        self.now.pause = match left.map(u64::try_from) {
            Some(Ok(left @ 1..)) => self.now.pause.map(|pause| pause.min(Duration::from_secs(left))),
            _ => None,
        };
    }

    fn hear_cancel(&mut self) -> Vec<Event> {
        let too_late = matches!(
            self.stage,
            Stage::Confirmed | Stage::Over | Stage::Refunding | Stage::GivenBack | Stage::Ended
        );
        if too_late || self.taking_back.is_some() || !self.may_take_back() {
            return Vec::new();
        }
        self.now.pause = None;
        // Where cash was asked for, whether it was taken is asked in the end.
        let error = self.now.wants_code.take();
        let why = if error.is_some() { CancelReason::Refused } else { CancelReason::Requested };
        vec![Event::TakeBack { why, error }]
    }

    fn hear_settle_at(&mut self, amount: Money) -> Vec<Event> {
        let waits = matches!(self.intent.steps, Steps::Collect { hold: true, .. })
            && self.stage == Stage::Held
            && self.settle_at.is_none();
        let within = amount.minor() > 0
            && amount.currency() == self.intent.amount.currency()
            && amount.minor() <= self.intent.amount.minor();
        let (true, true, Some(payment)) = (waits, within, self.payment) else { return Vec::new() };
        let whole = amount == self.intent.amount;
        let body = if whole { Some(String::new()) } else { confirm_body(payment, amount) };
        body.map(|body| Event::SettleAt { amount, body }).into_iter().collect()
    }
}

/// The exact bytes of a confirm at a lower price.
fn confirm_body(payment: PaymentId, amount: Money) -> Option<String> {
    let prices = ConfirmPrices::new([(payment, amount)]).ok()?;
    String::from_utf8(prices.as_bytes().to_vec()).ok()
}
