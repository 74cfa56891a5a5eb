//! `cargo run`: three operations and six refusals between two phones.
#![allow(clippy::print_stderr, reason = "printing is what this program is for")]

use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use paysera_demo::{DemoError, Photos, Screen, Stage, play};

/// A merchant's phone and a customer's phone: payment, cash-out and cash-in,
/// from tap to settlement, against a sandbox that the demo starts itself.
#[derive(Debug, Parser)]
#[command(name = "paysera-demo", version)]
struct Arguments {
    /// Seed of the camera that photographs the codes.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Prints the result as one JSON object and nothing else.
    #[arg(long)]
    json: bool,
    /// Writes every photograph as PNG into this folder.
    #[arg(long, value_name = "FOLDER")]
    photos: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("The demo did not end as announced: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), DemoError> {
    let colour = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let screen = if arguments.json { Screen::dark() } else { Screen::terminal(colour) };
    let photos = match arguments.photos {
        Some(folder) => {
            std::fs::create_dir_all(&folder)
                .map_err(|source| DemoError::File { what: folder.display().to_string(), source })?;
            Some(Photos { folder })
        }
        None => None,
    };
    let report = play(Stage::new(arguments.seed, screen, photos).await?).await?;
    if arguments.json {
        let json = serde_json::to_string(&report)
            .map_err(|error| DemoError::File { what: "the report".to_owned(), source: error.into() })?;
        // A closed pipe is the reader's choice.
        let _ = writeln!(std::io::stdout(), "{json}");
    }
    Ok(())
}
