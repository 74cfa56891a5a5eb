//! A signed-in user: credentials that keep themselves fresh.

mod end;
mod extend;
mod keeping;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use keeping::Unwritten;

use super::record::{Held, Tokens};
use super::secret_store::{SecretStore, SecretStoreError};
use crate::clock::UnixSeconds;
use crate::wallet_api::{
    Activation, Credentials, CredentialsFuture, MacCredentials, RenewalFuture, SignedOut, WalletApi,
    WalletApiError,
};

/// A token is refreshed when it has no longer to live than this.
const MARGIN: i64 = 60;
/// A token that was refreshed so short a time ago is used as it is, and where it
/// is refused its call is only repeated (wallet-api section 3.2).
const YOUNG: Duration = Duration::from_secs(15);
/// Pauses after failed refreshes grow up to this many.
const MOST_FAILURES: u32 = 4;

/// A user's session. Implements [`Credentials`]: it refreshes its token before
/// that ends, once however many calls wait for it, and writes the new one down
/// before it is used. Cheap to clone; all clones are one session.
#[derive(Clone)]
pub struct Session {
    inner: Arc<Inner>,
}

struct Inner {
    /// Signs with the credentials of the app or device.
    api: WalletApi,
    store: Arc<dyn SecretStore>,
    activation: Activation,
    sign_in: String,
    state: Mutex<State>,
    refreshing: tokio::sync::Mutex<()>,
}

struct State {
    /// `None` once signed out.
    tokens: Option<Tokens>,
    refreshed_at: Option<Instant>,
    /// Counts refreshes, good or bad, so that those who waited for one take its
    /// result instead of making another.
    refreshes: u64,
    failures: u32,
    /// Why the latest refresh failed, and when the next may be made.
    failed: Option<(Arc<WalletApiError>, Instant)>,
    unwritten: Option<Unwritten>,
}

impl State {
    fn is_young(&self) -> bool {
        self.refreshed_at.is_some_and(|at| at.elapsed() < YOUNG)
    }
}

impl Session {
    pub(super) fn new(
        api: WalletApi,
        store: Arc<dyn SecretStore>,
        activation: Activation,
        tokens: Tokens,
    ) -> Self {
        let sign_in = tokens.sign_in.clone();
        let state = State {
            tokens: Some(tokens),
            refreshed_at: None,
            refreshes: 0,
            failures: 0,
            failed: None,
            unwritten: None,
        };
        let (state, refreshing) = (Mutex::new(state), tokio::sync::Mutex::new(()));
        Self { inner: Arc::new(Inner { api, store, activation, sign_in, state, refreshing }) }
    }

    /// Whether the user has to sign in again.
    #[must_use]
    pub fn is_signed_out(&self) -> bool {
        self.inner.state().tokens.is_none()
    }

    async fn fresh(&self) -> Result<Arc<MacCredentials>, WalletApiError> {
        let (held, refreshes) = self.inner.held()?;
        if !self.inner.is_ending(&held) {
            self.inner.write_late();
            return Ok(Arc::clone(&held.credentials));
        }
        let refreshed = self.refresh(refreshes).await;
        if refreshed.is_err() {
            self.inner.write_late();
        }
        match refreshed {
            Ok(()) => Ok(Arc::clone(&self.inner.held()?.0.credentials)),
            // It is still good for a while.
            Err(WalletApiError::NotRenewed(_)) if !self.inner.is_over(&held) => {
                Ok(Arc::clone(&held.credentials))
            }
            Err(error) => Err(error),
        }
    }

    async fn renewed(&self, refused: &MacCredentials) -> Result<bool, WalletApiError> {
        let (held, refreshes) = self.inner.held()?;
        // A token may live for less than it is young.
        let is_young = self.inner.state().is_young() && !self.inner.is_over(&held);
        if !held.credentials.is_same(refused) || is_young {
            return Ok(true);
        }
        self.refresh(refreshes).await.map(|()| true)
    }

    /// Refreshes, unless that was done since `seen` refreshes. In a task of its
    /// own: a caller who gives up must not lose the token that is on its way.
    async fn refresh(&self, seen: u64) -> Result<(), WalletApiError> {
        let inner = Arc::clone(&self.inner);
        let task = tokio::spawn(async move {
            let _turn = inner.refreshing.lock().await;
            {
                let state = inner.state();
                let waits = state.failed.as_ref().filter(|(_, until)| *until > Instant::now());
                if let Some((error, _)) = waits {
                    return Err(WalletApiError::NotRenewed(Arc::clone(error)));
                }
                if state.refreshes != seen && state.failed.is_none() {
                    return Ok(());
                }
            }
            inner.refresh().await
        });
        task.await.unwrap_or_else(|error| {
            Err(WalletApiError::InvalidRequest { reason: format!("the refresh ended early: {error}") })
        })
    }
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn held(&self) -> Result<(Arc<Held>, u64), SignedOut> {
        let state = self.state();
        let tokens = state.tokens.as_ref().ok_or(SignedOut)?;
        Ok((Arc::clone(&tokens.current), state.refreshes))
    }

    /// Whether a token has to be refreshed before it is used.
    fn is_ending(&self, held: &Held) -> bool {
        // A token of two minutes must not be refreshed with every call.
        let margin = MARGIN.min(held.lifetime() / 4);
        let left = held.expires_at.since(self.now());
        if held.token.refresh_token.is_none() || left > margin {
            return false;
        }
        // Nor one whose life is shorter than it is young. By the server's clock,
        // too: when that has jumped, the token is as old as it says.
        let age = u64::try_from(held.lifetime().saturating_sub(left)).unwrap_or_default();
        Duration::from_secs(age) >= YOUNG || !self.state().is_young()
    }

    fn is_over(&self, held: &Held) -> bool {
        held.expires_at <= self.now()
    }

    /// One refresh, and what follows from how it went.
    async fn refresh(&self) -> Result<(), WalletApiError> {
        let refreshed = self.try_refresh().await;
        match refreshed {
            Ok(tokens) => Ok(self.take(tokens).await?),
            Err(error) if is_final(&error) => Err(self.end().await.into()),
            Err(error) => {
                let error = Arc::new(error);
                let mut state = self.state();
                state.refreshes = state.refreshes.wrapping_add(1);
                state.failures = state.failures.saturating_add(1).min(MOST_FAILURES);
                let cubed = Duration::from_secs(u64::from(state.failures.saturating_pow(3)));
                let pause = cubed.saturating_add(self.api.jitter(cubed / 2));
                let pause = pause.max(error.retry_after().unwrap_or_default());
                state.failed = Instant::now().checked_add(pause).map(|until| (Arc::clone(&error), until));
                Err(WalletApiError::NotRenewed(error))
            }
        }
    }

    /// Goes on with new tokens.
    async fn take(&self, tokens: Tokens) -> Result<(), SignedOut> {
        let Err(unwanted) = self.replace(tokens) else { return Ok(()) };
        self.revoke(&unwanted).await;
        Err(SignedOut)
    }

    /// Gives the tokens back if the user has signed out in the meantime.
    fn replace(&self, tokens: Tokens) -> Result<(), Tokens> {
        let mut state = self.state();
        if state.tokens.is_none() {
            return Err(tokens);
        }
        state.tokens = Some(tokens);
        state.refreshed_at = Some(Instant::now());
        state.refreshes = state.refreshes.wrapping_add(1);
        (state.failures, state.failed) = (0, None);
        Ok(())
    }

    async fn try_refresh(&self) -> Result<Tokens, WalletApiError> {
        let tokens = self.state().tokens.clone().ok_or(SignedOut)?;
        if let Some(pending) = &tokens.pending {
            // The answer of its activation was lost, or never asked for.
            match self.activate(pending).await {
                Err(error) if error.server().is_some_and(|error| matches!(error.status, 400 | 404)) => {}
                activated => return activated,
            }
        }
        let refresh_token = tokens.current.token.refresh_token.as_ref().ok_or(SignedOut)?;
        let token = self.api.oauth().refresh(refresh_token, self.activation).await?;
        let held = Arc::new(Held::new(token, self.now()));
        match self.activation {
            Activation::AtOnce => Ok(self.keep(held).await),
            Activation::Separate => {
                let waiting = Tokens { pending: Some(Arc::clone(&held)), ..tokens };
                // Nothing is lost yet if it can't be written down: the old token is good.
                self.write(&waiting)
                    .await
                    .map_err(|error| WalletApiError::InvalidRequest { reason: error.to_string() })?;
                // What is not activated opens nothing.
                *self.state().tokens.as_mut().ok_or(SignedOut)? = waiting;
                self.activate(&held).await
            }
        }
    }

    async fn activate(&self, pending: &Held) -> Result<Tokens, WalletApiError> {
        let token = self.api.oauth().activate(&pending.token.access_token).await?;
        Ok(self.keep(Arc::new(Held::new(token, self.now()))).await)
    }

    fn now(&self) -> UnixSeconds {
        self.api.server_now()
    }
}

/// The server will never refresh this token (the texts of wallet-api section
/// 3.2), and the official clients sign the user out.
fn is_final(error: &WalletApiError) -> bool {
    const FINAL: [&str; 3] =
        ["Refresh token expired", "No such refresh token", "Refresh token status invalid"];
    matches!(error, WalletApiError::SignedOut(_))
        || error.server().is_some_and(|error| {
            error.code == "invalid_grant"
                && error.description.as_deref().is_some_and(|words| FINAL.contains(&words))
        })
}

impl Credentials for Session {
    fn current(&self) -> CredentialsFuture<'_> {
        Box::pin(self.fresh())
    }

    fn renew<'a>(&'a self, refused: &'a MacCredentials) -> RenewalFuture<'a> {
        Box::pin(self.renewed(refused))
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Session(..)")
    }
}

#[cfg(test)]
mod tests;
