//! What a scan saw.

use std::fmt;
use std::time::Duration;

use super::stage::Stage;
use crate::code::{Code, CodeKind};
use crate::qr::frame::Point;

/// The kinds of symbol that are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Symbology {
    /// A QR code, also a mirrored or an inverted one.
    Qr,
    /// Code 128: a reservation code's barcode.
    Code128,
    /// EAN-13, also as UPC-A with a leading 0: a product.
    Ean13,
    /// EAN-8: a small product.
    Ean8,
}

impl Symbology {
    /// The name that people know it by.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Qr => "QR code",
            Self::Code128 => "Code 128",
            Self::Ean13 => "EAN-13",
            Self::Ean8 => "EAN-8",
        }
    }
}

impl fmt::Display for Symbology {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How a symbol's bytes became text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Encoding {
    /// They are UTF-8, as those of every code of Paysera are.
    Utf8,
    /// The symbol names its encoding (ECI).
    Declared,
    /// They are not UTF-8, and the symbol does not say what they are: the text
    /// is the likeliest, and nothing to act upon.
    Guessed,
}

/// Which part of a message a symbol is (structured append, ISO/IEC 18004 section 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SequencePart {
    /// Its place in the message, from 0; less than `count`.
    pub index: u8,
    /// Symbols in the message.
    pub count: u8,
    /// The parity of the whole message, equal in all of its symbols.
    pub id: u8,
}

/// What a symbol carries. `Debug` shows lengths only: a customer's reservation
/// code is a secret.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Payload {
    /// The bytes as they were read.
    pub bytes: Vec<u8>,
    /// The text, if they can be text.
    pub text: Option<String>,
    /// How they became text.
    pub encoding: Encoding,
    /// Set if the symbol is one part of a longer message; its text alone means nothing.
    pub part: Option<SequencePart>,
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Payload({} bytes, {:?}, part {:?})", self.bytes.len(), self.encoding, self.part)
    }
}

/// What a symbol means to the step that is scanning.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Meaning {
    /// A code that [`super::Scanner::expect`] asks for.
    Expected(Code),
    /// Another code of Paysera's: the shell can say which.
    OtherCode(CodeKind),
    /// A product's barcode.
    Product,
    /// Nothing of Paysera's: an address, a ticket, anything.
    Foreign,
}

/// A symbol in a frame.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Detection {
    /// What it carries.
    pub payload: Payload,
    /// What it is.
    pub symbology: Symbology,
    /// What it means.
    pub meaning: Meaning,
    /// Its corners in the frame's pixels as the buffer lies, without the quiet
    /// zone: the symbol's own top left, top right, bottom right, bottom left. Of
    /// a barcode, the ends of the lines that it was read along. See
    /// [`crate::qr::Frame::upright`].
    pub corners: [Point; 4],
    /// The stage that read it.
    pub stage: Stage,
}

impl Detection {
    /// The text, if it is text.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.payload.text.as_deref()
    }
}

/// Why a frame was not searched to the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SkipReason {
    /// There is nothing in it that could be a code's edges: it is even, or too
    /// blurred by motion.
    Featureless,
    /// More finder patterns than any picture of codes has: not all were looked at.
    TooManyFinders,
    /// The time was over before all was tried; the next frame goes on with the rest.
    OutOfTime,
}

/// What a scan saw.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ScanReport {
    /// The symbols that were read and are trusted, each once.
    pub detections: Vec<Detection>,
    /// Symbols that were read and are not trusted yet: they are reported once
    /// they were read again. See [`super::Trust`].
    pub unconfirmed: usize,
    /// The last stage that was tried.
    pub stage: Option<Stage>,
    /// What each stage took, in the order in which they were tried.
    pub spent: Vec<(Stage, Duration)>,
    /// The whole time.
    pub elapsed: Duration,
    /// Why the frame was not searched to the end, if it was not.
    pub skipped: Option<SkipReason>,
    /// Panics of a decoder on this frame. Each was contained and cost one symbol.
    pub panics: u32,
}
