//! The sandbox must not use the client that it is there to test.
//!
//! Both implement the wire on their own, so that a mistake in one is caught by
//! the other. Strict on purpose: a mention in a comment counts as well.

use crate::architecture::{Finding, is_word};

const CRATE: &str = "paysera_core";

/// The client's side of the core.
const FORBIDDEN: [&str; 6] = ["wallet_api", "auth", "journal", "attempt", "merchant", "customer"];

/// What a file of the sandbox does that it must not.
pub(crate) fn findings(path: &str, text: &str) -> Vec<Finding> {
    if path.ends_with("Cargo.toml") {
        return renamed_dependency(text);
    }
    let mentions = text.match_indices(CRATE).filter(|(at, _)| is_word(text, *at, CRATE));
    mentions
        .flat_map(|(at, _)| {
            let rest = text.get(at + CRATE.len()..).unwrap_or_default();
            let line = line_of(text, at);
            reached(&tokens(rest)).into_iter().map(move |what| Finding { line, rule: rule(&what) })
        })
        .collect()
}

fn rule(what: &str) -> String {
    format!("the sandbox must not reach the client it tests: `{CRATE}` with `{what}`")
}

/// Under another name the crate's paths would not be recognised.
fn renamed_dependency(text: &str) -> Vec<Finding> {
    let renames = |line: &str| line.contains("package") && line.contains("paysera-core");
    let lines = text.lines().zip(1..).filter(|(line, _)| renames(line));
    lines.map(|(_, line)| Finding { line, rule: rule("package = …") }).collect()
}

fn line_of(text: &str, at: usize) -> usize {
    text.get(..at).unwrap_or_default().matches('\n').count() + 1
}

/// Names and punctuation, `::` as one token. A group of imports ends early
/// enough for this to stay short; the rest of the file is not looked at.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let name = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        let length = match (name, rest.starts_with("::")) {
            (0, true) => 2,
            (0, false) => first.len_utf8(),
            _ => name,
        };
        let (token, after) = rest.split_at(length);
        if token == ";" {
            break;
        }
        tokens.push(token);
        rest = after.trim_start();
    }
    tokens
}

/// What the tokens after the crate's name reach and must not.
fn reached(tokens: &[&str]) -> Vec<String> {
    match tokens {
        ["as", ..] => vec!["as".to_owned()],
        ["::", "*", ..] => vec!["*".to_owned()],
        ["::", "{", group @ ..] => reached_by_group(group),
        ["::", name, ..] if FORBIDDEN.contains(name) => vec![(*name).to_owned()],
        _ => Vec::new(),
    }
}

/// Inside braces every forbidden name counts, however deep it stands, and so do
/// a star or another name for the crate itself.
fn reached_by_group(group: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    let mut depth = 1_usize;
    let mut previous = "{";
    for token in group {
        match *token {
            "{" => depth += 1,
            "}" if depth == 1 => break,
            "}" => depth -= 1,
            "*" if depth == 1 && previous != "::" => found.push("*".to_owned()),
            "as" if depth == 1 && previous == "self" => found.push("self as".to_owned()),
            name if FORBIDDEN.contains(&name) => found.push(name.to_owned()),
            _ => {}
        }
        previous = token;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(text: &str) -> usize {
        findings("tests/sandbox/src/lib.rs", text).len()
    }

    #[test]
    fn every_forbidden_module_is_found_in_every_form() {
        for module in FORBIDDEN {
            for text in [
                format!("use paysera_core::{module};"),
                format!("use ::paysera_core::{module}::X;"),
                format!("let x = paysera_core :: {module}::new();"),
                format!("pub use paysera_core::{{{module}}};"),
                format!("use paysera_core::{{code::Code, {module}::{{A, B}}}};"),
                format!("use paysera_core::{{\n    // Why.\n    {module} as other,\n    money,\n}};"),
                format!("/// Like [`paysera_core::{module}::X`]."),
            ] {
                assert_eq!(count(&text), 1, "{text}");
            }
        }
    }

    #[test]
    fn the_crate_under_another_name_and_whole_is_found() {
        for text in [
            "use paysera_core as core;",
            "extern crate paysera_core as core;",
            "use paysera_core::*;",
            "use paysera_core::{self as core, money};",
            "use paysera_core::{money, *};",
        ] {
            assert_eq!(count(text), 1, "{text}");
        }
        let manifest = "core = { package = \"paysera-core\", path = \"../../core\" }";
        assert_eq!(findings("tests/sandbox/Cargo.toml", manifest).len(), 1);
    }

    #[test]
    fn money_and_codes_are_allowed() {
        for text in [
            "use paysera_core::money::Money;",
            "use paysera_core::{code::{self, Code}, money::*};\nuse crate::wallet_api;",
            "paysera_core::money::Money::parse(text)?; mod auth; mod journal;",
            "// paysera_core\nmod customer;",
            "my_paysera_core::auth()",
        ] {
            assert_eq!(count(text), 0, "{text}");
        }
        let manifest = "[package]\nname = \"paysera-sandbox\"\n[dependencies]\npaysera-core.workspace = true";
        assert_eq!(findings("tests/sandbox/Cargo.toml", manifest), []);
    }

    #[test]
    fn a_finding_names_its_line() {
        let found = findings("tests/sandbox/src/lib.rs", "\n\nuse paysera_core::merchant;\n");
        assert_eq!(found.first().map(|finding| finding.line), Some(3));
    }
}
