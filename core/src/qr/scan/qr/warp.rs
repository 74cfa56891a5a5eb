//! Where the modules of a symbol lie in a picture.

use crate::qr::frame::Point;

/// From a symbol's edge to the middle of a finder pattern, in modules.
pub(super) const FINDER_MIDDLE: f32 = 3.5;

/// A map from modules to places: the projective one of a flat symbol, and a bend
/// of its two axes for one on a can, a cup or crumpled paper.
#[derive(Clone, Copy, Debug)]
pub(super) struct Warp {
    /// x: per column, per row, constant.
    x: [f32; 3],
    y: [f32; 3],
    /// Denominator: per column, per row; its constant is 1.
    w: [f32; 2],
    /// Modules between the middles of two finder patterns.
    side: f32,
    /// Pixels by which the middle of a row is moved, at the top and how much
    /// more at the bottom; then of a column, at the left and more at the right.
    bend: [Point; 4],
}

impl Warp {
    /// The flat map that takes the middles of the finder patterns of a symbol
    /// with `width` modules a side to these places: top left, top right, bottom
    /// right (where a fourth pattern would have its middle), bottom left. None
    /// if they span no proper quadrilateral.
    pub(super) fn flat(width: i16, corners: &[Point; 4]) -> Option<Self> {
        let side = f32::from(width) - 2.0 * FINDER_MIDDLE;
        let [p0, p1, p2, p3] = corners;
        let (dx1, dy1) = (p1.x - p2.x, p1.y - p2.y);
        let (dx2, dy2) = (p3.x - p2.x, p3.y - p2.y);
        let (sx, sy) = (p0.x - p1.x + p2.x - p3.x, p0.y - p1.y + p2.y - p3.y);
        let area = dx1 * dy2 - dx2 * dy1;
        // Also refuses what is not a number.
        if !(area.abs() > 1.0 && side > 0.0) {
            return None;
        }
        let g = (sx * dy2 - dx2 * sy) / area;
        let h = (dx1 * sy - sx * dy1) / area;
        Some(Self {
            x: [p1.x - p0.x + g * p1.x, p3.x - p0.x + h * p3.x, p0.x],
            y: [p1.y - p0.y + g * p1.y, p3.y - p0.y + h * p3.y, p0.y],
            w: [g, h],
            side,
            bend: [Point::default(); 4],
        })
    }

    /// This bend on another flat map.
    pub(super) const fn on(self, flat: Self) -> Self {
        Self { bend: self.bend, ..flat }
    }

    /// This map with one of its four bends moved by these pixels.
    pub(super) fn bent(mut self, which: usize, by: Point) -> Self {
        if let Some(bend) = self.bend.get_mut(which) {
            bend.x += by.x;
            bend.y += by.y;
        }
        self
    }

    /// Where module coordinates lie in the picture. Near the horizon this may be
    /// anywhere, also nowhere.
    pub(super) fn place(&self, column: f32, row: f32) -> Point {
        let u = (column - FINDER_MIDDLE) / self.side;
        let v = (row - FINDER_MIDDLE) / self.side;
        let ([xu, xv, x], [yu, yv, y], [wu, wv]) = (self.x, self.y, self.w);
        let w = wu * u + wv * v + 1.0;
        let [top, lower, left, right] = self.bend;
        let (along, down) = (4.0 * u * (1.0 - u), 4.0 * v * (1.0 - v));
        Point {
            x: (xu * u + xv * v + x) / w + along * (top.x + v * lower.x) + down * (left.x + u * right.x),
            y: (yu * u + yv * v + y) / w + along * (top.y + v * lower.y) + down * (left.y + u * right.y),
        }
    }

    /// The outer corners of a symbol with `width` modules a side.
    pub(super) fn corners(&self, width: i16) -> [Point; 4] {
        let end = f32::from(width);
        [(0.0, 0.0), (end, 0.0), (end, end), (0.0, end)].map(|(column, row)| self.place(column, row))
    }
}

pub(super) fn distance(a: Point, b: Point) -> f32 {
    (a.x - b.x).hypot(a.y - b.y)
}
