//! Commands that are run as they are printed.

use std::ffi::OsString;
use std::fmt;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::bindings;
use crate::error::Error;

/// Where the loader looks for libraries first.
const LIBRARIES: &str = "LD_LIBRARY_PATH";

/// The folders that are not in cargo's target folder. `cargo xtask` puts its own there,
/// and a JVM would load the library out of them instead of the one in the package.
fn foreign(paths: &OsString, target: &Path) -> OsString {
    let folders = std::env::split_paths(paths).filter(|folder| !folder.starts_with(target));
    // What was split can be joined again.
    std::env::join_paths(folders).unwrap_or_default()
}

/// A command; its `Display` can be pasted into a shell at the workspace's root.
#[derive(Clone, Debug)]
pub(crate) struct Cmd {
    variables: Vec<(&'static str, String)>,
    program: &'static str,
    arguments: Vec<String>,
}

impl Cmd {
    /// A command from one line without quotes: words are split at spaces.
    pub(crate) fn new(line: &'static str) -> Self {
        let mut words = line.split_whitespace();
        let program = words.next().unwrap_or_default();
        Self { variables: Vec::new(), program, arguments: words.map(str::to_owned).collect() }
    }

    /// One more argument, spaces and all.
    pub(crate) fn arg(mut self, argument: impl Into<String>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Sets an environment variable.
    pub(crate) fn env(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.variables.push((name, value.into()));
        self
    }

    fn command(&self, root: &Path) -> Command {
        let mut command = Command::new(self.program);
        command.args(&self.arguments).current_dir(root).stdin(Stdio::null());
        if let Some(paths) = std::env::var_os(LIBRARIES) {
            command.env(LIBRARIES, foreign(&paths, &bindings::target_folder(root)));
        }
        for (name, value) in &self.variables {
            command.env(name, value);
        }
        command
    }

    /// Runs it, its output going straight through.
    pub(crate) fn run(&self, root: &Path) -> Result<(), Error> {
        run(&mut self.command(root), self.program)
    }

    /// Says what is run, for what takes minutes, and runs it.
    pub(crate) fn run_shown(&self, root: &Path) -> Result<(), Error> {
        println!("{self}");
        self.run(root)
    }

    /// Runs it quietly and returns what it wrote to standard output.
    pub(crate) fn output(&self, root: &Path) -> Result<String, Error> {
        let output =
            self.command(root).output().map_err(|source| Error::Start { program: self.program, source })?;
        if !output.status.success() {
            return Err(Error::Failed { program: self.program, status: output.status });
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

/// Runs a command, its output going straight through; errors call it by this name.
pub(crate) fn run(command: &mut Command, program: &'static str) -> Result<(), Error> {
    let status = command.status().map_err(|source| Error::Start { program, source })?;
    if status.success() { Ok(()) } else { Err(Error::Failed { program, status }) }
}

impl fmt::Display for Cmd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.variables {
            write!(f, "{name}={} ", quoted(value))?;
        }
        f.write_str(self.program)?;
        for argument in &self.arguments {
            write!(f, " {}", quoted(argument))?;
        }
        Ok(())
    }
}

/// The word as a POSIX shell reads it back.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./=:,@+".contains(&byte);
    if !word.is_empty() && word.bytes().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_prints_as_a_shell_reads_it() {
        let command = Cmd::new("cargo doc --locked").env("RUSTDOCFLAGS", "-D warnings").arg("it's");
        assert_eq!(command.to_string(), r"RUSTDOCFLAGS='-D warnings' cargo doc --locked 'it'\''s'");
    }

    #[test]
    fn cargos_folders_are_not_where_libraries_are_looked_for() {
        let paths = foreign(&"/w/target/debug/deps:/opt/lib:/w/target/debug".into(), Path::new("/w/target"));
        assert_eq!(paths, "/opt/lib");
    }

    #[test]
    fn a_failing_command_is_an_error() {
        let here = Path::new(".");
        assert!(matches!(Cmd::new("false").run(here), Err(Error::Failed { .. })));
        assert!(matches!(Cmd::new("no-such-program-here").run(here), Err(Error::Start { .. })));
        assert_eq!(Cmd::new("echo").arg("a  b").output(here).unwrap(), "a  b\n");
    }
}
