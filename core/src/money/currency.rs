//! Currencies that this wire can carry.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{DECIMALS, MoneyError, excerpt};

/// A currency of ISO 4217 with exactly two decimals.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency(iso_currency::Currency);

impl Currency {
    /// The Georgian lari.
    pub const GEL: Self = Self(iso_currency::Currency::GEL);
    /// The euro.
    pub const EUR: Self = Self(iso_currency::Currency::EUR);
    /// The United States dollar.
    pub const USD: Self = Self(iso_currency::Currency::USD);

    /// Reads a three-letter upper-case code, for example `GEL`.
    ///
    /// # Errors
    /// [`MoneyError::UnknownCurrency`] for a code that ISO 4217 does not list,
    /// [`MoneyError::CurrencyWithoutTwoDecimals`] for one whose minor unit is
    /// not 1/100 (the Wallet API would misread its amounts).
    pub fn parse(code: &str) -> Result<Self, MoneyError> {
        let currency = iso_currency::Currency::from_code(code)
            .ok_or_else(|| MoneyError::UnknownCurrency { code: excerpt(code) })?;
        if currency.exponent().map(usize::from) == Some(DECIMALS) {
            Ok(Self(currency))
        } else {
            Err(MoneyError::CurrencyWithoutTwoDecimals { code: excerpt(code) })
        }
    }

    /// The three-letter code, for example `GEL`.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.0.code()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Currency {
    type Err = MoneyError;

    fn from_str(code: &str) -> Result<Self, MoneyError> {
        Self::parse(code)
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::parse(&code).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_currencies_with_two_decimals_pass() {
        assert_eq!(Currency::parse("GEL"), Ok(Currency::GEL));
        for code in ["JPY", "KWD", "XAU", "CLF"] {
            assert!(
                matches!(Currency::parse(code), Err(MoneyError::CurrencyWithoutTwoDecimals { .. })),
                "{code}"
            );
        }
        for code in ["", "gel", "GE", "GELL", "LA\u{200b}R"] {
            assert!(matches!(Currency::parse(code), Err(MoneyError::UnknownCurrency { .. })), "{code}");
        }
    }
}
