//! Frames that no camera takes, and frames made to overrun a scanner.

use proptest::prelude::*;

use super::*;
use crate::qr::{FrameError, MAX_FRAME_SIDE, SkipReason};

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
        let random = Photo::even(width, height, 0).map(|_| 0).noisy(255, chance.next() | 1);
        for photo in [Photo::even(width, height, 127), striped, random] {
            let mut scanner = Scanner::new().trusting(Trust::AtOnce);
            let budget = if width * height > 1_000_000 {
                Budget::Within(std::time::Duration::from_millis(30))
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
