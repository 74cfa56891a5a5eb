//! What people and the world around do to one attempt: cash in their hands, taps,
//! and what befalls the transaction from elsewhere.

use super::wanted::code;
use super::world::{Status, World};
use crate::attempt::intent::Steps;
use crate::attempt::machine::{Heard, Passing, Plan, Tap};
use crate::attempt::state::{AttemptState, CashStep};

/// What people and the world around do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    Accept,
    Reject,
    /// The server gives the held money back by itself.
    HoldEnds,
    /// Somebody else of the same merchant.
    ConfirmElsewhere,
    RevokeElsewhere,
    Cancel,
    /// Cash moves, and is not tapped yet.
    MoveCash,
    Due,
    Restart,
    ScanAnother,
}

pub(super) const DEEDS: [Deed; 10] = [
    Deed::Accept,
    Deed::Reject,
    Deed::HoldEnds,
    Deed::ConfirmElsewhere,
    Deed::RevokeElsewhere,
    Deed::Cancel,
    Deed::MoveCash,
    Deed::Due,
    Deed::Restart,
    Deed::ScanAnother,
];

impl World {
    /// Cash that is asked for, or asked about.
    fn cash_step(&self) -> Option<(CashStep, bool)> {
        match self.shown() {
            AttemptState::TakeCash { .. } => Some((CashStep::Take, false)),
            AttemptState::HandOutCash { .. } => Some((CashStep::HandOut, false)),
            AttemptState::ReturnCash { .. } => Some((CashStep::Return, false)),
            AttemptState::CashQuestion { step, .. } => Some((step, true)),
            _ => None,
        }
    }

    /// Whether the cash of a step has been moved.
    fn was_moved(&self, step: CashStep) -> bool {
        match step {
            CashStep::Take => self.taken > 0,
            CashStep::HandOut | CashStep::Return => self.out > 0,
        }
    }

    /// Moves cash, once a step, as it is shown.
    fn move_cash(&mut self) -> bool {
        let Some((step, false)) = self.cash_step() else { return false };
        if self.was_moved(step) {
            return false;
        }
        match step {
            CashStep::Take => self.taken += 1,
            CashStep::HandOut | CashStep::Return => self.out += 1,
        }
        true
    }

    /// Says truthfully what was done.
    pub(super) fn tap(&mut self) -> bool {
        match self.shown() {
            AttemptState::CheckIdentity { .. } => {
                self.hear(Heard::Tapped(Tap::Identity { confirmed: true }));
                return true;
            }
            AttemptState::Waiting { wanted: crate::attempt::WaitingFor::AnotherCode } => {
                self.hear(Heard::Tapped(Tap::Cancel));
                return true;
            }
            _ => {}
        }
        let Some((step, is_question)) = self.cash_step() else { return false };
        let tap = match (self.was_moved(step), is_question) {
            (true, _) => Tap::CashMoved(step),
            (false, true) => Tap::CashNotMoved,
            (false, false) => return false,
        };
        self.hear(Heard::Tapped(tap));
        true
    }

    /// Does a deed; `false` where it makes no sense.
    pub(super) fn deed(&mut self, deed: Deed) -> bool {
        let own = self.machine.key.is_some().then(|| self.index());
        let is_collect = matches!(self.machine.intent.steps, Steps::Collect { .. });
        let is_pay = matches!(self.machine.intent.steps, Steps::Pay { .. });
        let shown = self.machine.expires_at.is_some();
        let set = |world: &mut Self, from: Status, to: Status| match own {
            Some(own) if world.transactions.get(own) == Some(&from) => {
                world.transactions[own] = to;
                true
            }
            _ => false,
        };
        match deed {
            Deed::Accept => is_collect && shown && set(self, Status::New, Status::Reserved),
            Deed::Reject => is_collect && shown && set(self, Status::New, Status::Rejected),
            Deed::HoldEnds => set(self, Status::Reserved, Status::Failed),
            // A cash-out that is confirmed elsewhere is somebody's mistake; not modelled as common.
            Deed::ConfirmElsewhere => {
                (is_pay || is_collect) && set(self, Status::Reserved, Status::Confirmed)
            }
            Deed::RevokeElsewhere => {
                is_pay
                    && (set(self, Status::Reserved, Status::Revoked)
                        || set(self, Status::New, Status::Deleted))
            }
            Deed::Cancel => {
                let before = self.key();
                self.hear(Heard::Tapped(Tap::Cancel));
                self.key() != before
            }
            Deed::MoveCash => self.move_cash(),
            Deed::Due => match self.plan() {
                Plan::Watch { deadline: Some(_) } | Plan::Person { deadline: Some(_) } => {
                    self.due();
                    true
                }
                _ => false,
            },
            Deed::Restart if self.restarts < 2 => {
                self.restarts += 1;
                self.machine.now = Passing::default();
                self.hear(Heard::Resumed);
                true
            }
            Deed::Restart => false,
            Deed::ScanAnother => {
                let waits = self.machine.now.wants_code.is_some();
                self.hear(Heard::Tapped(Tap::AnotherCode(code())));
                waits
            }
        }
    }

    pub(super) fn due(&mut self) {
        if matches!(self.machine.intent.steps, Steps::Pay { .. }) {
            // The deadline is that of the signature: what is late is refused.
            self.pass(super::super::SIGNATURE_SECONDS);
            self.on_the_way.clear();
        }
        self.hear(Heard::Due);
    }
}
