//! Verifying with the server's key, fetched when it is needed.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::{CallbackError, CallbackEvent, CallbackKey};
use crate::wallet_api::{WalletApi, WalletApiError};

/// A signature that does not fit may mean that the key was changed. Whoever
/// posts nonsense must not make us ask for it all the time.
const KEY_REFETCH: Duration = Duration::from_secs(60);
/// The same after a fetch that failed: shorter, because callbacks wait at the
/// server for us to get the key.
const FAILED_REFETCH: Duration = Duration::from_secs(10);
/// Who posts callbacks does not wait for an answer for long.
const FETCH_PATIENCE: Duration = Duration::from_secs(10);

/// Verifies callbacks with the key of the server. It fetches the key when that
/// is first needed, and again, at most once a minute, when a signature does not
/// fit the key that it has: the server may have another one since. Callbacks
/// that fit never wait for that. Cheap to clone; all clones have one key.
#[derive(Clone)]
pub struct CallbackVerifier {
    inner: Arc<Inner>,
}

struct Inner {
    api: WalletApi,
    state: Mutex<State>,
    fetching: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    key: Option<Arc<CallbackKey>>,
    /// The end of the latest fetch, and why it failed if it did.
    fetched: Option<(Instant, Result<(), CallbackError>)>,
    /// Counts fetches, good or bad: who waited for one does not make another.
    fetches: u64,
}

impl CallbackVerifier {
    /// Fetches the key from the server of `api` when it is first needed. The
    /// client's credentials are not used.
    #[must_use]
    pub fn new(api: WalletApi) -> Self {
        let inner = Inner {
            api: api.within(FETCH_PATIENCE),
            state: Mutex::default(),
            fetching: tokio::sync::Mutex::default(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Verifies a callback: `event` and `sign` as they are in the form after it
    /// was decoded, and not changed in any way (wallet-api section 10).
    ///
    /// # Errors
    /// [`CallbackError`]; only for [`CallbackError::NoKey`] and
    /// [`CallbackError::Key`] is it worth to have the server send it again.
    pub async fn verify(&self, event: &str, sign: &str) -> Result<CallbackEvent, CallbackError> {
        let seen = match self.inner.verify(event, sign) {
            Verdict::Known(verified) => return verified,
            Verdict::NeedsKey { fetches } => fetches,
        };
        self.fetch(seen).await;
        match self.inner.verify(event, sign) {
            Verdict::Known(verified) => verified,
            // The fetch can only have been stopped: its runtime shuts down.
            Verdict::NeedsKey { .. } => Err(CallbackError::NoKey(Arc::new(WalletApiError::InvalidRequest {
                reason: "the key's fetch ended early".to_owned(),
            }))),
        }
    }

    /// Fetches the key, unless that was done since `seen` fetches. In a task of
    /// its own: who hangs up in the middle must not make the fetch uncounted.
    async fn fetch(&self, seen: u64) {
        let inner = Arc::clone(&self.inner);
        let task = tokio::spawn(async move {
            let _turn = inner.fetching.lock().await;
            if inner.state().fetches == seen {
                inner.fetch().await;
            }
        });
        if let Err(error) = task.await {
            tracing::warn!(%error, "the fetch of the callback key ended early");
        }
    }
}

/// What can be said of a callback without a request.
enum Verdict {
    Known(Result<CallbackEvent, CallbackError>),
    /// The server has to be asked for its key.
    NeedsKey {
        fetches: u64,
    },
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn verify(&self, event: &str, sign: &str) -> Verdict {
        let (key, fetched, fetches) = {
            let state = self.state();
            (state.key.clone(), state.fetched.clone(), state.fetches)
        };
        let verified = key.map(|key| key.verify(event, sign));
        match (verified, fetched) {
            (Some(verified), _) if !matches!(verified, Err(CallbackError::NotSigned)) => {
                Verdict::Known(verified)
            }
            (Some(not_signed), Some((at, Ok(())))) if at.elapsed() < KEY_REFETCH => {
                Verdict::Known(not_signed)
            }
            // Whether another key would fit is not known.
            (_, Some((at, Err(error)))) if at.elapsed() < FAILED_REFETCH => Verdict::Known(Err(error)),
            _ => Verdict::NeedsKey { fetches },
        }
    }

    async fn fetch(&self) {
        let fetched = match self.api.server().callback_key().await {
            Ok(pem) => CallbackKey::from_pem(&pem).map_err(CallbackError::Key),
            Err(error) => Err(CallbackError::NoKey(Arc::new(error))),
        };
        let mut state = self.state();
        state.fetches = state.fetches.saturating_add(1);
        let outcome = fetched.map(|key| state.key = Some(Arc::new(key)));
        state.fetched = Some((Instant::now(), outcome));
    }
}

impl fmt::Debug for CallbackVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CallbackVerifier(..)")
    }
}

#[cfg(test)]
mod tests;
