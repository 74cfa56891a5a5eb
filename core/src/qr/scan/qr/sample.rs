//! The modules of a placed grid, dark or light.

use rxing::common::BitMatrix;

use super::super::picture::{Binary, Picture};
use super::warp::Warp;

/// Middle of a module and four places around it, in black and white ...
const TAPS: [(f32, f32); 5] = [(0.5, 0.5), (0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)];

/// ... and nearer to the middle in grey, where each already takes in its neighbours.
const GREY_TAPS: [(f32, f32); 5] = [(0.5, 0.5), (0.35, 0.5), (0.65, 0.5), (0.5, 0.35), (0.5, 0.65)];

/// Modules each way whose grey decides what is dark.
const AROUND: usize = 4;

/// By majority of the black and white pixels in a module.
pub(super) fn from_binary(binary: &Binary, warp: &Warp, width: i16) -> Option<BitMatrix> {
    modules(width, |column, row| {
        let dark = TAPS.iter().filter(|(dx, dy)| binary.is_dark(warp.place(column + dx, row + dy)));
        dark.count() * 2 > TAPS.len()
    })
}

/// By the grey of a module beside its neighbours': reads what is too soft for
/// any threshold that knows nothing of modules.
pub(super) fn from_grey(picture: &Picture, warp: &Warp, width: i16) -> Option<BitMatrix> {
    let side = usize::try_from(width).ok()?;
    let grey: Vec<f32> = (0..side * side)
        .map(|at| {
            let (column, row) = ((at % side) as f32, (at / side) as f32);
            GREY_TAPS.iter().map(|(dx, dy)| picture.luma_at(warp.place(column + dx, row + dy))).sum()
        })
        .collect();
    let thresholds = thresholds(&grey, side);
    let mut matrix = BitMatrix::with_single_dimension(u32::try_from(side).ok()?).ok()?;
    for ((at, grey), threshold) in (0_u32..).zip(&grey).zip(&thresholds) {
        if grey < threshold {
            matrix.set(at % side as u32, at / side as u32);
        }
    }
    Some(matrix)
}

fn modules(width: i16, is_dark: impl Fn(f32, f32) -> bool) -> Option<BitMatrix> {
    let mut matrix = BitMatrix::with_single_dimension(u32::try_from(width).ok()?).ok()?;
    for row in 0..width {
        for column in 0..width {
            if is_dark(column.into(), row.into()) {
                matrix.set(u32::try_from(column).ok()?, u32::try_from(row).ok()?);
            }
        }
    }
    Some(matrix)
}

/// Between the mean of the modules around and the middle of their range: the one
/// errs where dark and light are few and many, the other at a glare's edge.
fn thresholds(grey: &[f32], side: usize) -> Vec<f32> {
    let spread = |values: &[Extent]| -> Vec<Extent> {
        // Along rows, then turned: twice makes a square of it.
        let mut turned = vec![Extent::NONE; values.len()];
        for (row, values) in values.chunks_exact(side).enumerate() {
            for column in 0..side {
                let near = values.get(column.saturating_sub(AROUND)..(column + AROUND + 1).min(side));
                if let Some(place) = turned.get_mut(column * side + row) {
                    *place = near.unwrap_or_default().iter().fold(Extent::NONE, Extent::with);
                }
            }
        }
        turned
    };
    let single: Vec<Extent> =
        grey.iter().map(|&value| Extent { sum: value, count: 1.0, least: value, most: value }).collect();
    spread(&spread(&single)).iter().map(Extent::threshold).collect()
}

#[derive(Clone, Copy)]
struct Extent {
    sum: f32,
    count: f32,
    least: f32,
    most: f32,
}

impl Extent {
    const NONE: Self = Self { sum: 0.0, count: 0.0, least: f32::INFINITY, most: f32::NEG_INFINITY };

    fn with(self, other: &Self) -> Self {
        Self {
            sum: self.sum + other.sum,
            count: self.count + other.count,
            least: self.least.min(other.least),
            most: self.most.max(other.most),
        }
    }

    fn threshold(&self) -> f32 {
        f32::midpoint(self.sum / self.count, f32::midpoint(self.least, self.most))
    }
}
