//! When a location is open (wallet-api section 7.1).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::wallet_api::tolerance::readable;

const MINUTES_OF_A_DAY: u16 = 24 * 60;

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Weekday {
    /// Monday.
    Monday,
    /// Tuesday.
    Tuesday,
    /// Wednesday.
    Wednesday,
    /// Thursday.
    Thursday,
    /// Friday.
    Friday,
    /// Saturday.
    Saturday,
    /// Sunday.
    Sunday,
}

impl Weekday {
    const ALL: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];

    /// The day before.
    #[must_use]
    pub fn yesterday(self) -> Self {
        let mut before = Self::Sunday;
        for day in Self::ALL {
            if day == self {
                return before;
            }
            before = day;
        }
        before
    }
}

/// A time of the day in a location's own time zone, in whole minutes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MinuteOfDay(u16);

impl MinuteOfDay {
    /// From hours 0 to 24 and minutes 0 to 59; 24:00 is the end of the day.
    #[must_use]
    pub fn new(hour: u16, minute: u16) -> Option<Self> {
        let minutes = hour.checked_mul(60)?.checked_add(minute)?;
        (minute < 60 && minutes <= MINUTES_OF_A_DAY).then_some(Self(minutes))
    }

    /// Minutes since midnight, 0 to 1440.
    #[must_use]
    pub const fn minutes(self) -> u16 {
        self.0
    }

    /// Reads `HH:MM`; PHP leaves the leading zeros away.
    fn parse(text: &str) -> Option<Self> {
        let (hour, minute) = text.split_once(':')?;
        let number = |part: &str| {
            let fits = (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
            fits.then(|| part.parse().ok()).flatten()
        };
        Self::new(number(hour)?, number(minute)?)
    }
}

impl fmt::Display for MinuteOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl fmt::Debug for MinuteOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for MinuteOfDay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for MinuteOfDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("a time of the day is like 09:30"))
    }
}

/// When a day's business begins and ends. One that ends before it begins ends on
/// the next day; one that ends when it begins lasts for 24 hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct DayHours {
    /// The beginning.
    pub opening_time: MinuteOfDay,
    /// The end, which is not open any more.
    pub closing_time: MinuteOfDay,
}

impl DayHours {
    /// The official clients read 24:00 as 0:00.
    fn closing(self) -> u16 {
        if self.closing_time.0 == 0 { MINUTES_OF_A_DAY } else { self.closing_time.0 }
    }

    fn ends_next_day(self) -> bool {
        self.closing() <= self.opening_time.0
    }
}

/// When a location is open, by day. A day that is missing is closed; without any
/// day nothing is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkingHours {
    /// The hours of each day.
    pub days: BTreeMap<Weekday, DayHours>,
    /// Days of whose hours only is known that the server has some.
    pub unreadable: BTreeSet<Weekday>,
}

impl From<BTreeMap<Weekday, DayHours>> for WorkingHours {
    fn from(days: BTreeMap<Weekday, DayHours>) -> Self {
        Self { days, unreadable: BTreeSet::new() }
    }
}

impl WorkingHours {
    /// Whether it is open on that day at that time, in the location's time zone;
    /// `None` where that is not known.
    #[must_use]
    pub fn is_open_at(&self, day: Weekday, time: MinuteOfDay) -> Option<bool> {
        if self.days.is_empty() {
            return None;
        }
        let today = self.days.get(&day).is_some_and(|hours| {
            time >= hours.opening_time && (hours.ends_next_day() || time.0 < hours.closing())
        });
        let since_yesterday = self
            .days
            .get(&day.yesterday())
            .is_some_and(|hours| hours.ends_next_day() && time.0 < hours.closing());
        let is_known = !self.unreadable.contains(&day) && !self.unreadable.contains(&day.yesterday());
        match today || since_yesterday {
            true => Some(true),
            false => is_known.then_some(false),
        }
    }
}

impl Serialize for WorkingHours {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.days.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for WorkingHours {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut hours = Self::default();
        let days: BTreeMap<String, Value> = readable(deserializer)?;
        for (name, value) in days {
            // Days that are no weekdays, holidays for example, change nothing here.
            let Ok(day) = Weekday::deserialize(Value::String(name)) else { continue };
            if value.is_null() {
                continue;
            }
            match DayHours::deserialize(value) {
                Ok(read) => {
                    hours.days.insert(day, read);
                }
                Err(_) => {
                    hours.unreadable.insert(day);
                }
            }
        }
        Ok(hours)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> MinuteOfDay {
        MinuteOfDay::parse(text).unwrap()
    }

    #[test]
    fn times_are_read_with_and_without_zeros() {
        for (text, minutes) in [("09:05", 545), ("9:5", 545), ("0:0", 0), ("24:00", 1440), ("23:59", 1439)] {
            assert_eq!(at(text).minutes(), minutes, "{text}");
        }
        for text in ["", "9", "24:01", "25:00", "9:60", "-1:00", "9:", "009:00", "9:00 ", "٩:00"] {
            assert_eq!(MinuteOfDay::parse(text), None, "{text}");
        }
        assert_eq!(at("9:5").to_string(), "09:05");
    }

    #[test]
    fn a_location_is_open_in_its_hours_also_past_midnight() {
        let hours: WorkingHours = serde_json::from_str(
            r#"{"monday":{"opening_time":"9:0","closing_time":"18:00"},
                "friday":{"opening_time":"20:00","closing_time":"02:00"},
                "saturday":{"opening_time":"10:00","closing_time":"24:00"},
                "sunday":{"opening_time":"00:00","closing_time":"00:00"}}"#,
        )
        .unwrap();
        for (day, time, open) in [
            (Weekday::Monday, "8:59", false),
            (Weekday::Monday, "9:00", true),
            (Weekday::Monday, "17:59", true),
            (Weekday::Monday, "18:00", false),
            (Weekday::Tuesday, "12:00", false),
            (Weekday::Friday, "19:59", false),
            (Weekday::Friday, "23:59", true),
            (Weekday::Saturday, "1:59", true),
            (Weekday::Saturday, "2:00", false),
            (Weekday::Saturday, "23:59", true),
            (Weekday::Sunday, "0:00", true),
            (Weekday::Sunday, "23:59", true),
            (Weekday::Monday, "0:00", false),
        ] {
            assert_eq!(hours.is_open_at(day, at(time)), Some(open), "{day:?} {time}");
        }
        assert_eq!(WorkingHours::default().is_open_at(Weekday::Monday, at("9:00")), None);
    }

    #[test]
    fn a_business_of_24_hours_ends_when_it_began() {
        let hours = DayHours { opening_time: at("8:00"), closing_time: at("8:00") };
        let hours = WorkingHours::from(BTreeMap::from([(Weekday::Sunday, hours)]));
        assert_eq!(hours.is_open_at(Weekday::Sunday, at("7:59")), Some(false));
        assert_eq!(hours.is_open_at(Weekday::Sunday, at("8:00")), Some(true));
        assert_eq!(hours.is_open_at(Weekday::Monday, at("7:59")), Some(true));
        assert_eq!(hours.is_open_at(Weekday::Monday, at("8:00")), Some(false));
    }

    #[test]
    fn an_odd_day_takes_no_other_along() {
        let hours: WorkingHours = serde_json::from_str(
            r#"{"monday":{"opening_time":"9:00","closing_time":"18:00"},"tuesday":null,
                "wednesday":{"opening_time":"9:00"},"thursday":{"opening_time":"9 am","closing_time":"5 pm"},
                "friday":[],"holiday":{"opening_time":"9:00","closing_time":"18:00"}}"#,
        )
        .unwrap();
        assert_eq!(hours.days.keys().copied().collect::<Vec<_>>(), [Weekday::Monday]);
        for (day, open) in [
            (Weekday::Monday, Some(true)),
            (Weekday::Tuesday, Some(false)),
            (Weekday::Wednesday, None),
            (Weekday::Thursday, None),
            (Weekday::Friday, None),
            // Friday may last into it.
            (Weekday::Saturday, None),
            (Weekday::Sunday, Some(false)),
        ] {
            assert_eq!(hours.is_open_at(day, at("12:00")), open, "{day:?}");
        }
        // PHP writes an empty object like this.
        for none in ["[]", "null", "7", "{}"] {
            assert_eq!(
                serde_json::from_str::<WorkingHours>(none).unwrap(),
                WorkingHours::default(),
                "{none}"
            );
        }
    }
}
