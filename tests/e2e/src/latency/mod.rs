//! How long people wait at the till, and how many requests that takes.
//!
//! Time is virtual: requests take the round trip that is asked for and nothing
//! else takes any, so the figures are of the way of asking, not of a machine.

mod figures;
mod hour;
mod till;
mod virtual_time;

use std::num::NonZeroU64;
use std::time::Duration;

use clap::Args;
use paysera_core::attempt::Pace;

use figures::{Figures, median};

/// What `latency` measures.
#[derive(Args)]
pub(crate) struct Options {
    /// The time that a request and its answer are on the way, in milliseconds.
    #[arg(long, default_value = "50")]
    rtt_ms: NonZeroU64,
    /// How many hours are played, each from its own seed.
    #[arg(long, default_value = "20")]
    seeds: NonZeroU64,
    /// One JSON object instead of a table.
    #[arg(long)]
    json: bool,
}

/// The documented habit: every three seconds, all the time.
const HABIT: Duration = Duration::from_secs(3);
/// What the habit asks for in an hour, payments or not.
const HABIT_POLLS: u32 = 1200;

/// The targets.
const MOST_MEDIAN: Duration = Duration::from_millis(800);
const MOST_IN_AN_HOUR: u32 = 900;
const MOST_IN_A_MINUTE: u32 = 60;

/// Plays the hours and prints what came of them; `false` where a target was
/// missed.
pub(crate) fn run(options: &Options) -> Result<bool, String> {
    let rtt = Duration::from_millis(options.rtt_ms.get());
    let mut ours = Vec::new();
    let mut poked = Vec::new();
    let mut habit = Vec::new();
    for seed in 1..=options.seeds.get() {
        ours.push(hour::play(seed, rtt, Pace::default(), false)?);
        poked.push(hour::play(seed, rtt, Pace::default(), true)?);
        let mut played = hour::play(seed, rtt, Pace::steady(HABIT), false)?;
        // The till of the habit also polls while nobody pays.
        played.in_the_hour = HABIT_POLLS.saturating_add(played.writes);
        played.in_a_minute = played.in_a_minute.max(HABIT_POLLS / 60);
        habit.push(played);
    }
    let figures = Figures {
        rtt,
        collect: median(&ours),
        collect_poked: median(&poked),
        habit: median(&habit),
        cash: till::cash(rtt)?,
    };
    if options.json {
        println!("{}", figures.json());
    } else {
        figures.print(options.seeds.get());
    }
    let collect = &figures.collect;
    Ok(collect.p50 <= MOST_MEDIAN
        && collect.in_the_hour <= MOST_IN_AN_HOUR
        && collect.in_a_minute <= MOST_IN_A_MINUTE
        && figures.collect_poked.p50 <= rtt.saturating_mul(2))
}
