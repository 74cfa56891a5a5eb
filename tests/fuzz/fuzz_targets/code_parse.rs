//! Any text is a code or is refused; a code prints as a text that reads back as
//! the same code.
#![no_main]

use libfuzzer_sys::fuzz_target;
use paysera_core::code::Code;

fuzz_target!(|text: &str| {
    if let Ok(code) = Code::parse(text) {
        assert_eq!(Code::parse(&code.to_text()), Ok(code));
    }
});
