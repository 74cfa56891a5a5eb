//! The difference between the device's clock and the server's (wallet-api
//! section 1.4).

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use crate::clock::UnixSeconds;

/// How far the server is ahead of the device, in seconds.
#[derive(Debug, Default)]
pub(super) struct ServerClock {
    ahead: AtomicI64,
    /// Counts corrections, so that requests that failed together on one wrong
    /// clock correct it once.
    corrections: AtomicU64,
    correcting: tokio::sync::Mutex<()>,
}

impl ServerClock {
    pub(super) fn server_time(&self, device: UnixSeconds) -> UnixSeconds {
        device.plus(self.ahead.load(Ordering::Acquire))
    }

    pub(super) fn correct(&self, device: UnixSeconds, server: UnixSeconds) {
        self.ahead.store(server.since(device), Ordering::Release);
        self.corrections.fetch_add(1, Ordering::AcqRel);
    }

    pub(super) fn corrections(&self) -> u64 {
        self.corrections.load(Ordering::Acquire)
    }

    /// Held while one request asks the server for its time.
    pub(super) async fn lock(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.correcting.lock().await
    }
}
