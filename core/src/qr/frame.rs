//! A camera frame, borrowed from the camera.

/// The longest side of a frame in pixels.
pub const MAX_FRAME_SIDE: u32 = 8192;

/// A place in a picture, in pixels from its upper left corner. The first pixel
/// covers 0.0 to 1.0.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// To the right.
    pub x: f32,
    /// Down.
    pub y: f32,
}

/// How far a frame must be turned clockwise to stand upright, as cameras report it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rotation {
    /// It is upright.
    #[default]
    None,
    /// A quarter turn clockwise.
    Quarter,
    /// Half a turn.
    Half,
    /// Three quarter turns clockwise.
    ThreeQuarters,
}

/// A part of a frame, in the frame's pixels as the buffer lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// The first column.
    pub left: u32,
    /// The first row.
    pub top: u32,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

/// Why bytes are not a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FrameError {
    /// A side is 0: there is nothing to look at.
    #[error("a frame of {width} x {height} pixels is empty")]
    Empty {
        /// The width in pixels.
        width: u32,
        /// The height in pixels.
        height: u32,
    },
    /// A side is longer than [`MAX_FRAME_SIDE`] pixels.
    #[error("a frame of {width} x {height} pixels is too large")]
    TooLarge {
        /// The width in pixels.
        width: u32,
        /// The height in pixels.
        height: u32,
    },
    /// Rows would overlap.
    #[error("a row has {width} pixels and the next begins after {row_stride} bytes")]
    Stride {
        /// The width in pixels.
        width: u32,
        /// Bytes from one row's start to the next's.
        row_stride: usize,
    },
    /// The buffer ends before the last row does.
    #[error("the frame needs {needed} bytes and got {got}")]
    TooShort {
        /// The bytes up to the last pixel; `usize::MAX` if they cannot be counted.
        needed: usize,
        /// The bytes that were given.
        got: usize,
    },
}

/// A grey picture borrowed from the camera: the luma plane as it lies in the
/// camera's buffer, one byte a pixel.
#[derive(Clone, Copy)]
pub struct Frame<'a> {
    luma: &'a [u8],
    width: u32,
    height: u32,
    row_stride: usize,
    rotation: Rotation,
    view: Region,
}

impl<'a> Frame<'a> {
    /// Borrows a luma plane of `width` times `height` pixels whose rows begin
    /// `row_stride` bytes apart. `rotation` is only needed for
    /// [`Frame::upright`]: codes are found at any angle.
    ///
    /// # Errors
    /// [`FrameError`], with nothing read from `luma`.
    pub fn new(
        luma: &'a [u8],
        width: u32,
        height: u32,
        row_stride: usize,
        rotation: Rotation,
    ) -> Result<Self, FrameError> {
        if width.min(height) == 0 {
            return Err(FrameError::Empty { width, height });
        }
        if width.max(height) > MAX_FRAME_SIDE {
            return Err(FrameError::TooLarge { width, height });
        }
        if row_stride < width as usize {
            return Err(FrameError::Stride { width, row_stride });
        }
        // Some cameras leave out the padding after the last row.
        let needed =
            row_stride.checked_mul(height as usize - 1).and_then(|rows| rows.checked_add(width as usize));
        match needed {
            Some(needed) if needed <= luma.len() => {
                let view = Region { left: 0, top: 0, width, height };
                Ok(Self { luma, width, height, row_stride, rotation, view })
            }
            _ => Err(FrameError::TooShort { needed: needed.unwrap_or(usize::MAX), got: luma.len() }),
        }
    }

    /// The same frame, searched in this region only: the view-finder's window.
    /// What lies outside the frame is cut off; of a region that lies wholly
    /// outside nothing is left, and nothing is found in it.
    #[must_use]
    pub fn within(mut self, region: Region) -> Self {
        let (left, top) = (region.left.min(self.width), region.top.min(self.height));
        self.view = Region {
            left,
            top,
            width: region.width.min(self.width - left),
            height: region.height.min(self.height - top),
        };
        self
    }

    /// The part that is searched; all of it, unless [`Self::within`] said otherwise.
    #[must_use]
    pub const fn view(&self) -> Region {
        self.view
    }

    /// The width in pixels as the buffer lies.
    #[must_use]
    pub const fn width(&self) -> u32 {
        self.width
    }

    /// The height in pixels as the buffer lies.
    #[must_use]
    pub const fn height(&self) -> u32 {
        self.height
    }

    /// How far the frame must be turned clockwise to stand upright.
    #[must_use]
    pub const fn rotation(&self) -> Rotation {
        self.rotation
    }

    /// Where a point of the buffer is once the frame stands upright: what a
    /// view-finder draws a detection's corners with.
    #[must_use]
    pub const fn upright(&self, point: Point) -> Point {
        let (width, height) = (self.width as f32, self.height as f32);
        let Point { x, y } = point;
        match self.rotation {
            Rotation::None => point,
            Rotation::Quarter => Point { x: height - y, y: x },
            Rotation::Half => Point { x: width - x, y: height - y },
            Rotation::ThreeQuarters => Point { x: y, y: width - x },
        }
    }

    /// The rows of a region from the top, without padding.
    pub(super) fn rows(&self, region: Region) -> impl Iterator<Item = &'a [u8]> {
        let (left, right) = (region.left as usize, region.left as usize + region.width as usize);
        self.luma
            .chunks(self.row_stride)
            .skip(region.top as usize)
            .take(region.height as usize)
            .map(move |row| row.get(left..right).unwrap_or_default())
    }
}

impl std::fmt::Debug for Frame<'_> {
    /// Without the pixels.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Frame({} x {}, {:?})", self.width, self.height, self.rotation)
    }
}
