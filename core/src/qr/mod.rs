//! Symbols to pixels and back: QR codes and barcodes are drawn here, and
//! camera frames are searched for QR codes.
//!
//! Drawing: [`QrSymbol`] and [`Code128Symbol`] give modules, SVG, a [`Raster`]
//! (and with it PNG), and text blocks for a terminal. Scanning: a [`Frame`]
//! borrows the camera's luma plane, a [`Scanner`] looks at it and gives a
//! [`ScanReport`]. What a text means is [`crate::code`]'s business.
//!
//! A frame and its content are hostile input: whatever the pixels are, a scan
//! ends after bounded work in bounded memory, and no panic leaves this module.

mod barcode;
mod error;
mod frame;
mod raster;
mod scan;
mod svg;
mod symbol;
mod terminal;

pub use barcode::{Code128Symbol, MAX_CODE128_CHARS};
pub use error::RenderError;
pub use frame::{Frame, FrameError, MAX_FRAME_SIDE, MIN_FRAME_SIDE, Point, Rotation};
pub use raster::{MAX_RASTER_PIXELS, Raster};
pub use scan::{Detection, Payload, ScanReport, Scanner, SkipReason, Symbology};
pub use symbol::{ErrorCorrection, QrSymbol};
pub use terminal::TerminalStyle;

#[cfg(test)]
mod render_tests;
#[cfg(test)]
mod scan_tests;
