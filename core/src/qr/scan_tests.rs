use proptest::prelude::*;

use super::*;
use crate::code::{
    AccountNumber, AppLink, Code, LocationId, ReservationCode, SpotIdentifier, TransactionKey, WalletId,
};

/// Lays a picture on a grey ground with clutter-free margins, in rows of `row_stride` bytes.
fn lay(raster: &Raster, left: usize, top: usize, size: (usize, usize), row_stride: usize) -> Vec<u8> {
    let mut luma = vec![180; row_stride * size.1];
    let width = raster.width() as usize;
    for (y, row) in raster.luma().chunks_exact(width).enumerate() {
        let start = (top + y) * row_stride + left;
        luma[start..start + width].copy_from_slice(row);
    }
    luma
}

fn scan(luma: &[u8], width: usize, height: usize, row_stride: usize) -> ScanReport {
    let frame =
        Frame::new(luma, width.try_into().unwrap(), height.try_into().unwrap(), row_stride, Rotation::None);
    Scanner::new().scan(&frame.unwrap())
}

fn texts(report: &ScanReport) -> Vec<&str> {
    report.detections.iter().map(|detection| detection.text().unwrap()).collect()
}

/// A quarter turn clockwise.
fn turned(raster: &Raster) -> Raster {
    let (width, height) = (raster.width() as usize, raster.height() as usize);
    let luma = (0..width)
        .flat_map(|y| (0..height).map(move |x| (x, y)))
        .map(|(x, y)| raster.luma()[(height - 1 - x) * width + y])
        .collect();
    Raster::new(raster.height(), raster.width(), luma).unwrap()
}

fn any_code() -> impl Strategy<Value = Code> {
    let key = || "[a-zA-Z0-9]{20}".prop_map(|text| TransactionKey::parse(&text).unwrap());
    prop_oneof![
        key().prop_map(Code::Transaction),
        (any::<u64>(), "[a-zA-Z0-9čšž -]{0,15}[a-z]").prop_map(|(location, name)| Code::Spot {
            location: LocationId(location),
            identifier: SpotIdentifier::parse(&name).unwrap(),
        }),
        (1..=WalletId::MAX).prop_map(|number| Code::Wallet(WalletId::new(number).unwrap())),
        "[0-9]{13}".prop_map(|digits| Code::Account(AccountNumber::parse(&format!("EVP{digits}")).unwrap())),
        "[0-9]{20,40}".prop_map(|digits| Code::Reservation(ReservationCode::parse(&digits).unwrap())),
        (key(), proptest::option::of("[a-z]{3,8}://[a-z/]{1,20}"))
            .prop_map(|(key, callback)| Code::DeepLink { key, callback }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_drawn_code_is_read_back(
        code in any_code(),
        linked in any::<bool>(),
        pixels_per_module in 3..=8_u32,
        print in any::<bool>(),
        (left, top, padding) in (0..90_usize, 0..90_usize, 0..40_usize),
        quarter_turns in 0..4,
    ) {
        let text = if linked { AppLink(code.clone()).to_text() } else { code.to_text() };
        let correction = if print { ErrorCorrection::PRINT } else { ErrorCorrection::SCREEN };
        let mut raster = QrSymbol::encode(&text, correction).unwrap().raster(pixels_per_module).unwrap();
        for _ in 0..quarter_turns {
            raster = turned(&raster);
        }
        let (width, height) = (left + raster.width() as usize + 7, top + raster.height() as usize + 60);
        let luma = lay(&raster, left, top, (width, height), width + padding);
        let report = scan(&luma, width, height, width + padding);
        prop_assert_eq!(texts(&report), vec![text.as_str()], "{:?}", report);
        prop_assert_eq!(Code::parse(&text).unwrap(), code);
    }

    #[test]
    fn arbitrary_bytes_are_answered(
        luma in proptest::collection::vec(any::<u8>(), 0..6000),
        (width, height, row_stride) in (0..120_u32, 0..120_u32, 0..130_usize),
    ) {
        if let Ok(frame) = Frame::new(&luma, width, height, row_stride, Rotation::None) {
            let report = Scanner::new().scan(&frame);
            prop_assert_eq!(report.panics, 0);
            prop_assert!(report.detections.is_empty());
        }
    }
}

#[test]
fn frames_that_are_none_are_refused() {
    let luma = vec![0_u8; 20_000];
    let new = |width, height, row_stride| Frame::new(&luma, width, height, row_stride, Rotation::None).err();
    for (width, height) in [(0, 0), (1, 1), (20_000, 1), (20, 100), (100, 20)] {
        assert_eq!(new(width, height, width as usize), Some(FrameError::TooSmall { width, height }));
    }
    for (width, height) in [(8193, 8000), (100, u32::MAX), (u32::MAX, u32::MAX)] {
        assert_eq!(new(width, height, width as usize), Some(FrameError::TooLarge { width, height }));
    }
    assert_eq!(new(100, 100, 99), Some(FrameError::Stride { width: 100, row_stride: 99 }));
    assert_eq!(new(100, 100, 0), Some(FrameError::Stride { width: 100, row_stride: 0 }));
    assert_eq!(new(100, 100, 202), Some(FrameError::TooShort { needed: 20_098, got: 20_000 }));
    assert_eq!(new(100, 100, usize::MAX), Some(FrameError::TooShort { needed: usize::MAX, got: 20_000 }));
    // The padding after the last row may be missing.
    assert_eq!(new(100, 100, 201), None);
}

#[test]
fn empty_frames_of_every_size_are_answered() {
    for (width, height) in [(21, 21), (21, 8192), (640, 480), (8000, 6000)] {
        for value in [0_u8, 127, 255] {
            let report = scan(&vec![value; width * height], width, height, width);
            assert_eq!(report, ScanReport::default(), "{width} x {height}, all {value}");
        }
    }
}

#[test]
fn a_large_frame_is_reduced_and_its_corners_are_in_frame_pixels() {
    let text = "PAYSERA%ATaNL6X6CivO2Ou0FMPt";
    let symbol = QrSymbol::encode(text, ErrorCorrection::SCREEN).unwrap();
    let raster = symbol.raster(40).unwrap();
    let luma = lay(&raster, 3000, 2000, (8000, 6000), 8000);
    let frame = Frame::new(&luma, 8000, 6000, 8000, Rotation::None).unwrap();
    let report = Scanner::new().scan(&frame);
    assert_eq!(texts(&report), [text]);
    let (near, far) = (160.0, 160.0 + 25.0 * 40.0);
    let expected = [(near, near), (far, near), (far, far), (near, far)];
    for (corner, (x, y)) in report.detections[0].corners.iter().zip(expected) {
        let off = (corner.x - 3000.0 - x).hypot(corner.y - 2000.0 - y);
        assert!(off < 20.0, "{corner:?} is {off} pixels off");
    }
}

#[test]
fn corners_follow_the_symbol_and_upright_follows_the_camera() {
    let raster = QrSymbol::encode("EVP000000014471", ErrorCorrection::SCREEN).unwrap().raster(6).unwrap();
    let turned = turned(&raster);
    let luma = lay(&turned, 30, 50, (300, 260), 300);
    let frame = Frame::new(&luma, 300, 260, 300, Rotation::ThreeQuarters).unwrap();
    let report = Scanner::new().scan(&frame);
    // Turned clockwise, the symbol's top left corner lies at the buffer's top right.
    let side = 21.0 * 6.0;
    let top_left = report.detections[0].corners[0];
    assert!((top_left.x - (30.0 + 24.0 + side)).abs() < 2.0 && (top_left.y - (50.0 + 24.0)).abs() < 2.0);
    let upright = frame.upright(top_left);
    assert!((upright.x - top_left.y).abs() < 0.01 && (upright.y - (300.0 - top_left.x)).abs() < 0.01);
}

#[test]
fn upright_maps_the_buffers_corner_to_where_the_turn_takes_it() {
    let luma = vec![0_u8; 100 * 50];
    for (rotation, x, y) in [
        (Rotation::None, 0.0, 0.0),
        (Rotation::Quarter, 50.0, 0.0),
        (Rotation::Half, 100.0, 50.0),
        (Rotation::ThreeQuarters, 0.0, 100.0),
    ] {
        let frame = Frame::new(&luma, 100, 50, 100, rotation).unwrap();
        assert_eq!(frame.upright(Point { x: 0.0, y: 0.0 }), Point { x, y }, "{rotation:?}");
    }
}

#[test]
fn several_codes_in_one_frame_are_all_read() {
    let expected = ["EVP000000014471", "PAYSERA%ATaNL6X6CivO2Ou0FMPt", "0155567464130298871198969060"];
    let mut luma = vec![200_u8; 640 * 480];
    for (text, (left, top)) in expected.iter().zip([(10, 20), (350, 10), (200, 260)]) {
        let raster = QrSymbol::encode(text, ErrorCorrection::SCREEN).unwrap().raster(6).unwrap();
        let width = raster.width() as usize;
        for (y, row) in raster.luma().chunks_exact(width).enumerate() {
            let start = (top + y) * 640 + left;
            luma[start..start + width].copy_from_slice(row);
        }
    }
    let report = scan(&luma, 640, 480, 640);
    let mut found = texts(&report);
    found.sort_unstable();
    let mut expected = expected.to_vec();
    expected.sort_unstable();
    assert_eq!(found, expected);
}

/// Finder patterns side by side over the whole frame.
fn tiled(width: usize, height: usize, module: usize, gap: usize) -> Vec<u8> {
    let pitch = (7 + gap) * module;
    let mut luma = Vec::with_capacity(width * height);
    for y in 0..height {
        for x in 0..width {
            let (column, row) = ((x % pitch) / module, (y % pitch) / module);
            let ring = column.abs_diff(3).max(row.abs_diff(3));
            luma.push(if ring == 2 || ring > 3 { 255 } else { 0 });
        }
    }
    luma
}

#[test]
fn a_frame_full_of_finder_patterns_is_skipped_and_says_so() {
    for (module, gap) in [(1, 1), (1, 2), (2, 1), (2, 3), (3, 1), (4, 1), (6, 2)] {
        let report = scan(&tiled(1280, 720, module, gap), 1280, 720, 1280);
        assert_eq!(report.skipped, Some(SkipReason::TooManyFinders), "{module} px, gap {gap}: {report:?}");
        assert_eq!((report.grids, report.detections.len()), (0, 0));
    }
}

#[test]
fn a_frame_with_many_finder_patterns_is_searched_within_its_bound() {
    let report = scan(&tiled(1280, 720, 12, 2), 1280, 720, 1280);
    assert_eq!(report.skipped, None);
    assert!(report.finders > 50 && report.grids <= 24, "{report:?}");
}
