use proptest::prelude::*;

use super::*;

#[test]
fn sizes_are_counted_in_modules_and_the_outside_is_light() {
    let symbol = QrSymbol::encode("EVP000000014471", ErrorCorrection::SCREEN).unwrap();
    assert_eq!(symbol.width(), 21);
    assert!(symbol.is_dark(0, 0) && symbol.is_dark(20, 0) && symbol.is_dark(0, 20));
    assert!(!symbol.is_dark(1, 1) && !symbol.is_dark(21, 0) && !symbol.is_dark(0, u32::MAX));
}

#[test]
fn what_does_not_fit_is_refused() {
    assert_eq!(QrSymbol::encode("", ErrorCorrection::Low), Err(RenderError::Empty));
    for bytes in [2954, 8000, 1 << 20] {
        let text = "a".repeat(bytes);
        assert_eq!(QrSymbol::encode(&text, ErrorCorrection::Low), Err(RenderError::TooLong { bytes }));
    }
    assert_eq!(Code128Symbol::encode(""), Err(RenderError::Empty));
    assert_eq!(Code128Symbol::encode("naïve"), Err(RenderError::NotPrintableAscii));
    assert_eq!(Code128Symbol::encode("a\tb"), Err(RenderError::NotPrintableAscii));
    assert_eq!(Code128Symbol::encode(&"1".repeat(81)), Err(RenderError::TooLong { bytes: 81 }));

    let qr = QrSymbol::encode("a", ErrorCorrection::Low).unwrap();
    let bars = Code128Symbol::encode("a").unwrap();
    for result in [qr.raster(0), qr.raster(u32::MAX), qr.raster(200), bars.raster(0, 9), bars.raster(9, 0)] {
        assert!(matches!(result, Err(RenderError::Size { .. })), "{result:?}");
    }
    assert_eq!(Raster::new(3, 2, vec![0; 5]), Err(RenderError::Luma { needed: 6, got: 5 }));
    assert!(matches!(Raster::new(u32::MAX, u32::MAX, vec![]), Err(RenderError::Size { .. })));
}

#[test]
fn a_png_holds_the_same_pixels() {
    let raster = QrSymbol::encode("EVP000000014471", ErrorCorrection::PRINT).unwrap().raster(3).unwrap();
    let file = raster.to_png().unwrap();
    let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
    let mut pixels = vec![1; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    assert_eq!((info.width, info.height), (raster.width(), raster.height()));
    assert_eq!((info.color_type, info.bit_depth), (png::ColorType::Grayscale, png::BitDepth::Eight));
    assert_eq!(pixels, raster.luma());
}

/// The dark area that the path's rectangles cover, read back from the SVG.
fn dark_modules_of(svg: &str) -> Vec<(u32, u32)> {
    let path = svg.split("<path fill=\"#000\" d=\"").nth(1).unwrap().split('"').next().unwrap();
    let mut modules = Vec::new();
    for run in path.split('z').filter(|run| !run.is_empty()) {
        let numbers: Vec<u32> = run
            .split(|letter: char| !letter.is_ascii_digit())
            .filter(|number| !number.is_empty())
            .map(|number| number.parse().unwrap())
            .collect();
        let [x, y, length, height, back] = numbers[..] else { panic!("{run}") };
        assert_eq!(length, back);
        modules.extend((y..y + height).flat_map(|y| (x..x + length).map(move |x| (x, y))));
    }
    modules.sort_unstable();
    modules
}

#[test]
fn the_svg_draws_each_dark_module_once_inside_the_quiet_zone() {
    let symbol = QrSymbol::encode("PAYSERA%ATaNL6X6CivO2Ou0FMPt", ErrorCorrection::SCREEN).unwrap();
    let svg = symbol.to_svg();
    assert!(svg.contains("viewBox=\"0 0 33 33\"") && svg.contains("crispEdges"));
    let zone = QrSymbol::QUIET_ZONE;
    let expected: Vec<_> = (0..symbol.width())
        .flat_map(|x| (0..symbol.width()).map(move |y| (x, y)))
        .filter(|&(x, y)| symbol.is_dark(x, y))
        .map(|(x, y)| (x + zone, y + zone))
        .collect();
    assert_eq!(dark_modules_of(&svg), expected);
}

#[test]
fn a_barcodes_svg_shows_what_its_picture_does() {
    for text in ["<A&B>", "0155567464"] {
        let symbol = Code128Symbol::encode(text).unwrap();
        let picture = symbol.raster_with_text(1, 20).unwrap();
        let rows = (0..).zip(picture.luma().chunks_exact(picture.width() as usize));
        let mut expected: Vec<(u32, u32)> = rows
            .flat_map(|(y, row)| (0..).zip(row).filter(|(_, pixel)| **pixel == 0).map(move |(x, _)| (x, y)))
            .collect();
        let mut drawn = dark_modules_of(&symbol.to_svg());
        expected.sort_unstable();
        drawn.sort_unstable();
        assert_eq!(drawn, expected, "{text}");
    }
}

/// Versions 1, 2, 3: 21, 25, 29 modules. Segments of different modes are mixed
/// where that is shorter.
#[test]
fn a_symbol_is_the_smallest_that_holds_its_code() {
    for (text, on_screen, in_print) in [
        ("PAYSERA%ATaNL6X6CivO2Ou0FMPt", 25, 29),
        ("PAYSERA*123:table1", 25, 25),
        ("EVP000000014471", 21, 21),
        ("5532000040918273645506172839", 21, 25),
        ("https://paysera.com/app?qr=PAYSERA%25ATaNL6X6CivO2Ou0FMPt", 33, 37),
    ] {
        let width = |correction| QrSymbol::encode(text, correction).unwrap().width();
        assert_eq!(
            (width(ErrorCorrection::SCREEN), width(ErrorCorrection::PRINT)),
            (on_screen, in_print),
            "{text}"
        );
    }
}

#[test]
fn a_symbol_is_as_large_as_its_place_allows_in_whole_pixels() {
    let symbol = QrSymbol::encode("EVP000000014471", ErrorCorrection::SCREEN).unwrap();
    for (place, side) in [(29, 29), (57, 29), (58, 58), (300, 290), (1080, 1073)] {
        let raster = symbol.raster_within(place).unwrap();
        assert_eq!((raster.width(), raster.height()), (side, side));
        assert_eq!(raster, symbol.raster(side / 29).unwrap());
    }
    let least = RenderError::TooSmall { width: 29, height: 29 };
    assert_eq!(symbol.raster_within(28), Err(least.clone()));
    assert_eq!(symbol.raster_within(0), Err(least));
    assert!(matches!(symbol.raster_within(u32::MAX), Err(RenderError::Size { .. })));
}

#[test]
fn a_barcode_fills_the_height_of_its_place() {
    let symbol = Code128Symbol::encode("5532000040918273645506172839").unwrap();
    let width = symbol.outer_width();
    let RenderError::TooSmall { width: least, height } = symbol.raster_within(0, 0).unwrap_err() else {
        panic!()
    };
    assert_eq!(least, width);
    let smallest = symbol.raster_within(least, height).unwrap();
    assert_eq!((smallest.width(), smallest.height()), (width, height));
    for place in [(least - 1, height), (least, height - 1)] {
        assert_eq!(symbol.raster_within(place.0, place.1), Err(RenderError::TooSmall { width, height }));
    }
    let large = symbol.raster_within(3 * width + 5, 400).unwrap();
    assert_eq!((large.width(), large.height()), (3 * width, 400));
}

#[test]
fn a_barcodes_picture_has_its_text_below_the_bars() {
    let symbol = Code128Symbol::encode("0155567464").unwrap();
    let raster = symbol.raster_with_text(1, 3).unwrap();
    let line = |row: &[u8]| row.iter().map(|&pixel| if pixel == 0 { '#' } else { ' ' }).collect::<String>();
    let rows = raster.luma().chunks_exact(raster.width() as usize);
    let lines: Vec<_> = rows.map(|row| line(row).trim_end().to_owned()).collect();
    insta::assert_snapshot!(lines.join("\n"));
    // The same dots, larger.
    let double = symbol.raster_with_text(2, 6).unwrap();
    assert_eq!((double.width(), double.height()), (2 * raster.width(), 2 * raster.height()));
    let rows = double.luma().chunks_exact(double.width() as usize).step_by(2);
    let halved: Vec<u8> = rows.flat_map(|row| row.iter().copied().step_by(2)).collect();
    assert_eq!(halved, raster.luma());
}

#[test]
fn a_text_is_never_wider_than_its_bars() {
    for digits in 1..=80 {
        let symbol = Code128Symbol::encode(&"7".repeat(digits)).unwrap();
        let dark = dark_modules_of(&symbol.to_svg());
        let bars_height = dark.iter().filter(|(x, _)| *x == Code128Symbol::QUIET_ZONE).count() as u32;
        let text: Vec<u32> = dark.iter().filter(|(_, y)| *y > bars_height).map(|(x, _)| *x).collect();
        assert!(!text.is_empty() && text.iter().all(|x| *x < symbol.outer_width()), "{digits}");
    }
}

#[test]
fn the_text_of_an_svg_is_drawn_and_not_written() {
    let svg = Code128Symbol::encode("0123456789").unwrap().to_svg();
    assert!(!svg.contains("0123") && !svg.contains("<text"), "{svg}");
}

#[test]
fn an_svg_is_one_path() {
    let code = QrSymbol::encode("EVP000000014471", ErrorCorrection::SCREEN).unwrap().to_svg();
    let bars = Code128Symbol::encode("EVP000000014471").unwrap().to_svg();
    for svg in [&code, &bars] {
        assert_eq!(svg.matches("<path").count(), 1, "{svg}");
    }
    insta::assert_snapshot!(bars);
}

#[test]
fn a_terminal_shows_the_symbol_on_either_ground() {
    let symbol = QrSymbol::encode("EVP000000014471", ErrorCorrection::Low).unwrap();
    let on_dark = symbol.to_half_blocks(TerminalStyle::DarkGround);
    insta::assert_snapshot!(on_dark);
    let on_light = symbol.to_half_blocks(TerminalStyle::LightGround);
    let swapped: String = on_dark
        .chars()
        .map(|letter| match letter {
            '█' => ' ',
            ' ' => '█',
            '▀' => '▄',
            '▄' => '▀',
            other => other,
        })
        .collect();
    assert_eq!(on_light, swapped);
    assert!(symbol.to_half_blocks(TerminalStyle::Colour).lines().all(|line| line.ends_with("\u{1b}[0m")));
}

#[test]
fn a_terminal_shows_the_barcode_with_its_text() {
    let symbol = Code128Symbol::encode("EVP000000014471").unwrap();
    insta::assert_snapshot!(symbol.to_blocks(TerminalStyle::LightGround, 2));
}

/// Reads a row of pixels back to bars, as a laser scanner would.
fn text_of_row(row: &[u8], module_width: usize) -> String {
    let mut runs: Vec<(bool, usize)> = Vec::new();
    for &pixel in row {
        match runs.last_mut() {
            Some((dark, length)) if *dark == (pixel == 0) => *length += 1,
            _ => runs.push((pixel == 0, 1)),
        }
    }
    let quiet = Code128Symbol::QUIET_ZONE as usize * module_width;
    assert_eq!(runs.first(), Some(&(false, quiet)));
    assert_eq!(runs.last(), Some(&(false, quiet)));
    let modules = |pixels: usize| u8::try_from(pixels / module_width).unwrap();
    let mut bars: Vec<code128::Bar> = runs[1..]
        .chunks(2)
        .map(|pair| code128::Bar { width: modules(pair[0].1), space: modules(pair[1].1) })
        .collect();
    bars.last_mut().unwrap().space = 0;
    String::from_utf8(code128::decode(&bars).unwrap()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn bars_read_back_as_their_text(text in "[ -~]{1,80}|[0-9]{20,40}|EVP[0-9]{12}", module_width in 1..5_u32) {
        let raster = Code128Symbol::encode(&text).unwrap().raster(module_width, 3).unwrap();
        let width = raster.width() as usize;
        for row in raster.luma().chunks_exact(width) {
            prop_assert_eq!(text_of_row(row, module_width as usize), text.clone());
        }
    }
}
