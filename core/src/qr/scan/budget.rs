//! How long a frame may take.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The time that one frame may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Budget {
    /// Everything is tried that may find a code: for a single picture. The work
    /// is still bounded, by the picture's size.
    Unlimited,
    /// For a camera: the scan ends about then, and what was not tried is tried
    /// on the next frames. 30 ms is one frame at 30 frames a second.
    Within(Duration),
}

/// A clock that only goes forward, for budgets; tests bring their own.
pub trait Stopwatch: Send + Sync + fmt::Debug {
    /// The time since any fixed moment.
    fn now(&self) -> Duration;
}

/// The system's monotonic clock.
#[derive(Clone, Copy, Debug)]
pub struct SystemStopwatch {
    start: Instant,
}

impl SystemStopwatch {
    /// A stopwatch that starts now.
    #[must_use]
    pub fn new() -> Self {
        Self { start: Instant::now() }
    }
}

impl Default for SystemStopwatch {
    fn default() -> Self {
        Self::new()
    }
}

impl Stopwatch for SystemStopwatch {
    fn now(&self) -> Duration {
        self.start.elapsed()
    }
}

/// When a frame's work has to end.
#[derive(Clone, Debug)]
pub(super) struct Deadline {
    stopwatch: Arc<dyn Stopwatch>,
    started: Duration,
    end: Option<Duration>,
}

impl Deadline {
    pub(super) fn start(stopwatch: &Arc<dyn Stopwatch>, budget: Budget) -> Self {
        let started = stopwatch.now();
        let end = match budget {
            Budget::Unlimited => None,
            Budget::Within(time) => Some(started.saturating_add(time)),
        };
        Self { stopwatch: Arc::clone(stopwatch), started, end }
    }

    /// Since the frame came.
    pub(super) fn elapsed(&self) -> Duration {
        self.stopwatch.now().saturating_sub(self.started)
    }

    /// Whether there is an end at all.
    pub(super) const fn is_limited(&self) -> bool {
        self.end.is_some()
    }

    /// Whether the time is over.
    pub(super) fn is_over(&self) -> bool {
        self.end.is_some_and(|end| self.stopwatch.now() >= end)
    }

    /// Whether work that takes this long ends in time.
    pub(super) fn has(&self, time: Duration) -> bool {
        self.end.is_none_or(|end| self.stopwatch.now().saturating_add(time) <= end)
    }
}
