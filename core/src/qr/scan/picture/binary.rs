//! Grey to black and white.

use rxing::common::{BIT_FIELD_BASE_BITS, BitArray, BitFieldBaseType, BitMatrix};

use super::Picture;
use crate::qr::frame::Point;

/// Pixels along a block of [`Binarisation::Blocks`].
const BLOCK: usize = 8;

/// Blocks each way whose levels make up a threshold.
const BLOCKS_AROUND: usize = 2;

/// A block whose darkest and lightest pixel differ by no more than this, in
/// steps of luma, is even ground: paper's and sensor's unevenness.
const EVEN_GROUND: u8 = 24;

/// The square of [`Binarisation::Surroundings`] is this part of the picture's
/// shorter side. A finder pattern's dark middle must not fill the square, or it
/// would look light in its own surroundings.
const SURROUNDINGS: usize = 8;

/// Dark is at least this many steps of luma below the surroundings.
const BELOW_SURROUNDINGS: u32 = 3;

/// How a pixel is found to be dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Binarisation {
    /// Against the mean of the blocks around it: sees small modules under a
    /// shadow's edge, but no module that is much larger than a block.
    Blocks,
    /// Against the mean of a large square around it: sees large modules, and
    /// leaves out what noise and print do inside them.
    Surroundings,
}

/// A picture in black and white.
#[derive(Debug)]
pub(in super::super) struct Binary {
    width: usize,
    height: usize,
    /// 1 is dark.
    dark: Vec<u8>,
    /// The same, as rxing takes it.
    matrix: BitMatrix,
}

impl Binary {
    /// None if the picture has no pixel.
    pub(in super::super) fn of(picture: &Picture, binarisation: Binarisation) -> Option<Self> {
        let (width, height) = (picture.width, picture.height);
        let dark = match binarisation {
            Binarisation::Blocks => by_blocks(&picture.luma, width),
            Binarisation::Surroundings => by_surroundings(&picture.luma, width, height),
        };
        let matrix = pack(&dark, width, height)?;
        Some(Self { width, height, dark, matrix })
    }

    pub(in super::super) const fn width(&self) -> usize {
        self.width
    }

    pub(in super::super) const fn matrix(&self) -> &BitMatrix {
        &self.matrix
    }

    /// Whether the pixel at a place is dark; outside, and nowhere, nothing is.
    pub(in super::super) fn is_dark(&self, place: Point) -> bool {
        // What lies left of or above the picture must not fold onto its edge;
        // a cast of a too large or undefined number ends outside.
        if !(place.x >= 0.0 && place.y >= 0.0) {
            return false;
        }
        let (x, y) = (place.x as usize, place.y as usize);
        x < self.width && y < self.height && self.dark.get(y * self.width + x) == Some(&1)
    }
}

fn pack(dark: &[u8], width: usize, height: usize) -> Option<BitMatrix> {
    let mut matrix = BitMatrix::new(u32::try_from(width).ok()?, u32::try_from(height).ok()?).ok()?;
    let mut packed = BitArray::with_size(width);
    for (y, row) in (0..).zip(dark.chunks_exact(width)) {
        for (index, pixels) in row.chunks(BIT_FIELD_BASE_BITS).enumerate() {
            let (bytes, rest) = pixels.as_chunks::<8>();
            let whole = bytes.iter().map(|&eight| pack_eight(eight));
            let mut last = [0; 8];
            last.iter_mut().zip(rest).for_each(|(to, &from)| *to = from);
            let bits = whole
                .chain([pack_eight(last)])
                .take(BIT_FIELD_BASE_BITS / 8)
                .enumerate()
                .fold(0, |bits: BitFieldBaseType, (at, byte)| {
                    bits | BitFieldBaseType::from(byte) << (8 * at)
                });
            packed.setBulk(index * BIT_FIELD_BASE_BITS, bits);
        }
        matrix.setRow(y, &packed);
    }
    Some(matrix)
}

/// Eight bytes of 0 or 1 to eight bits, the first the lowest: the factor moves
/// each byte's lowest bit to a place of its own in the top byte.
const fn pack_eight(eight: [u8; 8]) -> u8 {
    (u64::from_le_bytes(eight).wrapping_mul(0x0102_0408_1020_4080) >> 56) as u8
}

fn by_blocks(luma: &[u8], width: usize) -> Vec<u8> {
    let width = width.max(1);
    let columns = width.div_ceil(BLOCK);
    let mut levels: Vec<u8> = Vec::with_capacity(columns * luma.len().div_ceil(width * BLOCK));
    // First down the columns of pixels, then along them: the long loops have
    // nothing in them that a processor could not do for many pixels at once.
    let (mut sums, mut darkest, mut lightest) = (vec![0_u16; width], vec![0_u8; width], vec![0_u8; width]);
    for rows in luma.chunks(width * BLOCK) {
        sums.fill(0);
        darkest.fill(u8::MAX);
        lightest.fill(0);
        for row in rows.chunks_exact(width) {
            let so_far = sums.iter_mut().zip(&mut darkest).zip(&mut lightest);
            for (&pixel, ((sum, darkest), lightest)) in row.iter().zip(so_far) {
                *sum += u16::from(pixel);
                *darkest = pixel.min(*darkest);
                *lightest = pixel.max(*lightest);
            }
        }
        let above_row = levels.len().checked_sub(columns);
        let blocks = sums.chunks(BLOCK).zip(darkest.chunks(BLOCK)).zip(lightest.chunks(BLOCK));
        for (column, ((sums, darkest), lightest)) in blocks.enumerate() {
            let pixels = (sums.len() * (rows.len() / width)).max(1) as u32;
            let sum: u32 = sums.iter().copied().map(u32::from).sum();
            let least = darkest.iter().copied().min().unwrap_or(u8::MAX);
            let most = lightest.iter().copied().max().unwrap_or(0);
            let level = if most.saturating_sub(least) > EVEN_GROUND {
                u8::try_from(sum / pixels).unwrap_or(u8::MAX)
            } else {
                // Even ground is light, unless the blocks before it, whose level
                // is known, are lighter still: then it is the inside of a module.
                let before = || {
                    let above = above_row?.checked_add(column)?;
                    let left = column.checked_sub(1).and_then(|_| levels.last());
                    let level = |at: usize| levels.get(at).map(|&level| u16::from(level));
                    let mean = (level(above)? + 2 * u16::from(*left?) + level(above.checked_sub(1)?)?) / 4;
                    u8::try_from(mean).ok()
                };
                before().filter(|&level| least < level).unwrap_or(least / 2)
            };
            levels.push(level);
        }
    }
    apply_levels(luma, width, &levels, columns)
}

/// Each block's threshold is the mean level of the blocks around it.
fn apply_levels(luma: &[u8], width: usize, levels: &[u8], columns: usize) -> Vec<u8> {
    let mut dark = vec![0; luma.len()];
    let block_rows: Vec<&[u8]> = levels.chunks_exact(columns.max(1)).collect();
    let around = |at: usize, size: usize| {
        let middle =
            at.clamp(BLOCKS_AROUND.min(size / 2), size.saturating_sub(BLOCKS_AROUND + 1).max(size / 2));
        middle.saturating_sub(BLOCKS_AROUND)..(middle + BLOCKS_AROUND + 1).min(size)
    };
    let mut sums = vec![0_u32; columns];
    for (at, (rows, dark)) in luma.chunks(width * BLOCK).zip(dark.chunks_mut(width * BLOCK)).enumerate() {
        sums.fill(0);
        let near = block_rows.get(around(at, block_rows.len())).unwrap_or_default();
        for row in near {
            sums.iter_mut().zip(*row).for_each(|(sum, &level)| *sum += u32::from(level));
        }
        let thresholds: Vec<u8> = (0..columns)
            .map(|column| {
                let near_columns = sums.get(around(column, columns)).unwrap_or_default();
                let count = (near_columns.len() * near.len()).max(1) as u32;
                u8::try_from(near_columns.iter().sum::<u32>() / count).unwrap_or(u8::MAX)
            })
            .collect();
        for (row, dark) in rows.chunks_exact(width).zip(dark.chunks_exact_mut(width)) {
            let (blocks, rest) = row.as_chunks::<BLOCK>();
            let (dark_blocks, dark_rest) = dark.as_chunks_mut::<BLOCK>();
            for ((pixels, dark), &threshold) in blocks.iter().zip(dark_blocks).zip(&thresholds) {
                *dark = pixels.map(|pixel| u8::from(pixel <= threshold));
            }
            let threshold = thresholds.last().copied().unwrap_or(0);
            dark_rest.iter_mut().zip(rest).for_each(|(dark, &pixel)| *dark = u8::from(pixel <= threshold));
        }
    }
    dark
}

/// By sliding sums: the same work for any size of the square.
fn by_surroundings(luma: &[u8], width: usize, height: usize) -> Vec<u8> {
    let width = width.max(1);
    let reach = (width.min(height) / (2 * SURROUNDINGS)).max(3);
    let mut dark = Vec::with_capacity(luma.len());
    let mut columns = vec![0_u32; width];
    let mut prefix = Vec::with_capacity(width + 1);
    let add = |columns: &mut [u32], row: &[u8]| {
        columns.iter_mut().zip(row).for_each(|(sum, &pixel)| *sum += u32::from(pixel));
    };
    let mut entering = luma.chunks_exact(width);
    let mut leaving = luma.chunks_exact(width);
    for row in entering.by_ref().take(reach) {
        add(&mut columns, row);
    }
    for (y, row) in luma.chunks_exact(width).enumerate() {
        if let Some(entered) = entering.next() {
            add(&mut columns, entered);
        }
        if y > reach
            && let Some(left) = leaving.next()
        {
            columns.iter_mut().zip(left).for_each(|(sum, &pixel)| *sum -= u32::from(pixel));
        }
        let rows = (y + reach + 1).min(height) - y.saturating_sub(reach);
        prefix.clear();
        prefix.push(0_u32);
        prefix.extend(columns.iter().scan(0_u32, |total, sum| {
            *total += sum;
            Some(*total)
        }));
        // Both sides times the count: no division per pixel.
        let is_dark = |pixel: u8, sum: u32, count: usize| {
            u8::from((u32::from(pixel) + BELOW_SURROUNDINGS) * (count as u32) < sum)
        };
        let at_edge = |(x, &pixel): (usize, &u8)| {
            let (from, to) = (x.saturating_sub(reach), (x + reach + 1).min(width));
            let sum = prefix.get(to).copied().unwrap_or(0) - prefix.get(from).copied().unwrap_or(0);
            is_dark(pixel, sum, (to - from) * rows)
        };
        let (left, right) = (reach.min(width), width.saturating_sub(reach).max(reach.min(width)));
        let count = (2 * reach + 1) * rows;
        let inside = row.get(left..right).unwrap_or_default().iter();
        let sums = prefix.iter().zip(prefix.iter().skip(2 * reach + 1));
        dark.extend(row.iter().enumerate().take(left).map(at_edge));
        dark.extend(inside.zip(sums).map(|(&pixel, (from, to))| is_dark(pixel, to - from, count)));
        dark.extend(row.iter().enumerate().skip(right).map(at_edge));
    }
    dark
}
