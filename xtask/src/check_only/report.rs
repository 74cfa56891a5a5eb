//! What is said of a library for phones.

use std::collections::BTreeSet;
use std::path::Path;

use super::symbols::Symbols;
use crate::error::Error;
use crate::size;

/// What was found.
pub(super) struct Report<'a> {
    pub(super) target: &'static str,
    /// Below the workspace.
    pub(super) library: String,
    /// Bytes without symbols.
    pub(super) stripped: u64,
    /// The libraries that the loader, or the app's linker, must find.
    pub(super) needed: Vec<&'a str>,
    /// In bytes; the app's linker decides on that of a static library.
    pub(super) alignment: Option<u64>,
    pub(super) undefined: BTreeSet<&'a str>,
}

/// Prints it, and fails where it is not what was agreed on: the size in the budget, the
/// symbols in their list.
pub(super) fn print(root: &Path, report: &Report<'_>, symbols: &Symbols) -> Result<(), Error> {
    let alignment = report.alignment.map_or_else(
        || "as the app's linker has it".to_owned(),
        |bytes| format!("{} bytes", size::grouped(bytes)),
    );
    println!("{}", report.library);
    println!("  size       {} bytes, stripped", size::grouped(report.stripped));
    println!("  needs      {}", report.needed.join(", "));
    println!("  pages      {alignment}");
    println!("  undefined  {}", report.undefined.len());
    for line in wrapped(&report.undefined) {
        println!("             {line}");
    }
    symbols.check(&report.undefined)?;
    let budget = size::budget(root, report.target)?;
    budget.map_or(Ok(()), |budget| size::within(report.target, report.stripped, budget))
}

/// Lines of at most eighty characters.
fn wrapped(words: &BTreeSet<&str>) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words {
        match lines.last_mut() {
            Some(line) if line.len() + 1 + word.len() <= 80 => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push((*word).to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_wrapped_and_none_is_lost() {
        let long = "x".repeat(79);
        let words = BTreeSet::from(["a", "b", long.as_str()]);
        assert_eq!(wrapped(&words), ["a b".to_owned(), long.clone()]);
        assert!(wrapped(&BTreeSet::new()).is_empty());
    }
}
