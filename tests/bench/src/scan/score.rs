//! How a reading compares with what is there.

use std::time::Duration;

use super::corpus::{Class, Entry};
use super::engine::Reading;

/// What became of one picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The text, or any where it is not known.
    Read,
    /// Another text only, or any where nothing is.
    Wrong,
    /// Nothing.
    Missed,
}

impl Outcome {
    pub(crate) fn of(entry: &Entry, texts: &[String]) -> Self {
        match &entry.expected {
            _ if texts.is_empty() => Self::Missed,
            _ if entry.class() == Class::Nothing => Self::Wrong,
            None => Self::Read,
            Some(expected) if texts.iter().any(|text| plain(text) == plain(expected)) => Self::Read,
            Some(_) => Self::Wrong,
        }
    }
}

/// Line ends and blanks at the end differ between those who wrote texts down.
fn plain(text: &str) -> String {
    text.replace("\r\n", "\n").trim_end().to_owned()
}

/// What became of many.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) pictures: usize,
    pub(crate) read: usize,
    pub(crate) wrong: usize,
    pub(crate) panics: u32,
    pub(crate) timeouts: usize,
    /// Milliseconds of the processor, of pictures that were read and of all.
    pub(crate) of_read: Vec<f64>,
    pub(crate) of_all: Vec<f64>,
}

impl Tally {
    pub(crate) fn add(&mut self, outcome: Outcome, reading: &Reading) {
        self.pictures += 1;
        self.read += usize::from(outcome == Outcome::Read);
        self.wrong += usize::from(outcome == Outcome::Wrong);
        self.panics += reading.panics;
        self.timeouts += usize::from(reading.timed_out);
        self.of_all.push(milliseconds(reading.cpu));
        if outcome == Outcome::Read {
            self.of_read.push(milliseconds(reading.cpu));
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.pictures += other.pictures;
        self.read += other.read;
        self.wrong += other.wrong;
        self.panics += other.panics;
        self.timeouts += other.timeouts;
        self.of_read.extend(&other.of_read);
        self.of_all.extend(&other.of_all);
    }

    pub(crate) const fn missed(&self) -> usize {
        self.pictures - self.read - self.wrong
    }

    /// The part that was read, in percent.
    pub(crate) fn percent(&self) -> f64 {
        100.0 * self.read as f64 / self.pictures.max(1) as f64
    }
}

pub(crate) fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// The value below which this part of all lies; 0 of none.
pub(crate) fn quantile(values: &[f64], part: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = (sorted.len().saturating_sub(1) as f64 * part).round() as usize;
    sorted.get(at).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(expected: Option<&str>, symbology: &str) -> Entry {
        Entry {
            file: "f".into(),
            expected: expected.map(Into::into),
            symbology: symbology.into(),
            set: "s".into(),
        }
    }

    #[test]
    fn a_text_is_compared_but_for_line_ends_and_a_code_where_none_is_is_wrong() {
        let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let known = entry(Some("a\r\nb"), "QRCode");
        assert_eq!(Outcome::of(&known, &texts(&["x", "a\nb \n"])), Outcome::Read);
        assert_eq!(Outcome::of(&known, &texts(&["a b"])), Outcome::Wrong);
        assert_eq!(Outcome::of(&known, &[]), Outcome::Missed);
        assert_eq!(Outcome::of(&entry(None, "QRCode"), &texts(&["anything"])), Outcome::Read);
        assert_eq!(Outcome::of(&entry(None, "None"), &texts(&["anything"])), Outcome::Wrong);
        assert_eq!(Outcome::of(&entry(None, "None"), &[]), Outcome::Missed);
    }

    #[test]
    fn quantiles_are_values_that_occur() {
        let values = [4.0, 1.0, 3.0, 2.0, 5.0];
        let found = [0.0, 0.5, 1.0].map(|part| quantile(&values, part));
        assert!(found.iter().zip([1.0, 3.0, 5.0]).all(|(a, b)| (a - b).abs() < 1e-9), "{found:?}");
        assert!(quantile(&[], 0.5).abs() < 1e-9);
    }
}
