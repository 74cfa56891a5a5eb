//! The scanner on photographs that others took, beside other people's scanners.
//!
//! ```text
//! cargo run --release -p paysera-bench -- scan DIR --peers
//! cargo run --release -p paysera-bench -- scan DIR --peers --budget-ms 30
//! cargo run --release -p paysera-bench -- frames --peers
//! cargo run --release -p paysera-bench -- roundtrip
//! ```
//!
//! `DIR` holds pictures and a `manifest.json` (see [`corpus`]). Engines take turns
//! picture by picture, so that a busy machine is busy for all of them. Times are
//! those of the processor that the thread used, and what passed.

mod corpus;
mod engine;
mod frames;
mod ours;
mod peers;
mod report;
mod roundtrip;
mod score;
mod seeds;

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::error::Error;
use corpus::Picture;
use engine::Engine;
pub(crate) use frames::Options as FramesOptions;
pub(crate) use frames::run as run_frames;
use ours::Ours;
use report::Report;
pub(crate) use roundtrip::Options as RoundtripOptions;
pub(crate) use roundtrip::run as run_roundtrip;
pub(crate) use seeds::Options as SeedsOptions;
pub(crate) use seeds::run as run_seeds;

/// What `scan` measures.
#[derive(Args)]
pub(crate) struct Options {
    /// The folder with pictures and their `manifest.json`.
    folder: PathBuf,
    /// Milliseconds that a frame may take; without, a single look without a limit.
    #[arg(long)]
    budget_ms: Option<u64>,
    /// With a budget, as many frames of the same picture.
    #[arg(long, default_value_t = 10)]
    frames: usize,
    /// With a budget, count what was read once and is not trusted yet.
    #[arg(long)]
    at_once: bool,
    /// Measure zxing-cpp, rxing and rqrr beside ours; needs CMake and a C++ compiler.
    #[arg(long)]
    peers: bool,
    /// Degrees by which each picture is turned clockwise.
    #[arg(long, value_delimiter = ',', default_value = "0,90,180,270")]
    rotations: Vec<u16>,
    /// Only sets whose name contains this.
    #[arg(long)]
    set: Option<String>,
    /// Print one JSON object instead of tables.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(options: &Options) -> Result<(), Error> {
    let entries = corpus::manifest(&options.folder)?;
    let mut engines: Vec<Box<dyn Engine>> = vec![Box::new(match options.budget_ms {
        None => Ours::single(),
        Some(budget) => Ours::camera(Duration::from_millis(budget), options.frames, options.at_once),
    })];
    if options.peers {
        engines.extend(peers::all()?);
    }
    let names = engines.iter().map(|engine| engine.name().to_owned()).collect();
    let mut report = Report::new(names, options.budget_ms);
    for entry in entries.iter().filter(|entry| options.set.as_ref().is_none_or(|set| entry.set.contains(set)))
    {
        let upright = Picture::open(&options.folder, entry)?;
        for &degrees in &options.rotations {
            let picture = upright.turned(degrees)?;
            for (index, engine) in engines.iter_mut().enumerate() {
                let reading = engine.read(&picture)?;
                report.add(index, entry, degrees, reading);
            }
        }
    }
    if options.json {
        report.print_json()
    } else {
        report.print()
    }
    Ok(())
}
