#![doc = include_str!("../README.md")]
// An error crosses the border once, by value.
#![allow(clippy::result_large_err)]

mod attempt;
mod code;
mod credentials;
mod customer;
mod environment;
mod error;
mod journal;
mod log;
mod merchant;
mod money;
#[cfg(feature = "panic-probe")]
mod probe;
mod requests;
mod runtime;
mod scanner;
mod secret_store;

pub use attempt::*;
pub use code::*;
pub use credentials::*;
pub use customer::*;
pub use environment::*;
pub use error::*;
pub use log::*;
pub use merchant::*;
pub use money::*;
#[cfg(feature = "panic-probe")]
pub use probe::*;
pub use requests::*;
pub use runtime::{resume, shutdown, suspend};
pub use scanner::*;
pub use secret_store::*;

/// Secrets pass through buffers that nobody else wipes: of uniffi, of TLS, of HTTP, of
/// JSON. What is freed is wiped here, whoever had it.
#[global_allocator]
static WIPED: zeroizing_alloc::ZeroAlloc<std::alloc::System> = zeroizing_alloc::ZeroAlloc(std::alloc::System);

uniffi::setup_scaffolding!("paysera");
