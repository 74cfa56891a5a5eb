//! A model of everything around one attempt: the server's transactions, requests
//! that are on their way, and cash in people's hands.

mod people;
mod server;

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
