//! The Swift package's tests.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use super::Toolchain;
use crate::bindings::{self, Surface};
use crate::error::Error;
use crate::process;

/// What is linked for the tests, of every processor's name.
const LINKED: &str = "debug/PayseraRetailerPackageTests.xctest";

/// Builds and tests the package; a warning is an error.
pub(super) fn test(root: &Path, toolchain: &Toolchain) -> Result<(), Error> {
    let sandbox = bindings::build_for_tests(root)?;
    let package = root.join("bindings/swift");
    // The package manager does not see that the library changed.
    let linked = package.join(".build").join(LINKED);
    match fs::remove_file(&linked) {
        Err(source) if linked.exists() => return Err(Error::Make { path: linked, source }),
        _ => {}
    }
    let built = bindings::built(root, Surface::ForTests);
    let environment = [("PAYSERA_SANDBOX", sandbox.as_os_str())];
    let arguments = ["test", "-Xswiftc", "-warnings-as-errors"].map(OsStr::new);
    let mut command = toolchain.command(&package, &[root, &built], &environment, "swift", arguments);
    process::run(&mut command, "swift test")
}
