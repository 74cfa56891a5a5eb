//! Whatever reads a picture.

use std::time::Duration;

use paysera_core::qr::Stage;

use super::corpus::Picture;
use crate::error::Error;

/// What an engine made of a picture.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reading {
    /// The texts that it read.
    pub(crate) texts: Vec<String>,
    /// Of the processor.
    pub(crate) cpu: Duration,
    /// That passed.
    pub(crate) wall: Duration,
    /// Panics, contained or not.
    pub(crate) panics: u32,
    /// Whether it had to be stopped.
    pub(crate) timed_out: bool,
    /// What passed for each frame, where it got frames.
    pub(crate) frames: Vec<Duration>,
    /// The stage that read first, where there are stages.
    pub(crate) stage: Option<Stage>,
    /// What each stage took.
    pub(crate) spent: Vec<(Stage, Duration)>,
}

/// Whatever reads a picture.
pub(crate) trait Engine {
    /// Its name in a report.
    fn name(&self) -> &str;

    /// Reads a picture, with nothing remembered of the one before.
    fn read(&mut self, picture: &Picture) -> Result<Reading, Error>;
}
