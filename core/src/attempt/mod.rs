//! An attempt: one operation that can move money, from tap to its end.
//!
//! A shell holds an [`Attempt`], shows its current [`AttemptState`] and passes
//! on taps. What happens to an attempt is decided by a pure state machine
//! (`machine/`), fed by one task (`driver.rs`) that writes each event down before
//! it does what depends on it. The task is detached from the shell: dropping the
//! handle only stops watching, and after a death the attempt goes on where its
//! events left it (`host.rs`). One poller (`watcher.rs`) looks at the server for
//! all open attempts.
//!
//! What must never happen here: a write repeated blindly, an end that the
//! server did not say, cash handed out without this attempt's own confirm, or
//! twice.

mod audit;
mod driver;
mod event;
mod handle;
mod host;
mod intent;
mod lost;
mod machine;
mod pace;
mod rebuild;
mod requests;
mod state;
mod sweep;
mod watcher;

pub use audit::differing_rows;
pub use handle::{Attempt, StateStream};
pub use pace::Pace;
pub use state::{AttemptState, CancelReason, CancelledBy, CashStep, DeclinedBy, Receipt, WaitingFor};

pub(crate) use host::{Host, HostSetup};
pub(crate) use intent::{Intent, Make, Steps};
pub(crate) use lost::{Extent, Range, look_through, parameter};
