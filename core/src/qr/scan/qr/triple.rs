//! Three finder patterns that may be one symbol's.

use rxing::common::cpp_essentials::ConcentricPattern;
use rxing::qrcode::cpp_port::detector::{EstimateModuleSize, FinderPatternSet, GenerateFinderPatternSets};

use super::super::picture::Binary;
use super::warp::distance;
use crate::qr::frame::Point;

/// Modules along a finder pattern.
const FINDER_MODULES: f32 = 7.0;

/// Three finder patterns of about one size in a right angle.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Triple(pub(super) FinderPatternSet);

impl Triple {
    /// All that may be a symbol, the likeliest first; at most 105 for each pattern.
    pub(in super::super) fn all(mut patterns: Vec<ConcentricPattern>) -> Vec<Self> {
        GenerateFinderPatternSets(&mut patterns).into_iter().map(Self).collect()
    }

    /// Whether it uses one of these patterns.
    pub(in super::super) fn uses(&self, patterns: &[ConcentricPattern]) -> bool {
        self.patterns().iter().any(|pattern| patterns.contains(pattern))
    }

    pub(in super::super) const fn patterns(&self) -> [ConcentricPattern; 3] {
        [self.0.tl, self.0.tr, self.0.bl]
    }

    /// The middles: top left, top right, bottom left.
    pub(super) fn middles(&self) -> [Point; 3] {
        self.patterns().map(|pattern| Point { x: pattern.p.x, y: pattern.p.y })
    }

    /// Pixels a module, along a symbol of `width` modules.
    pub(super) fn module(&self, width: i16) -> f32 {
        let [top_left, top_right, bottom_left] = self.middles();
        let side = f32::from(width) - FINDER_MODULES;
        f32::midpoint(distance(top_left, top_right), distance(top_left, bottom_left)) / side
    }

    /// The widths that the symbol may have in modules, the likeliest first.
    pub(super) fn widths(&self, binary: &Binary) -> impl Iterator<Item = i16> + use<> {
        let sides: Vec<f32> = [self.0.tr, self.0.bl]
            .into_iter()
            .filter_map(|other| modules_between(binary, self.0.tl, other))
            .collect();
        let between = if sides.is_empty() {
            let size: i32 = self.patterns().iter().map(|pattern| pattern.size).sum();
            let [top_left, top_right, bottom_left] = self.middles();
            let length = distance(top_left, top_right) + distance(top_left, bottom_left);
            length * 3.0 * FINDER_MODULES / (2.0 * size.max(1) as f32)
        } else {
            sides.iter().sum::<f32>() / sides.len() as f32
        };
        let version = ((between + FINDER_MODULES - 17.0) / 4.0).round() as i16;
        [version, version.saturating_add(1), version.saturating_sub(1)]
            .into_iter()
            .filter(|version| (1..=40).contains(version))
            .map(|version| version * 4 + 17)
    }
}

/// Measured along the line between two patterns, in whichever of them it can be.
fn modules_between(binary: &Binary, a: ConcentricPattern, b: ConcentricPattern) -> Option<f32> {
    let sizes: Vec<f64> = [(a, b), (b, a)]
        .into_iter()
        .map(|(from, to)| EstimateModuleSize(binary.matrix(), from, to))
        .filter(|&size| size > 0.0)
        .collect();
    let size = sizes.iter().sum::<f64>() / sizes.len() as f64;
    (!sizes.is_empty()).then_some(a.distance(b) / size as f32)
}
