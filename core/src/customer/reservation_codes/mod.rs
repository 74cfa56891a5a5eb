//! The customer's reservation codes: a chain of single-use codes made on the
//! device, offline, from a seed that the server knows as well.
//!
//! A code authorises any amount until it, or a later one, is accepted. So the
//! chain advances only when a code was used or another one is asked for, and
//! its position is stored before a code is shown: a death can only skip codes.

mod sandbox_v1;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use zeroize::Zeroizing;

pub use sandbox_v1::{SandboxV1, SandboxV1Params};

use crate::auth::SecretStore;
use crate::code::ReservationCode;
use crate::error::{ApiError, ApiErrorKind};

/// One position in a chain of codes; as secret as the codes after it.
pub type ChainState = Zeroizing<Vec<u8>>;

/// Makes codes from a seed. The algorithm of Paysera's production server is not
/// public; the sandbox's is [`SandboxV1`].
pub trait ReservationCodeGenerator: Send + Sync + fmt::Debug {
    /// A name for the chain in the secret store; differs by algorithm and seed.
    fn name(&self) -> String;

    /// The state before the first code.
    fn first_state(&self) -> ChainState;

    /// The state after `state`.
    fn advance(&self, state: &ChainState) -> ChainState;

    /// The code that belongs to `state`; the state before the first code has none.
    ///
    /// # Errors
    /// [`ApiError`] if the state is not one of this chain's.
    fn code(&self, state: &ChainState) -> Result<ReservationCode, ApiError>;
}

/// A device's chain of codes.
#[derive(Debug)]
pub(super) struct CodeChain {
    generator: Arc<dyn ReservationCodeGenerator>,
    store: Arc<dyn SecretStore>,
    /// One change at a time: two screens must not show one position twice.
    turn: Mutex<()>,
}

impl CodeChain {
    pub(super) fn new(generator: Arc<dyn ReservationCodeGenerator>, store: Arc<dyn SecretStore>) -> Self {
        Self { generator, store, turn: Mutex::new(()) }
    }

    /// The code at the current position.
    pub(super) fn current(&self) -> Result<ReservationCode, ApiError> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        match self.stored()? {
            Some(state) => self.generator.code(&state),
            None => self.step(&self.generator.first_state()),
        }
    }

    /// The code after the current one.
    pub(super) fn next(&self) -> Result<ReservationCode, ApiError> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let state = self.stored()?.unwrap_or_else(|| self.generator.first_state());
        self.step(&state)
    }

    /// Stores the position after `state`, then gives its code.
    fn step(&self, state: &ChainState) -> Result<ReservationCode, ApiError> {
        let next = self.generator.advance(state);
        let code = self.generator.code(&next)?;
        self.store.set(&self.generator.name(), &next).map_err(storage_failed)?;
        Ok(code)
    }

    fn stored(&self) -> Result<Option<ChainState>, ApiError> {
        self.store.get(&self.generator.name()).map_err(storage_failed)
    }
}

fn storage_failed(_: crate::auth::SecretStoreError) -> ApiError {
    ApiError::local(ApiErrorKind::StorageFailed)
}

#[cfg(test)]
mod tests;
