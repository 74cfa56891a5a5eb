//! Throughput and percentiles.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;

use super::Options;

/// Times of every request by its name.
#[derive(Default)]
pub(super) struct Figures {
    times: BTreeMap<&'static str, Vec<Duration>>,
}

/// Some times, sorted.
struct Sorted(Vec<Duration>);

impl Sorted {
    fn new(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Self(times)
    }

    /// The time that `permille` of all did not exceed, in milliseconds.
    fn at(&self, permille: usize) -> f64 {
        let index = (self.0.len() * permille).div_ceil(1000).saturating_sub(1);
        self.0.get(index).map_or(0.0, |time| time.as_secs_f64() * 1000.0)
    }
}

impl Figures {
    pub(super) fn add(&mut self, times: Vec<(&'static str, Duration)>) {
        for (name, time) in times {
            self.times.entry(name).or_default().push(time);
        }
    }

    pub(super) fn print(self, options: &Options, elapsed: Duration, books: &str) {
        let all = Sorted::new(self.times.values().flatten().copied().collect());
        let per_second = all.0.len() as f64 / elapsed.as_secs_f64();
        if options.json {
            println!(
                "{}",
                json!({"clients": options.clients, "operations": all.0.len(), "seed": options.seed,
                    "seconds": elapsed.as_secs_f64(), "per_second": per_second,
                    "p50_ms": all.at(500), "p99_ms": all.at(990), "max_ms": all.at(1000)})
            );
            return;
        }
        let kept = if options.db.is_some() { "in a file" } else { "in memory" };
        println!(
            "{} requests by {} clients in {:.1} s (seed {}, books {kept})",
            all.0.len(),
            options.clients,
            elapsed.as_secs_f64(),
            options.seed
        );
        println!("{per_second:.0} requests/s\n");
        println!("{:<10} {:>8} {:>9} {:>9} {:>9}", "request", "count", "p50 ms", "p99 ms", "max ms");
        for (name, times) in self.times {
            line(name, &Sorted::new(times));
        }
        line("all", &all);
        println!("\nevery answer 200, balances as answered, ledger sums to zero ({books})");
    }
}

fn line(name: &str, times: &Sorted) {
    println!(
        "{name:<10} {:>8} {:>9.2} {:>9.2} {:>9.2}",
        times.0.len(),
        times.at(500),
        times.at(990),
        times.at(1000)
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_sorted_times() {
        let times = Sorted::new((1..=100).rev().map(Duration::from_millis).collect());
        let milliseconds = [500, 990, 1000].map(|permille| times.at(permille).round() as i64);
        assert_eq!(milliseconds, [50, 99, 100]);
        assert!(Sorted::new(Vec::new()).at(990) <= 0.0);
    }
}
