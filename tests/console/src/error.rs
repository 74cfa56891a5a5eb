//! Why the browser did not do what it was asked.

use std::io;
use std::time::Duration;

/// A failure; its text is what the failed test prints.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BrowserError {
    /// The operating system did not let it start or be talked to.
    #[error("the browser can't be run: {0}")]
    Run(#[from] io::Error),
    /// The process or its page is no more, or never came.
    #[error("the browser is gone ({why}); it said:\n{said}")]
    Gone {
        /// How that was noticed.
        why: &'static str,
        /// The last lines of its standard error.
        said: String,
    },
    /// A command was refused.
    #[error("{what}: {message}")]
    Refused {
        /// The protocol's name of it, or what it was for.
        what: String,
        /// The browser's words.
        message: String,
    },
    /// A script in the page threw.
    #[error("in the page: {0}")]
    Script(String),
    /// What was waited for did not happen.
    #[error("waited {} s for {what}", .limit.as_secs())]
    TimedOut {
        /// A command or a condition.
        what: String,
        /// How long at most.
        limit: Duration,
    },
    /// The answer has another form than the protocol says.
    #[error("{command} answered without {missing}")]
    Answer {
        /// The protocol's name of it.
        command: &'static str,
        /// The field.
        missing: &'static str,
    },
}
