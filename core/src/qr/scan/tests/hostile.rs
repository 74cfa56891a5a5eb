//! Frames that no camera takes, and frames made to overrun a scanner.

use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::qr::scan::qr::rqrr;
use crate::qr::{Code128Symbol, FrameError, MAX_FRAME_SIDE, Point, Region, SkipReason};

/// Finder patterns side by side over the whole frame.
pub(super) fn tiled(width: usize, height: usize, module: usize, gap: usize) -> Photo {
    let pitch = (7 + gap) * module;
    Photo::of(width, height, |x, y| {
        let (column, row) = ((x % pitch) / module, (y % pitch) / module);
        let ring = column.abs_diff(3).max(row.abs_diff(3));
        if ring == 2 || ring > 3 { 255 } else { 0 }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn arbitrary_bytes_are_answered(
        luma in proptest::collection::vec(any::<u8>(), 0..6000),
        (width, height, row_stride) in (0..120_u32, 0..120_u32, 0..130_usize),
    ) {
        if let Ok(frame) = Frame::new(&luma, width, height, row_stride, Rotation::None) {
            let report = Scanner::new().trusting(Trust::AtOnce).scan(&frame, Budget::Unlimited);
            prop_assert_eq!(report.panics, 0);
            prop_assert!(report.detections.is_empty(), "{:?}", report);
        }
    }
}

#[test]
fn frames_that_are_none_are_refused() {
    let luma = vec![0_u8; 20_000];
    let new = |width, height, row_stride| Frame::new(&luma, width, height, row_stride, Rotation::None).err();
    for (width, height) in [(0, 0), (1, 0), (0, 20_000)] {
        assert_eq!(new(width, height, width as usize), Some(FrameError::Empty { width, height }));
    }
    for (width, height) in [(MAX_FRAME_SIDE + 1, 8000), (100, u32::MAX), (u32::MAX, u32::MAX)] {
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
fn frames_of_every_size_are_answered() {
    let mut chance = Chance(11);
    for (width, height) in
        [(1, 1), (1, 500), (500, 1), (2, 3), (7, 9), (20, 20), (21, 8192), (8192, 21), (8000, 6000)]
    {
        let striped = Photo::of(width, height, |x, y| if (x / 3 + y / 2) % 2 == 0 { 0 } else { 255 });
        let random = Photo::even(width, height, 0).noisy(255, chance.next() | 1);
        for photo in [Photo::even(width, height, 127), striped, random] {
            let mut scanner = Scanner::new().trusting(Trust::AtOnce);
            let budget = if width * height > 1_000_000 {
                Budget::Within(Duration::from_millis(30))
            } else {
                Budget::Unlimited
            };
            let report = scanner.scan(&photo.frame(), budget);
            assert!(report.detections.is_empty() && report.panics == 0, "{width} x {height}: {report:?}");
        }
    }
}

#[test]
fn a_frame_full_of_finder_patterns_is_cut_short_and_says_so() {
    for (module, gap) in [(2, 1), (2, 3), (3, 1), (4, 1), (6, 2)] {
        let report = tiled(1280, 720, module, gap).look();
        assert_eq!(report.skipped, Some(SkipReason::TooManyFinders), "{module} px, gap {gap}: {report:?}");
        assert_eq!((report.panics, report.detections.len()), (0, 0));
    }
}

#[test]
fn scattered_finder_patterns_are_not_read_as_a_code() {
    let mut chance = Chance(5);
    for count in [3, 6, 12, 25, 50] {
        let mut photo = Photo::even(640, 480, 255);
        for _ in 0..count {
            let module = 2 + chance.below(4) as usize;
            let (left, top) = (chance.below(640 - 42) as usize, chance.below(480 - 42) as usize);
            for y in 0..7 * module {
                for x in 0..7 * module {
                    let ring = (x / module).abs_diff(3).max((y / module).abs_diff(3));
                    photo.luma[(top + y) * 640 + left + x] = if ring == 2 { 255 } else { 0 };
                }
            }
        }
        let report = photo.look();
        assert!(report.detections.is_empty() && report.panics == 0, "{count}: {report:?}");
    }
}

/// Paints squares in squares, 25 pixels a side and 27 apart, over the middle of
/// a picture: a ring, a gap that ends so far from their middle, and a stone.
fn with_squares(photo: &Photo, [gap, stone]: [usize; 2]) -> Photo {
    Photo::of(photo.width, photo.height, |x, y| {
        let inside = x % 27 < 25 && y % 27 < 25 && (54..540).contains(&x) && (270..378).contains(&y);
        let ring = (x % 27).abs_diff(12).max((y % 27).abs_diff(12));
        if inside && (ring > gap || ring <= stone) { 0 } else { photo.luma[y * photo.width + x] }
    })
}

#[test]
fn the_search_of_rqrr_gets_no_picture_full_of_finder_patterns() {
    let code = Photo::even(600, 600, 255).with(&symbol(TRANSACTION).raster(6).unwrap(), 40, 390);
    let ends_soon = |photo: &Photo| rqrr::ends_soon(&black_and_white(photo));
    assert!(ends_soon(&code));
    assert!(!ends_soon(&with_squares(&code, [8, 5])), "finder patterns");
    assert!(!ends_soon(&with_squares(&code, [5, 4])), "with thick rings");
    // A line that is like a finder pattern as wide as the picture hides none around it.
    let mut lined = with_squares(&code, [8, 5]);
    for x in 0..600 {
        lined.luma[262 * 600 + x] = if matches!(x * 7 / 600, 0 | 2..=4 | 6) { 0 } else { 255 };
    }
    assert!(!ends_soon(&lined), "around a long line");
}

#[test]
fn the_search_of_rqrr_sees_what_was_counted() {
    // Almost black on black, which only a threshold of its own would tell apart.
    let faint = Photo::even(600, 600, 3).with(&symbol("EVP000000014471").raster(4).unwrap(), 40, 20);
    let mut photo = faint.map(|luma| if luma > 0 { 3 } else { 0 });
    for y in 0..90 {
        for x in 0..90 {
            let (column, row) = ((x / 10_usize).abs_diff(4), (y / 10_usize).abs_diff(4));
            let ring = column.max(row);
            photo.luma[(500 + y) * 600 + 500 + x] = if ring == 2 || ring == 4 { 255 } else { 0 };
        }
    }
    assert!(rqrr::pass(&black_and_white(&photo)).readings.is_empty());
}

#[test]
fn any_view_size_and_budget_after_any_other_is_answered() {
    let mut chance = Chance(77);
    let mut scanner = Scanner::new();
    let qr = symbol("EVP000000014471").raster(4).unwrap();
    let bars = Code128Symbol::encode("0155567464130298871198969060").unwrap().raster(2, 40).unwrap();
    let mut read = 0;
    for _ in 0..200 {
        let (width, height) = (500 + chance.below(300), 250 + chance.below(300));
        let mut photo = Photo::even(width as usize, height as usize, 200);
        for raster in [&qr, &bars] {
            let (left, top) = (width - u64::from(raster.width()), height - u64::from(raster.height()));
            photo = photo.with(raster, chance.below(left + 1) as usize, chance.below(top + 1) as usize);
        }
        let mut side = |most| chance.below(most) as u32;
        let region = Region { left: side(700), top: side(600), width: side(700), height: side(600) };
        let frame = if chance.below(2) == 0 { photo.frame() } else { photo.frame().within(region) };
        let budget = match chance.below(4) {
            0 => Budget::Unlimited,
            1 => Budget::Within(Duration::MAX),
            _ => Budget::Within(Duration::from_millis(chance.below(30))),
        };
        let report = scanner.scan(&frame, budget);
        assert_eq!(report.panics, 0);
        let Region { left, top, width, height } = frame.view();
        for Point { x, y } in report.detections.iter().flat_map(|detection| detection.corners) {
            read += 1;
            let near = |at: f32, start: u32, size: u32| {
                (start as f32 - 3.0..(start + size) as f32 + 3.0).contains(&at)
            };
            assert!(near(x, left, width) && near(y, top, height), "{report:?} {:?}", frame.view());
        }
    }
    assert!(read > 100, "{read}");
}
