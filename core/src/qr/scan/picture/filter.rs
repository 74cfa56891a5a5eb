//! Pictures made from pictures: smaller, larger, sharper, negative.

use super::{Picture, narrow, weigh};
use crate::qr::frame::Point;

/// How much of the difference to its surroundings is added to a pixel, in halves.
const SHARPENING_HALVES: i16 = 3;

impl Picture {
    /// This picture with squares of `factor` pixels a side averaged to one.
    pub(super) fn reduced(&self, factor: usize) -> Self {
        match factor {
            0 | 1 => self.clone(),
            2 => self.reduced_by::<2>(),
            3 => self.reduced_by::<3>(),
            4 => self.reduced_by::<4>(),
            // The rest of a pixel at the edge does not matter to what is so large.
            more => self.reduced_by::<4>().reduced(more.div_ceil(4)),
        }
    }

    fn reduced_by<const FACTOR: usize>(&self) -> Self {
        let (width, height) = (self.width / FACTOR, self.height / FACTOR);
        let area = u16::try_from(FACTOR * FACTOR).unwrap_or(u16::MAX);
        let mut luma = Vec::with_capacity(width * height);
        // At most 16 pixels of 255 each.
        let mut sums = vec![0_u16; self.width];
        for block in self.luma.chunks_exact((self.width * FACTOR).max(1)) {
            sums.fill(0);
            for row in block.chunks_exact(self.width.max(1)) {
                sums.iter_mut().zip(row).for_each(|(sum, &pixel)| *sum += u16::from(pixel));
            }
            let (squares, _) = sums.as_chunks::<FACTOR>();
            luma.extend(squares.iter().map(|sums| narrow(sums.iter().sum::<u16>() / area)));
        }
        Self { width, height, luma, origin: self.origin, scale: self.scale * FACTOR as f32 }
    }

    /// This picture with twice as many pixels each way.
    pub(super) fn doubled(&self) -> Self {
        let mut luma = Vec::with_capacity(self.luma.len() * 4);
        let quarter = |near: u8, far: u8| narrow((3 * u16::from(near) + u16::from(far) + 2) / 4);
        let mut push = |near: &[u8], far: &[u8]| {
            let level: Vec<u8> = near.iter().zip(far).map(|(&near, &far)| quarter(near, far)).collect();
            let first = level.first().copied().unwrap_or(0);
            let last = level.last().copied().unwrap_or(0);
            luma.push(first);
            for pair in level.windows(2) {
                if let &[left, right] = pair {
                    luma.extend([quarter(left, right), quarter(right, left)]);
                }
            }
            luma.push(last);
        };
        let rows: Vec<&[u8]> = self.rows().collect();
        if let (Some(&first), Some(&last)) = (rows.first(), rows.last()) {
            push(first, first);
            for pair in rows.windows(2) {
                if let &[upper, lower] = pair {
                    push(upper, lower);
                    push(lower, upper);
                }
            }
            push(last, last);
        }
        Self {
            width: self.width * 2,
            height: self.height * 2,
            luma,
            origin: self.origin,
            scale: self.scale / 2.0,
        }
    }

    /// Each pixel weighed with its eight neighbours, 1 2 1 each way; those at
    /// the edge stay as they are.
    fn smoothed(&self) -> Self {
        let width = self.width;
        let mut level = self.luma.clone();
        for (smooth, row) in level.chunks_exact_mut(width.max(1)).zip(self.rows()) {
            for (pixel, three) in smooth.iter_mut().skip(1).zip(row.windows(3)) {
                if let &[left, middle, right] = three {
                    *pixel = weigh(left, middle, right);
                }
            }
        }
        let mut luma = level.clone();
        let (above, middle, below) = (level.iter(), level.iter().skip(width), level.iter().skip(2 * width));
        for (((pixel, &above), &middle), &below) in
            luma.iter_mut().skip(width).zip(above).zip(middle).zip(below)
        {
            *pixel = weigh(above, middle, below);
        }
        Self { luma, ..self.without_pixels() }
    }

    /// This picture with its edges raised, which focus and motion took down.
    pub(super) fn sharpened(&self) -> Self {
        let soft = self.smoothed().smoothed();
        let sharp = self.luma.iter().zip(&soft.luma).map(|(&pixel, &soft)| {
            let (pixel, soft) = (i16::from(pixel), i16::from(soft));
            let raised = (pixel + (pixel - soft) * SHARPENING_HALVES / 2).clamp(0, 255);
            u8::try_from(raised).unwrap_or(u8::MAX)
        });
        Self { luma: sharp.collect(), ..self.without_pixels() }
    }

    /// This picture with light and dark exchanged.
    pub(super) fn negative(&self) -> Self {
        Self { luma: self.luma.iter().map(|&pixel| u8::MAX - pixel).collect(), ..self.without_pixels() }
    }

    /// The middle half of this picture each way.
    pub(super) fn middle(&self) -> Self {
        let (left, top) = (self.width / 4, self.height / 4);
        let (width, height) = (self.width / 2, self.height / 2);
        let rows = self.rows().skip(top).take(height);
        let luma = rows.flat_map(|row| row.get(left..left + width).unwrap_or_default()).copied().collect();
        let origin = self.to_frame(Point { x: left as f32, y: top as f32 });
        Self { width, height, luma, origin, scale: self.scale }
    }

    const fn without_pixels(&self) -> Self {
        Self {
            width: self.width,
            height: self.height,
            luma: Vec::new(),
            origin: self.origin,
            scale: self.scale,
        }
    }
}
