//! The program as a developer starts it: its options and what it prints.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use paysera_sandbox::SandboxClock;
use reqwest::{Certificate, Client, StatusCode};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::harness::{Who, nonce};

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/second-shop.toml");
const ME: &str = "/rest/v1/wallet/me";
const SECOND_TILL: Who = Who { id: "sbx_second", key: "k3ySecondRetailerSandboxOnly0001", location: None };

/// A directory that is gone with the test.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("sandbox-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// A running `serve` and what it printed.
struct Program {
    _child: Child,
    printed: String,
    port: u16,
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_paysera-sandbox"));
    command.args(["serve", "--listen", "127.0.0.1:0"]).args(arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

async fn serve(arguments: &[&str]) -> Program {
    let mut child = command(arguments).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut printed = Vec::new();
    while let Some(line) = lines.next_line().await.unwrap() {
        printed.push(line);
        if printed.last().is_some_and(|line| line.contains("Authorization: ")) {
            break;
        }
    }
    let address = printed[0].trim_end_matches('/').rsplit(':').next().unwrap();
    Program { port: address.parse().unwrap(), printed: printed.join("\n"), _child: child }
}

fn trusting(ca: &Path) -> Client {
    crate::harness::install_provider();
    let pem = std::fs::read(ca).unwrap();
    Client::builder().tls_certs_only([Certificate::from_pem(&pem).unwrap()]).build().unwrap()
}

#[tokio::test]
async fn its_options_take_effect_and_it_prints_who_is_there() {
    let directory = Directory::new("serve");
    let db = directory.0.join("books.sqlite");
    let arguments = ["--db", db.to_str().unwrap(), "--seed", EXAMPLE, "--tls", "--limits", "documented"];
    let program = serve(&arguments).await;
    let ca = directory.0.join("sandbox-tls/ca.pem");
    for expected in [
        ca.to_str().unwrap(),
        "second-shop.toml, planted",
        "Merchant    id sbx_second  key k3ySecondRetailerSandboxOnly0001",
        "location 8001 Second shop",
        "Merchant    id sbx_retailer",
        "Customer    Second customer        wallet 15001  token tok_second",
    ] {
        assert!(program.printed.contains(expected), "{expected}: {}", program.printed);
    }
    let client = trusting(&ca);
    let url = format!("https://127.0.0.1:{}{ME}", program.port);
    let mut seen = Vec::new();
    for _ in 0..61 {
        let header = SECOND_TILL.sign(&SandboxClock::system(), program.port, "GET", ME, b"", &nonce());
        let answer = client.get(&url).header("authorization", header).send().await.unwrap();
        seen.push(answer.status());
    }
    assert!(seen[..60].iter().all(|status| *status == StatusCode::OK), "{seen:?}");
    assert_eq!(seen[60], StatusCode::TOO_MANY_REQUESTS);
    drop(program);

    // The same books: nothing is planted, and the same authority is trusted.
    let again = serve(&arguments).await;
    assert!(again.printed.contains("not planted: the books are not empty"), "{}", again.printed);
    let url = format!("https://localhost:{}/rest/v1/server", again.port);
    assert_eq!(client.get(url).send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_seed_without_the_built_in_one_is_all_that_is_printed() {
    let directory = Directory::new("serve-alone");
    let seed = directory.0.join("alone.json");
    let text = r#"{"builtin": false, "apps": [{"id": "only_app", "key": "k"}],
        "users": [{"id": 1, "name": "Only one", "wallets": [{"id": 7, "token": {"id": "tok_only", "key": "k",
        "app": "only_app"}}]}]}"#;
    std::fs::write(&seed, text).unwrap();
    let program = serve(&["--seed", seed.to_str().unwrap()]).await;
    assert!(program.printed.contains("App         id only_app"), "{}", program.printed);
    assert!(program.printed.contains("wallet 7  token tok_only"), "{}", program.printed);
    assert!(!program.printed.contains("sbx_retailer"), "{}", program.printed);
}

#[tokio::test]
async fn a_wrong_seed_or_option_is_explained() {
    let directory = Directory::new("serve-wrong");
    let seed = directory.0.join("wrong.toml");
    std::fs::write(&seed, "[[users]]\nid = 1\nname = \"x\"\ncolour = \"red\"\n").unwrap();
    let unnamed = directory.0.join("seed.yaml");
    std::fs::write(&unnamed, "").unwrap();
    for (arguments, explained) in [
        (&["--seed", seed.to_str().unwrap()][..], "users[0].colour"),
        (&["--seed", unnamed.to_str().unwrap()], "ends with .json or .toml"),
        (&["--seed", "nowhere.toml"], "nowhere.toml"),
        (&["--host-name", "x"], "--tls"),
        (&["--limits", "none"], "documented"),
        (&["--tls", "--tls-dir", directory.0.to_str().unwrap(), "--host-name", "a name"], "--host-name"),
    ] {
        let output = command(arguments).output().await.unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && errors.contains(explained), "{arguments:?}: {errors}");
    }
}
