//! What came out, as tables or as JSON.

use std::collections::BTreeMap;
use std::time::Duration;

use paysera_core::qr::Stage;
use serde_json::{Value, json};

use super::corpus::{Class, Entry};
use super::engine::Reading;
use super::score::{Outcome, Tally, milliseconds, quantile};

/// A frame may overrun its budget by so much before it is counted.
const GRACE: Duration = Duration::from_millis(5);

/// What a stage came to.
#[derive(Clone, Copy, Debug, Default)]
struct StageTally {
    /// Pictures that it read first.
    read: usize,
    /// How often it looked.
    looks: usize,
    time: Duration,
}

/// All that was measured.
#[derive(Debug)]
pub(crate) struct Report {
    engines: Vec<String>,
    budget: Option<Duration>,
    /// By class, set and engine.
    tallies: BTreeMap<(Class, String, usize), Tally>,
    /// Wrong texts: engine, picture, expected, read.
    wrong: Vec<(usize, String, Option<String>, Vec<String>)>,
    stages: BTreeMap<Stage, StageTally>,
    /// Milliseconds that passed for each frame of ours.
    frames: Vec<f64>,
    /// Frames until a picture was read.
    frames_until_read: Vec<f64>,
}

impl Report {
    pub(crate) fn new(engines: Vec<String>, budget_ms: Option<u64>) -> Self {
        Self {
            engines,
            budget: budget_ms.map(Duration::from_millis),
            tallies: BTreeMap::new(),
            wrong: Vec::new(),
            stages: BTreeMap::new(),
            frames: Vec::new(),
            frames_until_read: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, engine: usize, entry: &Entry, degrees: u16, reading: Reading) {
        let outcome = Outcome::of(entry, &reading.texts);
        let key = (entry.class(), entry.set.clone(), engine);
        self.tallies.entry(key).or_default().add(outcome, &reading);
        for (stage, time) in &reading.spent {
            let tally = self.stages.entry(*stage).or_default();
            tally.looks += 1;
            tally.time += *time;
        }
        if let Some(stage) = reading.stage {
            self.stages.entry(stage).or_default().read += 1;
        }
        self.frames.extend(reading.frames.iter().copied().map(milliseconds));
        if outcome == Outcome::Read && !reading.frames.is_empty() {
            self.frames_until_read.push(reading.frames.len() as f64);
        }
        if outcome == Outcome::Wrong {
            let picture = format!("{} turned by {degrees}", entry.file);
            self.wrong.push((engine, picture, entry.expected.clone(), reading.texts));
        }
    }

    fn total(&self, class: Class, engine: usize) -> Tally {
        let mut total = Tally::default();
        let of_class = self.tallies.iter().filter(|((of, _, by), _)| *of == class && *by == engine);
        of_class.for_each(|(_, tally)| total.merge(tally));
        total
    }

    fn rows(&self) -> Vec<(String, usize, Tally)> {
        let mut rows = Vec::new();
        for class in Class::ALL {
            let engines = 0..self.engines.len();
            for ((of, set, engine), tally) in &self.tallies {
                if *of == class {
                    rows.push((set.clone(), *engine, tally.clone()));
                }
            }
            let totals =
                engines.map(|engine| (format!("= {}", class.name()), engine, self.total(class, engine)));
            rows.extend(totals.filter(|(.., tally)| tally.pictures > 0));
        }
        rows
    }

    pub(crate) fn print(&self) {
        println!("ms of the processor: median / p95 / max of what was read, median of all");
        println!(
            "{:24} {:19} {:>9} {:>6} {:>5} {:>6} {:>6} {:>8}  {:>21} {:>7}",
            "set", "engine", "read", "%", "wrong", "missed", "panics", "timeouts", "ms read", "ms all"
        );
        for (set, engine, tally) in self.rows() {
            let [median, late, most] = [0.5, 0.95, 1.0].map(|part| quantile(&tally.of_read, part));
            println!(
                "{set:24} {:19} {:>4}/{:<4} {:>6.1} {:>5} {:>6} {:>6} {:>8}  {median:>6.2} {late:>6.2} {most:>7.2} {:>7.2}",
                self.engine(engine),
                tally.read,
                tally.pictures,
                tally.percent(),
                tally.wrong,
                tally.missed(),
                tally.panics,
                tally.timeouts,
                quantile(&tally.of_all, 0.5),
            );
        }
        println!("\nstage                  first   looks   ms in all");
        for (stage, tally) in &self.stages {
            let time = milliseconds(tally.time);
            println!("{:20} {:>7} {:>7} {time:>11.1}", stage.name(), tally.read, tally.looks);
        }
        if let Some(budget) = self.budget {
            let [median, late, later, most] = self.frame_quantiles();
            println!(
                "\n{} frames of ours, ms that passed: median {median:.2}, p95 {late:.2}, p99 {later:.2}, max {most:.2}; \
                 {} took more than {} ms; frames until read: median {:.0}, p95 {:.0}, most {:.0}",
                self.frames.len(),
                self.overruns(budget),
                (budget + GRACE).as_millis(),
                quantile(&self.frames_until_read, 0.5),
                quantile(&self.frames_until_read, 0.95),
                quantile(&self.frames_until_read, 1.0),
            );
        }
        for (engine, picture, expected, read) in &self.wrong {
            println!("wrong: {}, {picture}: {read:?} instead of {expected:?}", self.engine(*engine));
        }
    }

    pub(crate) fn print_json(&self) {
        let rows: Vec<Value> = self
            .rows()
            .into_iter()
            .map(|(set, engine, tally)| {
                let times = |of: &[f64]| [0.5, 0.95, 1.0].map(|part| quantile(of, part));
                json!({
                    "set": set, "engine": self.engine(engine), "pictures": tally.pictures, "read": tally.read,
                    "wrong": tally.wrong, "missed": tally.missed(), "panics": tally.panics,
                    "timeouts": tally.timeouts,
                    "ms_read": times(&tally.of_read),
                    "ms_all": times(&tally.of_all),
                })
            })
            .collect();
        let stages: Vec<Value> = self
            .stages
            .iter()
            .map(|(stage, tally)| {
                let time = milliseconds(tally.time);
                json!({"stage": stage.name(), "first": tally.read, "looks": tally.looks, "ms": time})
            })
            .collect();
        let wrong: Vec<Value> = self
            .wrong
            .iter()
            .map(|(engine, picture, expected, read)| {
                json!({"engine": self.engine(*engine), "picture": picture, "expected": expected, "read": read})
            })
            .collect();
        let frames = self.budget.map(|budget| {
            json!({
                "count": self.frames.len(), "ms_median_p95_p99_max": self.frame_quantiles(),
                "over_budget_and_5_ms": self.overruns(budget),
            })
        });
        println!("{}", json!({"rows": rows, "stages": stages, "frames": frames, "wrong": wrong}));
    }

    fn engine(&self, index: usize) -> &str {
        self.engines.get(index).map_or("", String::as_str)
    }

    fn frame_quantiles(&self) -> [f64; 4] {
        [0.5, 0.95, 0.99, 1.0].map(|part| quantile(&self.frames, part))
    }

    fn overruns(&self, budget: Duration) -> usize {
        let most = milliseconds(budget + GRACE);
        self.frames.iter().filter(|time| **time > most).count()
    }
}
