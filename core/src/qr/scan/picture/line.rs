//! Straight lines through a picture, for what repeats itself across them.

use super::{Picture, weigh};
use crate::qr::frame::Point;

/// A straight line from one edge of a picture to the other.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Line {
    /// From the top down, not from left to right.
    pub(in super::super) is_upright: bool,
    /// The row (or column) where it crosses the picture's middle.
    pub(in super::super) at: usize,
    /// Rows (or columns) that it goes down (or right) with each pixel.
    pub(in super::super) slope: f32,
}

impl Line {
    /// Where a place along the line lies in a picture.
    pub(in super::super) fn place(&self, picture: &Picture, along: f32) -> Point {
        let length = if self.is_upright { picture.height } else { picture.width };
        let across = self.at as f32 + 0.5 + self.slope * (along - length as f32 / 2.0);
        if self.is_upright { Point { x: across, y: along } } else { Point { x: along, y: across } }
    }
}

impl Picture {
    /// The pixels along a line, each weighed with those beside it across the
    /// line: along a barcode's bars they say the same, and together they are less
    /// noisy. Beyond the picture it goes on as its edge is.
    pub(in super::super) fn along(&self, line: Line) -> Vec<u8> {
        match line {
            Line { is_upright: false, at, slope: 0.0 } => self.row(at),
            Line { is_upright: false, .. } => {
                let place = |x: usize| line.place(self, x as f32 + 0.5).y.max(0.0) as usize;
                (0..self.width).map(|x| self.weighed_down(x, place(x).min(self.height - 1))).collect()
            }
            Line { is_upright: true, .. } => {
                let place = |y: usize| line.place(self, y as f32 + 0.5).x.max(0.0) as usize;
                (0..self.height).map(|y| self.weighed_across(place(y).min(self.width - 1), y)).collect()
            }
        }
    }

    /// The pixels on the straight way from one place to another and beyond both by a part of
    /// it, as far as the picture goes; and where on it the two places are.
    pub(in super::super) fn through(&self, from: Point, to: Point, beyond: f32) -> (Vec<u8>, [f32; 2]) {
        let (right, down) = (to.x - from.x, to.y - from.y);
        let length = right.hypot(down).max(1.0);
        let pixel = |step: f32| {
            let (x, y) = (from.x + right * step / length, from.y + down * step / length);
            let is_inside = x >= 0.0 && y >= 0.0 && (x as usize) < self.width;
            let index = (y as usize).checked_mul(self.width)?.checked_add(x as usize)?;
            is_inside.then(|| self.luma.get(index).copied()).flatten()
        };
        let steps = |count: f32| (0..count as usize).map(|step| step as f32 + 0.5);
        let before: Vec<u8> = steps(length * beyond).map_while(|step| pixel(-step)).collect();
        let start = before.len() as f32;
        let rest = steps(length * (1.0 + beyond)).map_while(pixel);
        let pixels = before.iter().rev().copied().chain(rest).collect();
        (pixels, [start, start + length])
    }

    fn row(&self, y: usize) -> Vec<u8> {
        let row = |y: usize| self.luma.get(y * self.width..(y + 1) * self.width).unwrap_or_default();
        let middle = row(y);
        let (above, below) = (y.checked_sub(1).map_or(middle, row), row(y + 1));
        let below = if below.is_empty() { middle } else { below };
        above
            .iter()
            .zip(middle)
            .zip(below)
            .map(|((&above, &middle), &below)| weigh(above, middle, below))
            .collect()
    }

    fn weighed_down(&self, x: usize, y: usize) -> u8 {
        let pixel = |y: usize| self.luma.get(y * self.width + x).copied().unwrap_or(0);
        weigh(pixel(y.saturating_sub(1)), pixel(y), pixel((y + 1).min(self.height - 1)))
    }

    fn weighed_across(&self, x: usize, y: usize) -> u8 {
        let pixel = |x: usize| self.luma.get(y * self.width + x).copied().unwrap_or(0);
        weigh(pixel(x.saturating_sub(1)), pixel(x), pixel((x + 1).min(self.width - 1)))
    }
}
