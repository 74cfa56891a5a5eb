//! What a shell holds of an attempt: its state, a listener, and taps.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc;

use super::machine::{Failure, Sighting, Tap};
use super::state::{AttemptState, CashStep};
use crate::code::ReservationCode;
use crate::error::ApiError;
use crate::journal::{AttemptId, AttemptKind};
use crate::money::Money;

/// What reaches the driver from outside.
#[derive(Debug)]
pub(super) enum Message {
    Tapped(Tap),
    Watched(Result<Sighting, Box<Failure>>),
}

/// A running or ended attempt. Cheap to clone; dropping it stops nothing.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub(super) shared: Arc<Shared>,
}

#[derive(Debug)]
pub(super) struct Shared {
    id: AttemptId,
    kind: AttemptKind,
    amount: Money,
    current: Mutex<Current>,
    pub(super) inbox: mpsc::UnboundedSender<Message>,
}

#[derive(Debug)]
struct Current {
    state: AttemptState,
    listeners: Vec<mpsc::UnboundedSender<AttemptState>>,
}

impl Shared {
    pub(super) fn new(
        id: AttemptId,
        kind: AttemptKind,
        amount: Money,
        state: AttemptState,
        inbox: mpsc::UnboundedSender<Message>,
    ) -> Self {
        let current = Mutex::new(Current { state, listeners: Vec::new() });
        Self { id, kind, amount, current, inbox }
    }

    pub(super) fn state(&self) -> AttemptState {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).state.clone()
    }

    /// Makes `state` the current one and tells every listener, unless it is
    /// the current one already or the attempt is over. Telling is a push into a
    /// queue: no listener's code runs under the lock.
    pub(super) fn enter(&self, state: AttemptState) {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.state == state || current.state.is_final() {
            return;
        }
        current.listeners.retain(|listener| listener.send(state.clone()).is_ok());
        if state.is_final() {
            // Listeners end after the last state.
            current.listeners.clear();
        }
        current.state = state;
    }
}

impl Attempt {
    /// The attempt's identifier, which the server keeps in the payment's
    /// parameters.
    #[must_use]
    pub fn id(&self) -> AttemptId {
        self.shared.id
    }

    /// What kind of operation it is.
    #[must_use]
    pub fn kind(&self) -> AttemptKind {
        self.shared.kind
    }

    /// The amount that was asked for.
    #[must_use]
    pub fn amount(&self) -> Money {
        self.shared.amount
    }

    /// The current state.
    #[must_use]
    pub fn state(&self) -> AttemptState {
        self.shared.state()
    }

    /// A listener: the current state first, then each later one, in order; it
    /// ends after a final state.
    #[must_use]
    pub fn watch(&self) -> StateStream {
        let (sender, states) = mpsc::unbounded_channel();
        let mut current = self.shared.current.lock().unwrap_or_else(PoisonError::into_inner);
        // The receiver lives in this function: sending can't fail.
        let _ = sender.send(current.state.clone());
        if !current.state.is_final() {
            current.listeners.push(sender);
        }
        StateStream { states }
    }

    /// Asks to take the operation back. What becomes of it is the server's
    /// word: it can have settled already. A customer's payment, once accepted,
    /// is the merchant's to take back: there it does nothing.
    pub fn cancel(&self) {
        self.tap(Tap::Cancel);
    }

    /// Asks the server now, instead of at the next poll: after a push message,
    /// when the app comes to the foreground, when the network is back.
    pub fn poke(&self) {
        self.tap(Tap::Poke);
    }

    /// The customer scanned the same transaction and said yes again: it is asked
    /// for once more where nobody knew whether they were still there.
    pub(crate) fn pay_again(&self) {
        self.tap(Tap::PayAgain);
    }

    /// Cash-in: the cashier has the customer's cash. Counts only while the state
    /// is [`AttemptState::TakeCash`], or asks whether that was done.
    pub fn cash_received(&self) {
        self.cash_moved(CashStep::Take);
    }

    /// Cash-out: the customer has the cash. Counts only while the state is
    /// [`AttemptState::HandOutCash`], or asks whether that was done.
    pub fn cash_handed_out(&self) {
        self.cash_moved(CashStep::HandOut);
    }

    /// A cash-in that did not settle, or is undone: the customer has the cash
    /// back. Counts only while the state is [`AttemptState::ReturnCash`], or asks
    /// whether that was done.
    pub fn cash_returned(&self) {
        self.cash_moved(CashStep::Return);
    }

    /// The cash was not moved. While the state is [`AttemptState::TakeCash`] the
    /// operation is taken back then; while it is [`AttemptState::CashQuestion`]
    /// the step is asked for anew. Else it does not count.
    pub fn cash_not_moved(&self) {
        self.tap_while(Tap::CashNotMoved, |state| {
            matches!(state, AttemptState::TakeCash { .. } | AttemptState::CashQuestion { .. })
        });
    }

    /// Cash-out: whether the customer is who the account belongs to. Counts only
    /// while the state is [`AttemptState::CheckIdentity`]. `false` takes the
    /// operation back.
    pub fn identity_checked(&self, confirmed: bool) {
        let tap = Tap::Identity { confirmed };
        self.tap_while(tap, |state| matches!(state, AttemptState::CheckIdentity { .. }));
    }

    /// Cash-out: another code of the customer's, after the first was refused.
    /// Counts only while the state waits for one.
    pub fn use_code(&self, code: ReservationCode) {
        self.tap(Tap::AnotherCode(code));
    }

    /// A payment that was asked to be held: take so much of it, the rest goes
    /// back to the payer. Counts once, while the state is
    /// [`AttemptState::Reserved`].
    ///
    /// # Errors
    /// `rejected_input` unless the amount is more than zero, not more than what was asked
    /// for, and in its currency.
    pub fn settle(&self, amount: Money) -> Result<(), ApiError> {
        let held = self.amount();
        if amount.currency() != held.currency() || !(1..=held.minor()).contains(&amount.minor()) {
            let reason = format!("is more than zero and not more than {held}, not {amount}");
            return Err(ApiError::rejected("amount", reason));
        }
        self.tap_while(Tap::SettleAt(amount), |state| matches!(state, AttemptState::Reserved { .. }));
        Ok(())
    }

    /// Waits for the end.
    pub async fn ended(&self) -> AttemptState {
        let mut states = self.watch();
        let mut last = self.state();
        while let Some(state) = states.next().await {
            last = state;
        }
        last
    }

    fn cash_moved(&self, step: CashStep) {
        self.tap_while(Tap::CashMoved(step), |state| match state {
            AttemptState::TakeCash { .. } => step == CashStep::Take,
            AttemptState::HandOutCash { .. } => step == CashStep::HandOut,
            AttemptState::ReturnCash { .. } => step == CashStep::Return,
            AttemptState::CashQuestion { step: asked, .. } => step == *asked,
            _ => false,
        });
    }

    /// Passes an answer on only while it is asked for: one that was tapped too
    /// early must not wait in the queue and count later.
    fn tap_while(&self, tap: Tap, is_asked: impl Fn(&AttemptState) -> bool) {
        if is_asked(&self.shared.state()) {
            self.tap(tap);
        }
    }

    fn tap(&self, tap: Tap) {
        // Nobody listens after the end, and then there is nothing to tell.
        let _ = self.shared.inbox.send(Message::Tapped(tap));
    }
}

/// The states of an attempt, one after the other.
#[derive(Debug)]
pub struct StateStream {
    states: mpsc::UnboundedReceiver<AttemptState>,
}

impl StateStream {
    /// The next state; `None` after a final one.
    pub async fn next(&mut self) -> Option<AttemptState> {
        self.states.recv().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemRandom;
    use crate::money::Currency;

    fn attempt_and_taps() -> (Attempt, mpsc::UnboundedReceiver<Message>) {
        let id = AttemptId::new(&SystemRandom).unwrap();
        let (inbox, receiver) = mpsc::unbounded_channel();
        let amount = Money::from_minor(1, Currency::GEL);
        let state = AttemptState::Preparing;
        let shared = Shared::new(id, AttemptKind::Collect, amount, state, inbox);
        (Attempt { shared: Arc::new(shared) }, receiver)
    }

    fn tapped(messages: &mut mpsc::UnboundedReceiver<Message>) -> Option<Tap> {
        match messages.try_recv() {
            Ok(Message::Tapped(tap)) => Some(tap),
            _ => None,
        }
    }

    fn attempt() -> Attempt {
        attempt_and_taps().0
    }

    #[test]
    fn an_answer_about_cash_counts_only_while_it_is_asked_for() {
        let amount = Money::from_minor(1, Currency::GEL);
        let asked = [
            (AttemptState::TakeCash { amount }, CashStep::Take),
            (AttemptState::HandOutCash { amount }, CashStep::HandOut),
            (AttemptState::ReturnCash { amount }, CashStep::Return),
            (AttemptState::CashQuestion { step: CashStep::HandOut, amount }, CashStep::HandOut),
        ];
        let (attempt, mut taps) = attempt_and_taps();
        let tap_all = || {
            attempt.cash_received();
            attempt.cash_handed_out();
            attempt.cash_returned();
        };
        tap_all();
        assert_eq!(tapped(&mut taps), None);
        for (state, step) in asked {
            attempt.shared.enter(state);
            tap_all();
            assert_eq!(tapped(&mut taps), Some(Tap::CashMoved(step)));
            assert_eq!(tapped(&mut taps), None);
        }
    }

    #[tokio::test]
    async fn a_listener_gets_the_current_state_then_each_later_one_in_order() {
        let attempt = attempt();
        let mut early = attempt.watch();
        attempt.shared.enter(AttemptState::Settling);
        attempt.shared.enter(AttemptState::Settling);
        let mut late = attempt.watch();
        attempt.shared.enter(AttemptState::Expired);
        for expected in [AttemptState::Preparing, AttemptState::Settling, AttemptState::Expired] {
            assert_eq!(early.next().await, Some(expected));
        }
        assert_eq!(early.next().await, None);
        assert_eq!(late.next().await, Some(AttemptState::Settling));
        assert_eq!(late.next().await, Some(AttemptState::Expired));
        assert_eq!(late.next().await, None);
    }

    #[tokio::test]
    async fn nothing_comes_after_a_final_state() {
        let attempt = attempt();
        attempt.shared.enter(AttemptState::Expired);
        attempt.shared.enter(AttemptState::Settling);
        assert_eq!(attempt.state(), AttemptState::Expired);
        let mut late = attempt.watch();
        assert_eq!(late.next().await, Some(AttemptState::Expired));
        assert_eq!(late.next().await, None);
    }

    #[test]
    fn a_listener_that_went_away_is_forgotten() {
        let attempt = attempt();
        drop(attempt.watch());
        attempt.shared.enter(AttemptState::Settling);
        assert_eq!(attempt.shared.current.lock().unwrap().listeners.len(), 0);
    }
}
