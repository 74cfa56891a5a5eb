//! `cargo xtask fuzz`: libFuzzer with the pinned toolchain.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::error::Error;
use crate::process::Cmd;
use crate::tools;

/// Inputs that were found; not in the repository.
const CORPORA: &str = "tests/fuzz/corpus";
const TARGETS: &str = "tests/fuzz/fuzz_targets";
/// Words that a target's input is made of; a target need not have any.
const DICTIONARIES: &str = "tests/fuzz/dictionaries";

#[derive(Args)]
pub(crate) struct Options {
    /// The target: a file name in tests/fuzz/fuzz_targets, without `.rs`.
    name: String,
    /// When to stop.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    minutes: u64,
    /// A folder of inputs to start from, beside those that were found before.
    #[arg(long, value_name = "FOLDER")]
    seeds: Option<PathBuf>,
    /// Install cargo-fuzz where it is missing.
    #[arg(long)]
    install: bool,
}

/// Fuzzes one target for the given time.
pub(crate) fn run(root: &Path, options: &Options) -> Result<(), Error> {
    let known = targets(&root.join(TARGETS))?;
    if !known.contains(&options.name) {
        return Err(Error::UnknownFuzzTarget { name: options.name.clone(), known: known.join(", ") });
    }
    tools::ensure(root, &tools::for_fuzzing(), options.install)?;
    if options.seeds.is_some() {
        let corpus = root.join(CORPORA).join(&options.name);
        std::fs::create_dir_all(&corpus).map_err(|source| Error::Make { path: corpus, source })?;
    }
    let dictionary = format!("{DICTIONARIES}/{}.dict", options.name);
    let command = command(options, root.join(&dictionary).is_file().then_some(dictionary.as_str()));
    println!("{command}");
    command.run(root)
}

/// With the address sanitizer, for what dependencies do in unsafe code and in C,
/// and because its runtime tells the fuzzer which texts were compared.
fn command(options: &Options, dictionary: Option<&str>) -> Cmd {
    let seconds = options.minutes.saturating_mul(60);
    let command = Cmd::new("cargo fuzz run --fuzz-dir tests/fuzz --sanitizer address")
        // The sanitizer's flag is for nightly compilers; the pinned one knows it all the same.
        .env("RUSTC_BOOTSTRAP", "1")
        .arg(options.name.as_str());
    let command = match &options.seeds {
        // What is found goes to the first folder.
        Some(seeds) => command.arg(format!("{CORPORA}/{}", options.name)).arg(seeds.display().to_string()),
        None => command,
    };
    let command = command
        .arg("--")
        .arg(format!("-max_total_time={seconds}"))
        // Inputs may be long from the start: minutes are too short to grow them.
        .arg("-len_control=0");
    match dictionary {
        Some(path) => command.arg(format!("-dict={path}")),
        None => command,
    }
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
    fn minutes_become_seconds_and_a_dictionary_is_passed_on() {
        let options = Options { name: "x".into(), minutes: 2, seeds: None, install: false };
        let expected = "RUSTC_BOOTSTRAP=1 cargo fuzz run --fuzz-dir tests/fuzz --sanitizer address x -- \
            -max_total_time=120 -len_control=0";
        assert_eq!(command(&options, None).to_string(), expected);
        assert_eq!(command(&options, Some("x.dict")).to_string(), format!("{expected} -dict=x.dict"));
        let seeded = Options { seeds: Some("seeds".into()), ..options };
        assert!(command(&seeded, None).to_string().contains(" x tests/fuzz/corpus/x seeds -- "));
    }
}
