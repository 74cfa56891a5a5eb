//! Any bytes as a camera frame: a report, the same one of the same frame, in
//! bounded time; also as a camera's frame with a budget.
//!
//! Two rounds: the bytes as they are, which is mostly a refused frame, and the
//! bytes repeated until they fill a small frame.
#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use paysera_core::qr::{Budget, Detection, Frame, Rotation, Scanner, Trust};

fn scan(luma: &[u8], width: u32, height: u32, row_stride: usize) {
    if let Ok(frame) = Frame::new(luma, width, height, row_stride, Rotation::None) {
        let look = || -> Vec<Detection> {
            let report = Scanner::new().trusting(Trust::AtOnce).scan(&frame, Budget::Unlimited);
            assert_eq!(report.panics, 0, "a decoder panicked");
            report.detections
        };
        assert_eq!(look(), look(), "chance had a part in it");
        let mut camera = Scanner::new();
        for _ in 0..3 {
            camera.scan(&frame, Budget::Within(Duration::from_millis(5)));
        }
    }
}

fuzz_target!(|input: (u16, u16, u16, &[u8])| {
    let (width, height, stride, luma) = input;
    scan(luma, width.into(), height.into(), stride.into());
    let (width, height) = (21 + usize::from(width) % 180, 21 + usize::from(height) % 180);
    let filled: Vec<u8> = luma.iter().copied().cycle().take(width * height).collect();
    scan(&filled, width as u32, height as u32, width);
});
