//! The project's only scripts.
//!
//! `cargo xtask ci` is the one check that everybody runs, people and machines
//! alike; the other commands are its parts or its siblings.
#![forbid(unsafe_code)]
// Printing is what this program is for.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod android;
mod architecture;
mod bindings;
mod cache;
mod check_only;
mod ci;
mod elf;
mod error;
mod ffi_bench;
mod fuzz;
mod ios;
mod kotlin;
mod needs;
mod process;
mod quick_start;
mod sandbox_rule;
mod size;
mod swift;
mod table;
mod tools;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use error::Error;
use process::Cmd;

#[derive(Parser)]
#[command(bin_name = "cargo xtask", about = "The project's scripts.")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Every check of the project, ending with a table of seconds per step.
    ///
    /// Security advisories are left to the public workflow: their database is
    /// not reachable from every machine (`cargo deny check advisories`).
    Ci {
        /// Install missing tools. As root with CI=true this is the default.
        #[arg(long)]
        install: bool,
    },
    /// The rules about who may know whom, read from the sources.
    Architecture,
    /// Builds the library for this machine and puts it, with the sources generated
    /// from it, into the Kotlin and the Swift package.
    Bindings {
        /// The library that the packages' own tests use: it can panic on demand.
        #[arg(long)]
        for_tests: bool,
    },
    /// Tests the Kotlin package on the JVM, and compares what it shows to the public with
    /// what was agreed on.
    Kotlin {
        /// Agrees on what it shows now, without testing.
        #[arg(long)]
        bless: bool,
        /// Install what is missing.
        #[arg(long)]
        install: bool,
    },
    /// Tests the Swift package, or runs a program with Swift 6:
    /// `cargo xtask swift -- swift --version`.
    ///
    /// As root on Debian, where Swift is not on PATH, it runs in a root folder that has
    /// Debian's; that is made once, in the user's cache. The program finds the current
    /// folder, the workspace and CARGO_TARGET_DIR there, at the same paths, and nothing of
    /// the environment: set variables with `env NAME=VALUE program`.
    Swift(swift::Options),
    /// Builds the library as apps carry it, for this machine, and compares its size with
    /// bindings/size-budget.toml. The build takes minutes.
    Size,
    /// Builds the AAR for Android. Needs an NDK, an SDK, Gradle and cargo-ndk; says what of
    /// it is missing.
    Android(Check),
    /// Builds the XCFramework for the Swift package. Needs a Mac with Xcode.
    Ios {
        /// The library that the package's own tests use, for this Mac only.
        #[arg(long, conflicts_with = "check")]
        for_tests: bool,
        #[command(flatten)]
        check: Check,
    },
    /// Fuzzes one target of tests/fuzz.
    Fuzz(fuzz::Options),
    /// Measures, in release: `cargo xtask bench scan`, `frames`, `roundtrip`, `sandbox`,
    /// `client`, `journal`; each with `--help`. `ffi` compares calls from Kotlin and Swift
    /// with the same in Rust. With `--peers` it installs CMake and a
    /// C++ compiler where they are missing.
    Bench {
        /// What to measure, and its options.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
        arguments: Vec<String>,
    },
}

#[derive(clap::Args)]
struct Check {
    /// Only check, on Debian 12 and without the platform's own tools: compiles the library
    /// for 64-bit ARM, and prints its size, what it needs, how its pages are aligned and
    /// what it leaves undefined. What is built is not to be shipped.
    #[arg(long)]
    check: bool,
    /// Install what the check needs.
    #[arg(long, requires = "check")]
    install: bool,
}

fn main() -> ExitCode {
    match run(Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<(), Error> {
    let root = workspace_root()?;
    match task {
        Task::Ci { install } => ci::run(&root, install),
        Task::Architecture => {
            architecture::check(&root)?;
            quick_start::check(&root)
        }
        Task::Bindings { for_tests } => bindings::build(&root, surface(for_tests)),
        Task::Kotlin { bless, install } => {
            tools::ensure(&root, &tools::for_kotlin(), install)?;
            if bless { kotlin::bless(&root) } else { kotlin::run(&root) }
        }
        Task::Swift(options) => swift::run(&root, &options),
        Task::Size => size::run(&root),
        Task::Android(Check { check: true, install }) => check_only::android(&root, install),
        Task::Android(_) => android::run(&root),
        Task::Ios { check: Check { check: true, install }, .. } => check_only::ios(&root, install),
        Task::Ios { for_tests, .. } => ios::run(&root, surface(for_tests)),
        Task::Fuzz(options) => fuzz::run(&root, &options),
        Task::Bench { arguments } => {
            if arguments.first().is_some_and(|what| what == "ffi") {
                return ffi_bench::run(&root);
            }
            if arguments.iter().any(|argument| argument == "--peers") {
                tools::ensure(&root, &tools::for_peers(), true)?;
            }
            bench(&arguments).run(&root)
        }
    }
}

const fn surface(for_tests: bool) -> bindings::Surface {
    if for_tests { bindings::Surface::ForTests } else { bindings::Surface::Public }
}

/// The client is measured by a program of its own: it counts allocations.
fn bench(arguments: &[String]) -> Cmd {
    let (program, arguments) = match arguments.split_first() {
        Some((what, rest)) if what == "client" => ("paysera-bench-client", rest),
        _ => ("paysera-bench", arguments),
    };
    let command = Cmd::new("cargo run --release --locked -p paysera-bench --bin").arg(program).arg("--");
    arguments.iter().fold(command, |command, argument| command.arg(argument.as_str()))
}

/// Asked at run time: a path compiled in would point elsewhere once the clone
/// has moved.
fn workspace_root() -> Result<PathBuf, Error> {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    package.as_deref().and_then(|path| path.parent()).map(PathBuf::from).ok_or(Error::NotFromCargo)
}
