//! What every request handler shares.

use std::sync::Arc;

use crate::clock::SandboxClock;
use crate::domain::cash::Limits;
use crate::mac::ReplayGuard;
use crate::store::Store;

/// Handlers get a cheap clone of this.
#[derive(Clone, Debug)]
pub(crate) struct App {
    pub(crate) store: Arc<Store>,
    pub(crate) clock: SandboxClock,
    pub(crate) limits: Limits,
    pub(crate) replay: Arc<ReplayGuard>,
    /// The port that the server listens on, a candidate in MACs.
    pub(crate) port: u16,
}
