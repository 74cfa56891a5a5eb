//! The identifiers that codes carry, each checked once, where text comes in.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use super::{CodeError, CodeKind};

/// The key of a transaction: 8 to 32 letters and digits (wallet-api section 5.1).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TransactionKey(String);

impl TransactionKey {
    /// Checks a key.
    ///
    /// # Errors
    /// [`CodeError::Malformed`] unless it is 8 to 32 ASCII letters and digits.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        if (8..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(CodeError::malformed(
                CodeKind::Transaction,
                "a transaction key has 8 to 32 letters and digits",
            ))
        }
    }

    /// The key as it goes into a path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TransactionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for TransactionKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for TransactionKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// Digits of a wallet code after `EVP`; every other count is an account number.
pub(super) const WALLET_DIGITS: usize = 12;

/// The number of a wallet, 1 to 999 999 999 999: what fits the 12 digits of a
/// wallet code (wallet-api section 8.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WalletId(u64);

impl WalletId {
    /// The largest number that a wallet code can carry.
    pub const MAX: u64 = 999_999_999_999;

    /// Checks a wallet number.
    ///
    /// # Errors
    /// [`CodeError::Malformed`] for 0 and for more than [`WalletId::MAX`].
    pub fn new(number: u64) -> Result<Self, CodeError> {
        if (1..=Self::MAX).contains(&number) {
            Ok(Self(number))
        } else {
            Err(CodeError::malformed(CodeKind::Wallet, "a wallet number has 1 to 12 digits and is not 0"))
        }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for WalletId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Serialize for WalletId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0)
    }
}

impl<'de> Deserialize<'de> for WalletId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(u64::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// The number of a merchant's location (wallet-api section 7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LocationId(pub u64);

impl fmt::Display for LocationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// The name of a table or till inside a location; upper and lower case differ
/// (wallet-api section 8.1).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SpotIdentifier(String);

impl SpotIdentifier {
    /// Checks a spot's name.
    ///
    /// # Errors
    /// [`CodeError::Malformed`] if it is empty, holds control characters, or
    /// ends in white space (which no scanner would keep).
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        if text.is_empty() {
            Err(CodeError::malformed(CodeKind::Spot, "the name of the table or till is missing"))
        } else if text.contains(char::is_control) || text.ends_with(char::is_whitespace) {
            Err(CodeError::malformed(CodeKind::Spot, "the name of the table or till is not plain text"))
        } else {
            Ok(Self(text.to_owned()))
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An account number: `EVP` and digits, but not 12 of them, which would be a
/// wallet code (wallet-api section 8.1).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AccountNumber(String);

impl AccountNumber {
    /// Checks an account number.
    ///
    /// # Errors
    /// [`CodeError::Malformed`] unless it is `EVP` and 1 to 32 digits, not 12.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let digits = text.strip_prefix("EVP").unwrap_or_default();
        let count_fits = (1..=32).contains(&digits.len()) && digits.len() != WALLET_DIGITS;
        if count_fits && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(CodeError::malformed(CodeKind::Account, "an account number is EVP and digits, other than 12"))
        }
    }

    /// The account number, with its `EVP`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A customer's single-use reservation code: 20 to 40 digits (wallet-api
/// section 8.1). It authorises any amount, so it is a secret: `Debug` does not
/// show it and the memory is wiped.
#[derive(Clone, PartialEq, Eq)]
pub struct ReservationCode(Zeroizing<String>);

impl ReservationCode {
    /// Checks a code's form; only the server knows whether it is good.
    ///
    /// # Errors
    /// [`CodeError::Malformed`] unless it is 20 to 40 ASCII digits.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        if (20..=40).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(Zeroizing::new(text.to_owned())))
        } else {
            Err(CodeError::malformed(CodeKind::Reservation, "a reservation code has 20 to 40 digits"))
        }
    }

    /// The digits, for the wire and for a symbol on the customer's screen.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ReservationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReservationCode({} digits)", self.0.len())
    }
}
