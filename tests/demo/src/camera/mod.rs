//! A camera that does not exist: photographs of a phone's screen as another
//! phone would take them, held in a hand.
//!
//! Codes travel between the demo's two phones as these pictures and in no other
//! way. The same seed gives the same pictures on every machine.

mod chance;
mod hand;
mod optics;
mod scene;

use paysera_core::qr::{Frame, FrameError, Raster, RenderError, Rotation};

use chance::Chance;
use hand::Hand;
use optics::Optics;
use scene::Scene;

/// How many pixels a photo has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PhotoSize {
    /// 640 x 480.
    #[default]
    Vga,
    /// 1280 x 720.
    Hd,
}

impl PhotoSize {
    /// Width and height in pixels.
    #[must_use]
    pub const fn pixels(self) -> (u32, u32) {
        match self {
            Self::Vga => (640, 480),
            Self::Hd => (1280, 720),
        }
    }
}

/// Bytes after each row of a photo: camera buffers are padded, and whoever
/// reads them must know.
const ROW_PADDING: usize = 32;

/// A camera in somebody's hand.
#[derive(Debug)]
pub struct Camera {
    chance: Chance,
    size: PhotoSize,
}

impl Camera {
    /// A camera of 640 x 480 pixels. Print the seed wherever a picture may fail
    /// a run: it is all that is needed to see the picture again.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self::with_size(seed, PhotoSize::Vga)
    }

    /// A camera of another size.
    #[must_use]
    pub const fn with_size(seed: u64, size: PhotoSize) -> Self {
        Self { chance: Chance::new(seed), size }
    }

    /// Points the camera at a phone that shows `picture`. Each film is taken in
    /// other light, from another place and with another unsteadiness; it never ends.
    pub fn film(&mut self, picture: &Raster) -> Film {
        let mut chance = self.chance.fork();
        let (width, height) = self.size.pixels();
        Film {
            scene: Scene::new(picture, &mut chance),
            hand: Hand::new(&mut chance),
            optics: Optics::new(&mut chance),
            chance,
            width,
            height,
        }
    }
}

/// Photographs of one screen, one after the other.
#[derive(Debug)]
pub struct Film {
    scene: Scene,
    hand: Hand,
    optics: Optics,
    chance: Chance,
    width: u32,
    height: u32,
}

impl Iterator for Film {
    type Item = Photo;

    fn next(&mut self) -> Option<Photo> {
        let (width, height) = (self.width as usize, self.height as usize);
        let views = self.hand.next_views(&mut self.chance);
        let light = self.scene.expose(&views, width, height);
        let pixels = self.optics.develop(light, width, &mut self.chance);

        let row_stride = width + ROW_PADDING;
        let mut luma = Vec::with_capacity(row_stride * height);
        for row in pixels.chunks_exact(width) {
            luma.extend_from_slice(row);
            luma.extend_from_slice(&[0; ROW_PADDING]);
        }
        Some(Photo { luma, width: self.width, height: self.height, row_stride })
    }
}

/// What the camera's sensor read: a luma plane with padded rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Photo {
    luma: Vec<u8>,
    width: u32,
    height: u32,
    row_stride: usize,
}

impl Photo {
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

    /// The photo as a PNG file, for looking at.
    ///
    /// # Errors
    /// [`RenderError::Png`] if the encoder fails.
    pub fn to_png(&self) -> Result<Vec<u8>, RenderError> {
        let width = self.width as usize;
        let rows = self.luma.chunks(self.row_stride).filter_map(|row| row.get(..width));
        Raster::new(self.width, self.height, rows.flatten().copied().collect())?.to_png()
    }
}

#[cfg(test)]
mod tests;
