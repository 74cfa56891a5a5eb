//! What is in front of the camera: a table with things on it, and a phone whose
//! screen shows the code.

use paysera_core::qr::Raster;

use super::hand::EXPOSURES;
use crate::canvas::{Area, Canvas};
use crate::chance::Chance;
use crate::pose::View;

/// The table's side, in widths of the code.
const TABLE: f32 = 4.5;

/// Wider pictures are shown smaller; a screen has so many pixels and no more.
const MAX_CODE_WIDTH: usize = 360;

/// A picture of the table, seen straight from above.
#[derive(Debug)]
pub(super) struct Scene {
    table: Canvas,
    /// Pixels of a code's width.
    scale: f32,
}

impl Scene {
    /// Lays out the table.
    pub(super) fn new(picture: &Raster, chance: &mut Chance) -> Self {
        let factor = (picture.width() as usize).div_ceil(MAX_CODE_WIDTH).max(1);
        let (code_width, code_height) =
            (picture.width() as usize / factor, picture.height() as usize / factor);
        let scale = code_width as f32;
        let side = (TABLE * scale) as usize;
        let mut scene = Self { table: Canvas::new(side, side), scale };
        scene.table.draw_wood(scale, chance);
        for _ in 0..6 {
            scene.table.draw_paper(scale, chance);
        }
        scene.draw_phone(picture, factor, (code_width, code_height), chance);
        scene
    }

    /// The light that reaches each pixel of the sensor, 0 to 255, as the mean
    /// over the exposure's moments.
    pub(super) fn expose(&self, views: &[View; EXPOSURES], width: usize, height: usize) -> Vec<f32> {
        let mut light = vec![0.0; width * height];
        // Each moment looks at another part of the pixel: that smooths edges too.
        let parts = [(0.25, 0.375), (0.75, 0.125), (0.5, 0.875), (0.875, 0.625)];
        for (view, (dx, dy)) in views.iter().zip(parts) {
            let onto_table = view.onto_table(width, height);
            for (y, row) in light.chunks_exact_mut(width).enumerate() {
                for (x, pixel) in row.iter_mut().enumerate() {
                    if let Some((across, down)) = onto_table(x as f32 + dx, y as f32 + dy) {
                        *pixel += self.at(across, down) / EXPOSURES as f32;
                    }
                }
            }
        }
        light
    }

    /// The light at a place in widths of the code from its middle.
    fn at(&self, across: f32, down: f32) -> f32 {
        let middle = self.table.width() as f32 / 2.0;
        self.table.at(across * self.scale + middle, down * self.scale + middle)
    }

    /// The phone lies in the middle, its code in the middle of the screen.
    fn draw_phone(&mut self, picture: &Raster, factor: usize, code: (usize, usize), chance: &mut Chance) {
        let unit = self.scale as i32;
        let middle = self.table.width() as i32 / 2;
        let (width, height) = (code.0 as i32, code.1 as i32);
        let (half_width, half_height) = (unit * 6 / 10, unit * 11 / 10);
        let body = Area {
            left: middle - half_width,
            top: middle - half_height,
            right: middle + half_width,
            bottom: middle + half_height,
        };
        self.table.fill(body, chance.between(8.0, 40.0) as u8, unit / 9);
        let border = unit / 28;
        let screen = Area {
            left: body.left + border,
            top: body.top + border,
            right: body.right - border,
            bottom: body.bottom - border,
        };
        let (white, black) = (chance.between(170.0, 225.0), chance.between(4.0, 22.0));
        self.table.fill(screen, white as u8, unit / 11);

        // Clock and battery, a title, the amount, a button.
        let line = unit / 12;
        let bar = |top: i32, height: i32, from: i32, to: i32| Area {
            left: screen.left + (screen.right - screen.left) * from / 100,
            top,
            right: screen.left + (screen.right - screen.left) * to / 100,
            bottom: top + height,
        };
        self.table.draw_print(bar(screen.top + line / 2, line, 10, 25), line * 2 / 3, 60, chance);
        self.table.fill(bar(screen.top + line / 2, line / 3, 82, 90), 60, 0);
        self.table.draw_print(bar(screen.top + 2 * line, 2 * line, 15, 80), line * 3 / 2, 40, chance);
        let below = middle + height / 2;
        self.table.draw_print(bar(below + line / 2, 2 * line, 28, 74), line * 2, 25, chance);
        self.table.fill(bar(screen.bottom - 3 * line, 2 * line, 12, 88), 110, line / 2);
        self.table.draw_print(bar(screen.bottom - 3 * line + line / 2, line, 35, 65), line, 200, chance);

        let (left, top) = ((middle - width / 2) as usize, (middle - height / 2) as usize);
        let rows = picture.luma().chunks_exact(picture.width() as usize);
        for (y, row) in rows.step_by(factor).take(code.1).enumerate() {
            let Some(target) = self.table.strip_mut(left, top + y, code.0) else { continue };
            for (pixel, &shown) in target.iter_mut().zip(row.iter().step_by(factor)) {
                *pixel = (black + (white - black) * f32::from(shown) / 255.0) as u8;
            }
        }
    }
}
