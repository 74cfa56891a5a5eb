//! Any bytes as a camera frame of any size: a report, and no panic that was not
//! contained.
#![no_main]

use libfuzzer_sys::fuzz_target;
use paysera_core::qr::{Frame, Rotation, Scanner};

fuzz_target!(|input: (u16, u16, u16, &[u8])| {
    let (width, height, stride, luma) = input;
    if let Ok(frame) = Frame::new(luma, width.into(), height.into(), stride.into(), Rotation::None) {
        let mut scanner = Scanner::new();
        assert_eq!(scanner.scan(&frame), scanner.scan(&frame), "a scanner remembers only its buffers");
    }
});
