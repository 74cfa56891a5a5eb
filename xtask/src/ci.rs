//! The steps of `cargo xtask ci`, in order, each with its seconds.

use std::path::Path;
use std::time::Instant;

use crate::architecture;
use crate::error::Error;
use crate::process::Cmd;
use crate::quick_start;
use crate::table::Table;
use crate::tools;

/// The installation check goes first and is timed like any step.
const TOOLS: &str = "tools";

struct Step {
    name: &'static str,
    /// Said when the step starts, for those who would expect more of it.
    note: Option<&'static str>,
    action: Action,
}

enum Action {
    Run(Cmd),
    Architecture,
}

impl Step {
    fn run(&self, root: &Path) -> Result<(), Error> {
        println!("\n== {}: {}", self.name, self.command());
        if let Some(note) = self.note {
            println!("   {note}");
        }
        match &self.action {
            Action::Run(command) => command.run(root),
            Action::Architecture => architecture::check(root).and_then(|()| quick_start::check(root)),
        }
        .map_err(|source| Error::Step {
            step: self.name,
            command: self.command().to_string(),
            source: Box::new(source),
        })
    }

    fn command(&self) -> Cmd {
        match &self.action {
            Action::Run(command) => command.clone(),
            Action::Architecture => Cmd::new("cargo xtask architecture"),
        }
    }
}

/// Runs every step until one fails; the table is printed in any case.
pub(crate) fn run(root: &Path, install: bool) -> Result<(), Error> {
    let mut table = Table::default();
    println!("== {TOOLS}");
    let mut result = timed(&mut table, TOOLS, || tools::ensure(root, &tools::for_ci(), install));
    for step in steps(install) {
        if result.is_ok() {
            result = timed(&mut table, step.name, || step.run(root));
        } else {
            table.not_run(step.name);
        }
    }
    println!("\n{table}");
    result
}

fn timed(
    table: &mut Table,
    name: &'static str,
    action: impl FnOnce() -> Result<(), Error>,
) -> Result<(), Error> {
    let start = Instant::now();
    let result = action();
    table.ran(name, start.elapsed(), result.is_ok());
    result
}

fn steps(install: bool) -> Vec<Step> {
    let run = |name, command| Step { name, note: None, action: Action::Run(command) };
    let mut steps = vec![
        run("format", Cmd::new("cargo fmt --all --check")),
        run("format of fuzzing", Cmd::new("cargo fmt --check --manifest-path tests/fuzz/Cargo.toml")),
        Step { name: "architecture", note: None, action: Action::Architecture },
        run("clippy", Cmd::new("cargo clippy --workspace --all-targets --locked -- -D warnings")),
        Step {
            name: "deny",
            note: Some(
                "Advisories are left to the public workflow: their database is not reachable everywhere.",
            ),
            action: Action::Run(Cmd::new(
                "cargo deny --locked check --hide-inclusion-graph bans licenses sources",
            )),
        },
        run("tests", Cmd::new("cargo test --workspace --locked")),
        run("docs", Cmd::new("cargo doc --workspace --no-deps --locked").env("RUSTDOCFLAGS", "-D warnings")),
        run("fuzz targets", fuzz_check()),
        run("kotlin", for_language("cargo xtask kotlin", install)),
        run("swift", for_language("cargo xtask swift", install)),
    ];
    // What it is held to is a budget for this machine's target.
    if cfg!(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu")) {
        steps.push(run("size", Cmd::new("cargo xtask size")));
    }
    steps
}

/// The packages' tasks install what they need themselves.
fn for_language(task: &'static str, install: bool) -> Cmd {
    if install { Cmd::new(task).arg("--install") } else { Cmd::new(task) }
}

/// Checked only, and in the workspace's own target directory, where most of the
/// dependencies are already.
fn fuzz_check() -> Cmd {
    let check = Cmd::new("cargo check --locked --manifest-path tests/fuzz/Cargo.toml");
    if std::env::var_os("CARGO_TARGET_DIR").is_some() {
        check
    } else {
        check.env("CARGO_TARGET_DIR", "target")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_step_says_how_to_repeat_it() {
        let step = Step { name: "never", note: None, action: Action::Run(Cmd::new("false")) };
        let text = step.run(Path::new(".")).unwrap_err().to_string();
        assert!(text.contains("`never` failed"), "{text}");
        assert!(text.ends_with("repeat it with\n    false"), "{text}");
    }

    #[test]
    fn the_steps_keep_to_the_lock_files() {
        for step in steps(true) {
            let command = step.command().to_string();
            let exempt = command.starts_with("cargo fmt") || command.starts_with("cargo xtask");
            assert!(exempt || command.contains("--locked"), "{command}");
        }
    }
}
