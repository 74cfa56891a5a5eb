//! What a camera gives.

use paysera_core::qr::{Frame, FrameError, Raster, RenderError, Rotation};

/// How many pixels a photo has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PhotoSize {
    /// 640 x 480.
    #[default]
    Vga,
    /// 1280 x 720.
    Hd,
    /// 1920 x 1080.
    FullHd,
}

impl PhotoSize {
    /// Every size, the smallest first.
    pub const ALL: [Self; 3] = [Self::Vga, Self::Hd, Self::FullHd];

    /// Width and height in pixels.
    #[must_use]
    pub const fn pixels(self) -> (u32, u32) {
        match self {
            Self::Vga => (640, 480),
            Self::Hd => (1280, 720),
            Self::FullHd => (1920, 1080),
        }
    }
}

/// Bytes after each row of a photo: camera buffers are padded, and whoever
/// reads them must know.
const ROW_PADDING: usize = 32;

/// What the camera's sensor read: a luma plane with padded rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Photo {
    luma: Vec<u8>,
    width: u32,
    height: u32,
    row_stride: usize,
}

impl Photo {
    /// A photo from its pixels without padding.
    pub(crate) fn padded(width: u32, height: u32, pixels: &[u8]) -> Self {
        let row = width as usize;
        let row_stride = row + ROW_PADDING;
        let mut luma = Vec::with_capacity(row_stride * height as usize);
        for row in pixels.chunks_exact(row.max(1)) {
            luma.extend_from_slice(row);
            luma.extend_from_slice(&[0; ROW_PADDING]);
        }
        Self { luma, width, height, row_stride }
    }

    /// The luma plane, [`Photo::row_stride`] bytes a row.
    #[must_use]
    pub fn luma(&self) -> &[u8] {
        &self.luma
    }

    /// The width in pixels.
    #[must_use]
    pub const fn width(&self) -> u32 {
        self.width
    }

    /// The height in pixels.
    #[must_use]
    pub const fn height(&self) -> u32 {
        self.height
    }

    /// Bytes from one row's start to the next's.
    #[must_use]
    pub const fn row_stride(&self) -> usize {
        self.row_stride
    }

    /// The photo as the scanner takes it.
    ///
    /// # Errors
    /// None for a photo of this camera; [`FrameError`] is the scanner's to say.
    pub fn frame(&self) -> Result<Frame<'_>, FrameError> {
        Frame::new(&self.luma, self.width, self.height, self.row_stride, Rotation::None)
    }

    /// The pixels, rows without padding.
    #[must_use]
    pub fn pixels(&self) -> Vec<u8> {
        let width = self.width as usize;
        self.luma.chunks(self.row_stride).filter_map(|row| row.get(..width)).flatten().copied().collect()
    }

    /// The photo as a PNG file, for looking at.
    ///
    /// # Errors
    /// [`RenderError::Png`] if the encoder fails.
    pub fn to_png(&self) -> Result<Vec<u8>, RenderError> {
        Raster::new(self.width, self.height, self.pixels())?.to_png()
    }
}
