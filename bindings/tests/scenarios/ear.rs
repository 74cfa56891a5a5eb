//! A listener that remembers what it was told.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use paysera_bindings::{
    ApiError, Attempt, AttemptListener, AttemptState, AttemptSubscription, Code, ListenerError, Money,
};

/// Longer than any step of a scenario should take, by far.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

struct Told(Mutex<Sender<AttemptState>>);

impl AttemptListener for Told {
    fn on_state(&self, state: AttemptState) -> Result<(), ListenerError> {
        // Nobody listens after the scenario.
        let _ = self.0.lock().unwrap_or_else(PoisonError::into_inner).send(state);
        Ok(())
    }

    fn on_end(&self) -> Result<(), ListenerError> {
        Ok(())
    }
}

/// An attempt that is listened to.
pub(crate) struct Ear {
    pub(crate) attempt: Arc<Attempt>,
    states: Receiver<AttemptState>,
    _subscription: Arc<AttemptSubscription>,
    /// The state that was waited for last: one that is told but once can be
    /// waited for again.
    current: Option<AttemptState>,
    /// The code that was presented last.
    pub(crate) code: Option<Arc<Code>>,
}

/// What a scenario says of a state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) state: &'static str,
    pub(crate) amount: Option<Money>,
    pub(crate) by: Option<String>,
    pub(crate) why: Option<String>,
    pub(crate) wanted: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) step: Option<String>,
}

impl Ear {
    pub(crate) fn to(attempt: Arc<Attempt>) -> Self {
        let (sender, states) = channel();
        let subscription = attempt.subscribe(Arc::new(Told(Mutex::new(sender))));
        Self { attempt, states, _subscription: subscription, current: None, code: None }
    }

    /// Waits until the attempt is in the state of this name.
    pub(crate) fn wait_for(&mut self, name: &str) -> Shown {
        let mut told = Vec::new();
        loop {
            if let Some(state) = &self.current {
                let shown = shown(state);
                if shown.state == name {
                    return shown;
                }
                assert!(!state.is_final(), "{name} does not come: {told:?}");
            }
            let state = self.states.recv_timeout(PATIENCE);
            let state = state.unwrap_or_else(|error| panic!("{name} does not come ({error}): {told:?}"));
            if let AttemptState::Presenting { code, .. } = &state {
                self.code = Some(Arc::clone(code));
            }
            told.push(shown(&state).state);
            self.current = Some(state);
        }
    }
}

pub(crate) fn code_of(error: &ApiError) -> String {
    match error {
        ApiError::Failed { code, .. } => code.clone(),
        ApiError::Panicked => "panicked".to_owned(),
        ApiError::ShutDown => "shut_down".to_owned(),
    }
}

fn shown(state: &AttemptState) -> Shown {
    use AttemptState as State;
    let named = |state| Shown { state, ..Shown::default() };
    match state {
        State::Preparing => named("preparing"),
        State::Presenting { .. } => named("presenting"),
        State::Waiting { wanted } => Shown { wanted: Some(lower(wanted)), ..named("waiting") },
        State::Reserved { .. } => named("reserved"),
        State::CheckIdentity { .. } => named("check_identity"),
        State::TakeCash { amount } => Shown { amount: Some(amount.clone()), ..named("take_cash") },
        State::Settling => named("settling"),
        State::HandOutCash { amount } => Shown { amount: Some(amount.clone()), ..named("hand_out_cash") },
        State::ReturnCash { amount } => Shown { amount: Some(amount.clone()), ..named("return_cash") },
        State::CashQuestion { step, amount } => {
            Shown { step: Some(lower(step)), amount: Some(amount.clone()), ..named("cash_question") }
        }
        State::Refunding => named("refunding"),
        State::Cancelling { why } => Shown { why: Some(lower(why)), ..named("cancelling") },
        State::Unknown { .. } => named("unknown"),
        State::Settled { receipt } => Shown { amount: Some(receipt.amount.clone()), ..named("settled") },
        State::Cancelled { by } => Shown { by: Some(lower(by)), ..named("cancelled") },
        State::Expired => named("expired"),
        State::Declined { by } => Shown { by: Some(lower(by)), ..named("declined") },
        State::Refunded { receipt } => Shown { amount: Some(receipt.amount.clone()), ..named("refunded") },
        State::RefundWindowClosed => named("refund_window_closed"),
        State::Failed { error } => Shown { error: Some(code_of(error)), ..named("failed") },
    }
}

/// A variant's name in lower case with underscores.
fn lower(variant: &impl std::fmt::Debug) -> String {
    let mut name = String::new();
    for letter in format!("{variant:?}").chars() {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}
