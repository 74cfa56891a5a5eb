//! Business days: which day of the till a moment belongs to.

use std::fmt;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::clock::UnixSeconds;

/// A business day, written `yyyy-mm-dd`; days sort like their texts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BusinessDay(String);

impl BusinessDay {
    /// Reads `yyyy-mm-dd`.
    ///
    /// # Errors
    /// [`CalendarError::Day`].
    pub fn parse(text: &str) -> Result<Self, CalendarError> {
        text.parse::<jiff::civil::Date>()
            .ok()
            .map(|date| Self(date.to_string()))
            .filter(|day| day.0 == text)
            .ok_or_else(|| CalendarError::Day { text: text.to_owned() })
    }

    /// The day as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BusinessDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A calendar was asked for that does not exist.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CalendarError {
    /// Not a time zone of the IANA database.
    #[error("{name:?} is not a time zone; use a name like Asia/Tbilisi")]
    TimeZone {
        /// What was asked for.
        name: String,
    },
    /// Not an hour of the first half of a day.
    #[error("a business day starts between 0 and 12 o'clock, not at {hour}")]
    Start {
        /// What was asked for.
        hour: u8,
    },
    /// Not a day.
    #[error("{text:?} is not a day of the form yyyy-mm-dd")]
    Day {
        /// What was read.
        text: String,
    },
}

/// The days of a location: its time zone, and the hour at which a new day of
/// business begins. A bar that closes at three counts the night to the evening.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BusinessCalendar {
    zone: TimeZone,
    starts_at: u8,
}

impl Default for BusinessCalendar {
    /// Days of UTC that begin at midnight.
    fn default() -> Self {
        Self { zone: TimeZone::UTC, starts_at: 0 }
    }
}

impl BusinessCalendar {
    /// The calendar of a time zone by its IANA name, for example `Asia/Tbilisi`,
    /// whose days begin at `starts_at` o'clock.
    ///
    /// # Errors
    /// [`CalendarError`] for a name that is no time zone, or an hour after 12.
    pub fn new(time_zone: &str, starts_at: u8) -> Result<Self, CalendarError> {
        if starts_at > 12 {
            return Err(CalendarError::Start { hour: starts_at });
        }
        let zone =
            TimeZone::get(time_zone).map_err(|_| CalendarError::TimeZone { name: time_zone.to_owned() })?;
        Ok(Self { zone, starts_at })
    }

    /// The business day that `at` belongs to.
    #[must_use]
    pub fn day(&self, at: UnixSeconds) -> BusinessDay {
        let moment =
            Timestamp::from_second(at.0).unwrap_or(if at.0 < 0 { Timestamp::MIN } else { Timestamp::MAX });
        let local = self.zone.to_datetime(moment);
        let opened =
            local.checked_sub(SignedDuration::from_hours(i64::from(self.starts_at))).unwrap_or(local);
        BusinessDay(opened.date().to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_where_the_location_is_and_when_it_opens() {
        let tbilisi = |starts_at| BusinessCalendar::new("Asia/Tbilisi", starts_at).unwrap();
        // 2026-11-24 21:30 UTC is half past one at night in Tbilisi.
        let night = UnixSeconds(1_795_555_800);
        assert_eq!(BusinessCalendar::default().day(night).as_str(), "2026-11-24");
        assert_eq!(tbilisi(0).day(night).as_str(), "2026-11-25");
        assert_eq!(tbilisi(4).day(night).as_str(), "2026-11-24");
        assert_eq!(tbilisi(4).day(night.plus(3 * 3600)).as_str(), "2026-11-25");
    }

    #[test]
    fn summer_time_changes_nothing_about_the_hour_of_opening() {
        let berlin = BusinessCalendar::new("Europe/Berlin", 4).unwrap();
        // The clock went forward at 2026-03-29 01:00 UTC: four o'clock is 02:00 UTC.
        let four = UnixSeconds(1_774_749_600);
        assert_eq!(berlin.day(four.plus(-1)).as_str(), "2026-03-28");
        assert_eq!(berlin.day(four).as_str(), "2026-03-29");
    }

    #[test]
    fn what_does_not_exist_is_refused() {
        assert!(matches!(BusinessCalendar::new("Asia/Atlantis", 0), Err(CalendarError::TimeZone { .. })));
        assert!(matches!(BusinessCalendar::new("UTC", 13), Err(CalendarError::Start { hour: 13 })));
        for text in ["", "2026-02-30", "2026-2-3", "20260203", "2026-02-03T00:00"] {
            assert!(BusinessDay::parse(text).is_err(), "{text}");
        }
        assert_eq!(BusinessDay::parse("2026-02-03").unwrap().as_str(), "2026-02-03");
    }

    #[test]
    fn no_moment_panics() {
        for at in [i64::MIN, -1, 0, i64::MAX] {
            let _ = BusinessCalendar::new("Asia/Tbilisi", 4).unwrap().day(UnixSeconds(at));
        }
    }
}
