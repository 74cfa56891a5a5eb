//! What is read of a single picture.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::code::{
    AccountNumber, AppLink, Code, LocationId, ReservationCode, SpotIdentifier, TransactionKey, WalletId,
};
use crate::qr::scan::bars::{self, Lines, Look, Votes};
use crate::qr::scan::budget::Deadline;
use crate::qr::scan::picture::Picture;
use crate::qr::scan::qr::rqrr;
use crate::qr::{Code128Symbol, Meaning, Point, Stopwatch, Symbology, SystemStopwatch};

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
        pixels_per_module in 2..=8_u32,
        print in any::<bool>(),
        (left, top, padding) in (0..90_usize, 0..90_usize, 0..40_usize),
        quarter_turns in 0..4,
    ) {
        let text = if linked { AppLink(code.clone()).to_text() } else { code.to_text() };
        let correction = if print { ErrorCorrection::PRINT } else { ErrorCorrection::SCREEN };
        let raster = QrSymbol::encode(&text, correction).unwrap().raster(pixels_per_module).unwrap();
        let (width, height) = (left + raster.width() as usize + 7, top + raster.height() as usize + 60);
        let mut photo = Photo::even(width, height, 180).with(&raster, left, top);
        for _ in 0..quarter_turns {
            photo = photo.turned();
        }
        // In rows that are longer than the picture is wide.
        let row_stride = photo.width + padding;
        let luma: Vec<u8> = photo
            .luma
            .chunks_exact(photo.width)
            .flat_map(|row| row.iter().copied().chain(std::iter::repeat_n(0, padding)))
            .collect();
        let frame = Frame::new(&luma, photo.width as u32, photo.height as u32, row_stride, Rotation::None);
        let report = Scanner::new().trusting(Trust::AtOnce).scan(&frame.unwrap(), Budget::Unlimited);
        prop_assert_eq!(texts(&report), vec![text.as_str()], "{:?}", report);
        let meaning = report.detections[0].meaning.clone();
        prop_assert_eq!(meaning, Meaning::Expected(code));
    }

    #[test]
    fn a_drawn_reservation_code_is_read_from_its_barcode(
        digits in "[0-9]{20,40}",
        module in 1..=4_u32,
        height in 20..90_u32,
        quarter_turns in 0..4,
    ) {
        let raster = Code128Symbol::encode(&digits).unwrap().raster(module, height).unwrap();
        let (width, high) = (raster.width() as usize + 30, raster.height() as usize + 80);
        let mut photo = Photo::even(width, high, 255).with(&raster, 15, 40);
        for _ in 0..quarter_turns {
            photo = photo.turned();
        }
        let report = photo.look();
        prop_assert_eq!(texts(&report), vec![digits.as_str()], "{:?}", report);
        prop_assert_eq!(report.detections[0].symbology, Symbology::Code128);
    }
}

#[test]
fn a_long_barcode_is_read_at_any_angle() {
    let digits = "0155567464130298871198969060";
    let raster = Code128Symbol::encode(digits).unwrap().raster(3, 90).unwrap();
    for degrees in (0..180).step_by(15) {
        let (sine, cosine) = (degrees as f32).to_radians().sin_cos();
        let (width, height) = (raster.width() as f32, raster.height() as f32);
        let photo = Photo::of(760, 760, |x, y| {
            let (x, y) = (x as f32 - 380.0, y as f32 - 380.0);
            let (along, down) = (x * cosine + y * sine + width / 2.0, y * cosine - x * sine + height / 2.0);
            let inside = (0.0..width).contains(&along) && (0.0..height).contains(&down);
            if inside { raster.luma()[down as usize * raster.width() as usize + along as usize] } else { 230 }
        });
        assert_eq!(texts(&photo.soft(1).look()), [digits], "{degrees} degrees");
    }
}

#[test]
fn a_mirrored_and_an_inverted_code_are_read() {
    let photo = drawn(TRANSACTION, 4);
    assert_eq!(texts(&photo.mirrored().look()), [TRANSACTION]);
    assert_eq!(texts(&photo.clone().map(|luma| 255 - luma).look()), [TRANSACTION]);
    assert_eq!(
        texts(&photo.map(|luma| 120 - luma / 4).look()),
        [TRANSACTION],
        "light on dark, low in contrast"
    );
}

#[test]
fn a_mirrored_codes_corners_are_its_own() {
    let photo = drawn(TRANSACTION, 4);
    let [top_left, top_right, ..] = photo.mirrored().look().detections[0].corners;
    assert!(top_left.x > top_right.x, "mirrored, the symbol's left is at the right");
}

#[test]
fn soft_noisy_and_dim_codes_are_read() {
    let photo = drawn(TRANSACTION, 6);
    assert_eq!(texts(&photo.soft(2).look()), [TRANSACTION]);
    assert_eq!(texts(&photo.clone().noisy(50, 7).look()), [TRANSACTION]);
    assert_eq!(texts(&photo.clone().map(|luma| 90 + luma / 8).look()), [TRANSACTION]);
    assert_eq!(texts(&photo.soft(1).noisy(20, 8).look()), [TRANSACTION]);
}

#[test]
fn small_and_very_large_modules_are_read() {
    for pixels in [1, 2, 3, 12, 25, 40] {
        assert_eq!(texts(&drawn(TRANSACTION, pixels).look()), [TRANSACTION], "{pixels} pixels a module");
    }
}

#[test]
fn the_smallest_code_is_read_wherever_it_lies() {
    let raster = symbol("EVP000000014471").raster(1).unwrap();
    for (left, top) in (0..64).map(|at| (60 + at % 8, 50 + at / 8)) {
        let report = Photo::even(200, 160, 255).with(&raster, left, top).look();
        assert_eq!(texts(&report), ["EVP000000014471"], "at {left}, {top}: {report:?}");
    }
}

#[test]
fn a_tilted_code_is_read() {
    for degrees in [15.0_f32, 30.0, 45.0, 50.0] {
        let (sine, cosine) = degrees.to_radians().sin_cos();
        // Seen from 60 modules away.
        let photo = Photo::bent(&symbol(TRANSACTION), 400, |x, y| {
            let nearer = 60.0 / (60.0 + x * sine);
            (x * cosine * nearer * 9.0, y * nearer * 9.0)
        });
        assert_eq!(texts(&photo.look()), [TRANSACTION], "{degrees} degrees");
    }
}

#[test]
fn a_code_on_a_can_is_read() {
    // Around a cylinder, with the ends of its rows lower than their middle.
    let photo = Photo::bent(&symbol(TRANSACTION), 300, |x, y| {
        let angle = x / 16.0;
        (16.0 * angle.sin() * 9.0, (y - 3.0 * angle.cos()) * 8.0)
    });
    assert_eq!(texts(&photo.look()), [TRANSACTION]);
}

#[test]
fn several_codes_in_one_picture_are_all_read() {
    let expected = ["EVP000000014471", TRANSACTION, "0155567464130298871198969060"];
    let mut photo = Photo::even(640, 480, 200);
    for (text, (left, top)) in expected.iter().zip([(10, 20), (350, 10), (200, 260)]) {
        photo = photo.with(&symbol(text).raster(6).unwrap(), left, top);
    }
    let report = photo.look();
    let mut found = texts(&report);
    found.sort_unstable();
    let mut expected = expected.to_vec();
    expected.sort_unstable();
    assert_eq!(found, expected);
}

#[test]
fn barcodes_above_and_below_another_are_read() {
    let text = "0155567464130298871198969060";
    let barcode = Code128Symbol::encode(text).unwrap().raster(2, 60).unwrap();
    let product = meaning::drawn_ean("4006381333931", 3);
    let product = Raster::new(product.width as u32, product.height as u32, product.luma).unwrap();
    for top in [20, 390] {
        let photo = Photo::even(640, 480, 255).with(&product, 100, 160).with(&barcode, 100, top);
        let mut scanner = expecting(CodeKind::Reservation).trusting(Trust::AtOnce);
        let report = scanner.scan(&photo.frame(), Budget::Unlimited);
        assert!(texts(&report).contains(&text), "{report:?}");
    }
}

#[test]
fn a_barcodes_corners_lie_in_the_picture() {
    let raster = Code128Symbol::encode("0155567464130298871198969060").unwrap().raster(2, 60).unwrap();
    let (width, height) = (raster.width() as f32, raster.height() as f32);
    for (degrees, up) in
        [(0.0_f32, 210.0), (9.0, 200.0), (15.0, 210.0), (15.0, 220.0), (20.0, 200.0), (30.0, 170.0)]
    {
        let (sine, cosine) = degrees.to_radians().sin_cos();
        // Near the upper edge, and partly beyond it.
        let photo = Photo::of(560, 480, |x, y| {
            let (x, y) = (x as f32 - 280.0, y as f32 - 240.0 + up);
            let (along, down) = (x * cosine + y * sine + width / 2.0, y * cosine - x * sine + height / 2.0);
            let inside = (0.0..width).contains(&along) && (0.0..height).contains(&down);
            if inside { raster.luma()[down as usize * raster.width() as usize + along as usize] } else { 230 }
        });
        for Point { x, y } in photo.look().detections.iter().flat_map(|detection| detection.corners) {
            let inside = (0.0..=560.0).contains(&x) && (0.0..=480.0).contains(&y);
            assert!(inside, "{degrees} degrees, {up} up: {x}, {y}");
        }
    }
}

#[test]
fn a_row_at_the_edge_is_one_line_and_no_barcode() {
    let bars = meaning::ean(&[4, 0, 0, 6, 3, 8, 1, 3, 3, 3, 9, 3, 1]);
    let photo = Photo::of(800, 240, |x, y| {
        let dark = y == 239 && x >= 500 && bars.get((x - 500) / 3) == Some(&1);
        if dark { 0 } else { 230 }
    });
    let (frame, mut picture) = (photo.frame(), Picture::default());
    picture.load(&frame, frame.view());
    let stopwatch: Arc<dyn Stopwatch> = Arc::new(SystemStopwatch::new());
    let deadline = Deadline::start(&stopwatch, Budget::Unlimited);
    let lines = Lines { count: 48, turn: 0, look: Look::Plain, slopes: &[0.325, -0.325, 0.51, -0.51] };
    let readings = bars::pass(&picture, lines, &mut Votes::default(), &deadline);
    assert_eq!(readings.len(), 0, "lines that leave the picture go along its edge");
}

#[test]
fn rqrr_gives_a_codes_own_corners() {
    let photo = Photo::even(500, 400, 200).with(&symbol(TRANSACTION).raster(8).unwrap(), 100, 60);
    let square = |left, right| [(left, 92.0), (right, 92.0), (right, 292.0), (left, 292.0)];
    for (photo, expected) in [(photo.clone(), square(132.0, 332.0)), (photo.mirrored(), square(368.0, 168.0))]
    {
        let corners = rqrr::pass(&black_and_white(&photo)).readings[0].corners;
        for (corner, (x, y)) in corners.iter().zip(expected) {
            let off = (corner.x - x).hypot(corner.y - y);
            assert!(off < 4.0, "{corner:?} is {off} pixels off");
        }
    }
}

#[test]
fn corners_follow_the_symbol_and_upright_follows_the_camera() {
    let raster = symbol("EVP000000014471").raster(6).unwrap();
    let photo = Photo::even(240, 260, 180).with(&raster, 30, 50).turned();
    let (width, height) = (photo.width as u32, photo.height as u32);
    let frame = Frame::new(&photo.luma, width, height, photo.width, Rotation::ThreeQuarters).unwrap();
    let report = Scanner::new().trusting(Trust::AtOnce).scan(&frame, Budget::Unlimited);
    // Turned clockwise, the symbol's top left corner lies at the buffer's top right.
    let top_left = report.detections[0].corners[0];
    let (x, y) = (260.0 - 50.0 - 24.0, 30.0 + 24.0);
    assert!((top_left.x - x).hypot(top_left.y - y) < 3.0, "{top_left:?} is not at {x}, {y}");
    let upright = frame.upright(top_left);
    assert!((upright.x - top_left.y).abs() < 0.01 && (upright.y - (260.0 - top_left.x)).abs() < 0.01);
}

#[test]
fn a_large_frame_is_reduced_and_its_corners_are_in_frame_pixels() {
    let raster = symbol(TRANSACTION).raster(40).unwrap();
    let report = Photo::even(8000, 6000, 180).with(&raster, 3000, 2000).look();
    assert_eq!(texts(&report), [TRANSACTION]);
    let (near, far) = (160.0, 160.0 + 25.0 * 40.0);
    let expected = [(near, near), (far, near), (far, far), (near, far)];
    for (corner, (x, y)) in report.detections[0].corners.iter().zip(expected) {
        let off = (corner.x - 3000.0 - x).hypot(corner.y - 2000.0 - y);
        assert!(off < 40.0, "{corner:?} is {off} pixels off");
    }
}

#[test]
fn debug_output_does_not_show_what_was_read() {
    let secret = "0155567464130298871198969060";
    let report = drawn(secret, 5).look();
    assert_eq!(texts(&report), [secret]);
    assert!(!format!("{report:?}").contains("0155567464"), "{report:?}");
}
