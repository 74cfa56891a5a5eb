//! A model of the server around one attempt: its transactions, and requests that
//! are on their way. What people do is in `people.rs`.

use std::collections::BTreeSet;

use super::wanted::{AMOUNT, code, customer, intent, key, merchant};
use crate::attempt::event::Event;
use crate::attempt::intent::Steps;
use crate::attempt::machine::{Ask, Failure, Heard, Machine, PaymentSighting, Plan, Send, Sighting};
use crate::attempt::state::AttemptState;
use crate::clock::UnixSeconds;
use crate::error::{ApiError, ApiErrorKind};
use crate::journal::AttemptId;
use crate::wallet_api::{Delivery, PaymentId, PaymentStatus, Reserve, TransactionStatus};

const NOW: UnixSeconds = UnixSeconds(1_760_000_000);

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

    pub(super) fn pass(&mut self, seconds: i64) {
        self.now = self.now.plus(seconds);
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

    pub(super) fn index(&self) -> usize {
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
