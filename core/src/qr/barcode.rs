//! Code 128 barcodes, drawn: for tills whose scanner reads bars only.

use std::fmt::Write as _;

use super::RenderError;
use super::raster::{BLACK, Raster};
use super::svg::{self, Run};
use super::terminal::{SIDE_BY_SIDE, TerminalStyle};

/// The most characters in a barcode; longer ones are wider than any screen.
pub const MAX_CODE128_CHARS: usize = 80;

/// Height of the text under the bars of the SVG, in modules.
const TEXT_HEIGHT: u32 = 10;

/// A Code 128 barcode, with the fewest symbols that hold its text.
#[derive(Clone, PartialEq, Eq)]
pub struct Code128Symbol {
    text: String,
    /// From the left, true is dark; begins and ends with a bar.
    modules: Vec<bool>,
}

impl Code128Symbol {
    /// The light margin that every output draws on the left and right, in modules.
    pub const QUIET_ZONE: u32 = 10;

    /// Encodes printable ASCII: a reservation code's digits, a wallet code.
    ///
    /// # Errors
    /// [`RenderError::Empty`], [`RenderError::NotPrintableAscii`], or
    /// [`RenderError::TooLong`] past [`MAX_CODE128_CHARS`].
    pub fn encode(text: &str) -> Result<Self, RenderError> {
        if text.is_empty() {
            return Err(RenderError::Empty);
        }
        if text.len() > MAX_CODE128_CHARS {
            return Err(RenderError::TooLong { bytes: text.len() });
        }
        if !text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return Err(RenderError::NotPrintableAscii);
        }
        let mut modules = Vec::new();
        for bar in code128::Code128::encode(text.as_bytes()).bars() {
            modules.extend(std::iter::repeat_n(true, bar.width.into()));
            modules.extend(std::iter::repeat_n(false, bar.space.into()));
        }
        // The quiet zone is this type's to add.
        while modules.last() == Some(&false) {
            modules.pop();
        }
        Ok(Self { text: text.to_owned(), modules })
    }

    /// The text, to be printed under the bars.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The modules from the left without the quiet zone; true is dark.
    #[must_use]
    pub fn modules(&self) -> &[bool] {
        &self.modules
    }

    /// The number of modules, quiet zone included.
    #[must_use]
    pub fn outer_width(&self) -> u32 {
        u32::try_from(self.modules.len()).unwrap_or(u32::MAX).saturating_add(2 * Self::QUIET_ZONE)
    }

    /// The barcode as SVG in units of modules: one path, and the text below it
    /// in groups of four characters, for typing in by hand.
    #[must_use]
    pub fn to_svg(&self) -> String {
        let width = self.outer_width();
        // ISO/IEC 15417 asks for bars of at least 15 % of the length.
        let height = (width * 3 / 20).max(20);
        let mut svg = svg::open(width, height + TEXT_HEIGHT + 2);
        svg::push_runs(
            &mut svg,
            svg::dark_runs(&self.modules).into_iter().map(|(x, length)| Run {
                x: x + Self::QUIET_ZONE,
                y: 0,
                length,
                height,
            }),
        );
        let _ = write!(
            svg,
            "<text x=\"{}\" y=\"{}\" font-family=\"monospace\" font-size=\"{TEXT_HEIGHT}\" \
             text-anchor=\"middle\">{}</text></svg>",
            width / 2,
            height + TEXT_HEIGHT,
            svg::escape(&self.grouped_text()),
        );
        svg
    }

    /// The bars as pixels: each module `module_width` pixels wide, the bars
    /// `bar_height` pixels high, quiet zone included, no text.
    ///
    /// # Errors
    /// [`RenderError::Size`] if either is 0 or the picture has more than
    /// [`super::MAX_RASTER_PIXELS`].
    pub fn raster(&self, module_width: u32, bar_height: u32) -> Result<Raster, RenderError> {
        let width = u64::from(self.outer_width()) * u64::from(module_width);
        let scale = module_width as usize;
        Raster::paint(width, bar_height.into(), |_, pixels| {
            let bars = pixels.get_mut(Self::QUIET_ZONE as usize * scale..).unwrap_or_default();
            for (module, &dark) in bars.chunks_exact_mut(scale).zip(&self.modules) {
                if dark {
                    module.fill(BLACK);
                }
            }
        })
    }

    /// The bars as `lines` equal lines of text, two modules in each character
    /// cell, quiet zone included, and the text below.
    #[must_use]
    pub fn to_blocks(&self, style: TerminalStyle, lines: u32) -> String {
        let margin = || std::iter::repeat_n(false, Self::QUIET_ZONE as usize);
        let mut modules: Vec<bool> = margin().chain(self.modules.iter().copied()).chain(margin()).collect();
        if modules.len() % 2 == 1 {
            modules.push(false);
        }
        let mut line = String::new();
        style.push_line(
            &mut line,
            &SIDE_BY_SIDE,
            modules.chunks_exact(2).map(|pair| (pair.first() == Some(&true), pair.last() == Some(&true))),
        );
        let mut text = line.repeat(lines.min(Self::MAX_LINES) as usize);
        let caption = self.grouped_text();
        let indent = (modules.len() / 2).saturating_sub(caption.len()) / 2;
        text.push_str(&" ".repeat(indent));
        text.push_str(&caption);
        text.push('\n');
        text
    }

    const MAX_LINES: u32 = 100;

    fn grouped_text(&self) -> String {
        if !self.text.bytes().all(|byte| byte.is_ascii_digit()) {
            return self.text.clone();
        }
        let mut grouped = String::with_capacity(self.text.len() * 5 / 4);
        for (index, digit) in self.text.chars().enumerate() {
            if index > 0 && index % 4 == 0 {
                grouped.push(' ');
            }
            grouped.push(digit);
        }
        grouped
    }
}

impl std::fmt::Debug for Code128Symbol {
    /// Without text and modules: they may be a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Code128Symbol({} modules)", self.modules.len())
    }
}
