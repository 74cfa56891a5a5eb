//! What can go wrong in a task.

use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;

/// Why a task did not succeed; its text is the last thing that is printed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("start this as `cargo xtask`")]
    NotFromCargo,
    #[error("{program} could not be started: {source}")]
    Start { program: &'static str, source: io::Error },
    #[error("{program} ended with {status}")]
    Failed { program: &'static str, status: ExitStatus },
    #[error("{path} cannot be read: {source}")]
    Read { path: PathBuf, source: io::Error },
    #[error("cannot make {}: {source}", path.display())]
    Make { path: PathBuf, source: io::Error },
    #[error("missing tools: {count}; run the commands above, or `cargo xtask ci --install`")]
    MissingTools { count: usize },
    #[error("{what} is still missing after its installation")]
    StillMissing { what: &'static str },
    #[error("installing {what} failed ({source}){note}")]
    Install { what: &'static str, note: &'static str, source: Box<Self> },
    #[error("there is no absolute path in HOME or XDG_CACHE_HOME to keep tools under")]
    NoCacheFolder,
    #[error("no file in /etc/apt names a mirror of Debian")]
    NoMirror,
    #[error(
        "Swift 6 is not on PATH, and Debian's can't be put into a folder of its own: {obstacle}; \
         install Swift 6 from https://www.swift.org/install, or run this as root on Debian"
    )]
    NoSwift { obstacle: &'static str },
    #[error("broken rules of the architecture: {count}")]
    BrokenRules { count: usize },
    #[error("there is no fuzz target `{name}`; there are: {known}")]
    UnknownFuzzTarget { name: String, known: String },
    #[error(
        "the public surface of the Kotlin package changed; if that is meant, `cargo xtask kotlin --bless`{changes}"
    )]
    SurfaceChanged { changes: String },
    #[error("the {language} quick start of bindings/README.md is not the one of {test}")]
    QuickStart { language: &'static str, test: &'static str },
    #[error("bindings/size-budget.toml has no line for {target}")]
    NoBudget { target: String },
    #[error("the library for {target} is {over} bytes above its budget (bindings/size-budget.toml)")]
    TooLarge { target: String, over: String },
    #[error(
        "`cargo xtask {task}` needs what is not here:{missing}\n\
         whether the library compiles, and its size: `cargo xtask {task} --check`"
    )]
    NotThere { task: &'static str, missing: String },
    #[error("{library}: segments aligned to {alignment} bytes do not load on phones with pages of 16384")]
    Pages { library: String, alignment: u64 },
    #[error(
        "the library asks the system for other symbols than {file} says; if phones have them, change that file:{changes}"
    )]
    Symbols { file: &'static str, changes: String },
    #[error("the step `{step}` failed: {source}\nrepeat it with\n    {command}")]
    Step { step: &'static str, command: String, source: Box<Self> },
}
