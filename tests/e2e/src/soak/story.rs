//! What people do in a flow: who shows what to whom, step by step.

use paysera_core::journal::AttemptId;
use paysera_sandbox::seed;

use super::plan::{Flow, GiveBack, Kind};
use super::process::Device;
use super::words::{Order, Part, Role, Said, Told};

/// After so many codes that were refused, the cashier gives up.
const CODES: u32 = 6;

/// The two devices, next to each other on the counter.
pub(super) struct Counter {
    pub(super) till: Device,
    pub(super) phone: Device,
}

impl Counter {
    pub(super) const fn device(&mut self, role: Role) -> &mut Device {
        match role {
            Role::Till => &mut self.till,
            Role::Phone => &mut self.phone,
        }
    }

    /// Whether anybody has still something to do in a flow.
    pub(super) fn is_busy_with(&self, flow: u32) -> bool {
        self.till.works_on(flow) || self.phone.works_on(flow)
    }
}

/// A flow and how far it is.
pub(super) struct Story {
    pub(super) number: u32,
    pub(super) flow: Flow,
    codes: u32,
    answered: bool,
}

impl Story {
    pub(super) const fn new(number: u32, flow: Flow) -> Self {
        Self { number, flow, codes: 0, answered: false }
    }

    /// Whether it needs codes of the customer's that are good once.
    pub(super) const fn needs_codes(&self) -> bool {
        matches!(self.flow.kind, Kind::CashOut | Kind::WrongCode)
    }

    /// The first step.
    pub(super) fn begin(&self, at: &mut Counter) {
        let (kind, minor) = (self.flow.kind, self.flow.minor);
        match kind {
            Kind::Collect | Kind::Hold | Kind::Declined | Kind::Cancelled | Kind::Race | Kind::Nobody => {
                let (hold, cancel) = (kind == Kind::Hold, matches!(kind, Kind::Cancelled | Kind::Race));
                at.till.order(self.number, Part::Main, Order::Collect { minor, hold, cancel });
            }
            Kind::CashOut | Kind::WrongCode => {
                at.phone.order(self.number, Part::Show, Order::ShowCode { wrong: kind == Kind::WrongCode });
            }
            Kind::CashIn | Kind::NotReceived => at.phone.order(self.number, Part::Show, Order::ShowWallet),
            Kind::PayWallet => {
                let order = Order::PayWallet { minor, wallet: seed::RETAILER_WALLET };
                at.phone.order(self.number, Part::Main, order);
            }
        }
    }

    /// The next step, after a device said something.
    pub(super) fn go_on(&mut self, at: &mut Counter, role: Role, said: Said) {
        match (role, said) {
            (Role::Till, Said::Shows { code, .. }) => self.customer_scans(at, code),
            (Role::Phone, Said::Shows { code, .. }) => self.till_scans(at, code),
            (_, Said::WantsCode { .. }) => {
                self.codes = self.codes.saturating_add(1);
                if self.codes > CODES {
                    at.till.tell(&Told::Cancel { flow: self.number });
                } else {
                    at.phone.order(self.number, Part::Show, Order::ShowCode { wrong: false });
                }
            }
            (_, Said::CodeUsed { .. }) => {}
            (role, Said::Ended { part, attempt, how, .. }) => {
                let first = at.device(role).done(self.number, part);
                if let (true, Role::Till, Part::Main, "settled", Some(attempt)) =
                    (first, role, part, how.as_str(), attempt)
                {
                    self.give_back(at, attempt);
                }
            }
        }
    }

    /// The till shows a code: the customer answers, once.
    fn customer_scans(&mut self, at: &mut Counter, code: String) {
        let accept = match self.flow.kind {
            Kind::Collect | Kind::Hold | Kind::Race => true,
            Kind::Declined => false,
            _ => return,
        };
        if !self.answered {
            self.answered = true;
            at.phone.order(self.number, Part::Answer, Order::Answer { code, accept });
        }
    }

    /// The phone shows a code: the cashier scans it.
    fn till_scans(&self, at: &mut Counter, code: String) {
        let minor = self.flow.minor;
        match self.flow.kind {
            Kind::CashOut | Kind::WrongCode if self.codes > 0 => {
                at.till.tell(&Told::AnotherCode { flow: self.number, code });
            }
            Kind::CashOut | Kind::WrongCode if !at.till.has(self.number, Part::Main) => {
                at.till.order(self.number, Part::Main, Order::CashOut { minor, code });
            }
            Kind::CashIn | Kind::NotReceived if !at.till.has(self.number, Part::Main) => {
                let received = self.flow.kind == Kind::CashIn;
                at.till.order(self.number, Part::Main, Order::CashIn { minor, code, received });
            }
            _ => {}
        }
    }

    fn give_back(&self, at: &mut Counter, attempt: AttemptId) {
        let minor = match self.flow.back {
            GiveBack::Nothing => return,
            GiveBack::Part => Some(5),
            GiveBack::All => None,
        };
        at.till.order(self.number, Part::Refund, Order::Refund { attempt, minor });
    }
}
