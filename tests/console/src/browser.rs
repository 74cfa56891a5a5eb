//! The process.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};
use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, ChildStderr, Command};

use crate::error::BrowserError;
use crate::page::Page;
use crate::pipe::{LIMIT, Pipe};

/// Finds the program; read at run time, since a clone may move.
const PROGRAM: &str = "chromium.sh";

/// Chromium's ends of the pipes are the descriptors 3 and 4. Its standard output,
/// which its helper processes share, is the third pipe: it closes after the last
/// of them.
const ON_DESCRIPTORS: &str = r#"exec sh "$0" "$@" 3<&0 4>&1 </dev/null >&2 2>"$SAID""#;

const ARGUMENTS: [&str; 17] = [
    "--headless",
    "--remote-debugging-pipe",
    // Its sandbox needs what root and containers lack. It opens our own page
    // only, and no name but this machine's address leads anywhere.
    "--no-sandbox",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-gpu",
    "--disable-sync",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
    "--metrics-recording-only",
    "--mute-audio",
    "--no-first-run",
];

/// A running headless Chromium, killed when it is dropped.
#[derive(Debug)]
pub struct Browser {
    child: Child,
    helpers: ChildStderr,
    pipe: Arc<Pipe>,
    profile: PathBuf,
}

impl Browser {
    /// Starts one with a new profile under `folder`.
    ///
    /// # Errors
    /// [`BrowserError::Gone`] if there is no Chromium or it did not start, with
    /// what it said; [`BrowserError::Run`].
    pub async fn launch(folder: &Path) -> Result<Self, BrowserError> {
        let package = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
        Self::launch_program(&package.join(PROGRAM), folder).await
    }

    /// The same with another shell script in the place of `chromium.sh`.
    ///
    /// # Errors
    /// As [`Browser::launch`].
    pub async fn launch_program(script: &Path, folder: &Path) -> Result<Self, BrowserError> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let profile = folder.join(format!("chromium-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&profile)?;
        let said = profile.join("stderr.txt");
        let mut command = Command::new("sh");
        command.arg("-c").arg(ON_DESCRIPTORS).arg(script).args(ARGUMENTS);
        command.arg(format!("--user-data-dir={}", profile.display())).arg("about:blank");
        command.env("SAID", &said).kill_on_drop(true);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(commands), Some(answers), Some(helpers)) = pipes else {
            return Err(std::io::Error::from(std::io::ErrorKind::BrokenPipe).into());
        };
        let pipe = Arc::new(Pipe::new(commands, answers, said));
        let started = pipe.send(None, "Browser.getVersion", json!({})).await?;
        pipe.answer(started).await?;
        Ok(Self { child, helpers, pipe, profile })
    }

    /// A new page.
    ///
    /// # Errors
    /// [`BrowserError`].
    pub async fn page(&self) -> Result<Page, BrowserError> {
        let text = async |command, parameters, field: &'static str| {
            let answer = self.pipe.send(None, command, parameters).await?;
            let answer = self.pipe.answer(answer).await?;
            let found = answer.get(field).and_then(Value::as_str).map(str::to_owned);
            found.ok_or(BrowserError::Answer { command, missing: field })
        };
        let target = text("Target.createTarget", json!({"url": "about:blank"}), "targetId").await?;
        let parameters = json!({"targetId": target, "flatten": true});
        let session = text("Target.attachToTarget", parameters, "sessionId").await?;
        Page::new(Arc::clone(&self.pipe), session).await
    }

    /// Kills it, without a word to whoever waits for its pages.
    ///
    /// # Errors
    /// [`BrowserError::Run`].
    pub async fn kill(&mut self) -> Result<(), BrowserError> {
        Ok(self.child.kill().await?)
    }

    /// Ends it with its helper processes and removes its profile, which stays for
    /// inspection if this is not called.
    ///
    /// # Errors
    /// [`BrowserError::Run`]; [`BrowserError::TimedOut`] if a helper does not end.
    pub async fn close(mut self) -> Result<(), BrowserError> {
        self.kill().await?;
        let ended = tokio::time::timeout(LIMIT, self.helpers.read_to_end(&mut Vec::new())).await;
        ended.map_err(|_| BrowserError::TimedOut {
            what: "the end of its helpers".to_owned(),
            limit: LIMIT,
        })??;
        Ok(std::fs::remove_dir_all(&self.profile)?)
    }
}
