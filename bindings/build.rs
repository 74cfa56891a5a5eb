//! How the library for Android is linked, whoever links it.
// Cargo reads what a build script prints.
#![allow(clippy::print_stdout)]

/// Segments that phones with pages of 16 KiB load too; relocations in a format that every
/// Android since 6.0 reads, and that takes a tenth of the space.
const ANDROID: [&str; 2] = ["-Wl,-z,max-page-size=16384", "-Wl,--pack-dyn-relocs=android"];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var_os("CARGO_CFG_TARGET_OS").is_some_and(|system| system == "android") {
        for argument in ANDROID {
            println!("cargo::rustc-cdylib-link-arg={argument}");
        }
    }
}
