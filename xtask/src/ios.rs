//! `cargo xtask ios`: the XCFramework of the Swift package.

use std::fs;
use std::path::{Path, PathBuf};

use crate::bindings::{self, Surface};
use crate::error::Error;
use crate::needs::{self, Need};
use crate::process::Cmd;
use crate::size;

/// Systems, each with the targets that become one library. Macs are there for the
/// package's tests, which `swift test` runs on them.
const SYSTEMS: [(&str, &[&str]); 3] = [
    ("ios", &["aarch64-apple-ios"]),
    ("ios-simulator", &["aarch64-apple-ios-sim", "x86_64-apple-ios"]),
    ("macos", &["aarch64-apple-darwin", "x86_64-apple-darwin"]),
];
const PACKAGE: &str = "bindings/swift";
const FRAMEWORK: &str = "bindings/swift/PayseraRetailerFFI.xcframework";
/// The module, the folder of its headers and its C target are of one name: with a folder
/// of their own, the headers of two frameworks do not meet.
const MODULE: &str = "PayseraRetailerFFI";
/// The oldest iOS, as in Package.swift.
pub(crate) const DEPLOYMENT_TARGET: &str = "16.0";
const ARCHIVE: &str = "libpaysera_bindings.a";

/// Builds the libraries and joins them with the headers.
pub(crate) fn run(root: &Path, surface: Surface) -> Result<(), Error> {
    needs::all_there("ios", &needs(root, surface))?;
    bindings::build(root, surface)?;
    // Xcode does not write over a framework, nor lipo into a missing folder.
    let work = bindings::target_folder(root).join("xcframework");
    for folder in [root.join(FRAMEWORK), work.clone()] {
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(|source| Error::Make { path: folder, source })?;
        }
    }
    let headers = work.join("headers");
    for name in [format!("{MODULE}.h"), "module.modulemap".to_owned()] {
        let include = root.join(PACKAGE).join("Sources").join(MODULE).join("include");
        bindings::copy(&include.join(&name), &headers.join(MODULE).join(&name))?;
    }
    let libraries = match surface {
        Surface::Public | Surface::Optimised => for_phones(root, &work)?,
        Surface::ForTests => vec![bindings::built(root, Surface::ForTests).join(ARCHIVE)],
    };
    framework(&libraries, &headers).run_shown(root)
}

fn for_phones(root: &Path, work: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut libraries = Vec::new();
    for (system, targets) in SYSTEMS {
        for target in targets {
            library(target).run_shown(root)?;
        }
        let library = work.join(system).join(ARCHIVE);
        let folder = work.join(system);
        fs::create_dir_all(&folder).map_err(|source| Error::Make { path: folder, source })?;
        joined(&bindings::target_folder(root), targets, &library).run_shown(root)?;
        libraries.push(library);
    }
    Ok(libraries)
}

fn library(target: &str) -> Cmd {
    size::phone_library(Cmd::new("cargo"), "staticlib")
        .arg("--target")
        .arg(target)
        .env("IPHONEOS_DEPLOYMENT_TARGET", DEPLOYMENT_TARGET)
        .env("MACOSX_DEPLOYMENT_TARGET", "13.0")
}

fn joined(target_folder: &Path, targets: &[&str], into: &Path) -> Cmd {
    let one = |target: &&str| target_folder.join(target).join("phone").join(ARCHIVE).display().to_string();
    let command = targets.iter().map(one).fold(Cmd::new("lipo -create"), Cmd::arg);
    command.arg("-output").arg(into.display().to_string())
}

fn framework(libraries: &[PathBuf], headers: &Path) -> Cmd {
    let headers = headers.display().to_string();
    let command = libraries.iter().fold(Cmd::new("xcodebuild -create-xcframework"), |command, library| {
        let command = command.arg("-library").arg(library.display().to_string());
        command.arg("-headers").arg(headers.as_str())
    });
    command.arg("-output").arg(FRAMEWORK)
}

fn needs(root: &Path, surface: Surface) -> Vec<Need> {
    let mut needs = vec![
        Need {
            what: "a Mac",
            remedy: format!(
                "an XCFramework is made by Apple's tools alone; this is {}",
                std::env::consts::OS
            ),
            is_there: cfg!(target_os = "macos"),
        },
        Need {
            what: "Xcode",
            remedy: "install it and choose it with `sudo xcode-select --switch`".to_owned(),
            is_there: Cmd::new("xcodebuild -version").output(root).is_ok(),
        },
    ];
    if surface == Surface::Public {
        let installed = Cmd::new("rustup target list --installed").output(root).unwrap_or_default();
        needs.push(needs::rust_targets(
            &installed,
            SYSTEMS.into_iter().flat_map(|(_, targets)| targets).copied(),
        ));
    }
    needs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_system_is_one_library_of_all_its_processors() {
        let command = joined(Path::new("target"), &["a-sim", "b-sim"], Path::new("out/lib.a"));
        let expected = "lipo -create target/a-sim/phone/libpaysera_bindings.a \
            target/b-sim/phone/libpaysera_bindings.a -output out/lib.a";
        assert_eq!(command.to_string(), expected);
    }

    #[test]
    fn every_library_of_the_framework_brings_its_headers() {
        let command = framework(&["ios/x.a".into(), "macos/x.a".into()], Path::new("headers"));
        let expected = "xcodebuild -create-xcframework -library ios/x.a -headers headers \
            -library macos/x.a -headers headers -output bindings/swift/PayseraRetailerFFI.xcframework";
        assert_eq!(command.to_string(), expected);
    }

    #[test]
    fn elsewhere_than_on_a_mac_it_says_so() {
        let result = needs::all_there("ios", &needs(Path::new("."), Surface::ForTests));
        if !cfg!(target_os = "macos") {
            let text = result.unwrap_err().to_string();
            assert!(text.starts_with("`cargo xtask ios` needs") && text.contains("- a Mac: "), "{text}");
        }
    }
}
