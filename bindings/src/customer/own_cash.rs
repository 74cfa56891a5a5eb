//! What becomes of the code on the customer's screen.

use std::fmt;
use std::sync::Arc;

use paysera_core::customer as core;
use tokio::sync::{Mutex, watch};

use crate::error::ApiError;
use crate::money::Money;
use crate::runtime::Engine;

/// Which code is on screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum OwnCode {
    /// A reservation code: money goes out.
    CashOut,
    /// A wallet code: money comes in.
    CashIn,
}

impl From<OwnCode> for core::OwnCode {
    fn from(code: OwnCode) -> Self {
        match code {
            OwnCode::CashOut => Self::CashOut,
            OwnCode::CashIn => Self::CashIn,
        }
    }
}

/// What a merchant did with the code on screen.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum OwnCash {
    /// The customer's money is held by a reservation code; no cash yet.
    Held {
        /// How much.
        amount: Money,
    },
    /// What was held went back: no cash.
    Released {
        /// How much.
        amount: Money,
    },
    /// It settled: the cash is, or was, handed over.
    Settled {
        /// How much.
        amount: Money,
        /// When; Unix seconds of the server's clock.
        at: i64,
    },
    /// Money went the same way, and the server does not say whether by the code:
    /// show it as a movement of the account. The code stays on screen.
    Unclear {
        /// How much.
        amount: Money,
        /// When; Unix seconds of the server's clock.
        at: i64,
    },
}

impl From<core::OwnCash> for OwnCash {
    fn from(seen: core::OwnCash) -> Self {
        match seen {
            core::OwnCash::Held { amount } => Self::Held { amount: amount.into() },
            core::OwnCash::Released { amount } => Self::Released { amount: amount.into() },
            core::OwnCash::Settled { amount, at } => Self::Settled { amount: amount.into(), at: at.0 },
            core::OwnCash::Unclear { amount, at } => Self::Unclear { amount: amount.into(), at: at.0 },
        }
    }
}

/// Looks at what becomes of a code, until it is stopped or dropped.
#[derive(uniffi::Object)]
pub struct OwnCashWatch {
    engine: Arc<Engine>,
    inner: Arc<Mutex<core::OwnCashWatch>>,
    /// What was seen, until it has reached who asked: a caller that is cancelled asks
    /// again, and the account tells it once only.
    undelivered: Arc<watch::Sender<Option<OwnCash>>>,
    /// One caller at a time, until it has what was seen: each thing is told once.
    turn: Mutex<()>,
    stopped: watch::Sender<bool>,
}

impl OwnCashWatch {
    pub(crate) fn of(engine: &Arc<Engine>, looking: core::OwnCashWatch) -> Arc<Self> {
        let inner = Arc::new(Mutex::new(looking));
        Arc::new(Self {
            engine: Arc::clone(engine),
            inner,
            undelivered: Arc::new(watch::Sender::new(None)),
            turn: Mutex::default(),
            stopped: watch::Sender::new(false),
        })
    }
}

#[uniffi::export]
impl OwnCashWatch {
    /// The next thing that becomes of the code; waits for it. Nothing once it was
    /// stopped. After a cash-out the next reservation code is to be shown. The
    /// packages have a flow and a stream of them.
    ///
    /// # Errors
    /// [`ApiError`] if the account can't be read; it can be called again.
    pub async fn next(&self) -> Result<Option<OwnCash>, ApiError> {
        let _turn = self.turn.lock().await;
        let (inner, undelivered) = (Arc::clone(&self.inner), Arc::clone(&self.undelivered));
        let mut stopped = self.stopped.subscribe();
        let look = async move {
            let mut inner = inner.lock().await;
            if let Some(seen) = undelivered.borrow().clone() {
                return Ok::<_, ApiError>(seen);
            }
            let seen: OwnCash = inner.next().await?.into();
            undelivered.send_replace(Some(seen.clone()));
            Ok(seen)
        };
        let seen = self
            .engine
            .run(async move {
                tokio::select! {
                    biased;
                    _ = stopped.wait_for(|stopped| *stopped) => Ok::<_, ApiError>(None),
                    seen = look => seen.map(Some),
                }
            })
            .await?;
        self.undelivered.send_replace(None);
        Ok(seen)
    }

    /// Looks no more: whoever waits for the next thing is told that there is none.
    pub fn stop(&self) {
        self.stopped.send_replace(true);
    }
}

impl fmt::Debug for OwnCashWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OwnCashWatch(..)")
    }
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::task::Poll;
    use std::time::Duration;

    use paysera_e2e::{Shop, gel, serve};
    use paysera_sandbox::seed::CUSTOMER;

    use super::*;

    async fn poll_once<T>(mut work: Pin<&mut impl Future<Output = T>>) -> Poll<T> {
        std::future::poll_fn(|context| Poll::Ready(work.as_mut().poll(context))).await
    }

    /// A phone that looks at its wallet code.
    async fn watched(shop: &Shop) -> (core::Customer, Arc<Engine>, Arc<OwnCashWatch>) {
        let phone = shop.phone(&CUSTOMER);
        let looking = phone.watch_own_cash(core::OwnCode::CashIn).await.unwrap();
        let engine = Engine::start().unwrap();
        let watch = OwnCashWatch::of(&engine, looking);
        (phone, engine, watch)
    }

    #[tokio::test]
    async fn what_a_caller_did_not_live_to_hear_is_told_to_the_next_one() {
        let shop = Shop::open().await;
        let (phone, engine, watch) = watched(&shop).await;
        let mut waiting = Box::pin(watch.next());
        assert!(poll_once(waiting.as_mut()).await.is_pending());
        let code = phone.cash_in_code().await.unwrap();
        serve(&shop.cash_in("in", 300, code).await.unwrap()).await;
        watch.undelivered.subscribe().wait_for(Option::is_some).await.unwrap();
        drop(waiting);
        let told = tokio::time::timeout(Duration::from_secs(30), watch.next()).await.unwrap().unwrap();
        assert!(matches!(told, Some(OwnCash::Settled { amount, .. }) if amount == gel(300).into()));
        assert_eq!(*watch.undelivered.borrow(), None);
        engine.shut_down().unwrap();
    }

    #[tokio::test]
    async fn two_callers_are_told_a_thing_once_and_after_a_stop_nothing() {
        let shop = Shop::open().await;
        let (phone, engine, watch) = watched(&shop).await;
        let mut callers = [Box::pin(watch.next()), Box::pin(watch.next())];
        for caller in &mut callers {
            assert!(poll_once(caller.as_mut()).await.is_pending());
        }
        let code = phone.cash_in_code().await.unwrap();
        serve(&shop.cash_in("in", 300, code).await.unwrap()).await;
        let [one, other] = callers;
        assert!(matches!(one.await.unwrap(), Some(OwnCash::Settled { .. })));
        watch.undelivered.send_replace(Some(OwnCash::Held { amount: gel(1).into() }));
        watch.stop();
        assert_eq!(other.await.unwrap(), None);
        for _ in 0..20 {
            assert_eq!(watch.next().await.unwrap(), None);
        }
        engine.shut_down().unwrap();
    }
}
