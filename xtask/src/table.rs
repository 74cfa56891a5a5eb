//! Seconds per step.

use std::fmt;
use std::time::Duration;

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Passed(Duration),
    Failed(Duration),
    NotRun,
}

/// The steps so far, printed at the end of every run.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Vec<(&'static str, Outcome)>,
}

impl Table {
    pub(crate) fn ran(&mut self, step: &'static str, took: Duration, passed: bool) {
        let outcome = if passed { Outcome::Passed(took) } else { Outcome::Failed(took) };
        self.rows.push((step, outcome));
    }

    pub(crate) fn not_run(&mut self, step: &'static str) {
        self.rows.push((step, Outcome::NotRun));
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<20} {:>8}", "step", "seconds")?;
        let mut total = Duration::ZERO;
        for (step, outcome) in &self.rows {
            match outcome {
                Outcome::Passed(took) => writeln!(f, "{step:<20} {:>8.1}", took.as_secs_f64())?,
                Outcome::Failed(took) => writeln!(f, "{step:<20} {:>8.1}  failed", took.as_secs_f64())?,
                Outcome::NotRun => writeln!(f, "{step:<20} {:>8}  not run", "-")?,
            }
            if let Outcome::Passed(took) | Outcome::Failed(took) = outcome {
                total = total.saturating_add(*took);
            }
        }
        write!(f, "{:<20} {:>8.1}", "total", total.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_has_a_row_also_after_a_failure() {
        let mut table = Table::default();
        table.ran("format", Duration::from_millis(1_240), true);
        table.ran("clippy", Duration::from_secs(60), false);
        table.not_run("tests");
        let expected = "\
step                  seconds
format                    1.2
clippy                   60.0  failed
tests                       -  not run
total                    61.2";
        assert_eq!(table.to_string(), expected);
    }
}
