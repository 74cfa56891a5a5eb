//! Finder patterns: the three eyes of a QR code, whose middle crossing reads
//! dark 1, light 1, dark 3, light 1, dark 1 in any direction.

use super::binary::WorkingPicture;
use crate::qr::frame::Point;

/// More confirmed finder patterns than this, and the frame is skipped. The
/// fullest real picture of codes has a few dozen; matching up triples costs the
/// third power.
pub(super) const MAX_FINDERS: usize = 96;

/// More candidates than this before confirmation, and the search itself stops.
const MAX_CANDIDATES: usize = 512;

/// Rows that must agree before a pattern counts: at least these, and one for
/// each ten pixels of its width (its middle is crossed by three modules' rows).
const CONFIRMING_HITS: f32 = 2.0;
const WIDTH_PER_HIT: f32 = 10.0;

/// Modules along a finder pattern.
const MODULES: f32 = 7.0;

/// A finder pattern.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Finder {
    /// The middle.
    pub(super) centre: Point,
    /// Width of its level and of its upright crossing, averaged, in pixels.
    pub(super) crossing: f32,
    hits: u32,
}

/// What the search came to.
#[derive(Debug)]
pub(super) enum Search {
    Found(Vec<Finder>),
    /// At least this many.
    TooMany(usize),
}

/// Looks along every row. A candidate costs as many steps as it is wide, and
/// candidates in a row hardly overlap, so the work is proportional to the picture.
pub(super) fn search(picture: &WorkingPicture) -> Search {
    let mut candidates: Vec<Finder> = Vec::new();
    for (y, row) in picture.rows().enumerate() {
        for crossing in crossings_of(row) {
            let Some(found) = confirm(picture, crossing, y) else { continue };
            if let Some(known) = candidates.iter_mut().find(|known| known.is_same(&found)) {
                known.merge(&found);
            } else if candidates.len() < MAX_CANDIDATES {
                candidates.push(found);
            } else {
                return Search::TooMany(candidates.len());
            }
        }
    }
    candidates.retain(|finder| finder.hits as f32 >= CONFIRMING_HITS.max(finder.crossing / WIDTH_PER_HIT));
    if candidates.len() > MAX_FINDERS { Search::TooMany(candidates.len()) } else { Search::Found(candidates) }
}

impl Finder {
    fn is_same(&self, other: &Self) -> bool {
        let near = 0.25 * self.crossing.max(other.crossing);
        (self.centre.x - other.centre.x).abs() < near && (self.centre.y - other.centre.y).abs() < near
    }

    fn merge(&mut self, other: &Self) {
        let hits = self.hits as f32;
        let mean = |old: f32, new: f32| (old * hits + new) / (hits + 1.0);
        self.centre.x = mean(self.centre.x, other.centre.x);
        self.centre.y = mean(self.centre.y, other.centre.y);
        self.crossing = mean(self.crossing, other.crossing);
        self.hits += 1;
    }
}

/// A line's way through a finder pattern, in pixels along the line.
#[derive(Clone, Copy, Debug)]
struct Crossing {
    middle: f32,
    length: usize,
}

/// The crossings in a row.
fn crossings_of(row: &[u8]) -> impl Iterator<Item = Crossing> {
    let mut runs = [0_usize; 5];
    let mut length = 0;
    let mut last = 0;
    // One light pixel beyond the end closes a dark run there.
    row.iter().chain(&[0]).enumerate().filter_map(move |(x, &pixel)| {
        if pixel == last {
            length += 1;
            return None;
        }
        runs.rotate_left(1);
        if let Some(newest) = runs.last_mut() {
            *newest = length;
        }
        last = pixel;
        length = 1;
        (pixel == 0).then(|| crossing(runs, x)).flatten()
    })
}

/// Whether five runs, of which the last ends before `end`, have a finder
/// pattern's proportions.
fn crossing(runs: [usize; 5], end: usize) -> Option<Crossing> {
    let length: usize = runs.iter().sum();
    if runs.contains(&0) {
        return None;
    }
    let module = length as f32 / MODULES;
    // Half a pixel on each side is what sampling itself adds.
    let slack = 0.5 * module + 0.5;
    let fits = runs.iter().zip([1.0, 1.0, 3.0, 1.0, 1.0]).all(|(&run, modules)| {
        (run as f32 - modules * module).abs() <= if modules > 1.0 { 2.0 * slack } else { slack }
    });
    let [_, _, stone, after, last] = runs;
    fits.then(|| Crossing { middle: (end - last - after) as f32 - stone as f32 / 2.0, length })
}

/// Crosses the candidate upright, then level again through the better middle.
fn confirm(picture: &WorkingPicture, level: Crossing, y: usize) -> Option<Finder> {
    let x = level.middle as usize;
    let upright = cross(y, picture.height(), level.length, |y| picture.is_dark(x, y))?;
    let y = upright.middle as usize;
    let level = cross(x, picture.width(), level.length, |x| picture.is_dark(x, y))?;
    Some(Finder {
        centre: Point { x: level.middle, y: upright.middle },
        crossing: (level.length + upright.length) as f32 / 2.0,
        hits: 1,
    })
}

/// Walks from `start` both ways through stone, gap and ring. `expected` is the
/// pattern's width in another direction: perspective changes it by less than half.
fn cross(start: usize, end: usize, expected: usize, is_dark: impl Fn(usize) -> bool) -> Option<Crossing> {
    if !is_dark(start) {
        return None;
    }
    let longest = expected;
    let run_up =
        |from: usize, dark: bool| (from..end).take(longest).take_while(|&at| is_dark(at) == dark).count();
    let run_down =
        |from: usize, dark: bool| (0..from).rev().take(longest).take_while(|&at| is_dark(at) == dark).count();
    let above = run_up(start, true);
    let gap_above = run_up(start + above, false);
    let ring_above = run_up(start + above + gap_above, true);
    let below = run_down(start, true);
    let gap_below = run_down(start.checked_sub(below)?, false);
    let ring_below = run_down(start.checked_sub(below + gap_below)?, true);
    let found = crossing(
        [ring_below, gap_below, below + above, gap_above, ring_above],
        start + above + gap_above + ring_above,
    )?;
    (found.length < expected * 2 && found.length * 2 > expected).then_some(found)
}
