//! The server's clock: the system's, or one that stands still, moved by an
//! offset that tests change.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::watch;

/// How long to sleep at most before looking again: the system's clock may be
/// set, and the machine may have slept.
const LONGEST_NAP: Duration = Duration::from_secs(60);

/// The times that whoever uses the control API may set: from 1970 on requests can
/// be signed, until the year 9999 dates have the same form.
const SETTABLE: RangeInclusive<i64> = 0..=253_402_300_799;

/// The clock of one sandbox. Clones are handles of the same clock.
#[derive(Clone, Debug)]
pub struct SandboxClock {
    /// `None`: the system's time.
    fixed: Option<i64>,
    offset: Arc<watch::Sender<i64>>,
}

impl SandboxClock {
    /// The system's time.
    #[must_use]
    pub fn system() -> Self {
        Self { fixed: None, offset: Arc::new(watch::Sender::new(0)) }
    }

    /// A clock that stands at `unix_seconds` until it is moved.
    #[must_use]
    pub fn fixed(unix_seconds: i64) -> Self {
        Self { fixed: Some(unix_seconds), ..Self::system() }
    }

    /// The present time in seconds since 1970-01-01 UTC.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.base().saturating_add(*self.offset.borrow())
    }

    /// The time without the offset.
    fn base(&self) -> i64 {
        self.fixed.unwrap_or_else(|| {
            let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            i64::try_from(since_epoch.as_secs()).unwrap_or(i64::MAX)
        })
    }

    /// Moves the clock forward by `seconds` (back, if negative).
    pub fn advance(&self, seconds: i64) {
        self.offset.send_modify(|offset| *offset = offset.saturating_add(seconds));
    }

    /// Sets the difference to the system's (or the fixed) time, in seconds.
    pub fn set_offset(&self, seconds: i64) {
        self.offset.send_replace(seconds);
    }

    /// Moves the clock to the offset that `change` makes of the present one;
    /// `false`, and nothing happens, if that is a time that may not be set.
    pub(crate) fn try_move(&self, change: impl FnOnce(i64) -> i64) -> bool {
        self.offset.send_if_modified(|offset| {
            let next = change(*offset);
            let may_be = SETTABLE.contains(&self.base().saturating_add(next));
            if may_be {
                *offset = next;
            }
            may_be
        })
    }

    /// Waits until it is `unix_seconds` by this clock, however it gets there.
    pub(crate) async fn wait_until(&self, unix_seconds: i64) {
        let mut moved = self.offset.subscribe();
        loop {
            let left = unix_seconds.saturating_sub(self.now());
            let Some(left) = u64::try_from(left).ok().filter(|left| *left > 0) else { return };
            // An error would mean that the sender is gone, which is in `self`;
            // a nap that is over, that it is time to look.
            let _looked =
                tokio::time::timeout(LONGEST_NAP.min(Duration::from_secs(left)), moved.changed()).await;
        }
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

    #[tokio::test]
    async fn who_waits_is_woken_when_the_clock_gets_there() {
        let clock = SandboxClock::fixed(1000);
        clock.wait_until(1000).await;
        let handle = clock.clone();
        let waiting = tokio::spawn(async move { handle.wait_until(1100).await });
        for _ in 0..2 {
            tokio::task::yield_now().await;
            assert!(!waiting.is_finished());
            clock.advance(50);
        }
        waiting.await.unwrap();
    }

    #[tokio::test]
    async fn the_systems_time_passes_by_itself() {
        let clock = SandboxClock::system();
        clock.wait_until(clock.now() + 1).await;
    }
}
