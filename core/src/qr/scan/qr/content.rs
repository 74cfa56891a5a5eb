//! From modules to what they say.

use rxing::common::BitMatrix;
use rxing::qrcode::cpp_port::decoder::{CorrectErrors, Decode};
use rxing::qrcode::decoder::{BitMatrixParser, DataBlock};

use super::super::report::{Encoding, Payload, SequencePart};

/// What a symbol says, and how surely.
#[derive(Debug)]
pub(in super::super) struct Content {
    pub(in super::super) payload: Payload,
    /// The part of its error correction that was used up, 0 to 1: at 0 the
    /// symbol was read as it was drawn.
    pub(in super::super) strain: f32,
    pub(super) is_mirrored: bool,
}

/// Reads the modules of a symbol, also of a mirrored one.
pub(super) fn read(modules: &BitMatrix) -> Option<Content> {
    let decoded = Decode(modules).ok().filter(|decoded| decoded.isValid())?;
    let content = decoded.content();
    let bytes = content.bytes().to_vec();
    let encoding = match (content.has_eci, std::str::from_utf8(&bytes)) {
        (true, _) => Encoding::Declared,
        (false, Ok(_)) => Encoding::Utf8,
        (false, Err(_)) => Encoding::Guessed,
    };
    let text = if encoding == Encoding::Utf8 {
        String::from_utf8(bytes.clone()).ok()
    } else {
        Some(decoded.text()).filter(|text| !text.is_empty())
    };
    let append = decoded.structuredAppend();
    let part = match (u8::try_from(append.index), u8::try_from(append.count)) {
        // It contradicts itself: no symbol.
        (Ok(index), Ok(count)) if index >= count => return None,
        (Ok(index), Ok(count)) => Some(SequencePart { index, count, id: append.id.parse().unwrap_or(0) }),
        _ => None,
    };
    let is_mirrored = decoded.isMirrored();
    let strain = strain(modules, is_mirrored).unwrap_or(1.0);
    Some(Content { payload: Payload { bytes, text, encoding, part }, strain, is_mirrored })
}

/// The largest part of what a block's error correction can mend that it mended.
fn strain(modules: &BitMatrix, is_mirrored: bool) -> Option<f32> {
    let mut parser = BitMatrixParser::new(modules.clone()).ok()?;
    if is_mirrored {
        parser.setMirror(true);
        parser.mirror();
    }
    let version = parser.readVersion().ok()?;
    let level = parser.readFormatInformation().ok()?.getErrorCorrectionLevel();
    let codewords = parser.readCodewords().ok()?;
    let mut strain: f32 = 0.0;
    for block in DataBlock::getDataBlocks(&codewords, version, level).ok()? {
        let (read, data) = (block.getCodewords(), block.getNumDataCodewords());
        let mut mended = read.to_vec();
        CorrectErrors(&mut mended, data).ok()?;
        let errors = read.iter().zip(&mended).filter(|(read, mended)| read != mended).count();
        let mendable = (read.len() - data as usize) / 2;
        strain = strain.max(errors as f32 / mendable.max(1) as f32);
    }
    Some(strain)
}
