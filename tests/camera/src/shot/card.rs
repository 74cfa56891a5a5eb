//! The code on its card or screen.

use paysera_core::qr::Raster;

use super::{Conditions, Screen};

/// Parts of a pixel that are looked at each way.
const PARTS: [f32; 4] = [0.125, 0.375, 0.625, 0.875];

/// What the card's edge adds to the code's own quiet zone, as a part of its width.
const EDGE: f32 = 0.02;

/// A drawn code.
#[derive(Clone, Debug)]
pub(super) struct Card {
    raster: Raster,
}

impl Card {
    pub(super) fn new(raster: &Raster) -> Self {
        Self { raster: raster.clone() }
    }

    /// The width in pixels of the drawing.
    pub(super) const fn width(&self) -> f32 {
        self.raster.width() as f32
    }

    /// Whether a pixel of the photo there may see some of the card. Places are
    /// in widths of the code from its middle, here and below; `code` is how many
    /// pixels of the photo a width is.
    pub(super) fn is_near(&self, (across, down): (f32, f32), code: f32) -> bool {
        // A tilted pixel sees more than one of a straight look.
        let slack = EDGE + 4.0 / code;
        let half_height = self.raster.height() as f32 / self.width() / 2.0;
        across.abs() < 0.5 + slack && down.abs() < half_height + slack
    }

    /// The mean light of a pixel whose parts are at these places.
    pub(super) fn seen(
        &self,
        conditions: &Conditions,
        behind: f32,
        part: impl Fn(f32, f32) -> Option<(f32, f32)>,
    ) -> f32 {
        let mut sum = 0.0;
        for dy in PARTS {
            for dx in PARTS {
                sum += part(dx, dy).and_then(|place| self.at(place, conditions)).unwrap_or(behind);
            }
        }
        sum / (PARTS.len() * PARTS.len()) as f32
    }

    /// None beside the card.
    fn at(&self, (across, down): (f32, f32), conditions: &Conditions) -> Option<f32> {
        let (width, height) = (self.width(), self.raster.height() as f32);
        let (x, y) = (across * width + width / 2.0, down * width + height / 2.0);
        let inside = |place: f32, side: f32| (-EDGE * width..side + EDGE * width).contains(&place);
        if !inside(x, width) || !inside(y, height) {
            return None;
        }
        let drawn = if x < 0.0 || y < 0.0 || x >= width {
            255
        } else {
            let place = y as usize * self.raster.width() as usize + x as usize;
            self.raster.luma().get(place).copied().unwrap_or(255)
        };
        let light = conditions.ink + (conditions.ground - conditions.ink) * f32::from(drawn) / 255.0;
        Some(conditions.screen.map_or(light, |screen| light * screen.at(x, y)))
    }
}

impl Screen {
    /// How much of the light gets through here; 1 in the mean.
    fn at(&self, x: f32, y: f32) -> f32 {
        let (x, y) = ((x * self.pixels).rem_euclid(1.0), (y * self.pixels).rem_euclid(1.0));
        // Red, green, blue as the eye weighs them, each a third less the gap.
        let stripe = match x {
            ..0.28 => 0.30,
            0.33..0.61 => 0.59,
            0.67..0.95 => 0.11,
            _ => 0.0,
        };
        let row = if y < 0.9 { 1.0 } else { 0.0 };
        let mean = 0.28 * 0.9;
        1.0 - self.depth + self.depth * stripe * row / mean
    }
}
