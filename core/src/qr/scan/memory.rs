//! Where the last frames had their codes.

use super::report::Detection;
use super::stage::Stage;
use crate::qr::frame::{Frame, Point, Region};

/// A place is looked at again for as many frames without a code.
const FRAMES: u8 = 3;

/// As long as all places read, only every so many frames are searched further,
/// for what is new.
const FRAMES_OF_SAME: u8 = 4;

/// The most places that are remembered.
const MAX_PLACES: usize = 16;

/// How far around a code is looked again, as a part of its size: what a hand
/// moves from frame to frame, and the quiet zone.
const AROUND: f32 = 0.5;

/// A place where a code was, and the stage that read it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) stage: Stage,
    corners: [Point; 4],
    frames_without: u8,
}

impl Place {
    /// The part of a frame to look at.
    pub(super) fn region(&self, frame: &Frame<'_>) -> Region {
        let (xs, ys) = (self.corners.map(|corner| corner.x), self.corners.map(|corner| corner.y));
        let least = |of: [f32; 4]| of.into_iter().fold(f32::INFINITY, f32::min);
        let most = |of: [f32; 4]| of.into_iter().fold(f32::NEG_INFINITY, f32::max);
        let around = AROUND * (most(xs) - least(xs)).max(most(ys) - least(ys));
        // A cast of a negative or too large number ends in range.
        let (left, top) = ((least(xs) - around) as u32, (least(ys) - around) as u32);
        let (right, bottom) = ((most(xs) + around) as u32, (most(ys) + around) as u32);
        let view = frame.view();
        let (view_right, view_bottom) = (view.left + view.width, view.top + view.height);
        let (left, top) = (left.clamp(view.left, view_right), top.clamp(view.top, view_bottom));
        Region {
            left,
            top,
            width: right.clamp(left, view_right) - left,
            height: bottom.clamp(top, view_bottom) - top,
        }
    }

    /// Whether a symbol with these corners is at this place.
    pub(super) fn is_at(&self, corners: &[Point; 4]) -> bool {
        same_place(&self.corners, corners)
    }
}

/// The places of the last frames.
#[derive(Debug, Default)]
pub(super) struct Memory {
    places: Vec<Place>,
    same: u8,
}

impl Memory {
    pub(super) fn places(&self) -> Vec<Place> {
        self.places.clone()
    }

    /// Whether this frame needs no further search: everything that was there
    /// before still is.
    pub(super) fn is_content(&mut self, read_again: usize) -> bool {
        let all = !self.places.is_empty() && read_again >= self.places.len();
        self.same = if all { (self.same + 1) % FRAMES_OF_SAME } else { 0 };
        all && self.same != 0
    }

    /// Replaces what is remembered by what this frame had, with the stage that
    /// first read it.
    pub(super) fn keep<'d>(&mut self, read: impl Iterator<Item = &'d Detection>) {
        let before = std::mem::take(&mut self.places);
        for Detection { corners, stage, .. } in read.take(MAX_PLACES) {
            let known = before.iter().find(|place| place.is_at(corners));
            let stage = match stage {
                Stage::LastPlace => known.map_or(Stage::Blocks, |place| place.stage),
                stage => *stage,
            };
            self.places.push(Place { stage, corners: *corners, frames_without: 0 });
        }
        for place in before {
            let is_lost = !self.places.iter().any(|kept| kept.is_at(&place.corners));
            if is_lost && place.frames_without < FRAMES && self.places.len() < MAX_PLACES {
                self.places.push(Place { frames_without: place.frames_without + 1, ..place });
            }
        }
    }
}

/// Whether two symbols lie on each other: their middles are nearer than half a side.
pub(super) fn same_place(a: &[Point; 4], b: &[Point; 4]) -> bool {
    let middle = |corners: &[Point; 4]| Point {
        x: corners.iter().map(|corner| corner.x).sum::<f32>() / 4.0,
        y: corners.iter().map(|corner| corner.y).sum::<f32>() / 4.0,
    };
    let [start, end, across, _] = a;
    let size = (start.x - end.x).hypot(start.y - end.y).max((end.x - across.x).hypot(end.y - across.y));
    let (a, b) = (middle(a), middle(b));
    (a.x - b.x).hypot(a.y - b.y) < size / 2.0
}
