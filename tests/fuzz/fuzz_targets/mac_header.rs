//! Any text as an Authorization header of the sandbox: read or refused.
#![no_main]

use libfuzzer_sys::fuzz_target;
use paysera_sandbox::mac::MacHeader;

fuzz_target!(|text: &str| {
    let _ = MacHeader::parse(text);
});
