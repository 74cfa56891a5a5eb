//! A journal of a busy till after years: what opening it and looking into it costs.

mod fill;

use std::fs;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Args;
use paysera_core::calendar::BusinessDay;
use paysera_core::clock::UnixSeconds;
use paysera_core::code::WalletId;
use paysera_core::journal::{InstallId, Journal, JournalError, JournalOwner};
use paysera_core::money::Currency;

use crate::error::Error;

/// What `journal` measures.
#[derive(Args)]
pub(crate) struct Options {
    /// How many attempts are in the file, with eight events each.
    #[arg(long, default_value = "1000000")]
    attempts: NonZeroU32,
    /// Where the file is made; a folder of the system's for temporary files unless
    /// set. It is deleted afterwards.
    #[arg(long)]
    folder: Option<PathBuf>,
}

/// How often each thing is done; the median is shown.
const ROUNDS: usize = 11;

pub(crate) fn run(options: &Options) -> Result<(), Error> {
    let folder = options.folder.clone().unwrap_or_else(std::env::temp_dir);
    let folder = folder.join(format!("paysera-journal-bench-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let result = measure(&folder, options.attempts.get());
    fs::remove_dir_all(&folder)?;
    result
}

fn measure(folder: &std::path::Path, attempts: u32) -> Result<(), Error> {
    let install = InstallId::parse("11111111-1111-4111-8111-111111111111").ok_or(Error::Setup)?;
    let wallet = WalletId::new(2112).map_err(|_| Error::Setup)?;
    let owner = JournalOwner { install, wallet };
    let open = || Journal::open(folder, owner, UnixSeconds(0));
    drop(open()?);
    let path = folder.join("journal-2112.sqlite");
    let began = Instant::now();
    fill::fill(&path, attempts)?;
    let bytes = fs::metadata(&path)?.len();
    println!(
        "{attempts} attempts, {} events, {} MB; filled in {:.0} s",
        u64::from(attempts).saturating_mul(fill::EVENTS),
        bytes / 1_000_000,
        began.elapsed().as_secs_f64()
    );
    let day = BusinessDay::parse(fill::DAY).map_err(|_| Error::Setup)?;
    println!("median of {ROUNDS}, the longest in brackets:");
    show("open", || open().map(drop))?;
    let journal = open()?;
    show("the last 50 attempts", || journal.latest(50, None).map(|rows| assert_count(rows.len(), 50)))?;
    show("the totals of a day", || journal.day_totals(&day).map(|rows| assert_count(rows.len(), 1)))?;
    show("the attempts that go on", || journal.open_attempts().map(|rows| assert_count(rows.len(), 1)))?;
    show("the events of one attempt", || {
        let last = journal.latest(1, None)?;
        let Some(last) = last.first() else { return Ok(()) };
        journal.events(last.id).map(|events| assert_count(events.len(), 8))
    })?;
    show("what should be in the drawer", || journal.drawer(Currency::GEL).map(drop))
}

fn assert_count(found: usize, expected: usize) {
    assert_eq!(found, expected, "the file is not what was put into it");
}

fn show(what: &str, work: impl Fn() -> Result<(), JournalError>) -> Result<(), Error> {
    let mut times = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let began = Instant::now();
        work()?;
        times.push(began.elapsed());
    }
    times.sort();
    let ms = |time: Option<&Duration>| time.map_or(0.0, |time| time.as_secs_f64() * 1000.0);
    println!("  {what:32}{:>8.2} ms ({:.2})", ms(times.get(ROUNDS / 2)), ms(times.last()));
    Ok(())
}
