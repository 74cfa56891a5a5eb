//! The grey pictures that stages work on: a region of the frame, at a scale,
//! as it is or made easier to read.

mod binary;
mod filter;
mod line;

pub(super) use binary::{Binarisation, Binary};
pub(super) use line::Line;

use std::borrow::Cow;

use crate::qr::frame::{Frame, Point, Region};

/// The longest side of the largest picture that is worked on, in pixels; larger
/// regions are reduced to it while they are read. A code of 25 modules that
/// fills a tenth of it still has 7 pixels a module.
pub(super) const MAX_SIDE: u32 = 1920;

/// Pictures with more pixels than this are doubled in their middle only, where
/// people hold what they want to be read.
const MAX_DOUBLED: usize = 400_000;

/// Neighbours that differ by less than this, in steps of luma, are no edge ...
const LEAST_EDGE: u8 = 12;

/// ... when they are this many pixels apart: blur spreads an edge that far.
const EDGE_REACH: usize = 4;

/// Only every so many rows and columns are looked at for edges. The smallest
/// code, 21 pixels a side, is crossed by two of them each way.
const EDGE_STEP: usize = 8;

/// Fewer edges than this, and there is no code: the rows and columns that are looked
/// at in the smallest have more.
const LEAST_EDGES: usize = 12;

/// The pictures that are made of a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum View {
    /// As it is.
    Native,
    /// Smaller by this factor.
    Reduced(usize),
    /// Twice as large.
    Doubled,
    /// With raised edges.
    Sharpened,
    /// Light and dark exchanged.
    Negative,
}

/// A grey picture and where it lies in the frame. Places in it are continuous:
/// the first pixel covers 0.0 to 1.0.
#[derive(Clone, Debug, Default)]
pub(super) struct Picture {
    width: usize,
    height: usize,
    luma: Vec<u8>,
    /// The picture's upper left corner in the frame.
    origin: Point,
    /// Frame pixels along the side of one pixel here.
    scale: f32,
}

impl Picture {
    /// Replaces the picture by a region of a frame.
    pub(super) fn load(&mut self, frame: &Frame<'_>, region: Region) {
        let factor = region.width.max(region.height).div_ceil(MAX_SIDE).max(1);
        self.width = (region.width / factor) as usize;
        self.height = (region.height / factor) as usize;
        self.origin = Point { x: region.left as f32, y: region.top as f32 };
        self.scale = factor as f32;
        self.luma.clear();
        let factor = factor as usize;
        if factor == 1 {
            frame.rows(region).for_each(|row| self.luma.extend_from_slice(row));
        } else {
            // Two pixels of two rows stand for a block: averaging all of a large
            // frame would take longer than everything that follows.
            let rows: Vec<&[u8]> = frame.rows(region).collect();
            for pair in rows.chunks(factor).take(self.height) {
                let (Some(upper), Some(lower)) = (pair.first(), pair.get(factor / 2)) else { continue };
                let blocks = upper.chunks_exact(factor).zip(lower.chunks_exact(factor)).take(self.width);
                self.luma.extend(blocks.map(|(upper, lower)| {
                    let two = |row: &[u8]| {
                        row.first().map_or(0, |&first| u16::from(first))
                            + row.get(factor / 2).map_or(0, |&middle| u16::from(middle))
                    };
                    narrow((two(upper) + two(lower) + 2) / 4)
                }));
            }
        }
    }

    /// This picture in another view.
    pub(super) fn view(&self, view: View) -> Cow<'_, Self> {
        match view {
            View::Native => Cow::Borrowed(self),
            View::Reduced(factor) => Cow::Owned(self.reduced(factor)),
            View::Doubled if self.luma.len() > MAX_DOUBLED => Cow::Owned(self.middle().doubled()),
            View::Doubled => Cow::Owned(self.doubled()),
            View::Sharpened => Cow::Owned(self.sharpened()),
            View::Negative => Cow::Owned(self.negative()),
        }
    }

    /// Whether there are edges enough for any code.
    pub(super) fn has_edges(&self) -> bool {
        let is_edge = |(&near, &far): (&u8, &u8)| near.abs_diff(far) >= LEAST_EDGE;
        let mut edges = 0;
        for (index, row) in self.rows().enumerate() {
            // Along every eighth row; down every eighth column.
            let along = row.iter().zip(row.iter().skip(EDGE_REACH)).step_by(2);
            edges += if index % EDGE_STEP == 0 { along.filter(|pair| is_edge(*pair)).count() } else { 0 };
            let below = self.luma.get((index + EDGE_REACH) * self.width..).unwrap_or_default();
            if index % 2 == 0 {
                edges += row.iter().zip(below).step_by(EDGE_STEP).filter(|pair| is_edge(*pair)).count();
            }
            if edges >= LEAST_EDGES {
                return true;
            }
        }
        false
    }

    pub(super) const fn width(&self) -> usize {
        self.width
    }

    pub(super) const fn height(&self) -> usize {
        self.height
    }

    pub(super) fn pixels(&self) -> usize {
        self.luma.len()
    }

    /// Whether a place lies in this picture.
    pub(super) fn contains(&self, place: Point) -> bool {
        (0.0..=self.width as f32).contains(&place.x) && (0.0..=self.height as f32).contains(&place.y)
    }

    /// The rows from the top.
    pub(super) fn rows(&self) -> impl Iterator<Item = &[u8]> {
        self.luma.chunks_exact(self.width.max(1))
    }

    /// A place of this picture in the frame that it was made from.
    pub(super) fn to_frame(&self, place: Point) -> Point {
        Point { x: place.x.mul_add(self.scale, self.origin.x), y: place.y.mul_add(self.scale, self.origin.y) }
    }

    /// The luma at a place, between the four nearest pixels; outside, that of
    /// the nearest edge.
    pub(super) fn luma_at(&self, place: Point) -> f32 {
        // A cast of a negative, too large or undefined number ends in range.
        let edge = |at: f32, size: usize| (at - 0.5).max(0.0).min(size.saturating_sub(2) as f32);
        let (x, y) = (edge(place.x, self.width), edge(place.y, self.height));
        let (column, row) = (x as usize, y as usize);
        let (right, down) = (x - column as f32, y - row as f32);
        let pixel = |column: usize, row: usize| {
            self.luma.get(row * self.width + column).map_or(0.0, |&pixel| f32::from(pixel))
        };
        let upper = pixel(column, row) * (1.0 - right) + pixel(column + 1, row) * right;
        let lower = pixel(column, row + 1) * (1.0 - right) + pixel(column + 1, row + 1) * right;
        upper * (1.0 - down) + lower * down
    }
}

/// A pixel and its neighbours, 1 2 1.
fn weigh(before: u8, pixel: u8, after: u8) -> u8 {
    narrow((u16::from(before) + 2 * u16::from(pixel) + u16::from(after) + 2) / 4)
}

/// A mean of bytes is a byte.
fn narrow(mean: u16) -> u8 {
    u8::try_from(mean).unwrap_or(u8::MAX)
}
