//! The cashier's hands. What they did is on disk before anything is tapped: the
//! file is the truth of the drawer, whatever the till remembers.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use paysera_core::attempt::CashStep;
use paysera_core::journal::AttemptId;

use crate::soak::Trouble;
use crate::soak::words::{CASH_FILE, CashMove};

pub(super) struct Hands(Mutex<Inner>);

struct Inner {
    file: File,
    ever: HashSet<(AttemptId, CashStep)>,
    /// What was moved since this till was switched on: nobody moves it twice
    /// within one conversation.
    since_start: HashSet<(AttemptId, CashStep)>,
}

impl Hands {
    pub(super) fn new(folder: &Path) -> Result<Self, Trouble> {
        let path = folder.join(CASH_FILE);
        let file = OpenOptions::new().create(true).append(true).open(&path)?;
        let mut ever = HashSet::new();
        for line in BufReader::new(File::open(&path)?).lines() {
            let moved: CashMove = serde_json::from_str(&line?)?;
            ever.insert((moved.attempt, moved.step));
        }
        Ok(Self(Mutex::new(Inner { file, ever, since_start: HashSet::new() })))
    }

    /// Moves cash, as the till asks for it.
    pub(super) fn obey(&self, attempt: AttemptId, step: CashStep, minor: i64) -> Result<(), Trouble> {
        let mut inner = self.lock();
        if inner.since_start.insert((attempt, step)) {
            let line = serde_json::to_string(&CashMove { attempt, step, minor })?;
            inner.file.write_all(format!("{line}\n").as_bytes())?;
            inner.file.sync_all()?;
            inner.ever.insert((attempt, step));
        }
        Ok(())
    }

    /// Whether it was moved at all.
    pub(super) fn did(&self, attempt: AttemptId, step: CashStep) -> bool {
        self.lock().ever.contains(&(attempt, step))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
