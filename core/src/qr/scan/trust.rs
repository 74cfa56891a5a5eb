//! When a reading is believed.

use std::collections::VecDeque;

use super::report::{Payload, Symbology};

/// Frames back in which a reading counts as the one before: a stage that read a
/// code may not come up in the very next one.
const FRAMES: u64 = 5;

/// The most readings that are remembered.
const MAX_REMEMBERED: usize = 64;

/// When a reading is reported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Trust {
    /// As soon as a symbol was read: for single pictures.
    AtOnce,
    /// Once it was read twice in a row, or without one error: for cameras. A
    /// misreading that error correction lets pass is rare, and rarer the same twice.
    #[default]
    WhenSure,
}

/// How surely a symbol was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Certainty {
    /// Without an error, or along many lines.
    Full,
    /// Error correction had to mend it, or few lines agree.
    Partial,
}

/// What the last frames read.
#[derive(Debug, Default)]
pub(super) struct Confirmations {
    frame: u64,
    recent: VecDeque<(Symbology, Payload, u64)>,
}

impl Confirmations {
    pub(super) fn next_frame(&mut self) {
        self.frame += 1;
        let frame = self.frame;
        self.recent.retain(|(_, _, seen)| frame - seen <= FRAMES);
    }

    /// Whether this reading is believed, which it also counts for the next time.
    pub(super) fn confirm(&mut self, symbology: Symbology, payload: &Payload, certainty: Certainty) -> bool {
        let before = self.recent.iter_mut().find(|(kind, known, _)| *kind == symbology && known == payload);
        let mut was_read = false;
        if let Some((_, _, seen)) = before {
            was_read = *seen < self.frame;
            *seen = self.frame;
        } else {
            if self.recent.len() == MAX_REMEMBERED {
                self.recent.pop_front();
            }
            self.recent.push_back((symbology, payload.clone(), self.frame));
        }
        was_read || certainty == Certainty::Full
    }
}
