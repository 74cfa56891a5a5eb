//! The picture that is worked on: reduced to a bounded size, in black and white.

use crate::qr::frame::{Frame, Point};

/// The longest side that is worked on, in pixels; larger frames are averaged
/// down by a whole factor first.
const MAX_SIDE: u32 = 1920;

/// The threshold at a pixel is the mean of a square around it, whose side is
/// this part of the picture's shorter side. A finder pattern's black middle
/// must not fill the square, or it would look light in its own surroundings:
/// the largest that fits the picture is a seventh of it.
const WINDOW: usize = 5;

/// Dark is below this many percent of the mean, so that noise on an even ground
/// stays light.
const DARK_PERCENT: u32 = 84;

/// A grey picture and its dark pixels. Places in it are continuous: the first
/// pixel covers 0.0 to 1.0.
#[derive(Debug, Default)]
pub(super) struct WorkingPicture {
    width: usize,
    height: usize,
    /// Frame pixels along the side of one pixel here.
    factor: usize,
    luma: Vec<u8>,
    /// 1 is dark.
    dark: Vec<u8>,
    /// Sums over the rows of the threshold's square, for each column.
    columns: Vec<u32>,
    /// Running sums of `columns`, one entry longer.
    prefix: Vec<u32>,
}

impl WorkingPicture {
    /// Replaces the picture by this frame's.
    pub(super) fn load(&mut self, frame: &Frame<'_>) {
        let factor = frame.width().max(frame.height()).div_ceil(MAX_SIDE).max(1);
        self.factor = factor as usize;
        // A remainder of less than one pixel at the right and lower edge is dropped.
        self.width = (frame.width() / factor) as usize;
        self.height = (frame.height() / factor) as usize;
        self.luma.clear();
        if factor == 1 {
            frame.rows().for_each(|row| self.luma.extend_from_slice(row));
        } else {
            self.average(frame);
        }
        self.binarise();
    }

    pub(super) const fn width(&self) -> usize {
        self.width
    }

    pub(super) const fn height(&self) -> usize {
        self.height
    }

    /// The rows of the black and white picture, 1 is dark.
    pub(super) fn rows(&self) -> impl Iterator<Item = &[u8]> {
        self.dark.chunks_exact(self.width.max(1))
    }

    /// The brightness at a column and row; outside it is white.
    pub(super) fn luma_at(&self, x: usize, y: usize) -> u8 {
        if x >= self.width {
            return u8::MAX;
        }
        self.luma.get(y.saturating_mul(self.width).saturating_add(x)).copied().unwrap_or(u8::MAX)
    }

    /// Whether the pixel at a column and row is dark; outside nothing is.
    pub(super) fn is_dark(&self, x: usize, y: usize) -> bool {
        x < self.width && self.dark.get(y.saturating_mul(self.width).saturating_add(x)) == Some(&1)
    }

    /// Whether the pixel at a place is dark; outside, and nowhere, nothing is.
    pub(super) fn is_dark_at(&self, place: Point) -> bool {
        // A cast of a negative, too large or undefined number ends in range;
        // what lies left of or above the picture must not fold onto its edge.
        place.x >= 0.0 && place.y >= 0.0 && self.is_dark(place.x as usize, place.y as usize)
    }

    /// A place of this picture in the frame that it was made from.
    pub(super) const fn to_frame(&self, place: Point) -> Point {
        let factor = self.factor as f32;
        Point { x: place.x * factor, y: place.y * factor }
    }

    fn average(&mut self, frame: &Frame<'_>) {
        let factor = self.factor;
        // At most 5 x 5 pixels of 255 each.
        let area = u32::try_from(factor * factor).unwrap_or(u32::MAX);
        let mut sums = vec![0_u32; self.width];
        for (index, row) in frame.rows().take(self.height * factor).enumerate() {
            for (sum, pixels) in sums.iter_mut().zip(row.chunks_exact(factor)) {
                *sum += pixels.iter().map(|&pixel| u32::from(pixel)).sum::<u32>();
            }
            if index % factor == factor - 1 {
                self.luma.extend(sums.iter().map(|sum| u8::try_from(sum / area).unwrap_or(u8::MAX)));
                sums.fill(0);
            }
        }
    }

    /// Local threshold by sliding sums: the same work for any size of the square.
    fn binarise(&mut self) {
        let Self { width, height, luma, dark, columns, prefix, .. } = self;
        let (width, height) = (*width, *height);
        let reach = (width.min(height) / (2 * WINDOW)).max(3);
        dark.clear();
        dark.reserve(luma.len());
        columns.clear();
        columns.resize(width, 0);

        let mut entering = luma.chunks_exact(width);
        let mut leaving = luma.chunks_exact(width);
        for row in entering.by_ref().take(reach) {
            add(columns, row);
        }
        for (y, row) in luma.chunks_exact(width).enumerate() {
            if let Some(entered) = entering.next() {
                add(columns, entered);
            }
            if y > reach
                && let Some(left) = leaving.next()
            {
                columns.iter_mut().zip(left).for_each(|(sum, &pixel)| *sum -= u32::from(pixel));
            }
            let rows = (y + reach + 1).min(height) - y.saturating_sub(reach);

            prefix.clear();
            prefix.push(0);
            prefix.extend(columns.iter().scan(0_u32, |total, sum| {
                *total += sum;
                Some(*total)
            }));
            dark.extend(row.iter().enumerate().map(|(x, &pixel)| {
                let (from, to) = (x.saturating_sub(reach), (x + reach + 1).min(width));
                let sum = prefix.get(to).copied().unwrap_or(0) - prefix.get(from).copied().unwrap_or(0);
                // Below 1920 x 1920 x 255 / 25, times 100: fits 64 bits, not 32.
                let count = ((to - from) * rows) as u64;
                u8::from(u64::from(pixel) * count * 100 < u64::from(sum) * u64::from(DARK_PERCENT))
            }));
        }
    }
}

fn add(columns: &mut [u32], row: &[u8]) {
    columns.iter_mut().zip(row).for_each(|(sum, &pixel)| *sum += u32::from(pixel));
}
