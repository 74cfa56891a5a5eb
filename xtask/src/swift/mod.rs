//! Swift 6: the machine's own, or Debian's in a root folder of its own.

mod apt;
mod package;
mod root;

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;

use crate::error::Error;
use crate::process::{self, Cmd};

const ENTER: &str = include_str!("enter.sh");

/// Arguments of `setpriv` for what may leave no process and no mount behind, also
/// where this process is killed: `--pdeathsig` and `--kill-child` pass its end on.
const ALONE: [&str; 7] = ["--pdeathsig", "KILL", "unshare", "--mount", "--pid", "--fork", "--kill-child"];

#[derive(Args)]
pub(crate) struct Options {
    /// Where the program runs, instead of the current folder.
    #[arg(long)]
    folder: Option<PathBuf>,
    /// Install mmdebstrap where it is missing and needed.
    #[arg(long)]
    install: bool,
    /// The program and its arguments; the package's tests if there is none.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    words: Vec<String>,
}

/// Tests the package, or runs another program with Swift at hand.
pub(crate) fn run(workspace: &Path, options: &Options) -> Result<(), Error> {
    let toolchain = Toolchain::installed(workspace, options.install)?;
    let Some((program, arguments)) = options.words.split_first() else {
        return package::test(workspace, &toolchain);
    };
    let target = std::env::var_os("CARGO_TARGET_DIR").map(|target| workspace.join(target));
    let binds: Vec<&Path> = std::iter::once(workspace).chain(target.as_deref()).collect();
    let folder = options.folder.as_deref().unwrap_or(Path::new("."));
    process::run(&mut toolchain.command(folder, &binds, &[], program, arguments), "the program with Swift")
}

/// Where Swift is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Toolchain {
    /// On PATH.
    Host,
    /// In this root folder.
    Root(PathBuf),
}

impl Toolchain {
    /// Finds Swift 6, or makes a root folder that has it. What that takes of the
    /// machine's packages is installed under the conditions of `tools::ensure`.
    pub(crate) fn installed(workspace: &Path, install: bool) -> Result<Self, Error> {
        if Cmd::new("swift --version").output(workspace).is_ok_and(|printed| is_swift_6(&printed)) {
            return Ok(Self::Host);
        }
        root::installed(workspace, install).map(Self::Root)
    }

    /// A command that runs in `project`. In a root folder the program finds nothing
    /// but the project and `binds`, at their own paths, and of the environment what
    /// is given here; it ends with the thread that started it, and whatever it started
    /// ends with it. A machine's own Swift is started as any program is.
    pub(crate) fn command(
        &self,
        project: &Path,
        binds: &[&Path],
        environment: &[(&str, &OsStr)],
        program: &str,
        arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
    ) -> Command {
        match self {
            Self::Host => {
                let mut command = Command::new(program);
                command.args(arguments).envs(environment.iter().copied()).current_dir(project);
                command
            }
            Self::Root(root) => {
                let project = absolute(project);
                let mut command = Command::new("setpriv");
                command.args(ALONE).args(["sh", "-c", ENTER, "sh"]).arg(root).arg(root::home(root));
                command.arg(&project).arg(&project).args(binds.iter().map(|bind| absolute(bind))).arg("--");
                command.args(["HOME=/root", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"]);
                command.args(environment.iter().map(|(name, value)| assignment(name, value)));
                command.arg(program).args(arguments);
                command
            }
        }
    }
}

/// A path that can't be made absolute is left to fail where it is bound.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

fn assignment(name: &str, value: &OsStr) -> OsString {
    let mut assignment = OsString::from(name);
    assignment.push("=");
    assignment.push(value);
    assignment
}

/// Other programs are called `swift`, too: their versions are of something else.
fn is_swift_6(printed: &str) -> bool {
    let version = printed.split_once("Swift version ").map(|(_, version)| version);
    let major = version.and_then(|version| version.split(['.', ' ', '-']).next());
    major.and_then(|major| major.parse::<u32>().ok()).is_some_and(|major| major >= 6)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(command: &Command) -> Vec<&str> {
        command.get_args().map(|word| word.to_str().unwrap()).collect()
    }

    #[test]
    fn versions_are_read_as_every_system_prints_them() {
        for six in [
            "Swift version 6.0.3 (swift-6.0.3-RELEASE)\nTarget: x86_64-unknown-linux-gnu\n",
            "swift-driver version: 1.127 Apple Swift version 6.2 (swiftlang-6.2)\n",
            "Swift version 6.1-dev (LLVM 1)",
        ] {
            assert!(is_swift_6(six), "{six}");
        }
        for other in ["", "Swift version 5.10.1 (swift-5.10.1-RELEASE)", "python-swiftclient 6.1"] {
            assert!(!is_swift_6(other), "{other}");
        }
    }

    #[test]
    fn a_root_is_entered_with_paths_as_arguments() {
        let toolchain = Toolchain::Root("/cache/a root".into());
        let environment: [(&str, &OsStr); 1] = [("LD_LIBRARY_PATH", OsStr::new("/target/x y"))];
        let project = Path::new("/it's here");
        let command =
            toolchain.command(project, &[Path::new("/target")], &environment, "swift", ["test", "--x"]);
        assert_eq!(command.get_program(), "setpriv");
        let words = words(&command);
        let script = words.iter().position(|word| *word == ENTER).unwrap();
        assert_eq!(
            words.get(script + 1..).unwrap(),
            [
                "sh",
                "/cache/a root",
                "/cache/swift-home",
                "/it's here",
                "/it's here",
                "/target",
                "--",
                "HOME=/root",
                "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
                "LANG=C.UTF-8",
                "LD_LIBRARY_PATH=/target/x y",
                "swift",
                "test",
                "--x",
            ]
        );
    }

    #[test]
    fn the_machines_own_swift_is_started_as_it_is() {
        let environment: [(&str, &OsStr); 1] = [("A", OsStr::new("b"))];
        let command = Toolchain::Host.command(Path::new("/p"), &[], &environment, "swift", ["build"]);
        assert_eq!((command.get_program(), words(&command)), (OsStr::new("swift"), vec!["build"]));
        assert_eq!(command.get_current_dir(), Some(Path::new("/p")));
        assert!(command.get_envs().any(|pair| pair == (OsStr::new("A"), Some(OsStr::new("b")))));
    }
}
