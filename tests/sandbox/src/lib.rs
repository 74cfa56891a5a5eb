//! A local Wallet API server with a real double-entry ledger: the counterpart
//! of tests, of the demo, and of an app developer's desk.
//!
//! [`Sandbox`] starts one inside a test; the program `paysera-sandbox serve`
//! starts one on a desk. Who is there to talk to is in [`seed`].
//!
//! It checks the client, so it must never use its code: only exact money of the
//! core is shared, and [`mac`] is written a second time from
//! the documentation.
//!
//! The layers, outside in: `server` (connections and faults), `callbacks` (what
//! is sent to merchants) and `counterparts` (simulated people), `http` (routes,
//! signatures, JSON), `operations` (what callers do, each in one database
//! transaction), `domain` (rules without I/O) and `store` (SQLite).
#![forbid(unsafe_code)]

mod app;
mod callbacks;
mod clock;
mod console;
mod control;
mod counterparts;
mod domain;
mod error;
mod faults;
mod http;
pub mod mac;
mod operations;
mod random;
mod rate_limits;
mod request_log;
pub mod reservation_code;
mod sandbox;
mod secrets;
pub mod seed;
mod server;
mod store;
mod tls;

pub use clock::SandboxClock;
pub use counterparts::{Counterpart, Counterparts, Deed};
pub use domain::cash::Limits;
pub use domain::status::Status;
pub use faults::{Fault, FaultRule, Faults};
pub use sandbox::{Sandbox, SandboxBuilder, SandboxError};
pub use store::check::{LedgerFault, LedgerReport, LedgerRule};
pub use store::ledger::Balance;
pub use store::messages::Message;
pub use store::signatories::{Role, Signatory};
pub use store::{Database, StoreError};
pub use tls::{TlsError, TlsOptions, fingerprint};
