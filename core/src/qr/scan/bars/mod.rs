//! Finding and reading barcodes along lines through a picture.
//!
//! A barcode repeats itself along its bars, so single lines are read, from the
//! middle of the picture outward, level, upright and slanted. One line's checksum proves
//! little; a text counts once several lines say the same.

mod line;

use std::panic::{AssertUnwindSafe, catch_unwind};

use rxing::common::BitArray;
use rxing::oned::{MultiFormatOneDReader, OneDReader};
use rxing::{BarcodeFormat, DecodeHints};

pub(super) use line::Look;

use super::budget::Deadline;
use super::picture::{Line, Picture};
use super::report::Symbology;
use crate::qr::frame::Point;

/// Lines that must say a text before it counts, of few ...
const PROOF: u32 = 2;

/// ... and of many, among which more go wrong. Many slopes do not ask for more: on the
/// photographs that this was measured with, that lost codes and prevented no mistake.
const PROOF_OF_MANY: u32 = 3;
const MANY: usize = 64;

/// Once a text counts, every other line on either side of the middle is still read,
/// for others beside it.
const LINES_AFTER: usize = 2;

/// A barcode that was read. Without `Debug`: its text may be a secret.
#[derive(Clone)]
pub(super) struct Reading {
    pub(super) text: String,
    pub(super) symbology: Symbology,
    /// In the picture: starts and ends of the outermost lines that read it, clockwise
    /// from a start.
    pub(super) corners: [Point; 4],
    /// Lines that say the same.
    pub(super) lines: u32,
}

impl Reading {
    /// Whether what is read as a product's barcode has its quiet zones beside its own bars,
    /// too: a line that goes through a longer barcode from above to below it sees nothing
    /// before and after it.
    fn may_stand_alone(&self, picture: &Picture) -> bool {
        let [upper_start, upper_end, lower_end, lower_start] = self.corners;
        let between = |one: Point, other: Point, part: f32| Point {
            x: one.x + (other.x - one.x) * part,
            y: one.y + (other.y - one.y) * part,
        };
        let mut dark = Vec::new();
        [0.25, 0.5, 0.75].into_iter().any(|part| {
            let (start, end) = (between(upper_start, lower_start, part), between(upper_end, lower_end, part));
            let (pixels, ends) = picture.through(start, end, 0.25);
            line::binarise(&pixels, Look::Plain, &mut dark);
            line::has_quiet_zones(&dark, self.symbology, ends, line::DARK_BESIDE)
        })
    }
}

/// What lines of one picture said, from stage to stage.
#[derive(Default)]
pub(super) struct Votes {
    seen: Vec<Reading>,
    /// Panics of the library, each contained.
    pub(super) panics: u32,
}

impl Votes {
    /// Whether any line said anything: something is there.
    pub(super) const fn is_any(&self) -> bool {
        !self.seen.is_empty()
    }
}

/// The lines to read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lines {
    /// At most as many each way.
    pub(super) count: usize,
    /// Frames that read other lines between these follow each other: which one this is.
    pub(super) turn: usize,
    /// How they are looked at.
    pub(super) look: Look,
    /// Which way they go.
    pub(super) slopes: &'static [f32],
}

/// After as many turns the same lines come again.
const TURNS: usize = 5;

/// Reads lines of these slopes, level and upright.
pub(super) fn pass(picture: &Picture, lines: Lines, votes: &mut Votes, deadline: &Deadline) -> Vec<Reading> {
    let formats = [BarcodeFormat::CODE_128, BarcodeFormat::EAN_13, BarcodeFormat::EAN_8];
    let hints = DecodeHints { PossibleFormats: Some(formats.into()), ..DecodeHints::default() };
    let proof = if lines.count > MANY { PROOF_OF_MANY } else { PROOF };
    let mut search = Search { reader: MultiFormatOneDReader::new(&hints), hints, votes, proof };
    for &slope in lines.slopes {
        for is_upright in [false, true] {
            let count = if is_upright { picture.width() } else { picture.height() };
            search.along(picture, count, lines, deadline, |at| Line { is_upright, at, slope });
        }
    }
    let is_read = |reading: &&Reading| reading.lines >= proof && reading.may_stand_alone(picture);
    votes.seen.iter().filter(is_read).cloned().collect()
}

struct Search<'v> {
    reader: MultiFormatOneDReader,
    hints: DecodeHints,
    votes: &'v mut Votes,
    proof: u32,
}

impl Search<'_> {
    /// Reads lines from the middle outward.
    fn along(
        &mut self,
        picture: &Picture,
        count: usize,
        lines: Lines,
        deadline: &Deadline,
        line: impl Fn(usize) -> Line,
    ) {
        let step = count.div_ceil(lines.count.max(1));
        let middle = count / 2 + step * (lines.turn % TURNS) / TURNS;
        let mut dark = Vec::new();
        for index in 0..lines.count {
            if deadline.is_over() {
                return;
            }
            let offset = index.div_ceil(2) * step;
            let at = if index % 2 == 0 { middle.checked_add(offset) } else { middle.checked_sub(offset) };
            let Some(at) = at.filter(|at| *at < count) else { continue };
            let counts = self.votes.seen.iter().any(|reading| reading.lines >= self.proof);
            if counts && index.div_ceil(2) % LINES_AFTER != 0 {
                continue;
            }
            let line = line(at);
            let pixel = line::binarise(&picture.along(line), lines.look, &mut dark);
            if line::may_be_bars(&dark)
                && let Some((text, symbology, ends)) = self.read(&dark)
            {
                let ends = ends.map(|along| line.place(picture, along * pixel));
                // Beyond the picture many lines go along the same edge.
                if ends.iter().all(|end| picture.contains(*end)) {
                    self.count(text, symbology, ends);
                }
            }
        }
    }

    /// What a line of dark (1) and light (0) pixels says, and where along it.
    fn read(&mut self, dark: &[u8]) -> Option<(String, Symbology, [f32; 2])> {
        let mut bits = BitArray::with_size(dark.len());
        dark.iter().enumerate().filter(|(_, dark)| **dark == 1).for_each(|(at, _)| bits.set(at));
        for reversed in [false, true] {
            if reversed {
                bits.reverse();
            }
            let read = catch_unwind(AssertUnwindSafe(|| self.reader.decode_row(0, &bits, &self.hints)));
            let result = match read {
                Ok(Ok(result)) => result,
                Ok(Err(_)) => continue,
                Err(_) => {
                    self.votes.panics += 1;
                    continue;
                }
            };
            let symbology = match result.getBarcodeFormat() {
                BarcodeFormat::CODE_128 => Symbology::Code128,
                BarcodeFormat::EAN_13 => Symbology::Ean13,
                BarcodeFormat::EAN_8 => Symbology::Ean8,
                _ => continue,
            };
            let along = |at: usize| {
                let x = result.getPoints().get(at).map_or(0.0, |point| point.x);
                if reversed { dark.len() as f32 - x } else { x }
            };
            let ends = [along(0), along(1)];
            if line::has_quiet_zones(dark, symbology, ends, line::DARK_WHERE_READ) {
                return Some((result.getText().to_owned(), symbology, ends));
            }
        }
        None
    }

    fn count(&mut self, text: String, symbology: Symbology, [start, end]: [Point; 2]) {
        let known = |reading: &&mut Reading| reading.symbology == symbology && reading.text == text;
        if let Some(reading) = self.votes.seen.iter_mut().find(known) {
            reading.corners = widened(reading.corners, [start, end]);
            reading.lines += 1;
        } else {
            self.votes.seen.push(Reading { text, symbology, corners: [start, end, end, start], lines: 1 });
        }
    }
}

/// These corners, or the ends of another line where they lie further out.
fn widened(corners: [Point; 4], [start, end]: [Point; 2]) -> [Point; 4] {
    let [upper_start, upper_end, lower_end, lower_start] = corners;
    let (right, down) = (upper_end.x - upper_start.x, upper_end.y - upper_start.y);
    // Seen along the bars' line from its start.
    let further_down = |a: Point, b: Point| {
        if right * (a.y - b.y) > down * (a.x - b.x) { (a, b) } else { (b, a) }
    };
    [
        further_down(start, upper_start).1,
        further_down(end, upper_end).1,
        further_down(end, lower_end).0,
        further_down(start, lower_start).0,
    ]
}
