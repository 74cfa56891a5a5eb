//! The one projective map that a flat symbol needs.

use crate::qr::frame::Point;

/// A map from a symbol's modules to places in the picture.
#[derive(Clone, Copy, Debug)]
pub(super) struct Homography {
    /// x: per column, per row, constant.
    x: [f32; 3],
    y: [f32; 3],
    /// Denominator: per column, per row; its constant is 1.
    w: [f32; 2],
    /// Module coordinates of the unit square's first corner, and its side.
    origin: f32,
    side: f32,
}

impl Homography {
    /// The map that takes the corners of a square (from `origin` on, with
    /// `side`, both in modules) to four places: top left, top right, bottom
    /// right, bottom left. None if they span no proper quadrilateral.
    pub(super) fn from_square(origin: f32, side: f32, corners: &[Point; 4]) -> Option<Self> {
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
            origin,
            side,
        })
    }

    /// Where module coordinates lie in the picture. Near the horizon this may
    /// be anywhere, also infinite: [`super::binary::WorkingPicture::is_dark_at`]
    /// takes any place.
    pub(super) fn place(&self, column: f32, row: f32) -> Point {
        let u = (column - self.origin) / self.side;
        let v = (row - self.origin) / self.side;
        let [xu, xv, x] = self.x;
        let [yu, yv, y] = self.y;
        let [wu, wv] = self.w;
        let w = wu * u + wv * v + 1.0;
        Point { x: (xu * u + xv * v + x) / w, y: (yu * u + yv * v + y) / w }
    }
}

pub(super) fn distance(a: Point, b: Point) -> f32 {
    (a.x - b.x).hypot(a.y - b.y)
}
