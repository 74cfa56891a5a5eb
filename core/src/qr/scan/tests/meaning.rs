//! What is said of what was read: its encoding, its place in a message, its kind.

use qrcode::bits::Bits;
use qrcode::canvas::Canvas;
use qrcode::ec::construct_codewords;
use qrcode::{Color, EcLevel, Version};

use super::*;
use crate::qr::{Encoding, Meaning, SequencePart, Stage, Symbology};

/// A symbol of version 2 at level M from its 28 bytes of data.
fn raw(data: &[u8]) -> Photo {
    let (version, level) = (Version::Normal(2), EcLevel::M);
    let (data, correction) = construct_codewords(data, version, level).unwrap();
    let mut canvas = Canvas::new(version, level);
    canvas.draw_all_functional_patterns();
    canvas.draw_data(&data, &correction);
    let modules = canvas.apply_best_mask().into_colors();
    Photo::of(8 * 33, 8 * 33, |x, y| {
        let (column, row) = ((x / 8).wrapping_sub(4), (y / 8).wrapping_sub(4));
        let dark = column < 25 && row < 25 && modules[row * 25 + column] == Color::Dark;
        if dark { 0 } else { 255 }
    })
}

#[test]
fn a_declared_encoding_is_followed() {
    let mut bits = Bits::new(Version::Normal(2));
    // ISO/IEC 8859-5, Cyrillic.
    bits.push_eci_designator(7).unwrap();
    bits.push_byte_data(&[0xbf, 0xe3, 0xe2, 0xd8]).unwrap();
    bits.push_terminator(EcLevel::M).unwrap();
    let report = raw(&bits.into_bytes()).look();
    let payload = &report.detections[0].payload;
    assert_eq!((payload.encoding, payload.text.as_deref()), (Encoding::Declared, Some("Пути")));
    assert_eq!(payload.bytes, [0xbf, 0xe3, 0xe2, 0xd8]);
}

#[test]
fn what_is_not_utf8_is_said_to_be_a_guess_and_means_nothing() {
    let mut bits = Bits::new(Version::Normal(2));
    bits.push_byte_data(b"EVP000000014471\xff").unwrap();
    bits.push_terminator(EcLevel::M).unwrap();
    let report = raw(&bits.into_bytes()).look();
    let detection = &report.detections[0];
    assert_eq!(detection.payload.encoding, Encoding::Guessed);
    assert_eq!(detection.payload.bytes, b"EVP000000014471\xff");
    assert_eq!(detection.meaning, Meaning::Foreign);
}

#[test]
fn kanji_that_name_no_encoding_are_a_guess() {
    let mut bits = Bits::new(Version::Normal(2));
    bits.push_kanji_data(&[0x93, 0xfa, 0x96, 0x7b]).unwrap();
    bits.push_terminator(EcLevel::M).unwrap();
    let report = raw(&bits.into_bytes()).look();
    let payload = &report.detections[0].payload;
    assert_eq!((payload.encoding, payload.text.as_deref()), (Encoding::Guessed, Some("日本")));
}

#[test]
fn a_part_of_a_message_is_said_to_be_one_and_means_nothing() {
    // Structured append (mode 3): part 1, counted from 0, of 3, parity 0x5a. Then
    // bytes (mode 4), 15 of them.
    let mut data = vec![0x31, 0x25, 0xa4, 0x0f];
    data.extend_from_slice(b"EVP000000014471");
    data.resize(28, 0);
    let report = raw(&data).look();
    let detection = &report.detections[0];
    assert_eq!(detection.payload.part, Some(SequencePart { index: 1, count: 3, id: 0x5a }));
    assert_eq!(detection.text(), Some("EVP000000014471"));
    assert_eq!(detection.meaning, Meaning::Foreign);
}

#[test]
fn a_part_that_no_message_has_is_no_symbol() {
    // Part 3, counted from 0, of 2.
    let mut data = vec![0x33, 0x15, 0xa4, 0x0f];
    data.extend_from_slice(b"EVP000000014471");
    data.resize(28, 0);
    let report = raw(&data).look();
    assert_eq!(report.detections.len(), 0, "{report:?}");
}

/// The bars of an EAN-13 or EAN-8, 1 is dark (ISO/IEC 15420).
pub(super) fn ean(digits: &[u8]) -> Vec<u8> {
    const LEFT: [u8; 10] = [0x0d, 0x19, 0x13, 0x3d, 0x23, 0x31, 0x2f, 0x3b, 0x37, 0x0b];
    const PARITIES: [u8; 10] = [0x00, 0x0b, 0x0d, 0x0e, 0x13, 0x19, 0x1c, 0x15, 0x16, 0x1a];
    let bits = |pattern: u8, count: u8| (0..count).rev().map(move |bit| pattern >> bit & 1);
    let (first, digits) = if digits.len() == 13 { digits.split_at(1) } else { (&[0_u8][..], digits) };
    let half = digits.len() / 2;
    let mut bars: Vec<u8> = bits(0b101, 3).collect();
    for (place, digit) in digits[..half].iter().enumerate() {
        let odd = LEFT[usize::from(*digit)];
        let is_even = half == 6 && PARITIES[usize::from(first[0])] >> (5 - place) & 1 == 1;
        // The even set is the odd one's complement, backwards.
        let pattern = if is_even { (!odd & 0x7f).reverse_bits() >> 1 } else { odd };
        bars.extend(bits(pattern, 7));
    }
    bars.extend(bits(0b0_1010, 5));
    digits[half..].iter().for_each(|digit| bars.extend(bits(!LEFT[usize::from(*digit)] & 0x7f, 7)));
    bars.extend(bits(0b101, 3));
    bars
}

pub(super) fn drawn_ean(digits: &str, pixels: usize) -> Photo {
    let digits: Vec<u8> = digits.bytes().map(|digit| digit - b'0').collect();
    let bars = ean(&digits);
    Photo::of((bars.len() + 30) * pixels, 160, |x, y| {
        let bar = (x / pixels).wrapping_sub(15);
        let dark = (30..130).contains(&y) && bars.get(bar) == Some(&1);
        if dark { 20 } else { 230 }
    })
}

#[test]
fn a_products_barcode_is_said_to_be_one() {
    for (digits, symbology) in [("4006381333931", Symbology::Ean13), ("96385074", Symbology::Ean8)] {
        let photo = drawn_ean(digits, 3);
        for photo in [photo.turned(), photo.soft(1), photo] {
            let report = photo.look();
            assert_eq!(texts(&report), [digits]);
            assert_eq!(report.detections[0].symbology, symbology);
            assert_eq!(report.detections[0].meaning, Meaning::Product);
        }
    }
}

#[test]
fn a_part_of_a_barcode_is_not_taken_for_a_products() {
    let mut chance = Chance(9);
    for _ in 0..150 {
        let digits: String = (0..28).map(|_| char::from(b'0' + chance.below(10) as u8)).collect();
        let raster = crate::qr::Code128Symbol::encode(&digits).unwrap().raster(2, 60).unwrap();
        let (width, cut) = (raster.width() as usize, 40 + chance.below(120) as usize);
        // Its end is beyond the picture's edge.
        let photo = Photo::of(width - cut, 120, |x, y| {
            if (20..80).contains(&y) { raster.luma()[(y - 20) * width + x] } else { 255 }
        });
        assert_eq!(texts(&photo.look()), Vec::<&str>::new(), "{digits}, {cut} pixels cut off");
    }
}

#[test]
fn a_piece_out_of_a_barcode_is_not_taken_for_a_products() {
    let digits = "0155567464130298871198969060";
    let mut chance = Chance(5);
    for round in 0..40 {
        let pixels = [4, 6, 7][round % 3];
        let raster = crate::qr::Code128Symbol::encode(digits).unwrap().raster(pixels, 40 * pixels).unwrap();
        let (all, high) = (raster.width() as usize, raster.height() as usize);
        // Its ends are beyond the picture's edges. Lines that slant come into it from above
        // and leave it below, and see nothing before and after the piece that they cross.
        let width = all * 7 / 8 - chance.below(60) as usize;
        let height = width * 9 / 16;
        let left = (all - width) / 2 + chance.below(20) as usize;
        let top = (height - high) / 2 + chance.below(20) as usize;
        let photo = Photo::of(width, height, |x, y| {
            if (top..top + high).contains(&y) { raster.luma()[(y - top) * all + left + x] } else { 200 }
        });
        let read = photo.soft(round % 2).look();
        assert_eq!(texts(&read), Vec::<&str>::new(), "{pixels} pixels, {width} from {left}, {top}");
    }
}

#[test]
fn bars_that_lie_in_a_blur_are_read() {
    for (pixels, soft) in [(2, 1), (3, 1), (5, 3)] {
        let report = drawn_ean("4006381333931", pixels).soft(soft).noisy(6, 3).look();
        assert_eq!(texts(&report), ["4006381333931"], "{pixels} pixels a module: {report:?}");
        assert_eq!(report.detections[0].stage, Stage::RaisedBars);
    }
}
