//! The database: SQLite behind one thread, so that there is one writer and no
//! handler ever blocks the async runtime.
//!
//! Every piece of work is one database transaction: it is there whole or not
//! at all.

pub(crate) mod allowances;
pub(crate) mod attempts;
pub(crate) mod authorizations;
pub(crate) mod callbacks;
pub(crate) mod check;
pub(crate) mod clients;
pub(crate) mod codes;
mod conditions;
pub(crate) mod confirmations;
pub(crate) mod credentials;
pub(crate) mod generators;
pub(crate) mod history;
pub(crate) mod identification;
pub(crate) mod ledger;
pub(crate) mod locations;
pub(crate) mod messages;
mod migrations;
pub(crate) mod payment_list;
pub(crate) mod payments;
pub(crate) mod projects;
pub(crate) mod requests;
pub(crate) mod reset;
mod rows;
pub(crate) mod signatories;
pub(crate) mod spots;
pub(crate) mod statements;
pub(crate) mod subscribers;
pub(crate) mod tokens;
pub(crate) mod transactions;
pub(crate) mod tx_list;
pub(crate) mod users;
pub(crate) mod wallets;
pub(crate) mod web_sessions;

use std::path::PathBuf;
use std::sync::mpsc;
use std::thread;

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::{oneshot, watch};

use crate::error::Refusal;

pub use migrations::StoreError;

/// Where the sandbox keeps its books.
#[derive(Clone, Debug, Default)]
pub enum Database {
    /// In memory; gone when the sandbox stops.
    #[default]
    InMemory,
    /// In this file; kept over a restart and over a crash.
    File(PathBuf),
}

type Work = Box<dyn FnOnce(&mut Connection) + Send>;

enum Job {
    Run(Work),
    Close(oneshot::Sender<()>),
}

/// A handle of the database thread.
#[derive(Debug)]
pub(crate) struct Store {
    jobs: mpsc::Sender<Job>,
    /// Counts the units that changed something.
    changes: watch::Sender<u64>,
    /// What time and other people brought about since, see [`Store::open`].
    catch_up: CatchUp,
}

/// Work that is done before and after each unit, at its server time.
type CatchUp = fn(&Connection, i64) -> Result<(), Refusal>;

impl Store {
    /// Opens the database and brings its schema up to date. `catch_up` is run
    /// before each unit, and after one that changed something.
    pub(crate) async fn open(database: Database, catch_up: CatchUp) -> Result<Self, StoreError> {
        let (jobs, queue) = mpsc::channel();
        let (opened, result) = oneshot::channel();
        thread::Builder::new()
            .name("sandbox-ledger".to_owned())
            .spawn(move || match migrations::open(&database) {
                Ok(connection) => {
                    if opened.send(Ok(())).is_ok() {
                        work_off(&queue, connection);
                    }
                }
                Err(error) => drop(opened.send(Err(error))),
            })
            .map_err(StoreError::Thread)?;
        result.await.map_err(|_| StoreError::Stopped)??;
        Ok(Self { jobs, changes: watch::Sender::new(0), catch_up })
    }

    /// Runs `work` as one database transaction at server time `now`: committed
    /// if it succeeds, without a trace if it is refused. What `now` itself
    /// brings about happens first, and stays either way.
    pub(crate) async fn unit<T, F>(&self, now: i64, work: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, Refusal> + Send + 'static,
    {
        let (answer, result) = oneshot::channel();
        let changes = self.changes.clone();
        let catch_up = self.catch_up;
        let job = Job::Run(Box::new(move |connection| {
            let before = connection.total_changes();
            let result = in_transaction(connection, now, catch_up, work);
            if connection.total_changes() != before {
                changes.send_modify(|count| *count = count.wrapping_add(1));
            }
            // A caller who went away does not undo what was committed.
            drop(answer.send(result));
        }));
        self.jobs.send(job).map_err(|_| Refusal::Internal)?;
        result.await.map_err(|_| Refusal::Internal)?
    }

    /// Runs `work`, which must change nothing, without looking at what is due:
    /// for what no time and no other person changes.
    pub(crate) async fn read<T, F>(&self, work: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, Refusal> + Send + 'static,
    {
        let (answer, result) = oneshot::channel();
        let job = Job::Run(Box::new(move |connection| drop(answer.send(work(connection)))));
        self.jobs.send(job).map_err(|_| Refusal::Internal)?;
        result.await.map_err(|_| Refusal::Internal)?
    }

    /// Is told after every unit that changed something.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Finishes what is queued and closes the database.
    pub(crate) async fn close(&self) {
        let (closed, result) = oneshot::channel();
        if self.jobs.send(Job::Close(closed)).is_ok() {
            // An error means that the thread has ended already.
            let _ended = result.await;
        }
    }
}

fn work_off(queue: &mpsc::Receiver<Job>, mut connection: Connection) {
    let mut closed = None;
    for job in queue {
        match job {
            Job::Run(work) => work(&mut connection),
            Job::Close(done) => {
                closed = Some(done);
                break;
            }
        }
    }
    // Closing moves the write-ahead log into the file; who waits is told after.
    drop(connection);
    if let Some(done) = closed {
        // Who waited may have gone.
        let _told = done.send(());
    }
}

fn in_transaction<T>(
    connection: &mut Connection,
    now: i64,
    catch_up: CatchUp,
    work: impl FnOnce(&Connection) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    let mut transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    catch_up(&transaction, now)?;
    let before = transaction.total_changes();
    let savepoint = transaction.savepoint()?;
    let result = work(&savepoint);
    match &result {
        Ok(_) => {
            savepoint.commit()?;
            if transaction.total_changes() != before {
                catch_up(&transaction, now)?;
            }
        }
        Err(refusal) => {
            // Dropping it rolls back to it.
            drop(savepoint);
            if let Some(subject) = refusal.wrong_secret() {
                attempts::note(&transaction, now, subject)?;
            }
        }
    }
    transaction.commit()?;
    result
}
