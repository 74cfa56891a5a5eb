//! The last requests to the API, with the reason of each refusal.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use tokio::sync::watch;

/// Requests that are kept.
const MAX_ENTRIES: usize = 1000;

/// Longest path that is kept, in characters.
const MAX_PATH: usize = 300;

/// A request and how it was answered. It holds no key and no body.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Entry {
    /// Counts up from 1.
    pub(crate) seq: u64,
    /// Server time in seconds since 1970-01-01 UTC.
    pub(crate) at: i64,
    pub(crate) method: String,
    pub(crate) path: String,
    /// Who claims to sign.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mac_id: Option<String>,
    pub(crate) status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<&'static str>,
    /// Why it was refused, in more words than the wire gives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    /// What a fault did to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fault: Option<String>,
    pub(crate) milliseconds: u64,
}

/// What a refused answer says to the log; it travels with the response.
#[derive(Clone, Debug)]
pub(crate) struct RefusalNote {
    pub(crate) error: &'static str,
    pub(crate) reason: String,
}

/// A handle of the log; clones share it.
#[derive(Clone, Debug)]
pub(crate) struct RequestLog {
    entries: Arc<Mutex<VecDeque<Entry>>>,
    last: watch::Sender<u64>,
}

impl Default for RequestLog {
    fn default() -> Self {
        Self { entries: Arc::default(), last: watch::Sender::new(0) }
    }
}

impl RequestLog {
    /// Writes a request down; `seq` is set here.
    pub(crate) fn add(&self, mut entry: Entry) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((end, _)) = entry.path.char_indices().nth(MAX_PATH) {
            entry.path.truncate(end);
        }
        let seq = self.last.borrow().saturating_add(1);
        entry.seq = seq;
        if entries.len() >= MAX_ENTRIES {
            entries.pop_front();
        }
        entries.push_back(entry);
        self.last.send_replace(seq);
    }

    /// The newest `limit` requests, oldest first.
    pub(crate) fn latest(&self, limit: usize) -> Vec<Entry> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.iter().skip(entries.len().saturating_sub(limit)).cloned().collect()
    }

    /// Is told of every request.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.last.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_make_room_and_numbers_go_on() {
        let log = RequestLog::default();
        for _ in 0..MAX_ENTRIES + 5 {
            log.add(Entry {
                seq: 0,
                at: 0,
                method: "GET".into(),
                path: "ß".repeat(400),
                mac_id: None,
                status: 200,
                error: None,
                reason: None,
                fault: None,
                milliseconds: 0,
            });
        }
        let all = log.latest(usize::MAX);
        assert_eq!((all.len(), all[0].seq), (MAX_ENTRIES, 6));
        assert_eq!(all[0].path.chars().count(), MAX_PATH);
        assert_eq!(log.latest(2).iter().map(|entry| entry.seq).collect::<Vec<_>>(), [1004, 1005]);
    }
}
