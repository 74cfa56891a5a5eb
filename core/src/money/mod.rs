//! Exact amounts: integer minor units with an ISO 4217 currency.
//!
//! The Wallet API fixes the minor unit at 1/100 whatever the currency
//! (wallet-api section 4), so a [`Currency`] here is one that really has two
//! decimals. There is no float in this module and no unchecked arithmetic.
#![deny(clippy::arithmetic_side_effects, clippy::float_arithmetic, clippy::as_conversions)]

mod currency;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use currency::Currency;

/// Minor units in one major unit of every currency on this wire.
const MINOR_PER_MAJOR: i64 = 100;

/// Digits after the decimal point of every amount on this wire.
const DECIMALS: usize = 2;

/// An amount of money in minor units (1/100 of the currency's major unit).
///
/// May be zero or negative: balances and differences are. What a merchant or a
/// customer enters goes through [`Money::require_positive`].
/// Its serde form, `{"minor":2599,"currency":"GEL"}`, is for records of this
/// device; the wire has forms of its own.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

impl Money {
    /// An amount of `minor` minor units: `Money::from_minor(2599, Currency::GEL)`
    /// is 25.99 GEL.
    #[must_use]
    pub const fn from_minor(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Reads decimal text with up to two decimals: `25.99`, `12.5`, `100`,
    /// `-0.01`. Nothing else: no sign `+`, no grouping, no blanks, no exponent.
    ///
    /// # Errors
    /// [`MoneyError::NotAnAmount`], [`MoneyError::TooManyDecimals`] (trailing
    /// zeros past the second decimal are allowed, they change nothing) or
    /// [`MoneyError::Overflow`].
    pub fn parse_decimal(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let not_an_amount = || MoneyError::NotAnAmount { text: excerpt(text) };
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (major, fraction) = match digits.split_once('.') {
            Some((_, "")) => return Err(not_an_amount()),
            Some(parts) => parts,
            None => (digits, ""),
        };
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if major.is_empty() || !all_digits(major) || !all_digits(fraction) {
            return Err(not_an_amount());
        }
        let (kept, dropped) = fraction.split_at(fraction.len().min(DECIMALS));
        if dropped.bytes().any(|byte| byte != b'0') {
            return Err(MoneyError::TooManyDecimals { text: excerpt(text) });
        }
        // Counting downwards for a negative amount reaches i64::MIN as well.
        let padding = std::iter::repeat_n(b'0', DECIMALS.saturating_sub(kept.len()));
        let minor = major
            .bytes()
            .chain(kept.bytes())
            .chain(padding)
            .try_fold(0_i64, |sum, byte| {
                let digit = i64::from(byte.wrapping_sub(b'0'));
                let shifted = sum.checked_mul(10)?;
                if negative { shifted.checked_sub(digit) } else { shifted.checked_add(digit) }
            })
            .ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, currency })
    }

    /// The amount in minor units.
    #[must_use]
    pub const fn minor(self) -> i64 {
        self.minor
    }

    /// The currency.
    #[must_use]
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Decimal text with exactly two decimals and no currency: `25.99`.
    #[must_use]
    pub fn to_decimal(self) -> String {
        let sign = if self.minor < 0 { "-" } else { "" };
        let minor = self.minor.unsigned_abs();
        let per_major = MINOR_PER_MAJOR.unsigned_abs();
        let major = minor.checked_div(per_major).unwrap_or_default();
        let fraction = minor.checked_rem(per_major).unwrap_or_default();
        format!("{sign}{major}.{fraction:02}")
    }

    /// The sum.
    ///
    /// # Errors
    /// [`MoneyError::CurrencyMismatch`] or [`MoneyError::Overflow`].
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.combine(other, i64::checked_add)
    }

    /// The difference.
    ///
    /// # Errors
    /// [`MoneyError::CurrencyMismatch`] or [`MoneyError::Overflow`].
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.combine(other, i64::checked_sub)
    }

    /// This amount, if it is more than zero.
    ///
    /// # Errors
    /// [`MoneyError::NotPositive`].
    pub fn require_positive(self) -> Result<Self, MoneyError> {
        if self.minor > 0 { Ok(self) } else { Err(MoneyError::NotPositive { amount: self }) }
    }

    fn combine(self, other: Self, operation: fn(i64, i64) -> Option<i64>) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::CurrencyMismatch { left: self.currency, right: other.currency });
        }
        let minor = operation(self.minor, other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, currency: self.currency })
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.to_decimal(), self.currency)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why an amount or a currency was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MoneyError {
    /// The text is not a decimal number.
    #[error("not an amount: {text:?}; write it like 25.99")]
    NotAnAmount {
        /// The beginning of the text.
        text: String,
    },
    /// More than two decimals that are not zero.
    #[error("an amount has at most two decimals: {text:?}")]
    TooManyDecimals {
        /// The beginning of the text.
        text: String,
    },
    /// The result does not fit 64 bits.
    #[error("the amount is too large")]
    Overflow,
    /// Zero or less where something has to be paid.
    #[error("the amount must be more than zero, not {amount}")]
    NotPositive {
        /// The refused amount.
        amount: Money,
    },
    /// Two currencies in one operation.
    #[error("one operation has one currency, not {left} and {right}")]
    CurrencyMismatch {
        /// The currency of the first amount.
        left: Currency,
        /// The currency of the second amount.
        right: Currency,
    },
    /// A code that ISO 4217 does not list.
    #[error("unknown currency {code:?}; use an ISO 4217 code like GEL")]
    UnknownCurrency {
        /// The beginning of the code.
        code: String,
    },
    /// A currency whose minor unit is not 1/100.
    #[error("{code} has no two decimals, the Wallet API can't carry it exactly")]
    CurrencyWithoutTwoDecimals {
        /// The currency's code.
        code: String,
    },
}

/// Errors quote only the beginning of hostile text.
fn excerpt(text: &str) -> String {
    text.chars().take(24).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn gel(text: &str) -> Result<i64, MoneyError> {
        Money::parse_decimal(text, Currency::GEL).map(Money::minor)
    }

    #[test]
    fn decimal_text_is_read_exactly() {
        for (text, minor) in [
            ("25.99", 2599),
            ("12.5", 1250),
            ("100", 10000),
            ("0", 0),
            ("-0.01", -1),
            ("007.10", 710),
            ("1.2300", 123),
            ("92233720368547758.07", i64::MAX),
            ("-92233720368547758.08", i64::MIN),
        ] {
            assert_eq!(gel(text), Ok(minor), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "-", ".5", "5.", "1,5", "+1", " 1", "1e3", "0x1", "1.2.3", "--1", "١"] {
            assert!(matches!(gel(text), Err(MoneyError::NotAnAmount { .. })), "{text}");
        }
        assert!(matches!(gel("1.234"), Err(MoneyError::TooManyDecimals { .. })));
        assert_eq!(gel("92233720368547758.08"), Err(MoneyError::Overflow));
        assert_eq!(gel("-92233720368547758.09"), Err(MoneyError::Overflow));
    }

    #[test]
    fn arithmetic_is_checked_and_in_one_currency() {
        let money = Money::from_minor(i64::MAX, Currency::GEL);
        let one = Money::from_minor(1, Currency::GEL);
        assert_eq!(money.checked_add(one), Err(MoneyError::Overflow));
        assert_eq!(one.checked_sub(one).map(Money::minor), Ok(0));
        assert!(matches!(
            one.checked_add(Money::from_minor(1, Currency::EUR)),
            Err(MoneyError::CurrencyMismatch { .. })
        ));
    }

    #[test]
    fn zero_and_less_are_not_payable() {
        for minor in [0, -1, i64::MIN] {
            let money = Money::from_minor(minor, Currency::GEL);
            assert_eq!(money.require_positive(), Err(MoneyError::NotPositive { amount: money }));
        }
    }

    proptest! {
        #[test]
        fn printed_amounts_are_read_back(minor in any::<i64>()) {
            let money = Money::from_minor(minor, Currency::GEL);
            prop_assert_eq!(Money::parse_decimal(&money.to_decimal(), Currency::GEL), Ok(money));
        }

        #[test]
        fn arbitrary_text_never_panics(text in ".*") {
            let _ = Money::parse_decimal(&text, Currency::EUR);
            let _ = Currency::parse(&text);
        }
    }
}
