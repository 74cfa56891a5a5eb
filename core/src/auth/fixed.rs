//! Credentials that do not change: a client's own, or a token that somebody
//! else keeps fresh.

use std::sync::Arc;

use crate::wallet_api::{Credentials, CredentialsFuture, MacCredentials, MacKey};

/// MAC credentials given once.
#[derive(Clone, Debug)]
pub struct FixedCredentials(Arc<MacCredentials>);

impl FixedCredentials {
    /// Credentials of a client (`client_id` and `mac_key`) or of a user
    /// (`access_token` and `mac_key`). The texts are taken over and wiped on drop.
    #[must_use]
    pub fn new(id: String, mac_key: String) -> Self {
        Self(Arc::new(MacCredentials::new(id, MacKey::new(mac_key))))
    }
}

impl From<MacCredentials> for FixedCredentials {
    fn from(credentials: MacCredentials) -> Self {
        Self(Arc::new(credentials))
    }
}

impl Credentials for FixedCredentials {
    fn current(&self) -> CredentialsFuture<'_> {
        Box::pin(std::future::ready(Ok(Arc::clone(&self.0))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_neither_id_nor_key() {
        let shown = format!("{:?}", FixedCredentials::new("tok_secret".to_owned(), "k3y".to_owned()));
        assert!(!shown.contains("tok_secret") && !shown.contains("k3y"), "{shown}");
    }
}
