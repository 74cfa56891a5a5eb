//! 64-bit ARM Android without an NDK.

use std::fs;
use std::path::Path;

use super::report::{self, Report};
use super::symbols::Symbols;
use super::toolchain::{self, Toolchain};
use super::{FOLDER, cargo};
use crate::elf;
use crate::error::Error;
use crate::process::Cmd;
use crate::size;

const RUST_TARGET: &str = "aarch64-linux-android";
/// The level is the AAR's `minSdk`.
const CLANG_TARGET: &str = "--target=aarch64-linux-android26";
const LIBRARIES: &str = "target/check-only/libraries";
const SYMBOLS: Symbols =
    Symbols { file: "xtask/src/check_only/android/symbols.txt", text: include_str!("symbols.txt") };
/// Where Android's C library differs from the one whose headers stand in for its own.
const ERRNO: &str = "xtask/src/check_only/android/errno.h";
/// The sources of LLVM's unwinder, of which an NDK has a build.
const UNWINDER: [&str; 6] = [
    "UnwindLevel1.c",
    "UnwindLevel1-gcc-ext.c",
    "Unwind-sjlj.c",
    "UnwindRegistersSave.S",
    "UnwindRegistersRestore.S",
    "libunwind.cpp",
];

pub(super) fn build(root: &Path, toolchain: &Toolchain) -> Result<(), Error> {
    let folder = root.join(LIBRARIES);
    fs::create_dir_all(&folder).map_err(|source| Error::Make { path: folder.clone(), source })?;
    for library in SYMBOLS.libraries() {
        stub(root, library)?;
    }
    unwinder(root, toolchain)?;
    library(root, toolchain).run_shown(root)
}

pub(super) fn report(root: &Path) -> Result<(), Error> {
    let library = format!("{FOLDER}/{RUST_TARGET}/phone/libpaysera_bindings.so");
    let headers = Cmd::new("llvm-readelf-22 --wide --program-headers --dynamic-table").arg(library.as_str());
    let headers = headers.output(root)?;
    let symbols = Cmd::new("llvm-nm-22 --dynamic --undefined-only").arg(library.as_str()).output(root)?;
    report::print(
        root,
        &Report {
            target: RUST_TARGET,
            needed: elf::needed(&headers),
            alignment: Some(elf::check_pages(&library, true, &headers)?),
            stripped: size::size_of(&root.join(&library))?,
            undefined: elf::undefined(&symbols),
            library,
        },
        &SYMBOLS,
    )
}

/// A library that exports what the list says of it, and does nothing.
fn stub(root: &Path, library: &str) -> Result<(), Error> {
    let assembly: String = SYMBOLS
        .of(library)
        .map(|symbol| format!(".globl {symbol}\n.type {symbol}, %function\n{symbol}:\n\tret\n"))
        .collect();
    let source = format!("{LIBRARIES}/{library}.s");
    fs::write(root.join(&source), format!(".text\n{assembly}"))
        .map_err(|error| Error::Make { path: source.clone().into(), source: error })?;
    Cmd::new("clang-22 -shared -nostdlib --ld-path=/usr/bin/ld.lld-22")
        .arg(CLANG_TARGET)
        .arg(format!("-Wl,-soname,{library}"))
        .arg("-o")
        .arg(format!("{LIBRARIES}/{library}"))
        .arg(source)
        .run(root)
}

fn unwinder(root: &Path, toolchain: &Toolchain) -> Result<(), Error> {
    let archive = format!("{LIBRARIES}/libunwind.a");
    let mut objects = Vec::new();
    for source in UNWINDER {
        let object = format!("{LIBRARIES}/{source}.o");
        let compile = Cmd::new("clang-22 -c -O2 -DNDEBUG -D_LIBUNWIND_IS_NATIVE_ONLY");
        let compile = c_flags(root, toolchain).into_iter().fold(compile, Cmd::arg);
        let compile = if source.ends_with(".cpp") {
            let compile = compile.arg("-std=c++20").arg("-fno-exceptions").arg("-fno-rtti");
            compile.arg("-isystem").arg(toolchain.zig("libcxx/include"))
        } else {
            compile
        };
        compile
            .arg(format!("-I{}", toolchain.zig("libunwind/include")))
            .arg("-o")
            .arg(object.as_str())
            .arg(toolchain.zig(&format!("libunwind/src/{source}")))
            .run(root)?;
        objects.push(object);
    }
    objects.into_iter().fold(Cmd::new("llvm-ar-22 rcs").arg(archive), Cmd::arg).run(root)
}

fn library(root: &Path, toolchain: &Toolchain) -> Cmd {
    let link = [
        CLANG_TARGET,
        "--ld-path=/usr/bin/ld.lld-22",
        "-nostdlib",
        // What is undefined is looked at afterwards, all of it at once.
        "-Wl,-z,undefs",
    ];
    let link = link.map(|argument| format!("-Clink-arg={argument}")).join(" ");
    cargo(RUST_TARGET, "cdylib")
        .env("CC_aarch64_linux_android", "clang-22")
        .env("AR_aarch64_linux_android", "llvm-ar-22")
        .env("CC_SHELL_ESCAPED_FLAGS", "1")
        .env("CFLAGS_aarch64_linux_android", toolchain::joined(&c_flags(root, toolchain)))
        .env("CARGO_TARGET_AARCH64_LINUX_ANDROID_LINKER", "clang-22")
        .env("CARGO_TARGET_AARCH64_LINUX_ANDROID_RUSTFLAGS", format!("-Lnative={LIBRARIES} {link}"))
}

fn c_flags(root: &Path, toolchain: &Toolchain) -> Vec<String> {
    let headers = ["aarch64-linux-musl", "generic-musl", "aarch64-linux-any", "any-linux-any"];
    let mut flags: Vec<String> =
        [CLANG_TARGET, "-fPIC", "-D_GNU_SOURCE", "-include"].map(str::to_owned).into();
    flags.push(root.join(ERRNO).display().to_string());
    flags.extend(toolchain.headers(&headers));
    flags
}
