//! A panic on demand, for the tests of both languages. Not part of a release: the
//! feature `panic-probe` brings it.

use std::sync::Arc;

use crate::attempt::{AttemptListener, AttemptState};
use crate::error::ApiError;
use crate::runtime::{Engine, contained};

/// Calls a listener, then panics in the same call.
///
/// # Errors
/// [`ApiError::Panicked`], always.
#[uniffi::export]
pub fn panic_after_calling(listener: Arc<dyn AttemptListener>) -> Result<(), ApiError> {
    contained(|| {
        let _ = listener.on_state(AttemptState::Preparing);
        panic()
    })
}

/// The same in a task of the library.
///
/// # Errors
/// [`ApiError::Panicked`], always.
#[uniffi::export]
pub async fn panic_in_a_task(listener: Arc<dyn AttemptListener>) -> Result<(), ApiError> {
    let work = async move {
        let _ = listener.on_state(AttemptState::Preparing);
        panic()
    };
    Engine::current()?.run(work).await
}

#[allow(clippy::panic)]
fn panic() -> Result<(), ApiError> {
    panic!("on demand")
}
