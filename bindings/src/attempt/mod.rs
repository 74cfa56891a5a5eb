//! One operation that can move money, from tap to its end.

mod row;
mod state;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use paysera_core::attempt::{Attempt as CoreAttempt, AttemptState as CoreState};
use paysera_core::journal::{AttemptId, AttemptKind as CoreKind};
use tokio::task::AbortHandle;

pub use row::AttemptRecord;
pub use state::{AttemptState, CancelReason, CancelledBy, CashStep, DeclinedBy, Receipt, WaitingFor};

use crate::code::Code;
use crate::error::{ApiError, ErrorKind};
use crate::money::Money;
use crate::runtime::{Engine, contained};

/// The kinds of operation that can move money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum AttemptKind {
    /// The merchant takes a payment.
    Collect,
    /// The merchant gives cash, the customer's account is debited.
    CashOut,
    /// The merchant takes cash, the customer's account is credited.
    CashIn,
    /// The merchant gives a settled payment back, or a part of it.
    Refund,
    /// The customer pays.
    Pay,
}

impl From<CoreKind> for AttemptKind {
    fn from(kind: CoreKind) -> Self {
        match kind {
            CoreKind::Collect => Self::Collect,
            CoreKind::CashOut => Self::CashOut,
            CoreKind::CashIn => Self::CashIn,
            CoreKind::Refund => Self::Refund,
            CoreKind::Pay => Self::Pay,
        }
    }
}

/// The listener threw; the attempt does not care.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum ListenerError {
    /// It threw.
    #[error("the listener threw")]
    Threw,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for ListenerError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Threw
    }
}

/// Is told the states of an attempt.
#[uniffi::export(foreign)]
pub trait AttemptListener: Send + Sync {
    /// The current state first, then each later one, in order, one call at a time,
    /// on a thread of this library. The last one is final.
    ///
    /// # Errors
    /// [`ListenerError`]; it is told the next state all the same.
    fn on_state(&self, state: AttemptState) -> Result<(), ListenerError>;

    /// There are no more states: the last one was final, or the library was shut
    /// down. Not called for a subscription that was cancelled.
    ///
    /// # Errors
    /// [`ListenerError`], of no consequence.
    fn on_end(&self) -> Result<(), ListenerError>;
}

/// A running or ended attempt. Dropping it stops nothing.
#[derive(Debug, uniffi::Object)]
pub struct Attempt {
    engine: Arc<Engine>,
    inner: CoreAttempt,
}

/// A listener's subscription. It ends when it is cancelled or dropped.
#[derive(Debug, uniffi::Object)]
pub struct AttemptSubscription {
    task: AbortHandle,
    is_cancelled: Arc<AtomicBool>,
}

#[uniffi::export]
impl AttemptSubscription {
    /// The listener is told nothing more, but for a state that it is being told.
    pub fn cancel(&self) {
        self.is_cancelled.store(true, Ordering::Release);
        self.task.abort();
    }
}

impl Drop for AttemptSubscription {
    fn drop(&mut self) {
        self.cancel();
    }
}

/// A listener with its subscription.
struct Listening {
    listener: Arc<dyn AttemptListener>,
    is_cancelled: Arc<AtomicBool>,
    /// Held during a call: one at a time, also when the runtime ends meanwhile.
    calls: Mutex<()>,
}

impl Listening {
    /// Tells a state on a thread that may block. What the app throws, or how it panics,
    /// ends nothing.
    async fn tell(self: &Arc<Self>, state: AttemptState) {
        let listening = Arc::clone(self);
        let told = tokio::task::spawn_blocking(move || listening.call(|listener| listener.on_state(state)));
        if let Ok(Err(error)) = told.await {
            tracing::warn!(%error, "told a state");
        }
    }

    fn call(
        &self,
        call: impl FnOnce(&dyn AttemptListener) -> Result<(), ListenerError>,
    ) -> Result<(), ListenerError> {
        // Before waiting, too: a call that goes on may wait for this thread.
        if self.is_cancelled.load(Ordering::Acquire) {
            return Ok(());
        }
        let _only = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        if self.is_cancelled.load(Ordering::Acquire) { Ok(()) } else { call(&*self.listener) }
    }
}

/// Tells a listener the end, also where its task ends with the runtime.
struct End(Arc<Listening>);

impl Drop for End {
    fn drop(&mut self) {
        // What it throws is of no consequence, and so is a panic.
        let _ = catch_unwind(AssertUnwindSafe(|| self.0.call(|listener| listener.on_end())));
    }
}

impl Attempt {
    pub(crate) fn of(engine: &Arc<Engine>, inner: CoreAttempt) -> Arc<Self> {
        Arc::new(Self { engine: Arc::clone(engine), inner })
    }
}

#[uniffi::export]
impl Attempt {
    /// The attempt's identifier, made on the device.
    #[must_use]
    pub fn id(&self) -> String {
        self.inner.id().to_string()
    }

    /// What kind of operation it is.
    #[must_use]
    pub fn kind(&self) -> AttemptKind {
        self.inner.kind().into()
    }

    /// The amount that was asked for.
    #[must_use]
    pub fn amount(&self) -> Money {
        self.inner.amount().into()
    }

    /// The current state.
    #[must_use]
    pub fn state(&self) -> AttemptState {
        self.inner.state().into()
    }

    /// Tells `listener` the states until the subscription ends. The packages have
    /// a flow and a stream of them.
    #[must_use]
    pub fn subscribe(&self, listener: Arc<dyn AttemptListener>) -> Arc<AttemptSubscription> {
        let mut states = self.inner.watch();
        let is_cancelled = Arc::new(AtomicBool::new(false));
        let listening =
            Listening { listener, is_cancelled: Arc::clone(&is_cancelled), calls: Mutex::default() };
        let listening = Arc::new(listening);
        let end = End(Arc::clone(&listening));
        if self.engine.ensure_running().is_err() {
            // Where it stands is known all the same.
            let _ = contained(|| Ok(listening.call(|listener| listener.on_state(self.state()))));
        }
        let task = self.engine.spawn(async move {
            while let Some(state) = states.next().await {
                listening.tell(state.into()).await;
            }
            // On a thread that may block.
            let _ = tokio::task::spawn_blocking(move || drop(end)).await;
        });
        Arc::new(AttemptSubscription { task: task.abort_handle(), is_cancelled })
    }

    /// Waits for the end and gives the final state.
    ///
    /// # Errors
    /// [`ApiError::ShutDown`]; the attempt goes on after the next start.
    pub async fn ended(&self) -> Result<AttemptState, ApiError> {
        let inner = self.inner.clone();
        let state = self.engine.run(async move { Ok::<_, ApiError>(inner.ended().await) }).await?;
        Ok(state.into())
    }

    /// Asks to take the operation back. What becomes of it is the server's word:
    /// it can have settled already.
    pub fn cancel(&self) {
        self.inner.cancel();
    }

    /// Has the server looked at now: after a push message.
    pub fn poke(&self) {
        self.inner.poke();
    }

    /// Cash-in: the cashier has the customer's cash. Counts only while the state
    /// asks for it.
    pub fn cash_received(&self) {
        self.inner.cash_received();
    }

    /// Cash-out: the customer has the cash. Counts only while the state asks for it.
    pub fn cash_handed_out(&self) {
        self.inner.cash_handed_out();
    }

    /// The customer has the cash back. Counts only while the state asks for it.
    pub fn cash_returned(&self) {
        self.inner.cash_returned();
    }

    /// The cash was not moved. Counts only while the state asks about it.
    pub fn cash_not_moved(&self) {
        self.inner.cash_not_moved();
    }

    /// Cash-out: whether the customer is who the account belongs to. Counts only
    /// while the state asks for it; `false` takes the operation back.
    pub fn identity_checked(&self, confirmed: bool) {
        self.inner.identity_checked(confirmed);
    }

    /// Cash-out: another reservation code of the customer's, after the first was
    /// refused.
    ///
    /// # Errors
    /// `wrong_code` for a code of another kind; [`ApiError::ShutDown`].
    pub fn use_code(&self, code: &Code) -> Result<(), ApiError> {
        contained(|| {
            self.engine.ensure_running()?;
            self.inner.use_code(code.reservation()?);
            Ok(())
        })
    }

    /// A payment that is held: take so much of it, the rest goes back to the payer.
    ///
    /// # Errors
    /// `rejected_input` unless the amount is more than zero, not more than what was asked
    /// for, and in its currency; [`ApiError::ShutDown`].
    pub fn settle(&self, amount: Money) -> Result<(), ApiError> {
        contained(|| {
            self.engine.ensure_running()?;
            Ok(self.inner.settle(amount.try_into()?)?)
        })
    }
}

/// A text that is no identifier names no attempt.
pub(crate) fn attempt_id(text: &str) -> Result<AttemptId, ApiError> {
    let missing = || ApiError::local(ErrorKind::NotFound, "not_found", "not_found: no attempt has this name");
    AttemptId::parse(text).ok_or_else(missing)
}

impl From<CoreState> for AttemptState {
    fn from(state: CoreState) -> Self {
        state::of(state)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::time::Duration;

    use paysera_e2e::Shop;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(30);

    /// Waits for the library in its call, as an app may do that should not.
    struct Waiting {
        engine: Arc<Engine>,
        inside: Mutex<Sender<()>>,
        go_on: Mutex<Receiver<()>>,
    }

    impl AttemptListener for Waiting {
        fn on_state(&self, _: AttemptState) -> Result<(), ListenerError> {
            self.inside.lock().unwrap().send(()).unwrap();
            self.go_on.lock().unwrap().recv().unwrap();
            let engine = Arc::clone(&self.engine);
            let waiting = std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
                runtime.block_on(engine.run(async { Ok::<_, ApiError>(()) })).unwrap();
            });
            waiting.join().unwrap();
            self.inside.lock().unwrap().send(()).unwrap();
            Ok(())
        }

        fn on_end(&self) -> Result<(), ListenerError> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn listeners_that_are_cancelled_in_a_call_do_not_stop_the_library() {
        let shop = Shop::open().await;
        let engine = Engine::start().unwrap();
        let attempt = Attempt::of(&engine, shop.collect("r", 100).await.unwrap());
        let mut told = Vec::new();
        // As many as the library has threads that don't wait.
        for _ in 0..2 {
            let ((inside, is_inside), (go, go_on)) = (channel(), channel());
            let (inside, go_on) = (Mutex::new(inside), Mutex::new(go_on));
            let listener = Waiting { engine: Arc::clone(&engine), inside, go_on };
            told.push((attempt.subscribe(Arc::new(listener)), is_inside, go));
        }
        told.iter().for_each(|(_, is_inside, _)| is_inside.recv_timeout(PATIENCE).unwrap());
        told.iter().for_each(|(subscription, ..)| subscription.cancel());
        told.iter().for_each(|(.., go)| go.send(()).unwrap());
        for (_, is_inside, _) in &told {
            is_inside.recv_timeout(PATIENCE).unwrap();
        }
        engine.shut_down().unwrap();
    }
}
