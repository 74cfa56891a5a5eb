//! The server's clock: the system's, or one that stands still, moved by an
//! offset that tests change.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// The clock of one sandbox. Clones are handles of the same clock.
#[derive(Clone, Debug)]
pub struct SandboxClock {
    /// `None`: the system's time.
    fixed: Option<i64>,
    offset: Arc<AtomicI64>,
}

impl SandboxClock {
    /// The system's time.
    #[must_use]
    pub fn system() -> Self {
        Self { fixed: None, offset: Arc::new(AtomicI64::new(0)) }
    }

    /// A clock that stands at `unix_seconds` until it is moved.
    #[must_use]
    pub fn fixed(unix_seconds: i64) -> Self {
        Self { fixed: Some(unix_seconds), offset: Arc::new(AtomicI64::new(0)) }
    }

    /// The present time in seconds since 1970-01-01 UTC.
    #[must_use]
    pub fn now(&self) -> i64 {
        let base = self.fixed.unwrap_or_else(|| {
            let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            i64::try_from(since_epoch.as_secs()).unwrap_or(i64::MAX)
        });
        base.saturating_add(self.offset.load(Ordering::SeqCst))
    }

    /// Moves the clock forward by `seconds` (back, if negative).
    pub fn advance(&self, seconds: i64) {
        // Only a closure that answers None makes this an error.
        let _moved = self
            .offset
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |offset| Some(offset.saturating_add(seconds)));
    }

    /// Sets the difference to the system's (or the fixed) time, in seconds.
    pub fn set_offset(&self, seconds: i64) {
        self.offset.store(seconds, Ordering::SeqCst);
    }
}

impl Default for SandboxClock {
    fn default() -> Self {
        Self::system()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_move_the_same_clock() {
        let clock = SandboxClock::fixed(1000);
        let handle = clock.clone();
        handle.advance(60);
        assert_eq!(clock.now(), 1060);
        clock.set_offset(-10);
        assert_eq!(clock.now(), 990);
        clock.advance(i64::MAX);
        assert_eq!(clock.now(), i64::MAX);
    }
}
