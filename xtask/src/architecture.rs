//! Rules that no compiler checks, read from the tracked files' text.

use std::path::Path;

use crate::error::Error;
use crate::process::Cmd;
use crate::sandbox_rule;

/// Marks of unfinished work. Split in two, so that this file passes its own rule.
const UNFINISHED: [&str; 5] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("to", "do!("),
    concat!("unimple", "mented!("),
    concat!("#[ig", "nore"),
];

/// A broken rule.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// Counted from 1.
    pub(crate) line: usize,
    pub(crate) rule: String,
}

/// Reads every tracked file and prints what breaks a rule.
pub(crate) fn check(root: &Path) -> Result<(), Error> {
    let mut files = 0_usize;
    let mut count = 0;
    for path in Cmd::new("git ls-files -z").output(root)?.split('\0').filter(|path| !path.is_empty()) {
        let Some(text) = read(&root.join(path))? else { continue };
        files += 1;
        for finding in findings(path, &text) {
            println!("{path}:{}: {}", finding.line, finding.rule);
            count += 1;
        }
    }
    println!("{files} tracked files read");
    if count == 0 { Ok(()) } else { Err(Error::BrokenRules { count }) }
}

/// The file's text; nothing for pictures and the like, for links to folders, and
/// for files that are deleted but not yet committed.
fn read(path: &Path) -> Result<Option<String>, Error> {
    if !path.is_file() {
        return Ok(None);
    }
    let bytes = std::fs::read(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
    Ok(String::from_utf8(bytes).ok())
}

fn findings(path: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    if path.starts_with("core/") {
        let rule = "the core is plain Rust and knows nothing of uniffi";
        findings.extend(lines_with(text, "uniffi").map(|line| Finding { line, rule: rule.to_owned() }));
    }
    if path.starts_with("tests/sandbox/") {
        findings.extend(sandbox_rule::findings(path, text));
    }
    for mark in UNFINISHED {
        let rule = format!("`{mark}`: finish it or file it");
        findings.extend(lines_with(text, mark).map(|line| Finding { line, rule: rule.clone() }));
    }
    findings
}

/// The numbers of the lines that hold `needle` as a word of its own.
fn lines_with<'a>(text: &'a str, needle: &'a str) -> impl Iterator<Item = usize> + 'a {
    let holds = move |line: &str| line.match_indices(needle).any(|(at, _)| is_word(line, at, needle));
    text.lines().zip(1..).filter(move |(line, _)| holds(line)).map(|(_, number)| number)
}

/// Whether the match at `at` is not the middle of a longer name.
pub(crate) fn is_word(text: &str, at: usize, word: &str) -> bool {
    let in_name = |c: char| c.is_alphanumeric() || c == '_';
    let touches = |edge: Option<char>, neighbour: Option<char>| {
        edge.is_some_and(in_name) && neighbour.is_some_and(in_name)
    };
    let before = text.get(..at).and_then(|text| text.chars().next_back());
    let after = text.get(at + word.len()..).and_then(|text| text.chars().next());
    !touches(word.chars().next(), before) && !touches(word.chars().next_back(), after)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(path: &str, text: &str) -> Vec<usize> {
        findings(path, text).into_iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn the_core_must_not_name_uniffi() {
        assert_eq!(lines("core/src/money.rs", "\n#[derive(uniffi::Record)]\n"), [2]);
        assert_eq!(lines("core/Cargo.toml", "uniffi = \"0.32\""), [1]);
        assert_eq!(lines("bindings/src/lib.rs", "#[derive(uniffi::Record)]"), []);
    }

    #[test]
    fn unfinished_work_is_found_in_any_file() {
        for mark in UNFINISHED {
            for path in ["core/src/lib.rs", "docs/x.md", "tests/e2e/tests/pay.rs"] {
                assert_eq!(lines(path, &format!("fine\n    {mark} later\n")), [2], "{mark}");
            }
        }
        assert_eq!(lines("core/src/lib.rs", &format!("let x = {}\"later\");", UNFINISHED[2])), [1]);
    }

    #[test]
    fn a_longer_name_is_another_word() {
        assert_eq!(lines("a.rs", &format!("const {}S: u8 = 1;", UNFINISHED[0])), []);
        assert_eq!(lines("a.rs", &format!("my_{}1)", UNFINISHED[2])), []);
    }

    #[test]
    fn the_sandbox_rule_is_asked_for_the_sandbox_only() {
        let text = "use paysera_core::wallet_api::Client;";
        assert_eq!(lines("tests/sandbox/src/lib.rs", text), [1]);
        assert_eq!(lines("tests/demo/src/main.rs", text), []);
    }
}
