//! Who signs a request.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::error::WalletApiError;

/// The secret half of MAC credentials; its memory is wiped on drop and `Debug`
/// does not show it.
#[derive(Clone)]
pub struct MacKey(Zeroizing<String>);

impl MacKey {
    /// Takes over the key's text (it is used as text, not base64-decoded).
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for MacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MacKey(..)")
    }
}

/// A MAC id with its key: a client's id or an access token (wallet-api section 2).
#[derive(Clone)]
pub struct MacCredentials {
    id: Zeroizing<String>,
    key: MacKey,
}

impl MacCredentials {
    /// Credentials of a client (`client_id`, `mac_key`) or of a user
    /// (`access_token`, `mac_key`).
    #[must_use]
    pub fn new(id: String, key: MacKey) -> Self {
        Self { id: Zeroizing::new(id), key }
    }

    /// The id that goes into the header. An access token is a secret as well,
    /// so `Debug` does not show it.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Whether they are the same, by their id.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.id == other.id
    }

    pub(super) fn key(&self) -> &MacKey {
        &self.key
    }
}

impl fmt::Debug for MacCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MacCredentials(..)")
    }
}

/// There are no credentials any more: the user has to sign in again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("signed out; sign in again")]
pub struct SignedOut;

/// What [`Credentials::current`] returns.
pub type CredentialsFuture<'a> =
    Pin<Box<dyn Future<Output = Result<Arc<MacCredentials>, WalletApiError>> + Send + 'a>>;

/// What [`Credentials::renew`] returns.
pub type RenewalFuture<'a> = Pin<Box<dyn Future<Output = Result<bool, WalletApiError>> + Send + 'a>>;

/// A source of MAC credentials; implemented in [`crate::auth`].
pub trait Credentials: Send + Sync + fmt::Debug {
    /// The credentials to sign the next request with. May wait, for example
    /// for a token to be refreshed. Fails with [`WalletApiError::SignedOut`] for
    /// good, or with [`WalletApiError::NotRenewed`] for now.
    fn current(&self) -> CredentialsFuture<'_>;

    /// The server says that `refused` ran out. Answers whether
    /// [`Credentials::current`] gives others now; those that can't be renewed
    /// never do.
    fn renew<'a>(&'a self, refused: &'a MacCredentials) -> RenewalFuture<'a> {
        let _ = refused;
        Box::pin(std::future::ready(Ok(false)))
    }
}
