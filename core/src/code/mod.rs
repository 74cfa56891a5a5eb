//! What a scanned text means, and back.
//!
//! [`Code::parse`] is total: any text, in bounded time, gives a [`Code`] or a
//! typed reason. Nothing scanned is opened, fetched or trusted here; a link's
//! callback is carried as text and never followed.
//!
//! The templates are those of wallet-api sections 8.1 and 8.3.

mod ids;
mod link;

use std::fmt;

use serde::{Deserialize, Serialize};

use ids::WALLET_DIGITS;
pub use ids::{AccountNumber, LocationId, ReservationCode, SpotIdentifier, TransactionKey, WalletId};
pub use link::AppLink;

/// Longest text that is looked at, in bytes. The largest QR code holds 2,953.
pub const MAX_TEXT_BYTES: usize = 3072;

const TRANSACTION_PREFIX: &str = "PAYSERA%";
const SPOT_PREFIX: &str = "PAYSERA*";
const ACCOUNT_PREFIX: &str = "EVP";

/// What a code stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Code {
    /// `PAYSERA%{key}`: a transaction to look at and accept.
    Transaction(TransactionKey),
    /// `PAYSERA*{location}:{identifier}`: a table or till to check in at.
    Spot {
        /// The merchant's location.
        location: LocationId,
        /// The table or till inside it.
        identifier: SpotIdentifier,
    },
    /// `EVP` and 12 digits: a wallet to pay to; also a customer's cash-in code.
    Wallet(WalletId),
    /// `EVP` and another count of digits: an account number.
    Account(AccountNumber),
    /// 20 to 40 digits: a customer's reservation code, single-use.
    Reservation(ReservationCode),
    /// `paysera://transaction?key=…&callback=…`: a transaction to accept in the
    /// app, and where the calling app wants to be told (wallet-api section 8.3).
    DeepLink {
        /// The transaction.
        key: TransactionKey,
        /// The calling app's address, untrusted text that is never opened here.
        callback: Option<String>,
    },
}

/// The kinds of [`Code`], for messages and for saying what a step expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CodeKind {
    /// See [`Code::Transaction`].
    Transaction,
    /// See [`Code::Spot`].
    Spot,
    /// See [`Code::Wallet`].
    Wallet,
    /// See [`Code::Account`].
    Account,
    /// See [`Code::Reservation`].
    Reservation,
    /// See [`Code::DeepLink`].
    DeepLink,
    /// See [`AppLink`].
    AppLink,
}

impl CodeKind {
    /// A stable name for parameters and records, for example `reservation`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Transaction => "transaction",
            Self::Spot => "spot",
            Self::Wallet => "wallet",
            Self::Account => "account",
            Self::Reservation => "reservation",
            Self::DeepLink => "deep_link",
            Self::AppLink => "app_link",
        }
    }
}

impl fmt::Display for CodeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Transaction => "transaction code",
            Self::Spot => "table or till code",
            Self::Wallet => "wallet code",
            Self::Account => "account number",
            Self::Reservation => "reservation code",
            Self::DeepLink => "payment link",
            Self::AppLink => "app link",
        })
    }
}

/// Why a text is not a code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CodeError {
    /// More bytes than any code has.
    #[error("the text has {bytes} bytes, more than any code")]
    TooLong {
        /// The length of the text in bytes.
        bytes: usize,
    },
    /// Nothing that Paysera's apps scan.
    #[error("this is not a Paysera code")]
    NotPaysera,
    /// Begins like a code of this kind and is not one.
    #[error("this {kind} is damaged: {reason}")]
    Malformed {
        /// What it looks like.
        kind: CodeKind,
        /// What is wrong with it.
        reason: &'static str,
    },
}

impl CodeError {
    pub(crate) const fn malformed(kind: CodeKind, reason: &'static str) -> Self {
        Self::Malformed { kind, reason }
    }
}

impl Code {
    /// Reads any text. White space around it is ignored; an
    /// `https://paysera.com/app?qr=` link is unwrapped once.
    ///
    /// # Errors
    /// [`CodeError`]; it never panics and never does I/O.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        if text.len() > MAX_TEXT_BYTES {
            return Err(CodeError::TooLong { bytes: text.len() });
        }
        let text = text.trim();
        match link::unwrap_app_link(text)? {
            Some(unwrapped) => unwrapped.code(),
            None => Self::parse_bare(text),
        }
    }

    /// Reads a code that is not inside an app link.
    fn parse_bare(text: &str) -> Result<Self, CodeError> {
        if let Some(key) = text.strip_prefix(TRANSACTION_PREFIX) {
            return TransactionKey::parse(key).map(Self::Transaction);
        }
        if let Some(spot) = text.strip_prefix(SPOT_PREFIX) {
            return parse_spot(spot);
        }
        if let Some(digits) = text.strip_prefix(ACCOUNT_PREFIX) {
            return parse_wallet_or_account(text, digits);
        }
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return match text.len() {
                20..=40 => ReservationCode::parse(text).map(Self::Reservation),
                // A product's EAN or any other number: not a damaged code of ours.
                _ => Err(CodeError::NotPaysera),
            };
        }
        link::parse_deep_link(text)
    }

    /// The text that goes into a QR code or barcode; [`Code::parse`] reads it back.
    ///
    /// For a reservation code this is the secret itself: show it, don't log it.
    #[must_use]
    pub fn to_text(&self) -> String {
        match self {
            Self::Transaction(key) => format!("{TRANSACTION_PREFIX}{key}"),
            Self::Spot { location, identifier } => format!("{SPOT_PREFIX}{location}:{}", identifier.as_str()),
            Self::Wallet(wallet) => format!("{ACCOUNT_PREFIX}{:0WALLET_DIGITS$}", wallet.get()),
            Self::Account(number) => number.as_str().to_owned(),
            Self::Reservation(code) => code.expose().to_owned(),
            Self::DeepLink { key, callback } => link::print_deep_link(key, callback.as_deref()),
        }
    }

    /// What kind of code this is.
    #[must_use]
    pub const fn kind(&self) -> CodeKind {
        match self {
            Self::Transaction(_) => CodeKind::Transaction,
            Self::Spot { .. } => CodeKind::Spot,
            Self::Wallet(_) => CodeKind::Wallet,
            Self::Account(_) => CodeKind::Account,
            Self::Reservation(_) => CodeKind::Reservation,
            Self::DeepLink { .. } => CodeKind::DeepLink,
        }
    }
}

fn parse_spot(text: &str) -> Result<Code, CodeError> {
    let malformed = |reason| CodeError::malformed(CodeKind::Spot, reason);
    let (location, identifier) =
        text.split_once(':').ok_or_else(|| malformed("the colon after the location's number is missing"))?;
    if !location.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(malformed("the location is not a number"));
    }
    let location =
        location.parse().map_err(|_| malformed("the location's number is missing or too large"))?;
    Ok(Code::Spot { location: LocationId(location), identifier: SpotIdentifier::parse(identifier)? })
}

/// Account numbers also begin with `EVP`: exactly 12 digits are a wallet.
fn parse_wallet_or_account(text: &str, digits: &str) -> Result<Code, CodeError> {
    if digits.len() != WALLET_DIGITS {
        return AccountNumber::parse(text).map(Code::Account);
    }
    let malformed = || CodeError::malformed(CodeKind::Wallet, "a wallet code is EVP and 12 digits");
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(malformed());
    }
    WalletId::new(digits.parse().map_err(|_| malformed())?).map(Code::Wallet)
}

#[cfg(test)]
mod tests;
