//! Secrets in the platform's keychain or keystore.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use keyring_core::{CredentialStore, Entry, Error};
use zeroize::Zeroizing;

use super::record::NAME as SESSION;
use super::secret_store::{SecretStore, SecretStoreError};

/// Where the names of all secrets are kept: most platforms can't list what an app
/// has stored.
const INDEX: &str = "index";
/// Stands in the list for names that were lost with a damaged one. No secret has
/// this name.
const LOST: &str = "";

/// Keeps secrets in a credential store of the platform. Which one it is, the app
/// says: on a desktop that of the `keyring` crate, on phones those of
/// `android-native-keyring-store` and `apple-native-keyring-store`.
///
/// Calls may wait for the platform, or for the owner of the device. Where the list
/// of its secrets was damaged it begins another one, and
/// [`SecretStore::delete_all`] fails once to say that secrets may be left.
pub struct KeyringSecretStore {
    store: Arc<CredentialStore>,
    app: String,
    modifiers: HashMap<String, String>,
    /// One change of the index at a time.
    changing: Mutex<()>,
}

impl KeyringSecretStore {
    /// Keeps secrets in `store` under the name of the app, for example
    /// `com.example.till`. Two apps, or two users of one, have two names.
    #[must_use]
    pub fn new(store: Arc<CredentialStore>, app: impl Into<String>) -> Self {
        Self { store, app: app.into(), modifiers: HashMap::new(), changing: Mutex::new(()) }
    }

    /// The same in the store that the process was set up with
    /// ([`keyring_core::set_default_store`]).
    ///
    /// # Errors
    /// [`SecretStoreError`] if there is none.
    pub fn with_default_store(app: impl Into<String>) -> Result<Self, SecretStoreError> {
        let store = keyring_core::get_default_store().ok_or_else(|| SecretStoreError {
            reason: "no credential store is set up; call keyring_core::set_default_store with the \
                     platform's store before"
                .to_owned(),
        })?;
        Ok(Self::new(store, app))
    }

    /// Adds a modifier that the platform's store knows. On Apple's systems set
    /// `access-policy` to `after-first-unlock-this-device-only`, or nothing can be
    /// read while the screen is locked.
    #[must_use]
    pub fn modifier(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.modifiers.insert(name.into(), value.into());
        self
    }

    fn entry(&self, name: &str) -> Result<Entry, SecretStoreError> {
        let modifiers: HashMap<&str, &str> =
            self.modifiers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.store.build(&self.app, name, Some(&modifiers)).map_err(failed)
    }

    fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, SecretStoreError> {
        match self.entry(name)?.get_secret() {
            Ok(secret) => Ok(Some(Zeroizing::new(secret))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    fn write(&self, name: &str, secret: &[u8]) -> Result<(), SecretStoreError> {
        self.entry(name)?.set_secret(secret).map_err(failed)
    }

    fn remove(&self, name: &str) -> Result<(), SecretStoreError> {
        match self.entry(name)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(failed(error)),
        }
    }

    /// The names of all secrets. A damaged list would stand in the way for ever:
    /// it is replaced by one of what is known without it.
    fn names(&self) -> Result<BTreeSet<String>, SecretStoreError> {
        let read = match self.entry(INDEX)?.get_secret() {
            Ok(index) => serde_json::from_slice(&index).ok(),
            Err(Error::NoEntry) => Some(BTreeSet::new()),
            Err(Error::BadEncoding(_) | Error::BadDataFormat(..)) => None,
            Err(error) => return Err(failed(error)),
        };
        if let Some(names) = read {
            return Ok(names);
        }
        tracing::warn!("the list of secrets was damaged and is begun again");
        let names = BTreeSet::from([LOST.to_owned(), SESSION.to_owned()]);
        self.write_names(&names)?;
        Ok(names)
    }

    fn write_names(&self, names: &BTreeSet<String>) -> Result<(), SecretStoreError> {
        let index = serde_json::to_vec(names)
            .map_err(|_| SecretStoreError { reason: "the list of secrets can't be written".to_owned() })?;
        self.write(INDEX, &index)
    }
}

impl SecretStore for KeyringSecretStore {
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, SecretStoreError> {
        check(name)?;
        self.read(name)
    }

    fn set(&self, name: &str, secret: &[u8]) -> Result<(), SecretStoreError> {
        check(name)?;
        let _turn = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut names = self.names()?;
        // The name first: a secret without it would outlive `delete_all`.
        if names.insert(name.to_owned()) {
            self.write_names(&names)?;
        }
        self.write(name, secret)
    }

    fn delete(&self, name: &str) -> Result<(), SecretStoreError> {
        check(name)?;
        let _turn = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        self.remove(name)?;
        let mut names = self.names()?;
        if names.remove(name) { self.write_names(&names) } else { Ok(()) }
    }

    fn delete_all(&self) -> Result<(), SecretStoreError> {
        let _turn = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let names = self.names()?;
        for name in names.iter().filter(|name| *name != LOST) {
            self.remove(name)?;
        }
        self.remove(INDEX)?;
        if names.contains(LOST) {
            return Err(SecretStoreError {
                reason:
                    "the list of secrets was damaged: secrets of this app that it does not know any more \
                         may be left; the others are forgotten"
                        .to_owned(),
            });
        }
        Ok(())
    }
}

impl fmt::Debug for KeyringSecretStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyringSecretStore({}, ..)", self.app)
    }
}

fn check(name: &str) -> Result<(), SecretStoreError> {
    if name.is_empty() || name == INDEX {
        return Err(SecretStoreError { reason: "no secret can have this name".to_owned() });
    }
    Ok(())
}

/// Some of these errors carry the secret: only their own words are kept.
#[allow(clippy::needless_pass_by_value, reason = "the secret ends with the error")]
fn failed(error: Error) -> SecretStoreError {
    let reason = match error {
        Error::NoStorageAccess(_) => "the store is locked or may not be used; unlock the device".to_owned(),
        Error::NoDefaultStore => "no credential store is set up".to_owned(),
        Error::TooLong(what, limit) => format!("{what} is longer than {limit}, which the platform allows"),
        Error::BadEncoding(_) | Error::BadDataFormat(..) | Error::BadStoreFormat(_) => {
            "what the store holds can't be read; sign in again".to_owned()
        }
        Error::Invalid(what, why) => format!("{what}: {why}"),
        Error::NotSupportedByStore(what) => what,
        Error::Ambiguous(_) => "several entries have this name; delete_all and sign in again".to_owned(),
        other => other.to_string(),
    };
    SecretStoreError { reason }
}

#[cfg(test)]
mod tests;
