//! Where everything runs: one tokio runtime with a few named threads, apart from
//! the app's own.
//!
//! The app's executor only waits: what is exported spawns its work here. Work that
//! moves money is detached from who waits for it.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use paysera_core::clock::{Clock as _, SystemClock};
use paysera_core::journal::Journal;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::{JoinError, JoinHandle};

use crate::error::{ApiError, quietly, record_panics};

/// Two are enough for a phone: they wait for the network.
const WORKERS: usize = 2;

/// Threads for what blocks: the journal, the app's secret store and listeners.
const BLOCKING_THREADS: usize = 64;

/// Shutting down waits no longer for what blocks.
const PATIENCE: Duration = Duration::from_secs(5);

/// One runtime, from its first use to [`shutdown`]. Objects keep to theirs: after
/// a shutdown they answer [`ApiError::ShutDown`], and new ones begin another.
#[derive(Debug)]
pub(crate) struct Engine {
    handle: Handle,
    runtime: Mutex<Option<Runtime>>,
    journals: Mutex<Journals>,
}

/// The journals that are open, or closed for the background.
#[derive(Debug, Default)]
struct Journals {
    known: Vec<Weak<Journal>>,
    place: Place,
}

/// Where the app is: a journal that is opened meanwhile is treated like the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    #[default]
    InFront,
    Background,
    ShutDown,
}

static CURRENT: Mutex<Option<Arc<Engine>>> = Mutex::new(None);

/// Where the app is, also before there is an engine: a push message starts apps there.
static IN_BACKGROUND: AtomicBool = AtomicBool::new(false);

impl Engine {
    /// The one that new objects use.
    pub(crate) fn current() -> Result<Arc<Self>, ApiError> {
        let mut current = lock(&CURRENT);
        if let Some(engine) = current.as_ref() {
            return Ok(Arc::clone(engine));
        }
        let engine = Self::start()?;
        *current = Some(Arc::clone(&engine));
        Ok(engine)
    }

    /// One of its own.
    pub(crate) fn start() -> Result<Arc<Self>, ApiError> {
        record_panics();
        let place = if IN_BACKGROUND.load(Ordering::SeqCst) { Place::Background } else { Place::InFront };
        let number = AtomicUsize::new(1);
        let runtime = Builder::new_multi_thread()
            .worker_threads(WORKERS)
            .max_blocking_threads(BLOCKING_THREADS)
            .thread_name_fn(move || format!("paysera-{}", number.fetch_add(1, Ordering::Relaxed)))
            .enable_all()
            .build()
            .map_err(|error| ApiError::bug(format!("no threads: {error}")))?;
        Ok(Arc::new(Self {
            handle: runtime.handle().clone(),
            runtime: Mutex::new(Some(runtime)),
            journals: Mutex::new(Journals { known: Vec::new(), place }),
        }))
    }

    /// Runs work that ends with who waits for it.
    pub(crate) async fn run<T, E>(
        &self,
        work: impl Future<Output = Result<T, E>> + Send + 'static,
    ) -> Result<T, ApiError>
    where
        T: Send + 'static,
        E: Into<ApiError> + Send + 'static,
    {
        let mut task = AbortOnDrop(self.handle.spawn(work));
        flatten((&mut task.0).await)
    }

    /// Runs work that goes on also when nobody waits for it any more.
    pub(crate) async fn detached<T, E>(
        &self,
        work: impl Future<Output = Result<T, E>> + Send + 'static,
    ) -> Result<T, ApiError>
    where
        T: Send + 'static,
        E: Into<ApiError> + Send + 'static,
    {
        flatten(self.handle.spawn(work).await)
    }

    /// Runs work that blocks, to its end.
    pub(crate) async fn blocking<T, E>(
        &self,
        work: impl FnOnce() -> Result<T, E> + Send + 'static,
    ) -> Result<T, ApiError>
    where
        T: Send + 'static,
        E: Into<ApiError> + Send + 'static,
    {
        flatten(self.handle.spawn_blocking(work).await)
    }

    /// Starts a task that nobody waits for.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
        self.handle.spawn(work)
    }

    /// Has a journal closed while the app is in the background, at once if it is there.
    pub(crate) fn keep_journal(&self, journal: &Arc<Journal>) -> Result<(), ApiError> {
        let mut journals = lock(&self.journals);
        match journals.place {
            Place::InFront => {}
            Place::Background => journal.suspend()?,
            Place::ShutDown => {
                journal.suspend()?;
                return Err(ApiError::ShutDown);
            }
        }
        journals.known.retain(|journal| journal.strong_count() > 0);
        journals.known.push(Arc::downgrade(journal));
        Ok(())
    }

    /// An error after a shutdown.
    pub(crate) fn ensure_running(&self) -> Result<(), ApiError> {
        if lock(&self.runtime).is_some() { Ok(()) } else { Err(ApiError::ShutDown) }
    }

    fn suspend(&self, place: Place) -> Result<(), ApiError> {
        self.each_journal(place, |journal| Ok(journal.suspend()?))
    }

    fn resume(&self) -> Result<(), ApiError> {
        self.each_journal(Place::InFront, |journal| {
            journal.resume(SystemClock.now())?;
            Ok(())
        })
    }

    /// Every journal is told, whatever became of another one. One that is opened meanwhile
    /// waits and is told then.
    fn each_journal(
        &self,
        place: Place,
        tell: impl Fn(&Journal) -> Result<(), ApiError>,
    ) -> Result<(), ApiError> {
        let mut journals = lock(&self.journals);
        if journals.place == Place::ShutDown {
            // A shutdown that came first is the last word.
            return Ok(());
        }
        journals.place = place;
        let known = journals.known.iter().filter_map(Weak::upgrade);
        known.map(|journal| tell(&journal)).fold(Ok(()), Result::and)
    }

    pub(crate) fn shut_down(&self) -> Result<(), ApiError> {
        let runtime = lock(&self.runtime).take();
        if let Some(runtime) = runtime {
            if Handle::try_current().is_ok() {
                // Called from a listener: its own thread can't be waited for.
                runtime.shutdown_background();
            } else {
                runtime.shutdown_timeout(PATIENCE);
            }
        }
        self.suspend(Place::ShutDown)
    }
}

/// A task that ends when it is dropped.
struct AbortOnDrop<T>(JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn flatten<T, E: Into<ApiError>>(joined: Result<Result<T, E>, JoinError>) -> Result<T, ApiError> {
    match joined {
        Ok(result) => result.map_err(Into::into),
        Err(error) if error.is_panic() => Err(ApiError::panicked()),
        Err(_) => Err(ApiError::ShutDown),
    }
}

/// Runs work of a call that does not wait; a panic becomes an error.
pub(crate) fn contained<T>(work: impl FnOnce() -> Result<T, ApiError>) -> Result<T, ApiError> {
    record_panics();
    quietly(|| catch_unwind(AssertUnwindSafe(work))).unwrap_or_else(|_| Err(ApiError::panicked()))
}

fn current() -> Option<Arc<Engine>> {
    lock(&CURRENT).clone()
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The app goes to the background: the journals' files are closed, since a system
/// may end a process that holds one there. Attempts stand still.
///
/// # Errors
/// `storage_failed` if a file can't be closed; the others are.
#[uniffi::export]
pub fn suspend() -> Result<(), ApiError> {
    IN_BACKGROUND.store(true, Ordering::SeqCst);
    contained(|| current().map_or(Ok(()), |engine| engine.suspend(Place::Background)))
}

/// The app is in front again: opens the journals and looks at the server at once.
///
/// # Errors
/// `storage_failed` if a journal can't be opened.
#[uniffi::export]
pub fn resume() -> Result<(), ApiError> {
    IN_BACKGROUND.store(false, Ordering::SeqCst);
    contained(|| current().map_or(Ok(()), |engine| engine.resume()))
}

/// Ends all work of this library, at most five seconds later, and closes the
/// journals. Attempts go on after the next start where their events left them.
/// Objects that exist answer [`ApiError::ShutDown`] from now on; new ones can be
/// made.
///
/// # Errors
/// `storage_failed` if a journal can't be closed.
#[uniffi::export]
pub fn shutdown() -> Result<(), ApiError> {
    let engine = lock(&CURRENT).take();
    engine.map_or(Ok(()), |engine| contained(|| engine.shut_down()))
}

#[cfg(test)]
mod tests;
