//! One page: what a person does with it, and what can be read from it.

use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::error::BrowserError;
use crate::pipe::{Answer, Pipe};

/// Loaded before the page's own scripts.
const HELPERS: &str = include_str!("helpers.js");

/// A key that moves through a page without a mouse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// To the next element.
    Tab,
    /// Follows a link, presses a button.
    Enter,
    /// The next option of a select.
    ArrowDown,
    /// The next tab.
    ArrowRight,
}

impl Key {
    /// Its name, the code of the Windows keyboard, and the text that it types.
    const fn parts(self) -> (&'static str, u32, &'static str) {
        match self {
            Self::Tab => ("Tab", 9, ""),
            Self::Enter => ("Enter", 13, "\r"),
            Self::ArrowDown => ("ArrowDown", 40, ""),
            Self::ArrowRight => ("ArrowRight", 39, ""),
        }
    }
}

/// A page of a [`Browser`](crate::Browser).
#[derive(Debug)]
pub struct Page {
    pipe: Arc<Pipe>,
    session: String,
}

/// A condition that the page is watching already.
#[derive(Debug)]
#[must_use]
pub struct Pending {
    pipe: Arc<Pipe>,
    answer: Answer,
}

impl Page {
    pub(crate) async fn new(pipe: Arc<Pipe>, session: String) -> Result<Self, BrowserError> {
        let page = Self { pipe, session };
        for domain in ["Page", "Runtime", "Log", "Inspector", "DOM"] {
            page.call(&format!("{domain}.enable"), json!({})).await?;
        }
        let helpers = json!({"source": HELPERS, "runImmediately": true});
        page.call("Page.addScriptToEvaluateOnNewDocument", helpers).await?;
        // Headless or not, this page is the one that the keyboard goes to.
        page.call("Emulation.setFocusEmulationEnabled", json!({"enabled": true})).await?;
        Ok(page)
    }

    async fn send(&self, command: &str, parameters: Value) -> Result<Pending, BrowserError> {
        let answer = self.pipe.send(Some(&self.session), command, parameters).await?;
        Ok(Pending { pipe: Arc::clone(&self.pipe), answer })
    }

    async fn call(&self, command: &str, parameters: Value) -> Result<Value, BrowserError> {
        let Pending { pipe, answer } = self.send(command, parameters).await?;
        pipe.answer(answer).await
    }

    /// Opens an address.
    ///
    /// # Errors
    /// [`BrowserError`].
    pub async fn open(&self, url: &str) -> Result<(), BrowserError> {
        let answer = self.call("Page.navigate", json!({"url": url})).await?;
        match answer.get("errorText").and_then(Value::as_str) {
            Some(text) => Err(BrowserError::Script(format!("{url}: {text}"))),
            None => Ok(()),
        }
    }

    /// The value of an expression; a promise is waited for.
    ///
    /// # Errors
    /// [`BrowserError::Script`] with what it threw.
    pub async fn evaluate(&self, expression: &str) -> Result<Value, BrowserError> {
        let answer = self.call("Runtime.evaluate", evaluation(expression)).await?;
        value(answer)
    }

    /// Begins to watch for `condition` to become true (or anything like it):
    /// it is looked at now and after each change of the document.
    ///
    /// # Errors
    /// [`BrowserError`].
    pub async fn watch(&self, condition: &str) -> Result<Pending, BrowserError> {
        let expression = format!("consoleTest.until(() => ({condition}))");
        let mut pending = self.send("Runtime.evaluate", evaluation(&expression)).await?;
        condition.clone_into(&mut pending.answer.what);
        Ok(pending)
    }

    /// Waits for `condition`; when it was met, see [`Pending::met`].
    ///
    /// # Errors
    /// [`BrowserError::TimedOut`].
    pub async fn until(&self, condition: &str) -> Result<f64, BrowserError> {
        self.watch(condition).await?.met().await
    }

    /// The page's own clock, in milliseconds. It never jumps.
    ///
    /// # Errors
    /// [`BrowserError`].
    pub async fn now(&self) -> Result<f64, BrowserError> {
        milliseconds(&self.evaluate("consoleTest.now()").await?)
    }

    /// Presses and releases a key.
    ///
    /// # Errors
    /// [`BrowserError`].
    pub async fn press(&self, key: Key) -> Result<(), BrowserError> {
        let (name, code, text) = key.parts();
        let down = if text.is_empty() { "rawKeyDown" } else { "keyDown" };
        for kind in [down, "keyUp"] {
            let mut event = json!({"type": kind, "key": name, "code": name, "windowsVirtualKeyCode": code});
            if let (true, Some(fields)) = (kind == "keyDown", event.as_object_mut()) {
                fields.insert("text".to_owned(), text.into());
            }
            self.call("Input.dispatchKeyEvent", event).await?;
        }
        Ok(())
    }

    /// Types a text where the keyboard is.
    ///
    /// # Errors
    /// [`BrowserError`].
    pub async fn type_text(&self, text: &str) -> Result<(), BrowserError> {
        self.call("Input.insertText", json!({"text": text})).await.map(drop)
    }

    /// Clicks with the mouse on the middle of an element, whatever lies there.
    ///
    /// # Errors
    /// [`BrowserError::Script`] if it is not there.
    pub async fn click(&self, id: &str) -> Result<(), BrowserError> {
        let middle = self.evaluate(&format!("consoleTest.middleOf({id:?})")).await?;
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({"type": kind, "x": middle.get("x"), "y": middle.get("y"),
                "button": "left", "clickCount": 1});
            self.call("Input.dispatchMouseEvent", event).await?;
        }
        Ok(())
    }

    /// Chooses a file in a file input.
    ///
    /// # Errors
    /// [`BrowserError`].
    pub async fn choose_file(&self, id: &str, file: &Path) -> Result<(), BrowserError> {
        let command = "Runtime.evaluate";
        let expression = format!("document.getElementById({id:?})");
        let answer = self.call(command, json!({"expression": expression})).await?;
        let input = answer.pointer("/result/objectId");
        let input = input.ok_or(BrowserError::Answer { command, missing: "objectId" })?;
        self.call("DOM.setFileInputFiles", json!({"objectId": input, "files": [file]})).await?;
        Ok(())
    }

    /// Gives the page the width of a screen and the colours that a person
    /// prefers (`light` or `dark`); below 600 pixels it is a phone's.
    ///
    /// # Errors
    /// [`BrowserError`].
    pub async fn screen(&self, width: u32, height: u32, scheme: &str) -> Result<(), BrowserError> {
        let metrics =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600});
        self.call("Emulation.setDeviceMetricsOverride", metrics).await?;
        // Half-way through an animation colours are nobody's choice.
        let features = json!([{"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce"}]);
        self.call("Emulation.setEmulatedMedia", json!({"features": features})).await?;
        Ok(())
    }

    /// A picture of the whole page, as PNG.
    ///
    /// # Errors
    /// [`BrowserError`].
    pub async fn screenshot(&self) -> Result<Vec<u8>, BrowserError> {
        self.evaluate("consoleTest.painted()").await?;
        let size = self.call("Page.getLayoutMetrics", json!({})).await?;
        let side = |name| size.pointer("/cssContentSize").and_then(|size| size.get(name)).cloned();
        let clip = json!({"x": 0, "y": 0, "width": side("width"), "height": side("height"), "scale": 1});
        let command = "Page.captureScreenshot";
        let parameters = json!({"format": "png", "captureBeyondViewport": true, "clip": clip});
        let answer = self.call(command, parameters).await?;
        let data = answer.get("data").and_then(Value::as_str).and_then(|text| STANDARD.decode(text).ok());
        data.ok_or(BrowserError::Answer { command, missing: "data" })
    }

    /// Crashes the process of the page, which never answers: an error by nature.
    ///
    /// # Errors
    /// [`BrowserError::Gone`].
    pub async fn crash(&self) -> Result<(), BrowserError> {
        self.call("Page.crash", json!({})).await.map(drop)
    }

    /// What the browser's pages complained of since the last call: errors on the
    /// console, uncaught exceptions, files that did not load.
    #[must_use]
    pub fn complaints(&self) -> Vec<String> {
        self.pipe.complaints()
    }
}

impl Pending {
    /// Waits; the time on the page's clock at which the condition was met, in
    /// milliseconds.
    ///
    /// # Errors
    /// [`BrowserError::TimedOut`]; [`BrowserError::Gone`] as soon as the browser
    /// is.
    pub async fn met(self) -> Result<f64, BrowserError> {
        milliseconds(&value(self.pipe.answer(self.answer).await?)?)
    }
}

fn evaluation(expression: &str) -> Value {
    json!({"expression": expression, "awaitPromise": true, "returnByValue": true})
}

fn value(mut answer: Value) -> Result<Value, BrowserError> {
    if let Some(details) = answer.get("exceptionDetails") {
        let thrown = details.pointer("/exception/description").or_else(|| details.get("text"));
        return Err(BrowserError::Script(thrown.and_then(Value::as_str).unwrap_or_default().to_owned()));
    }
    Ok(answer.pointer_mut("/result/value").map(Value::take).unwrap_or_default())
}

fn milliseconds(value: &Value) -> Result<f64, BrowserError> {
    value.as_f64().ok_or(BrowserError::Answer { command: "Runtime.evaluate", missing: "a time" })
}
