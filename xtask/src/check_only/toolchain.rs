//! The compilers and headers: Debian's, and those of Zig.

use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::process::{self, Cmd};
use crate::{cache, tools};

/// Debian's, beside whichever one is on the path.
pub(super) const RUSTC: &str = "/usr/bin/rustc";
/// Zig as a Python package, for what comes with it: C headers of many systems, and the
/// sources of the library that unwinds stacks.
const ZIG: &str = "ziglang==0.16.0";

/// Where what the check needs is.
pub(super) struct Toolchain {
    /// Zig's libraries.
    zig: PathBuf,
}

/// Makes sure of it all.
pub(super) fn ready(root: &Path, install: bool) -> Result<Toolchain, Error> {
    tools::ensure(root, &tools::for_check_only(), install)?;
    let folder = cache::whole(root, &cache::folder()?, ZIG, |folder| {
        let pip = Cmd::new("python3 -m pip install --quiet --no-deps --root-user-action=ignore --target");
        pip.arg(folder.display().to_string()).arg(ZIG).run(root)
    })?;
    Ok(Toolchain { zig: folder.join("ziglang/lib") })
}

impl Toolchain {
    /// A file or folder among Zig's libraries, by its path there.
    pub(super) fn zig(&self, path: &str) -> String {
        self.zig.join(path).display().to_string()
    }

    /// The flags that have clang look for headers there, and nowhere else but at its own.
    pub(super) fn headers(&self, folders: &[&str]) -> Vec<String> {
        let folders = folders
            .iter()
            .flat_map(|folder| ["-isystem".to_owned(), self.zig(&format!("libc/include/{folder}"))]);
        ["-nostdlibinc".to_owned()].into_iter().chain(folders).collect()
    }
}

/// Flags in one variable for the build scripts that compile C.
pub(super) fn joined(flags: &[String]) -> String {
    flags.iter().map(|flag| process::quoted(flag)).collect::<Vec<_>>().join(" ")
}
