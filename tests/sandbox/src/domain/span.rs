//! How long something lasts (wallet-api sections 5.2 and 5.5).

use super::fields::Fields;
use crate::error::Refusal;

/// Longest reservation, freeze and allowance, in seconds: ten years.
pub(crate) const MAX_SPAN_SECONDS: i64 = 315_360_000;

/// Seconds of the legacy fields that count hours.
pub(crate) const HOUR_SECONDS: i64 = 3600;

/// Hours for the flat legacy fields, rounded up: a shorter time would be a
/// wrong promise.
pub(crate) const fn whole_hours(seconds: i64) -> i64 {
    seconds.saturating_add(HOUR_SECONDS.saturating_sub(1)).saturating_div(HOUR_SECONDS)
}

/// A length of time, or its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Span {
    /// So many seconds from the start.
    For(i64),
    /// Until this second since 1970-01-01 UTC.
    Until(i64),
}

impl Span {
    /// When it ends if it starts at `start`.
    pub(crate) const fn end(self, start: i64) -> i64 {
        match self {
            Self::For(seconds) => start.saturating_add(seconds),
            Self::Until(end) => end,
        }
    }

    /// Reads `name: {"for": seconds}` or `{"until": time}`, or the flat legacy
    /// fields `name_for` in hours and `name_until`; one of the four at most.
    pub(crate) fn read(fields: &Fields<'_>, name: &str) -> Result<Option<Self>, Refusal> {
        let (hours_name, until_name) = (format!("{name}_for"), format!("{name}_until"));
        let hours = fields.integer(&hours_name)?;
        let until = fields.integer(&until_name)?;
        let nested = fields.object(name)?;
        let (seconds, end) = match &nested {
            Some(nested) => (nested.integer("for")?, nested.integer("until")?),
            None => (None, None),
        };
        let given = [hours, until, seconds, end].into_iter().flatten().count();
        if given > 1 || (given == 0 && nested.is_some()) {
            return Err(fields.refuse(name, "Give one of for and until, in one form"));
        }
        let seconds = match (seconds, hours) {
            (Some(seconds), _) => Some(seconds),
            (None, Some(hours)) => Some(
                hours
                    .checked_mul(HOUR_SECONDS)
                    .ok_or_else(|| fields.refuse(&hours_name, "This value is too large"))?,
            ),
            (None, None) => None,
        };
        if let Some(seconds) = seconds {
            return if (0..=MAX_SPAN_SECONDS).contains(&seconds) {
                Ok(Some(Self::For(seconds)))
            } else {
                Err(fields.refuse(name, "This value is out of range"))
            };
        }
        Ok(end.or(until).map(Self::Until))
    }

    /// The flat legacy fields: hours or the end.
    pub(crate) const fn legacy(self) -> (Option<i64>, Option<i64>) {
        match self {
            Self::For(seconds) => (Some(whole_hours(seconds)), None),
            Self::Until(end) => (None, Some(end)),
        }
    }
}
