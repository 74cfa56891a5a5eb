//! The Kotlin and Swift packages for this machine: the library, and the sources
//! that are generated from it, where the packages look for them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::process::Cmd;

/// Which library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Surface {
    /// What apps get.
    Public,
    /// With what the packages' tests need besides: a panic on demand.
    ForTests,
    /// The same, optimised: the measurements stand among the tests.
    Optimised,
}

/// Builds the library for this machine and puts it, with the generated sources,
/// into both packages.
pub(crate) fn build(root: &Path, surface: Surface) -> Result<(), Error> {
    let library = Cmd::new("cargo build --locked -p paysera-bindings");
    match surface {
        Surface::Public => library,
        Surface::ForTests => library.arg("--features").arg("panic-probe"),
        Surface::Optimised => library.arg("--features").arg("panic-probe").arg("--release"),
    }
    .run(root)?;
    let built = built(root, surface);
    kotlin(root, &built)?;
    swift(root, &built)
}

/// What the packages' tests need: both packages, and the sandbox's program, whose path
/// is given.
pub(crate) fn build_for_tests(root: &Path) -> Result<PathBuf, Error> {
    build(root, Surface::ForTests)?;
    Cmd::new("cargo build --quiet --locked -p paysera-sandbox").run(root)?;
    Ok(built(root, Surface::ForTests).join("paysera-sandbox"))
}

/// Where cargo puts what it builds.
pub(crate) fn built(root: &Path, surface: Surface) -> PathBuf {
    target_folder(root).join(if surface == Surface::Optimised { "release" } else { "debug" })
}

/// The folder that cargo builds in.
pub(crate) fn target_folder(root: &Path) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    root.join(target)
}

fn kotlin(root: &Path, built: &Path) -> Result<(), Error> {
    let package = root.join("bindings/kotlin");
    generate(root, built, "kotlin", &package.join("generated"))?;
    // Where JNA looks inside a jar.
    let place = package.join("native").join(jna_platform());
    copy(&built.join(library_name()), &place.join(library_name()))
}

fn swift(root: &Path, built: &Path) -> Result<(), Error> {
    let sources = root.join("bindings/swift/Sources");
    let generated = sources.join("PayseraRetailer/Generated");
    generate(root, built, "swift", &generated)?;
    let header = "PayseraRetailerFFI.h";
    copy(&generated.join(header), &sources.join("PayseraRetailerFFI/include").join(header))?;
    remove(&generated.join(header))?;
    // Alone in its folder: a linker that finds both takes the shared one.
    let archive = "libpaysera_bindings.a";
    copy(&built.join(archive), &root.join("bindings/swift/lib").join(archive))
}

fn generate(root: &Path, built: &Path, language: &str, out: &Path) -> Result<(), Error> {
    Cmd::new("cargo run --quiet --locked -p paysera-bindgen --")
        .arg(language)
        .arg(built.join(library_name()).display().to_string())
        .arg("--config")
        .arg("bindings/uniffi.toml")
        .arg("--out")
        .arg(out.display().to_string())
        .run(root)
}

pub(crate) fn copy(from: &Path, to: &Path) -> Result<(), Error> {
    let failed = |source| Error::Make { path: to.to_owned(), source };
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    // A library that a program has open is replaced, not written over.
    remove(to)?;
    fs::copy(from, to).map(|_| ()).map_err(failed)
}

fn remove(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::Make { path: path.to_owned(), source })
        }
        _ => Ok(()),
    }
}

pub(crate) const fn library_name() -> &'static str {
    if cfg!(target_os = "macos") { "libpaysera_bindings.dylib" } else { "libpaysera_bindings.so" }
}

/// JNA's name for this machine.
fn jna_platform() -> String {
    let system = if cfg!(target_os = "macos") { "darwin" } else { "linux" };
    let processor = match std::env::consts::ARCH {
        "x86_64" => "x86-64",
        other => other,
    };
    format!("{system}-{processor}")
}
