//! More scopes for a session that goes on (wallet-api section 3.3).

use std::sync::Arc;

use super::{Held, Inner, Session, SignedOut, Tokens, WalletApiError, is_final};
use crate::secret::Secret;
use crate::wallet_api::{ExtendedScope, Scope};

impl Session {
    /// Adds scopes that need a code of the user's, see
    /// [`crate::wallet_api::Generators::request_code`]. `scopes` are all others
    /// that the session shall keep: what is not named is lost.
    ///
    /// # Errors
    /// [`WalletApiError`]. A wrong code is `invalid_code` or `invalid_grant` and
    /// leaves the session as it is. A lost answer may end the session, because
    /// the server may have used its refresh token up.
    pub async fn extend(
        &self,
        scopes: &[Scope],
        extended: &[ExtendedScope],
        code: &Secret,
    ) -> Result<(), WalletApiError> {
        let inner = Arc::clone(&self.inner);
        let (scopes, extended, code) = (scopes.to_vec(), extended.to_vec(), code.clone());
        // As for a refresh: who gives up must not lose the token on its way.
        let task = tokio::spawn(async move {
            let _turn = inner.refreshing.lock().await;
            inner.extend(&scopes, &extended, &code).await
        });
        task.await.unwrap_or_else(|error| {
            Err(WalletApiError::InvalidRequest { reason: format!("the refresh ended early: {error}") })
        })
    }
}

impl Inner {
    async fn extend(
        &self,
        scopes: &[Scope],
        extended: &[ExtendedScope],
        code: &Secret,
    ) -> Result<(), WalletApiError> {
        let is_pending = |tokens: &Tokens| tokens.pending.is_some();
        if self.state().tokens.as_ref().is_some_and(is_pending) {
            self.refresh().await?;
        }
        let (held, _) = self.held()?;
        let refresh_token = held.token.refresh_token.as_ref().ok_or(SignedOut)?;
        match self.api.oauth().extend(refresh_token, scopes, extended, code).await {
            Ok(token) => {
                let current = Arc::new(Held::new(token, self.now()));
                let tokens = self.keep(current).await;
                Ok(self.take(tokens).await?)
            }
            Err(error) if is_final(&error) => Err(self.end().await.into()),
            Err(error) => Err(error),
        }
    }
}
