//! Passing the library's log on to the app's.
//!
//! What is passed on: events of this library's own crates, at the level that was
//! asked for or above. Nothing of other crates, whose authors do not know what is
//! secret here; this library logs no secret at any level. A thread of its own
//! calls the sink, so a slow one holds nothing up; what comes faster than it can
//! take is counted and left out.

use std::fmt::{self, Write as _};
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::Registry;

use crate::error::ApiError;

/// Lines that wait for a slow sink.
const WAITING: usize = 1024;

/// Crates whose events are passed on.
const OWN: [&str; 2] = ["paysera_core", "paysera_bindings"];

/// How much a line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, uniffi::Enum)]
pub enum LogLevel {
    /// Something is broken.
    Error,
    /// Something is odd.
    Warn,
    /// What happens, in few lines.
    Info,
    /// What happens, in detail.
    Debug,
    /// Everything.
    Trace,
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct LogLine {
    /// How much it matters.
    pub level: LogLevel,
    /// The part of the library that says it.
    pub target: String,
    /// What it says, with its values. No secret.
    pub text: String,
}

/// The sink could not take a line; the line is lost, and nothing else.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum LogSinkError {
    /// It threw.
    #[error("the log's sink threw")]
    Threw,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for LogSinkError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Threw
    }
}

/// Where the app's log is: logcat, os_log, a file.
#[uniffi::export(foreign)]
pub trait LogSink: Send + Sync {
    /// Takes a line. Called from one thread, line after line.
    ///
    /// # Errors
    /// [`LogSinkError`]; the line is lost then.
    fn log(&self, line: LogLine) -> Result<(), LogSinkError>;
}

/// Passes the log on to `sink` from now on: lines of `level` and above. Nothing is
/// passed on, and nothing is written anywhere else, before this is called. Calling
/// it again takes another sink.
///
/// # Errors
/// `bug` where the app's own Rust code has taken the log of the process.
#[uniffi::export]
pub fn set_log_sink(sink: Arc<dyn LogSink>, level: LogLevel) -> Result<(), ApiError> {
    let log = LOG.get_or_init(Log::begin).as_ref().map_err(Clone::clone)?;
    log.most_detailed.store(rank(level), Ordering::Relaxed);
    *log.sink.lock().unwrap_or_else(PoisonError::into_inner) = Some(sink);
    Ok(())
}

/// Passes nothing on any more.
#[uniffi::export]
pub fn remove_log_sink() {
    if let Some(Ok(log)) = LOG.get() {
        log.most_detailed.store(0, Ordering::Relaxed);
        *log.sink.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

static LOG: OnceLock<Result<Arc<Log>, ApiError>> = OnceLock::new();

struct Log {
    sink: Mutex<Option<Arc<dyn LogSink>>>,
    /// The rank of the most detailed level that is passed on; 0 for none.
    most_detailed: AtomicU8,
    lines: SyncSender<LogLine>,
    left_out: AtomicU64,
}

const fn rank(level: LogLevel) -> u8 {
    match level {
        LogLevel::Error => 1,
        LogLevel::Warn => 2,
        LogLevel::Info => 3,
        LogLevel::Debug => 4,
        LogLevel::Trace => 5,
    }
}

impl Log {
    fn begin() -> Result<Arc<Self>, ApiError> {
        let (lines, waiting) = sync_channel(WAITING);
        let log = Arc::new(Self {
            sink: Mutex::default(),
            most_detailed: AtomicU8::new(0),
            lines,
            left_out: AtomicU64::new(0),
        });
        let passing = Arc::clone(&log);
        std::thread::Builder::new()
            .name("paysera-log".to_owned())
            .spawn(move || passing.pass_on(&waiting))
            .map_err(|error| ApiError::bug(format!("no thread: {error}")))?;
        let subscriber = Registry::default().with(Passing(Arc::clone(&log)));
        tracing::subscriber::set_global_default(subscriber)
            .map_err(|_| ApiError::bug("the process has a log already"))?;
        Ok(log)
    }

    fn pass_on(&self, lines: &Receiver<LogLine>) {
        while let Ok(line) = lines.recv() {
            let left_out = self.left_out.swap(0, Ordering::Relaxed);
            if left_out > 0 {
                self.hand_over(LogLine {
                    level: LogLevel::Warn,
                    target: "paysera_bindings::log".to_owned(),
                    text: format!("{left_out} lines were left out: the sink is too slow"),
                });
            }
            self.hand_over(line);
        }
    }

    /// Outside of the lock: a sink may set another one.
    fn hand_over(&self, line: LogLine) {
        let sink = self.sink.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(sink) = sink {
            let _ = sink.log(line);
        }
    }

    fn wants(&self, level: LogLevel) -> bool {
        rank(level) <= self.most_detailed.load(Ordering::Relaxed)
    }

    fn take(&self, line: LogLine) {
        if self.lines.try_send(line).is_err() {
            self.left_out.fetch_add(1, Ordering::Relaxed);
        }
    }
}

struct Passing(Arc<Log>);

impl<S: Subscriber> Layer<S> for Passing {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let metadata = event.metadata();
        let (target, level) = (metadata.target(), level(*metadata.level()));
        let of_crate = target.split("::").next().unwrap_or_default();
        if !OWN.contains(&of_crate) || !self.0.wants(level) {
            return;
        }
        let mut text = Text::default();
        event.record(&mut text);
        self.0.take(LogLine { level, target: target.to_owned(), text: text.joined() });
    }
}

const fn level(level: Level) -> LogLevel {
    match level {
        Level::ERROR => LogLevel::Error,
        Level::WARN => LogLevel::Warn,
        Level::INFO => LogLevel::Info,
        Level::DEBUG => LogLevel::Debug,
        Level::TRACE => LogLevel::Trace,
    }
}

/// An event's message, and its values after it.
#[derive(Default)]
struct Text {
    message: String,
    values: String,
}

impl Text {
    fn joined(mut self) -> String {
        self.message.push_str(&self.values);
        self.message
    }
}

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing to a string does not fail.
        let _ = if field.name() == "message" {
            write!(self.message, "{value:?}")
        } else {
            write!(self.values, " {}={value:?}", field.name())
        };
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::Sender;

    use super::*;

    struct Kept(Mutex<Sender<LogLine>>);

    impl LogSink for Kept {
        fn log(&self, line: LogLine) -> Result<(), LogSinkError> {
            let _ = self.0.lock().unwrap().send(line.clone());
            if line.text.contains("throws") { Err(LogSinkError::Threw) } else { Ok(()) }
        }
    }

    /// One test: the log is the process's.
    #[test]
    fn own_lines_are_passed_on_from_the_level_that_was_asked_for() {
        tracing::error!("before anybody listens");
        let (sender, lines) = std::sync::mpsc::channel();
        set_log_sink(Arc::new(Kept(Mutex::new(sender))), LogLevel::Info).unwrap();
        tracing::debug!("too detailed");
        tracing::error!(target: "hyper::client", "another crate's");
        tracing::info!(target: "paysera_core::x", attempt = 7, "throws");
        tracing::warn!(target: "paysera_core", "after that");
        // Other tests of this process may log as well.
        let of_this_test = |line: &LogLine| line.target.starts_with("paysera_core") && line.target.len() < 16;
        let mut own = lines.iter().filter(of_this_test);
        let first = own.next().unwrap();
        assert_eq!((first.level, first.text.as_str()), (LogLevel::Info, "throws attempt=7"));
        assert_eq!(own.next().unwrap().text, "after that");
        remove_log_sink();
        tracing::error!(target: "paysera_core", "after the end");
        drop(own);
        assert!(lines.iter().all(|line| line.text != "after the end"));
    }
}
