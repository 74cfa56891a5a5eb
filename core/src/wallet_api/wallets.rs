//! Wallets and balances (wallet-api section 6.2).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::error::WalletApiError;
use super::transactions::{Account, WalletRef};
use super::transport::{Call, Transport};
use super::wire::{DecimalText, both_amounts};
use crate::code::WalletId;
use crate::money::{Currency, Money};

/// A wallet: an account that can pay and be paid.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Wallet {
    /// Its number.
    pub id: WalletId,
    /// The number of the user who owns it.
    pub owner: Option<u64>,
    /// The account behind it.
    pub account: Option<Account>,
}

/// What one currency of a wallet holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CurrencyBalance {
    /// Can be spent now.
    pub at_disposal: Money,
    /// Held for accepted transactions that are not confirmed yet.
    pub reserved: Money,
}

/// What a wallet holds.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "BTreeMap<String, BalanceBody>")]
pub struct Balance {
    /// One entry a currency, in the order of the currencies' codes.
    pub currencies: Vec<CurrencyBalance>,
    /// Codes of currencies whose amounts this wire can't carry exactly; they
    /// are named rather than misread.
    pub unreadable: Vec<String>,
}

impl Balance {
    /// The balance in one currency; zero if the wallet has none of it.
    #[must_use]
    pub fn in_currency(&self, currency: Currency) -> CurrencyBalance {
        let zero = Money::from_minor(0, currency);
        self.currencies
            .iter()
            .find(|balance| balance.at_disposal.currency() == currency)
            .copied()
            .unwrap_or(CurrencyBalance { at_disposal: zero, reserved: zero })
    }
}

#[derive(Deserialize)]
struct BalanceBody {
    at_disposal: Option<i64>,
    at_disposal_decimal: Option<DecimalText>,
    reserved: Option<i64>,
    reserved_decimal: Option<DecimalText>,
}

impl TryFrom<BTreeMap<String, BalanceBody>> for Balance {
    type Error = String;

    fn try_from(bodies: BTreeMap<String, BalanceBody>) -> Result<Self, String> {
        let mut balance = Self { currencies: Vec::new(), unreadable: Vec::new() };
        for (code, body) in bodies {
            if Currency::parse(&code).is_err() {
                balance.unreadable.push(code);
                continue;
            }
            balance.currencies.push(CurrencyBalance {
                at_disposal: both_amounts(body.at_disposal, body.at_disposal_decimal.as_ref(), &code)?,
                reserved: both_amounts(body.reserved, body.reserved_decimal.as_ref(), &code)?,
            });
        }
        Ok(balance)
    }
}

/// Calls about wallets.
#[derive(Debug)]
pub struct Wallets<'a> {
    transport: &'a Transport,
}

impl<'a> Wallets<'a> {
    pub(super) fn new(transport: &'a Transport) -> Self {
        Self { transport }
    }

    /// A wallet (`GET wallet/{id|me}`).
    ///
    /// # Errors
    /// [`WalletApiError`]; `not_found` for a wallet that these credentials may
    /// not see.
    pub async fn get(&self, wallet: WalletRef) -> Result<Wallet, WalletApiError> {
        self.transport.send(&Call::get(format!("wallet/{wallet}"))).await
    }

    /// What a wallet holds (`GET wallet/{id|me}/balance`, scope `balance`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn balance(&self, wallet: WalletRef) -> Result<Balance, WalletApiError> {
        self.transport.send(&Call::get(format!("wallet/{wallet}/balance"))).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn balances_are_read_and_unreadable_currencies_named() {
        let balance: Balance = serde_json::from_str(
            r#"{"GEL":{"at_disposal":100050,"reserved":0,"at_disposal_decimal":"1000.50","reserved_decimal":"0.00"},
                "JPY":{"at_disposal":500,"reserved":0},"EUR":{"at_disposal":1,"reserved":2}}"#,
        )
        .unwrap();
        assert_eq!(balance.in_currency(Currency::GEL).at_disposal.minor(), 100_050);
        assert_eq!(balance.in_currency(Currency::EUR).reserved.minor(), 2);
        assert_eq!(balance.in_currency(Currency::USD).at_disposal.minor(), 0);
        assert_eq!(balance.unreadable, ["JPY"]);
    }

    #[test]
    fn a_balance_that_contradicts_itself_is_not_read() {
        let contradiction = r#"{"GEL":{"at_disposal":100050,"reserved":0,"at_disposal_decimal":"1000.05"}}"#;
        assert!(serde_json::from_str::<Balance>(contradiction).is_err());
    }
}
