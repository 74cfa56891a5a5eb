//! Frames that no camera takes, drawn to keep a scanner busy: finder patterns
//! tiled over the frame, noise, bits, checkers, many small codes. Every engine
//! that was tried on them has some that it spends seconds on.

use paysera_core::qr::{ErrorCorrection, QrSymbol, Raster};

use crate::chance::Chance;
use crate::photo::Photo;

/// What a frame is full of. Lengths are in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// One grey.
    Flat(u8),
    /// A grey of its own for each pixel.
    Noise,
    /// Black or white by chance, in squares of this side.
    Bits(u32),
    /// Black and white in turn, in squares of this side.
    Checkers(u32),
    /// Finder patterns of this module, with so many modules between them.
    Finders(u32, u32),
    /// Finder patterns of this module one module apart, with bits between them.
    FindersInBits(u32),
    /// So many finder patterns of this module by chance on white.
    Spread(u32, u32),
    /// Small codes of this module, side by side.
    Codes(u32),
    /// One code of nearly two hundred modules, of this module.
    LargeCode(u32),
}

/// A frame of this kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Adversary {
    /// What it is full of.
    pub kind: Kind,
    /// Its size in pixels.
    pub size: (u32, u32),
    /// What is left to chance.
    pub seed: u64,
    /// Whether black and white are exchanged.
    pub inverted: bool,
    /// Standard deviation of noise on top.
    pub noise: u8,
}

/// The frames that other scanners were measured on, 640 x 480.
#[must_use]
pub fn known() -> Vec<Adversary> {
    let mut kinds = vec![Kind::Flat(0), Kind::Flat(255), Kind::Noise];
    kinds.extend([2, 3, 4, 6].map(Kind::Bits));
    kinds.extend([1, 2, 4, 8].map(Kind::Checkers));
    kinds.extend(
        [(1, 1), (1, 2), (2, 1), (2, 3), (3, 1), (3, 4), (4, 1), (6, 2)]
            .map(|(module, gap)| Kind::Finders(module, gap)),
    );
    kinds.extend([2, 3].map(Kind::FindersInBits));
    kinds.extend(
        [(6, 4), (12, 4), (25, 4), (50, 4), (100, 4), (200, 3)]
            .map(|(count, module)| Kind::Spread(count, module)),
    );
    kinds.extend([Kind::LargeCode(3), Kind::Codes(2), Kind::Codes(3)]);
    let frame = |(seed, kind)| Adversary { kind, size: (640, 480), seed, inverted: false, noise: 0 };
    (1..).zip(kinds).map(frame).collect()
}

/// The same kinds by chance in other sizes, so that nobody can learn the known
/// ones by heart.
#[must_use]
pub fn variations(seed: u64, count: usize) -> Vec<Adversary> {
    let mut chance = Chance::new(seed);
    (0..count)
        .map(|_| {
            let kind = match chance.whole(0, 11) {
                0 => Kind::Noise,
                1 => Kind::Bits(chance.whole(1, 9)),
                2 => Kind::Checkers(chance.whole(1, 12)),
                3..=6 => Kind::Finders(chance.whole(1, 8), chance.whole(1, 6)),
                7 => Kind::FindersInBits(chance.whole(1, 5)),
                8 | 9 => Kind::Spread(chance.whole(4, 400), chance.whole(1, 6)),
                10 => Kind::Codes(chance.whole(1, 4)),
                _ => Kind::LargeCode(chance.whole(1, 5)),
            };
            Adversary {
                kind,
                size: (chance.whole(120, 1920), chance.whole(120, 1080)),
                seed: chance.bits(),
                inverted: chance.happens(0.25),
                noise: if chance.happens(0.3) { 12 } else { 0 },
            }
        })
        .collect()
}

impl Adversary {
    /// Its name in a report.
    #[must_use]
    pub fn name(&self) -> String {
        let name = match self.kind {
            Kind::Flat(grey) => format!("flat {grey}"),
            Kind::Noise => "noise".to_owned(),
            Kind::Bits(side) => format!("bits {side}px"),
            Kind::Checkers(side) => format!("checkers {side}px"),
            Kind::Finders(module, gap) => format!("finders {module}px gap {gap}"),
            Kind::FindersInBits(module) => format!("finders {module}px in bits"),
            Kind::Spread(count, module) => format!("{count} finders {module}px"),
            Kind::Codes(module) => format!("codes {module}px"),
            Kind::LargeCode(module) => format!("large code {module}px"),
        };
        let (width, height) = self.size;
        let inverted = if self.inverted { " inverted" } else { "" };
        let noise = if self.noise > 0 { " noisy" } else { "" };
        format!("{name} {width}x{height}{inverted}{noise}")
    }

    /// The frame.
    #[must_use]
    pub fn draw(&self) -> Photo {
        let mut chance = Chance::new(self.seed);
        let mut frame = Sheet::new(self.size);
        match self.kind {
            Kind::Flat(grey) => frame.paint(|_, _| grey),
            Kind::Noise => frame.paint(|_, _| chance.bits() as u8),
            Kind::Bits(side) => {
                let bits = chance.bits();
                frame.paint(|x, y| black_if(bit(bits, x / side.max(1), y / side.max(1))));
            }
            Kind::Checkers(side) => {
                frame.paint(|x, y| black_if((x / side.max(1) + y / side.max(1)) % 2 == 0))
            }
            Kind::Finders(module, gap) => {
                let (module, pitch) = (module.max(1), 7 + gap);
                frame.paint(|x, y| black_if(in_finder(x / module % pitch, y / module % pitch)));
            }
            Kind::FindersInBits(module) => {
                let (module, bits) = (module.max(1), chance.bits());
                frame.paint(|x, y| {
                    let (x, y) = (x / module, y / module);
                    // Every second place of a finder is filled with bits.
                    let is_finder = (x / 9 + y / 9) % 2 == 0;
                    black_if(if is_finder { in_finder(x % 9, y % 9) } else { bit(bits, x, y) })
                });
            }
            Kind::Spread(count, module) => {
                let side = 7 * module;
                for _ in 0..count {
                    let left = chance.whole(0, self.size.0.saturating_sub(side + 1));
                    let top = chance.whole(0, self.size.1.saturating_sub(side + 1));
                    frame.stamp(left, top, (side, side), |x, y| black_if(in_finder(x / module, y / module)));
                }
            }
            Kind::Codes(module) => {
                if let Some(code) = drawn("PAYSERA*1:T", module) {
                    let (width, height) = (code.width(), code.height());
                    frame.paint(|x, y| pixel(&code, x % width, y % height));
                }
            }
            Kind::LargeCode(module) => {
                if let Some(code) = drawn(&"paysera ".repeat(150), module) {
                    frame.stamp(4, 4, (code.width(), code.height()), |x, y| pixel(&code, x, y));
                }
            }
        }
        frame.finish(self, &mut chance)
    }
}

fn drawn(text: &str, module: u32) -> Option<Raster> {
    QrSymbol::encode(text, ErrorCorrection::Low).and_then(|symbol| symbol.raster(module.max(1))).ok()
}

fn pixel(raster: &Raster, x: u32, y: u32) -> u8 {
    raster.luma().get((y * raster.width() + x) as usize).copied().unwrap_or(255)
}

const fn black_if(black: bool) -> u8 {
    if black { 0 } else { 255 }
}

/// Whether a module of the square of nine around a finder pattern is dark.
const fn in_finder(x: u32, y: u32) -> bool {
    let ring = (x == 0 || x == 6) && y < 7 || (y == 0 || y == 6) && x < 7;
    ring || matches!(x, 2..=4) && matches!(y, 2..=4)
}

/// Chance that does not depend on the order in which it is asked.
const fn bit(seed: u64, x: u32, y: u32) -> bool {
    let mixed = seed ^ ((x as u64) << 32 | y as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    Chance::new(mixed).fork().bits() & 1 == 1
}

struct Sheet {
    width: usize,
    size: (u32, u32),
    luma: Vec<u8>,
}

impl Sheet {
    fn new(size: (u32, u32)) -> Self {
        let width = (size.0 as usize).max(1);
        Self { width, size, luma: vec![255; width * size.1 as usize] }
    }

    fn paint(&mut self, mut at: impl FnMut(u32, u32) -> u8) {
        for (y, row) in (0..).zip(self.luma.chunks_exact_mut(self.width)) {
            for (x, pixel) in (0..).zip(row) {
                *pixel = at(x, y);
            }
        }
    }

    fn stamp(&mut self, left: u32, top: u32, (width, height): (u32, u32), at: impl Fn(u32, u32) -> u8) {
        let rows = self.luma.chunks_exact_mut(self.width).skip(top as usize);
        for (y, row) in (0..height).zip(rows) {
            for (x, pixel) in (0..width).zip(row.iter_mut().skip(left as usize)) {
                *pixel = at(x, y);
            }
        }
    }

    fn finish(mut self, adversary: &Adversary, chance: &mut Chance) -> Photo {
        for pixel in &mut self.luma {
            let grey = if adversary.inverted { 255 - *pixel } else { *pixel };
            *pixel = if adversary.noise > 0 {
                (f32::from(grey) + f32::from(adversary.noise) * chance.normal()).clamp(0.0, 255.0) as u8
            } else {
                grey
            };
        }
        Photo::padded(self.size.0, self.size.1, &self.luma)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same_frames() {
        assert_eq!(variations(7, 20), variations(7, 20));
        assert_ne!(variations(7, 20), variations(8, 20));
        for adversary in known().iter().chain(&variations(3, 6)) {
            let frame = adversary.draw();
            assert_eq!(frame, adversary.draw(), "{}", adversary.name());
            assert_eq!((frame.width(), frame.height()), adversary.size);
        }
    }

    #[test]
    fn a_tile_is_a_finder_pattern() {
        let row = |y: u32| (0..9).map(|x| if in_finder(x, y) { '#' } else { '.' }).collect::<String>();
        let rows: Vec<_> = (0..8).map(row).collect();
        let expected = [
            "#######..",
            "#.....#..",
            "#.###.#..",
            "#.###.#..",
            "#.###.#..",
            "#.....#..",
            "#######..",
            ".........",
        ];
        assert_eq!(rows, expected);
    }
}
