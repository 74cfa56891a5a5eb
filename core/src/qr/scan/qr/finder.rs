//! Finder patterns: the three eyes of a QR code, whose middle crossing reads
//! dark 1, light 1, dark 3, light 1, dark 1 in any direction.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rxing::common::cpp_essentials::{ConcentricPattern, LocateConcentricPattern};
use rxing::common::{BIT_FIELD_BASE_BITS, BitFieldBaseType};

use super::super::budget::Deadline;
use super::super::picture::Binary;

/// More finder patterns than this, and the search ends: matching them up costs
/// the second power. The fullest real picture of codes has about 200.
const MAX_FINDERS: usize = 256;

/// More places than this that look like a finder pattern along a row, and the
/// search ends: a picture of a screen, a weave or a trap.
const MAX_CANDIDATES: usize = 6000;

/// Rows between two that are looked at: the middle of a pattern with one pixel
/// a module is as high.
const ROW_STEP: u32 = 3;

/// Candidates between two looks at the clock.
const CANDIDATES_PER_LOOK: usize = 32;

/// What a search came to.
#[derive(Debug, Default)]
pub(in super::super) struct Finders {
    pub(in super::super) patterns: Vec<ConcentricPattern>,
    /// Whether the search ended early, for time or for their number.
    pub(in super::super) cut_short: bool,
    /// Panics of the library, each contained.
    pub(in super::super) panics: u32,
}

/// Looks along every third row, and around whatever has a finder pattern's
/// proportions there.
pub(in super::super) fn search(binary: &Binary, deadline: &Deadline) -> Finders {
    let mut found = Finders::default();
    let mut candidates = 0;
    for y in (ROW_STEP / 2..binary.matrix().height()).step_by(ROW_STEP as usize) {
        for crossing in Crossings::of(binary, y) {
            candidates += 1;
            let over = candidates % CANDIDATES_PER_LOOK == 0 && deadline.is_over();
            if over || candidates > MAX_CANDIDATES || found.patterns.len() == MAX_FINDERS {
                found.cut_short = true;
                return found;
            }
            let middle = rxing::point(crossing.middle, y as f32 + 0.5);
            let is_known =
                |known: &ConcentricPattern| rxing::Point::distance(middle, known.p) < known.size as f32 / 2.0;
            if found.patterns.iter().any(is_known) {
                continue;
            }
            // Three times as far: a strongly slanted pattern is that much longer upright.
            let reach = i32::try_from(crossing.length * 3).unwrap_or(i32::MAX);
            let locate =
                || LocateConcentricPattern::<true, 5, 7>(binary.matrix(), &[1, 1, 3, 1, 1], middle, reach);
            match catch_unwind(AssertUnwindSafe(locate)) {
                Ok(pattern) => found.patterns.extend(pattern),
                Err(_) => found.panics += 1,
            }
        }
    }
    found
}

/// How many places look like a finder pattern to `rqrr` along some row; counted to
/// `most` + 1.
pub(super) fn places(binary: &Binary, most: usize) -> usize {
    let mut places: Vec<(f32, f32, f32)> = Vec::new();
    for y in 0..binary.matrix().height() {
        for Crossing { middle, length } in Crossings::by(rqrr_crossing, binary, y) {
            let (y, size) = (y as f32, length as f32);
            // The smaller size: a long one must not hide those around it.
            let is_near =
                |&(x, known, width): &(f32, f32, f32)| (x - middle).hypot(known - y) < size.min(width);
            if places.iter().any(is_near) {
                continue;
            }
            places.push((middle, y, size));
            if places.len() > most {
                return places.len();
            }
        }
    }
    places.len()
}

/// A line's way through what may be a finder pattern, in pixels along the line.
#[derive(Clone, Copy, Debug)]
struct Crossing {
    middle: f32,
    length: usize,
}

impl Crossing {
    fn of(runs: [usize; 5], end: usize) -> Self {
        let [.., stone, next_gap, next_ring] = runs;
        let middle = (end - next_ring - next_gap) as f32 - stone as f32 / 2.0;
        Self { middle, length: runs.iter().sum() }
    }
}

/// The crossings in a row of dark and light pixels.
struct Crossings {
    /// Where the colour changes, from light to dark first, and the row's end.
    changes: Changes,
    /// The last places where it changed; the latest last.
    places: [usize; 6],
    is_dark: bool,
    rule: Rule,
}

/// What five runs are, of which the last ends at a place.
type Rule = fn([usize; 5], usize) -> Option<Crossing>;

impl Crossings {
    fn of(binary: &Binary, y: u32) -> Self {
        Self::by(crossing, binary, y)
    }

    fn by(rule: Rule, binary: &Binary, y: u32) -> Self {
        Self { changes: Changes::of(binary, y), places: [0; 6], is_dark: false, rule }
    }
}

impl Iterator for Crossings {
    type Item = Crossing;

    fn next(&mut self) -> Option<Crossing> {
        loop {
            let x = self.changes.next()?;
            self.places.rotate_left(1);
            let [a, b, c, d, e, latest] = &mut self.places;
            *latest = x;
            self.is_dark = !self.is_dark;
            let runs = [*b - *a, *c - *b, *d - *c, *e - *d, x - *e];
            if !self.is_dark
                && let Some(crossing) = (self.rule)(runs, x)
            {
                return Some(crossing);
            }
        }
    }
}

/// The columns of a row at which the colour changes.
struct Changes {
    words: std::vec::IntoIter<BitFieldBaseType>,
    /// Bits are set where a pixel differs from the one before.
    word: BitFieldBaseType,
    /// The column of the word's first bit.
    start: usize,
    /// The last pixel of the word before, as a bit.
    carry: BitFieldBaseType,
    width: usize,
}

impl Changes {
    fn of(binary: &Binary, y: u32) -> Self {
        let mut words = binary.matrix().getRow(y).getBitArray().to_vec();
        // One light pixel beyond the end closes a dark run there.
        words.push(0);
        Self { words: words.into_iter(), word: 0, start: 0, carry: 0, width: binary.width() }
    }
}

impl Iterator for Changes {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        while self.word == 0 {
            let next = self.words.next()?;
            self.word = next ^ (next << 1 | self.carry);
            self.carry = next >> (BIT_FIELD_BASE_BITS - 1);
            self.start += BIT_FIELD_BASE_BITS;
        }
        let bit = self.word.trailing_zeros() as usize;
        self.word &= self.word - 1;
        Some((self.start - BIT_FIELD_BASE_BITS + bit).min(self.width))
    }
}

/// Whether five runs, of which the last ends before `end`, have a finder
/// pattern's proportions. From edge to like edge two neighbours together are 2,
/// 4, 4 and 2 modules, however much the ink spread or the light ate.
fn crossing(runs: [usize; 5], end: usize) -> Option<Crossing> {
    let [ring, gap, stone, next_gap, next_ring] = runs;
    if ring == 0 || stone < 3 || stone < gap.max(next_gap) || stone * 2 < 3 * ring.max(next_ring) {
        return None;
    }
    let edges = [ring + gap, gap + stone, stone + next_gap, next_gap + next_ring];
    // In twelfths of a module, as the four together are twelve modules.
    let module = edges.iter().sum::<usize>();
    let fits = edges
        .iter()
        .zip([2, 4, 4, 2])
        .all(|(&edge, modules)| (12 * edge).abs_diff(modules * module) * 10 <= 7 * module + 60);
    fits.then(|| Crossing::of(runs, end))
}

/// The rule of `rqrr`, which lets through more: each of the four is within three
/// quarters of their mean, and so far from three of it is the stone.
fn rqrr_crossing(runs: [usize; 5], end: usize) -> Option<Crossing> {
    let [ring, gap, stone, next_gap, next_ring] = runs;
    let mean = (ring + gap + next_gap + next_ring) / 4;
    let is_near = |run: usize, expected: usize| run.abs_diff(expected) <= mean * 3 / 4;
    let fits =
        [ring, gap, next_gap, next_ring].iter().all(|&run| is_near(run, mean)) && is_near(stone, 3 * mean);
    (ring > 0 && fits).then(|| Crossing::of(runs, end))
}
