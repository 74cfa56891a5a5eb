//! An attempt: one operation that can move money, from tap to its end.
//!
//! A shell holds an [`Attempt`], shows its current [`AttemptState`] and passes
//! on taps. One task drives it, detached from the shell: dropping the handle
//! only stops watching. The steps of each kind of operation stand with the
//! facade that offers it ([`crate::merchant`], [`crate::customer`]); what they
//! share (create, wait for acceptance, settle, take back, read what the server
//! says after a lost answer) stands in the driver.
//!
//! What must never happen here: a write repeated blindly, an end that the
//! server did not say, cash handed out without this attempt's own confirm.

mod driver;
mod handle;
mod server_says;
mod state;
mod writes;

pub use handle::{Attempt, StateStream};
pub use state::{AttemptState, CancelledBy, DeclinedBy, Receipt, WaitingFor};

pub(crate) use driver::{AttemptSetup, Driver, Operation, Tapped, launch};
pub(crate) use server_says::{ServerSays, server_says};
pub(crate) use state::Stop;
pub(crate) use writes::{Refusal, ReserveBy};
