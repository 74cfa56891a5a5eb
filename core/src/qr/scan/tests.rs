use super::*;
use crate::qr::{ErrorCorrection, QrSymbol, Rotation};

fn picture_of(text: &str) -> (Vec<u8>, u32) {
    let raster = QrSymbol::encode(text, ErrorCorrection::Medium).unwrap().raster(5).unwrap();
    (raster.luma().to_vec(), raster.width())
}

#[test]
fn a_panic_of_the_decoder_is_contained_and_counted() {
    let (luma, side) = picture_of("EVP000000014471");
    let frame = Frame::new(&luma, side, side, side as usize, Rotation::None).unwrap();
    let mut scanner = Scanner::new();

    let report = scanner.scan_with(&frame, |_, _| panic!("crafted grid"));
    assert!(report.panics >= 1 && report.detections.is_empty(), "{report:?}");
    assert_eq!(scanner.panics(), u64::from(report.panics));

    let report = scanner.scan(&frame);
    assert_eq!(report.panics, 0);
    assert_eq!(report.detections.first().and_then(Detection::text), Some("EVP000000014471"));
}

#[test]
fn what_is_not_utf8_is_reported_as_bytes() {
    let (luma, side) = picture_of("EVP000000014471");
    let frame = Frame::new(&luma, side, side, side as usize, Rotation::None).unwrap();
    let report = Scanner::new().scan_with(&frame, |_, _| Some(vec![0xff, 0xfe, 0x41]));
    let detection = report.detections.first().unwrap();
    assert_eq!(detection.payload, Payload::Bytes(vec![0xff, 0xfe, 0x41]));
    assert_eq!(detection.text(), None);
}

#[test]
fn debug_output_does_not_show_what_was_read() {
    let (luma, side) = picture_of("0155567464130298871198969060");
    let frame = Frame::new(&luma, side, side, side as usize, Rotation::None).unwrap();
    let report = Scanner::new().scan(&frame);
    assert_eq!(report.detections.len(), 1);
    assert!(!format!("{report:?}").contains("0155567464"));
}
