//! From three finder patterns to a grid of modules, and its text.

use super::binary::WorkingPicture;
use super::finder::Finder;
use super::geometry::{Homography, distance};
use super::structure::Structure;
use crate::qr::frame::Point;

/// From a symbol's edge to the middle of a finder pattern, in modules.
const FINDER_MIDDLE: f32 = 3.5;

/// A fourth corner is worth searching if, without perspective, this part of the
/// known modules looks as it should; half of them do by chance.
const WORTH_SEARCHING: f32 = 0.62;

/// A grid is worth placing better if this part of its known modules looks as it should.
const WORTH_FITTING: f32 = 0.75;

/// The fourth corner is searched in steps of this part of its reach.
const FOURTH_STEPS: i8 = 4;

/// How much better a fit must be to move the fourth corner by all its reach
/// away from where it lies without perspective.
const PERSPECTIVE_COST: f32 = 0.02;

/// Middle of a module and four places around it, near the middle for reading ...
const READING: [(f32, f32); 5] = [(0.5, 0.5), (0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)];

/// ... and near the edges for placing, where a shifted grid shows first.
const PLACING: [(f32, f32); 5] = [(0.5, 0.5), (0.15, 0.15), (0.85, 0.15), (0.15, 0.85), (0.85, 0.85)];

/// Three finder patterns that may belong together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Triple {
    top_left: Finder,
    top_right: Finder,
    bottom_left: Finder,
    /// 0 is a perfect right-angled isosceles triangle of equal patterns.
    strain: f32,
}

impl Triple {
    pub(super) const fn finders(&self) -> [Finder; 3] {
        [self.top_left, self.top_right, self.bottom_left]
    }

    /// The three patterns as a corner of a square, if they can be one.
    fn new(corner: Finder, mut a: Finder, mut b: Finder) -> Option<Self> {
        let (mut ax, mut ay) = (a.centre.x - corner.centre.x, a.centre.y - corner.centre.y);
        let (mut bx, mut by) = (b.centre.x - corner.centre.x, b.centre.y - corner.centre.y);
        // Clockwise on the screen from top right to bottom left.
        if ax * by - ay * bx < 0.0 {
            (a, b) = (b, a);
            (ax, ay, bx, by) = (bx, by, ax, ay);
        }
        let (along, down) = (ax.hypot(ay), bx.hypot(by));
        let legs = along.max(down) / along.min(down);
        let cosine = ((ax * bx + ay * by) / (along * down)).abs();
        let sizes = [corner.crossing, a.crossing, b.crossing];
        let largest = sizes.into_iter().fold(0.0, f32::max);
        let smallest = sizes.into_iter().fold(f32::INFINITY, f32::min);
        let spread = largest / smallest;
        // A tilt of 60 degrees stays within these.
        let fits = legs < 2.0 && cosine < 0.6 && spread < 1.8 && along.min(down) > 1.2 * smallest;
        let strain = (legs - 1.0) + cosine + (spread - 1.0);
        fits.then_some(Self { top_left: corner, top_right: a, bottom_left: b, strain })
    }

    /// Modules between the middles of two of its patterns, plus 7: the symbol's width.
    fn measured_width(&self) -> f32 {
        let side = |other: &Finder| {
            let (dx, dy) = (other.centre.x - self.top_left.centre.x, other.centre.y - self.top_left.centre.y);
            let length = dx.hypot(dy);
            // A line at an angle cuts a turned square longer than its side.
            let slant = dx.abs().max(dy.abs()) / length;
            let module = slant * (other.crossing + self.top_left.crossing) / 2.0 / 7.0;
            length / module
        };
        (side(&self.top_right) + side(&self.bottom_left)) / 2.0 + 7.0
    }
}

/// All triples that may be a symbol, the likeliest first. The number of finders
/// is bounded by [`super::finder::MAX_FINDERS`].
pub(super) fn triples(finders: &[Finder]) -> Vec<Triple> {
    let mut triples = Vec::new();
    for corner in finders {
        for (index, a) in finders.iter().enumerate() {
            for b in finders.iter().skip(index + 1) {
                if a != corner && b != corner {
                    triples.extend(Triple::new(*corner, *a, *b));
                }
            }
        }
    }
    triples.sort_by(|a, b| a.strain.total_cmp(&b.strain));
    triples
}

/// Where a symbol's modules lie.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grid {
    width: i16,
    map: Homography,
}

impl Grid {
    /// The symbol's outer corners.
    pub(super) fn corners(&self) -> [Point; 4] {
        let end = f32::from(self.width);
        [(0.0, 0.0), (end, 0.0), (end, end), (0.0, end)].map(|(column, row)| self.map.place(column, row))
    }
}

/// The grids that fit a triple: of the width that was measured, and, as they are
/// asked for, of the sizes beside it.
pub(super) fn fit(picture: &WorkingPicture, triple: &Triple) -> impl Iterator<Item = Grid> {
    let nearest = ((triple.measured_width() - 17.0) / 4.0).round() as i16;
    [nearest, nearest.saturating_add(1), nearest.saturating_sub(1)]
        .into_iter()
        .filter(|version| (1..=40).contains(version))
        .filter_map(|version| fit_width(picture, triple, version * 4 + 17))
}

/// Moves the corners until the picture agrees best with the symbol's structure.
/// The fourth corner has no finder pattern: it is searched first, the widest.
fn fit_width(picture: &WorkingPicture, triple: &Triple, width: i16) -> Option<Grid> {
    let structure = Structure::of(width);
    let [tl, tr, bl] = triple.finders().map(|finder| finder.centre);
    let side = f32::from(width) - 2.0 * FINDER_MIDDLE;
    let map_of = |corners: &[Point; 4]| Homography::from_square(FINDER_MIDDLE, side, corners);
    let module = (distance(tl, tr) + distance(tl, bl)) / 2.0 / side;

    let parallel = Point { x: tr.x + bl.x - tl.x, y: tr.y + bl.y - tl.y };
    if known_agreement(picture, &map_of(&[tl, tr, parallel, bl])?, &structure) < WORTH_SEARCHING {
        return None;
    }
    let reach = (0.16 * side).max(2.0) * module;
    let mut best = ([tl, tr, parallel, bl], 0.0);
    for down in -FOURTH_STEPS..=FOURTH_STEPS {
        for right in -FOURTH_STEPS..=FOURTH_STEPS {
            let (right, down) =
                (f32::from(right) / f32::from(FOURTH_STEPS), f32::from(down) / f32::from(FOURTH_STEPS));
            let fourth = Point { x: parallel.x + reach * right, y: parallel.y + reach * down };
            let corners = [tl, tr, fourth, bl];
            let Some(map) = map_of(&corners) else { continue };
            let fit = agreement(picture, &map, &structure) - PERSPECTIVE_COST * right.hypot(down);
            if fit > best.1 {
                best = (corners, fit);
            }
        }
    }
    if known_agreement(picture, &map_of(&best.0)?, &structure) < WORTH_FITTING {
        return None;
    }

    best.1 = agreement(picture, &map_of(&best.0)?, &structure);
    for step in [1.0, 0.5, 0.5, 0.25, 0.25, 0.12] {
        for corner in 0..4 {
            for (right, down) in [(step, 0.0), (-step, 0.0), (0.0, step), (0.0, -step)] {
                let mut corners = best.0;
                if let Some(moved) = corners.get_mut(corner) {
                    moved.x += right * module;
                    moved.y += down * module;
                }
                let Some(map) = map_of(&corners) else { continue };
                let fit = agreement(picture, &map, &structure);
                if fit > best.1 {
                    best = (corners, fit);
                }
            }
        }
    }
    Some(Grid { width, map: map_of(&best.0)? })
}

/// How many of the places in a module are dark.
fn dark_taps(
    picture: &WorkingPicture,
    map: &Homography,
    taps: &[(f32, f32)],
    column: f32,
    row: f32,
) -> usize {
    taps.iter().filter(|(dx, dy)| picture.is_dark_at(map.place(column + dx, row + dy))).count()
}

/// The part of the places that look right, 0 to 1: known modules have their
/// colour, and every other module has one colour from edge to edge.
fn agreement(picture: &WorkingPicture, map: &Homography, structure: &Structure) -> f32 {
    let of_data = structure.data.iter().map(|&(column, row)| {
        let dark = dark_taps(picture, map, &PLACING, column.into(), row.into());
        dark.max(PLACING.len() - dark)
    });
    let right = known_right(picture, map, structure) + of_data.sum::<usize>();
    right as f32 / (PLACING.len() * (structure.known.len() + structure.data.len())) as f32
}

fn known_agreement(picture: &WorkingPicture, map: &Homography, structure: &Structure) -> f32 {
    known_right(picture, map, structure) as f32 / (PLACING.len() * structure.known.len()) as f32
}

fn known_right(picture: &WorkingPicture, map: &Homography, structure: &Structure) -> usize {
    let places = structure.known.iter().map(|module| {
        let dark = dark_taps(picture, map, &PLACING, module.column.into(), module.row.into());
        if module.dark { dark } else { PLACING.len() - dark }
    });
    places.sum()
}

/// Samples a grid's modules and reads them; `rqrr` corrects errors and also
/// tries the mirrored symbol.
pub(super) fn decode(picture: &WorkingPicture, grid: &Grid) -> Option<Vec<u8>> {
    let modules = rqrr::SimpleGrid::from_func(usize::try_from(grid.width).ok()?, |column, row| {
        dark_taps(picture, &grid.map, &READING, column as f32, row as f32) * 2 > READING.len()
    });
    let mut bytes = Vec::new();
    rqrr::Grid::new(modules).decode_to(&mut bytes).ok()?;
    Some(bytes)
}
