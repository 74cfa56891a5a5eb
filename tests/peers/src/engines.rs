//! The engines, each as its own documentation would have it used.

use std::collections::HashSet;

use paysera_peer_protocol::{Kind, Request, Symbol};

/// Somebody else's scanner.
#[derive(Clone, Copy)]
pub(crate) enum Engine {
    ZxingCpp,
    Rxing,
    Rqrr,
}

const ENGINES: [(&str, Engine); 3] =
    [("zxing-cpp", Engine::ZxingCpp), ("rxing", Engine::Rxing), ("rqrr", Engine::Rqrr)];

impl Engine {
    pub(crate) fn named(name: &str) -> Option<Self> {
        ENGINES.iter().find(|(known, _)| *known == name).map(|(_, engine)| *engine)
    }

    pub(crate) fn names() -> Vec<&'static str> {
        ENGINES.iter().map(|(name, _)| *name).collect()
    }

    pub(crate) fn read(self, request: &Request) -> Vec<Symbol> {
        match self {
            Self::ZxingCpp => zxing_cpp(request),
            Self::Rxing => rxing(request),
            Self::Rqrr => rqrr(request),
        }
    }
}

/// With its own options: harder, turned, inverted and reduced are all on. Only
/// the text is asked for as it is: by default control characters are spelled out
/// for people, and what was read rightly would not compare.
fn zxing_cpp(request: &Request) -> Vec<Symbol> {
    use zxingcpp::BarcodeFormat as Format;
    let formats: Vec<Format> = [
        (Kind::Qr, Format::QRCode),
        (Kind::Code128, Format::Code128),
        (Kind::Ean13, Format::EAN13),
        (Kind::Ean8, Format::EAN8),
    ]
    .into_iter()
    .filter_map(|(kind, format)| request.formats.contains(kind).then_some(format))
    .collect();
    let image = zxingcpp::ImageView::from_slice(
        &request.luma,
        request.width,
        request.height,
        zxingcpp::ImageFormat::Lum,
    );
    let Ok(barcodes) = image
        .and_then(|image| zxingcpp::read().text_mode(zxingcpp::TextMode::Plain).formats(formats).from(image))
    else {
        return Vec::new();
    };
    let kind = |format| match format {
        Format::QRCode | Format::QRCodeModel1 | Format::QRCodeModel2 => Kind::Qr,
        Format::Code128 => Kind::Code128,
        Format::EAN13 => Kind::Ean13,
        Format::EAN8 => Kind::Ean8,
        _ => Kind::Other,
    };
    barcodes
        .into_iter()
        .map(|barcode| Symbol { kind: kind(barcode.format()), text: barcode.text() })
        .collect()
}

/// With a list of formats: without one, a decoder of a format that nobody wants
/// was seen never to end.
fn rxing(request: &Request) -> Vec<Symbol> {
    use rxing::BarcodeFormat as Format;
    let formats: HashSet<Format> = [
        (Kind::Qr, Format::QR_CODE),
        (Kind::Code128, Format::CODE_128),
        (Kind::Ean13, Format::EAN_13),
        (Kind::Ean8, Format::EAN_8),
    ]
    .into_iter()
    .filter_map(|(kind, format)| request.formats.contains(kind).then_some(format))
    .collect();
    let mut hints =
        rxing::DecodeHints { TryHarder: Some(true), PossibleFormats: Some(formats), ..Default::default() };
    let read = rxing::helpers::detect_in_luma_slice_with_hints(
        &request.luma,
        request.width,
        request.height,
        None,
        &mut hints,
    );
    let kind = |format: &Format| match format {
        Format::QR_CODE => Kind::Qr,
        Format::CODE_128 => Kind::Code128,
        Format::EAN_13 => Kind::Ean13,
        Format::EAN_8 => Kind::Ean8,
        _ => Kind::Other,
    };
    read.map(|read| Symbol { kind: kind(read.getBarcodeFormat()), text: read.getText().to_owned() })
        .into_iter()
        .collect()
}

/// QR codes only: it knows nothing else.
fn rqrr(request: &Request) -> Vec<Symbol> {
    let width = request.width as usize;
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(width, request.height as usize, |x, y| {
        request.luma.get(y * width + x).copied().unwrap_or_default()
    });
    let mut symbols = Vec::new();
    for grid in picture.detect_grids() {
        let mut bytes = Vec::new();
        if grid.decode_to(&mut bytes).is_ok() {
            symbols.push(Symbol { kind: Kind::Qr, text: String::from_utf8_lossy(&bytes).into_owned() });
        }
    }
    symbols
}
