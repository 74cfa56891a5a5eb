//! Finding and reading QR codes in a picture.
//!
//! One pass: [`finder`] patterns are searched in black and white, and three of
//! them that stand right make a [`Triple`]. Its modules are then sampled, in one
//! of two ways: as they stand, by the alignment patterns (`rxing`), or after
//! [`fit`]ting a grid, which costs ten times as much and also reads what is
//! tilted, bent or soft.

mod content;
mod corners;
mod finder;
mod fit;
pub(super) mod rqrr;
mod sample;
mod structure;
mod triple;
mod warp;

use std::panic::{AssertUnwindSafe, catch_unwind};

use rxing::common::DetectorRXingResult;
use rxing::common::cpp_essentials::ConcentricPattern;
use rxing::qrcode::cpp_port::detector::SampleQR;

pub(super) use content::Content;
use fit::Fit;
use triple::Triple;

use super::budget::Deadline;
use super::picture::{Binary, Picture};
use crate::qr::frame::Point;

/// The most triples that are sampled as they stand in one pass. A picture full
/// of codes has a hundred that are right, and those come first.
const MAX_SAMPLED: usize = 512;

/// The most triples that a grid is fitted to in one pass.
const MAX_FITTED: usize = 24;

/// How a triple is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sampling {
    /// As it stands.
    Standing,
    /// By a fitted grid.
    Fitted,
}

/// A symbol that was read.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) content: Content,
    /// In the picture: the symbol's own top left, top right, bottom right, bottom left.
    pub(super) corners: [Point; 4],
}

impl Reading {
    /// What was read in a grid with these corners, also of a mirrored symbol.
    fn new(content: Content, mut corners: [Point; 4]) -> Self {
        if content.is_mirrored {
            corners.swap(1, 3);
        }
        Self { content, corners }
    }
}

/// What a pass came to.
#[derive(Debug, Default)]
pub(super) struct Pass {
    pub(super) readings: Vec<Reading>,
    /// Triples that may be a symbol and were not read: something is there.
    pub(super) unread: usize,
    /// Whether there were too many finder patterns to look at all.
    pub(super) too_many: bool,
    /// Panics of a library, each contained.
    pub(super) panics: u32,
}

/// Searches a picture once.
pub(super) fn pass(picture: &Picture, binary: &Binary, sampling: Sampling, deadline: &Deadline) -> Pass {
    let finders = finder::search(binary, deadline);
    let mut pass = Pass {
        too_many: finders.cut_short && !deadline.is_over(),
        panics: finders.panics,
        ..Pass::default()
    };
    let mut used: Vec<ConcentricPattern> = Vec::new();
    let most = match sampling {
        Sampling::Standing => MAX_SAMPLED,
        Sampling::Fitted => MAX_FITTED,
    };
    let mut tried = 0;
    for triple in Triple::all(finders.patterns) {
        if triple.uses(&used) {
            continue;
        }
        // The likeliest is always tried, or a slow phone would never read anything.
        if tried == most || (tried > 0 && deadline.is_over()) {
            break;
        }
        tried += 1;
        // Nothing is kept between triples, so there is nothing to leave half done.
        let read = AssertUnwindSafe(|| match sampling {
            Sampling::Standing => standing(binary, &triple),
            Sampling::Fitted => fitted(picture, binary, &triple, deadline),
        });
        match catch_unwind(read) {
            Ok(Some(reading)) => {
                used.extend(triple.patterns());
                pass.readings.push(reading);
            }
            Ok(None) => pass.unread += 1,
            Err(_) => pass.panics += 1,
        }
    }
    pass
}

fn standing(binary: &Binary, triple: &Triple) -> Option<Reading> {
    let sampled = SampleQR(binary.matrix(), &triple.0).ok()?;
    let modules = sampled.getBits();
    let content = content::read(modules)?;
    Some(Reading::new(content, corners::of(modules, binary, triple)))
}

fn fitted(picture: &Picture, binary: &Binary, triple: &Triple, deadline: &Deadline) -> Option<Reading> {
    triple.widths(binary).find_map(|width| {
        let flat = Fit::flat(binary, triple, width, deadline)?;
        sampled(picture, binary, &flat).or_else(|| sampled(picture, binary, &flat.bend()?))
    })
}

fn sampled(picture: &Picture, binary: &Binary, fit: &Fit<'_>) -> Option<Reading> {
    let (warp, width) = (fit.warp(), fit.width());
    let by_pixels = || content::read(&sample::from_binary(binary, warp, width)?);
    let by_grey = || content::read(&sample::from_grey(picture, warp, width)?);
    Some(Reading::new(by_pixels().or_else(by_grey)?, warp.corners(width)))
}
