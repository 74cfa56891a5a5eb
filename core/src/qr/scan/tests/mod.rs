//! Pictures that are drawn and photographed here, and what a scanner makes of them.

mod camera;
mod hostile;
mod meaning;
mod reading;

use super::picture::{Binarisation, Binary, Picture};
use super::{Budget, Detection, ScanReport, Scanner, Trust};
use crate::code::CodeKind;
use crate::qr::{ErrorCorrection, Frame, QrSymbol, Raster, Rotation};

const TRANSACTION: &str = "PAYSERA%ATaNL6X6CivO2Ou0FMPt";

/// A grey picture.
#[derive(Clone)]
struct Photo {
    luma: Vec<u8>,
    width: usize,
    height: usize,
}

impl Photo {
    fn even(width: usize, height: usize, luma: u8) -> Self {
        Self { luma: vec![luma; width * height], width, height }
    }

    fn of(width: usize, height: usize, pixel: impl Fn(usize, usize) -> u8) -> Self {
        let luma = (0..width * height).map(|at| pixel(at % width, at / width)).collect();
        Self { luma, width, height }
    }

    /// With a drawn symbol laid on it.
    fn with(mut self, raster: &Raster, left: usize, top: usize) -> Self {
        let width = raster.width() as usize;
        for (y, row) in raster.luma().chunks_exact(width).enumerate() {
            let start = (top + y) * self.width + left;
            self.luma[start..start + width].copy_from_slice(row);
        }
        self
    }

    /// A QR code on its ground, `module` pixels a module, its middle in the
    /// picture's middle, each place moved by `bend` (in modules from the middle,
    /// to pixels from the middle).
    fn bent(symbol: &QrSymbol, size: usize, bend: impl Fn(f32, f32) -> (f32, f32)) -> Self {
        const FINE: i32 = 24;
        let side = symbol.width() as i32;
        let mut sums = vec![(0_u32, 0_u32); size * size];
        let middle = size as f32 / 2.0;
        for fine_row in -4 * FINE..(side + 4) * FINE {
            for fine_column in -4 * FINE..(side + 4) * FINE {
                let (column, row) = (fine_column.div_euclid(FINE), fine_row.div_euclid(FINE));
                let inside = (0..side).contains(&column) && (0..side).contains(&row);
                let dark = inside && symbol.is_dark(column as u32, row as u32);
                let from_middle = |fine: i32| fine as f32 / FINE as f32 - side as f32 / 2.0;
                let (x, y) = bend(from_middle(fine_column), from_middle(fine_row));
                let (x, y) = ((middle + x) as usize, (middle + y) as usize);
                let (sum, count) = &mut sums[y * size + x];
                *sum += if dark { 30 } else { 225 };
                *count += 1;
            }
        }
        let luma = sums.into_iter().map(|(sum, count)| sum.checked_div(count).unwrap_or(225) as u8);
        Self { luma: luma.collect(), width: size, height: size }
    }

    /// A quarter turn clockwise.
    fn turned(&self) -> Self {
        Self::of(self.height, self.width, |x, y| self.luma[(self.height - 1 - x) * self.width + y])
    }

    fn mirrored(&self) -> Self {
        Self::of(self.width, self.height, |x, y| self.luma[y * self.width + self.width - 1 - x])
    }

    fn map(mut self, pixel: impl Fn(u8) -> u8) -> Self {
        self.luma.iter_mut().for_each(|luma| *luma = pixel(*luma));
        self
    }

    /// Out of focus by so many pixels.
    fn soft(&self, reach: usize) -> Self {
        Self::of(self.width, self.height, |x, y| {
            let (mut sum, mut count) = (0_u32, 0);
            for y in y.saturating_sub(reach)..(y + reach + 1).min(self.height) {
                for x in x.saturating_sub(reach)..(x + reach + 1).min(self.width) {
                    sum += u32::from(self.luma[y * self.width + x]);
                    count += 1;
                }
            }
            (sum / count) as u8
        })
    }

    /// With this much noise either way.
    fn noisy(mut self, most: u8, seed: u64) -> Self {
        let mut chance = Chance(seed);
        for luma in &mut self.luma {
            let noise = chance.below(2 * u64::from(most) + 1) as i16 - i16::from(most);
            *luma = (i16::from(*luma) + noise).clamp(0, 255) as u8;
        }
        self
    }

    fn frame(&self) -> Frame<'_> {
        let (width, height) = (self.width as u32, self.height as u32);
        Frame::new(&self.luma, width, height, self.width, Rotation::None).unwrap()
    }

    /// What a single look at it finds.
    fn look(&self) -> ScanReport {
        Scanner::new().trusting(Trust::AtOnce).scan(&self.frame(), Budget::Unlimited)
    }
}

fn expecting(kind: CodeKind) -> Scanner {
    let mut scanner = Scanner::new();
    scanner.expect(&[kind]);
    scanner
}

fn black_and_white(photo: &Photo) -> Binary {
    let (frame, mut picture) = (photo.frame(), Picture::default());
    picture.load(&frame, frame.view());
    Binary::of(&picture, Binarisation::Surroundings).unwrap()
}

/// Xorshift: the same numbers for the same seed everywhere.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}

fn symbol(text: &str) -> QrSymbol {
    QrSymbol::encode(text, ErrorCorrection::SCREEN).unwrap()
}

fn drawn(text: &str, pixels_per_module: u32) -> Photo {
    let raster = symbol(text).raster(pixels_per_module).unwrap();
    let (width, height) = (raster.width() as usize + 40, raster.height() as usize + 40);
    Photo::even(width, height, 200).with(&raster, 20, 20)
}

fn texts(report: &ScanReport) -> Vec<&str> {
    report.detections.iter().filter_map(Detection::text).collect()
}
