//! Where a device keeps its journal and its secrets.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use paysera_core::auth::{SecretStore, SecretStoreError};
use paysera_core::clock::UnixSeconds;
use paysera_core::code::WalletId;
use paysera_core::journal::{InstallId, Journal, JournalOwner};
use zeroize::Zeroizing;

use crate::soak::Trouble;
use crate::soak::words::Role;

/// The journal of a device.
pub(in crate::soak) fn journal(
    folder: &Path,
    role: Role,
    wallet: u64,
    now: UnixSeconds,
) -> Result<Journal, Trouble> {
    let install = InstallId::parse(role.install()).ok_or("an install identifier")?;
    let folder = folder.join(role.folder());
    fs::create_dir_all(&folder)?;
    let journal = Journal::open(&folder, JournalOwner { install, wallet: WalletId::new(wallet)? }, now)?;
    match journal.set_aside() {
        Some(aside) => Err(format!("the journal was set aside: {aside:?}").into()),
        None => Ok(journal),
    }
}

/// Secrets in files, each replaced as a whole: a keystore that outlives the process.
#[derive(Debug)]
pub(super) struct FileStore(pub(super) PathBuf);

impl FileStore {
    fn path(&self, name: &str) -> PathBuf {
        let name: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        self.0.join(format!("secret-{name}"))
    }

    fn write(&self, name: &str, secret: &[u8]) -> std::io::Result<()> {
        let (path, next) = (self.path(name), self.path(&format!("{name}.next")));
        let mut file = File::create(&next)?;
        file.write_all(secret)?;
        file.sync_all()?;
        fs::rename(next, path)
    }
}

fn failed(error: std::io::Error) -> SecretStoreError {
    SecretStoreError { reason: error.to_string() }
}

impl SecretStore for FileStore {
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, SecretStoreError> {
        match fs::read(self.path(name)) {
            Ok(secret) => Ok(Some(Zeroizing::new(secret))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    fn set(&self, name: &str, secret: &[u8]) -> Result<(), SecretStoreError> {
        self.write(name, secret).map_err(failed)
    }

    fn delete(&self, name: &str) -> Result<(), SecretStoreError> {
        match fs::remove_file(self.path(name)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(failed(error)),
            _ => Ok(()),
        }
    }

    /// The soak forgets the folder as a whole.
    fn delete_all(&self) -> Result<(), SecretStoreError> {
        Ok(())
    }
}
