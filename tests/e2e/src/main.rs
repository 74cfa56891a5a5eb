//! Long runs of the core against the sandbox that are no tests:
//! `cargo run --release -p paysera-e2e -- latency`.
#![forbid(unsafe_code)]
// What it finds out is for the person who started it.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod latency;

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
}

fn main() -> ExitCode {
    let result = match Arguments::parse().what {
        What::Latency(options) => latency::run(&options),
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
