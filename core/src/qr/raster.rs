//! A grey picture in memory.

use super::RenderError;

/// The most pixels that a [`Raster`] may have: 4096 x 4096.
pub const MAX_RASTER_PIXELS: u64 = 4096 * 4096;

pub(super) const BLACK: u8 = 0;
pub(super) const WHITE: u8 = 255;

/// A grey picture: one byte a pixel, 0 is black and 255 is white, rows from the
/// top without padding.
#[derive(Clone, PartialEq, Eq)]
pub struct Raster {
    width: u32,
    height: u32,
    luma: Vec<u8>,
}

impl Raster {
    /// A picture from its bytes.
    ///
    /// # Errors
    /// [`RenderError::Size`] for a side of 0 or more than [`MAX_RASTER_PIXELS`];
    /// [`RenderError::Luma`] unless there are exactly `width` times `height` bytes.
    pub fn new(width: u32, height: u32, luma: Vec<u8>) -> Result<Self, RenderError> {
        let needed = checked_area(width.into(), height.into())?;
        if luma.len() == needed {
            Ok(Self { width, height, luma })
        } else {
            Err(RenderError::Luma { needed, got: luma.len() })
        }
    }

    /// A white picture of `width` times `height` pixels, painted row by row.
    pub(super) fn paint(
        width: u64,
        height: u64,
        mut paint_row: impl FnMut(usize, &mut [u8]),
    ) -> Result<Self, RenderError> {
        let area = checked_area(width, height)?;
        let (Ok(columns), Ok(rows), Ok(step)) =
            (u32::try_from(width), u32::try_from(height), usize::try_from(width))
        else {
            return Err(RenderError::Size { width, height });
        };
        let mut luma = vec![WHITE; area];
        for (y, row) in luma.chunks_exact_mut(step).enumerate() {
            paint_row(y, row);
        }
        Ok(Self { width: columns, height: rows, luma })
    }

    /// The width in pixels, at least 1.
    #[must_use]
    pub const fn width(&self) -> u32 {
        self.width
    }

    /// The height in pixels, at least 1.
    #[must_use]
    pub const fn height(&self) -> u32 {
        self.height
    }

    /// The pixels, row by row from the top, `width` bytes a row.
    #[must_use]
    pub fn luma(&self) -> &[u8] {
        &self.luma
    }

    /// The picture as an 8-bit grey PNG file.
    ///
    /// # Errors
    /// [`RenderError::Png`] if the encoder fails.
    pub fn to_png(&self) -> Result<Vec<u8>, RenderError> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, self.width, self.height);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::Eight);
        let failed = |error: png::EncodingError| RenderError::Png { reason: error.to_string() };
        let mut writer = encoder.write_header().map_err(failed)?;
        writer.write_image_data(&self.luma).map_err(failed)?;
        writer.finish().map_err(failed)?;
        Ok(file)
    }
}

impl std::fmt::Debug for Raster {
    /// Without the pixels: they may draw a secret, and they are many.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Raster({} x {})", self.width, self.height)
    }
}

fn checked_area(width: u64, height: u64) -> Result<usize, RenderError> {
    width
        .checked_mul(height)
        .filter(|area| (1..=MAX_RASTER_PIXELS).contains(area))
        .and_then(|area| usize::try_from(area).ok())
        .ok_or(RenderError::Size { width, height })
}
