//! Where the corners of a symbol are that was read as it stood.

use rxing::common::BitMatrix;

use super::super::picture::Binary;
use super::triple::Triple;
use super::warp::Warp;
use crate::qr::frame::Point;

/// About as many modules are compared, all in the quarter that no finder pattern holds.
const COMPARED: u32 = 36;

/// The fourth corner is searched this far around, as a part of the side, ...
const REACH: f32 = 0.16;

/// ... in as many steps each way, and then as often with half the step.
const STEPS: i8 = 3;
const REFINEMENTS: u8 = 3;

/// The corners: three follow from the finder patterns, the fourth is put where
/// the picture agrees best with the modules that were read.
pub(super) fn of(modules: &BitMatrix, binary: &Binary, triple: &Triple) -> [Point; 4] {
    let size = modules.width();
    let width = i16::try_from(size).unwrap_or(i16::MAX);
    let [tl, tr, bl] = triple.middles();
    let parallel = Point { x: tr.x + bl.x - tl.x, y: tr.y + bl.y - tl.y };
    let step = ((size / 2).pow(2) / COMPARED).isqrt().max(1) as usize;
    let compared: Vec<(u32, u32, bool)> = (size / 2..size)
        .step_by(step)
        .flat_map(|row| (size / 2..size).step_by(step).map(move |column| (column, row)))
        .map(|(column, row)| (column, row, modules.get(column, row)))
        .collect();
    let warp_to = |fourth: Point| Warp::flat(width, &[tl, tr, fourth, bl]);
    let agreement = |fourth: Point| {
        let Some(warp) = warp_to(fourth) else { return 0 };
        let right = compared.iter().filter(|&&(column, row, dark)| {
            binary.is_dark(warp.place(column as f32 + 0.5, row as f32 + 0.5)) == dark
        });
        right.count()
    };

    let mut step = REACH * (f32::from(width) - 7.0) * triple.module(width) / f32::from(STEPS);
    let mut best = (parallel, agreement(parallel));
    let mut steps = STEPS;
    for _ in 0..=REFINEMENTS {
        let middle = best.0;
        for down in -steps..=steps {
            for right in -steps..=steps {
                let fourth =
                    Point { x: middle.x + step * f32::from(right), y: middle.y + step * f32::from(down) };
                let agreement = agreement(fourth);
                if agreement > best.1 {
                    best = (fourth, agreement);
                }
            }
        }
        (step, steps) = (step / 2.0, 1);
    }
    warp_to(best.0).map_or([tl, tr, best.0, bl], |warp| warp.corners(width))
}
