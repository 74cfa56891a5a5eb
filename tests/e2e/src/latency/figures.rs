//! What was found out.

use std::time::Duration;

use serde_json::{Value, json};

use super::till::Cash;

/// An hour of payments.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hour {
    /// From the customer's acceptance to the till's `Settled`: half are quicker.
    pub(super) p50: Duration,
    /// 95 of a hundred are quicker.
    pub(super) p95: Duration,
    /// Requests of the till in the hour.
    pub(super) in_the_hour: u32,
    /// The most in any minute.
    pub(super) in_a_minute: u32,
    /// Those that change something.
    pub(super) writes: u32,
}

/// What one person waits for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wait {
    pub(super) time: Duration,
    pub(super) requests: usize,
}

/// Everything.
#[derive(Debug)]
pub(super) struct Figures {
    pub(super) rtt: Duration,
    pub(super) collect: Hour,
    pub(super) collect_poked: Hour,
    pub(super) habit: Hour,
    pub(super) cash: Cash,
}

impl Figures {
    pub(super) fn json(&self) -> Value {
        let hour = |hour: &Hour| {
            json!({
                "p50_ms": ms(hour.p50), "p95_ms": ms(hour.p95), "round_trips": self.trips(hour.p50),
                "requests_in_the_hour": hour.in_the_hour, "requests_in_a_minute": hour.in_a_minute,
            })
        };
        let wait = |wait: &Wait| json!({"p50_ms": ms(wait.time), "round_trips": self.trips(wait.time), "requests": wait.requests});
        json!({
            "rtt_ms": ms(self.rtt),
            "collect": hour(&self.collect),
            "collect_poked": hour(&self.collect_poked),
            "documented_habit": hour(&self.habit),
            "cash_out": wait(&self.cash.cash_out),
            "cash_in": wait(&self.cash.cash_in),
        })
    }

    pub(super) fn print(&self, seeds: u64) {
        println!(
            "Median of {seeds} played hours with 60 payments each; a round trip takes {} ms.",
            ms(self.rtt)
        );
        println!();
        println!(
            "{:34}{:>9}{:>9}{:>8}{:>11}{:>12}",
            "", "p50 ms", "p95 ms", "trips", "in an hour", "in a minute"
        );
        for (name, hour) in [
            ("collect: accepted to settled", &self.collect),
            ("  from a push message to settled", &self.collect_poked),
            ("documented habit, every 3 s", &self.habit),
        ] {
            println!(
                "{name:34}{:>9}{:>9}{:>8.1}{:>11}{:>12}",
                ms(hour.p50),
                ms(hour.p95),
                self.trips(hour.p50),
                hour.in_the_hour,
                hour.in_a_minute
            );
        }
        println!();
        println!("{:34}{:>9}{:>9}{:>8}{:>11}", "", "p50 ms", "p95 ms", "trips", "requests");
        for (name, wait) in [
            ("cash-out: scan to hand-out", &self.cash.cash_out),
            ("cash-in: received to settled", &self.cash.cash_in),
        ] {
            let time = ms(wait.time);
            println!("{name:34}{time:>9}{time:>9}{:>8.1}{:>11}", self.trips(wait.time), wait.requests);
        }
    }

    fn trips(&self, time: Duration) -> f64 {
        time.div_duration_f64(self.rtt)
    }
}

fn ms(time: Duration) -> u128 {
    time.as_millis()
}

/// Of sorted times, the one that so many of a hundred do not exceed.
pub(super) fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    let index = sorted.len().saturating_mul(percent).div_ceil(100).saturating_sub(1);
    sorted.get(index).copied().unwrap_or_default()
}

/// The median of each figure.
pub(super) fn median(hours: &[Hour]) -> Hour {
    Hour {
        p50: middle(hours, |hour| hour.p50),
        p95: middle(hours, |hour| hour.p95),
        in_the_hour: hours.iter().map(|hour| hour.in_the_hour).max().unwrap_or_default(),
        in_a_minute: hours.iter().map(|hour| hour.in_a_minute).max().unwrap_or_default(),
        writes: middle(hours, |hour| hour.writes),
    }
}

fn middle<T: Ord + Copy + Default>(hours: &[Hour], figure: impl Fn(&Hour) -> T) -> T {
    let mut figures: Vec<T> = hours.iter().map(figure).collect();
    figures.sort();
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}
