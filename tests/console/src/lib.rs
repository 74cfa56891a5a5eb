//! A headless Chromium, driven over its DevTools protocol: as little of it as
//! the tests of the sandbox's console need. Everything that goes wrong panics
//! with what the browser said: it is a test that stops.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// How long the browser may take to start, and to answer a command.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the page brings along to wait for something: when it was there, in
/// milliseconds since 1970, as the page's own clock and observer saw it.
const WAIT: &str = "window.seen = (condition, within = 30000) => new Promise((resolve, reject) => {
    const time = () => performance.timeOrigin + performance.now();
    const done = () => { observer.disconnect(); clearTimeout(timer); resolve(time()); };
    // What it looks at may not be there yet.
    const holds = () => { try { return condition(); } catch { return false; } };
    const observer = new MutationObserver(() => { if (holds()) done(); });
    const timer = setTimeout(() => {
        observer.disconnect();
        reject(new Error(`not seen: ${condition}`));
    }, within);
    observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    if (holds()) done();
});";

/// A browser with one page.
#[derive(Debug)]
pub struct Browser {
    /// Killed when it is dropped.
    _process: Child,
    profile: PathBuf,
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// Of the page, once there is one.
    session: Option<String>,
    last_id: u64,
    /// Everything that the page complained about.
    complaints: Vec<String>,
}

impl Browser {
    /// Starts a browser with a profile of its own and opens `url`.
    pub async fn open(url: &str) -> Self {
        let profile = std::env::temp_dir().join(format!("console-test-{}", std::process::id()));
        let mut process = Command::new("chromium")
            .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
            .args(["--no-first-run", "--hide-scrollbars", "--remote-debugging-port=0"])
            .arg(format!("--user-data-dir={}", profile.display()))
            .arg("about:blank")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("Chromium starts; `cargo xtask ci --install` installs it");
        let stderr = process.stderr.take().unwrap();
        let address = timeout(PATIENCE, devtools_address(stderr)).await.expect("Chromium starts in time");
        let (socket, _) = connect_async(address).await.expect("the browser's DevTools answer");
        let mut browser =
            Self { _process: process, profile, socket, session: None, last_id: 0, complaints: Vec::new() };
        let target = browser.call("Target.createTarget", json!({"url": "about:blank"})).await;
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        let attached = browser.call("Target.attachToTarget", attach).await;
        browser.session = Some(attached["sessionId"].as_str().unwrap().to_owned());
        for domain in ["Page", "Runtime", "Log", "DOM"] {
            browser.call(&format!("{domain}.enable"), json!({})).await;
        }
        browser.call("Page.addScriptToEvaluateOnNewDocument", json!({ "source": WAIT })).await;
        browser.call("Page.navigate", json!({ "url": url })).await;
        browser.until("document.readyState === 'complete' && location.href !== 'about:blank'").await;
        browser
    }

    /// Asks the browser for something; its result.
    pub async fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.last_id += 1;
        let id = self.last_id;
        let mut command = json!({"id": id, "method": method, "params": parameters});
        if let Some(session) = &self.session {
            command["sessionId"] = json!(session);
        }
        self.socket.send(Message::text(command.to_string())).await.expect("the browser lives");
        let answer = timeout(PATIENCE, async {
            loop {
                let message = self.socket.next().await.expect("the browser lives").expect("and is heard");
                let Message::Text(text) = message else { continue };
                let message: Value = serde_json::from_str(&text).unwrap();
                if message["id"] == id {
                    return message;
                }
                self.note(&message);
            }
        });
        let answer = answer.await.unwrap_or_else(|_| panic!("no answer to {method}"));
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// Runs JavaScript, waits for its promise if it is one, and gives the value.
    pub async fn run(&mut self, script: &str) -> Value {
        let parameters = json!({"expression": script, "awaitPromise": true, "returnByValue": true});
        let result = self.call("Runtime.evaluate", parameters).await;
        assert!(result.get("exceptionDetails").is_none(), "{script}: {result}");
        result["result"]["value"].clone()
    }

    /// Waits until a condition holds; when it did, in milliseconds since 1970.
    pub async fn until(&mut self, condition: &str) -> f64 {
        // Before the page is there its helper is not either.
        let script = format!("(async () => {{ {WAIT} return window.seen(() => {condition}); }})()");
        self.run(&script).await.as_f64().unwrap()
    }

    /// Gives files to a file input.
    pub async fn choose_file(&mut self, selector: &str, file: &Path) {
        let document = self.call("DOM.getDocument", json!({})).await;
        let query = json!({"nodeId": document["root"]["nodeId"], "selector": selector});
        let node = self.call("DOM.querySelector", query).await;
        let files = json!({"nodeId": node["nodeId"], "files": [file]});
        self.call("DOM.setFileInputFiles", files).await;
    }

    /// Presses a key, for example `Tab` or `Enter`.
    pub async fn press(&mut self, key: &str) {
        let (code, text) = match key {
            "Tab" => (9, None),
            "Enter" => (13, Some("\r")),
            other => panic!("{other}"),
        };
        for kind in ["keyDown", "keyUp"] {
            let mut event = json!({"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code});
            if let (Some(text), "keyDown") = (text, kind) {
                event["text"] = json!(text);
            }
            self.call("Input.dispatchKeyEvent", event).await;
        }
    }

    /// Looks at the page as wide as this, in this colour scheme.
    pub async fn look_as(&mut self, width: u32, height: u32, scheme: &str) {
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.call("Emulation.setDeviceMetricsOverride", size).await;
        let feature = json!({"name": "prefers-color-scheme", "value": scheme});
        self.call("Emulation.setEmulatedMedia", json!({ "features": [feature] })).await;
    }

    /// A picture of the whole page as PNG.
    pub async fn picture(&mut self) -> Vec<u8> {
        let whole = json!({"format": "png", "captureBeyondViewport": true});
        let shot = self.call("Page.captureScreenshot", whole).await;
        STANDARD.decode(shot["data"].as_str().unwrap()).unwrap()
    }

    /// Errors of scripts, of the console and of what could not be loaded.
    #[must_use]
    pub fn complaints(&self) -> &[String] {
        &self.complaints
    }

    fn note(&mut self, message: &Value) {
        let parameters = &message["params"];
        let complains = match message["method"].as_str().unwrap_or_default() {
            "Runtime.exceptionThrown" => true,
            "Runtime.consoleAPICalled" => parameters["type"] == "error",
            "Log.entryAdded" => parameters["entry"]["level"] == "error",
            _ => false,
        };
        if complains {
            self.complaints.push(parameters.to_string());
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // What the browser still writes there goes with the machine's other
        // temporary files.
        drop(std::fs::remove_dir_all(&self.profile));
    }
}

/// Where the browser listens, which it says when it has started.
async fn devtools_address(stderr: tokio::process::ChildStderr) -> String {
    let mut lines = BufReader::new(stderr).lines();
    let mut said = Vec::new();
    while let Some(line) = lines.next_line().await.unwrap() {
        if let Some((_, address)) = line.split_once("DevTools listening on ") {
            let address = address.to_owned();
            // It must not be stopped by a pipe that is full.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return address;
        }
        said.push(line);
    }
    panic!("Chromium ended: {}", said.join("\n"))
}
