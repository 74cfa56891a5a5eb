//! Between `paysera-bench` and a scanner of somebody else's in a process of its
//! own: a picture goes in, what was read comes out, both as plain bytes.
//!
//! All numbers are little-endian. The process has one engine; it answers each
//! request in turn and ends when its input does.
#![forbid(unsafe_code)]

use std::io::{self, Read, Write};
use std::time::Duration;

/// The most pixels in a request: a picture of 8000 x 6000.
pub const MAX_PIXELS: usize = 48_000_000;

/// The most bytes in one text, and the most texts in one answer.
const MAX_TEXT: usize = 1 << 16;
const MAX_TEXTS: usize = 1 << 12;

/// The symbols that may be looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Formats(u8);

impl Formats {
    /// QR codes.
    pub const QR: Self = Self(1);
    /// What the project's scanner looks for: QR codes, Code 128, EAN-13, EAN-8.
    pub const ALL: Self = Self(1 | 2 | 4 | 8);

    /// Whether this kind of symbol is looked for.
    #[must_use]
    pub const fn contains(self, kind: Kind) -> bool {
        self.0 & kind.bit() != 0
    }
}

/// A kind of symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A QR code.
    Qr,
    /// A Code 128 barcode.
    Code128,
    /// An EAN-13 barcode.
    Ean13,
    /// An EAN-8 barcode.
    Ean8,
    /// Anything else.
    Other,
}

impl Kind {
    const ALL: [Self; 5] = [Self::Qr, Self::Code128, Self::Ean13, Self::Ean8, Self::Other];

    const fn bit(self) -> u8 {
        match self {
            Self::Qr => 1,
            Self::Code128 => 2,
            Self::Ean13 => 4,
            Self::Ean8 => 8,
            Self::Other => 16,
        }
    }

    fn from_bit(bit: u8) -> io::Result<Self> {
        Self::ALL.into_iter().find(|kind| kind.bit() == bit).ok_or_else(|| damaged("an unknown kind"))
    }

    /// Its name in a report.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Qr => "QRCode",
            Self::Code128 => "Code128",
            Self::Ean13 => "EAN13",
            Self::Ean8 => "EAN8",
            Self::Other => "other",
        }
    }
}

/// A grey picture, and what to look for in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// What to look for.
    pub formats: Formats,
    /// The width in pixels.
    pub width: u32,
    /// The height in pixels.
    pub height: u32,
    /// One byte a pixel, rows without padding.
    pub luma: Vec<u8>,
}

/// A symbol that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol {
    /// What it is.
    pub kind: Kind,
    /// What it says; bytes that are no text are replaced.
    pub text: String,
}

/// What an engine made of a picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The symbols that it read.
    pub symbols: Vec<Symbol>,
    /// Time of the processor that its thread used.
    pub cpu: Duration,
    /// Time that passed.
    pub wall: Duration,
    /// Whether it panicked. The process went on.
    pub panicked: bool,
}

/// Writes a request from a borrowed picture.
///
/// # Errors
/// What the pipe says.
pub fn write_request(
    output: &mut impl Write,
    formats: Formats,
    width: u32,
    height: u32,
    luma: &[u8],
) -> io::Result<()> {
    output.write_all(&[formats.0])?;
    output.write_all(&width.to_le_bytes())?;
    output.write_all(&height.to_le_bytes())?;
    output.write_all(luma)?;
    output.flush()
}

/// Reads a request; none when the input ends before one begins.
///
/// # Errors
/// What the pipe says, and [`io::ErrorKind::InvalidData`] for what no request is.
pub fn read_request(input: &mut impl Read) -> io::Result<Option<Request>> {
    let mut formats = [0];
    if input.read(&mut formats)? == 0 {
        return Ok(None);
    }
    let [formats] = formats;
    let (width, height) = (read_u32(input)?, read_u32(input)?);
    let pixels = (width as usize).saturating_mul(height as usize);
    if pixels > MAX_PIXELS {
        return Err(damaged("too large a picture"));
    }
    let mut luma = vec![0; pixels];
    input.read_exact(&mut luma)?;
    Ok(Some(Request { formats: Formats(formats), width, height, luma }))
}

/// Writes an answer.
///
/// # Errors
/// What the pipe says.
pub fn write_answer(output: &mut impl Write, answer: &Answer) -> io::Result<()> {
    for time in [answer.cpu, answer.wall] {
        let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        output.write_all(&nanoseconds.to_le_bytes())?;
    }
    output.write_all(&[u8::from(answer.panicked)])?;
    let symbols = answer.symbols.get(..MAX_TEXTS).unwrap_or(&answer.symbols);
    output.write_all(&length_of(symbols.len()))?;
    for symbol in symbols {
        let text = symbol.text.as_bytes();
        let text = text.get(..MAX_TEXT).unwrap_or(text);
        output.write_all(&[symbol.kind.bit()])?;
        output.write_all(&length_of(text.len()))?;
        output.write_all(text)?;
    }
    output.flush()
}

/// Reads an answer.
///
/// # Errors
/// What the pipe says, and [`io::ErrorKind::InvalidData`] for what no answer is.
pub fn read_answer(input: &mut impl Read) -> io::Result<Answer> {
    let (cpu, wall) = (read_time(input)?, read_time(input)?);
    let panicked = read_u8(input)? != 0;
    let count = read_u32(input)? as usize;
    if count > MAX_TEXTS {
        return Err(damaged("too many symbols"));
    }
    let mut symbols = Vec::with_capacity(count);
    for _ in 0..count {
        let kind = Kind::from_bit(read_u8(input)?)?;
        let length = read_u32(input)? as usize;
        if length > MAX_TEXT {
            return Err(damaged("too long a text"));
        }
        let mut text = vec![0; length];
        input.read_exact(&mut text)?;
        symbols.push(Symbol { kind, text: String::from_utf8_lossy(&text).into_owned() });
    }
    Ok(Answer { symbols, cpu, wall, panicked })
}

fn length_of(count: usize) -> [u8; 4] {
    // Both lengths were cut to what fits.
    u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes()
}

fn read_u8(input: &mut impl Read) -> io::Result<u8> {
    let mut byte = [0];
    input.read_exact(&mut byte)?;
    let [byte] = byte;
    Ok(byte)
}

fn read_u32(input: &mut impl Read) -> io::Result<u32> {
    let mut bytes = [0; 4];
    input.read_exact(&mut bytes)?;
    Ok(u32::from_le_bytes(bytes))
}

fn read_time(input: &mut impl Read) -> io::Result<Duration> {
    let mut bytes = [0; 8];
    input.read_exact(&mut bytes)?;
    Ok(Duration::from_nanos(u64::from_le_bytes(bytes)))
}

fn damaged(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests;
