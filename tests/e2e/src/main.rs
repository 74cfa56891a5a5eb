//! Long runs of the core against the sandbox that are no tests:
//! `cargo run --release -p paysera-e2e -- latency`, or `soak`.
#![forbid(unsafe_code)]
// What it finds out is for the person who started it.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod latency;
mod soak;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(bin_name = "paysera-e2e", about = "Long runs of the core against the sandbox.")]
struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// How long people wait, and how many requests that takes: an hour of payments
    /// in virtual time, with the server in the same process.
    Latency(latency::Options),
    /// Many payments between two devices that are killed again and again, over a
    /// network that fails; then compares their journals with the server's books.
    Soak(soak::Options),
    /// One of the devices of `soak`.
    #[command(hide = true)]
    SoakDevice(soak::DeviceOptions),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().what {
        What::Latency(options) => latency::run(&options),
        What::Soak(options) => soak::soak(&options),
        What::SoakDevice(options) => soak::device(&options),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
