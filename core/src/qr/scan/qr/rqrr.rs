//! The last resort: `rqrr`'s own search, which follows areas and not lines, and
//! so sees finder patterns that are rounded, cut or decorated.
//!
//! Its work grows with the third power of the patterns that it sees, a copy of
//! the picture for each three, and nothing outside can stop it. It only gets
//! small pictures in which few lines look like a finder pattern.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rqrr::BitGrid;
use rxing::common::BitMatrix;

use super::super::picture::{Binary, Picture, View};
use super::warp::{FINDER_MIDDLE, Warp};
use super::{Pass, Reading, content, finder};
use crate::qr::frame::Point;

/// Larger pictures are reduced to this many pixels, ...
const MOST_PIXELS: usize = 360_000;

/// ... and smaller ones than this are doubled.
const FEW_PIXELS: usize = 150_000;

/// The most places that may look like a finder pattern.
const MOST_PLACES: usize = 8;

/// What it is given of a picture.
pub(in super::super) fn view_of(picture: &Picture) -> View {
    if picture.pixels() < FEW_PIXELS {
        View::Doubled
    } else {
        let factor = (1..).find(|factor| picture.pixels() / (factor * factor) <= MOST_PIXELS);
        View::Reduced(factor.unwrap_or(1))
    }
}

/// Searches a picture, if that is sure to end soon.
pub(in super::super) fn pass(binary: &Binary) -> Pass {
    let mut pass = Pass::default();
    if !ends_soon(binary) {
        return pass;
    }
    let search = AssertUnwindSafe(|| {
        // The same black and white as above: its own may have patterns that nobody counted.
        let (width, height) = (binary.width(), binary.matrix().height() as usize);
        let is_dark = |x, y| binary.matrix().get(x as u32, y as u32);
        let mut image = rqrr::PreparedImage::prepare_from_bitmap(width, height, is_dark);
        let grids = image.detect_grids();
        grids.iter().filter_map(|grid| reading(&grid.grid, grid.bounds)).collect()
    });
    match catch_unwind(search) {
        Ok(readings) => pass.readings = readings,
        Err(_) => pass.panics = 1,
    }
    pass
}

/// Whether there are finder patterns, and few.
pub(in super::super) fn ends_soon(binary: &Binary) -> bool {
    (1..=MOST_PLACES).contains(&finder::places(binary, MOST_PLACES))
}

fn reading(grid: &impl BitGrid, bounds: [rqrr::Point; 4]) -> Option<Reading> {
    let size = grid.size();
    let mut modules = BitMatrix::with_single_dimension(u32::try_from(size).ok()?).ok()?;
    for (row, y) in (0..).zip(0..size) {
        for (column, x) in (0..).zip(0..size) {
            if grid.bit(y, x) {
                modules.set(column, row);
            }
        }
    }
    let content = content::read(&modules)?;
    let bounds = bounds.map(|corner| Point { x: corner.x as f32, y: corner.y as f32 });
    Some(Reading::new(content, corners(size, bounds)?))
}

/// The corners of a symbol with `size` modules a side: the bounds that `rqrr` gives
/// lie one module too far to the right and below.
fn corners(size: usize, bounds: [Point; 4]) -> Option<[Point; 4]> {
    let size = i16::try_from(size).ok()?;
    // The map is one of finder patterns' middles, which are 7 modules nearer to each
    // other than a symbol is wide; these are `size` + 1 apart.
    let map = Warp::flat(size.checked_add(8)?, &bounds)?;
    let (start, end) = (FINDER_MIDDLE, FINDER_MIDDLE + f32::from(size));
    Some([(start, start), (end, start), (end, end), (start, end)].map(|(column, row)| map.place(column, row)))
}
