//! `cargo xtask android`: the AAR.

use std::fs;
use std::path::{Path, PathBuf};

use crate::bindings::{self, Surface};
use crate::elf;
use crate::error::Error;
use crate::needs::{self, Need};
use crate::process::Cmd;
use crate::size;

/// Android's name for an architecture, Rust's, and whether it has 64 bits.
const ARCHITECTURES: [(&str, &str, bool); 3] = [
    ("arm64-v8a", "aarch64-linux-android", true),
    ("armeabi-v7a", "armv7-linux-androideabi", false),
    ("x86_64", "x86_64-linux-android", true),
];
const PACKAGE: &str = "bindings/kotlin/android";
const LIBRARIES: &str = "bindings/kotlin/android/jniLibs";
const LIBRARY: &str = "libpaysera_bindings.so";
/// The first one that aligns to pages of 16 KiB unasked.
const NDK: u32 = 28;
const CARGO_NDK: &str = "cargo-ndk 4.1.2";

/// Builds the libraries, checks them, and has Gradle make the AAR of them.
pub(crate) fn run(root: &Path) -> Result<(), Error> {
    let ndk = std::env::var_os("ANDROID_NDK_HOME").map(PathBuf::from);
    needs::all_there("android", &needs(root, ndk.as_deref()))?;
    bindings::build(root, Surface::Public)?;
    let libraries = root.join(LIBRARIES);
    if libraries.exists() {
        fs::remove_dir_all(&libraries).map_err(|source| Error::Make { path: libraries.clone(), source })?;
    }
    cargo_ndk().run_shown(root)?;
    let readelf = readelf(&ndk.unwrap_or_default());
    for (abi, target, is_64_bit) in ARCHITECTURES {
        check(root, &readelf, (abi, target, is_64_bit))?;
    }
    Cmd::new("gradle --no-daemon --project-dir")
        .arg(PACKAGE)
        .arg("assembleRelease")
        .arg(PUBLISH)
        .run_shown(root)?;
    println!("the AAR: {PACKAGE}/build/outputs/aar; with its POM: {PACKAGE}/build/repository");
    Ok(())
}

/// Gradle's task that writes a Maven repository into the build folder.
const PUBLISH: &str = "publishReleasePublicationToFolderRepository";

/// The level is the AAR's `minSdk`.
fn cargo_ndk() -> Cmd {
    let command = ARCHITECTURES
        .into_iter()
        .fold(Cmd::new("cargo ndk --platform 26"), |command, (abi, ..)| command.arg("--target").arg(abi));
    size::phone_library(command.arg("--output-dir").arg(LIBRARIES), "cdylib")
}

fn check(root: &Path, readelf: &Path, (abi, target, is_64_bit): (&str, &str, bool)) -> Result<(), Error> {
    let library = format!("{LIBRARIES}/{abi}/{LIBRARY}");
    // `env`, since the program is one of the NDK and not on the path.
    let printed = Cmd::new("env")
        .arg(readelf.display().to_string())
        .arg("--program-headers")
        .arg("--wide")
        .arg(library.as_str())
        .output(root)?;
    let alignment = elf::check_pages(&library, is_64_bit, &printed)?;
    let bytes = size::size_of(&root.join(&library))?;
    println!("{abi}: {} bytes, pages of {alignment} bytes", size::grouped(bytes));
    size::budget(root, target)?.map_or(Ok(()), |budget| size::within(target, bytes, budget))
}

/// The NDK has one for every machine it runs on, macOS included.
fn readelf(ndk: &Path) -> PathBuf {
    let machine = if cfg!(target_os = "macos") { "darwin-x86_64" } else { "linux-x86_64" };
    ndk.join("toolchains/llvm/prebuilt").join(machine).join("bin/llvm-readelf")
}

fn needs(root: &Path, ndk: Option<&Path>) -> Vec<Need> {
    let succeeds = |line| Cmd::new(line).output(root).is_ok();
    let prints = |line| Cmd::new(line).output(root).unwrap_or_default();
    let properties = ndk.and_then(|ndk| fs::read_to_string(ndk.join("source.properties")).ok());
    vec![
        ndk_need(ndk, properties.as_deref()),
        Need {
            what: "the Android SDK",
            remedy: "install it, accept its licences, and name its folder in ANDROID_HOME".to_owned(),
            is_there: std::env::var_os("ANDROID_HOME")
                .is_some_and(|home| Path::new(&home).join("licenses").is_dir()),
        },
        Need {
            what: "Gradle 8.13 or later, with a JDK 17 or later",
            remedy: "the command `gradle` must be on the path".to_owned(),
            is_there: succeeds("gradle --version"),
        },
        Need {
            what: CARGO_NDK,
            remedy: "cargo install --locked --version =4.1.2 cargo-ndk".to_owned(),
            is_there: prints("cargo ndk --version").trim() == CARGO_NDK,
        },
        needs::rust_targets(
            &prints("rustup target list --installed"),
            ARCHITECTURES.map(|(_, target, _)| target),
        ),
    ]
}

fn ndk_need(folder: Option<&Path>, properties: Option<&str>) -> Need {
    let version = properties.and_then(ndk_version);
    let remedy = match (folder, version) {
        (None, _) => format!("install r{NDK} or later and name its folder in ANDROID_NDK_HOME"),
        (Some(folder), None) => {
            format!(
                "ANDROID_NDK_HOME is {}, where there is none; it must be r{NDK} or later",
                folder.display()
            )
        }
        (Some(_), Some(version)) => {
            format!("ANDROID_NDK_HOME is r{version}, it must be r{NDK} or later")
        }
    };
    Need { what: "the Android NDK", remedy, is_there: version.is_some_and(|version| version >= NDK) }
}

/// The 28 of `Pkg.Revision = 28.2.13676358`.
fn ndk_version(properties: &str) -> Option<u32> {
    let revision = properties.lines().find_map(|line| line.strip_prefix("Pkg.Revision")?.split_once('='))?.1;
    revision.trim().split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ndk_is_refused_with_its_reason() {
        let need = |folder: Option<&str>, properties| ndk_need(folder.map(Path::new), properties);
        assert!(need(Some("/n"), Some("Pkg.Desc = Android NDK\nPkg.Revision = 28.2.13676358\n")).is_there);
        for (folder, properties, reason) in [
            (None, None, "install r28"),
            (Some("/n"), None, "is /n, where there is none"),
            (Some("/n"), Some("Pkg.Desc = x"), "is /n, where there is none"),
            (Some("/n"), Some("Pkg.Revision = 27.2.12479018"), "is r27,"),
        ] {
            let need = need(folder, properties);
            assert!(!need.is_there && need.remedy.contains(reason), "{need:?}");
        }
    }

    #[test]
    fn every_architecture_is_built_in_the_profile_of_phones() {
        let expected = "cargo ndk --platform 26 --target arm64-v8a --target armeabi-v7a --target x86_64 \
            --output-dir bindings/kotlin/android/jniLibs rustc --locked --package paysera-bindings --lib \
            --profile phone --crate-type cdylib";
        assert_eq!(cargo_ndk().to_string(), expected);
    }
}
