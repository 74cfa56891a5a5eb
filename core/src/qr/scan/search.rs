//! The search of one frame, stage after stage.

use super::bars::{self, Lines, Votes};
use super::budget::Deadline;
use super::memory::same_place;
use super::picture::{Binarisation, Binary, Picture};
use super::qr;
use super::report::{Detection, Encoding, Meaning, Payload, ScanReport, SkipReason, Symbology};
use super::scanner::Scanner;
use super::stage::{Recipe, Stage};
use super::trust::{Certainty, Trust};
use crate::qr::frame::{Frame, Point};

/// A barcode that this many lines read the same is certain.
const CERTAIN_LINES: u32 = 6;

/// Lines each way that a camera's frame gets for barcodes, unless some line is
/// one: so many times the picture's pixels, ...
const LINE_PIXELS_A_FRAME: usize = 16_000_000;

/// ... and at least these.
const LEAST_LINES: usize = 48;

/// Ways that lines go in one frame: to the one side and the other. All ways come up
/// within twenty frames.
const SLOPES_A_FRAME: usize = 2;

/// A symbol that a stage read.
struct Found {
    payload: Payload,
    symbology: Symbology,
    /// In the frame.
    corners: [Point; 4],
    certainty: Certainty,
}

/// The search of one frame.
pub(super) struct Search<'s, 'f> {
    scanner: &'s mut Scanner,
    frame: &'s Frame<'f>,
    deadline: Deadline,
    votes: Votes,
    report: ScanReport,
    /// Whether this is a second look at a place that had a code.
    looks_again: bool,
    /// What was read and is not trusted yet.
    unconfirmed: Vec<Detection>,
}

impl<'s, 'f> Search<'s, 'f> {
    pub(super) fn of(scanner: &'s mut Scanner, frame: &'s Frame<'f>, deadline: Deadline) -> Self {
        Self {
            scanner,
            frame,
            deadline,
            votes: Votes::default(),
            report: ScanReport::default(),
            looks_again: false,
            unconfirmed: Vec::new(),
        }
    }

    pub(super) fn run(mut self) -> ScanReport {
        self.scanner.confirmations.next_frame();
        self.search();
        self.scanner.memory.keep(self.report.detections.iter().chain(&self.unconfirmed));
        self.report.unconfirmed = self.unconfirmed.len();
        self.report.elapsed = self.deadline.elapsed();
        self.report
    }

    fn search(&mut self) {
        if self.deadline.is_limited() && self.last_places() {
            return;
        }
        self.scanner.native.load(self.frame, self.frame.view());
        if !self.scanner.native.has_edges() {
            self.report.skipped = Some(SkipReason::Featureless);
            return;
        }
        let pixels = self.scanner.native.pixels();
        let mut agenda = self.scanner.plan.next_frame(&self.deadline);
        // What read a code a moment ago, and not in the cut-out, may in the whole.
        self.scanner.memory.places().iter().for_each(|place| agenda.add(&[place.stage]));
        let mut is_first = true;
        while let Some(stage) = agenda.next() {
            // One stage is always run, or a slow phone would never see anything.
            if !is_first && !self.scanner.plan.has_time_for(stage, pixels, &self.deadline) {
                self.report.skipped.get_or_insert(SkipReason::OutOfTime);
                continue;
            }
            is_first = false;
            let before = self.deadline.elapsed();
            let (found, has_more) = self.stage(stage);
            let time = self.deadline.elapsed().saturating_sub(before);
            self.scanner.plan.took(stage, pixels, time);
            self.report.spent.push((stage, time));
            self.report.stage = Some(stage);
            if self.take(found, stage) {
                return;
            }
            if has_more {
                match stage {
                    Stage::Bars | Stage::SlantedBars => agenda.add(&[Stage::SlantedBars, Stage::RaisedBars]),
                    stage => agenda.add(stage.fitted().as_slice()),
                }
            }
        }
    }

    /// Runs a stage. Also returns whether something was seen that was not read.
    fn stage(&mut self, stage: Stage) -> (Vec<Found>, bool) {
        let Some(recipe) = stage.recipe() else { return (Vec::new(), false) };
        let picture = &self.scanner.native;
        match recipe {
            Recipe::Bars { lines, look, slopes } => {
                let lines = self.lines(stage, Lines { count: lines, turn: 0, look, slopes });
                let readings = bars::pass(picture, lines, &mut self.votes, &self.deadline);
                self.report.panics += std::mem::take(&mut self.votes.panics);
                let has_more = readings.is_empty() && self.votes.is_any();
                (readings.into_iter().map(|reading| Found::bars(reading, picture)).collect(), has_more)
            }
            Recipe::Qr { view, binarisation, sampling } => {
                let picture = picture.view(view);
                let Some(binary) = Binary::of(&picture, binarisation) else { return (Vec::new(), false) };
                let pass = qr::pass(&picture, &binary, sampling, &self.deadline);
                let found = pass.readings.into_iter().map(|reading| Found::qr(reading, &picture)).collect();
                self.report.panics += pass.panics;
                if pass.too_many {
                    self.report.skipped = Some(SkipReason::TooManyFinders);
                }
                (found, pass.unread > 0)
            }
            Recipe::Rqrr => {
                let picture = picture.view(qr::rqrr::view_of(picture));
                let Some(binary) = Binary::of(&picture, Binarisation::Surroundings) else {
                    return (Vec::new(), false);
                };
                let pass = qr::rqrr::pass(&binary);
                let found = pass.readings.into_iter().map(|reading| Found::qr(reading, &picture)).collect();
                self.report.panics += pass.panics;
                (found, false)
            }
        }
    }

    /// The lines that this frame gets of these: on a camera, as long as none says
    /// anything, the next frames read those between and those that go another way.
    fn lines(&self, stage: Stage, all: Lines) -> Lines {
        if !self.deadline.is_limited() || self.votes.is_any() || self.looks_again {
            return all;
        }
        let turn = self.scanner.plan.turn(stage);
        let share = (LINE_PIXELS_A_FRAME / self.scanner.native.pixels().max(1)).max(LEAST_LINES);
        let pairs = all.slopes.len().div_ceil(SLOPES_A_FRAME).max(1);
        let slopes = all.slopes.chunks(SLOPES_A_FRAME).nth(turn % pairs).unwrap_or_default();
        Lines { count: all.count.min(share), turn: turn / pairs, look: all.look, slopes }
    }

    /// Looks again where the last frames had codes. Returns whether that is all
    /// that this frame needs.
    fn last_places(&mut self) -> bool {
        let places = self.scanner.memory.places();
        if places.is_empty() {
            return false;
        }
        let before = self.deadline.elapsed();
        let (mut read_again, mut is_wanted) = (0, false);
        self.looks_again = true;
        for place in places {
            if self.deadline.is_over() {
                break;
            }
            self.scanner.native.load(self.frame, place.region(self.frame));
            self.votes = Votes::default();
            let (found, _) = self.stage(place.stage);
            read_again += usize::from(found.iter().any(|found| place.is_at(&found.corners)));
            is_wanted |= self.take(found, Stage::LastPlace);
        }
        self.votes = Votes::default();
        self.looks_again = false;
        self.report.spent.push((Stage::LastPlace, self.deadline.elapsed().saturating_sub(before)));
        self.report.stage = Some(Stage::LastPlace);
        self.scanner.memory.is_content(read_again) && is_wanted
    }

    /// Takes what a stage read. Returns whether it is what the step wants.
    fn take(&mut self, found: Vec<Found>, stage: Stage) -> bool {
        let mut is_wanted = false;
        for Found { payload, symbology, corners, certainty } in found {
            let meaning = self.scanner.meaning(symbology, &payload);
            is_wanted |= self.scanner.expected.is_empty() || matches!(meaning, Meaning::Expected(_));
            // Lines do not tell which of two like barcodes they read.
            let is_same = |known: &Detection| {
                known.payload == payload
                    && known.symbology == symbology
                    && (symbology != Symbology::Qr || same_place(&known.corners, &corners))
            };
            if self.report.detections.iter().any(is_same) {
                continue;
            }
            let is_sure = self.scanner.confirmations.confirm(symbology, &payload, certainty)
                || self.scanner.trust == Trust::AtOnce;
            let waiting = self.unconfirmed.iter().position(is_same);
            let detection = waiting.map_or_else(
                || Detection { payload, symbology, meaning, corners, stage },
                |at| self.unconfirmed.remove(at),
            );
            let list = if is_sure { &mut self.report.detections } else { &mut self.unconfirmed };
            list.push(detection);
        }
        is_wanted
    }
}

impl Found {
    fn qr(reading: qr::Reading, picture: &Picture) -> Self {
        let certainty = if reading.content.strain > 0.0 { Certainty::Partial } else { Certainty::Full };
        Self {
            payload: reading.content.payload,
            symbology: Symbology::Qr,
            corners: reading.corners.map(|corner| picture.to_frame(corner)),
            certainty,
        }
    }

    fn bars(reading: bars::Reading, picture: &Picture) -> Self {
        let certainty = if reading.lines < CERTAIN_LINES { Certainty::Partial } else { Certainty::Full };
        Self {
            payload: Payload {
                bytes: reading.text.clone().into_bytes(),
                text: Some(reading.text),
                encoding: Encoding::Utf8,
                part: None,
            },
            symbology: reading.symbology,
            corners: reading.corners.map(|corner| picture.to_frame(corner)),
            certainty,
        }
    }
}
