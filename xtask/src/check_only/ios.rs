//! iPhones without a Mac.

use std::fs;
use std::path::{Path, PathBuf};

use super::report::{self, Report};
use super::symbols::Symbols;
use super::toolchain::{self, Toolchain};
use super::{FOLDER, cargo};
use crate::error::Error;
use crate::ios::DEPLOYMENT_TARGET;
use crate::process::Cmd;
use crate::size;

const RUST_TARGET: &str = "aarch64-apple-ios";
const SYMBOLS: Symbols =
    Symbols { file: "xtask/src/check_only/ios-symbols.txt", text: include_str!("ios-symbols.txt") };
/// What the app's linker must link besides, as Rust says.
const NEEDED: &str = "target/check-only/ios-needed.txt";
const EXPORTED: &str = "target/check-only/ios-exported.txt";
const LINKED: &str = "target/check-only/ios-linked.dylib";

pub(super) fn build(root: &Path, toolchain: &Toolchain) -> Result<(), Error> {
    archive(toolchain).run_shown(root)
}

pub(super) fn report(root: &Path) -> Result<(), Error> {
    let archive = format!("{FOLDER}/{RUST_TARGET}/phone/libpaysera_bindings.a");
    link(root, &archive)?;
    let undefined = Cmd::new("llvm-nm-22 --undefined-only --just-symbol-name").arg(LINKED).output(root)?;
    let path = PathBuf::from(NEEDED);
    let needed = fs::read_to_string(root.join(&path)).map_err(|source| Error::Read { path, source })?;
    report::print(
        root,
        &Report {
            target: RUST_TARGET,
            library: archive,
            stripped: size::size_of(&root.join(LINKED))?,
            needed: libraries(&needed),
            alignment: None,
            undefined: undefined.split_whitespace().collect(),
        },
        &SYMBOLS,
    )
}

/// The libraries and frameworks among the arguments of a linker.
fn libraries(arguments: &str) -> Vec<&str> {
    let words = arguments.split_whitespace().filter(|word| *word != "-framework");
    words.map(|word| word.strip_prefix("-l").unwrap_or(word)).collect()
}

/// Clang is Debian's: it compiles for Apple's systems, given headers.
fn archive(toolchain: &Toolchain) -> Cmd {
    let flags = toolchain.headers(&["any-darwin-any"]);
    cargo(RUST_TARGET, "staticlib")
        .arg("--")
        .arg(format!("--print=native-static-libs={NEEDED}"))
        .env("IPHONEOS_DEPLOYMENT_TARGET", DEPLOYMENT_TARGET)
        // Any folder: without one, Apple's tools are asked for theirs.
        .env("SDKROOT", toolchain.zig("libc"))
        .env("CC_aarch64_apple_ios", "clang-22")
        .env("AR_aarch64_apple_ios", "llvm-ar-22")
        .env("CC_SHELL_ESCAPED_FLAGS", "1")
        .env("CFLAGS_aarch64_apple_ios", toolchain::joined(&flags))
}

/// As an app's linker does that keeps everything the generated Swift calls, and nothing
/// else: that is the size that counts, since an archive carries what nobody calls.
fn link(root: &Path, archive: &str) -> Result<(), Error> {
    let defined = Cmd::new("llvm-nm-22 --defined-only --extern-only --just-symbol-name");
    let defined = defined.arg(archive).output(root)?;
    let exported: String = defined
        .lines()
        .filter(|symbol| symbol.starts_with("_uniffi_") || symbol.starts_with("_ffi_"))
        .map(|symbol| format!("{symbol}\n"))
        .collect();
    fs::write(root.join(EXPORTED), exported)
        .map_err(|source| Error::Make { path: EXPORTED.into(), source })?;
    Cmd::new("ld64.lld-22 -dylib -arch arm64 -dead_strip -undefined dynamic_lookup -all_load -S -x")
        .arg("-platform_version")
        .arg("ios")
        .arg(DEPLOYMENT_TARGET)
        .arg(DEPLOYMENT_TARGET)
        .arg("-exported_symbols_list")
        .arg(EXPORTED)
        .arg("-o")
        .arg(LINKED)
        .arg(archive)
        .run(root)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_and_frameworks_are_named() {
        assert_eq!(libraries("-framework Security -liconv -lm\n"), ["Security", "iconv", "m"]);
    }
}
