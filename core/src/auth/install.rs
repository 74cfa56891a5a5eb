//! The name of this installation of the app.

use super::secret_store::{SecretStore, SecretStoreError};
use crate::clock::Random;
use crate::journal::InstallId;

/// Where the name is kept.
const NAME: &str = "install_id";

/// The name of this installation of the app, made at the first call and kept in
/// the platform's keychain or keystore, which a backup does not carry to another
/// device: so a journal that a backup brought is known for what it is.
///
/// # Errors
/// [`SecretStoreError`] if it can't be read or kept, or there is no randomness.
pub fn install_id(store: &dyn SecretStore, random: &dyn Random) -> Result<InstallId, SecretStoreError> {
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
}
