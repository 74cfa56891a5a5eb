//! QR codes, drawn.

use super::RenderError;
use super::raster::{BLACK, Raster};
use super::svg::{self, Run};
use super::terminal::{STACKED, TerminalStyle};

/// What the largest symbol holds, if it is digits only.
const MAX_CHARS: usize = 7089;

/// How much of a symbol may be damaged and still be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorCorrection {
    /// About 7 %.
    Low,
    /// About 15 %.
    Medium,
    /// About 25 %.
    Quartile,
    /// About 30 %.
    High,
}

impl ErrorCorrection {
    /// For a phone's or a till's screen: clean, so larger modules are worth more.
    pub const SCREEN: Self = Self::Medium;
    /// For a sticker on a table or till: paper is scratched and soiled.
    pub const PRINT: Self = Self::Quartile;

    const fn level(self) -> qrcode::EcLevel {
        match self {
            Self::Low => qrcode::EcLevel::L,
            Self::Medium => qrcode::EcLevel::M,
            Self::Quartile => qrcode::EcLevel::Q,
            Self::High => qrcode::EcLevel::H,
        }
    }
}

/// A QR code: the smallest that holds its text.
#[derive(Clone, PartialEq, Eq)]
pub struct QrSymbol {
    width: u32,
    /// Row by row, true is dark.
    modules: Vec<bool>,
}

impl QrSymbol {
    /// The light margin that every output draws around the symbol, in modules.
    pub const QUIET_ZONE: u32 = 4;

    /// Encodes a text.
    ///
    /// # Errors
    /// [`RenderError::Empty`]; [`RenderError::TooLong`] when not even the
    /// largest QR code holds the text.
    pub fn encode(text: &str, correction: ErrorCorrection) -> Result<Self, RenderError> {
        if text.is_empty() {
            return Err(RenderError::Empty);
        }
        let too_long = || RenderError::TooLong { bytes: text.len() };
        // Before the encoder plans segments for megabytes.
        if text.len() > MAX_CHARS {
            return Err(too_long());
        }
        let code =
            qrcode::QrCode::with_error_correction_level(text, correction.level()).map_err(|_| too_long())?;
        let width = u32::try_from(code.width()).map_err(|_| too_long())?;
        let modules = code.into_colors().into_iter().map(|color| color == qrcode::Color::Dark).collect();
        Ok(Self { width, modules })
    }

    /// The number of modules along a side, 21 to 177, without the quiet zone.
    #[must_use]
    pub const fn width(&self) -> u32 {
        self.width
    }

    /// Whether the module in column `x`, row `y` is dark. Everything outside
    /// the symbol is light.
    #[must_use]
    pub fn is_dark(&self, x: u32, y: u32) -> bool {
        x < self.width && self.row(y).and_then(|row| row.get(x as usize)) == Some(&true)
    }

    /// The symbol as one SVG path in units of modules, quiet zone included.
    #[must_use]
    pub fn to_svg(&self) -> String {
        let side = self.outer_width();
        let mut svg = svg::open(side, side);
        let rows = (Self::QUIET_ZONE..).zip(self.modules.chunks_exact(self.width as usize));
        svg::push_runs(
            &mut svg,
            rows.flat_map(|(y, row)| {
                svg::dark_runs(row).into_iter().map(move |(x, length)| Run {
                    x: x + Self::QUIET_ZONE,
                    y,
                    length,
                    height: 1,
                })
            }),
        );
        svg.push_str("</svg>");
        svg
    }

    /// The symbol as pixels, quiet zone included, each module a square of
    /// `pixels_per_module` pixels.
    ///
    /// # Errors
    /// [`RenderError::Size`] for 0 pixels per module and for pictures of more
    /// than [`super::MAX_RASTER_PIXELS`].
    pub fn raster(&self, pixels_per_module: u32) -> Result<Raster, RenderError> {
        let side = u64::from(self.outer_width()) * u64::from(pixels_per_module);
        let scale = pixels_per_module as usize;
        let margin = Self::QUIET_ZONE as usize * scale;
        Raster::paint(side, side, |y, pixels| {
            let Some(row) = y.checked_sub(margin).and_then(|y| self.row(u32::try_from(y / scale).ok()?))
            else {
                return;
            };
            let inside = pixels.get_mut(margin..).unwrap_or_default();
            for (module, &dark) in inside.chunks_exact_mut(scale).zip(row) {
                if dark {
                    module.fill(BLACK);
                }
            }
        })
    }

    /// The symbol as large as it fits into a square of `pixels`, quiet zone
    /// included: each module has the same whole number of pixels, so the picture
    /// may be smaller than the square. Show it as it is, never stretched.
    ///
    /// # Errors
    /// [`RenderError::TooSmall`] when a module would have less than one pixel;
    /// [`RenderError::Size`] for pictures of more than [`super::MAX_RASTER_PIXELS`].
    pub fn raster_within(&self, pixels: u32) -> Result<Raster, RenderError> {
        let side = self.outer_width();
        if pixels < side {
            return Err(RenderError::TooSmall { width: side, height: side });
        }
        self.raster(pixels / side)
    }

    /// The symbol as lines of text, two modules in each character cell, quiet
    /// zone included.
    #[must_use]
    pub fn to_half_blocks(&self, style: TerminalStyle) -> String {
        let outer = self.outer_width();
        let dark = |x: u32, y: u32| match (x.checked_sub(Self::QUIET_ZONE), y.checked_sub(Self::QUIET_ZONE)) {
            (Some(x), Some(y)) => self.is_dark(x, y),
            _ => false,
        };
        let mut text = String::new();
        // The side is odd: the last line's lower half is one more light row.
        for y in (0..outer).step_by(2) {
            style.push_line(&mut text, &STACKED, (0..outer).map(|x| (dark(x, y), dark(x, y + 1))));
        }
        text
    }

    const fn outer_width(&self) -> u32 {
        self.width + 2 * Self::QUIET_ZONE
    }

    fn row(&self, y: u32) -> Option<&[bool]> {
        self.modules.chunks_exact(self.width as usize).nth(usize::try_from(y).ok()?)
    }
}

impl std::fmt::Debug for QrSymbol {
    /// Without the modules: they may spell a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "QrSymbol({} modules)", self.width)
    }
}
