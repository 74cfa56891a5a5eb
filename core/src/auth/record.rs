//! What of a session outlives the process: one record in the secret store.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::secret_store::{SecretStore, SecretStoreError};
use crate::clock::UnixSeconds;
use crate::secret::Secret;
use crate::wallet_api::{MacCredentials, Token};

/// Under which name a session is kept.
pub(super) const NAME: &str = "session";
const VERSION: u32 = 1;

/// The tokens of a session.
#[derive(Clone, Debug)]
pub(super) struct Tokens {
    /// Which sign-in they come from; no secret.
    pub(super) sign_in: String,
    pub(super) current: Arc<Held>,
    /// A refreshed token that may not be active yet.
    pub(super) pending: Option<Arc<Held>>,
}

/// A token with the moment at which it ends.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) token: Token,
    pub(super) credentials: Arc<MacCredentials>,
    /// In server time.
    pub(super) expires_at: UnixSeconds,
}

impl Held {
    pub(super) fn new(token: Token, now: UnixSeconds) -> Self {
        let credentials = Arc::new(token.credentials());
        let expires_at = now.plus(lifetime(&token));
        Self { token, credentials, expires_at }
    }

    /// The life that the server gave it, in seconds.
    pub(super) fn lifetime(&self) -> i64 {
        lifetime(&self.token)
    }
}

fn lifetime(token: &Token) -> i64 {
    i64::try_from(token.expires_in.as_secs()).unwrap_or(i64::MAX)
}

#[derive(Serialize)]
struct RecordToWrite<'a> {
    version: u32,
    sign_in: &'a str,
    current: Part<'a>,
    pending: Option<Part<'a>>,
}

#[derive(Serialize)]
struct Part<'a> {
    access_token: &'a str,
    mac_key: &'a str,
    lifetime: u64,
    expires_at: UnixSeconds,
    refresh_token: Option<&'a str>,
}

#[derive(Deserialize)]
struct RecordToRead {
    version: u32,
    #[serde(default)]
    sign_in: String,
    current: PartRead,
    pending: Option<PartRead>,
}

#[derive(Deserialize)]
struct PartRead {
    access_token: Secret,
    mac_key: Secret,
    lifetime: u64,
    expires_at: UnixSeconds,
    refresh_token: Option<Secret>,
}

impl<'a> From<&'a Arc<Held>> for Part<'a> {
    fn from(held: &'a Arc<Held>) -> Self {
        Self {
            access_token: held.token.access_token.expose(),
            mac_key: held.token.mac_key.expose(),
            lifetime: held.token.expires_in.as_secs(),
            expires_at: held.expires_at,
            refresh_token: held.token.refresh_token.as_ref().map(Secret::expose),
        }
    }
}

impl From<PartRead> for Arc<Held> {
    fn from(part: PartRead) -> Self {
        let token = Token {
            access_token: part.access_token,
            mac_key: part.mac_key,
            expires_in: std::time::Duration::from_secs(part.lifetime),
            refresh_token: part.refresh_token,
        };
        let credentials = Arc::new(token.credentials());
        Self::new(Held { token, credentials, expires_at: part.expires_at })
    }
}

impl Tokens {
    /// Writes refreshed tokens down, unless another user has signed in since.
    pub(super) fn write_again(&self, store: &dyn SecretStore) -> Result<(), SecretStoreError> {
        match Self::read(store)? {
            Some(kept) if kept.sign_in != self.sign_in => Ok(()),
            _ => self.write(store),
        }
    }

    /// The same a while after they were refreshed: another copy of the session may
    /// have written later ones down since.
    pub(super) fn write_late(&self, store: &dyn SecretStore) -> Result<(), SecretStoreError> {
        match Self::read(store)? {
            Some(kept)
                if kept.sign_in != self.sign_in || kept.current.expires_at > self.current.expires_at =>
            {
                Ok(())
            }
            _ => self.write(store),
        }
    }

    pub(super) fn write(&self, store: &dyn SecretStore) -> Result<(), SecretStoreError> {
        let record = RecordToWrite {
            version: VERSION,
            sign_in: &self.sign_in,
            current: Part::from(&self.current),
            pending: self.pending.as_ref().map(Part::from),
        };
        // Room for all of it: a buffer that grows leaves copies behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(8 * 1024));
        serde_json::to_writer(&mut *bytes, &record)
            .map_err(|_| SecretStoreError { reason: "the session can't be written down".to_owned() })?;
        store.set(NAME, &bytes)
    }

    /// The session of an earlier run, if there is one. A record that can't be
    /// read is none: the user signs in again.
    pub(super) fn read(store: &dyn SecretStore) -> Result<Option<Self>, SecretStoreError> {
        let Some(bytes) = store.get(NAME)? else { return Ok(None) };
        let Ok(record) = serde_json::from_slice::<RecordToRead>(&bytes) else { return Ok(None) };
        if record.version != VERSION {
            return Ok(None);
        }
        let RecordToRead { sign_in, current, pending, .. } = record;
        Ok(Some(Self { sign_in, current: current.into(), pending: pending.map(Into::into) }))
    }

    /// Forgets what is kept of a sign-in. Only what is surely of another one
    /// stays.
    pub(super) fn forget(store: &dyn SecretStore, sign_in: &str) -> Result<(), SecretStoreError> {
        match Self::read(store) {
            Ok(Some(kept)) if kept.sign_in != sign_in => Ok(()),
            _ => store.delete(NAME),
        }
    }

    /// Forgets these tokens, which the server refused. Those that another copy of
    /// the session has written down since are good.
    pub(super) fn forget_refused(&self, store: &dyn SecretStore) -> Result<(), SecretStoreError> {
        let refused = &self.current.token.refresh_token;
        match Self::read(store) {
            Ok(Some(kept)) if kept.current.token.refresh_token != *refused => Ok(()),
            _ => store.delete(NAME),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::MemorySecretStore;

    #[test]
    fn a_session_is_written_down_read_again_and_not_shown() {
        let part = r#"{"access_token":"t0ken","mac_key":"k3y","lifetime":60,"expires_at":9,"refresh_token":"r3fresh"}"#;
        let record = format!(r#"{{"version":1,"sign_in":"s","current":{part},"pending":{part}}}"#);
        let store = MemorySecretStore::default();
        store.set(NAME, record.as_bytes()).unwrap();
        let tokens = Tokens::read(&store).unwrap().unwrap();
        tokens.write(&store).unwrap();
        let again = Tokens::read(&store).unwrap().unwrap();
        assert_eq!(again.current.token.access_token.expose(), "t0ken");
        assert_eq!(again.pending.as_ref().unwrap().expires_at, UnixSeconds(9));
        assert_eq!(again.sign_in, "s");
        let shown = format!("{tokens:?} {store:?}");
        for secret in ["t0ken", "k3y", "r3fresh"] {
            assert!(!shown.contains(secret), "{shown}");
        }
        // What can't be read is no session, and no error that stands in the way.
        for odd in ["", "{}", &record.replace("\"version\":1", "\"version\":2")] {
            store.set(NAME, odd.as_bytes()).unwrap();
            assert!(Tokens::read(&store).unwrap().is_none(), "{odd}");
        }
    }
}
