//! How many requests may be made, and who goes first.
//!
//! Paysera documents 60 requests a minute for a token and 1,000 an hour for an
//! account (wallet-api section 1.5). Who spends them on polls has none left for
//! the confirm that a customer waits for, so urgent calls go first and polls
//! never take the last ones.

use std::collections::{BTreeSet, VecDeque};
use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use crate::wallet_api::error::{Captcha, WalletApiError};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const PER_MINUTE: usize = 60;
const PER_HOUR: usize = 1000;
/// When the server doesn't say how long to wait.
const PAUSE: Duration = Duration::from_secs(60);

/// Who goes first; the order is that of urgency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::wallet_api) enum Priority {
    /// What can move money: a customer stands at the till.
    Write,
    /// What a person asked for.
    Read,
    /// A look at something that may have changed.
    Watch,
}

impl Priority {
    /// How much of a limit calls of this kind may take; the rest is kept for
    /// more urgent ones.
    fn share(self, limit: &Limit) -> usize {
        let kept = match self {
            Self::Write => 0,
            Self::Read => limit.requests / 10,
            // A burst of polls in one minute would be in the way of people.
            Self::Watch if limit.span <= MINUTE => limit.requests / 4,
            Self::Watch => limit.requests / 8,
        };
        limit.requests.saturating_sub(kept)
    }
}

#[derive(Debug)]
struct Limit {
    span: Duration,
    requests: usize,
}

/// How many requests the clients that share it may make. Every client of one
/// account on a device should share one.
///
/// Time is the device's monotonic time. Where that stands still while a phone
/// sleeps, the budget is more careful than it need be.
#[derive(Debug)]
pub struct RequestBudget {
    limits: Vec<Limit>,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// When the latest requests were made, oldest first.
    made: VecDeque<Instant>,
    /// Who waits, most urgent first.
    queue: BTreeSet<(Priority, u64)>,
    last_ticket: u64,
    pause: Option<Pause>,
}

/// The server asked for no requests until then.
#[derive(Clone, Debug)]
struct Pause {
    until: Instant,
    captcha: Option<Captcha>,
}

impl RequestBudget {
    /// The documented limits: 60 a minute, and 1,000 an hour divided by the
    /// number of tills that use the same account.
    #[must_use]
    pub fn documented(tills: NonZeroU32) -> Self {
        let tills = usize::try_from(tills.get()).unwrap_or(usize::MAX);
        let hourly = PER_HOUR.checked_div(tills).unwrap_or(PER_HOUR).max(1);
        Self::with_limits(vec![
            Limit { span: MINUTE, requests: PER_MINUTE },
            Limit { span: HOUR, requests: hourly },
        ])
    }

    /// No limits of our own, for load tests against a sandbox. What the server
    /// asks for is obeyed all the same.
    #[must_use]
    pub fn unlimited() -> Self {
        Self::with_limits(Vec::new())
    }

    fn with_limits(limits: Vec<Limit>) -> Self {
        Self { limits, state: Mutex::default(), changed: Notify::new() }
    }

    /// Waits for leave to make one request, until `deadline` at most.
    ///
    /// # Errors
    /// [`WalletApiError::Paused`] while the server wants no requests: at once
    /// for a write, since its attempt knows better what to do than wait, and at
    /// the deadline for others. [`WalletApiError::BudgetSpent`] if there is no
    /// room before the deadline.
    pub(super) async fn enter(&self, priority: Priority, deadline: Instant) -> Result<(), WalletApiError> {
        let place = Place::take(self, priority);
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            let now = Instant::now();
            let again = match self.ask(&place, now) {
                Answer::Go => return Ok(()),
                Answer::Wait(until) if until <= deadline => until,
                Answer::Wait(until) => {
                    return Err(WalletApiError::BudgetSpent {
                        retry_after: until.saturating_duration_since(now),
                    });
                }
                Answer::Paused(pause) => {
                    if priority == Priority::Write || now >= deadline {
                        let retry_after = pause.until.saturating_duration_since(now);
                        return Err(WalletApiError::Paused {
                            retry_after,
                            captcha: pause.captcha.map(Box::new),
                        });
                    }
                    pause.until.min(deadline)
                }
                Answer::Queue => deadline,
            };
            if now >= deadline {
                return Err(WalletApiError::BudgetSpent { retry_after: Duration::ZERO });
            }
            tokio::select! {
                () = changed => {}
                () = sleep_until(again) => {}
            }
        }
    }

    fn ask(&self, place: &Place<'_>, now: Instant) -> Answer {
        let mut state = self.state();
        if let Some(pause) = &state.pause {
            if pause.until > now {
                return Answer::Paused(pause.clone());
            }
            state.pause = None;
        }
        // Only the first of the queue is told when there is room.
        if state.queue.first() != Some(&place.entry) {
            return match self.room(&state, place.entry.0, now) {
                Some(until) if until > now => Answer::Wait(until),
                _ => Answer::Queue,
            };
        }
        match self.room(&state, place.entry.0, now) {
            Some(until) if until > now => Answer::Wait(until),
            _ => {
                self.count(&mut state, now);
                Answer::Go
            }
        }
    }

    /// When there is room for one more; `None` if there are no limits.
    fn room(&self, state: &State, priority: Priority, now: Instant) -> Option<Instant> {
        let room = |limit: &Limit| {
            let share = priority.share(limit).max(1);
            // The request that has to fall out of the span before one more fits.
            let oldest = state.made.len().checked_sub(share)?;
            state.made.get(oldest).map(|made| *made + limit.span)
        };
        self.limits.iter().map(|limit| room(limit).unwrap_or(now)).max()
    }

    /// By how much looks at what may have changed are to be spread, as a part of
    /// 16: 16 while there is enough, more when three quarters of what they may
    /// take in a span are taken. So they become slower before they would have to stop.
    pub(in crate::wallet_api) fn spread(&self) -> u32 {
        let (state, now) = (self.state(), Instant::now());
        let spread = |limit: &Limit| {
            let share = Priority::Watch.share(limit).max(1);
            let taken = state.made.iter().rev().take_while(|made| **made + limit.span > now).count();
            let (quarter, left) = (share.div_ceil(4), share.saturating_sub(taken).max(1));
            quarter.max(left).saturating_mul(16).checked_div(left).unwrap_or(usize::MAX)
        };
        let most = self.limits.iter().map(spread).max().unwrap_or(16);
        u32::try_from(most).unwrap_or(u32::MAX)
    }

    fn count(&self, state: &mut State, now: Instant) {
        let Some(longest) = self.limits.iter().map(|limit| limit.span).max() else { return };
        state.made.push_back(now);
        while state.made.front().is_some_and(|made| *made + longest <= now) {
            state.made.pop_front();
        }
    }

    /// Makes no requests for that long: the server asked for it.
    pub(super) fn pause(&self, retry_after: Option<Duration>, captcha: Option<Captcha>) {
        let until = Instant::now() + retry_after.unwrap_or(PAUSE);
        self.state().pause = Some(Pause { until, captcha });
        self.changed.notify_waiters();
    }

    /// The server takes requests again.
    pub(super) fn resume(&self) {
        self.state().pause = None;
        self.changed.notify_waiters();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum Answer {
    Go,
    /// There is room then.
    Wait(Instant),
    /// Others go first.
    Queue,
    Paused(Pause),
}

/// A place in the queue; given up when it is dropped, so that a call that its
/// caller forgot holds up nobody.
struct Place<'a> {
    budget: &'a RequestBudget,
    entry: (Priority, u64),
}

impl<'a> Place<'a> {
    fn take(budget: &'a RequestBudget, priority: Priority) -> Self {
        let mut state = budget.state();
        state.last_ticket = state.last_ticket.wrapping_add(1);
        let entry = (priority, state.last_ticket);
        state.queue.insert(entry);
        Self { budget, entry }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.budget.state().queue.remove(&self.entry);
        self.budget.changed.notify_waiters();
    }
}

#[cfg(test)]
mod tests;
