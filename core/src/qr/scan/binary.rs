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

/// Dark is at least this many percent below the mean, so that an even ground is light ...
const MARGIN_PERCENT: u64 = 6;

/// ... and at least this many standard deviations of the noise that is left.
const MARGIN_DEVIATIONS: f32 = 2.0;

/// Noise of a larger deviation than this, in steps of luma, is smoothed away
/// first: it breaks up the edges of small modules more than smoothing does.
const SMOOTHED_NOISE: f32 = 2.5;

/// What varies more than this from pixel to pixel is no sensor's noise: a code of
/// small modules fills the picture.
const MAX_NOISE: f32 = 20.0;

/// What smoothing leaves of the noise's deviation.
const SMOOTHING: f32 = 0.375;

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
        let mut noise = noise(&self.luma, self.width);
        if noise > SMOOTHED_NOISE {
            self.smooth();
            noise *= SMOOTHING;
        }
        self.binarise(noise);
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

    /// Weighs each pixel with its eight neighbours, 1 2 1 each way.
    fn smooth(&mut self) {
        let width = self.width;
        let weigh = |a: u8, b: u8, c: u8| {
            u8::try_from((u16::from(a) + 2 * u16::from(b) + u16::from(c) + 2) / 4).unwrap_or(u8::MAX)
        };
        // The rows and columns at the edge keep their noise; no code lies there.
        let mut level = self.luma.clone();
        for (smooth, row) in level.chunks_exact_mut(width).zip(self.luma.chunks_exact(width)) {
            for (pixel, three) in smooth.iter_mut().skip(1).zip(row.windows(3)) {
                if let &[left, middle, right] = three {
                    *pixel = weigh(left, middle, right);
                }
            }
        }
        let above = level.iter();
        let middle = level.iter().skip(width);
        let below = level.iter().skip(2 * width);
        for (((pixel, &above), &middle), &below) in
            self.luma.iter_mut().skip(width).zip(above).zip(middle).zip(below)
        {
            *pixel = weigh(above, middle, below);
        }
    }

    /// Local threshold by sliding sums: the same work for any size of the square.
    fn binarise(&mut self, noise: f32) {
        let Self { width, height, luma, dark, columns, prefix, .. } = self;
        let (width, height) = (*width, *height);
        let reach = (width.min(height) / (2 * WINDOW)).max(3);
        let margin = (noise * MARGIN_DEVIATIONS) as u64;
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
                let (sum, count) = (u64::from(sum), ((to - from) * rows) as u64);
                // Both sides times the count, and times 100: no division per pixel.
                let margin = (sum * MARGIN_PERCENT).max(margin * count * 100);
                u8::from(u64::from(pixel) * count * 100 + margin < sum * 100)
            }));
        }
    }
}

/// The standard deviation of the sensor's noise in steps of luma, 0 if it
/// cannot be told from what is in the picture: half of all
/// pixels lie on even ground, where the bend of three neighbours is only noise.
fn noise(luma: &[u8], width: usize) -> f32 {
    let mut bends = [0_u32; 512];
    let mut count = 0;
    for row in luma.chunks_exact(width).step_by(4) {
        for three in row.windows(3) {
            let &[left, middle, right] = three else { continue };
            let bend = u16::from(left) + u16::from(right);
            if let Some(seen) = bends.get_mut(usize::from(bend.abs_diff(2 * u16::from(middle)))) {
                *seen += 1;
                count += 1;
            }
        }
    }
    let mut below = 0;
    let median = bends.iter().take_while(|&&seen| {
        below += seen;
        below * 2 < count
    });
    // The median of a normal distribution's magnitude is 0.6745 of its
    // deviation; the bend's is the root of 6 times a pixel's.
    let deviation = median.count() as f32 / (0.6745 * 6.0_f32.sqrt());
    if deviation > MAX_NOISE { 0.0 } else { deviation }
}

fn add(columns: &mut [u32], row: &[u8]) {
    columns.iter_mut().zip(row).for_each(|(sum, &pixel)| *sum += u32::from(pixel));
}
