//! Failures on demand: rules that say which requests meet which fault, how
//! often and how likely.

mod random;
mod rule;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::{Method, StatusCode};
use tokio::sync::watch;

use random::Random;
pub use rule::{Fault, FaultRule};

/// Rules nobody triggers must not pile up.
const MAX_RULES: usize = 1000;

/// The longest that a fault may hold a request.
pub(crate) const LONGEST_DELAY: Duration = Duration::from_secs(600);

/// The switchboard of one sandbox's faults. Clones are handles of the same board.
///
/// The rules are looked at in the order in which they were set; the first one
/// that names the request and whose chance falls on it is used. Each rule has a
/// row of chances of its own, so that with the same seed and the same rules its
/// first, second and every further request always meet the same, whatever other
/// requests come between.
#[derive(Clone, Debug)]
pub struct Faults {
    board: Arc<Mutex<Board>>,
    /// Requests that are held.
    held: watch::Sender<usize>,
    /// Counts how often the held ones were let go.
    releases: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Board {
    rules: Vec<Set>,
    last_id: u64,
    seed: u64,
    /// Rules that have begun a row since the seed or the last clearing.
    rows: u64,
}

/// A rule that is set.
#[derive(Debug)]
struct Set {
    id: u64,
    rule: FaultRule,
    chances: Random,
}

impl Board {
    fn next_row(&mut self) -> Random {
        self.rows = self.rows.wrapping_add(1);
        Random::row(self.seed, self.rows)
    }
}

impl Default for Faults {
    fn default() -> Self {
        Self { board: Arc::default(), held: watch::Sender::new(0), releases: watch::Sender::new(0) }
    }
}

impl Faults {
    /// Sets a rule; its number, for [`Faults::remove`]. `None` if a thousand
    /// rules are set already.
    pub fn add(&self, rule: FaultRule) -> Option<u64> {
        let mut board = self.board();
        if board.rules.len() >= MAX_RULES {
            return None;
        }
        board.last_id = board.last_id.saturating_add(1);
        let (id, chances) = (board.last_id, board.next_row());
        board.rules.push(Set { id, rule, chances });
        Some(id)
    }

    /// Takes a rule back; false if it is used up or was never there.
    pub fn remove(&self, id: u64) -> bool {
        let mut board = self.board();
        let before = board.rules.len();
        board.rules.retain(|set| set.id != id);
        board.rules.len() < before
    }

    /// Forgets every rule, begins the rows of chances anew and lets go what is
    /// held.
    pub fn clear(&self) {
        let mut board = self.board();
        board.rules.clear();
        board.rows = 0;
        drop(board);
        self.release();
    }

    /// Begins the rows of chances anew from `seed`, also of the rules that are
    /// set; it is 0 at the start.
    pub fn seed(&self, seed: u64) {
        let mut board = self.board();
        (board.seed, board.rows) = (seed, 0);
        let mut rules = std::mem::take(&mut board.rules);
        for set in &mut rules {
            set.chances = board.next_row();
        }
        board.rules = rules;
    }

    /// Ends every delay and every silence that a request is in now.
    pub fn release(&self) {
        self.releases.send_modify(|times| *times = times.wrapping_add(1));
    }

    /// How many requests are held by a delay or a silence, and is told when that
    /// changes.
    #[must_use]
    pub fn held(&self) -> watch::Receiver<usize> {
        self.held.subscribe()
    }

    /// Holds a request for `time` or until it is let go.
    pub(crate) async fn hold(&self, time: Duration) {
        let mut releases = self.releases.subscribe();
        let _held = Held::new(&self.held);
        // Either end will do.
        let _ended = tokio::time::timeout(time, releases.changed()).await;
    }

    /// The rules that are set, in order, with their numbers.
    #[must_use]
    pub fn rules(&self) -> Vec<(u64, FaultRule)> {
        self.board().rules.iter().map(|set| (set.id, set.rule.clone())).collect()
    }

    /// Whether every fault that was to happen so many times has happened.
    #[must_use]
    pub fn are_used_up(&self) -> bool {
        self.board().rules.iter().all(|set| set.rule.times.is_none())
    }

    /// The next such request is processed, and its connection closed without
    /// an answer.
    pub fn drop_answer_once(&self, method: &str, path: &str) {
        self.once(method, path, Fault::DropAnswer);
    }

    /// The next such request is answered with `http_status` and a JSON error,
    /// and not processed. A number that is no HTTP status counts as 500.
    pub fn fail_once(&self, method: &str, path: &str, http_status: u16) {
        self.once(method, path, Fault::Status { status: http_status, retry_after: None });
    }

    /// The next such request is processed, and its connection closed in the
    /// middle of the answer's body.
    pub fn truncate_once(&self, method: &str, path: &str) {
        self.once(method, path, Fault::Truncate);
    }

    /// The next such request is processed, and answered with HTML instead of
    /// JSON, under the same status and content type.
    pub fn not_json_once(&self, method: &str, path: &str) {
        self.once(method, path, Fault::NotJson);
    }

    fn once(&self, method: &str, path: &str, fault: Fault) {
        // More rules than the board holds would never be used.
        let _id = self.add(FaultRule::new(path, fault).method(method).times(1));
    }

    /// The fault for this request, if there is one; it is used by asking.
    pub(crate) fn take(&self, method: &Method, path: &str) -> Option<Fault> {
        let mut board = self.board();
        let rules = &mut board.rules;
        let index = rules.iter_mut().position(|Set { rule, chances, .. }| {
            rule.names(method.as_str(), path) && chances.falls_on(rule.per_mille)
        })?;
        let rule = &mut rules.get_mut(index)?.rule;
        let fault = rule.fault;
        if let Some(times) = &mut rule.times {
            *times = times.saturating_sub(1);
            if *times == 0 {
                rules.remove(index);
            }
        }
        Some(fault)
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts a request as held while it is there.
struct Held<'a>(&'a watch::Sender<usize>);

impl<'a> Held<'a> {
    fn new(count: &'a watch::Sender<usize>) -> Self {
        count.send_modify(|count| *count = count.saturating_add(1));
        Self(count)
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count = count.saturating_sub(1));
    }
}

/// What the wire calls a status that a fault answers with.
pub(crate) fn error_name(status: StatusCode) -> &'static str {
    if status == StatusCode::TOO_MANY_REQUESTS { "rate_limit_exceeded" } else { "internal_server_error" }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIRM: &str = "/rest/v1/transaction/a/confirm";

    #[test]
    fn a_rule_hits_as_often_as_it_says_and_in_order() {
        let faults = Faults::default();
        faults.fail_once("PUT", "/confirm", 503);
        let twice = faults.add(FaultRule::new("transaction/*/confirm", Fault::DropAnswer).times(2)).unwrap();
        let always = faults.add(FaultRule::new("confirm", Fault::NotJson)).unwrap();
        assert_eq!(faults.take(&Method::GET, CONFIRM), Some(Fault::DropAnswer));
        assert_eq!(
            faults.take(&Method::PUT, CONFIRM),
            Some(Fault::Status { status: 503, retry_after: None })
        );
        assert!(!faults.are_used_up());
        assert_eq!(faults.take(&Method::PUT, CONFIRM), Some(Fault::DropAnswer));
        assert!(faults.are_used_up());
        for _ in 0..3 {
            assert_eq!(faults.take(&Method::PUT, CONFIRM), Some(Fault::NotJson));
        }
        assert!(!faults.remove(twice) && faults.remove(always));
        assert_eq!(faults.take(&Method::PUT, CONFIRM), None);
    }

    #[test]
    fn the_same_seed_gives_the_same_faults() {
        let row = |seed| {
            let faults = Faults::default();
            faults.seed(seed);
            faults.add(FaultRule::new("*", Fault::DropRequest).per_mille(250)).unwrap();
            let hits = || (0..400).map(|_| faults.take(&Method::GET, CONFIRM).is_some()).collect::<Vec<_>>();
            let first = hits();
            faults.seed(seed);
            assert_eq!(first, hits(), "the rules that are set begin anew");
            first
        };
        assert_eq!(row(7), row(7));
        assert_ne!(row(7), row(8));
        let hits = row(7).into_iter().filter(|hit| *hit).count();
        assert!((60..140).contains(&hits), "{hits} of 400");
    }

    #[test]
    fn the_requests_of_one_rule_do_not_move_the_chances_of_another() {
        let row = |polls: usize| {
            let faults = Faults::default();
            faults.add(FaultRule::new("transactions", Fault::DropRequest).per_mille(500)).unwrap();
            faults.add(FaultRule::new("confirm", Fault::DropAnswer).per_mille(500)).unwrap();
            let confirm = |_| {
                for _ in 0..polls {
                    faults.take(&Method::GET, "/rest/v1/transactions");
                }
                faults.take(&Method::PUT, CONFIRM).is_some()
            };
            (0..200).map(confirm).collect::<Vec<_>>()
        };
        assert_eq!(row(0), row(3));
    }

    #[test]
    fn the_board_is_bounded() {
        let faults = Faults::default();
        for _ in 0..MAX_RULES {
            faults.drop_answer_once("PUT", "/confirm");
        }
        assert_eq!(faults.add(FaultRule::new("*", Fault::Truncate)), None);
        faults.clear();
        assert!(faults.are_used_up() && faults.rules().is_empty());
    }
}
