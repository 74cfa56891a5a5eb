//! What a shell holds of an attempt: its state, a listener, and taps.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc;

use super::state::AttemptState;
use crate::journal::{AttemptId, AttemptKind};
use crate::money::Money;

/// What a person, or the embedding app, tells an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tap {
    Cancel,
    Poke,
    CashReceived,
    CashHandedOut,
    CashReturned,
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
    taps: mpsc::UnboundedSender<Tap>,
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
        taps: mpsc::UnboundedSender<Tap>,
    ) -> Self {
        let current = Mutex::new(Current { state: AttemptState::Preparing, listeners: Vec::new() });
        Self { id, kind, amount, current, taps }
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

    /// Cash-in: the cashier has the customer's cash. Counts only while the
    /// state is [`AttemptState::TakeCash`].
    pub fn cash_received(&self) {
        self.tap_while(Tap::CashReceived, |state| matches!(state, AttemptState::TakeCash { .. }));
    }

    /// Cash-out: the customer has the cash. Counts only while the state is
    /// [`AttemptState::HandOutCash`].
    pub fn cash_handed_out(&self) {
        self.tap_while(Tap::CashHandedOut, |state| matches!(state, AttemptState::HandOutCash { .. }));
    }

    /// Cash-in that did not settle: the customer has the cash back. Counts only
    /// while the state is [`AttemptState::ReturnCash`].
    pub fn cash_returned(&self) {
        self.tap_while(Tap::CashReturned, |state| matches!(state, AttemptState::ReturnCash { .. }));
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
        let _ = self.shared.taps.send(tap);
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

    fn attempt_and_taps() -> (Attempt, mpsc::UnboundedReceiver<Tap>) {
        let id = AttemptId::new(&SystemRandom).unwrap();
        let (taps, receiver) = mpsc::unbounded_channel();
        let amount = Money::from_minor(1, Currency::GEL);
        (Attempt { shared: Arc::new(Shared::new(id, AttemptKind::Collect, amount, taps)) }, receiver)
    }

    fn attempt() -> Attempt {
        attempt_and_taps().0
    }

    #[test]
    fn an_answer_about_cash_counts_only_while_it_is_asked_for() {
        let amount = Money::from_minor(1, Currency::GEL);
        let asked = [
            (AttemptState::TakeCash { amount }, Tap::CashReceived),
            (AttemptState::HandOutCash { amount }, Tap::CashHandedOut),
            (AttemptState::ReturnCash { amount }, Tap::CashReturned),
        ];
        let (attempt, mut taps) = attempt_and_taps();
        let tap_all = || {
            attempt.cash_received();
            attempt.cash_handed_out();
            attempt.cash_returned();
        };
        tap_all();
        assert_eq!(taps.try_recv().ok(), None);
        for (state, tap) in asked {
            attempt.shared.enter(state);
            tap_all();
            assert_eq!(taps.try_recv().ok(), Some(tap));
            assert_eq!(taps.try_recv().ok(), None);
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
