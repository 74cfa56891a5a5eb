//! Nonces that were used: a request is taken once (wallet-api section 2.3).
//!
//! Kept in memory only. A restart forgets them, which the timestamp window
//! bounds to five minutes.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};

/// How long a nonce is remembered, in seconds; longer than the timestamp
/// window of both directions together. PROPOSAL of wallet-api section 2.3.
const WINDOW_SECONDS: i64 = 600;

/// Most nonces remembered: 600 s at 1000 requests a second.
const MAX_REMEMBERED: usize = 600_000;

/// Id, timestamp and nonce of a request.
pub(crate) type Seen = (String, i64, String);

/// The used nonces of one sandbox.
#[derive(Debug, Default)]
pub(crate) struct ReplayGuard {
    memory: Mutex<Memory>,
}

#[derive(Debug, Default)]
struct Memory {
    known: HashSet<Seen>,
    by_age: VecDeque<(i64, Seen)>,
}

impl ReplayGuard {
    /// Remembers the request; false if it was seen before, or if so many were
    /// seen that a repetition could not be told any more.
    pub(crate) fn remember(&self, now: i64, request: Seen) -> bool {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some((seen_at, _)) = memory.by_age.front() {
            // A clock that was moved back makes ages negative: keep those.
            if now.saturating_sub(*seen_at) < WINDOW_SECONDS {
                break;
            }
            if let Some((_, old)) = memory.by_age.pop_front() {
                memory.known.remove(&old);
            }
        }
        if memory.by_age.len() >= MAX_REMEMBERED || !memory.known.insert(request.clone()) {
            return false;
        }
        memory.by_age.push_back((now, request));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_taken_once_per_id_and_window() {
        let guard = ReplayGuard::default();
        let request = |id: &str| (id.to_owned(), 5, "n".to_owned());
        assert!(guard.remember(0, request("a")));
        assert!(!guard.remember(599, request("a")));
        assert!(guard.remember(0, request("b")));
        assert!(guard.remember(600, request("a")));
        assert_eq!(guard.memory.lock().unwrap().by_age.len(), 1, "old nonces are forgotten");
    }
}
