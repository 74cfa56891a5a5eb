//! The name of this installation of the app.

use std::sync::{Mutex, PoisonError};

use super::secret_store::{SecretStore, SecretStoreError};
use crate::clock::Random;
use crate::journal::InstallId;

/// Where the name is kept.
const NAME: &str = "install_id";
/// Held while one is looked for and made: of two made at once the store keeps one, and the
/// other would be that of a journal which the next start takes for another device's.
static MAKING: Mutex<()> = Mutex::new(());

/// The name of this installation of the app, made at the first call and kept in
/// the platform's keychain or keystore, which a backup does not carry to another
/// device: so a journal that a backup brought is known for what it is.
///
/// # Errors
/// [`SecretStoreError`] if it can't be read or kept, or there is no randomness.
pub fn install_id(store: &dyn SecretStore, random: &dyn Random) -> Result<InstallId, SecretStoreError> {
    let _only = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(kept) = store.get(NAME)? {
        let kept = std::str::from_utf8(&kept).ok().and_then(InstallId::parse);
        if let Some(install) = kept {
            return Ok(install);
        }
    }
    let install = InstallId::new(random).map_err(|error| SecretStoreError { reason: error.to_string() })?;
    store.set(NAME, install.to_string().as_bytes())?;
    Ok(install)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::MemorySecretStore;
    use crate::clock::SystemRandom;
    use zeroize::Zeroizing;

    #[test]
    fn an_installation_keeps_its_name_and_another_has_another() {
        let (store, other) = (MemorySecretStore::default(), MemorySecretStore::default());
        let first = install_id(&store, &SystemRandom).unwrap();
        assert_eq!(install_id(&store, &SystemRandom).unwrap(), first);
        assert_ne!(install_id(&other, &SystemRandom).unwrap(), first);
        store.set(NAME, b"\xff not a name").unwrap();
        let renewed = install_id(&store, &SystemRandom).unwrap();
        assert_eq!(install_id(&store, &SystemRandom).unwrap(), renewed);
    }

    /// Lets another thread go on between looking and keeping.
    #[derive(Debug, Default)]
    struct Slow(MemorySecretStore);

    impl SecretStore for Slow {
        fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, SecretStoreError> {
            let kept = self.0.get(name);
            std::thread::yield_now();
            kept
        }

        fn set(&self, name: &str, secret: &[u8]) -> Result<(), SecretStoreError> {
            self.0.set(name, secret)
        }

        fn delete(&self, name: &str) -> Result<(), SecretStoreError> {
            self.0.delete(name)
        }

        fn delete_all(&self) -> Result<(), SecretStoreError> {
            self.0.delete_all()
        }
    }

    #[test]
    fn whoever_asks_at_once_gets_the_name_that_is_kept() {
        for _ in 0..50 {
            let store = Slow::default();
            let names: Vec<_> = std::thread::scope(|scope| {
                let asking = [(); 8].map(|()| scope.spawn(|| install_id(&store, &SystemRandom).unwrap()));
                asking.into_iter().map(|name| name.join().unwrap()).collect()
            });
            let kept = install_id(&store, &SystemRandom).unwrap();
            assert!(names.iter().all(|name| *name == kept));
        }
    }
}
