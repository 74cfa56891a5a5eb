//! Finding and reading codes in camera frames.
//!
//! A frame is looked at in stages, from cheap to dear, inside a time budget;
//! what one frame had no time for, the next ones try. The stages share few
//! parts: a [`picture`] at some scale, black and white by one of two thresholds,
//! [`qr`] codes in it or [`bars`] along lines. The libraries that read symbols
//! (`rxing`, `rqrr`) are never given a whole frame: what they do is bounded here.

mod bars;
mod budget;
mod memory;
mod picture;
mod plan;
mod qr;
mod report;
mod scanner;
mod search;
mod stage;
mod trust;

pub use budget::{Budget, Stopwatch, SystemStopwatch};
pub use report::{Detection, Encoding, Meaning, Payload, ScanReport, SequencePart, SkipReason, Symbology};
pub use scanner::Scanner;
pub use stage::Stage;
pub use trust::Trust;

#[cfg(test)]
mod tests;
