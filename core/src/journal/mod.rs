//! What happened to each attempt, in a file of this device: an append-only list
//! of events, each written before the effect that depends on it, and beside it
//! what they come to.
//!
//! One file belongs to one installation of the app and one wallet, and is open
//! in one process. A damaged file, and one that a backup brought from another
//! device, is set aside, never deleted, and reported; what the server knows of
//! this device is then taken over before anything new begins. No secret is
//! written here. What events mean is [`crate::attempt`]'s.

mod append;
mod drawer;
mod error;
mod ids;
mod observer;
mod open;
mod read;
mod records;
mod retention;
mod setting;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;
use tokio::sync::watch;

pub(crate) use append::Commit;
pub use drawer::{DrawerMove, DrawerMoveWhy};
pub use error::JournalError;
pub use ids::{AttemptId, AttemptKind, InstallId, JournalOwner};
pub use observer::{CommitObserver, Observed};
pub use open::{SetAside, SetAsideWhy};
pub use read::Period;
pub use records::{AttemptRow, Entry, KindTotal, Settlement, StoredEntry};
pub(crate) use records::{NewAttempt, Projection};

use crate::clock::UnixSeconds;

/// The journal of one wallet on one device. It blocks while it writes; the
/// attempts call it from a thread where that is no harm.
pub struct Journal {
    owner: JournalOwner,
    place: Option<PathBuf>,
    set_aside: Mutex<Option<SetAside>>,
    connection: Mutex<Option<Connection>>,
    is_open: watch::Sender<bool>,
    observer: Option<Arc<dyn CommitObserver>>,
}

impl Journal {
    /// Opens the journal of `owner` in `folder`, or makes it. The folder must
    /// exist, be the app's own, and be left out of backups. `now` names a file
    /// that has to be set aside.
    ///
    /// # Errors
    /// [`JournalError::InUse`], [`JournalError::NewerSchema`], or
    /// [`JournalError::Storage`].
    pub fn open(folder: &Path, owner: JournalOwner, now: UnixSeconds) -> Result<Self, JournalError> {
        let path = folder.join(format!("journal-{}.sqlite", owner.wallet));
        let opened = open::open(&path, owner, now)?;
        Ok(Self {
            owner,
            place: Some(path),
            set_aside: Mutex::new(opened.set_aside),
            connection: Mutex::new(Some(opened.connection)),
            is_open: watch::Sender::new(true),
            observer: None,
        })
    }

    /// A journal that dies with the process: for tests, demonstrations and
    /// sandboxes. Production refuses it.
    ///
    /// # Errors
    /// [`JournalError::Storage`] in no known case.
    pub fn in_memory(owner: JournalOwner) -> Result<Self, JournalError> {
        let connection = open::open_in_memory(owner, UnixSeconds(0))?;
        Ok(Self {
            owner,
            place: None,
            set_aside: Mutex::default(),
            connection: Mutex::new(Some(connection)),
            is_open: watch::Sender::new(true),
            observer: None,
        })
    }

    /// Tells `observer` of every commit; it may refuse one. For tests of what
    /// happens when storage fails or the process dies.
    #[must_use]
    pub fn observed_by(mut self, observer: Arc<dyn CommitObserver>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// Whose journal it is.
    #[must_use]
    pub const fn owner(&self) -> JournalOwner {
        self.owner
    }

    /// Whether it outlives the process.
    #[must_use]
    pub const fn is_durable(&self) -> bool {
        self.place.is_some()
    }

    /// The last file that could not be used when this one was opened, or opened again.
    #[must_use]
    pub fn set_aside(&self) -> Option<SetAside> {
        self.set_aside.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Closes the file while the app is in the background: a system may end a
    /// process that holds a locked file there. Writes fail until
    /// [`Journal::resume`], so attempts stand still. Nothing happens to a journal
    /// in memory.
    ///
    /// # Errors
    /// [`JournalError::Storage`]; it stays open then.
    pub fn suspend(&self) -> Result<(), JournalError> {
        let mut connection = self.lock();
        if self.place.is_none() {
            return Ok(());
        }
        if let Some(open) = connection.take()
            && let Err((open, error)) = open.close()
        {
            *connection = Some(open);
            return Err(error.into());
        }
        self.is_open.send_replace(false);
        Ok(())
    }

    /// The app is in front again: opens the file if it was closed, and has the server
    /// looked at for every attempt that goes on.
    ///
    /// # Errors
    /// As [`Journal::open`]. A file that was damaged meanwhile is set aside.
    pub fn resume(&self, now: UnixSeconds) -> Result<Option<SetAside>, JournalError> {
        let mut connection = self.lock();
        let mut set_aside = None;
        if let (None, Some(path)) = (connection.as_ref(), &self.place) {
            let opened = open::open(path, self.owner, now)?;
            *connection = Some(opened.connection);
            set_aside = opened.set_aside;
        }
        if set_aside.is_some() {
            self.set_aside.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&set_aside);
        }
        self.is_open.send_replace(true);
        Ok(set_aside)
    }

    /// Completes once it is open.
    pub(crate) async fn opened(&self) {
        // The sender lives as long as this journal.
        let _ = self.is_open.subscribe().wait_for(|is_open| *is_open).await;
    }

    /// Says whether it is open, anew with every [`Journal::resume`].
    pub(crate) fn openings(&self) -> watch::Receiver<bool> {
        self.is_open.subscribe()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Connection>> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `work` on the open connection.
    fn with<T>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, JournalError>,
    ) -> Result<T, JournalError> {
        match self.lock().as_mut() {
            Some(connection) => work(connection),
            None => Err(JournalError::Suspended),
        }
    }

    /// Runs `work` where blocking is no harm.
    pub(crate) async fn run<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> Result<T, JournalError> + Send + 'static,
    ) -> Result<T, JournalError> {
        let journal = Arc::clone(self);
        match tokio::task::spawn_blocking(move || work(&journal)).await {
            Ok(done) => done,
            // The runtime ends, and whoever waits here with it: nothing has failed.
            Err(error) if error.is_cancelled() => Err(JournalError::Suspended),
            Err(error) => Err(JournalError::Storage { reason: error.to_string() }),
        }
    }
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal")
            .field("owner", &self.owner)
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
