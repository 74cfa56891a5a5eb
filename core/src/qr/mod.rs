//! Symbols to pixels and back: QR codes and barcodes are drawn here, and
//! camera frames are searched for both.
//!
//! Drawing: [`QrSymbol`] and [`Code128Symbol`] give modules, SVG, a [`Raster`]
//! (and with it PNG), and text blocks for a terminal. Scanning: a [`Frame`]
//! borrows the camera's luma plane, a [`Scanner`] looks at it within a [`Budget`]
//! and gives a [`ScanReport`]. What a text means is [`crate::code`]'s business.
//!
//! A frame and its content are hostile input: whatever the pixels are, a scan
//! ends after bounded work in bounded memory, and no panic leaves this module.

mod barcode;
mod error;
mod frame;
mod letters;
mod raster;
mod scan;
mod svg;
mod symbol;
mod terminal;

pub use barcode::{Code128Symbol, MAX_CODE128_CHARS};
pub use error::RenderError;
pub use frame::{Frame, FrameError, MAX_FRAME_SIDE, Point, Region, Rotation};
pub use raster::{MAX_RASTER_PIXELS, Raster};
pub use scan::{
    Budget, Detection, Encoding, Meaning, Payload, ScanReport, Scanner, SequencePart, SkipReason, Stage,
    Stopwatch, Symbology, SystemStopwatch, Trust,
};
pub use symbol::{ErrorCorrection, QrSymbol};
pub use terminal::TerminalStyle;

#[cfg(test)]
mod render_tests;
