//! Writing a session down, and once more where the store failed.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::{Held, Inner, SecretStore, SecretStoreError, Tokens};

/// The pause after the first repetition that failed, too; it doubles.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
/// A store that keeps failing is asked as often as this, if there are calls.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// The tokens in use are not in the store.
pub(super) struct Unwritten {
    repetitions: u32,
    repeat_at: Instant,
}

impl Unwritten {
    fn now() -> Self {
        Self { repetitions: 0, repeat_at: Instant::now() }
    }

    /// Whether this is the call that writes them down. Counted before it is done:
    /// calls meanwhile do not do the same.
    fn is_due(&mut self) -> bool {
        let now = Instant::now();
        if self.repeat_at > now {
            return false;
        }
        let doubled = FIRST_PAUSE.saturating_mul(1_u32.checked_shl(self.repetitions).unwrap_or(u32::MAX));
        self.repetitions = self.repetitions.saturating_add(1);
        self.repeat_at = now.checked_add(doubled.min(LONGEST_PAUSE)).unwrap_or(now);
        true
    }
}

impl Inner {
    /// Writes new tokens down. The server has dropped the old ones, so where
    /// that fails the new ones are used, and written down later.
    pub(super) async fn keep(&self, current: Arc<Held>) -> Tokens {
        let tokens = Tokens { sign_in: self.sign_in.clone(), current, pending: None };
        if let Err(error) = self.write(&tokens).await {
            tracing::warn!(%error, "a refreshed session could not be written down");
            self.state().unwritten.get_or_insert_with(Unwritten::now);
        }
        tokens
    }

    pub(super) async fn write(&self, tokens: &Tokens) -> Result<(), SecretStoreError> {
        let tokens = tokens.clone();
        self.with_store(move |store| tokens.write_again(store)).await?;
        self.state().unwritten = None;
        Ok(())
    }

    /// Writes the tokens in use down if the store did not take them before: with
    /// the old ones the user would be signed out after the next start. Nobody
    /// waits for it, since stores may wait for the owner of the device.
    pub(super) fn write_late(self: &Arc<Self>) {
        if !self.state().unwritten.as_mut().is_some_and(Unwritten::is_due) {
            return;
        }
        let inner = Arc::clone(self);
        tokio::spawn(async move {
            // A refresh under way has newer ones.
            let _turn = inner.refreshing.lock().await;
            let tokens = {
                let state = inner.state();
                state.tokens.clone().filter(|_| state.unwritten.is_some())
            };
            let Some(tokens) = tokens else { return };
            match inner.with_store(move |store| tokens.write_late(store)).await {
                Ok(()) => inner.state().unwritten = None,
                Err(error) => tracing::warn!(%error, "a session could not be written down again"),
            }
        });
    }

    /// Stores of phones are slow and wait for their owners.
    pub(super) async fn with_store<F>(&self, work: F) -> Result<(), SecretStoreError>
    where
        F: FnOnce(&dyn SecretStore) -> Result<(), SecretStoreError> + Send + 'static,
    {
        let store = Arc::clone(&self.store);
        tokio::task::spawn_blocking(move || work(&*store))
            .await
            .unwrap_or_else(|error| Err(SecretStoreError { reason: format!("it ended early: {error}") }))
    }
}
