//! `cargo xtask fuzz`: libFuzzer with the pinned toolchain.

use std::path::Path;

use clap::{Args, ValueEnum};

use crate::error::Error;
use crate::process::Cmd;
use crate::tools;

const TARGETS: &str = "tests/fuzz/fuzz_targets";

#[derive(Args)]
pub(crate) struct Options {
    /// The target: a file name in tests/fuzz/fuzz_targets, without `.rs`.
    name: String,
    /// When to stop.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    minutes: u64,
    /// What to look for besides panics and hangs.
    #[arg(long, value_enum, default_value_t = Sanitizer::None)]
    sanitizer: Sanitizer,
    /// Install cargo-fuzz where it is missing.
    #[arg(long)]
    install: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Sanitizer {
    /// Panics, hangs and broken promises only: the core itself has no unsafe code.
    None,
    /// Wrong memory accesses of dependencies too; builds every one of them for that.
    Address,
}

impl Sanitizer {
    const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Address => "address",
        }
    }
}

/// Fuzzes one target for the given time.
pub(crate) fn run(root: &Path, options: &Options) -> Result<(), Error> {
    let known = targets(&root.join(TARGETS))?;
    if !known.contains(&options.name) {
        return Err(Error::UnknownFuzzTarget { name: options.name.clone(), known: known.join(", ") });
    }
    tools::ensure(root, &tools::for_fuzzing(), options.install)?;
    let command = command(options);
    println!("{command}");
    command.run(root)
}

fn command(options: &Options) -> Cmd {
    let seconds = options.minutes.saturating_mul(60);
    Cmd::new("cargo fuzz run --fuzz-dir tests/fuzz --sanitizer")
        // The sanitizers' flags are for nightly compilers; the pinned one knows them all the same.
        .env("RUSTC_BOOTSTRAP", "1")
        .arg(options.sanitizer.name())
        .arg(options.name.as_str())
        .arg("--")
        .arg(format!("-max_total_time={seconds}"))
}

fn targets(folder: &Path) -> Result<Vec<String>, Error> {
    let unreadable = |source| Error::Read { path: folder.to_owned(), source };
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name();
        names.extend(name.to_str().and_then(|name| name.strip_suffix(".rs")).map(str::to_owned));
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_become_seconds() {
        let options = Options { name: "x".into(), minutes: 2, sanitizer: Sanitizer::None, install: false };
        assert_eq!(
            command(&options).to_string(),
            "RUSTC_BOOTSTRAP=1 cargo fuzz run --fuzz-dir tests/fuzz --sanitizer none x -- -max_total_time=120"
        );
    }
}
