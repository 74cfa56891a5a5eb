use std::fs;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use rusqlite::Connection;

use super::*;
use crate::calendar::BusinessDay;
use crate::clock::SystemRandom;
use crate::code::{TransactionKey, WalletId};
use crate::money::{Currency, Money};

const NOW: UnixSeconds = UnixSeconds(1_760_000_000);

/// A folder that is gone after the test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let name = format!("paysera-journal-{}", AttemptId::new(&SystemRandom).unwrap());
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn names(&self) -> Vec<String> {
        let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
        let mut names: Vec<String> = fs::read_dir(&self.0).unwrap().map(name).collect();
        names.sort();
        names
    }

    fn file(&self) -> PathBuf {
        self.0.join("journal-2112.sqlite")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn owner() -> JournalOwner {
    let install = InstallId::parse("11111111-1111-4111-8111-111111111111").unwrap();
    JournalOwner { install, wallet: WalletId::new(2112).unwrap() }
}

fn gel(minor: i64) -> Money {
    Money::from_minor(minor, Currency::GEL)
}

fn day(text: &str) -> BusinessDay {
    BusinessDay::parse(text).unwrap()
}

fn new_attempt(request_id: &str) -> NewAttempt {
    NewAttempt {
        id: AttemptId::new(&SystemRandom).unwrap(),
        request_id: request_id.to_owned(),
        kind: AttemptKind::CashOut,
        amount: gel(5000),
        tip: None,
        bill: Some("bill-1".to_owned()),
        staff: Some("anna".to_owned()),
    }
}

fn entry(name: &'static str) -> Entry {
    Entry { name, data: format!("\"{name}\"") }
}

fn commit(name: &'static str, projection: Projection) -> Commit {
    Commit { at: NOW, day: day("2026-11-25"), entries: vec![entry(name)], projection }
}

fn open_projection(state: &'static str) -> Projection {
    Projection { state, open: true, sweep: false, transaction: None, settlement: None, cash_minor: 0 }
}

fn settled() -> Projection {
    Projection {
        state: "settled",
        open: false,
        sweep: false,
        transaction: Some(TransactionKey::parse("Transaction0001").unwrap()),
        settlement: Some(Settlement {
            amount: gel(5000),
            at: NOW,
            payer: Some(WalletId::new(14_471).unwrap()),
            elsewhere: false,
        }),
        cash_minor: -5000,
    }
}

#[test]
fn what_was_written_is_there_after_the_file_was_opened_again() {
    let folder = Folder::new();
    let new = new_attempt("r1");
    {
        let journal = Journal::open(&folder.0, owner(), NOW).unwrap();
        assert!(journal.is_to_be_rebuilt().unwrap());
        journal.rebuilt(None).unwrap();
        assert_eq!(journal.begin(&new, &commit("started", open_projection("preparing"))).unwrap(), None);
        journal.append(new.id, &commit("confirmed", settled())).unwrap();
    }
    let journal = Journal::open(&folder.0, owner(), NOW).unwrap();
    assert_eq!(journal.set_aside(), None);
    assert!(!journal.is_to_be_rebuilt().unwrap());
    let row = journal.attempt(new.id).unwrap().unwrap();
    assert_eq!((row.state.as_str(), row.open, row.amount), ("settled", false, gel(5000)));
    assert_eq!((row.bill.as_deref(), row.staff.as_deref()), (Some("bill-1"), Some("anna")));
    assert_eq!(row.settlement, settled().settlement);
    assert_eq!(row.settled_day, Some(day("2026-11-25")));
    let names: Vec<_> = journal.events(new.id).unwrap().into_iter().map(|entry| entry.name).collect();
    assert_eq!(names, ["started", "confirmed"]);
    let total = KindTotal { kind: AttemptKind::CashOut, count: 1, sum: gel(5000) };
    assert_eq!(journal.day_totals(&day("2026-11-25")).unwrap(), [total]);
    assert_eq!(journal.of_bill("bill-1").unwrap().len(), 1);
    assert_eq!(journal.open_attempts().unwrap(), []);
}

#[test]
fn a_settlement_counts_once_however_often_it_is_written() {
    let journal = Journal::in_memory(owner()).unwrap();
    let new = new_attempt("r1");
    journal.begin(&new, &commit("started", open_projection("preparing"))).unwrap();
    for _ in 0..3 {
        journal.append(new.id, &commit("confirmed", settled())).unwrap();
    }
    assert_eq!(journal.day_totals(&day("2026-11-25")).unwrap()[0].count, 1);
}

#[test]
fn the_same_request_begins_one_attempt() {
    let journal = Journal::in_memory(owner()).unwrap();
    let first = new_attempt("double tap");
    assert_eq!(journal.begin(&first, &commit("started", open_projection("preparing"))).unwrap(), None);
    let second = journal.begin(&new_attempt("double tap"), &commit("started", open_projection("preparing")));
    assert_eq!(second.unwrap(), Some(first.id));
    assert_eq!(journal.count().unwrap(), 1);
}

#[test]
fn one_process_has_it_open() {
    let folder = Folder::new();
    let journal = Journal::open(&folder.0, owner(), NOW).unwrap();
    assert_eq!(
        Journal::open(&folder.0, owner(), NOW).unwrap_err(),
        JournalError::InUse { path: folder.file() }
    );
    drop(journal);
    Journal::open(&folder.0, owner(), NOW).unwrap();
}

#[test]
fn a_damaged_file_is_set_aside_and_kept() {
    let folder = Folder::new();
    fs::write(folder.file(), b"this was a journal once, and is not one now: it has no header at all")
        .unwrap();
    let journal = Journal::open(&folder.0, owner(), NOW).unwrap();
    let set_aside = journal.set_aside().unwrap();
    assert_eq!(set_aside.why, SetAsideWhy::Damaged);
    assert!(fs::read(&set_aside.path).unwrap().starts_with(b"this was a journal once"));
    assert!(journal.is_to_be_rebuilt().unwrap());
    assert_eq!(journal.count().unwrap(), 0);
}

#[test]
fn two_damaged_files_of_one_second_are_both_kept() {
    let folder = Folder::new();
    for _ in 0..2 {
        fs::write(folder.file(), b"broken, and longer than the header of a database would be").unwrap();
        drop(Journal::open(&folder.0, owner(), NOW).unwrap());
        for companion in ["", "-wal"] {
            let mut name = folder.file().into_os_string();
            name.push(companion);
            let _ = fs::remove_file(name);
        }
    }
    let kept = folder.names().into_iter().filter(|name| name.contains("damaged")).count();
    assert_eq!(kept, 2, "{:?}", folder.names());
}

#[test]
fn a_journal_of_another_installation_is_set_aside() {
    let folder = Folder::new();
    drop(Journal::open(&folder.0, owner(), NOW).unwrap());
    let other = JournalOwner { install: InstallId::new(&SystemRandom).unwrap(), ..owner() };
    let journal = Journal::open(&folder.0, other, NOW).unwrap();
    assert_eq!(journal.set_aside().unwrap().why, SetAsideWhy::OfAnother);
    assert!(journal.is_to_be_rebuilt().unwrap());
}

#[test]
fn each_wallet_has_a_file_of_its_own() {
    let folder = Folder::new();
    let _first = Journal::open(&folder.0, owner(), NOW).unwrap();
    let other = JournalOwner { wallet: WalletId::new(14_471).unwrap(), ..owner() };
    let _second = Journal::open(&folder.0, other, NOW).unwrap();
    let files = folder.names().into_iter().filter(|name| name.ends_with(".sqlite")).collect::<Vec<_>>();
    assert_eq!(files, ["journal-14471.sqlite", "journal-2112.sqlite"]);
}

#[test]
fn a_newer_schema_is_refused_and_not_touched() {
    let folder = Folder::new();
    drop(Journal::open(&folder.0, owner(), NOW).unwrap());
    Connection::open(folder.file()).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let before = fs::read(folder.file()).unwrap();
    let error = Journal::open(&folder.0, owner(), NOW).unwrap_err();
    assert_eq!(error, JournalError::NewerSchema { found: 99, known: 1 });
    assert_eq!(fs::read(folder.file()).unwrap(), before);
}

/// The schemas that there have been; a file of each, made by its version, is kept.
const VERSIONS: [&str; 1] = ["001"];

fn kept_file(version: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/journal/testdata/journal-{version}.sqlite"))
}

#[test]
fn files_of_earlier_versions_are_brought_up_to_date() {
    assert_eq!(VERSIONS.len(), open::STEPS.len(), "name the new schema, and its file is made");
    for version in VERSIONS {
        if !kept_file(version).exists() {
            make_kept_file(version);
            panic!("the file of schema {version} did not exist; it was made now: keep it in the repository");
        }
        let folder = Folder::new();
        fs::copy(kept_file(version), folder.file()).unwrap();
        let journal = Journal::open(&folder.0, owner(), NOW).unwrap();
        assert_eq!(journal.set_aside(), None, "{version}");
        let rows = journal.latest(10, None).unwrap();
        assert_eq!(rows.len(), 2, "{version}");
        assert_eq!(rows[1].settlement, settled().settlement, "{version}");
        assert_eq!(journal.events(rows[1].id).unwrap().len(), 2, "{version}");
        assert_eq!(journal.open_attempts().unwrap().len(), 1, "{version}");
    }
}

fn make_kept_file(version: &str) {
    let folder = Folder::new();
    {
        let journal = Journal::open(&folder.0, owner(), NOW).unwrap();
        let new = new_attempt("r1");
        journal.begin(&new, &commit("started", open_projection("preparing"))).unwrap();
        journal.append(new.id, &commit("confirmed", settled())).unwrap();
        journal.begin(&new_attempt("r2"), &commit("started", open_projection("preparing"))).unwrap();
    }
    fs::copy(folder.file(), kept_file(version)).unwrap();
}

#[test]
fn a_suspended_journal_writes_nothing_and_goes_on_after() {
    let folder = Folder::new();
    let journal = Journal::open(&folder.0, owner(), NOW).unwrap();
    let new = new_attempt("r1");
    journal.begin(&new, &commit("started", open_projection("preparing"))).unwrap();
    journal.suspend().unwrap();
    assert_eq!(journal.append(new.id, &commit("confirmed", settled())), Err(JournalError::Suspended));
    // Another process could use it now; nothing is held.
    drop(Journal::open(&folder.0, owner(), NOW).unwrap());
    assert_eq!(journal.resume(NOW).unwrap(), None);
    journal.append(new.id, &commit("confirmed", settled())).unwrap();
    assert_eq!(journal.events(new.id).unwrap().len(), 2);
}

#[derive(Debug, Default)]
struct Observer {
    refuses: AtomicBool,
    after: AtomicU32,
}

impl CommitObserver for Observer {
    fn before(&self, _: Observed<'_>) -> Result<(), JournalError> {
        if self.refuses.load(Ordering::SeqCst) {
            return Err(JournalError::Storage { reason: "disk full".to_owned() });
        }
        Ok(())
    }

    fn after(&self, _: Observed<'_>) {
        self.after.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn a_refused_commit_leaves_nothing_behind() {
    let observer = Arc::new(Observer::default());
    let journal = Journal::in_memory(owner()).unwrap().observed_by(observer.clone());
    let new = new_attempt("r1");
    observer.refuses.store(true, Ordering::SeqCst);
    assert!(journal.begin(&new, &commit("started", open_projection("preparing"))).is_err());
    assert_eq!(journal.count().unwrap(), 0);
    observer.refuses.store(false, Ordering::SeqCst);
    journal.begin(&new, &commit("started", open_projection("preparing"))).unwrap();
    observer.refuses.store(true, Ordering::SeqCst);
    assert!(journal.append(new.id, &commit("confirmed", settled())).is_err());
    assert_eq!(journal.events(new.id).unwrap().len(), 1);
    assert_eq!(journal.day_totals(&day("2026-11-25")).unwrap(), []);
    assert_eq!(observer.after.load(Ordering::SeqCst), 1);
}

#[test]
fn a_drawer_is_kept_from_the_first_float_on() {
    let journal = Journal::in_memory(owner()).unwrap();
    let today = day("2026-11-25");
    let first = new_attempt("r1");
    journal.begin(&first, &commit("started", open_projection("preparing"))).unwrap();
    journal.append(first.id, &commit("confirmed", settled())).unwrap();
    assert_eq!(journal.drawer(Currency::GEL).unwrap(), None);
    let float = (DrawerMoveWhy::Float, Some("anna"));
    journal.move_cash(NOW, &today, Currency::GEL, float, |_| Ok(gel(10_000))).unwrap().unwrap();
    let second = new_attempt("r2");
    journal.begin(&second, &commit("started", open_projection("preparing"))).unwrap();
    journal.append(second.id, &commit("confirmed", settled())).unwrap();
    journal.append(second.id, &commit("ended", settled())).unwrap();
    assert_eq!(journal.drawer(Currency::GEL).unwrap(), Some(gel(5000)));
    assert_eq!(journal.drawer(Currency::EUR).unwrap(), None);
    let moves = journal.drawer_moves(&today).unwrap();
    let changes: Vec<_> = moves.iter().map(|change| (change.why, change.change, change.attempt)).collect();
    assert_eq!(
        changes,
        [(DrawerMoveWhy::Float, gel(10_000), None), (DrawerMoveWhy::Attempt, gel(-5000), Some(second.id))]
    );
    assert_eq!(journal.drawer_before(&today, Currency::GEL).unwrap(), gel(0));
    assert_eq!(journal.drawer_before(&day("2026-11-26"), Currency::GEL).unwrap(), gel(5000));
}

#[test]
fn only_what_was_exported_is_retired() {
    let journal = Journal::in_memory(owner()).unwrap();
    let ended = new_attempt("ended");
    journal.begin(&ended, &commit("started", open_projection("preparing"))).unwrap();
    journal.append(ended.id, &commit("confirmed", settled())).unwrap();
    let open = new_attempt("open");
    journal.begin(&open, &commit("started", open_projection("preparing"))).unwrap();
    let refused: Result<u64, JournalError> =
        journal.retire(NOW.plus(1), |_| Err(JournalError::Storage { reason: "no room".to_owned() }));
    assert!(refused.is_err());
    assert_eq!(journal.count().unwrap(), 2);
    let mut exported = Vec::new();
    let retired: Result<u64, JournalError> = journal.retire(NOW.plus(1), |rows| {
        exported.extend(rows.iter().map(|row| row.id));
        Ok(())
    });
    assert_eq!(retired.unwrap(), 1);
    assert_eq!(exported, [ended.id]);
    assert_eq!(journal.open_attempts().unwrap().len(), 1);
    assert_eq!(journal.events(ended.id).unwrap(), []);
    assert_eq!(journal.day_totals(&day("2026-11-25")).unwrap()[0].count, 1);
}

#[test]
fn a_runtime_that_ends_is_no_failure_of_the_storage() {
    let journal = Arc::new(Journal::in_memory(owner()).unwrap());
    let ending = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let handle = ending.handle().clone();
    ending.shutdown_background();
    assert_eq!(handle.block_on(journal.run(Journal::count)), Err(JournalError::Suspended));
}
