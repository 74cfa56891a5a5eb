//! Measurements that are too slow or too noisy to be tests:
//! `cargo xtask bench NAME`.
#![forbid(unsafe_code)]
// Printing the figures is what this program is for.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod error;
mod journal;
mod sandbox;
mod scan;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(bin_name = "cargo xtask bench", about = "Measures; figures are for one machine and one run.")]
struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Many clients at once against one sandbox process, then its books.
    Sandbox(sandbox::Options),
    /// A journal with a million attempts: opening it and looking into it.
    Journal(journal::Options),
    /// The scanner on photographs, beside other people's scanners.
    Scan(scan::Options),
    /// The scanner on frames of a camera that does not exist.
    Frames(scan::FramesOptions),
    /// Codes that are drawn, photographed and read back.
    Roundtrip(scan::RoundtripOptions),
    /// Makes seeds for the fuzz target `photo_scan` of photographs.
    Seeds(scan::SeedsOptions),
    /// The sandbox process that `sandbox` measures.
    #[command(hide = true)]
    SandboxProcess(sandbox::ServeOptions),
}

#[tokio::main]
async fn main() -> ExitCode {
    let result = match Arguments::parse().what {
        What::Sandbox(options) => sandbox::run(&options).await,
        What::Journal(options) => journal::run(&options),
        What::Scan(options) => scan::run(&options),
        What::Frames(options) => scan::run_frames(&options),
        What::Roundtrip(options) => scan::run_roundtrip(&options),
        What::Seeds(options) => scan::run_seeds(&options),
        What::SandboxProcess(options) => sandbox::serve(options).await,
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
