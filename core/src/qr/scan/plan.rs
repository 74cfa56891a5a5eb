//! Which stages a frame gets.
//!
//! A single picture gets all of them. A frame of a camera gets its share: the
//! stage that reads most, and some of the others in turn, so that within ten
//! frames of a held camera everything was tried once while a frame without a
//! code costs little. Only a frame in which something was seen and not read
//! gets its whole budget.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::time::Duration;

use super::budget::Deadline;
use super::stage::Stage;

/// What every other frame of a camera gets, beginning with the first, in turn ...
const QUICK: [&[Stage]; 2] = [
    &[Stage::Blocks, Stage::Half, Stage::Bars, Stage::Third, Stage::Quarter],
    &[Stage::Blocks, Stage::Half, Stage::SlantedBars],
];

/// ... and what those between get.
const IN_TURN: [&[Stage]; 5] = [
    &[Stage::Blocks, Stage::Surroundings],
    &[Stage::Blocks, Stage::Sharpened],
    &[Stage::Blocks, Stage::RaisedBars],
    &[Stage::Blocks, Stage::Negative, Stage::Rqrr],
    &[Stage::Blocks, Stage::Doubled],
];

/// Nanoseconds a stage takes for each of the frame's pixels, before it was measured.
const FIRST_GUESS: f32 = 3.0;

/// How much a new measurement moves what is known of a stage.
const LEARNING: f32 = 0.3;

/// The stages of frames, from one to the next.
#[derive(Debug, Default)]
pub(super) struct Plan {
    frames: usize,
    /// What the last frame would have needed and had no time for.
    postponed: VecDeque<Stage>,
    /// Nanoseconds a pixel of the frame.
    costs: HashMap<Stage, f32>,
    /// How often each stage ran.
    runs: HashMap<Stage, usize>,
}

impl Plan {
    /// The stages for the next frame.
    pub(super) fn next_frame(&mut self, deadline: &Deadline) -> Agenda {
        let frame = self.frames;
        self.frames = self.frames.wrapping_add(1);
        if !deadline.is_limited() {
            let mut agenda = Agenda::default();
            agenda.add(&Stage::ALL);
            return agenda;
        }
        let mut agenda = Agenda::beginning_with(std::mem::take(&mut self.postponed));
        let turns: &[&[Stage]] = if frame.is_multiple_of(2) { &QUICK } else { &IN_TURN };
        agenda.add(turns.get(frame / 2 % turns.len()).copied().unwrap_or_default());
        agenda
    }

    /// How often a stage ran before.
    pub(super) fn turn(&self, stage: Stage) -> usize {
        self.runs.get(&stage).copied().unwrap_or(0)
    }

    /// Whether a stage is likely to end in time. If not, it goes first on the next frame.
    pub(super) fn has_time_for(&mut self, stage: Stage, pixels: usize, deadline: &Deadline) -> bool {
        let cost = self.costs.get(&stage).copied().unwrap_or(FIRST_GUESS);
        let fits = deadline.has(Duration::from_nanos((cost * pixels as f32) as u64));
        if !fits && !self.postponed.contains(&stage) {
            self.postponed.push_back(stage);
        }
        fits
    }

    /// What a stage took.
    pub(super) fn took(&mut self, stage: Stage, pixels: usize, time: Duration) {
        let measured = time.as_nanos() as f32 / pixels.max(1) as f32;
        let cost = self.costs.entry(stage).or_insert(measured);
        *cost += LEARNING * (measured - *cost);
        let runs = self.runs.entry(stage).or_default();
        *runs = runs.wrapping_add(1);
    }
}

/// The stages that a frame still gets, from cheap to dear after what was
/// postponed; none twice.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    postponed: VecDeque<Stage>,
    coming: BTreeSet<Stage>,
    had: HashSet<Stage>,
}

impl Agenda {
    fn beginning_with(postponed: VecDeque<Stage>) -> Self {
        Self { had: postponed.iter().copied().collect(), postponed, ..Self::default() }
    }

    pub(super) fn add(&mut self, stages: &[Stage]) {
        self.coming.extend(stages.iter().filter(|stage| self.had.insert(**stage)));
    }

    pub(super) fn next(&mut self) -> Option<Stage> {
        self.postponed.pop_front().or_else(|| self.coming.pop_first())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::budget::{Budget, Stopwatch, SystemStopwatch};
    use super::*;

    #[test]
    fn every_turn_of_every_stage_comes() {
        let stopwatch: Arc<dyn Stopwatch> = Arc::new(SystemStopwatch::new());
        let deadline = Deadline::start(&stopwatch, Budget::Within(Duration::MAX));
        let mut plan = Plan::default();
        let mut turns: HashMap<Stage, Vec<usize>> = HashMap::new();
        for _ in 0..50 {
            let mut agenda = plan.next_frame(&deadline);
            while let Some(stage) = agenda.next() {
                turns.entry(stage).or_default().push(plan.turn(stage));
                plan.took(stage, 1, Duration::ZERO);
            }
        }
        for (stage, turns) in turns {
            assert!((0..5).all(|turn| turns.iter().any(|had| had % 5 == turn)), "{stage}: {turns:?}");
        }
    }
}
