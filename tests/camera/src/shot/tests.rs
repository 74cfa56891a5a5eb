use paysera_core::qr::{Budget, Code128Symbol, Detection, ErrorCorrection, QrSymbol, Scanner, Trust};

use super::*;

fn qr(text: &str) -> Raster {
    QrSymbol::encode(text, ErrorCorrection::SCREEN).unwrap().raster(1).unwrap()
}

fn surroundings(background: Background, seed: u64) -> Surroundings {
    Surroundings { size: (640, 480), background, seed }
}

fn rough() -> Conditions {
    Conditions {
        scale: 6.0,
        tilt: [20.0, -10.0],
        turn: 30.0,
        focus: 0.8,
        motion: [2.0, 1.0],
        noise: 6.0,
        slope: [0.4, -0.2],
        glare: Some(Glare { place: [0.2, 0.1], radius: 0.4, strength: 40.0 }),
        screen: Some(Screen { pixels: 6.0, depth: 0.3 }),
        ..Conditions::default()
    }
}

#[test]
fn the_same_seed_takes_the_same_photos() {
    let code = qr("EVP000000014471");
    for background in [Background::Plain(120), Background::Table, Background::Room] {
        let shot = |seed| Shot::new(Some(&code), rough(), surroundings(background, seed));
        assert_eq!(shot(7).take(), shot(7).take());
        assert_ne!(shot(7).take(), shot(8).take());
        let film = |seed| shot(seed).held(2.0).take(3).collect::<Vec<_>>();
        assert_eq!(film(7), film(7));
        assert_ne!(film(7)[0], film(7)[1]);
    }
}

/// The kinds of code that the project draws as QR codes.
const TEXTS: [&str; 6] = [
    "PAYSERA%ATaNL6X6CivO2Ou0FMPt",
    "PAYSERA*123:table1",
    "2112",
    "EVP000000014471",
    "5532000040918273645506172839",
    "paysera://confirm/ATaNL6X6CivO2Ou0FMPt?callback=shop%3A%2F%2Fpaid",
];

#[test]
fn a_clean_photo_of_each_kind_is_read() {
    for (seed, text) in (0..).zip(TEXTS) {
        for background in [Background::Plain(120), Background::Table, Background::Room] {
            let conditions = Conditions { scale: 6.0, turn: 20.0, ..Conditions::default() };
            let shot = Shot::new(Some(&qr(text)), conditions, surroundings(background, seed));
            let report =
                Scanner::new().trusting(Trust::AtOnce).scan(&shot.take().frame().unwrap(), Budget::Unlimited);
            let read: Vec<_> = report.detections.iter().map(Detection::text).collect();
            assert_eq!(read, [Some(text)], "{background:?}");
        }
    }
}

#[test]
fn a_held_camera_reads_what_a_steady_one_does_not() {
    let text = TEXTS[0];
    let conditions = Conditions { scale: 5.0, noise: 8.0, focus: 0.6, ..Conditions::default() };
    let shot = Shot::new(Some(&qr(text)), conditions, surroundings(Background::Table, 3));
    let mut scanner = Scanner::new();
    let read = shot.held(2.0).take(10).any(|photo| {
        let report = scanner.scan(&photo.frame().unwrap(), Budget::Unlimited);
        report.detections.iter().any(|detection| detection.text() == Some(text))
    });
    assert!(read);
}

/// Runs of dark and light along the photo's middle row.
fn runs(photo: &Photo) -> Vec<usize> {
    let pixels = photo.pixels();
    let row = pixels.chunks_exact(photo.width() as usize).nth(photo.height() as usize / 2).unwrap();
    let mut runs = vec![0];
    let mut was_dark = false;
    for dark in row.iter().map(|&pixel| pixel < 110) {
        if dark != was_dark {
            runs.push(0);
        }
        *runs.last_mut().unwrap() += 1;
        was_dark = dark;
    }
    runs
}

#[test]
fn a_barcode_is_as_large_as_it_was_told_to_be() {
    let symbol = Code128Symbol::encode("553200004091").unwrap();
    let bars = symbol.raster(1, 40).unwrap();
    let conditions = Conditions { scale: 3.0, ..Conditions::default() };
    let shot = Shot::new(Some(&bars), conditions, surroundings(Background::Plain(200), 1));
    let seen = runs(&shot.take());
    let modules = symbol.modules().chunk_by(|a, b| a == b);
    let drawn: Vec<usize> = modules.map(|run| 3 * run.len()).collect();
    // Without the light to the left and right of the bars.
    let inner = &seen[1..seen.len() - 1];
    assert_eq!(inner.len(), drawn.len());
    assert!(inner.iter().zip(&drawn).all(|(seen, drawn)| seen.abs_diff(*drawn) <= 1), "{inner:?} {drawn:?}");
}

#[test]
fn a_screens_grid_is_seen_and_its_mean_is_right() {
    let white = Raster::new(50, 50, vec![255; 2500]).unwrap();
    let photo = |screen| {
        let conditions = Conditions { scale: 4.0, ground: 100.0, screen, ..Conditions::default() };
        Shot::new(Some(&white), conditions, surroundings(Background::Plain(100), 1)).take().pixels()
    };
    let plain = photo(None);
    assert!(plain.iter().all(|&pixel| pixel == 100));
    let grid = photo(Some(Screen { pixels: 2.1, depth: 0.5 }));
    let mean = grid.iter().map(|&pixel| f64::from(pixel)).sum::<f64>() / grid.len() as f64;
    assert!((mean - 100.0).abs() < 2.0, "{mean}");
    assert!(grid.iter().any(|&pixel| pixel < 80) && grid.iter().any(|&pixel| pixel > 120));
}

#[test]
fn a_tilted_code_is_narrower_and_a_moving_one_is_smeared() {
    let black = Raster::new(20, 20, vec![0; 400]).unwrap();
    let width = |tilt, motion| {
        let conditions = Conditions { scale: 10.0, tilt: [tilt, 0.0], motion, ..Conditions::default() };
        let shot = Shot::new(Some(&black), conditions, surroundings(Background::Plain(225), 1));
        runs(&shot.take()).get(1).copied().unwrap()
    };
    let straight = width(0.0, [0.0; 2]);
    assert_eq!(straight, 200);
    assert!((90..115).contains(&width(60.0, [0.0; 2])), "{}", width(60.0, [0.0; 2]));
    let smeared = width(0.0, [40.0, 0.0]);
    assert!(smeared.abs_diff(straight) <= 6, "half of the smear on each side is dark: {smeared}");
    let grey = Shot::new(
        Some(&black),
        Conditions { scale: 10.0, motion: [40.0, 0.0], ..Conditions::default() },
        surroundings(Background::Plain(225), 1),
    );
    let greys = grey.take().pixels().iter().filter(|&&pixel| (40..200).contains(&pixel)).count();
    assert!(greys > 200 * 50, "{greys}");
}
