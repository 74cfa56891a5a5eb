//! Where secrets outlive the process.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use zeroize::Zeroizing;

/// A secret could not be kept or fetched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the device's secret store failed: {reason}")]
pub struct SecretStoreError {
    /// What the store said; never the secret.
    pub reason: String,
}

/// A place for small secrets that outlives the process: the platform's keychain
/// or keystore.
pub trait SecretStore: Send + Sync + fmt::Debug {
    /// The secret kept under `name`, if there is one.
    ///
    /// # Errors
    /// [`SecretStoreError`] when the store can't be read.
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, SecretStoreError>;

    /// Keeps `secret` under `name`; returns once it is stored for good.
    ///
    /// # Errors
    /// [`SecretStoreError`]; the earlier secret is kept then.
    fn set(&self, name: &str, secret: &[u8]) -> Result<(), SecretStoreError>;

    /// Forgets the secret kept under `name`, if there is one.
    ///
    /// # Errors
    /// [`SecretStoreError`].
    fn delete(&self, name: &str) -> Result<(), SecretStoreError>;

    /// Forgets every secret that this app keeps here.
    ///
    /// # Errors
    /// [`SecretStoreError`]; some may be left then.
    fn delete_all(&self) -> Result<(), SecretStoreError>;
}

/// Keeps secrets in this process only: for tests and demonstrations.
#[derive(Default)]
pub struct MemorySecretStore(Mutex<HashMap<String, Zeroizing<Vec<u8>>>>);

impl SecretStore for MemorySecretStore {
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, SecretStoreError> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned())
    }

    fn set(&self, name: &str, secret: &[u8]) -> Result<(), SecretStoreError> {
        let mut secrets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        secrets.insert(name.to_owned(), Zeroizing::new(secret.to_vec()));
        Ok(())
    }

    fn delete(&self, name: &str) -> Result<(), SecretStoreError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
        Ok(())
    }

    fn delete_all(&self) -> Result<(), SecretStoreError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
        Ok(())
    }
}

impl fmt::Debug for MemorySecretStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MemorySecretStore(..)")
    }
}
