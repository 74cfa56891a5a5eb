//! The server: what reaches it, what it does, and what it answers.

use super::*;

impl World {
    pub(super) fn sighting(&self, index: usize) -> Sighting {
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

    pub(super) fn payment(&self) -> PaymentSighting {
        let status = match self.transactions[0] {
            Status::Canceled => PaymentStatus::Canceled,
            Status::Done => PaymentStatus::Done,
            _ => PaymentStatus::Confirmed,
        };
        PaymentSighting { status, price: AMOUNT, payer: Some(customer()) }
    }

    /// The server does what it was asked for, if the state allows it.
    pub(super) fn arrive(&mut self, send: Send, index: usize) -> bool {
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
    pub(in super::super) fn send(&mut self, send: Send, fate: Fate) -> bool {
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

    pub(super) fn create(&mut self, fate: Fate) -> bool {
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
    pub(in super::super) fn ask(&mut self, ask: Ask, answered: bool) {
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

    pub(in super::super) fn watch(&mut self, answered: bool) {
        let lost = failure(Delivery::Unknown, ApiErrorKind::NoAnswer);
        let seen = if answered { Ok(self.sighting(self.index())) } else { Err(lost) };
        self.hear(Heard::Watched(seen));
    }

    /// One of the requests that are on their way arrives.
    pub(in super::super) fn late(&mut self, which: usize) -> bool {
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
