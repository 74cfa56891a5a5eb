//! Opening a journal, of a till and of a phone alike.

use std::path::Path;
use std::sync::Arc;

use paysera_core::auth::install_id;
use paysera_core::clock::{Clock as _, SystemClock, SystemRandom};
use paysera_core::code::WalletId;
use paysera_core::journal::{Journal, JournalOwner};

use crate::error::ApiError;
use crate::runtime::Engine;
use crate::secret_store::AppStore;

/// Opens the journal of `wallet` in `folder`, or one that dies with the process.
pub(crate) fn open_journal(
    engine: &Engine,
    store: &AppStore,
    folder: Option<&str>,
    wallet: WalletId,
) -> Result<Arc<Journal>, ApiError> {
    if folder.is_some_and(str::is_empty) {
        return Err(ApiError::rejected("journal_folder", "is empty"));
    }
    let owner = JournalOwner { install: install_id(store, &SystemRandom)?, wallet };
    let journal = Arc::new(match folder {
        Some(folder) => Journal::open(Path::new(folder), owner, SystemClock.now())?,
        None => Journal::in_memory(owner)?,
    });
    engine.keep_journal(&journal)?;
    Ok(journal)
}
