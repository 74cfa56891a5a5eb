//! Reservation codes `sandbox-v1` (PROPOSAL of wallet-api section 8.4): the
//! generator and the server's acceptance of a code.

use hmac::Mac;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::mac::keyed;

/// Bytes of a generator's seed.
pub const SEED_BYTES: usize = 32;

/// How often the chain is hashed from one code to the next.
pub(crate) const SECRET_ITERATIONS: u32 = 1000;

/// How often the check digits are hashed.
pub(crate) const SIGN_ITERATIONS: u32 = 10;

/// Digits: `01`, identifier, secret, check digits.
const PREFIX: &str = "01";
pub(crate) const IDENTIFIER_DIGITS: usize = 10;
pub(crate) const SECRET_DIGITS: usize = 12;
pub(crate) const SIGN_DIGITS: usize = 4;
const CODE_DIGITS: usize = PREFIX.len() + IDENTIFIER_DIGITS + SECRET_DIGITS + SIGN_DIGITS;

/// How many codes may have been skipped between two that are used.
const LOOK_AHEAD: u64 = 100;

/// The state of a generator: makes the codes of one wallet, in order.
#[derive(Clone)]
pub struct Generator {
    identifier: u64,
    seed: [u8; SEED_BYTES],
    state: [u8; SEED_BYTES],
    made: u64,
}

impl std::fmt::Debug for Generator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Generator")
            .field("identifier", &self.identifier)
            .field("made", &self.made)
            .finish_non_exhaustive()
    }
}

impl Generator {
    /// A generator that has made no code. `identifier` has at most ten digits.
    #[must_use]
    pub fn new(identifier: u64, seed: [u8; SEED_BYTES]) -> Self {
        let state = Sha256::new().chain_update(seed).chain_update(identifier.to_be_bytes()).finalize().into();
        Self { identifier, seed, state, made: 0 }
    }

    /// A generator as it was stored: its chain state after `made` codes.
    pub(crate) const fn resume(
        identifier: u64,
        seed: [u8; SEED_BYTES],
        state: [u8; SEED_BYTES],
        made: u64,
    ) -> Self {
        Self { identifier, seed, state, made }
    }

    /// The next code: 28 digits.
    pub fn next_code(&mut self) -> String {
        let identifier = self.identifier;
        let body = format!("{PREFIX}{identifier:010}{}", self.next_secret());
        let sign = self.sign(&body);
        format!("{body}{sign}")
    }

    /// The chain state, to be stored.
    pub(crate) const fn state(&self) -> &[u8; SEED_BYTES] {
        &self.state
    }

    /// How many codes were made.
    pub(crate) const fn made(&self) -> u64 {
        self.made
    }

    /// The generator after `code` was used, if `code` is one of the next
    /// [`LOOK_AHEAD`] codes: that one and all earlier ones are spent then.
    pub(crate) fn accept(&self, code: &str) -> Option<Self> {
        let claimed = Claimed::parse(code)?;
        // Ten hashes tell most wrong codes before up to 100,000 are spent on
        // the chain.
        if !same(&self.sign(claimed.body), claimed.sign) {
            return None;
        }
        let mut ahead = self.clone();
        (0..LOOK_AHEAD).any(|_| same(&ahead.next_secret(), claimed.secret)).then_some(ahead)
    }

    fn next_secret(&mut self) -> String {
        self.state = self.hashed(self.state, SECRET_ITERATIONS);
        self.made = self.made.saturating_add(1);
        decimal(&self.state, SECRET_DIGITS)
    }

    fn sign(&self, body: &str) -> String {
        let first = keyed(&self.seed).chain_update(body).finalize().into_bytes().into();
        decimal(&self.hashed(first, SIGN_ITERATIONS.saturating_sub(1)), SIGN_DIGITS)
    }

    fn hashed(&self, mut value: [u8; SEED_BYTES], times: u32) -> [u8; SEED_BYTES] {
        let keyed = keyed(&self.seed);
        for _ in 0..times {
            value = keyed.clone().chain_update(value).finalize().into_bytes().into();
        }
        value
    }
}

/// The identifier inside `code`, if it has the right form.
pub(crate) fn identifier(code: &str) -> Option<u64> {
    Claimed::parse(code).map(|claimed| claimed.identifier)
}

/// The parts of a code as presented; nothing of it is verified.
struct Claimed<'a> {
    identifier: u64,
    body: &'a str,
    secret: &'a str,
    sign: &'a str,
}

impl<'a> Claimed<'a> {
    fn parse(code: &'a str) -> Option<Self> {
        if code.len() != CODE_DIGITS || !code.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let rest = code.strip_prefix(PREFIX)?;
        let (identifier, rest) = rest.split_at_checked(IDENTIFIER_DIGITS)?;
        let (secret, sign) = rest.split_at_checked(SECRET_DIGITS)?;
        let (body, _) = code.split_at_checked(CODE_DIGITS.checked_sub(SIGN_DIGITS)?)?;
        Some(Self { identifier: identifier.parse().ok()?, body, secret, sign })
    }
}

fn same(left: &str, right: &str) -> bool {
    bool::from(left.as_bytes().ct_eq(right.as_bytes()))
}

/// The big-endian integer in `bytes` modulo 10^`digits`, zero-padded.
fn decimal(bytes: &[u8; SEED_BYTES], digits: usize) -> String {
    // Below 10^12, so a step stays below 10^12 * 256 + 256.
    let modulus = (0..digits).fold(1_u64, |product, _| product.saturating_mul(10));
    let value = bytes.iter().fold(0_u64, |value, byte| {
        value.saturating_mul(256).saturating_add(u64::from(*byte)).checked_rem(modulus).unwrap_or_default()
    });
    format!("{value:0digits$}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed;

    fn generator() -> Generator {
        Generator::new(seed::CUSTOMER.generator, seed::CUSTOMER.generator_seed)
    }

    #[test]
    fn the_known_answers_of_the_document() {
        let mut generator = generator();
        for code in
            ["0112345678903305676022535991", "0112345678903810399676965438", "0112345678900501086365775506"]
        {
            assert_eq!(generator.next_code(), code);
        }
    }

    #[test]
    fn a_code_and_all_earlier_ones_are_spent() {
        let mut device = generator();
        let codes: Vec<_> = (0..3).map(|_| device.next_code()).collect();
        let server = generator().accept(&codes[1]).unwrap();
        assert_eq!(server.made(), 2);
        assert!(server.accept(&codes[0]).is_none());
        assert!(server.accept(&codes[1]).is_none());
        assert!(server.accept(&codes[2]).is_some());
    }

    #[test]
    fn the_window_ends_after_a_hundred_codes() {
        let mut device = generator();
        let codes: Vec<_> = (0..101).map(|_| device.next_code()).collect();
        assert!(generator().accept(&codes[99]).is_some());
        assert!(generator().accept(&codes[100]).is_none());
    }

    #[test]
    fn anything_else_is_no_code() {
        let good = generator().next_code();
        for code in
            ["", "01", "é", good.get(1..).unwrap(), &format!("{good}0"), &good.replacen("01", "02", 1)]
        {
            assert!(generator().accept(code).is_none(), "{code}");
        }
        let mut digits = good.into_bytes();
        digits[20] = if digits[20] == b'9' { b'0' } else { digits[20] + 1 };
        assert!(generator().accept(std::str::from_utf8(&digits).unwrap()).is_none());
    }
}
