//! What frames of a camera make of each other.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::*;
use crate::code::Code;
use crate::qr::{Meaning, Region, SkipReason, Stage, Stopwatch};

/// A camera's budget, and more than any machine needs: what a frame gets does
/// not depend on how busy this one is.
const BUDGET: Budget = Budget::Within(Duration::from_secs(600));

/// Each look at it takes a hundred microseconds.
#[derive(Debug, Default)]
struct Ticking {
    looks: AtomicU64,
}

impl Stopwatch for Ticking {
    fn now(&self) -> Duration {
        Duration::from_micros(100 * self.looks.fetch_add(1, Ordering::Relaxed))
    }
}

fn stages(report: &ScanReport) -> Vec<Stage> {
    report.spent.iter().map(|(stage, _)| *stage).collect()
}

/// A code with some of its modules painted over: read with corrected errors.
fn damaged() -> Photo {
    let mut photo = drawn(TRANSACTION, 6);
    for y in 120..132 {
        let start = y * photo.width + 110;
        photo.luma[start..start + 18].fill(0);
    }
    photo
}

#[test]
fn a_code_without_an_error_is_trusted_at_once() {
    let report = Scanner::new().scan(&drawn(TRANSACTION, 6).frame(), BUDGET);
    assert_eq!((texts(&report), report.unconfirmed), (vec![TRANSACTION], 0));
}

#[test]
fn a_code_with_errors_is_trusted_once_it_was_read_twice() {
    let photo = damaged();
    let mut scanner = Scanner::new();
    let report = scanner.scan(&photo.frame(), BUDGET);
    assert_eq!((texts(&report).len(), report.unconfirmed), (0, 1));
    let report = scanner.scan(&photo.frame(), BUDGET);
    assert_eq!((texts(&report), report.unconfirmed), (vec![TRANSACTION], 0));

    let report = Scanner::new().trusting(Trust::AtOnce).scan(&photo.frame(), BUDGET);
    assert_eq!(texts(&report), [TRANSACTION]);
}

#[test]
fn a_code_that_several_stages_read_waits_once() {
    let mut scanner = expecting(CodeKind::Reservation);
    let report = scanner.scan(&damaged().frame(), BUDGET);
    assert!(report.spent.len() > 1, "the search goes on past it");
    assert_eq!((report.detections.len(), report.unconfirmed), (0, 1));
}

#[test]
fn a_code_that_one_stage_reads_without_an_error_waits_no_longer() {
    let (text, module) = ("EVP000000014471", 8);
    let mut photo = drawn(text, module);
    let symbol = symbol(text);
    let dark = (9..14).flat_map(|row| (9..14).map(move |column| (column, row)));
    // Dots in the middles of modules, which the picture at half its size hides.
    for (column, row) in dark.filter(|&(column, row)| symbol.is_dark(column, row)).take(3) {
        let middle = |at: u32| 20 + ((4 + at) * module + module / 2) as usize;
        for (x, y) in (0..9).map(|at| (middle(column) + at % 3 - 1, middle(row) + at / 3 - 1)) {
            photo.luma[y * photo.width + x] = 255;
        }
    }
    let first = expecting(CodeKind::Reservation).scan(&photo.frame(), BUDGET);
    assert_eq!((first.detections.len(), first.unconfirmed), (1, 0), "{first:?}");
}

#[test]
fn a_damaged_code_that_is_there_twice_is_trusted_twice() {
    let one = damaged();
    let raster = Raster::new(one.width as u32, one.height as u32, one.luma).unwrap();
    let both = Photo::even(600, 300, 200).with(&raster, 10, 10).with(&raster, 310, 20);
    let mut scanner = Scanner::new();
    let seen = [0; 3].map(|_| {
        let report = scanner.scan(&both.frame(), BUDGET);
        (report.detections.len(), report.unconfirmed)
    });
    assert_eq!(seen, [(0, 2), (2, 0), (2, 0)]);
}

#[test]
fn a_tall_barcode_is_one() {
    let bars = meaning::ean(&[9, 6, 3, 8, 5, 0, 7, 4]);
    for top in [0, 100, 200] {
        let photo = Photo::of(640, 480, |x, y| {
            let dark = (top..top + 240).contains(&y) && x >= 250 && bars.get((x - 250) / 2) == Some(&1);
            if dark { 10 } else { 240 }
        });
        let mut scanner = expecting(CodeKind::Reservation);
        for frame in 0..12 {
            let report = scanner.scan(&photo.frame(), BUDGET);
            assert_eq!(report.detections.len() + report.unconfirmed, 1, "frame {frame}: {report:?}");
        }
    }
}

#[test]
fn what_was_read_long_ago_confirms_nothing() {
    let (photo, empty) = (damaged(), Photo::even(300, 300, 90));
    let mut scanner = Scanner::new();
    assert_eq!(scanner.scan(&photo.frame(), BUDGET).unconfirmed, 1);
    for _ in 0..6 {
        scanner.scan(&empty.frame(), BUDGET);
    }
    assert_eq!(scanner.scan(&photo.frame(), BUDGET).unconfirmed, 1);
    scanner.forget();
    assert_eq!(scanner.scan(&photo.frame(), BUDGET).unconfirmed, 1);
}

#[test]
fn the_last_place_is_looked_at_first_and_is_enough_most_of_the_time() {
    let raster = symbol(TRANSACTION).raster(5).unwrap();
    let mut scanner = Scanner::new();
    for frame in 0..9 {
        // A hand moves a little.
        let photo = Photo::even(640, 480, 200).with(&raster, 200 + 3 * frame, 150 + 2 * frame);
        let report = scanner.scan(&photo.frame(), BUDGET);
        assert_eq!(texts(&report), [TRANSACTION], "frame {frame}");
        let stages = stages(&report);
        let expected = match frame {
            0 => vec![Stage::Blocks],
            4 | 8 => vec![Stage::LastPlace, Stage::Blocks],
            _ => vec![Stage::LastPlace],
        };
        assert_eq!(stages, expected, "frame {frame}");
    }
}

#[test]
fn a_code_that_comes_into_view_beside_another_is_found() {
    let raster = |text| symbol(text).raster(5).unwrap();
    let mut scanner = Scanner::new();
    let alone = Photo::even(640, 480, 200).with(&raster(TRANSACTION), 40, 40);
    scanner.scan(&alone.frame(), BUDGET);
    let both = alone.with(&raster("EVP000000014471"), 380, 200);
    let frames = (1..).find(|_| scanner.scan(&both.frame(), BUDGET).detections.len() == 2);
    assert!(frames <= Some(4), "{frames:?}");
}

#[test]
fn within_ten_frames_everything_is_tried_once_and_a_frame_gets_its_share() {
    // Stripes: edges enough, and no code.
    let photo = Photo::of(640, 480, |x, y| if (x / 40 + y / 30) % 2 == 0 { 90 } else { 160 });
    let mut scanner = Scanner::new();
    let mut tried = std::collections::HashSet::new();
    for _ in 0..10 {
        let report = scanner.scan(&photo.frame(), BUDGET);
        assert!(report.detections.is_empty() && report.spent.len() <= 5, "{report:?}");
        tried.extend(stages(&report));
    }
    let missing: Vec<_> = Stage::ALL.into_iter().filter(|stage| !tried.contains(stage)).collect();
    assert_eq!(missing, []);
}

#[test]
fn a_frame_ends_when_its_time_is_over_and_the_next_goes_on() {
    let stopwatch = Arc::new(Ticking::default());
    let mut scanner = Scanner::with_stopwatch(stopwatch.clone());
    // Finder patterns everywhere: far more work than there is time.
    let photo = hostile::tiled(640, 480, 4, 2);
    let mut tried = std::collections::HashSet::new();
    for _ in 0..10 {
        let before = stopwatch.looks.load(Ordering::Relaxed);
        let report = scanner.scan(&photo.frame(), Budget::Within(Duration::from_millis(30)));
        let looks = stopwatch.looks.load(Ordering::Relaxed) - before;
        // 300 looks are 30 ms; after that it only finishes.
        assert!(looks < 350, "{looks} looks at the clock");
        tried.extend(stages(&report));
    }
    assert!(tried.len() > 8, "{tried:?}");
}

#[test]
fn the_first_stage_reads_also_when_there_is_no_time() {
    let report = Scanner::new().scan(&drawn(TRANSACTION, 6).frame(), Budget::Within(Duration::ZERO));
    assert_eq!((texts(&report), stages(&report)), (vec![TRANSACTION], vec![Stage::Blocks]));
}

#[test]
fn other_codes_are_reported_as_what_they_are_and_the_search_goes_on() {
    let reservation = "0155567464130298871198969060";
    let barcode = crate::qr::Code128Symbol::encode(reservation).unwrap().raster(2, 60).unwrap();
    let photo = Photo::even(640, 480, 255)
        .with(&symbol("EVP000000014471").raster(5).unwrap(), 30, 30)
        .with(&barcode, 100, 350);
    let mut scanner = expecting(CodeKind::Reservation);
    let report = scanner.scan(&photo.frame(), BUDGET);
    assert_eq!((report.detections.len(), report.unconfirmed), (1, 1), "few lines agree: {report:?}");
    let report = scanner.scan(&photo.frame(), BUDGET);
    let meanings: Vec<_> = report.detections.iter().map(|detection| detection.meaning.clone()).collect();
    let [Meaning::OtherCode(CodeKind::Wallet), Meaning::Expected(code @ Code::Reservation(_))] =
        &meanings[..]
    else {
        panic!("{meanings:?} {report:?}");
    };
    assert_eq!(code.to_text(), reservation);
}

#[test]
fn a_code_that_is_not_wanted_does_not_end_the_search_of_the_next_frames() {
    let photo = Photo::even(640, 480, 255).with(&symbol("EVP000000014471").raster(5).unwrap(), 30, 30);
    let mut scanner = expecting(CodeKind::Reservation);
    for frame in 0..6 {
        let report = scanner.scan(&photo.frame(), BUDGET);
        assert_eq!(report.detections.len(), 1);
        let stages = stages(&report);
        assert!(stages.len() > 1, "frame {frame} was given up after {stages:?}");
    }
}

#[test]
fn only_the_view_is_searched() {
    let raster = symbol(TRANSACTION).raster(5).unwrap();
    let photo = Photo::even(640, 480, 200).with(&raster, 40, 40).with(
        &symbol("EVP000000014471").raster(5).unwrap(),
        400,
        250,
    );
    let view = |left, top, width, height| {
        let frame = photo.frame().within(Region { left, top, width, height });
        let report = Scanner::new().trusting(Trust::AtOnce).scan(&frame, Budget::Unlimited);
        let corner = report.detections.first().map(|detection| detection.corners[0]);
        (texts(&report).into_iter().map(ToOwned::to_owned).collect::<Vec<_>>(), corner)
    };
    let (found, _) = view(0, 0, 320, 240);
    assert_eq!(found, [TRANSACTION]);
    let (found, corner) = view(350, 200, 9999, 9999);
    assert_eq!(found, ["EVP000000014471"]);
    let corner = corner.unwrap();
    assert!((corner.x - 420.0).hypot(corner.y - 270.0) < 3.0, "corners are the frame's: {corner:?}");
    assert_eq!(view(5000, 5000, 10, 10).0, Vec::<String>::new());
    assert_eq!(view(320, 0, 0, 0).0, Vec::<String>::new());
}

#[test]
fn a_frame_without_edges_costs_nothing() {
    for photo in [
        Photo::even(640, 480, 17),
        Photo::of(640, 480, |x, y| ((x + y) / 8) as u8),
        Photo::even(640, 480, 90).noisy(4, 5),
    ] {
        let report = Scanner::new().scan(&photo.frame(), BUDGET);
        assert_eq!((report.skipped, stages(&report)), (Some(SkipReason::Featureless), vec![]));
    }
}
