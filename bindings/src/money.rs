//! Exact amounts. The languages' own decimal types are mapped in the packages.

use paysera_core::money::{Currency, Money as CoreMoney};
use paysera_core::wallet_api::CurrencyBalance;

use crate::error::ApiError;
use crate::runtime::contained;

/// An amount in minor units: `Money(minor = 2599, currency = "GEL")` is 25.99 GEL.
#[derive(Clone, Debug, PartialEq, Eq, Hash, uniffi::Record)]
pub struct Money {
    /// Minor units: 1/100 of the currency's major unit. Can be negative in
    /// balances and differences.
    pub minor: i64,
    /// The ISO 4217 code, for example `GEL`.
    pub currency: String,
}

impl From<CoreMoney> for Money {
    fn from(money: CoreMoney) -> Self {
        Self { minor: money.minor(), currency: money.currency().code().to_owned() }
    }
}

impl TryFrom<Money> for CoreMoney {
    type Error = ApiError;

    fn try_from(money: Money) -> Result<Self, ApiError> {
        Ok(Self::from_minor(money.minor, currency(&money.currency)?))
    }
}

/// What a wallet holds in one currency.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Balance {
    /// Can be spent now.
    pub at_disposal: Money,
    /// Held for accepted transactions that are not settled yet.
    pub reserved: Money,
}

impl From<CurrencyBalance> for Balance {
    fn from(balance: CurrencyBalance) -> Self {
        Self { at_disposal: balance.at_disposal.into(), reserved: balance.reserved.into() }
    }
}

pub(crate) fn currency(code: &str) -> Result<Currency, ApiError> {
    Currency::parse(code).map_err(|error| ApiError::rejected("currency", error))
}

/// Reads decimal text with up to two decimals, for example `25.99`.
///
/// # Errors
/// `rejected_input` for anything else, and for a currency without two decimals.
#[uniffi::export]
pub fn money_from_decimal(text: &str, currency_code: &str) -> Result<Money, ApiError> {
    contained(|| {
        let money = CoreMoney::parse_decimal(text, currency(currency_code)?);
        money.map(Into::into).map_err(|error| ApiError::rejected("amount", error))
    })
}

/// Decimal text with exactly two decimals and no currency: `25.99`.
///
/// # Errors
/// `rejected_input` for a currency that is unknown or has not two decimals.
#[uniffi::export]
pub fn money_to_decimal(money: Money) -> Result<String, ApiError> {
    contained(|| CoreMoney::try_from(money).map(CoreMoney::to_decimal))
}
