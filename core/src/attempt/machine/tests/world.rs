//! A model of everything around one attempt: the server's transactions, requests
//! that are on their way, and cash in people's hands.

use std::collections::BTreeSet;

use crate::attempt::event::Event;
use crate::attempt::intent::{Intent, Make, Steps};
use crate::attempt::machine::{
    Ask, Failure, Heard, Machine, Passing, PaymentSighting, Plan, Send, Sighting, Tap,
};
use crate::attempt::state::{AttemptState, CashStep};
use crate::clock::UnixSeconds;
use crate::code::{ReservationCode, TransactionKey, WalletId};
use crate::error::{ApiError, ApiErrorKind};
use crate::journal::{AttemptId, AttemptKind};
use crate::money::{Currency, Money};
use crate::wallet_api::{Delivery, PaymentId, PaymentStatus, Reserve, TransactionStatus};

pub(super) const AMOUNT: Money = Money::from_minor(5000, Currency::GEL);
const NOW: UnixSeconds = UnixSeconds(1_760_000_000);

pub(super) fn merchant() -> WalletId {
    WalletId::new(2112).unwrap()
}

pub(super) fn customer() -> WalletId {
    WalletId::new(14_471).unwrap()
}

fn key(number: usize) -> TransactionKey {
    TransactionKey::parse(&format!("Transaction{number:04}")).unwrap()
}

/// The status of a transaction of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Status {
    New,
    Reserved,
    Confirmed,
    /// Confirmed, and given back.
    Canceled,
    /// Confirmed for good.
    Done,
    Rejected,
    Revoked,
    Deleted,
    Failed,
}

/// How one request fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Answered,
    AnswerLost,
    RequestLost,
    /// It arrives later, or never.
    Delayed,
    NotSent,
    Busy,
    /// The server looks at it and says no.
    Refused,
}

pub(super) const FATES: [Fate; 7] = [
    Fate::Answered,
    Fate::AnswerLost,
    Fate::RequestLost,
    Fate::Delayed,
    Fate::NotSent,
    Fate::Busy,
    Fate::Refused,
];

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

#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) machine: Machine,
    pub(super) transactions: Vec<Status>,
    /// Requests that may still arrive, by transaction.
    pub(super) on_the_way: BTreeSet<(u8, usize)>,
    pub(super) creates_on_the_way: u8,
    pub(super) restarts: u8,
    /// Times that cash went to the customer, and into the drawer.
    pub(super) out: u8,
    pub(super) taken: u8,
    now: UnixSeconds,
}

fn make() -> Make {
    Make {
        description: "Test".to_owned(),
        beneficiary: None,
        cash: false,
        reserve_seconds: 900,
        use_allowance: false,
        freeze_seconds: None,
        callback_uri: None,
    }
}

pub(super) fn steps(kind: &str) -> Steps {
    match kind {
        "collect" => Steps::Collect { make: make(), present_seconds: 600, spot: None, hold: false },
        "cash_out" => Steps::CashOut { make: make(), identity_check: false },
        "checked_cash_out" => Steps::CashOut { make: make(), identity_check: true },
        "cash_in" => Steps::CashIn { make: make(), from: merchant() },
        "pay" => Steps::Pay { key: key(0), wallet: customer() },
        "pay_wallet" => Steps::PayWallet { make: make(), from: Some(customer()) },
        "refund" => refund(false),
        "undo_cash_in" => refund(true),
        other => panic!("no kind {other}"),
    }
}

fn refund(returns_cash: bool) -> Steps {
    Steps::Refund { key: key(0), payment: PaymentId(1), keep: None, returns_cash }
}

pub(super) fn intent(kind: &str) -> Intent {
    let steps = steps(kind);
    Intent {
        kind: match steps {
            Steps::Collect { .. } => AttemptKind::Collect,
            Steps::CashOut { .. } => AttemptKind::CashOut,
            Steps::CashIn { .. } => AttemptKind::CashIn,
            Steps::Pay { .. } | Steps::PayWallet { .. } => AttemptKind::Pay,
            Steps::Refund { .. } => AttemptKind::Refund,
        },
        amount: AMOUNT,
        request_id: "r".to_owned(),
        device: "till-1".to_owned(),
        bill: None,
        staff: None,
        tip: None,
        steps,
    }
}

pub(super) fn code() -> ReservationCode {
    ReservationCode::parse("0112345678903305676022535991").unwrap()
}

pub(super) fn failure(delivery: Delivery, kind: ApiErrorKind) -> Box<Failure> {
    Box::new(Failure { delivery, error: ApiError::local(kind), retry_after: None })
}

impl World {
    pub(super) fn new(kind: &str) -> Self {
        let intent = intent(kind);
        let code = matches!(intent.steps, Steps::CashOut { .. }).then(code);
        let transactions = match intent.steps {
            Steps::Pay { .. } => vec![Status::New],
            Steps::Refund { .. } => vec![Status::Confirmed],
            _ => Vec::new(),
        };
        let id = AttemptId::parse("00000000-0000-4000-8000-000000000001").unwrap();
        let taken = u8::from(kind == "undo_cash_in");
        Self {
            machine: Machine::begin(id, intent, code, NOW),
            transactions,
            on_the_way: BTreeSet::new(),
            creates_on_the_way: 0,
            restarts: 0,
            out: 0,
            taken,
            now: NOW,
        }
    }

    /// What tells two worlds apart.
    pub(super) fn key(&self) -> String {
        let Self { machine, transactions, on_the_way, creates_on_the_way, restarts, out, taken, now } = self;
        format!(
            "{machine:?} {transactions:?} {on_the_way:?} {creates_on_the_way} {restarts} {out} {taken} {now}"
        )
    }

    pub(super) fn plan(&self) -> Plan {
        self.machine.plan(self.now)
    }

    pub(super) fn shown(&self) -> AttemptState {
        self.machine.shown(self.now)
    }

    /// Takes note of events as the driver does.
    pub(super) fn apply(&mut self, events: Vec<Event>) {
        for event in events {
            self.machine.apply(&event, self.now);
        }
    }

    pub(super) fn hear(&mut self, heard: Heard) {
        let events = self.machine.hear(heard, self.now);
        self.apply(events);
    }

    fn index(&self) -> usize {
        let own = self.machine.key.as_ref().expect("there is a transaction");
        (0..).find(|number| key(*number) == *own).unwrap()
    }

    fn sighting(&self, index: usize) -> Sighting {
        let status = self.transactions[index];
        let payer = match self.machine.intent.steps {
            Steps::CashIn { .. } => merchant(),
            _ => customer(),
        };
        let accepted = !matches!(status, Status::New | Status::Rejected | Status::Deleted);
        Sighting {
            key: key(index),
            status: match status {
                Status::New => TransactionStatus::New,
                Status::Reserved => TransactionStatus::Reserved,
                Status::Confirmed | Status::Canceled | Status::Done => TransactionStatus::Confirmed,
                Status::Rejected => TransactionStatus::Rejected,
                Status::Revoked => TransactionStatus::Revoked,
                Status::Deleted => TransactionStatus::Deleted,
                Status::Failed => TransactionStatus::Failed,
            },
            amount: Some(AMOUNT),
            payer: accepted.then_some(payer),
            payment: Some(PaymentId(1)),
            auto_confirm: false,
            created_at: NOW,
            confirmed_at: None,
            reserve: Some(Reserve::For(900)),
        }
    }

    fn payment(&self) -> PaymentSighting {
        let status = match self.transactions[0] {
            Status::Canceled => PaymentStatus::Canceled,
            Status::Done => PaymentStatus::Done,
            _ => PaymentStatus::Confirmed,
        };
        PaymentSighting { status, price: AMOUNT, payer: Some(customer()) }
    }

    /// The server does what it was asked for, if the state allows it.
    fn arrive(&mut self, send: Send, index: usize) -> bool {
        let Some(status) = self.transactions.get_mut(index) else { return false };
        let next = match (send, *status) {
            (Send::Reserve, Status::New) => Status::Reserved,
            (Send::Confirm, Status::Reserved) => Status::Confirmed,
            (Send::Revoke, Status::New) => Status::Deleted,
            (Send::Revoke, Status::Reserved) => Status::Revoked,
            (Send::Refund, Status::Confirmed) => Status::Canceled,
            _ => return false,
        };
        *status = next;
        true
    }

    /// Sends what is planned; whether that fate can be.
    pub(super) fn send(&mut self, send: Send, fate: Fate) -> bool {
        if let Some(event) = send.event() {
            self.apply(vec![event]);
        }
        if send == Send::Create {
            return self.create(fate);
        }
        let index = self.index();
        let unknown = || failure(Delivery::Unknown, ApiErrorKind::NoAnswer);
        let conflict = failure(Delivery::Refused, ApiErrorKind::WrongState);
        let answer = match fate {
            Fate::Answered => {
                if self.arrive(send, index) {
                    Ok(())
                } else {
                    Err(conflict)
                }
            }
            Fate::AnswerLost => {
                self.arrive(send, index);
                Err(unknown())
            }
            Fate::RequestLost => Err(unknown()),
            Fate::Delayed => {
                if !self.on_the_way.insert((code_of(send), index)) {
                    return false;
                }
                Err(unknown())
            }
            Fate::NotSent => Err(failure(Delivery::NotSent, ApiErrorKind::Offline)),
            Fate::Busy => Err(failure(Delivery::Refused, ApiErrorKind::ServerBusy)),
            Fate::Refused if send == Send::Reserve => {
                Err(failure(Delivery::Refused, ApiErrorKind::CodeInvalidOrUsed))
            }
            Fate::Refused => Err(failure(Delivery::Refused, ApiErrorKind::NotAllowed)),
        };
        let heard = match send {
            Send::Refund => Heard::RefundWrote(answer.map(|()| self.payment())),
            _ => Heard::Wrote(send, answer.map(|()| self.sighting(index))),
        };
        self.hear(heard);
        true
    }

    fn create(&mut self, fate: Fate) -> bool {
        let answer = match fate {
            Fate::Answered | Fate::AnswerLost => {
                self.transactions.push(Status::New);
                match fate {
                    Fate::Answered => Ok(self.sighting(self.transactions.len() - 1)),
                    _ => Err(failure(Delivery::Unknown, ApiErrorKind::NoAnswer)),
                }
            }
            Fate::RequestLost => Err(failure(Delivery::Unknown, ApiErrorKind::NoAnswer)),
            Fate::Delayed => {
                self.creates_on_the_way += 1;
                Err(failure(Delivery::Unknown, ApiErrorKind::NoAnswer))
            }
            Fate::NotSent => Err(failure(Delivery::NotSent, ApiErrorKind::Offline)),
            Fate::Busy => Err(failure(Delivery::Refused, ApiErrorKind::ServerBusy)),
            Fate::Refused => Err(failure(Delivery::Refused, ApiErrorKind::NotAllowed)),
        };
        self.hear(Heard::Wrote(Send::Create, answer));
        true
    }

    /// Asks what is planned.
    pub(super) fn ask(&mut self, ask: Ask, answered: bool) {
        let lost = || failure(Delivery::Unknown, ApiErrorKind::NoAnswer);
        let heard = match ask {
            Ask::Look if answered => {
                let found = self.transactions.len().checked_sub(1).map(|newest| self.sighting(newest));
                Heard::Looked(Ok(found))
            }
            Ask::Look => Heard::Looked(Err(lost())),
            Ask::Read if answered => Heard::Read(Ok(self.sighting(self.index()))),
            Ask::Read => Heard::Read(Err(lost())),
            Ask::ReadPayment if answered => Heard::PaymentRead(Ok(self.payment())),
            Ask::ReadPayment => Heard::PaymentRead(Err(lost())),
            Ask::ReadSpot => Heard::SpotRead(Err(lost())),
            Ask::PayerName => Heard::PayerName(answered.then(|| "Customer".to_owned())),
        };
        self.hear(heard);
    }

    pub(super) fn watch(&mut self, answered: bool) {
        let lost = failure(Delivery::Unknown, ApiErrorKind::NoAnswer);
        let seen = if answered { Ok(self.sighting(self.index())) } else { Err(lost) };
        self.hear(Heard::Watched(seen));
    }

    /// One of the requests that are on their way arrives.
    pub(super) fn late(&mut self, which: usize) -> bool {
        if which < usize::from(self.creates_on_the_way) {
            self.creates_on_the_way -= 1;
            self.transactions.push(Status::New);
            return true;
        }
        let which = which - usize::from(self.creates_on_the_way);
        let Some(message) = self.on_the_way.iter().nth(which).copied() else { return false };
        self.on_the_way.remove(&message);
        self.arrive(send_of(message.0), message.1);
        true
    }

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

    pub(super) fn pass(&mut self, seconds: i64) {
        self.now = self.now.plus(seconds);
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

fn code_of(send: Send) -> u8 {
    match send {
        Send::Reserve => 0,
        Send::Confirm => 1,
        Send::Revoke => 2,
        Send::Refund => 3,
        other => panic!("{other:?} is not modelled as late"),
    }
}

fn send_of(code: u8) -> Send {
    [Send::Reserve, Send::Confirm, Send::Revoke, Send::Refund][usize::from(code)]
}
