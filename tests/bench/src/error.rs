//! What ends a measurement without figures.

use std::io;
use std::path::PathBuf;

/// Why there are no figures, or why they don't count.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("the TLS provider was set before")]
    Provider,
    #[error("the sandbox process did not start, or a file can't be made: {0}")]
    Io(#[from] io::Error),
    #[error("the journal can't be measured: {0}")]
    Journal(#[from] paysera_core::journal::JournalError),
    #[error("the journal can't be filled: {0}")]
    Fill(#[from] rusqlite::Error),
    #[error("the measurement names something that does not exist")]
    Setup,
    #[error("the sandbox process did not say where it listens")]
    NoAddress,
    #[error(transparent)]
    Sandbox(#[from] paysera_sandbox::SandboxError),
    #[error("{request} was not answered: {source}")]
    NoAnswer { request: &'static str, source: reqwest::Error },
    #[error("{request} was answered with {status}: {body}")]
    Refused { request: &'static str, status: u16, body: String },
    #[error("the answer to {request} lacks {field}")]
    Incomplete { request: &'static str, field: &'static str },
    #[error("a client ended early: {0}")]
    Client(#[from] tokio::task::JoinError),
    #[error("{} cannot be read: {source}", path.display())]
    Corpus { path: PathBuf, source: io::Error },
    #[error("{} is not a manifest: {source}", path.display())]
    Manifest { path: PathBuf, source: serde_json::Error },
    #[error("{} is not a picture: {source}", path.display())]
    Picture { path: PathBuf, source: image::ImageError },
    #[error("pictures are turned by whole quarters, not by {0} degrees")]
    Rotation(u16),
    #[error("a picture is no frame: {0}")]
    Frame(#[from] paysera_core::qr::FrameError),
    #[error(
        "other people's scanners were not built (see above); they need CMake and a C++ compiler, which \
         `cargo xtask bench` installs"
    )]
    PeersNotBuilt,
    #[error("the books are wrong: {0}")]
    Books(String),
}
