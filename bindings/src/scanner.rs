//! A camera's frames, searched without copying them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use paysera_core::code::CodeKind as CoreKind;
use paysera_core::qr::{
    Budget, Detection as CoreDetection, Frame, FrameError, Meaning as CoreMeaning, Region, Rotation,
    ScanReport as CoreReport, Scanner, SkipReason, Symbology as CoreSymbology, Trust,
};

use crate::code::{Code, CodeKind};
use crate::error::ApiError;
use crate::runtime::contained;

/// Searches the frames of a camera, one after the other.
#[derive(uniffi::Object)]
pub struct FrameScanner {
    scanner: Mutex<Scanner>,
    asked: Mutex<Asked>,
}

/// What the next frame begins with: a screen does not wait for the end of this one.
#[derive(Default)]
struct Asked {
    expected: Option<Vec<CoreKind>>,
    forget: bool,
}

/// How a frame lies in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Record)]
pub struct FrameShape {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Bytes from one row to the next; at least the width.
    pub row_stride: u32,
    /// Degrees by which the frame must be turned clockwise to stand upright: 0, 90,
    /// 180 or 270.
    pub rotation_degrees: u32,
    /// The part that is looked at, for example what the screen shows; all of it if
    /// absent.
    #[uniffi(default = None)]
    pub region: Option<FrameRegion>,
}

/// A part of a frame, in its pixels as it lies in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Record)]
pub struct FrameRegion {
    /// The first column.
    pub left: u32,
    /// The first row.
    pub top: u32,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

/// What a scan saw.
#[derive(Clone, Debug, uniffi::Record)]
pub struct ScanReport {
    /// The symbols that were read and are trusted, each once.
    pub detections: Vec<Detection>,
    /// Symbols that were read and have to be read once more.
    pub unconfirmed: u32,
    /// Why the frame was not searched to the end, if it was not.
    pub skipped: Option<Skipped>,
    /// What it took, in microseconds.
    pub elapsed_micros: u64,
}

/// A symbol in a frame.
#[derive(Clone, Debug, uniffi::Record)]
pub struct Detection {
    /// What it means to the step that is scanning.
    pub meaning: Meaning,
    /// What it is.
    pub symbology: Symbology,
    /// Its own top left, top right, bottom right and bottom left corner, in the
    /// upright frame.
    pub corners: Vec<FramePoint>,
}

/// What a symbol means to the step that is scanning.
#[derive(Clone, Debug, uniffi::Enum)]
pub enum Meaning {
    /// A code that the step asks for.
    Expected {
        /// The code.
        code: Arc<Code>,
    },
    /// Another code of Paysera's: say which.
    OtherCode {
        /// What it is.
        kind: CodeKind,
    },
    /// A product's barcode.
    Product,
    /// Nothing of Paysera's.
    Foreign,
}

/// A place in an upright frame, in pixels from its upper left corner.
#[derive(Clone, Copy, Debug, PartialEq, uniffi::Record)]
pub struct FramePoint {
    /// To the right.
    pub x: f32,
    /// Down.
    pub y: f32,
}

/// The kinds of symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Symbology {
    /// A QR code.
    Qr,
    /// Code 128.
    Code128,
    /// EAN-13 or EAN-8.
    Ean,
}

/// Why a frame was not searched to the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Skipped {
    /// Nothing in it could be a code's edges.
    Featureless,
    /// More finder patterns than a picture of codes has.
    TooManyFinders,
    /// The time was over; the next frame goes on.
    OutOfTime,
}

#[uniffi::export]
impl FrameScanner {
    /// A scanner for a camera: a code is reported once it was read without an
    /// error, or twice.
    #[uniffi::constructor]
    #[must_use]
    pub fn for_camera() -> Arc<Self> {
        Self::trusting(Trust::WhenSure)
    }

    /// A scanner for single pictures: a code is reported as soon as it was read.
    #[uniffi::constructor]
    #[must_use]
    pub fn for_pictures() -> Arc<Self> {
        Self::trusting(Trust::AtOnce)
    }

    /// What the step wants to scan; every code if the list is empty, as in the
    /// beginning. Another code is reported as what it is, and the search goes on.
    pub fn expect(&self, kinds: Vec<CodeKind>) {
        let kinds: Vec<_> = kinds.into_iter().map(Into::into).collect();
        self.asked().expected = Some(kinds);
    }

    /// Forgets what earlier frames had: when a new step begins to scan.
    pub fn forget(&self) {
        self.asked().forget = true;
    }

    /// Searches a frame's luma plane: the first plane of a YUV picture. It is only
    /// borrowed, for the time of the call. Give a camera's frame about 30 ms. The
    /// packages have `scan` around it, which takes what their cameras give.
    ///
    /// # Errors
    /// `rejected_input` for a shape that the bytes do not have.
    pub fn scan_plane(
        &self,
        luma: &[u8],
        shape: FrameShape,
        budget_millis: Option<u32>,
    ) -> Result<ScanReport, ApiError> {
        contained(|| {
            let frame = shape.frame(luma)?;
            let budget = budget_millis
                .map_or(Budget::Unlimited, |millis| Budget::Within(Duration::from_millis(u64::from(millis))));
            let mut scanner = self.scanner();
            let Asked { expected, forget } = std::mem::take(&mut *self.asked());
            if let Some(kinds) = expected {
                scanner.expect(&kinds);
            }
            if forget {
                scanner.forget();
            }
            Ok(said(scanner.scan(&frame, budget), &frame))
        })
    }
}

impl FrameScanner {
    fn trusting(trust: Trust) -> Arc<Self> {
        let scanner = Mutex::new(Scanner::new().trusting(trust));
        Arc::new(Self { scanner, asked: Mutex::default() })
    }

    fn scanner(&self) -> MutexGuard<'_, Scanner> {
        // A scanner that panicked in the middle of a frame begins the next one anew.
        self.scanner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn asked(&self) -> MutexGuard<'_, Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FrameShape {
    fn frame(self, luma: &[u8]) -> Result<Frame<'_>, ApiError> {
        let rotation = match self.rotation_degrees {
            0 => Rotation::None,
            90 => Rotation::Quarter,
            180 => Rotation::Half,
            270 => Rotation::ThreeQuarters,
            _ => return Err(ApiError::rejected("rotation_degrees", "is 0, 90, 180 or 270")),
        };
        let stride = usize::try_from(self.row_stride).unwrap_or(usize::MAX);
        let frame = Frame::new(luma, self.width, self.height, stride, rotation)?;
        Ok(match self.region {
            Some(FrameRegion { left, top, width, height }) => {
                frame.within(Region { left, top, width, height })
            }
            None => frame,
        })
    }
}

fn said(report: CoreReport, frame: &Frame<'_>) -> ScanReport {
    ScanReport {
        detections: report.detections.into_iter().map(|detection| seen(detection, frame)).collect(),
        unconfirmed: u32::try_from(report.unconfirmed).unwrap_or(u32::MAX),
        skipped: report.skipped.map(|reason| match reason {
            SkipReason::Featureless => Skipped::Featureless,
            SkipReason::TooManyFinders => Skipped::TooManyFinders,
            _ => Skipped::OutOfTime,
        }),
        elapsed_micros: u64::try_from(report.elapsed.as_micros()).unwrap_or(u64::MAX),
    }
}

fn seen(detection: CoreDetection, frame: &Frame<'_>) -> Detection {
    let corners = detection.corners.map(|corner| {
        let upright = frame.upright(corner);
        FramePoint { x: upright.x, y: upright.y }
    });
    Detection {
        meaning: match detection.meaning {
            CoreMeaning::Expected(code) => Meaning::Expected { code: Arc::new(Code(code)) },
            CoreMeaning::OtherCode(kind) => Meaning::OtherCode { kind: kind.into() },
            CoreMeaning::Product => Meaning::Product,
            _ => Meaning::Foreign,
        },
        symbology: match detection.symbology {
            CoreSymbology::Qr => Symbology::Qr,
            CoreSymbology::Code128 => Symbology::Code128,
            _ => Symbology::Ean,
        },
        corners: corners.to_vec(),
    }
}

impl From<FrameError> for ApiError {
    fn from(error: FrameError) -> Self {
        Self::rejected("frame", error)
    }
}

#[cfg(test)]
mod tests {
    use paysera_core::qr::{ErrorCorrection, QrSymbol};

    use super::*;

    const WALLET: &str = "EVP000000014471";

    fn picture(stride: usize) -> (Vec<u8>, FrameShape) {
        let raster = QrSymbol::encode(WALLET, ErrorCorrection::Medium).unwrap().raster(5).unwrap();
        let (width, height) = (raster.width(), raster.height());
        let mut luma = Vec::new();
        for row in raster.luma().chunks(width as usize) {
            luma.extend_from_slice(row);
            luma.resize(luma.len() + stride - row.len(), 0);
        }
        let row_stride = u32::try_from(stride).unwrap();
        (luma, FrameShape { width, height, row_stride, rotation_degrees: 90, region: None })
    }

    #[test]
    fn a_frame_with_padded_rows_is_read_and_its_corners_stand_upright() {
        let (luma, shape) = picture(256);
        let report = FrameScanner::for_camera().scan_plane(&luma, shape, Some(1000)).unwrap();
        let [detection] = report.detections.as_slice() else { panic!("{report:?}") };
        let Meaning::Expected { code } = &detection.meaning else { panic!("{report:?}") };
        assert_eq!(code.wallet_id(), Some(14_471));
        assert_eq!(detection.symbology, Symbology::Qr);
        // Turned by a quarter, its own upper left corner is at the upper right.
        assert!(detection.corners[0].x > detection.corners[3].x);
    }

    #[test]
    fn another_code_is_told_as_what_it_is() {
        let (luma, shape) = picture(256);
        let scanner = FrameScanner::for_pictures();
        scanner.expect(vec![CodeKind::Reservation]);
        let report = scanner.scan_plane(&luma, shape, None).unwrap();
        assert!(matches!(report.detections[0].meaning, Meaning::OtherCode { kind: CodeKind::Wallet }));
        scanner.expect(Vec::new());
        scanner.forget();
        let report = scanner.scan_plane(&luma, shape, None).unwrap();
        assert!(matches!(report.detections[0].meaning, Meaning::Expected { .. }));
    }

    #[test]
    fn a_shape_that_the_bytes_do_not_have_is_refused() {
        let (luma, shape) = picture(256);
        let scanner = FrameScanner::for_pictures();
        for wrong in [
            FrameShape { height: shape.height * 2, ..shape },
            FrameShape { row_stride: 3, ..shape },
            FrameShape { width: 0, ..shape },
            FrameShape { rotation_degrees: 45, ..shape },
            FrameShape { width: u32::MAX, height: u32::MAX, row_stride: u32::MAX, ..shape },
        ] {
            assert!(
                matches!(scanner.scan_plane(&luma, wrong, None), Err(ApiError::Failed { .. })),
                "{wrong:?}"
            );
        }
    }
}
