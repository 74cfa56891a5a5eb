//! What can keep the demo from ending as it announces.

use paysera_core::error::ApiError;
use paysera_core::qr::{FrameError, RenderError};
use paysera_core::wallet_api::EnvironmentError;
use paysera_sandbox::SandboxError;

/// Something differs from what the demo announces.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DemoError {
    /// An operation was refused that should not be.
    #[error("refused: {0}")]
    Api(#[from] ApiError),
    /// A code can't be drawn.
    #[error("a code can't be drawn: {0}")]
    Render(#[from] RenderError),
    /// A photo can't be scanned.
    #[error("a photo can't be scanned: {0}")]
    Frame(#[from] FrameError),
    /// The sandbox failed.
    #[error("the sandbox failed: {0}")]
    Sandbox(#[from] SandboxError),
    /// The sandbox's address is not one.
    #[error(transparent)]
    Environment(#[from] EnvironmentError),
    /// No photo of a code could be read.
    #[error("no code was read in {photos} photos (seed {seed})")]
    NotRead {
        /// How many photos were taken.
        photos: usize,
        /// The camera's seed.
        seed: u64,
    },
    /// A photo, a text or a report can't be written or read.
    #[error("{what}: {source}")]
    File {
        /// What was to be written or read.
        what: String,
        /// Why it failed.
        source: std::io::Error,
    },
    /// A text of the demo is missing or damaged.
    #[error("the demo's texts have none for {code:?}")]
    Text {
        /// The text's code.
        code: String,
    },
    /// Something came out otherwise.
    #[error("{what} should be {expected}, but is {found}")]
    Differs {
        /// What.
        what: String,
        /// What was announced.
        expected: String,
        /// What it is.
        found: String,
    },
}

impl DemoError {
    pub(crate) fn differs(what: &str, expected: impl ToString, found: impl ToString) -> Self {
        Self::Differs { what: what.to_owned(), expected: expected.to_string(), found: found.to_string() }
    }
}
