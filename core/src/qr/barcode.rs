//! Code 128 barcodes, drawn: for tills whose scanner reads bars only.

use super::RenderError;
use super::letters;
use super::raster::{BLACK, Raster};
use super::svg::{self, Run};
use super::terminal::{SIDE_BY_SIDE, TerminalStyle};

/// The most characters in a barcode; longer ones are wider than any screen.
pub const MAX_CODE128_CHARS: usize = 80;

/// Light between the bars and the text under them in a picture, in modules.
const TEXT_GAP: u32 = 2;

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

    /// The barcode as SVG in units of modules: one path with the bars, and below them the
    /// text in groups of four characters, for typing in by hand. The text is drawn, too:
    /// it looks the same wherever it is shown, and a secret code does not lie there to be
    /// copied.
    #[must_use]
    pub fn to_svg(&self) -> String {
        let height = self.least_bar_height();
        let bars = svg::dark_runs(&self.modules).into_iter();
        let bars = bars.map(|(x, length)| Run { x: x + Self::QUIET_ZONE, y: 0, length, height });
        let caption = self.caption();
        let margin = self.caption_margin(&caption);
        let text = (0..letters::HEIGHT).flat_map(|row| {
            let dots: Vec<bool> = letters::dots(&caption, row).collect();
            let y = height + TEXT_GAP + row;
            svg::dark_runs(&dots).into_iter().map(move |(x, length)| Run {
                x: x + margin,
                y,
                length,
                height: 1,
            })
        });
        let mut svg = svg::open(self.outer_width(), height + TEXT_GAP + letters::HEIGHT + 1);
        svg::push_runs(&mut svg, bars.chain(text));
        svg.push_str("</svg>");
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

    /// The bars with the text below them, for typing in by hand: as
    /// [`Code128Symbol::raster`], and higher by the text.
    ///
    /// # Errors
    /// As [`Code128Symbol::raster`].
    pub fn raster_with_text(&self, module_width: u32, bar_height: u32) -> Result<Raster, RenderError> {
        let scale = module_width as usize;
        let bars = self.raster(module_width, bar_height)?;
        let below = u64::from(TEXT_GAP + letters::HEIGHT + 1) * u64::from(module_width);
        let width = bars.width();
        let caption = self.caption();
        let margin = self.caption_margin(&caption);
        let margin = margin as usize * scale;
        let text_from = bar_height as usize + TEXT_GAP as usize * scale;
        Raster::paint(width.into(), u64::from(bar_height) + below, |y, pixels| {
            if let Some(row) = bars.luma().chunks_exact(width as usize).nth(y) {
                pixels.copy_from_slice(row);
                return;
            }
            let row = y.checked_sub(text_from).and_then(|y| u32::try_from(y / scale).ok());
            let Some(row) = row.filter(|row| *row < letters::HEIGHT) else { return };
            let inside = pixels.get_mut(margin..).unwrap_or_default();
            for (dot, dark) in inside.chunks_exact_mut(scale).zip(letters::dots(&caption, row)) {
                if dark {
                    dot.fill(BLACK);
                }
            }
        })
    }

    /// The bars with the text below them, as large as they fit into a place of
    /// this size: each module has the same whole number of pixels, so the picture
    /// may be narrower than the place. Show it as it is, never stretched.
    ///
    /// # Errors
    /// [`RenderError::TooSmall`] when a module would have less than one pixel or
    /// the bars less height than a scanner needs; [`RenderError::Size`] for
    /// pictures of more than [`super::MAX_RASTER_PIXELS`].
    pub fn raster_within(&self, width: u32, height: u32) -> Result<Raster, RenderError> {
        let text = TEXT_GAP + letters::HEIGHT + 1;
        let (least_width, least_height) = (self.outer_width(), self.least_bar_height() + text);
        let scale = (width / least_width).min(height / least_height);
        if scale == 0 {
            return Err(RenderError::TooSmall { width: least_width, height: least_height });
        }
        self.raster_with_text(scale, height - text * scale)
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
        let caption = self.caption();
        let indent = (modules.len() / 2).saturating_sub(caption.len()) / 2;
        text.push_str(&" ".repeat(indent));
        text.push_str(&caption);
        text.push('\n');
        text
    }

    const MAX_LINES: u32 = 100;

    /// In modules. ISO/IEC 15417 asks for bars of at least 15 % of the length.
    fn least_bar_height(&self) -> u32 {
        (self.outer_width() * 3 / 20).max(20)
    }

    /// Where the text begins, in modules: a dot of a letter is as wide as a module.
    fn caption_margin(&self, caption: &str) -> u32 {
        let length = letters::ADVANCE.saturating_mul(u32::try_from(caption.len()).unwrap_or(u32::MAX));
        self.outer_width().saturating_sub(length) / 2
    }

    /// The text for people: digits in groups of four, unless that is wider than
    /// the bars. Ungrouped it never is, at [`letters::ADVANCE`] modules a letter.
    fn caption(&self) -> String {
        let is_number = self.text.bytes().all(|byte| byte.is_ascii_digit());
        let grouped = self.text.len().div_ceil(4) - 1 + self.text.len();
        let fits = grouped.saturating_mul(letters::ADVANCE as usize) <= self.outer_width() as usize;
        if !is_number || !fits {
            return self.text.clone();
        }
        let mut caption = String::with_capacity(grouped);
        for (index, digit) in self.text.chars().enumerate() {
            if index > 0 && index % 4 == 0 {
                caption.push(' ');
            }
            caption.push(digit);
        }
        caption
    }
}

impl std::fmt::Debug for Code128Symbol {
    /// Without text and modules: they may be a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Code128Symbol({} modules)", self.modules.len())
    }
}
