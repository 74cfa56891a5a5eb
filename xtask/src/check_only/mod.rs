//! `cargo xtask android --check` and `ios --check`: the library for phones, compiled where
//! there is no NDK and no Mac.
//!
//! It shows that everything compiles for phones, how large it gets and what it asks of
//! the system. It is made with other systems' headers, and with stubs for Android's
//! libraries: nothing of it may reach a phone, so it stays in a folder of its own.

mod android;
mod ios;
mod report;
mod symbols;
mod toolchain;

use std::path::Path;

use crate::error::Error;
use crate::process::Cmd;
use crate::size;

/// Not where cargo puts the libraries that are shipped.
const FOLDER: &str = "target/check-only";
const LABEL: &str = "CHECK ONLY: made without the platform's own tools, and not to be shipped";

/// Compiles for 64-bit ARM, links with stubs of Android's libraries, and reports.
pub(crate) fn android(root: &Path, install: bool) -> Result<(), Error> {
    println!("{LABEL}");
    android::build(root, &toolchain::ready(root, install)?)?;
    println!("{LABEL}");
    android::report(root)
}

/// Compiles the static library, which only a Mac links into an app, and reports.
pub(crate) fn ios(root: &Path, install: bool) -> Result<(), Error> {
    println!("{LABEL}");
    ios::build(root, &toolchain::ready(root, install)?)?;
    println!("{LABEL}");
    ios::report(root)
}

/// Builds one kind of library as apps carry it. Rust's own library is compiled too: the
/// distribution has its sources, and nothing that is compiled for phones.
fn cargo(target: &str, kind: &str) -> Cmd {
    size::phone_library(Cmd::new("cargo"), kind)
        .arg("--target")
        .arg(target)
        .arg("-Zbuild-std=std,panic_unwind")
        .env("RUSTC", toolchain::RUSTC)
        // It is no nightly: unstable options are taken only with this.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_TARGET_DIR", FOLDER)
}
