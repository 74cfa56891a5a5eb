use std::sync::mpsc::channel;

use paysera_core::clock::SystemRandom;
use paysera_core::code::WalletId;
use paysera_core::journal::{AttemptId, InstallId, JournalError, JournalOwner};

use super::*;

/// Work that says when it begins, and that it was dropped.
struct Dropped(std::sync::mpsc::Sender<&'static str>);

impl Drop for Dropped {
    fn drop(&mut self) {
        let _ = self.0.send("dropped");
    }
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// One test: the runtime is the process's.
#[test]
fn work_runs_on_the_librarys_threads_until_a_shutdown() {
    let engine = Engine::current().unwrap();
    let named =
        block_on(engine.run(async { Ok::<_, ApiError>(std::thread::current().name().map(str::to_owned)) }));
    assert!(named.unwrap().unwrap().starts_with("paysera-"));

    let panicked =
        block_on(engine.run(std::future::poll_fn(|_| -> std::task::Poll<Result<(), ApiError>> { panic!() })));
    assert_eq!(panicked, Err(ApiError::Panicked));
    let panicked = contained(|| -> Result<(), ApiError> { panic!() });
    assert_eq!(panicked, Err(ApiError::Panicked));

    // Who stops waiting ends a read, and not what moves money.
    for (is_detached, expected) in [(false, "dropped"), (true, "finished")] {
        let (sender, events) = channel();
        let (go_on, waits) = tokio::sync::oneshot::channel::<()>();
        let work = async move {
            let guard = Dropped(sender);
            let _ = guard.0.send("begun");
            let _ = waits.await;
            let _ = guard.0.send("finished");
            Ok::<_, ApiError>(())
        };
        let waiting = Arc::clone(&engine);
        let runtime = Builder::new_multi_thread().worker_threads(1).build().unwrap();
        let caller = runtime.spawn(async move {
            if is_detached { waiting.detached(work).await } else { waiting.run(work).await }
        });
        assert_eq!(events.recv().unwrap(), "begun");
        caller.abort();
        let _ = runtime.block_on(caller);
        if is_detached {
            go_on.send(()).unwrap();
        } else {
            std::mem::forget(go_on);
        }
        assert_eq!(events.recv().unwrap(), expected);
    }

    // A journal that is opened while the app is away is closed like the others.
    let folder = tempfile::tempdir().unwrap();
    let open = |wallet| {
        let install = InstallId::new(&SystemRandom).unwrap();
        let owner = JournalOwner { install, wallet: WalletId::new(wallet).unwrap() };
        Arc::new(Journal::open(folder.path(), owner, SystemClock.now()).unwrap())
    };
    let id = AttemptId::new(&SystemRandom).unwrap();
    let is_closed_until_the_app_is_in_front = |engine: &Engine, journal: Arc<Journal>| {
        engine.keep_journal(&journal).unwrap();
        assert!(matches!(journal.attempt(id), Err(JournalError::Suspended)));
        resume().unwrap();
        assert!(matches!(journal.attempt(id), Ok(None)));
    };
    suspend().unwrap();
    is_closed_until_the_app_is_in_front(&engine, open(1));

    shutdown().unwrap();
    let late_journal = open(2);
    assert_eq!(engine.keep_journal(&late_journal), Err(ApiError::ShutDown));
    assert!(matches!(late_journal.attempt(id), Err(JournalError::Suspended)), "its file is free");
    let late = block_on(engine.run(async { Ok::<_, ApiError>(()) }));
    assert_eq!(late, Err(ApiError::ShutDown));
    let new = Engine::current().unwrap();
    assert!(block_on(new.run(async { Ok::<_, ApiError>(()) })).is_ok());
    // A resume that comes late opens nothing.
    engine.resume().unwrap();
    assert!(matches!(late_journal.attempt(id), Err(JournalError::Suspended)));
    // From one of its own threads: it must not wait for itself.
    let ended = block_on(new.blocking(shutdown));
    assert!(matches!(ended, Ok(()) | Err(ApiError::ShutDown)));

    // In the background before anything is open.
    suspend().unwrap();
    is_closed_until_the_app_is_in_front(&Engine::current().unwrap(), open(3));
    shutdown().unwrap();
}
