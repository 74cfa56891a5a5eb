use super::*;

fn answer() -> Answer {
    let symbol = |kind, text: &str| Symbol { kind, text: text.to_owned() };
    Answer {
        symbols: vec![symbol(Kind::Qr, "PAYSERA%1"), symbol(Kind::Ean8, ""), symbol(Kind::Other, "čšž")],
        cpu: Duration::from_micros(1234),
        wall: Duration::from_secs(2),
        panicked: true,
    }
}

#[test]
fn a_request_arrives_as_it_was_sent() {
    let luma: Vec<u8> = (0..12).collect();
    let mut bytes = Vec::new();
    write_request(&mut bytes, Formats::QR, 4, 3, &luma).unwrap();
    write_request(&mut bytes, Formats::ALL, 3, 4, &luma).unwrap();
    let mut input = bytes.as_slice();
    let first = read_request(&mut input).unwrap().unwrap();
    assert_eq!(first, Request { formats: Formats::QR, width: 4, height: 3, luma });
    assert!(first.formats.contains(Kind::Qr) && !first.formats.contains(Kind::Code128));
    let second = read_request(&mut input).unwrap().unwrap();
    assert!(
        [Kind::Qr, Kind::Code128, Kind::Ean13, Kind::Ean8].map(|kind| second.formats.contains(kind))
            == [true; 4]
    );
    assert_eq!((second.width, second.height), (3, 4));
    assert_eq!(read_request(&mut input).unwrap(), None);
}

#[test]
fn an_answer_arrives_as_it_was_sent() {
    let mut bytes = Vec::new();
    write_answer(&mut bytes, &answer()).unwrap();
    assert_eq!(read_answer(&mut bytes.as_slice()).unwrap(), answer());
}

#[test]
fn what_was_cut_off_or_is_too_large_is_an_error() {
    let mut bytes = Vec::new();
    write_answer(&mut bytes, &answer()).unwrap();
    for length in 0..bytes.len() {
        assert!(read_answer(&mut &bytes[..length]).is_err(), "{length}");
    }
    let huge = [1, 255, 255, 255, 255, 255, 255, 255, 255];
    assert_eq!(read_request(&mut &huge[..]).unwrap_err().kind(), io::ErrorKind::InvalidData);
    let mut many = vec![0; 17];
    many.extend([255; 4]);
    assert_eq!(read_answer(&mut many.as_slice()).unwrap_err().kind(), io::ErrorKind::InvalidData);
}

#[test]
fn a_text_that_is_too_long_is_cut() {
    let long = Symbol { kind: Kind::Qr, text: "x".repeat(MAX_TEXT + 1) };
    let mut bytes = Vec::new();
    write_answer(&mut bytes, &Answer { symbols: vec![long], ..Answer::default() }).unwrap();
    let read = read_answer(&mut bytes.as_slice()).unwrap();
    assert_eq!(read.symbols[0].text.len(), MAX_TEXT);
}
