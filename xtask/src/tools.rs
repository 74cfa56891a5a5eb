//! What the tasks need on a machine, and how it gets there.

use std::path::Path;

use crate::error::Error;
use crate::process::Cmd;

/// Something that must be there before a task starts.
#[derive(Debug)]
pub(crate) struct Tool {
    what: &'static str,
    /// Succeeds where the tool is.
    probe: Cmd,
    /// What the probe must print; nothing where any version will do.
    version: Option<&'static str>,
    install: Vec<Cmd>,
    /// Said when the installation fails.
    note: &'static str,
}

const COMPONENTS_NOTE: &str = "; components come from the Rust project's servers only: on a machine \
    that cannot reach them, the toolchain named in rust-toolchain.toml must be installed with rustfmt and clippy";

/// What `cargo xtask ci` needs.
pub(crate) fn for_ci() -> Vec<Tool> {
    let component = |what, probe| Tool {
        what,
        probe: Cmd::new(probe),
        version: None,
        install: vec![Cmd::new("rustup component add").arg(what)],
        note: COMPONENTS_NOTE,
    };
    vec![
        // The C compiler builds SQLite and ring, the C++ compiler the fuzzer's runtime.
        compiler("a C compiler", "cc --version"),
        compiler("a C++ compiler", "c++ --version"),
        component("rustfmt", "cargo fmt --version"),
        component("clippy", "cargo clippy --version"),
        cargo_deny(),
        // The sandbox's console is tested in it.
        debian_package(
            "Chromium",
            "sh tests/console/chromium.sh --version",
            "chromium",
            "; it is Debian's package: elsewhere CHROMIUM may name the program of any Chromium or Chrome",
        ),
    ]
}

/// What the Kotlin package needs.
pub(crate) fn for_kotlin() -> Vec<Tool> {
    vec![
        compiler("a C compiler", "cc --version"),
        debian_package("a Java development kit", "javac -version", "default-jdk-headless", ""),
        debian_package("Maven", "mvn --version", "maven", ""),
    ]
}

/// What making a root folder with Swift needs.
pub(crate) fn for_swift() -> Vec<Tool> {
    vec![debian_package("mmdebstrap", "mmdebstrap --version", "mmdebstrap", "")]
}

/// What compiling for phones needs where their platforms' tools are not: compilers, and
/// Rust 1.95 or later with the sources of its library.
pub(crate) fn for_check_only() -> Vec<Tool> {
    let package = |what, probe, package| {
        debian_package(what, probe, package, "; it is a package of Debian 12 or its security updates")
    };
    vec![
        // LLVM as Rust has it: an older one does not read what a newer one wrote.
        package("Clang 22", "clang-22 --version", "clang-22"),
        package("LLD 22", "ld.lld-22 --version", "lld-22"),
        package("LLVM 22", "llvm-nm-22 --version", "llvm-22"),
        package("Debian's Rust for browsers", "dpkg-query --show rustc-web", "rustc-web"),
        package("the sources of its library", "dpkg-query --show rust-web-src", "rust-web-src"),
        package("pip", "python3 -m pip --version", "python3-pip"),
    ]
}

/// What measuring beside other people's scanners needs.
pub(crate) fn for_peers() -> Vec<Tool> {
    vec![compiler("a C++ compiler", "c++ --version"), debian_package("CMake", "cmake --version", "cmake", "")]
}

fn compiler(what: &'static str, probe: &'static str) -> Tool {
    debian_package(what, probe, "build-essential", "")
}

fn debian_package(
    what: &'static str,
    probe: &'static str,
    package: &'static str,
    note: &'static str,
) -> Tool {
    Tool {
        what,
        probe: Cmd::new(probe),
        version: None,
        install: vec![
            Cmd::new("apt-get update"),
            Cmd::new("apt-get install --yes --no-install-recommends").arg(package),
        ],
        note,
    }
}

/// Built in debug: that takes a third of the time and checks as well.
fn cargo_deny() -> Tool {
    Tool {
        what: "cargo-deny 0.20.2",
        probe: Cmd::new("cargo deny --version"),
        version: Some("cargo-deny 0.20.2"),
        install: vec![Cmd::new("cargo install --locked --debug --version =0.20.2 cargo-deny")],
        note: "",
    }
}

/// What `cargo xtask fuzz` needs.
pub(crate) fn for_fuzzing() -> Vec<Tool> {
    vec![
        compiler("a C++ compiler", "c++ --version"),
        Tool {
            what: "cargo-fuzz 0.13.2",
            probe: Cmd::new("cargo fuzz --version"),
            version: Some("cargo-fuzz 0.13.2"),
            install: vec![Cmd::new("cargo install --locked --debug --version =0.13.2 cargo-fuzz")],
            note: "",
        },
    ]
}

impl Tool {
    fn is_there(&self, root: &Path) -> bool {
        self.probe
            .output(root)
            .is_ok_and(|printed| self.version.is_none_or(|version| printed.trim() == version))
    }

    fn install(&self, root: &Path) -> Result<(), Error> {
        for command in &self.install {
            println!("   {command}");
            command.run(root).map_err(|source| Error::Install {
                what: self.what,
                note: self.note,
                source: Box::new(source),
            })?;
        }
        if self.is_there(root) { Ok(()) } else { Err(Error::StillMissing { what: self.what }) }
    }
}

/// Makes sure of the tools. Installs only where that was asked for, or on a
/// throw-away machine (root with CI=true); a developer's machine is left alone.
pub(crate) fn ensure(root: &Path, tools: &[Tool], asked: bool) -> Result<(), Error> {
    let install = asked || (std::env::var("CI").is_ok_and(|value| value == "true") && is_root(root));
    let mut count = 0;
    for tool in tools {
        if tool.is_there(root) {
            continue;
        }
        println!("{} is missing", tool.what);
        if install {
            tool.install(root)?;
        } else {
            count += 1;
            for command in &tool.install {
                println!("   {command}");
            }
        }
    }
    if count == 0 { Ok(()) } else { Err(Error::MissingTools { count }) }
}

pub(crate) fn is_root(root: &Path) -> bool {
    Cmd::new("id -u").output(root).is_ok_and(|uid| uid.trim() == "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tool(probe: &'static str, install: &'static str) -> Tool {
        Tool {
            what: "it",
            probe: Cmd::new(probe),
            version: Some("it 1.2.3"),
            install: vec![Cmd::new(install)],
            note: "",
        }
    }

    #[test]
    fn another_version_is_not_the_tool() {
        assert!(tool("echo it 1.2.3", "false").is_there(Path::new(".")));
        assert!(!tool("echo it 1.2.4", "false").is_there(Path::new(".")));
        assert!(!tool("no-such-program-here", "false").is_there(Path::new(".")));
    }

    #[test]
    fn an_installation_is_tried_and_looked_at() {
        let here = Path::new(".");
        assert!(ensure(here, &[tool("echo it 1.2.3", "false")], true).is_ok());
        let fails = ensure(here, &[tool("false", "false")], true);
        assert!(matches!(fails, Err(Error::Install { .. })));
        let useless = ensure(here, &[tool("false", "true")], true);
        assert!(matches!(useless, Err(Error::StillMissing { .. })));
    }
}
