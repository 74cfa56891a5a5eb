//! The program is killed in the middle of its work.

use std::collections::HashSet;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use paysera_sandbox::{Sandbox, SandboxClock, Status, seed};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::sync::Notify;

use crate::harness::{Answer, TILL, Who, World, app_of};
use crate::restart::File;

/// Clients that pay at the same time.
const CLIENTS: usize = 16;

/// Answered confirms after which the program is killed.
const ANSWERED: u64 = 200;

/// `paysera-sandbox serve` as a developer starts it.
struct Program {
    child: Child,
    /// Kept open: it goes on printing.
    _output: BufReader<ChildStdout>,
    port: u16,
}

impl Program {
    async fn start(file: &File) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_paysera-sandbox"))
            .args(["serve", "--listen", "127.0.0.1:0", "--db"])
            .arg(file.path())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        output.read_line(&mut line).await.unwrap();
        let port = line.trim().trim_end_matches('/').rsplit(':').next().unwrap().parse().unwrap();
        Self { child, _output: output, port }
    }
}

/// One client's connection to the program.
struct Client {
    http: reqwest::Client,
    port: u16,
    nonces: Arc<AtomicU64>,
}

impl Client {
    /// The answer, or `None` once the program is gone.
    async fn send(&self, who: Who, method: &str, path: &str, body: &str) -> Option<Value> {
        let nonce = self.nonces.fetch_add(1, Ordering::Relaxed).to_string();
        let header = who.sign(&SandboxClock::system(), self.port, method, path, body.as_bytes(), &nonce);
        let url = format!("http://127.0.0.1:{}{path}", self.port);
        let request = self.http.request(method.parse().unwrap(), url).header("authorization", header);
        Some(Answer::to(request.body(body.to_owned())).await.ok()?.ok())
    }

    /// Pays again and again; the keys whose confirm was answered.
    async fn pay(self, answered: Arc<AtomicU64>, enough: Arc<Notify>) -> Vec<String> {
        let mut confirmed = Vec::new();
        while let Some(key) = self.pay_once().await {
            confirmed.push(key);
            if answered.fetch_add(1, Ordering::SeqCst) + 1 >= ANSWERED {
                enough.notify_one();
            }
        }
        confirmed
    }

    async fn pay_once(&self) -> Option<String> {
        let body = json!({"payments": [{"price": 1, "currency": "GEL", "description": "Load"}],
            "callback_uri": "http://127.0.0.1:1/"})
        .to_string();
        let made = self.send(TILL, "POST", "/rest/v1/transaction", &body).await?;
        let key = made["transaction_key"].as_str().unwrap().to_owned();
        let of = |action: &str| format!("/rest/v1/transaction/{key}/{action}");
        self.send(app_of(&seed::CUSTOMER), "PUT", &of("reserve/me"), "").await?;
        self.send(TILL, "PUT", &of("confirm"), "").await?;
        Some(key)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_kill_every_answered_confirm_is_there_and_the_books_balance() {
    let file = File::new("kill");
    let mut program = Program::start(&file).await;
    let (nonces, answered) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let enough = Arc::new(Notify::new());
    // Only for the TLS provider that reqwest wants to be there.
    let other = World::new().await;
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let client = Client { http: other.http.clone(), port: program.port, nonces: Arc::clone(&nonces) };
            tokio::spawn(client.pay(Arc::clone(&answered), Arc::clone(&enough)))
        })
        .collect();
    enough.notified().await;
    // SIGKILL: nothing is finished, nothing is closed.
    program.child.kill().await.unwrap();
    let mut confirmed = Vec::new();
    for client in clients {
        confirmed.extend(client.await.unwrap());
    }
    assert!(confirmed.len() >= ANSWERED as usize);
    other.done().await;

    let world = World::start(Sandbox::builder().database(file.database())).await;
    for key in &confirmed {
        assert_eq!(world.sandbox.transaction_status(key).await.unwrap(), Status::Confirmed, "{key}");
    }
    // What the merchant was not told yet waits, too: that the customer accepted.
    let waiting: HashSet<_> = world
        .callbacks()
        .await
        .iter()
        .map(|one| {
            assert_eq!((&one["type"], &one["status"]), (&json!("reserved"), &json!("pending")));
            one["transaction_key"].as_str().unwrap().to_owned()
        })
        .collect();
    assert!(confirmed.iter().all(|key| waiting.contains(key)));
    let (paid, _) = world.gel(seed::RETAILER_WALLET).await;
    let more = paid - seed::RETAILER_BALANCE - i64::try_from(confirmed.len()).unwrap();
    // A confirm may have been written whose answer was not sent any more.
    assert!((0..=CLIENTS as i64).contains(&more), "{more}");
    world.done().await;
}
