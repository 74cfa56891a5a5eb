//! Placing a grid on a symbol that cannot be read as it stands: tilted, bent,
//! or without an alignment pattern to go by.
//!
//! The grid is moved until the picture agrees best with what every symbol of its
//! size has in the same place, and with every other module having one colour
//! from edge to edge. Each step has a fixed number of tries.

use super::super::budget::Deadline;
use super::super::picture::Binary;
use super::structure::Structure;
use super::triple::Triple;
use super::warp::Warp;
use crate::qr::frame::Point;

/// A fourth corner is worth searching if, without perspective, this part of the
/// known modules looks as it should; half of them do by chance.
const WORTH_SEARCHING: f32 = 0.6;

/// A grid is worth placing better if this part of its known modules looks as it should.
const WORTH_FITTING: f32 = 0.7;

/// The fourth corner is searched in steps of this part of its reach.
const FOURTH_STEPS: i8 = 4;

/// How much better a fit must be to move the fourth corner by all its reach
/// away from where it lies without perspective.
const PERSPECTIVE_COST: f32 = 0.02;

/// Steps in modules by which corners are moved, one after the other ...
const CORNER_STEPS: [f32; 6] = [1.0, 0.5, 0.5, 0.25, 0.25, 0.12];

/// ... and bends, with the corners by half as much in between.
const BEND_STEPS: [f32; 8] = [1.0, 0.5, 1.0, 0.5, 0.25, 0.5, 0.25, 0.12];

/// Middle of a module and four places near its edges, where a shifted grid shows first.
const TAPS: [(f32, f32); 5] = [(0.5, 0.5), (0.15, 0.15), (0.85, 0.15), (0.15, 0.85), (0.85, 0.85)];

/// A grid that is being placed.
pub(super) struct Fit<'a> {
    binary: &'a Binary,
    deadline: &'a Deadline,
    structure: Structure,
    width: i16,
    /// Pixels a module.
    module: f32,
    corners: [Point; 4],
    warp: Warp,
    agreement: f32,
}

impl<'a> Fit<'a> {
    /// The best flat grid of this width on three finder patterns. None if it
    /// does not look like a symbol of this width, or the time is over.
    pub(super) fn flat(
        binary: &'a Binary,
        triple: &Triple,
        width: i16,
        deadline: &'a Deadline,
    ) -> Option<Self> {
        let [tl, tr, bl] = triple.middles();
        let parallel = [tl, tr, Point { x: tr.x + bl.x - tl.x, y: tr.y + bl.y - tl.y }, bl];
        let mut fit = Fit {
            binary,
            deadline,
            structure: Structure::of(width),
            width,
            module: triple.module(width),
            corners: parallel,
            warp: Warp::flat(width, &parallel)?,
            agreement: 0.0,
        };
        if fit.known_agreement() < WORTH_SEARCHING {
            return None;
        }
        fit.search_fourth_corner(parallel)?;
        if fit.known_agreement() < WORTH_FITTING {
            return None;
        }
        fit.agreement = fit.agreement_of(&fit.warp);
        for step in CORNER_STEPS {
            fit.move_corners(step)?;
        }
        Some(fit)
    }

    /// Bends the grid where that agrees better. None if the time is over.
    pub(super) fn bend(mut self) -> Option<Self> {
        for step in BEND_STEPS {
            for which in 0..4 {
                for by in shifts(step * self.module) {
                    self.take_if_better(self.warp.bent(which, by), self.corners);
                }
                self.in_time()?;
            }
            self.move_corners(step / 2.0)?;
        }
        Some(self)
    }

    pub(super) const fn width(&self) -> i16 {
        self.width
    }

    pub(super) const fn warp(&self) -> &Warp {
        &self.warp
    }

    /// No finder pattern marks the fourth corner: it is searched first, the widest.
    fn search_fourth_corner(&mut self, parallel: [Point; 4]) -> Option<()> {
        let [tl, tr, br, bl] = parallel;
        let reach = (0.16 * (f32::from(self.width) - 7.0)).max(2.0) * self.module;
        let part = |steps: i8| f32::from(steps) / f32::from(FOURTH_STEPS);
        for down in (-FOURTH_STEPS..=FOURTH_STEPS).map(part) {
            for right in (-FOURTH_STEPS..=FOURTH_STEPS).map(part) {
                let corners = [tl, tr, Point { x: br.x + reach * right, y: br.y + reach * down }, bl];
                let Some(warp) = Warp::flat(self.width, &corners) else { continue };
                let agreement = self.agreement_of(&warp) - PERSPECTIVE_COST * right.hypot(down);
                if agreement > self.agreement {
                    (self.warp, self.corners, self.agreement) = (warp, corners, agreement);
                }
            }
            self.in_time()?;
        }
        Some(())
    }

    fn move_corners(&mut self, step: f32) -> Option<()> {
        for which in 0..4 {
            for by in shifts(step * self.module) {
                let mut corners = self.corners;
                if let Some(corner) = corners.get_mut(which) {
                    corner.x += by.x;
                    corner.y += by.y;
                }
                if let Some(flat) = Warp::flat(self.width, &corners) {
                    self.take_if_better(self.warp.on(flat), corners);
                }
            }
            self.in_time()?;
        }
        Some(())
    }

    fn take_if_better(&mut self, warp: Warp, corners: [Point; 4]) {
        let agreement = self.agreement_of(&warp);
        if agreement > self.agreement {
            (self.warp, self.corners, self.agreement) = (warp, corners, agreement);
        }
    }

    fn in_time(&self) -> Option<()> {
        (!self.deadline.is_over()).then_some(())
    }

    /// The part of the places that look right, 0 to 1; what is known counts twice.
    fn agreement_of(&self, warp: &Warp) -> f32 {
        let of_data: usize = self
            .structure
            .data
            .iter()
            .map(|&(column, row)| {
                let dark = self.dark_taps(warp, column, row);
                dark.max(TAPS.len() - dark)
            })
            .sum();
        let (known, data) = (self.structure.known.len(), self.structure.data.len());
        (2 * self.known_right(warp) + of_data) as f32 / (TAPS.len() * (2 * known + data)) as f32
    }

    fn known_agreement(&self) -> f32 {
        self.known_right(&self.warp) as f32 / (TAPS.len() * self.structure.known.len()) as f32
    }

    fn known_right(&self, warp: &Warp) -> usize {
        let right = self.structure.known.iter().map(|module| {
            let dark = self.dark_taps(warp, module.column, module.row);
            if module.dark { dark } else { TAPS.len() - dark }
        });
        right.sum()
    }

    fn dark_taps(&self, warp: &Warp, column: i16, row: i16) -> usize {
        let (column, row) = (f32::from(column), f32::from(row));
        TAPS.iter().filter(|(dx, dy)| self.binary.is_dark(warp.place(column + dx, row + dy))).count()
    }
}

/// One step each way.
fn shifts(step: f32) -> [Point; 4] {
    [(step, 0.0), (-step, 0.0), (0.0, step), (0.0, -step)].map(|(x, y)| Point { x, y })
}
