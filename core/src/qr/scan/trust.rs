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
    /// Once two frames that follow closely read it, or without one error: for
    /// cameras. A misreading that error correction lets pass is rare, and rarer the
    /// same twice.
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
    recent: VecDeque<Recent>,
}

#[derive(Debug)]
struct Recent {
    symbology: Symbology,
    payload: Payload,
    first_frame: u64,
    last_frame: u64,
}

impl Confirmations {
    pub(super) fn next_frame(&mut self) {
        self.frame += 1;
        let frame = self.frame;
        self.recent.retain(|recent| frame - recent.last_frame <= FRAMES);
    }

    /// Whether this reading is believed, which it also counts for the next time.
    pub(super) fn confirm(&mut self, symbology: Symbology, payload: &Payload, certainty: Certainty) -> bool {
        let is_same = |recent: &&mut Recent| recent.symbology == symbology && recent.payload == *payload;
        let mut was_read = false;
        if let Some(recent) = self.recent.iter_mut().find(is_same) {
            // The same text may be in a frame twice: that is one reading.
            was_read = recent.first_frame < self.frame;
            recent.last_frame = self.frame;
        } else {
            if self.recent.len() == MAX_REMEMBERED {
                self.recent.pop_front();
            }
            let (first_frame, last_frame) = (self.frame, self.frame);
            self.recent.push_back(Recent { symbology, payload: payload.clone(), first_frame, last_frame });
        }
        was_read || certainty == Certainty::Full
    }
}
