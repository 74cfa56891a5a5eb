//! Commands and answers: JSON texts on two pipes, each ended by a zero byte.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{ChildStdin, ChildStdout};
use tokio::sync::oneshot;

use crate::error::BrowserError;

/// How long an answer is waited for. Far more than any needs on a slow machine; a
/// browser that hangs must not hang the test.
pub(crate) const LIMIT: Duration = Duration::from_secs(15);

/// How many lines of the browser's standard error a failure quotes.
const QUOTED_LINES: usize = 20;

/// One browser's pipes. Many commands may be open at once.
#[derive(Debug)]
pub(crate) struct Pipe {
    commands: tokio::sync::Mutex<ChildStdin>,
    next: AtomicU64,
    heard: Arc<Mutex<Heard>>,
    said: PathBuf,
}

/// What the reading side knows.
#[derive(Debug, Default)]
struct Heard {
    waiting: HashMap<u64, oneshot::Sender<Value>>,
    complaints: Vec<String>,
    gone: Option<&'static str>,
}

/// An answer that is under way.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The command, or what it is for; for people.
    pub(crate) what: String,
    receiver: oneshot::Receiver<Value>,
}

impl Pipe {
    /// Starts reading. `said` is where the browser's standard error goes.
    pub(crate) fn new(commands: ChildStdin, answers: ChildStdout, said: PathBuf) -> Self {
        let heard = Arc::new(Mutex::new(Heard::default()));
        tokio::spawn(read(answers, Arc::clone(&heard)));
        Self { commands: tokio::sync::Mutex::new(commands), next: AtomicU64::new(1), heard, said }
    }

    /// Sends a command, of a page's `session` or of the browser.
    pub(crate) async fn send(
        &self,
        session: Option<&str>,
        command: &str,
        parameters: Value,
    ) -> Result<Answer, BrowserError> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let mut message = json!({"id": id, "method": command, "params": parameters});
        if let (Some(session), Some(fields)) = (session, message.as_object_mut()) {
            fields.insert("sessionId".to_owned(), session.into());
        }
        let (sender, receiver) = oneshot::channel();
        {
            let mut heard = lock(&self.heard);
            if heard.gone.is_none() {
                heard.waiting.insert(id, sender);
            }
        }
        let text = format!("{message}\0");
        // What can't be written is not answered: `answer` says why.
        let _written = self.commands.lock().await.write_all(text.as_bytes()).await;
        Ok(Answer { what: command.to_owned(), receiver })
    }

    /// Waits for an answer, but not for long.
    pub(crate) async fn answer(&self, answer: Answer) -> Result<Value, BrowserError> {
        let Answer { what, receiver } = answer;
        let mut json = match tokio::time::timeout(LIMIT, receiver).await {
            Ok(Ok(json)) => json,
            Ok(Err(_)) => return Err(self.gone()),
            Err(_) => return Err(BrowserError::TimedOut { what, limit: LIMIT }),
        };
        match json.get_mut("error") {
            Some(error) => {
                let message = error.get("message").and_then(Value::as_str).unwrap_or("refused").to_owned();
                Err(BrowserError::Refused { what, message })
            }
            None => Ok(json.get_mut("result").map(Value::take).unwrap_or_default()),
        }
    }

    /// What the pages complained of since the last call: errors on the console,
    /// uncaught exceptions, files that did not load, broken content policies.
    pub(crate) fn complaints(&self) -> Vec<String> {
        std::mem::take(&mut lock(&self.heard).complaints)
    }

    fn gone(&self) -> BrowserError {
        let said = std::fs::read(&self.said).unwrap_or_default();
        let said = String::from_utf8_lossy(&said);
        let lines: Vec<_> = said.lines().collect();
        let last = lines.get(lines.len().saturating_sub(QUOTED_LINES)..).unwrap_or_default();
        let why = lock(&self.heard).gone.unwrap_or("it did not answer");
        BrowserError::Gone { why, said: last.join("\n") }
    }
}

fn lock(heard: &Mutex<Heard>) -> MutexGuard<'_, Heard> {
    heard.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reads until the browser ends. Dropping the senders wakes who waits.
async fn read(answers: ChildStdout, heard: Arc<Mutex<Heard>>) {
    let mut answers = BufReader::new(answers);
    let mut bytes = Vec::new();
    while answers.read_until(0, &mut bytes).await.is_ok_and(|count| count > 0) {
        bytes.pop();
        if let Ok(message) = serde_json::from_slice(&bytes) {
            lock(&heard).take(message);
        }
        bytes.clear();
    }
    lock(&heard).end("its pipe closed");
}

impl Heard {
    fn take(&mut self, message: Value) {
        if let Some(id) = message.get("id").and_then(Value::as_u64) {
            if let Some(sender) = self.waiting.remove(&id) {
                // Whoever asked may have stopped waiting.
                let _unheard = sender.send(message);
            }
            return;
        }
        match message.get("method").and_then(Value::as_str) {
            Some("Inspector.targetCrashed") => self.end("its page crashed"),
            _ => self.complaints.extend(complaint(&message)),
        }
    }

    fn end(&mut self, why: &'static str) {
        self.gone.get_or_insert(why);
        self.waiting.clear();
    }
}

/// The text of an event that a page without faults never causes.
fn complaint(event: &Value) -> Option<String> {
    let at = |pointer| event.pointer(pointer).and_then(Value::as_str);
    match at("/method")? {
        "Runtime.exceptionThrown" => {
            let thrown = at("/params/exceptionDetails/exception/description");
            thrown.or_else(|| at("/params/exceptionDetails/text")).map(str::to_owned)
        }
        "Runtime.consoleAPICalled" if matches!(at("/params/type")?, "error" | "assert") => {
            event.pointer("/params/args").map(Value::to_string)
        }
        "Log.entryAdded" if at("/params/entry/level")? == "error" => {
            let url = at("/params/entry/url").unwrap_or_default();
            at("/params/entry/text").map(|text| format!("{text} {url}"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_errors_are_complaints() {
        let console = |kind| {
            let args = json!([{"type": "string", "value": "no"}]);
            complaint(&json!({"method": "Runtime.consoleAPICalled", "params": {"type": kind, "args": args}}))
        };
        assert!(console("error").unwrap().contains("no"));
        assert_eq!(console("log"), None);
        let entry = |level| {
            let entry = json!({"level": level, "text": "404", "url": "/x"});
            complaint(&json!({"method": "Log.entryAdded", "params": {"entry": entry}}))
        };
        assert_eq!(entry("error").as_deref(), Some("404 /x"));
        assert_eq!(entry("info"), None);
        let details = json!({"text": "Uncaught", "exception": {"description": "TypeError: x"}});
        let thrown = json!({"method": "Runtime.exceptionThrown", "params": {"exceptionDetails": details}});
        assert_eq!(complaint(&thrown).as_deref(), Some("TypeError: x"));
    }
}
