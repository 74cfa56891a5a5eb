//! How often the server is asked.

use std::time::Duration;

use crate::error::ApiError;

/// Slower than this nobody is asked.
pub(super) const LONGEST: Duration = Duration::from_secs(60);

/// How often the server is asked about an open attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Before the first look: nobody scans, reads and agrees so fast.
    pub first: Duration,
    /// At the beginning, when an answer is most likely.
    pub quick: Duration,
    /// The interval grows to this part of the time that has passed, in percent:
    /// who has waited for a minute can wait for some seconds more.
    pub growth_percent: u32,
    /// It grows no further.
    pub slowest: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            first: Duration::from_millis(2000),
            quick: Duration::from_millis(800),
            growth_percent: 10,
            slowest: Duration::from_secs(15),
        }
    }
}

impl Pace {
    /// Every `interval`, for tests and demonstrations.
    #[must_use]
    pub const fn steady(interval: Duration) -> Self {
        Self { first: interval, quick: interval, growth_percent: 0, slowest: interval }
    }

    /// Refuses a pace that would never stop asking.
    pub(crate) fn check(&self) -> Result<(), ApiError> {
        if self.first.is_zero() || self.quick.is_zero() || self.slowest < self.quick {
            return Err(ApiError::rejected("pace", "must be more than zero, and slowest not below quick"));
        }
        Ok(())
    }

    /// The time until the next look, after `watched` and `failures` in a row.
    pub(super) fn interval(&self, watched: Duration, failures: u32) -> Duration {
        let grown = watched.saturating_mul(self.growth_percent) / 100;
        let interval = grown.clamp(self.quick.min(self.slowest), self.slowest);
        interval.saturating_mul(1_u32.checked_shl(failures).unwrap_or(u32::MAX)).min(LONGEST.max(self.quick))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_is_quick_at_first_and_slower_as_time_passes() {
        let pace = Pace::default();
        let after = |seconds| pace.interval(Duration::from_secs(seconds), 0);
        assert_eq!(after(0), Duration::from_millis(800));
        assert_eq!(after(10), Duration::from_secs(1));
        assert_eq!(after(100), Duration::from_secs(10));
        assert_eq!(after(86_400), Duration::from_secs(15));
        assert_eq!(pace.interval(Duration::ZERO, 3), Duration::from_millis(6400));
        assert_eq!(pace.interval(Duration::ZERO, 99), Duration::from_secs(60));
        let steady = Pace::steady(Duration::from_millis(10));
        assert_eq!(steady.interval(Duration::from_secs(900), 0), Duration::from_millis(10));
    }
}
