//! The sandbox's own algorithm (wallet-api section 8.4, a proposal: the
//! production one is not public).

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::{ChainState, ReservationCodeGenerator};
use crate::code::ReservationCode;
use crate::error::{ApiError, ApiErrorKind};

const IDENTIFIER_DIGITS: usize = 10;
const MAX_IDENTIFIER: u64 = 9_999_999_999;

/// How often the chain hashes and how many digits it gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SandboxV1Params {
    /// HMAC rounds from one state to the next.
    pub secret_iterations: u32,
    /// Digits of the secret part.
    pub secret_length: usize,
    /// HMAC rounds of the check part.
    pub sign_iterations: u32,
    /// Digits of the check part.
    pub sign_length: usize,
}

impl Default for SandboxV1Params {
    fn default() -> Self {
        Self { secret_iterations: 1000, secret_length: 12, sign_iterations: 10, sign_length: 4 }
    }
}

/// The generator named `sandbox-v1`.
#[derive(Clone)]
pub struct SandboxV1 {
    seed: Zeroizing<[u8; 32]>,
    identifier: u64,
    params: SandboxV1Params,
}

impl SandboxV1 {
    /// A generator for one wallet.
    ///
    /// # Errors
    /// [`ApiError`] (`rejected_input`) for an identifier of more than 10 digits,
    /// a length of 0 or more than 18 digits, or no iterations.
    pub fn new(identifier: u64, seed: [u8; 32], params: SandboxV1Params) -> Result<Self, ApiError> {
        if identifier > MAX_IDENTIFIER {
            return Err(ApiError::rejected("identifier", "has more than 10 digits"));
        }
        if !(1..=18).contains(&params.secret_length) || !(1..=18).contains(&params.sign_length) {
            return Err(ApiError::rejected("length", "must be 1 to 18 digits"));
        }
        if params.secret_iterations == 0 || params.sign_iterations == 0 {
            return Err(ApiError::rejected("iterations", "must be more than 0"));
        }
        Ok(Self { seed: Zeroizing::new(seed), identifier, params })
    }

    fn hmac_rounds(&self, input: &[u8], rounds: u32) -> ChainState {
        let mut state = Zeroizing::new(input.to_vec());
        for _ in 0..rounds {
            // HMAC takes a key of any length: this branch is always taken.
            if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.seed.as_slice()) {
                mac.update(&state);
                state = Zeroizing::new(mac.finalize().into_bytes().to_vec());
            }
        }
        state
    }
}

impl fmt::Debug for SandboxV1 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SandboxV1").field("identifier", &self.identifier).finish_non_exhaustive()
    }
}

impl ReservationCodeGenerator for SandboxV1 {
    fn name(&self) -> String {
        // Another seed for the same identifier is another chain.
        let mut hash = Sha256::new();
        hash.update(b"paysera sandbox-v1 chain");
        hash.update(self.seed.as_slice());
        let hash = hash.finalize();
        let tag: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        format!("reservation-codes/sandbox-v1/{}/{tag}", self.identifier)
    }

    fn first_state(&self) -> ChainState {
        let mut hash = Sha256::new();
        hash.update(self.seed.as_slice());
        hash.update(self.identifier.to_be_bytes());
        Zeroizing::new(hash.finalize().to_vec())
    }

    fn advance(&self, state: &ChainState) -> ChainState {
        self.hmac_rounds(state, self.params.secret_iterations)
    }

    fn code(&self, state: &ChainState) -> Result<ReservationCode, ApiError> {
        let secret = last_digits(state, self.params.secret_length);
        let body = Zeroizing::new(format!("01{:0IDENTIFIER_DIGITS$}{}", self.identifier, *secret));
        let sign = self.hmac_rounds(body.as_bytes(), self.params.sign_iterations);
        let code = Zeroizing::new(format!("{}{}", *body, *last_digits(&sign, self.params.sign_length)));
        ReservationCode::parse(&code)
            .map_err(|error| ApiError::local(ApiErrorKind::Bug { details: error.to_string() }))
    }
}

/// The last `digits` decimal digits of a big-endian number, zero-padded.
fn last_digits(bytes: &[u8], digits: usize) -> Zeroizing<String> {
    let modulus = 10_u128.pow(u32::try_from(digits).unwrap_or(18).min(18));
    let rest = bytes.iter().fold(0_u128, |rest, byte| (rest * 256 + u128::from(*byte)) % modulus);
    Zeroizing::new(format!("{rest:0digits$}"))
}
