//! Every call of the client has a contract test and meets every fault: a call
//! that is added and not tested is found here.
// Tests stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::fs;
use std::path::{Path, PathBuf};

/// Calls that are more than one request, or none of the API: their own tests
/// have them.
const ELSEWHERE: [&str; 2] = ["WalletApi.unlock", "Statements.next"];
/// Calls that their contract tests make through a session.
const BY_SESSION: [&str; 1] = ["OAuth.extend"];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn text_of(folders: &[&str]) -> String {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let files = folders.iter().flat_map(|folder| sources(&here.join(folder)));
    files.map(|file| fs::read_to_string(file).unwrap()).collect()
}

/// The public calls, as `Type.name`.
fn calls() -> Vec<String> {
    let client = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../core/src/wallet_api");
    let mut calls = Vec::new();
    for file in sources(&client) {
        let mut of = String::new();
        for line in fs::read_to_string(&file).unwrap().lines() {
            if let Some(head) = line.strip_prefix("impl") {
                let name = head.trim_start_matches("<'a>").trim_start();
                of = name.split(['<', ' ']).next().unwrap_or_default().to_owned();
            }
            if let Some(call) = line.strip_prefix("    pub async fn ") {
                calls.push(format!("{of}.{}", call.split(['(', '<']).next().unwrap()));
            }
        }
    }
    calls.retain(|call| !ELSEWHERE.contains(&call.as_str()));
    calls
}

/// Whether `….resource().name(` is there, or `resource.name(` of a resource that
/// was given its own name. Other resources have calls of the same name.
fn is_made(text: &str, resource: &str, name: &str) -> bool {
    let text: String = text.split_whitespace().collect();
    let named = text.contains(&format!(".{resource}();")) && text.contains(&format!("{resource}.{name}("));
    named || text.contains(&format!(".{resource}().{name}("))
}

/// `AppTokens` is reached by `app_tokens()`; `OAuth` is one word.
fn accessor(of: &str) -> String {
    let mut name = String::new();
    for letter in of.replace("OAuth", "Oauth").chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.extend(letter.to_lowercase());
    }
    name
}

#[test]
fn every_call_has_a_contract_test_and_meets_every_fault() {
    let calls = calls();
    assert!(calls.len() > 100, "the calls are not found: {calls:?}");
    let (contract, faults) = (text_of(&["resources", "auth"]), text_of(&["faults"]));
    let mut missing = Vec::new();
    for call in &calls {
        let (of, name) = call.split_once('.').unwrap();
        let listed = format!("\"{}.{name}\"", accessor(of));
        if !faults.contains(&listed) {
            missing.push(format!("{call}: no line in faults/calls.rs"));
        }
        if !BY_SESSION.contains(&call.as_str()) && !is_made(&contract, &accessor(of), name) {
            missing.push(format!("{call}: no contract test"));
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}
