//! What to do now: a table over the stage.

use std::time::Duration;

use super::{Machine, SIGNATURE_SECONDS, SpotLink, Stage};
use crate::attempt::event::{End, Event};
use crate::attempt::intent::Steps;
use crate::attempt::state::{CancelReason, CancelledBy, CashStep};
use crate::clock::UnixSeconds;
use crate::error::{ApiError, ApiErrorKind};
use crate::money::Money;

/// A request that changes something at the server. Its event is journaled first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Send {
    Create,
    Link,
    Reserve,
    Confirm,
    Revoke,
    Refund,
    CloseSpot,
}

impl Send {
    /// What is written down before the request goes out.
    pub(crate) const fn event(self) -> Option<Event> {
        match self {
            Self::Create => Some(Event::CreateSent),
            Self::Link => Some(Event::LinkSent),
            Self::Reserve => Some(Event::ReserveSent),
            Self::Confirm => Some(Event::ConfirmSent),
            Self::Revoke => Some(Event::RevokeSent),
            Self::Refund => Some(Event::RefundSent),
            // Closing twice does nothing.
            Self::CloseSpot => None,
        }
    }
}

/// A question that changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    /// Is there a transaction of this attempt in the list?
    Look,
    /// What does the transaction say?
    Read,
    /// What does the payment say?
    ReadPayment,
    /// Does the spot show the transaction?
    ReadSpot,
    /// What is the payer called?
    PayerName,
}

/// What to do now.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Plan {
    Send(Send),
    Ask(Ask),
    /// Write this down, then go on.
    Note(Event),
    /// Wait before the next request; a poke ends it, unless the server asked for it.
    Pause(Duration),
    /// The watcher looks at the server; at the deadline something is due.
    Watch {
        deadline: Option<UnixSeconds>,
    },
    /// Nothing happens without a person; at the deadline something is due.
    Person {
        deadline: Option<UnixSeconds>,
    },
    Done,
}

impl Machine {
    /// What to do now; `now` is the server's time.
    pub(crate) fn plan(&self, now: UnixSeconds) -> Plan {
        if self.end.is_some() {
            return Plan::Done;
        }
        if let Some(pause) = self.now.pause {
            return Plan::Pause(pause);
        }
        if self.now.must_read {
            return Plan::Ask(match (&self.intent.steps, &self.key) {
                (Steps::Refund { .. }, _) => Ask::ReadPayment,
                (_, Some(_)) if self.spot == SpotLink::Sent && self.stage == Stage::Open => Ask::ReadSpot,
                (_, Some(_)) => Ask::Read,
                (_, None) => Ask::Look,
            });
        }
        match self.stage {
            Stage::Begun => match &self.intent.steps {
                _ if self.taking_back.is_some() => {
                    Plan::Note(Event::Ended { end: End::Cancelled { by: CancelledBy::ThisSide } })
                }
                Steps::Pay { .. } => Plan::Send(Send::Reserve),
                Steps::Refund { .. } => Plan::Send(Send::Refund),
                _ => Plan::Send(Send::Create),
            },
            Stage::Creating => Plan::Send(Send::Create),
            Stage::Open | Stage::Reserving | Stage::Held if self.is_cash_out_over(now) => {
                Plan::Note(Event::TakeBack { why: CancelReason::Expired, error: None })
            }
            Stage::Open | Stage::Reserving => self.plan_acceptance(now),
            Stage::Held => self.plan_held(),
            Stage::Confirming if self.taking_back.is_some() => Plan::Send(Send::Revoke),
            Stage::Confirming => Plan::Send(Send::Confirm),
            Stage::Revoking => Plan::Send(Send::Revoke),
            Stage::Confirmed => self.plan_confirmed(),
            Stage::Over => self.plan_over(),
            Stage::Refunding => Plan::Send(Send::Refund),
            Stage::GivenBack => match self.intent.steps {
                Steps::Refund { returns_cash: true, .. } if !self.cash_returned => {
                    self.cash_step(CashStep::Return, None)
                }
                _ => Plan::Note(Event::Ended { end: End::Refunded }),
            },
            Stage::Ended => Plan::Done,
        }
    }

    /// There is a transaction that nobody has accepted, as far as is known.
    fn plan_acceptance(&self, now: UnixSeconds) -> Plan {
        if self.taking_back.is_some() {
            return Plan::Send(Send::Revoke);
        }
        if self.now.waiting.is_some() {
            return Plan::Watch { deadline: self.hold_deadline() };
        }
        match &self.intent.steps {
            Steps::Collect { spot: Some(_), .. } if self.spot != SpotLink::Linked => Plan::Send(Send::Link),
            Steps::Collect { present_seconds, .. } => match self.expires_at {
                None => Plan::Note(Event::Shown { expires_at: now.plus(*present_seconds) }),
                expires_at => Plan::Watch { deadline: expires_at },
            },
            Steps::CashOut { .. } if self.now.wants_code.is_some() => {
                Plan::Person { deadline: self.hold_deadline() }
            }
            // The code was only in the memory of a process that died.
            Steps::CashOut { .. } if self.now.code.is_none() => {
                let error = Some(Box::new(ApiError::local(ApiErrorKind::Interrupted)));
                Plan::Note(Event::TakeBack { why: CancelReason::Refused, error })
            }
            Steps::Pay { .. } if self.is_outwaiting() => {
                let deadline = self.reserve_sent_at.map(|sent| sent.plus(SIGNATURE_SECONDS));
                Plan::Watch { deadline }
            }
            _ => Plan::Send(Send::Reserve),
        }
    }

    /// Whether a customer's payment is only watched until what was sent can't
    /// arrive any more: it was refused since, or the process died and the person
    /// may have left the till.
    pub(super) fn is_outwaiting(&self) -> bool {
        self.stage == Stage::Reserving && (self.now.resumed || self.now.outwaited.is_some())
    }

    fn plan_held(&self) -> Plan {
        if self.taking_back.is_some() {
            return Plan::Send(Send::Revoke);
        }
        let deadline = self.hold_deadline();
        match &self.intent.steps {
            Steps::Pay { .. } => Plan::Watch { deadline: None },
            Steps::CashOut { identity_check: true, .. } if !self.identity_checked => {
                match self.now.payer_name {
                    None => Plan::Ask(Ask::PayerName),
                    Some(_) => Plan::Person { deadline },
                }
            }
            Steps::CashIn { .. } if !self.cash_taken => self.cash_step(CashStep::Take, deadline),
            Steps::Collect { hold: true, .. } if self.settle_at.is_none() => Plan::Person { deadline },
            _ => Plan::Send(Send::Confirm),
        }
    }

    /// Whether a customer who waited for cash has long left, since the app was in the
    /// background: what was not sent yet is not sent any more. Who waits for something is
    /// told by its deadline.
    fn is_cash_out_over(&self, now: UnixSeconds) -> bool {
        let waits = self.now.waiting.is_some() || self.now.wants_code.is_some();
        matches!(self.intent.steps, Steps::CashOut { .. })
            && self.taking_back.is_none()
            && !waits
            && self.hold_deadline().is_some_and(|deadline| now >= deadline)
    }

    /// The money has moved.
    fn plan_confirmed(&self) -> Plan {
        let elsewhere = self.settlement.as_ref().is_some_and(|settlement| settlement.elsewhere);
        let differs = self.settlement.as_ref().is_none_or(|settlement| !self.is_as_asked(settlement.amount));
        match self.intent.steps {
            // Another amount than was asked for is no reason to move cash.
            _ if differs => {
                self.finish(End::Failed { error: Box::new(ApiError::local(ApiErrorKind::AmountDiffers)) })
            }
            Steps::CashOut { .. } if !elsewhere && !self.cash_handed_out => {
                self.cash_step(CashStep::HandOut, None)
            }
            _ => self.finish(End::Settled),
        }
    }

    /// Whether what settled is what was asked for. Of what a customer's payment
    /// holds the merchant may take less.
    fn is_as_asked(&self, settled: Money) -> bool {
        let asked = self.expected();
        match self.intent.steps {
            Steps::Pay { .. } => settled.currency() == asked.currency() && settled.minor() <= asked.minor(),
            _ => settled == asked,
        }
    }

    /// The server ended it without settlement.
    fn plan_over(&self) -> Plan {
        if self.cash_taken && !self.cash_returned {
            return self.cash_step(CashStep::Return, None);
        }
        if self.cash_asked == Some(CashStep::Take) {
            return Plan::Person { deadline: None };
        }
        let error = self.taking_back.as_ref().and_then(|taking_back| taking_back.error.clone());
        let cancelled = matches!(self.server_end, Some(End::Cancelled { by: CancelledBy::ThisSide }));
        self.finish(match (&self.server_end, error) {
            _ if self.cash_returned => {
                End::Failed { error: Box::new(ApiError::local(ApiErrorKind::CashReturned)) }
            }
            // Taken back since it was refused: the refusal is what a person has to know.
            (_, Some(error)) if cancelled => End::Failed { error },
            (Some(end), _) => end.clone(),
            (None, _) => End::Cancelled { by: CancelledBy::Elsewhere },
        })
    }

    /// Ends, once the spot is free for the next customer.
    fn finish(&self, end: End) -> Plan {
        match self.spot {
            SpotLink::Sent | SpotLink::Linked => Plan::Send(Send::CloseSpot),
            SpotLink::None | SpotLink::Closed => Plan::Note(Event::Ended { end }),
        }
    }

    /// A person is asked to move cash; that they are is written down first.
    fn cash_step(&self, step: CashStep, deadline: Option<UnixSeconds>) -> Plan {
        if self.cash_asked == Some(step) {
            Plan::Person { deadline }
        } else {
            Plan::Note(Event::CashAsked { step })
        }
    }
}
