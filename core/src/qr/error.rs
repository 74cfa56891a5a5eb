//! Why a symbol could not be drawn.

/// Why a symbol could not be drawn.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// There is nothing to encode.
    #[error("there is no text to draw")]
    Empty,
    /// More text than the symbol can hold at the chosen error correction.
    #[error("the text has {bytes} bytes, too many for this symbol")]
    TooLong {
        /// The length of the text in bytes.
        bytes: usize,
    },
    /// Code 128 carries printable ASCII only.
    #[error("only printable ASCII fits a Code 128 barcode")]
    NotPrintableAscii,
    /// A picture without pixels, or with more than [`super::MAX_RASTER_PIXELS`].
    #[error("a picture of {width} x {height} pixels cannot be drawn")]
    Size {
        /// The width in pixels.
        width: u64,
        /// The height in pixels.
        height: u64,
    },
    /// The symbol has more modules than the place has pixels.
    #[error("the symbol needs {width} x {height} pixels at least")]
    TooSmall {
        /// The least width in pixels.
        width: u32,
        /// The least height in pixels.
        height: u32,
    },
    /// The luma bytes do not fill the stated width and height.
    #[error("the picture needs {needed} bytes and got {got}")]
    Luma {
        /// Width times height.
        needed: usize,
        /// The bytes that were given.
        got: usize,
    },
    /// The PNG encoder failed.
    #[error("the picture could not be written as PNG: {reason}")]
    Png {
        /// The encoder's words.
        reason: String,
    },
}
