//! Any bytes as a camera frame: a report, the same one twice, in bounded time.
//!
//! Two rounds: the bytes as they are, which is mostly a refused frame, and the
//! bytes repeated until they fill a small frame.
#![no_main]

use libfuzzer_sys::fuzz_target;
use paysera_core::qr::{Frame, Rotation, Scanner};

fn scan(luma: &[u8], width: u32, height: u32, row_stride: usize) {
    if let Ok(frame) = Frame::new(luma, width, height, row_stride, Rotation::None) {
        let mut scanner = Scanner::new();
        assert_eq!(scanner.scan(&frame), scanner.scan(&frame), "a scanner remembers only its buffers");
    }
}

fuzz_target!(|input: (u16, u16, u16, &[u8])| {
    let (width, height, stride, luma) = input;
    scan(luma, width.into(), height.into(), stride.into());
    let (width, height) = (21 + usize::from(width) % 180, 21 + usize::from(height) % 180);
    let filled: Vec<u8> = luma.iter().copied().cycle().take(width * height).collect();
    scan(&filled, width as u32, height as u32, width);
});
