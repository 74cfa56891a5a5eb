//! The scanner: one for a camera.

use std::fmt;
use std::sync::Arc;

use super::budget::{Budget, Deadline, Stopwatch, SystemStopwatch};
use super::memory::Memory;
use super::picture::Picture;
use super::plan::Plan;
use super::report::{Encoding, Meaning, Payload, ScanReport, Symbology};
use super::search::Search;
use super::trust::{Confirmations, Trust};
use crate::code::{Code, CodeKind};
use crate::qr::frame::Frame;

/// Looks at camera frames. One scanner serves one camera: it keeps its buffers,
/// where the last frames had their codes, and what they had no time for.
pub struct Scanner {
    pub(super) expected: Vec<CodeKind>,
    pub(super) trust: Trust,
    stopwatch: Arc<dyn Stopwatch>,
    pub(super) plan: Plan,
    pub(super) memory: Memory,
    pub(super) confirmations: Confirmations,
    pub(super) native: Picture,
    panics: u64,
}

impl Default for Scanner {
    fn default() -> Self {
        Self::with_stopwatch(Arc::new(SystemStopwatch::new()))
    }
}

impl Scanner {
    /// A scanner for a camera that expects any code of Paysera's.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A scanner whose budgets are measured by this stopwatch.
    #[must_use]
    pub fn with_stopwatch(stopwatch: Arc<dyn Stopwatch>) -> Self {
        Self {
            expected: Vec::new(),
            trust: Trust::default(),
            stopwatch,
            plan: Plan::default(),
            memory: Memory::default(),
            confirmations: Confirmations::default(),
            native: Picture::default(),
            panics: 0,
        }
    }

    /// This scanner with another trust: [`Trust::AtOnce`] for single pictures.
    #[must_use]
    pub fn trusting(mut self, trust: Trust) -> Self {
        self.trust = trust;
        self
    }

    /// Says what the step wants: a cash-out a reservation code, a cash-in a
    /// wallet code. Other codes are reported as what they are, and the search
    /// goes on past them. With none, any code of Paysera's is expected, and
    /// whatever is read ends the search of a frame.
    pub fn expect(&mut self, kinds: &[CodeKind]) {
        self.expected = kinds.to_vec();
    }

    /// Forgets what the last frames had: for a new step before the same camera.
    pub fn forget(&mut self) {
        self.memory = Memory::default();
        self.confirmations = Confirmations::default();
    }

    /// Panics of decoders since this scanner was made. Each was contained.
    #[must_use]
    pub const fn panics(&self) -> u64 {
        self.panics
    }

    /// Searches a frame. Any frame is answered, after bounded work; with a
    /// budget, about in time.
    pub fn scan(&mut self, frame: &Frame<'_>, budget: Budget) -> ScanReport {
        let deadline = Deadline::start(&self.stopwatch, budget);
        let report = Search::of(self, frame, deadline).run();
        self.panics += u64::from(report.panics);
        report
    }

    pub(super) fn meaning(&self, symbology: Symbology, payload: &Payload) -> Meaning {
        if matches!(symbology, Symbology::Ean13 | Symbology::Ean8) {
            return Meaning::Product;
        }
        let whole = payload.part.is_none() && payload.encoding != Encoding::Guessed;
        let code = payload.text.as_deref().filter(|_| whole).and_then(|text| Code::parse(text).ok());
        match code {
            Some(code) if self.expected.is_empty() || self.expected.contains(&code.kind()) => {
                Meaning::Expected(code)
            }
            Some(code) => Meaning::OtherCode(code.kind()),
            None => Meaning::Foreign,
        }
    }
}

impl fmt::Debug for Scanner {
    /// Without what was read.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scanner")
            .field("expected", &self.expected)
            .field("trust", &self.trust)
            .field("panics", &self.panics)
            .finish_non_exhaustive()
    }
}
