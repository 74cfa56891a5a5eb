//! Things to draw that are no codes: wood, sheets of print, rooms.

use crate::chance::Chance;

/// A grey picture to draw on.
#[derive(Clone, Debug)]
pub(crate) struct Canvas {
    width: usize,
    height: usize,
    light: Vec<u8>,
}

/// Left, top, right, bottom in pixels.
#[derive(Clone, Copy)]
pub(crate) struct Area {
    pub(crate) left: i32,
    pub(crate) top: i32,
    pub(crate) right: i32,
    pub(crate) bottom: i32,
}

impl Canvas {
    /// Black, and at least two pixels each way.
    pub(crate) fn new(width: usize, height: usize) -> Self {
        let (width, height) = (width.max(2), height.max(2));
        Self { width, height, light: vec![0; width * height] }
    }

    pub(crate) const fn width(&self) -> usize {
        self.width
    }

    /// The pixels of a row from `left` on, `length` of them, if they are all inside.
    pub(crate) fn strip_mut(&mut self, left: usize, row: usize, length: usize) -> Option<&mut [u8]> {
        let start = row * self.width + left;
        self.light.get_mut(start..start + length)
    }

    /// The light at a place in pixels. The picture goes on as its mirror image, once.
    pub(crate) fn at(&self, x: f32, y: f32) -> f32 {
        let fold = |place: f32, side: f32| {
            let place = (place - 0.5).abs();
            (if place < side { place } else { 2.0 * side - place }).clamp(0.0, side - 1.0)
        };
        let (x, y) = (fold(x, self.width as f32), fold(y, self.height as f32));
        let (column, row) = ((x as usize).min(self.width - 2), (y as usize).min(self.height - 2));
        let (dx, dy) = (x - column as f32, y - row as f32);
        let start = row * self.width + column;
        // Two pixels of this row, and at the other end two of the next.
        let Some(&[a, b, .., c, d]) = self.light.get(start..start + self.width + 2) else { return 0.0 };
        let mix = |left: u8, right: u8| f32::from(left) + (f32::from(right) - f32::from(left)) * dx;
        let (upper, lower) = (mix(a, b), mix(c, d));
        upper + (lower - upper) * dy
    }

    /// A table top. `unit` is the size of things in pixels, here and below.
    pub(crate) fn draw_wood(&mut self, unit: f32, chance: &mut Chance) {
        let (tone, grain) = (chance.between(50.0, 150.0), chance.between(6.0, 22.0));
        let (pitch, bend) = (chance.between(0.04, 0.12) * unit, chance.between(0.4, 1.5) * unit);
        for (y, row) in self.light.chunks_exact_mut(self.width).enumerate() {
            let y = y as f32;
            for (x, pixel) in row.iter_mut().enumerate() {
                let bent = y + 0.2 * bend * (x as f32 / bend).sin();
                let wave = (bent / pitch).sin() + 0.5 * (bent / (0.31 * pitch)).sin();
                *pixel = (tone + grain * wave + 3.0 * chance.normal()).clamp(0.0, 255.0) as u8;
            }
        }
    }

    /// A receipt, a card or a note: a sheet with lines of print, anywhere.
    pub(crate) fn draw_paper(&mut self, unit: f32, chance: &mut Chance) {
        let mut length = |low: f32, high: f32| (chance.between(low, high) * unit) as i32;
        let (across, down) = (self.width as f32 / unit, self.height as f32 / unit);
        let (width, height) = (length(0.4, 1.4), length(0.3, 1.8));
        let (left, top) = (length(0.0, across) - width / 2, length(0.0, down) - height / 2);
        let line = length(0.03, 0.09).max(3);
        let tone = chance.between(90.0, 240.0);
        let ink = tone * chance.between(0.1, 0.6);
        let (right, bottom) = (self.width as i32, self.height as i32);
        let sheet = Area { left, top, right: (left + width).min(right), bottom: (top + height).min(bottom) };
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
    pub(crate) fn draw_print(&mut self, area: Area, line: i32, ink: u8, chance: &mut Chance) {
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

    /// A room as a photo has it: detail of every size, edges of things, lamps.
    pub(crate) fn draw_room(&mut self, unit: f32, chance: &mut Chance) {
        self.draw_clouds(unit * 2.0, chance);
        for _ in 0..chance.whole(10, 24) {
            let mut length = |low: f32, high: f32| (chance.between(low, high) * unit) as i32;
            let (width, height) = (length(0.1, 1.6), length(0.1, 1.6));
            let left = length(-0.2, self.width as f32 / unit);
            let top = length(-0.2, self.height as f32 / unit);
            let radius = width.min(height) / if chance.happens(0.5) { 2 } else { 9 };
            let area = Area { left, top, right: left + width, bottom: top + height };
            self.fill(area, chance.between(5.0, 250.0) as u8, radius);
        }
        for _ in 0..3 {
            self.draw_paper(unit * 0.6, chance);
        }
        // Grain over the things' flat faces.
        for pixel in &mut self.light {
            *pixel = (f32::from(*pixel) + 3.0 * chance.normal()).clamp(0.0, 255.0) as u8;
        }
    }

    /// Smooth chance in octaves, each with half the strength of the one before.
    fn draw_clouds(&mut self, unit: f32, chance: &mut Chance) {
        let mut light = vec![chance.between(70.0, 150.0); self.light.len()];
        let (mut strength, mut pitch) = (80.0, unit.max(8.0));
        while pitch >= 2.0 {
            let columns = (self.width as f32 / pitch) as usize + 2;
            let rows = (self.height as f32 / pitch) as usize + 2;
            let mut knots = Self::new(columns, rows);
            for knot in &mut knots.light {
                *knot = chance.between(0.0, 255.0) as u8;
            }
            for (y, row) in light.chunks_exact_mut(self.width).enumerate() {
                for (x, light) in row.iter_mut().enumerate() {
                    let knot = knots.at(x as f32 / pitch + 0.5, y as f32 / pitch + 0.5);
                    *light += (knot / 255.0 - 0.5) * strength;
                }
            }
            (strength, pitch) = (strength / 2.0, pitch / 2.0);
        }
        for (pixel, light) in self.light.iter_mut().zip(light) {
            *pixel = light.clamp(0.0, 255.0) as u8;
        }
    }

    /// Fills an area with rounded corners; what lies outside the picture is left out.
    pub(crate) fn fill(&mut self, area: Area, tone: u8, radius: i32) {
        let (width, height) = (self.width as i32, self.height as i32);
        for y in area.top.max(0)..area.bottom.min(height) {
            let from_edge = (y - area.top).min(area.bottom - 1 - y);
            let inset = if from_edge < radius {
                let rise = (radius - from_edge) as f32;
                radius - ((radius * radius) as f32 - rise * rise).max(0.0).sqrt() as i32
            } else {
                0
            };
            let (from, to) = ((area.left + inset).clamp(0, width), (area.right - inset).clamp(0, width));
            let start = (y * width) as usize;
            if let Some(row) = self.light.get_mut(start + from as usize..start + to.max(from) as usize) {
                row.fill(tone);
            }
        }
    }
}
