//! A photograph that was tampered with: two bytes of width, then its luma. Seeds
//! are made of real ones by `cargo xtask bench seeds`; without, it starts with
//! pictures of nothing.
#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use paysera_core::qr::{Budget, Frame, Rotation, Scanner};

fuzz_target!(|input: &[u8]| {
    let Some(([low, high], luma)) = input.split_first_chunk::<2>() else { return };
    let width = u32::from(u16::from_le_bytes([*low, *high]) % 1280 + 1);
    let height = luma.len() as u32 / width;
    let Ok(frame) = Frame::new(luma, width, height, width as usize, Rotation::None) else { return };
    let mut camera = Scanner::new();
    for _ in 0..4 {
        camera.scan(&frame, Budget::Within(Duration::from_millis(20)));
    }
    Scanner::new().scan(&frame, Budget::Unlimited);
});
