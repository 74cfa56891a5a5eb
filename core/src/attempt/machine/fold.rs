//! What the journaled events come to.

use super::{Machine, SpotLink, Stage, TakingBack};
use crate::attempt::event::{End, Event};
use crate::attempt::intent::Steps;
use crate::attempt::state::CashStep;
use crate::clock::UnixSeconds;
use crate::journal::{AttemptId, JournalError, Projection, Settlement};

impl Machine {
    /// An attempt as its events left it.
    pub(crate) fn fold(
        id: AttemptId,
        events: impl IntoIterator<Item = (UnixSeconds, Event)>,
    ) -> Result<Self, JournalError> {
        let mut events = events.into_iter();
        let Some((at, Event::Started { intent })) = events.next() else {
            return Err(JournalError::entry("an attempt does not begin with its start"));
        };
        let mut machine = Self::begin(id, *intent, None, at);
        for (at, event) in events {
            machine.apply(&event, at);
        }
        Ok(machine)
    }

    /// The attempt in another process than the one that drove it: where that one
    /// asked for cash to be moved, nobody knows whether it was.
    pub(crate) fn of_another_process(mut self) -> Self {
        self.now.asked_here = false;
        self
    }

    /// Takes note of an event that is in the journal.
    pub(crate) fn apply(&mut self, event: &Event, at: UnixSeconds) {
        match event {
            Event::Started { .. } => {}
            Event::CreateSent => {
                self.stage = Stage::Creating;
                self.creates = self.creates.saturating_add(1);
                self.create_sent_at = Some(at);
            }
            Event::Created { key, payment } => {
                self.stage = Stage::Open;
                self.key = Some(key.clone());
                self.payment = *payment;
                self.created_at = Some(at);
            }
            Event::LinkSent => self.spot = SpotLink::Sent,
            Event::Linked => self.spot = SpotLink::Linked,
            Event::SpotClosed => self.spot = SpotLink::Closed,
            Event::Shown { expires_at } => self.expires_at = Some(*expires_at),
            Event::ReserveSent => {
                self.stage = Stage::Reserving;
                self.reserve_sent_at = Some(at);
            }
            Event::Held { payer } => {
                self.payer = Some(*payer);
                self.held_at = Some(at);
                // Once a revoke is out, only its outcome counts.
                if self.stage != Stage::Revoking {
                    self.stage = Stage::Held;
                }
            }
            Event::IdentityChecked => self.identity_checked = true,
            Event::SettleAt { amount, body } => self.settle_at = Some((*amount, body.clone())),
            Event::CashAsked { step } => {
                self.cash_asked = Some(*step);
                self.now.asked_here = true;
            }
            Event::CashMoved { step } => {
                self.cash_asked = None;
                match step {
                    CashStep::Take => self.cash_taken = true,
                    CashStep::HandOut => self.cash_handed_out = true,
                    CashStep::Return => self.cash_returned = true,
                }
            }
            Event::CashNotMoved { .. } => self.cash_asked = None,
            Event::ConfirmSent => {
                self.stage = Stage::Confirming;
                self.confirms_out = self.confirms_out.saturating_add(1);
            }
            Event::ConfirmNotSent => self.confirms_out = self.confirms_out.saturating_sub(1),
            Event::Confirmed { amount, at, payer } => {
                self.stage = Stage::Confirmed;
                let elsewhere = self.confirms() && self.confirms_out == 0;
                let payer = payer.or(self.payer);
                self.settlement = Some(Settlement { amount: *amount, at: *at, payer, elsewhere });
            }
            Event::TakeBack { why, error } => {
                self.taking_back = Some(TakingBack { why: *why, error: error.clone() });
            }
            Event::RevokeSent => self.stage = Stage::Revoking,
            Event::ServerEnded { end } => {
                self.stage = Stage::Over;
                self.server_end = Some(end.clone());
            }
            Event::RefundSent => self.stage = Stage::Refunding,
            Event::GivenBack { amount, at, payer } => {
                self.stage = Stage::GivenBack;
                let (amount, at, payer) = (*amount, *at, *payer);
                self.settlement = Some(Settlement { amount, at, payer, elsewhere: false });
            }
            Event::Ended { end } => {
                self.stage = Stage::Ended;
                self.end = Some(end.clone());
            }
        }
    }

    /// What the journal keeps beside the events.
    pub(crate) fn projection(&self) -> Projection {
        let settled = matches!(self.end, Some(End::Settled | End::Refunded));
        Projection {
            state: self.shown(UnixSeconds(0)).name(),
            open: self.end.is_none(),
            // A create whose answer was lost can have made a transaction that nobody knows of.
            sweep: self.creates > 1 || self.creates == 1 && self.key.is_none(),
            transaction: self.key.clone(),
            settlement: if settled { self.settlement.clone() } else { None },
            cash_minor: self.cash_minor(),
        }
    }

    /// What this attempt changed in the drawer, in minor units.
    fn cash_minor(&self) -> i64 {
        let amount = self.intent.amount.minor();
        let (mut change, returns) = match self.intent.steps {
            Steps::Refund { returns_cash, .. } => (0, returns_cash),
            _ => (if self.cash_taken { amount } else { 0 }, self.cash_taken),
        };
        if self.cash_handed_out || self.cash_returned && returns {
            change = i64::saturating_sub(change, amount);
        }
        change
    }
}
