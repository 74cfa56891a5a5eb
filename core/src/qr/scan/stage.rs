//! The ways to look at a picture.

use std::fmt;

use super::bars::Look;
use super::picture::{Binarisation, View};
use super::qr::Sampling;

/// Level and upright lines ...
const STRAIGHT: [f32; 1] = [0.0];

/// ... and lines 9, 18, 27, 36 and 45 degrees off them: with both, no barcode lies
/// more than 5 degrees from some line.
const SLANTED: [f32; 10] = [0.158, -0.158, 0.325, -0.325, 0.51, -0.51, 0.727, -0.727, 1.0, -1.0];

/// A way to look at a picture, from cheap to dear. Each is here because it reads
/// photographs that those before it do not: see the table in `ARCHITECTURE.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// Where the last frame had its codes, in the way that read them.
    LastPlace,
    /// QR codes in the picture as it is, against the blocks around.
    Blocks,
    /// QR codes at half the size.
    Half,
    /// Barcodes along a few lines.
    Bars,
    /// QR codes at a third of the size.
    Third,
    /// QR codes at a quarter of the size.
    Quarter,
    /// QR codes against a large square around.
    Surroundings,
    /// QR codes with raised edges.
    Sharpened,
    /// Light QR codes on dark ground.
    Negative,
    /// Grids fitted to what [`Self::Blocks`] saw and could not read.
    FittedBlocks,
    /// The same for [`Self::Half`].
    FittedHalf,
    /// The same for [`Self::Third`].
    FittedThird,
    /// The same for [`Self::Quarter`].
    FittedQuarter,
    /// The same for [`Self::Surroundings`].
    FittedSurroundings,
    /// Barcodes along many lines with raised edges.
    RaisedBars,
    /// Barcodes along slanted lines: a long one leaves a level line soon.
    SlantedBars,
    /// Small QR codes at twice the size, with grids fitted.
    Doubled,
    /// The search of the `rqrr` library, in a small picture.
    Rqrr,
}

/// What a stage looks for, and in what picture.
#[derive(Clone, Copy, Debug)]
pub(super) enum Recipe {
    /// QR codes.
    Qr {
        /// The picture.
        view: View,
        /// Its black and white.
        binarisation: Binarisation,
        /// How modules are found.
        sampling: Sampling,
    },
    /// Barcodes.
    Bars {
        /// Lines each way.
        lines: usize,
        /// How they are looked at.
        look: Look,
        /// Which way they go.
        slopes: &'static [f32],
    },
    /// QR codes, by `rqrr`.
    Rqrr,
}

impl Stage {
    /// What a single picture gets, from cheap to dear; the fitted ones follow
    /// where something was seen and not read.
    pub const ALL: [Self; 12] = [
        Self::Blocks,
        Self::Half,
        Self::Bars,
        Self::Third,
        Self::Quarter,
        Self::Surroundings,
        Self::Sharpened,
        Self::Negative,
        Self::RaisedBars,
        Self::SlantedBars,
        Self::Doubled,
        Self::Rqrr,
    ];

    /// A short name for tables, for example `fitted half`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::LastPlace => "last place",
            Self::Blocks => "blocks",
            Self::Half => "half",
            Self::Bars => "bars",
            Self::Third => "third",
            Self::Quarter => "quarter",
            Self::Surroundings => "surroundings",
            Self::Sharpened => "sharpened",
            Self::Negative => "negative",
            Self::SlantedBars => "slanted bars",
            Self::RaisedBars => "raised bars",
            Self::Doubled => "doubled",
            Self::Rqrr => "rqrr",
            Self::FittedBlocks => "fitted blocks",
            Self::FittedHalf => "fitted half",
            Self::FittedThird => "fitted third",
            Self::FittedQuarter => "fitted quarter",
            Self::FittedSurroundings => "fitted surroundings",
        }
    }

    /// The stage that fits grids to what this one saw and could not read.
    pub(super) const fn fitted(self) -> Option<Self> {
        match self {
            Self::Blocks => Some(Self::FittedBlocks),
            Self::Half => Some(Self::FittedHalf),
            Self::Third => Some(Self::FittedThird),
            Self::Quarter => Some(Self::FittedQuarter),
            Self::Surroundings => Some(Self::FittedSurroundings),
            _ => None,
        }
    }

    /// None for [`Self::LastPlace`], which does as the stage did that read the code.
    pub(super) const fn recipe(self) -> Option<Recipe> {
        use Binarisation::{Blocks, Surroundings};
        use Sampling::{Fitted, Standing};
        let (view, binarisation, sampling) = match self {
            Self::LastPlace => return None,
            Self::Rqrr => return Some(Recipe::Rqrr),
            Self::Bars => return Some(Recipe::Bars { lines: 32, look: Look::Plain, slopes: &STRAIGHT }),
            Self::SlantedBars => {
                return Some(Recipe::Bars { lines: 48, look: Look::Plain, slopes: &SLANTED });
            }
            Self::RaisedBars => {
                return Some(Recipe::Bars { lines: 240, look: Look::Raised, slopes: &STRAIGHT });
            }
            Self::Blocks => (View::Native, Blocks, Standing),
            Self::Half => (View::Reduced(2), Surroundings, Standing),
            Self::Third => (View::Reduced(3), Surroundings, Standing),
            Self::Quarter => (View::Reduced(4), Surroundings, Standing),
            Self::Surroundings => (View::Native, Surroundings, Standing),
            Self::Sharpened => (View::Sharpened, Blocks, Standing),
            Self::Negative => (View::Negative, Surroundings, Standing),
            Self::Doubled => (View::Doubled, Blocks, Fitted),
            Self::FittedBlocks => (View::Native, Blocks, Fitted),
            Self::FittedHalf => (View::Reduced(2), Surroundings, Fitted),
            Self::FittedThird => (View::Reduced(3), Surroundings, Fitted),
            Self::FittedQuarter => (View::Reduced(4), Surroundings, Fitted),
            Self::FittedSurroundings => (View::Native, Surroundings, Fitted),
        };
        Some(Recipe::Qr { view, binarisation, sampling })
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
