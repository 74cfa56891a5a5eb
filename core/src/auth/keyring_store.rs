//! Secrets in the platform's keychain or keystore.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use keyring_core::{CredentialStore, Entry, Error};
use zeroize::Zeroizing;

use super::secret_store::{SecretStore, SecretStoreError};

/// Where the names of all secrets are kept: most platforms can't list what an app
/// has stored.
const INDEX: &str = "index";

/// Keeps secrets in a credential store of the platform. Which one it is, the app
/// says: on a desktop that of the `keyring` crate, on phones those of
/// `android-native-keyring-store` and `apple-native-keyring-store`.
///
/// Calls may wait for the platform, or for the owner of the device.
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

    fn names(&self) -> Result<BTreeSet<String>, SecretStoreError> {
        let Some(index) = self.read(INDEX)? else { return Ok(BTreeSet::new()) };
        serde_json::from_slice(&index)
            .map_err(|_| SecretStoreError { reason: "the list of secrets can't be read".to_owned() })
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
        for name in self.names()? {
            self.remove(&name)?;
        }
        self.remove(INDEX)
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
mod tests {
    use keyring_core::mock;

    use super::*;

    fn stores() -> (Arc<mock::Store>, KeyringSecretStore) {
        let platform = mock::Store::new().unwrap();
        let store = KeyringSecretStore::new(platform.clone(), "com.example.till");
        (platform, store)
    }

    fn text(store: &dyn SecretStore, name: &str) -> Option<String> {
        store.get(name).unwrap().map(|secret| String::from_utf8(secret.to_vec()).unwrap())
    }

    /// Makes the next access to an entry fail.
    fn break_next(platform: &mock::Store, name: &str, error: Error) {
        let entry =
            keyring_core::api::CredentialStoreApi::build(platform, "com.example.till", name, None).unwrap();
        entry.as_any().downcast_ref::<mock::Cred>().unwrap().set_error(error);
    }

    #[test]
    fn secrets_are_kept_replaced_and_forgotten_also_binary_ones() {
        let (platform, store) = stores();
        assert_eq!(store.get("session").unwrap(), None);
        store.set("session", b"one").unwrap();
        store.set("session", b"two").unwrap();
        store.set("seed", &[0, 255, 128]).unwrap();
        // Another process of the same app.
        let again = KeyringSecretStore::new(platform, "com.example.till");
        assert_eq!(text(&again, "session").as_deref(), Some("two"));
        assert_eq!(again.get("seed").unwrap().unwrap().as_slice(), [0, 255, 128]);
        again.delete("session").unwrap();
        again.delete("session").unwrap();
        assert_eq!(text(&store, "session"), None);
        assert!(!format!("{store:?}").contains("two"));
    }

    #[test]
    fn everything_of_this_app_is_forgotten_and_nothing_of_others() {
        let (platform, store) = stores();
        let other = KeyringSecretStore::new(platform, "com.example.other");
        for name in ["session", "seed", "device"] {
            store.set(name, b"x").unwrap();
            other.set(name, b"y").unwrap();
        }
        store.delete_all().unwrap();
        store.delete_all().unwrap();
        for name in ["session", "seed", "device"] {
            assert_eq!((text(&store, name), text(&other, name).as_deref()), (None, Some("y")));
        }
    }

    #[test]
    fn what_goes_wrong_says_what_to_do_and_shows_no_secret() {
        let (platform, store) = stores();
        store.set("session", b"k3y").unwrap();
        for (error, words) in [
            (Error::NoStorageAccess("k3y".into()), "unlock"),
            (Error::BadEncoding(b"k3y".to_vec()), "sign in again"),
            (Error::BadDataFormat(b"k3y".to_vec(), "k3y".into()), "sign in again"),
            (Error::TooLong("the secret".to_owned(), 9), "longer than 9"),
        ] {
            break_next(&platform, "session", error);
            let reason = store.get("session").unwrap_err().reason;
            assert!(reason.contains(words) && !reason.contains("k3y"), "{reason}");
        }
        assert_eq!(text(&store, "session").as_deref(), Some("k3y"));
        for name in ["", INDEX] {
            assert!(
                store.set(name, b"x").is_err() && store.get(name).is_err() && store.delete(name).is_err()
            );
        }
    }

    #[test]
    fn a_secret_that_was_not_stored_leaves_the_earlier_one_and_is_no_secret_without_a_name() {
        let (platform, store) = stores();
        store.set("session", b"old").unwrap();
        break_next(&platform, "session", Error::NoStorageAccess("locked".into()));
        assert!(store.set("session", b"new").is_err());
        assert_eq!(text(&store, "session").as_deref(), Some("old"));
        break_next(&platform, INDEX, Error::NoStorageAccess("locked".into()));
        assert!(store.set("seed", b"x").is_err());
        assert_eq!(text(&store, "seed"), None);
        break_next(&platform, "session", Error::NoStorageAccess("locked".into()));
        assert!(store.delete_all().is_err());
        store.delete_all().unwrap();
        assert_eq!(text(&store, "session"), None);
    }

    #[test]
    fn without_a_store_it_is_said_how_to_get_one() {
        let error = KeyringSecretStore::with_default_store("com.example.till").unwrap_err();
        assert!(error.reason.contains("set_default_store"), "{error}");
    }
}
