//! What is in front of the camera: a table with things on it, and a phone whose
//! screen shows the code.

use paysera_core::qr::Raster;

use super::chance::Chance;
use super::hand::{EXPOSURES, View};

/// The table's side, in widths of the code.
const TABLE: f32 = 4.5;

/// Wider pictures are shown smaller; a screen has so many pixels and no more.
const MAX_CODE_WIDTH: usize = 360;

/// A picture of the table, seen straight from above.
#[derive(Debug)]
pub(super) struct Scene {
    side: usize,
    /// Pixels of a code's width.
    scale: f32,
    light: Vec<u8>,
}

/// Left, top, right, bottom in pixels.
#[derive(Clone, Copy)]
struct Area {
    left: i32,
    top: i32,
    right: i32,
    bottom: i32,
}

impl Scene {
    /// Lays out the table.
    pub(super) fn new(picture: &Raster, chance: &mut Chance) -> Self {
        let factor = (picture.width() as usize).div_ceil(MAX_CODE_WIDTH).max(1);
        let (code_width, code_height) =
            (picture.width() as usize / factor, picture.height() as usize / factor);
        let scale = code_width as f32;
        let side = (TABLE * scale) as usize;
        let mut scene = Self { side, scale, light: vec![0; side * side] };
        scene.draw_wood(chance);
        for _ in 0..6 {
            scene.draw_paper(chance);
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

    /// The light at a place in widths of the code from its middle. The table
    /// goes on as its mirror image, once.
    fn at(&self, across: f32, down: f32) -> f32 {
        let side = self.side as f32;
        let fold = |place: f32| {
            let place = (place * self.scale + side / 2.0 - 0.5).abs();
            (if place < side { place } else { 2.0 * side - place }).clamp(0.0, side - 1.0)
        };
        let (x, y) = (fold(across), fold(down));
        let (column, row) = ((x as usize).min(self.side - 2), (y as usize).min(self.side - 2));
        let (dx, dy) = (x - column as f32, y - row as f32);
        let start = row * self.side + column;
        // Two pixels of this row, and at the other end two of the next.
        let Some(&[a, b, .., c, d]) = self.light.get(start..start + self.side + 2) else { return 0.0 };
        let mix = |left: u8, right: u8| f32::from(left) + (f32::from(right) - f32::from(left)) * dx;
        let (upper, lower) = (mix(a, b), mix(c, d));
        upper + (lower - upper) * dy
    }

    fn draw_wood(&mut self, chance: &mut Chance) {
        let (tone, grain) = (chance.between(50.0, 150.0), chance.between(6.0, 22.0));
        let (pitch, bend) = (chance.between(0.04, 0.12) * self.scale, chance.between(0.4, 1.5) * self.scale);
        let side = self.side;
        for (y, row) in self.light.chunks_exact_mut(side).enumerate() {
            let y = y as f32;
            for (x, pixel) in row.iter_mut().enumerate() {
                let bent = y + 0.2 * bend * (x as f32 / bend).sin();
                let wave = (bent / pitch).sin() + 0.5 * (bent / (0.31 * pitch)).sin();
                *pixel = (tone + grain * wave + 3.0 * chance.normal()).clamp(0.0, 255.0) as u8;
            }
        }
    }

    /// A receipt, a card or a note: a sheet with lines of print.
    fn draw_paper(&mut self, chance: &mut Chance) {
        let mut length = |low: f32, high: f32| (chance.between(low, high) * self.scale) as i32;
        let side = self.side as i32;
        let (width, height) = (length(0.4, 1.4), length(0.3, 1.8));
        let (left, top) = (length(0.0, TABLE) - width / 2, length(0.0, TABLE) - height / 2);
        let line = length(0.03, 0.09).max(3);
        let tone = chance.between(90.0, 240.0);
        let ink = tone * chance.between(0.1, 0.6);
        let sheet = Area { left, top, right: (left + width).min(side), bottom: (top + height).min(side) };
        self.fill(sheet, tone as u8, 0);
        let inside = Area {
            left: left + line,
            top: top + line,
            right: sheet.right - line,
            bottom: sheet.bottom - line,
        };
        self.draw_print(inside, line, ink as u8, chance);
    }

    /// Words that nobody can read: strokes of uneven length in lines.
    fn draw_print(&mut self, area: Area, line: i32, ink: u8, chance: &mut Chance) {
        let stroke = (line / 3).max(1);
        let mut y = area.top;
        while y + line / 2 < area.bottom {
            let mut x = area.left;
            let end = area.left + ((area.right - area.left) as f32 * chance.between(0.4, 1.0)) as i32;
            while x < end {
                let width = (stroke as f32 * chance.between(0.5, 1.8)) as i32 + 1;
                let (rise, drop) = (chance.between(0.0, 0.3), chance.between(0.4, 0.65));
                let letter = Area {
                    left: x,
                    top: y + (rise * line as f32) as i32,
                    right: (x + width).min(end),
                    bottom: y + (drop * line as f32) as i32,
                };
                self.fill(letter, ink, 0);
                x += width + if chance.happens(0.2) { 2 * stroke } else { stroke / 2 + 1 };
            }
            y += line;
        }
    }

    /// The phone lies in the middle, its code in the middle of the screen.
    fn draw_phone(&mut self, picture: &Raster, factor: usize, code: (usize, usize), chance: &mut Chance) {
        let unit = self.scale as i32;
        let middle = self.side as i32 / 2;
        let (width, height) = (code.0 as i32, code.1 as i32);
        let (half_width, half_height) = (unit * 6 / 10, unit * 11 / 10);
        let body = Area {
            left: middle - half_width,
            top: middle - half_height,
            right: middle + half_width,
            bottom: middle + half_height,
        };
        self.fill(body, chance.between(8.0, 40.0) as u8, unit / 9);
        let border = unit / 28;
        let screen = Area {
            left: body.left + border,
            top: body.top + border,
            right: body.right - border,
            bottom: body.bottom - border,
        };
        let (white, black) = (chance.between(170.0, 225.0), chance.between(4.0, 22.0));
        self.fill(screen, white as u8, unit / 11);

        // Clock and battery, a title, the amount, a button.
        let line = unit / 12;
        let bar = |top: i32, height: i32, from: i32, to: i32| Area {
            left: screen.left + (screen.right - screen.left) * from / 100,
            top,
            right: screen.left + (screen.right - screen.left) * to / 100,
            bottom: top + height,
        };
        self.draw_print(bar(screen.top + line / 2, line, 10, 25), line * 2 / 3, 60, chance);
        self.fill(bar(screen.top + line / 2, line / 3, 82, 90), 60, 0);
        self.draw_print(bar(screen.top + 2 * line, 2 * line, 15, 80), line * 3 / 2, 40, chance);
        let below = middle + height / 2;
        self.draw_print(bar(below + line / 2, 2 * line, 28, 74), line * 2, 25, chance);
        self.fill(bar(screen.bottom - 3 * line, 2 * line, 12, 88), 110, line / 2);
        self.draw_print(bar(screen.bottom - 3 * line + line / 2, line, 35, 65), line, 200, chance);

        let (left, top) = ((middle - width / 2) as usize, (middle - height / 2) as usize);
        let rows = picture.luma().chunks_exact(picture.width() as usize);
        for (y, row) in rows.step_by(factor).take(code.1).enumerate() {
            let start = (top + y) * self.side + left;
            let Some(target) = self.light.get_mut(start..start + code.0) else { continue };
            for (pixel, &shown) in target.iter_mut().zip(row.iter().step_by(factor)) {
                *pixel = (black + (white - black) * f32::from(shown) / 255.0) as u8;
            }
        }
    }

    /// Fills an area with rounded corners; what lies outside the table is left out.
    fn fill(&mut self, area: Area, tone: u8, radius: i32) {
        let side = self.side as i32;
        for y in area.top.max(0)..area.bottom.min(side) {
            let from_edge = (y - area.top).min(area.bottom - 1 - y);
            let inset = if from_edge < radius {
                let rise = (radius - from_edge) as f32;
                radius - ((radius * radius) as f32 - rise * rise).max(0.0).sqrt() as i32
            } else {
                0
            };
            let (from, to) = ((area.left + inset).clamp(0, side), (area.right - inset).clamp(0, side));
            let start = (y * side) as usize;
            if let Some(row) = self.light.get_mut(start + from as usize..start + to.max(from) as usize) {
                row.fill(tone);
            }
        }
    }
}
