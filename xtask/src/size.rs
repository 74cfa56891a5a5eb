//! `cargo xtask size`: what the library adds to an app, held to a budget.

use std::fs;
use std::path::{Path, PathBuf};

use crate::bindings;
use crate::error::Error;
use crate::process::Cmd;

const BUDGETS: &str = "bindings/size-budget.toml";

/// Builds the library as apps carry it, for this machine, and compares its size with
/// the budget.
pub(crate) fn run(root: &Path) -> Result<(), Error> {
    let version = Cmd::new("rustc -vV").output(root)?;
    let target = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default();
    // Asked for before minutes are spent on the build.
    let budget = budget(root, target)?.ok_or_else(|| Error::NoBudget { target: target.to_owned() })?;
    phone_library(Cmd::new("cargo"), "cdylib").run_shown(root)?;
    let size = size_of(&bindings::target_folder(root).join("phone").join(bindings::library_name()))?;
    println!("{target}: {} bytes, budget {}", grouped(size), grouped(budget));
    within(target, size, budget)
}

/// Has `cargo`, or a subcommand that passes on to it, build one kind of library as apps
/// carry it. Only one kind: beside those that Rust links again, cargo leaves `lto` out.
pub(crate) fn phone_library(cargo: Cmd, kind: &str) -> Cmd {
    [
        "rustc",
        "--locked",
        "--package",
        "paysera-bindings",
        "--lib",
        "--profile",
        "phone",
        "--crate-type",
        kind,
    ]
    .into_iter()
    .fold(cargo, Cmd::arg)
}

/// The budget for a target, where there is one.
pub(crate) fn budget(root: &Path, target: &str) -> Result<Option<u64>, Error> {
    let path = PathBuf::from(BUDGETS);
    let text = fs::read_to_string(root.join(&path)).map_err(|source| Error::Read { path, source })?;
    Ok(find(&text, target))
}

fn find(budgets: &str, target: &str) -> Option<u64> {
    let lines = budgets.lines().filter_map(|line| line.split_once('='));
    let (_, number) = lines.into_iter().find(|(name, _)| name.trim() == target)?;
    number.trim().replace('_', "").parse().ok()
}

/// An error that says by how much, where it is too much.
pub(crate) fn within(target: &str, size: u64, budget: u64) -> Result<(), Error> {
    match size.checked_sub(budget) {
        Some(over) if over > 0 => Err(Error::TooLarge { target: target.to_owned(), over: grouped(over) }),
        _ => Ok(()),
    }
}

pub(crate) fn size_of(path: &Path) -> Result<u64, Error> {
    let read = fs::metadata(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
    Ok(read.len())
}

/// Thousands apart, as the budgets are written.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('_');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_found_by_the_whole_name() {
        let text = "# x86_64-linux = 1\nx86_64-linux-gnu = 5_000_000\nx86_64-linux=7\n";
        assert_eq!(find(text, "x86_64-linux-gnu"), Some(5_000_000));
        assert_eq!(find(text, "x86_64-linux"), Some(7));
        assert_eq!(find(text, "x86_64"), None);
        assert_eq!(find("x = many", "x"), None);
    }

    #[test]
    fn what_is_too_large_says_by_how_much() {
        assert!(within("x", 5_000_000, 5_000_000).is_ok());
        let text = within("x", 6_001_002, 5_000_000).unwrap_err().to_string();
        assert!(text.contains("1_001_002 bytes"), "{text}");
    }

    #[test]
    fn thousands_are_apart() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1_000"), (12_345_678, "12_345_678")] {
            assert_eq!(grouped(number), text);
        }
    }
}
