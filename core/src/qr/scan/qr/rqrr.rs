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
pub(in super::super) fn pass(picture: &Picture, binary: &Binary) -> Pass {
    let mut pass = Pass::default();
    let places = finder::places(binary, MOST_PLACES);
    if places == 0 || places > MOST_PLACES {
        return pass;
    }
    let rows: Vec<&[u8]> = picture.rows().collect();
    let search = AssertUnwindSafe(|| {
        let pixel = |x: usize, y: usize| rows.get(y).and_then(|row| row.get(x)).copied().unwrap_or(u8::MAX);
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(picture.width(), picture.height(), pixel);
        let grids = image.detect_grids();
        grids.iter().filter_map(|grid| reading(&grid.grid, grid.bounds)).collect()
    });
    match catch_unwind(search) {
        Ok(readings) => pass.readings = readings,
        Err(_) => pass.panics = 1,
    }
    pass
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
    Some(Reading { content, corners: bounds.map(|corner| Point { x: corner.x as f32, y: corner.y as f32 }) })
}
