//! The documented limits of requests (wallet-api section 1.5), off unless asked
//! for.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use crate::random;

/// Requests of one access token, and the seconds in which they count.
const PER_TOKEN: (usize, i64) = (60, 60);

/// Requests of one account, and the seconds in which they count.
const PER_ACCOUNT: (usize, i64) = (1000, 3600);

/// Tokens, and accounts, that are counted at the same time. Apps make tokens, and
/// each refresh makes one more.
const MAX_COUNTED: usize = 10_000;

/// Characters of an unlock ticket, and most tickets that are kept.
const TICKET_LENGTH: usize = 32;
const MAX_TICKETS: usize = 1000;

/// Counts requests, or does not.
#[derive(Clone, Debug, Default)]
pub(crate) struct RateLimits(Option<Arc<Mutex<Counters>>>);

#[derive(Debug, Default)]
struct Counters {
    tokens: HashMap<String, VecDeque<i64>>,
    accounts: HashMap<i64, VecDeque<i64>>,
    /// Who is let through again by which ticket, the oldest first.
    tickets: VecDeque<(String, String, Option<i64>)>,
}

/// Over a limit.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct OverLimit {
    /// Seconds until it is worth trying again.
    pub(crate) retry_after: i64,
    /// What unlocks at once.
    pub(crate) ticket: String,
}

impl RateLimits {
    /// The limits of the documentation.
    pub(crate) fn documented() -> Self {
        Self(Some(Arc::default()))
    }

    /// Counts a request of a token, and of an account if it has one.
    pub(crate) fn count(&self, now: i64, token: &str, account: Option<i64>) -> Result<(), OverLimit> {
        let Some(counters) = &self.0 else { return Ok(()) };
        let mut counters = counters.lock().unwrap_or_else(PoisonError::into_inner);
        let Counters { tokens, accounts, tickets } = &mut *counters;
        let of_token = counted(tokens, token.to_owned(), now, PER_TOKEN);
        let mut wait = over(of_token, now, PER_TOKEN);
        if let Some(account) = account {
            wait = wait.max(over(counted(accounts, account, now, PER_ACCOUNT), now, PER_ACCOUNT));
        }
        let Some(retry_after) = wait else {
            of_token.push_back(now);
            if let Some(of_account) = account.and_then(|account| accounts.get_mut(&account)) {
                of_account.push_back(now);
            }
            return Ok(());
        };
        let known = tickets.iter().find(|(_, of, _)| of == token).map(|(ticket, ..)| ticket.clone());
        let ticket = known.unwrap_or_else(|| {
            // Without randomness nobody can unlock, which is the safe side.
            let ticket = random::name(TICKET_LENGTH).unwrap_or_default();
            if tickets.len() >= MAX_TICKETS {
                tickets.pop_front();
            }
            tickets.push_back((ticket.clone(), token.to_owned(), account));
            ticket
        });
        Err(OverLimit { retry_after, ticket })
    }

    /// Lets the owner of a ticket through again; false for an unknown one.
    pub(crate) fn unlock(&self, ticket: &str) -> bool {
        let Some(counters) = &self.0 else { return false };
        let mut counters = counters.lock().unwrap_or_else(PoisonError::into_inner);
        let index = counters.tickets.iter().position(|(own, ..)| !own.is_empty() && own == ticket);
        let Some((_, token, account)) = index.and_then(|index| counters.tickets.remove(index)) else {
            return false;
        };
        counters.tokens.remove(&token);
        if let Some(account) = account {
            counters.accounts.remove(&account);
        }
        true
    }
}

/// The requests of one. Room for a new one is made by those who have not asked
/// lately, or else by who has not asked for the longest time.
fn counted<K: Clone + Eq + Hash>(
    all: &mut HashMap<K, VecDeque<i64>>,
    key: K,
    now: i64,
    (_, seconds): (usize, i64),
) -> &mut VecDeque<i64> {
    if all.len() >= MAX_COUNTED && !all.contains_key(&key) {
        all.retain(|_, times| times.back().is_some_and(|time| *time > now.saturating_sub(seconds)));
        let oldest = all.iter().min_by_key(|(_, times)| times.back()).map(|(key, _)| key.clone());
        if let Some(oldest) = oldest.filter(|_| all.len() >= MAX_COUNTED) {
            all.remove(&oldest);
        }
    }
    all.entry(key).or_default()
}

/// How long to wait until one more fits, if it does not now.
fn over(times: &mut VecDeque<i64>, now: i64, (most, seconds): (usize, i64)) -> Option<i64> {
    // The clock may have been set back.
    times.retain(|time| *time > now.saturating_sub(seconds) && *time <= now);
    if times.len() < most {
        return None;
    }
    let oldest = times.front().copied().unwrap_or(now);
    Some(oldest.saturating_add(seconds).saturating_sub(now).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_sixty_a_minute_and_an_account_a_thousand_an_hour() {
        let limits = RateLimits::documented();
        for second in 0..60 {
            limits.count(1000 + second, "a", Some(1)).unwrap();
        }
        let over = limits.count(1059, "a", Some(1)).unwrap_err();
        assert_eq!(over.retry_after, 1);
        limits.count(1060, "a", Some(1)).unwrap();
        limits.count(1060, "b", Some(1)).unwrap();
        for token in 0..938 {
            limits.count(1100, &format!("t{token}"), Some(1)).unwrap();
        }
        let over = limits.count(1100, "c", Some(1)).unwrap_err();
        assert_eq!(over.retry_after, 3500);
        limits.count(1100, "c", Some(2)).unwrap();
        assert!(limits.unlock(&over.ticket) && !limits.unlock(&over.ticket) && !limits.unlock(""));
        limits.count(1100, "c", Some(1)).unwrap();
    }

    #[test]
    fn only_so_many_are_counted() {
        let limits = RateLimits::documented();
        let counted = || limits.0.as_ref().unwrap().lock().unwrap().tokens.len();
        for number in 0..60 {
            limits.count(1000 + number, "busy", None).unwrap();
        }
        for number in 0..MAX_COUNTED + 5 {
            limits.count(1010, &format!("t{number}"), None).unwrap();
        }
        assert_eq!(counted(), MAX_COUNTED);
        // Who asked last is still counted.
        limits.count(1059, "busy", None).unwrap_err();
        limits.count(1200, "later", None).unwrap();
        assert_eq!(counted(), 1);
    }

    #[test]
    fn off_is_off() {
        let limits = RateLimits::default();
        for _ in 0..5000 {
            limits.count(0, "a", Some(1)).unwrap();
        }
        assert!(!limits.unlock("x"));
    }
}
