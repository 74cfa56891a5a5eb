//! Writes the Kotlin and Swift sources of the bindings from the library that they
//! belong to.
//!
//! A program of this workspace, so that generator and library are of one version.
#![forbid(unsafe_code)]
// Printing is what a program is for.
#![allow(clippy::print_stderr)]

mod cancellation;
mod exchange;
mod kotlin;
mod messages;

use std::fs;
use std::io;
use std::process::ExitCode;

use camino::Utf8PathBuf;
use clap::{Parser, ValueEnum};
use uniffi_bindgen::bindings::{GenerateOptions, TargetLanguage, generate};

#[derive(Parser)]
#[command(about = "Writes the sources of the bindings in one language.")]
struct Arguments {
    /// The language.
    language: Language,
    /// The library, with its symbols.
    library: Utf8PathBuf,
    /// The configuration of the generator.
    #[arg(long)]
    config: Utf8PathBuf,
    /// The folder to write to; what it held is deleted.
    #[arg(long)]
    out: Utf8PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum Language {
    Kotlin,
    Swift,
}

#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("{path}: {source}")]
    File { path: Utf8PathBuf, source: io::Error },
    #[error("the generator failed: {0}")]
    Generator(String),
    #[error(transparent)]
    Unexpected(#[from] exchange::Unexpected),
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Error> {
    let file = |source| Error::File { path: arguments.out.clone(), source };
    // What a former version wrote under another name must not be compiled.
    match fs::remove_dir_all(&arguments.out) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(file(error)),
        _ => fs::create_dir_all(&arguments.out).map_err(file)?,
    }
    generate(GenerateOptions {
        languages: vec![match arguments.language {
            Language::Kotlin => TargetLanguage::Kotlin,
            Language::Swift => TargetLanguage::Swift,
        }],
        source: arguments.library.clone(),
        out_dir: arguments.out.clone(),
        config_override: Some(arguments.config.clone()),
        format: false,
        crate_filter: None,
        metadata_no_deps: true,
    })
    .map_err(|error| Error::Generator(format!("{error:#}")))?;
    let path = arguments.out.join(match arguments.language {
        Language::Kotlin => "com/paysera/retailer/paysera.kt",
        Language::Swift => "PayseraRetailer.swift",
    });
    let file = |source| Error::File { path: path.clone(), source };
    let written = fs::read_to_string(&path).map_err(file)?;
    let improved = match arguments.language {
        Language::Kotlin => kotlin::completed(&written)?,
        Language::Swift => cancellation::reaching_the_library(&written)?,
    };
    fs::write(&path, improved).map_err(file)
}
