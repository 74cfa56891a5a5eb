//! The difference between the device's clock and the server's (wallet-api
//! section 1.4).

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

use crate::clock::UnixSeconds;

/// The device's clock may leave its steady one by so much, in seconds: half of what
/// a server is likely to let pass, and more than a clock that is only adjusted.
const JUMP_SECONDS: u64 = 30;

/// How far the server is ahead of the device, in seconds.
#[derive(Debug, Default)]
pub(super) struct ServerClock {
    ahead: AtomicI64,
    /// Counts corrections, so that requests that failed together on one wrong
    /// clock correct it once.
    corrections: AtomicU64,
    correcting: tokio::sync::Mutex<()>,
    /// Where the device's clocks stood together when the difference was learnt, or
    /// first used.
    together: Mutex<Option<(UnixSeconds, Instant)>>,
}

impl ServerClock {
    pub(super) fn server_time(&self, device: UnixSeconds) -> UnixSeconds {
        device.plus(self.ahead.load(Ordering::Acquire))
    }

    pub(super) fn correct(&self, device: UnixSeconds, server: UnixSeconds) {
        *self.together.lock().unwrap_or_else(PoisonError::into_inner) = Some((device, Instant::now()));
        self.ahead.store(server.since(device), Ordering::Release);
        self.corrections.fetch_add(1, Ordering::AcqRel);
    }

    /// Whether the device's clock was set to another time since the difference was
    /// learnt, so that it does not hold any more: it went another way than the
    /// steady clock. So it does, too, where that stood still while a phone slept.
    pub(super) fn has_jumped(&self, device: UnixSeconds) -> bool {
        let now = Instant::now();
        let mut together = self.together.lock().unwrap_or_else(PoisonError::into_inner);
        let (wall, steady) = together.get_or_insert((device, now));
        let passed = i64::try_from(now.saturating_duration_since(*steady).as_secs()).unwrap_or(i64::MAX);
        device.since(*wall).abs_diff(passed) > JUMP_SECONDS
    }

    pub(super) fn corrections(&self) -> u64 {
        self.corrections.load(Ordering::Acquire)
    }

    /// Held while one request asks the server for its time.
    pub(super) async fn lock(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.correcting.lock().await
    }
}
