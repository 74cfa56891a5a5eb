//! What calls over the border cost, beside the same calls in Rust, in one run.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Stdio;

use crate::bindings::{self, Surface};
use crate::error::Error;
use crate::process::Cmd;
use crate::swift::Toolchain;
use crate::tools;

/// What is measured: its name in the programs' answers, and for people.
const WHAT: [(&str, &str); 4] = [
    ("call", "a call"),
    ("async", "an async call (one row of the journal)"),
    ("scan", "a frame of 1280 x 720, borrowed"),
    ("scan_copied", "the same frame, copied"),
];

pub(crate) fn run(root: &Path) -> Result<(), Error> {
    tools::ensure(root, &tools::for_kotlin(), false)?;
    let toolchain = Toolchain::installed(root, false)?;
    bindings::build(root, Surface::Optimised)?;
    let frame = bindings::built(root, Surface::Optimised).join("ffi-frame.luma");
    let frame_name = frame.display().to_string();
    let rust =
        "cargo run --quiet --release --locked -p paysera-bindings --features panic-probe --example ffi --";
    let rust = Cmd::new(rust).arg(frame_name.as_str()).output(root)?;
    let kotlin = kotlin(root, &frame_name)?;
    let swift = swift(root, &toolchain, &frame)?;
    println!("{:<40} {:>10} {:>16} {:>16}", "nanoseconds", "Rust", "Kotlin", "Swift");
    for (name, what) in WHAT {
        // What only one language has is compared with what it is instead of.
        let base = value(&rust, name).or_else(|| value(&rust, "scan"));
        let column = |answer: &str| match (value(answer, name), base) {
            (Some(took), Some(base)) => format!("{took} ({:.2}x)", ratio(took, base)),
            _ => "-".to_owned(),
        };
        let own = value(&rust, name).map_or_else(|| "-".to_owned(), |took| took.to_string());
        println!("{what:<40} {own:>10} {:>16} {:>16}", column(&kotlin), column(&swift));
    }
    Ok(())
}

fn ratio(took: u64, base: u64) -> f64 {
    took as f64 / base.max(1) as f64
}

fn kotlin(root: &Path, frame: &str) -> Result<String, Error> {
    let package = root.join("bindings/kotlin");
    Cmd::new("mvn --batch-mode --quiet --file bindings/kotlin/pom.xml test-compile").run(root)?;
    let list = package.join("target/classpath");
    Cmd::new("mvn --batch-mode --quiet --file bindings/kotlin/pom.xml")
        .arg("org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath")
        .arg(format!("-Dmdep.outputFile={}", list.display()))
        .run(root)?;
    let libraries = std::fs::read_to_string(&list).map_err(|source| Error::Read { path: list, source })?;
    let classes = format!("{0}/target/classes:{0}/target/test-classes:{libraries}", package.display());
    Cmd::new("java -cp").arg(classes).arg("com.paysera.retailer.FfiBenchKt").arg(frame).output(root)
}

fn swift(root: &Path, toolchain: &Toolchain, frame: &Path) -> Result<String, Error> {
    let package = root.join("bindings/swift");
    let built = bindings::built(root, Surface::Optimised);
    let arguments = ["run", "--quiet", "--configuration", "release", "FfiBench"].map(OsStr::new);
    let arguments = arguments.into_iter().chain([frame.as_os_str()]);
    let mut command = toolchain.command(&package, &[root, &built], &[], "swift", arguments);
    // What the compiler says is for people.
    command.stderr(Stdio::inherit());
    let output = command.output().map_err(|source| Error::Start { program: "swift", source })?;
    if !output.status.success() {
        return Err(Error::Failed { program: "swift", status: output.status });
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A whole number of a flat object of JSON.
fn value(answer: &str, name: &str) -> Option<u64> {
    let (_, rest) = answer.split_once(&format!("\"{name}\":"))?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_are_read_by_their_names() {
        let answer = "{\"call\":12,\"scan\":345,\"scan_copied\":6}\n";
        assert_eq!(value(answer, "scan"), Some(345));
        assert_eq!(value(answer, "scan_copied"), Some(6));
        assert_eq!(value(answer, "async"), None);
    }
}
