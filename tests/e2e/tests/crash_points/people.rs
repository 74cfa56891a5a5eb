//! The people at the till, and the cash in their hands.

use std::sync::{Arc, Mutex};

use paysera_core::attempt::{Attempt, AttemptState, CashStep, StateStream, WaitingFor};
use paysera_core::customer::Customer;
use paysera_e2e::POLL;

use super::life::{Death, Life, unless_dead};
use super::{AMOUNT, STANDSTILL};

/// The cash that really changed hands.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cash(Arc<Mutex<Vec<CashStep>>>);

impl Cash {
    pub(crate) fn was_moved(&self, step: CashStep) -> bool {
        self.0.lock().unwrap().contains(&step)
    }

    /// What the drawer holds more than before.
    pub(crate) fn in_drawer(&self) -> i64 {
        let signed = |step: &CashStep| if *step == CashStep::Take { AMOUNT } else { -AMOUNT };
        self.0.lock().unwrap().iter().map(signed).sum()
    }
}

/// The people at the till: they do what the screen asks for, and tell the truth.
pub(crate) struct People {
    pub(crate) life: Arc<Life>,
    pub(crate) cash: Cash,
    pub(crate) payer: Customer,
}

impl People {
    /// Goes on to the end; `None` if the process died before.
    pub(crate) async fn serve(&self, attempt: &Attempt) -> Option<AttemptState> {
        let mut states = attempt.watch();
        let mut last = attempt.state();
        let mut paying = None;
        while let Some(state) = self.next(&mut states).await? {
            match &state {
                AttemptState::Presenting { code, .. } if paying.is_none() => {
                    let pay = async {
                        let review = self.payer.review(code).await.ok()?;
                        Some(self.payer.pay(&review).await.unwrap())
                    };
                    paying = unless_dead(&self.life, pay).await?;
                }
                AttemptState::TakeCash { .. } => {
                    self.move_cash(CashStep::Take, || attempt.cash_received())?
                }
                AttemptState::HandOutCash { .. } => {
                    self.move_cash(CashStep::HandOut, || attempt.cash_handed_out())?;
                }
                AttemptState::ReturnCash { .. } => {
                    self.move_cash(CashStep::Return, || attempt.cash_returned())?;
                }
                AttemptState::CashQuestion { step, .. } => match (self.cash.was_moved(*step), step) {
                    (false, _) => attempt.cash_not_moved(),
                    (true, CashStep::Take) => attempt.cash_received(),
                    (true, CashStep::HandOut) => attempt.cash_handed_out(),
                    (true, CashStep::Return) => attempt.cash_returned(),
                },
                AttemptState::Waiting { wanted: WaitingFor::AnotherCode } => attempt.cancel(),
                _ => {}
            }
            last = state;
        }
        if let Some(paying) = paying {
            unless_dead(&self.life, paying.ended()).await?;
        }
        Some(last)
    }

    /// The next state; nothing is done any more by the people of a dead phone.
    pub(crate) async fn next(&self, states: &mut StateStream) -> Option<Option<AttemptState>> {
        let wait = async {
            loop {
                tokio::select! {
                    state = states.next() => return state,
                    () = tokio::time::sleep(POLL) => if self.life.is_dead() { return None },
                }
            }
        };
        let state = tokio::time::timeout(STANDSTILL, wait).await.expect("the attempt stands still");
        (!self.life.is_dead()).then_some(state)
    }

    pub(crate) fn move_cash(&self, step: CashStep, tap: impl Fn()) -> Option<()> {
        assert!(!self.cash.was_moved(step), "{step:?}: asked for twice");
        self.cash.0.lock().unwrap().push(step);
        let number = Life::next(&self.life.cash);
        if self.life.die_if(Death::Cash(number)) {
            return None;
        }
        tap();
        Some(())
    }
}
