//! Any text as an Authorization header of the sandbox, and as the `ext` in one:
//! read or refused. What is read is short and printable, as whatever remembers and
//! shows it relies on.
#![no_main]

use libfuzzer_sys::fuzz_target;
use paysera_sandbox::mac::{self, Ext, MacHeader, RequestToVerify};

fuzz_target!(|text: &str| {
    read_ext(text);
    let Ok(header) = MacHeader::parse(text) else { return };
    assert!((1..=128).contains(&header.id.chars().count()));
    assert!((1..=128).contains(&header.nonce.len()));
    let printable = |byte: u8| (0x20..=0x7e).contains(&byte) && byte != b'"' && byte != b'\\';
    assert!(header.nonce.bytes().all(printable));
    assert_eq!(header.timestamp_text.parse(), Ok(header.timestamp));
    assert!(header.timestamp >= 0);
    read_ext(&header.ext);
    // The text as a host, too: with and without a port.
    let request = RequestToVerify { method: "GET", request_uri: "/", host: text, listener_port: 1 };
    assert!(!mac::check_mac(&header, "key", &request), "nobody can guess a signature");
});

/// A text whose hash stands in itself can't be found, so only nothing is right.
fn read_ext(text: &str) {
    if let Ok(ext) = Ext::parse(text) {
        assert_eq!(mac::check_body_hash(&ext, text.as_bytes()).is_ok(), text.is_empty());
    }
}
