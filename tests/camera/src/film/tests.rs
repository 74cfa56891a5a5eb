use std::num::NonZero;
use std::sync::atomic::{AtomicU64, Ordering};

use paysera_core::qr::{Budget, Code128Symbol, Detection, ErrorCorrection, QrSymbol, Scanner};

use super::*;

const SEEDS: u64 = 100;
const PHOTOS_PER_SCAN: usize = 30;

fn raster(text: &str) -> Raster {
    QrSymbol::encode(text, ErrorCorrection::SCREEN).unwrap().raster(8).unwrap()
}

/// How many photos a scan needs; none if it gives up. A wrong text fails the test.
fn photos_until_read(camera: &mut Camera, text: &str) -> Option<usize> {
    let mut scanner = Scanner::new();
    camera.film(&raster(text)).take(PHOTOS_PER_SCAN).position(|photo| {
        let report = scanner.scan(&photo.frame().unwrap(), Budget::Unlimited);
        assert_eq!(report.panics, 0);
        let texts: Vec<_> = report.detections.iter().map(Detection::text).collect();
        assert!(texts.is_empty() || texts == [Some(text)], "{texts:?} instead of {text}");
        !texts.is_empty()
    })
}

/// The demo's kinds of code, other ones for each seed.
fn texts(seed: u64) -> [String; 3] {
    let mut chance = Chance::new(seed ^ 0xC0DE);
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut draw = |alphabet: &str, length: usize| -> String {
        (0..length).map(|_| alphabet.chars().nth(chance.bits() as usize % alphabet.len()).unwrap()).collect()
    };
    [
        format!("PAYSERA%{}", draw(alphabet, 20)),
        draw("0123456789", 28),
        format!("EVP{}", draw("0123456789", 12)),
    ]
}

#[test]
fn every_seed_reads_every_kind_of_code_in_time() {
    let next_seed = AtomicU64::new(0);
    let needed: Vec<(u64, usize, Option<usize>)> = std::thread::scope(|scope| {
        let threads = std::thread::available_parallelism().map_or(1, NonZero::get).min(4);
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    let mut needed = Vec::new();
                    loop {
                        let seed = next_seed.fetch_add(1, Ordering::Relaxed);
                        if seed >= SEEDS {
                            return needed;
                        }
                        let mut camera = Camera::new(seed);
                        for (kind, text) in texts(seed).iter().enumerate() {
                            needed.push((seed, kind, photos_until_read(&mut camera, text)));
                        }
                    }
                })
            })
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    let unread: Vec<_> = needed.iter().filter(|(.., photos)| photos.is_none()).collect();
    let failed: usize = needed.iter().map(|(.., photos)| photos.unwrap_or(PHOTOS_PER_SCAN)).sum();
    let most = needed.iter().filter_map(|(.., photos)| *photos).max().unwrap() + 1;
    println!(
        "{failed} photos failed before {} scans were read; the slowest took {most} photos",
        needed.len()
    );
    assert!(unread.is_empty(), "(seed, kind, photos): {unread:?}");
    // A camera whose first photo is always good would prove nothing.
    assert!(failed >= needed.len() / 2, "only {failed} photos failed");
}

#[test]
fn a_camera_with_more_pixels_is_read_too() {
    for seed in 0..4 {
        let [text, ..] = texts(seed);
        let mut camera = Camera::with_size(seed, PhotoSize::Hd);
        assert!(photos_until_read(&mut camera, &text).is_some(), "seed {seed}");
    }
}

#[test]
fn the_same_seed_takes_the_same_photos() {
    let picture = raster("EVP000000014471");
    let photos = |seed: u64| Camera::new(seed).film(&picture).take(3).collect::<Vec<_>>();
    assert_eq!(photos(7), photos(7));
    assert_ne!(photos(7), photos(8));
    assert_ne!(photos(7)[1], photos(7)[2]);
}

#[test]
fn photos_have_the_announced_size_and_padded_rows() {
    let bars = Code128Symbol::encode("EVP000000014471").unwrap().raster(2, 60).unwrap();
    for (size, pixels) in
        [(PhotoSize::Vga, (640, 480)), (PhotoSize::Hd, (1280, 720)), (PhotoSize::FullHd, (1920, 1080))]
    {
        let photo = Camera::with_size(1, size).film(&bars).next().unwrap();
        assert_eq!((photo.width(), photo.height()), pixels);
        assert!(photo.row_stride() > photo.width() as usize);
        assert_eq!(photo.luma().len(), photo.row_stride() * photo.height() as usize);
        assert!(photo.to_png().unwrap().starts_with(b"\x89PNG"));
    }
}

#[test]
fn a_screen_without_a_code_is_not_read() {
    let blank = Raster::new(264, 264, vec![255; 264 * 264]).unwrap();
    let mut scanner = Scanner::new();
    for seed in 0..20 {
        for photo in Camera::new(seed).film(&blank).skip(8).take(2) {
            let report = scanner.scan(&photo.frame().unwrap(), Budget::Unlimited);
            assert_eq!((report.detections.len(), report.panics), (0, 0), "seed {seed}");
        }
    }
}
