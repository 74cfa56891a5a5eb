//! The app's keychain or keystore.

use std::fmt;
use std::sync::Arc;

use paysera_core::auth::{MemorySecretStore, SecretStore as CoreSecretStore, SecretStoreError as CoreError};
use tokio::runtime::{Handle, RuntimeFlavor};
use zeroize::Zeroizing;

/// A secret could not be kept or fetched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
#[uniffi::export(Display)]
pub enum SecretStoreError {
    /// The store refused.
    #[error("the secret store failed: {reason}")]
    Failed {
        /// What the store said; never the secret.
        reason: String,
    },
}

impl From<uniffi::UnexpectedUniFFICallbackError> for SecretStoreError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        // What was thrown may quote the secret.
        Self::Failed { reason: "it threw something else".to_owned() }
    }
}

/// A place for small secrets that outlives the process and that a backup does not
/// carry to another device: Android's Keystore, Apple's Keychain. Called from
/// threads of this library, and allowed to block.
#[uniffi::export(rust, foreign)]
pub trait SecretStore: Send + Sync {
    /// The secret kept under `name`, if there is one.
    ///
    /// # Errors
    /// [`SecretStoreError`] when the store can't be read.
    fn get(&self, name: String) -> Result<Option<Vec<u8>>, SecretStoreError>;

    /// Keeps `secret` under `name`; returns once it is stored for good.
    ///
    /// # Errors
    /// [`SecretStoreError`]; the earlier secret is kept then.
    fn set(&self, name: String, secret: Vec<u8>) -> Result<(), SecretStoreError>;

    /// Forgets the secret kept under `name`, if there is one.
    ///
    /// # Errors
    /// [`SecretStoreError`].
    fn delete(&self, name: String) -> Result<(), SecretStoreError>;

    /// Forgets every secret that this app keeps here.
    ///
    /// # Errors
    /// [`SecretStoreError`]; some may be left then.
    fn delete_all(&self) -> Result<(), SecretStoreError>;
}

/// Keeps secrets in this process only: for tests, previews and demonstrations.
#[uniffi::export]
#[must_use]
pub fn memory_secret_store() -> Arc<dyn SecretStore> {
    Arc::new(InMemory::default())
}

#[derive(Default)]
struct InMemory(MemorySecretStore);

impl SecretStore for InMemory {
    fn get(&self, name: String) -> Result<Option<Vec<u8>>, SecretStoreError> {
        Ok(self.0.get(&name).map_err(failed)?.map(|secret| secret.to_vec()))
    }

    fn set(&self, name: String, secret: Vec<u8>) -> Result<(), SecretStoreError> {
        self.0.set(&name, &Zeroizing::new(secret)).map_err(failed)
    }

    fn delete(&self, name: String) -> Result<(), SecretStoreError> {
        self.0.delete(&name).map_err(failed)
    }

    fn delete_all(&self) -> Result<(), SecretStoreError> {
        self.0.delete_all().map_err(failed)
    }
}

fn failed(error: CoreError) -> SecretStoreError {
    SecretStoreError::Failed { reason: error.reason }
}

/// The app's store as the core knows one.
pub(crate) struct AppStore(pub(crate) Arc<dyn SecretStore>);

impl AppStore {
    fn call<T>(
        &self,
        call: impl FnOnce(&dyn SecretStore) -> Result<T, SecretStoreError>,
    ) -> Result<T, CoreError> {
        let called = allowed_to_block(|| call(&*self.0));
        called.map_err(|SecretStoreError::Failed { reason }| CoreError { reason })
    }
}

/// A keystore may take its time, or ask the user: other tasks get another thread.
fn allowed_to_block<T>(call: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(call),
        _ => call(),
    }
}

impl CoreSecretStore for AppStore {
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, CoreError> {
        Ok(self.call(|store| store.get(name.to_owned()))?.map(Zeroizing::new))
    }

    fn set(&self, name: &str, secret: &[u8]) -> Result<(), CoreError> {
        self.call(|store| store.set(name.to_owned(), secret.to_vec()))
    }

    fn delete(&self, name: &str) -> Result<(), CoreError> {
        self.call(|store| store.delete(name.to_owned()))
    }

    fn delete_all(&self) -> Result<(), CoreError> {
        self.call(|store| store.delete_all())
    }
}

impl fmt::Debug for AppStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AppStore(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Broken;

    impl SecretStore for Broken {
        fn get(&self, _: String) -> Result<Option<Vec<u8>>, SecretStoreError> {
            let thrown = "java.lang.IllegalStateException: k3y";
            Err(uniffi::UnexpectedUniFFICallbackError::new(thrown).into())
        }

        fn set(&self, _: String, _: Vec<u8>) -> Result<(), SecretStoreError> {
            Err(SecretStoreError::Failed { reason: "locked".to_owned() })
        }

        fn delete(&self, _: String) -> Result<(), SecretStoreError> {
            Ok(())
        }

        fn delete_all(&self) -> Result<(), SecretStoreError> {
            Ok(())
        }
    }

    #[test]
    fn what_a_store_throws_is_an_error_and_is_not_quoted() {
        let store = AppStore(Arc::new(Broken));
        assert_eq!(store.get("a").unwrap_err().reason, "it threw something else");
        assert_eq!(store.set("a", b"b").unwrap_err().reason, "locked");
    }

    #[test]
    fn the_store_in_memory_keeps_and_forgets() {
        let store = AppStore(memory_secret_store());
        store.set("a", b"1").unwrap();
        store.set("b", b"2").unwrap();
        assert_eq!(store.get("a").unwrap().as_deref().map(Vec::as_slice), Some(&b"1"[..]));
        store.delete("a").unwrap();
        assert_eq!(store.get("a").unwrap(), None);
        store.delete_all().unwrap();
        assert_eq!(store.get("b").unwrap(), None);
    }
}
