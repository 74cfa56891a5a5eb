//! Finding and reading QR codes in camera frames.
//!
//! Finder patterns are searched on a binary picture, triples of them become a
//! grid by fitting what every QR code has in the same place, and `rqrr` reads
//! the grid's modules. Its own detector is not used: its work grows without
//! bound on crafted and on some real pictures, and nothing outside it can stop
//! it. Here every loop has a bound that follows from the frame's size or from a
//! constant beside it.

mod binary;
mod finder;
mod geometry;
mod grid;
mod structure;

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::frame::{Frame, Point};
use binary::WorkingPicture;
use finder::{Finder, Search};
use grid::Grid;

/// The most grids that are tried on one frame: triples of finder patterns in
/// the order of their likelihood.
const MAX_GRIDS: usize = 24;

/// The kinds of symbol that are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Symbology {
    /// A QR code, also a mirrored one.
    Qr,
}

/// What a symbol carries. `Debug` shows the length only: a customer's
/// reservation code is a secret.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Payload {
    /// UTF-8, as every code of Paysera is.
    Text(String),
    /// Anything else, as it was read.
    Bytes(Vec<u8>),
}

impl std::fmt::Debug for Payload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => write!(f, "Text({} bytes)", text.len()),
            Self::Bytes(bytes) => write!(f, "Bytes({} bytes)", bytes.len()),
        }
    }
}

/// A symbol in a frame.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Detection {
    /// What it carries.
    pub payload: Payload,
    /// What it is.
    pub symbology: Symbology,
    /// Its corners in the frame's pixels as the buffer lies, without the quiet
    /// zone: the symbol's own top left, top right, bottom right, bottom left.
    /// See [`Frame::upright`].
    pub corners: [Point; 4],
}

impl Detection {
    /// The text, if it is text.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.payload {
            Payload::Text(text) => Some(text),
            Payload::Bytes(_) => None,
        }
    }
}

/// Why a frame was not searched to the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SkipReason {
    /// More finder patterns than any picture of codes has: matching them up
    /// would take too long.
    TooManyFinders,
}

/// What a scan saw.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ScanReport {
    /// The symbols that were read, each once.
    pub detections: Vec<Detection>,
    /// Finder patterns in the frame; a QR code has three.
    pub finders: usize,
    /// Grids that were tried.
    pub grids: usize,
    /// Why the frame was not searched to the end, if it was not.
    pub skipped: Option<SkipReason>,
    /// Panics of the decoder on this frame. Each was contained and cost one grid.
    pub panics: u32,
}

/// Looks at camera frames. One scanner serves one camera: it keeps its buffers
/// from frame to frame (2 bytes for each pixel it works on).
#[derive(Debug, Default)]
pub struct Scanner {
    picture: WorkingPicture,
    panics: u64,
}

impl Scanner {
    /// A scanner without buffers yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Searches a frame. Any frame is answered, after bounded work.
    pub fn scan(&mut self, frame: &Frame<'_>) -> ScanReport {
        self.scan_with(frame, grid::decode)
    }

    /// Panics of the decoder since this scanner was made.
    #[must_use]
    pub const fn panics(&self) -> u64 {
        self.panics
    }

    fn scan_with(
        &mut self,
        frame: &Frame<'_>,
        decode: impl Fn(&WorkingPicture, &Grid) -> Option<Vec<u8>>,
    ) -> ScanReport {
        let mut report = ScanReport::default();
        self.picture.load(frame);
        let finders = match finder::search(&self.picture) {
            Search::Found(finders) => finders,
            Search::TooMany(count) => {
                report.finders = count;
                report.skipped = Some(SkipReason::TooManyFinders);
                return report;
            }
        };
        report.finders = finders.len();

        let mut used: Vec<Finder> = Vec::new();
        for triple in grid::triples(&finders) {
            if report.grids == MAX_GRIDS {
                break;
            }
            if triple.finders().iter().any(|finder| used.contains(finder)) {
                continue;
            }
            report.grids += 1;
            for grid in grid::fit(&self.picture, &triple) {
                // The decoder keeps nothing between grids, so there is nothing to leave half done.
                match catch_unwind(AssertUnwindSafe(|| decode(&self.picture, &grid))) {
                    Ok(Some(bytes)) => {
                        used.extend(triple.finders());
                        report.detections.push(Detection {
                            payload: String::from_utf8(bytes)
                                .map_or_else(|error| Payload::Bytes(error.into_bytes()), Payload::Text),
                            symbology: Symbology::Qr,
                            corners: grid.corners().map(|corner| self.picture.to_frame(corner)),
                        });
                        break;
                    }
                    Ok(None) => {}
                    Err(_) => report.panics += 1,
                }
            }
        }
        self.panics += u64::from(report.panics);
        report
    }
}

#[cfg(test)]
mod tests;
