//! How a session ends: by its user, or by the server.

use std::sync::Arc;
use std::time::Duration;

use super::{Inner, SecretStoreError, Session, SignedOut, Tokens};

/// Signing out waits no longer for the server.
const SIGN_OUT_PATIENCE: Duration = Duration::from_secs(10);

impl Session {
    /// Ends the session: forgets the tokens here and in the store, then tells
    /// the server, which may fail without harm since nobody knows them any more.
    /// It is ended as soon as this is called, and goes on to its end also for a
    /// caller who does not wait. What another user has signed in with since stays.
    ///
    /// # Errors
    /// [`SecretStoreError`] if the store could not forget; memory has.
    pub async fn sign_out(&self) -> Result<(), SecretStoreError> {
        let tokens = self.inner.state().tokens.take();
        let inner = Arc::clone(&self.inner);
        let task = tokio::spawn(async move {
            // A refresh under way would write its token down again.
            let _turn = inner.refreshing.lock().await;
            let sign_in = inner.sign_in.clone();
            let forgotten = inner.with_store(move |store| Tokens::forget(store, &sign_in)).await;
            if let Some(tokens) = tokens {
                inner.revoke(&tokens).await;
            }
            forgotten
        });
        task.await
            .unwrap_or_else(|error| Err(SecretStoreError { reason: format!("it ended early: {error}") }))
    }
}

impl Inner {
    /// Tells the server that nobody needs these tokens any more.
    pub(super) async fn revoke(&self, tokens: &Tokens) {
        let api = self.api.within(SIGN_OUT_PATIENCE);
        for held in tokens.pending.iter().chain([&tokens.current]) {
            if let Err(error) = api.oauth().revoke(&held.token.access_token).await {
                tracing::debug!(error = error.name(), "the token was not revoked");
                break;
            }
        }
    }

    /// The server has ended the session.
    pub(super) async fn end(&self) -> SignedOut {
        let ended = self.state().tokens.take();
        if let Some(tokens) = ended {
            // What is left in the store is refused again after the next start.
            if let Err(error) = self.with_store(move |store| tokens.forget_refused(store)).await {
                tracing::warn!(%error, "a session that ended is still in the secret store");
            }
        }
        SignedOut
    }
}
