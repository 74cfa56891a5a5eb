//! Wallets and balances (wallet-api section 6.2).

mod account;
mod pending;
mod search;
mod statement_stream;
mod statements;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use account::{Account, AccountFlags, AccountStatus, AccountType};
pub use pending::{PendingPayment, PendingPaymentId, ReservationStatement};
pub use search::{Contacts, WalletSearch};
use statement_stream::Place;
pub use statement_stream::{StatementFilter, Statements};
pub use statements::{Direction, OtherParty, Statement, StatementId, StatementType, TransferId};

use super::error::WalletApiError;
use super::page::{Page, Window};
use super::tolerance::{Keyed, readable};
use super::transactions::WalletRef;
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
    #[serde(default, deserialize_with = "readable")]
    pub owner: Option<u64>,
    /// The account behind it.
    #[serde(default, deserialize_with = "readable")]
    pub account: Option<Account>,
}

/// What one currency of a wallet holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CurrencyBalance {
    /// Can be spent now.
    pub at_disposal: Money,
    /// Held for accepted transactions that are not confirmed yet.
    pub reserved: Money,
    /// What can be spent, in the currency that was asked for.
    pub converted: Option<Money>,
    /// What is held, in the currency that was asked for.
    pub converted_reserved: Option<Money>,
}

/// What a wallet holds.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Keyed<BalanceBody>")]
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
        self.currencies.iter().find(|balance| balance.at_disposal.currency() == currency).copied().unwrap_or(
            CurrencyBalance { at_disposal: zero, reserved: zero, converted: None, converted_reserved: None },
        )
    }
}

#[derive(Deserialize)]
struct BalanceBody {
    at_disposal: Option<i64>,
    at_disposal_decimal: Option<DecimalText>,
    reserved: Option<i64>,
    reserved_decimal: Option<DecimalText>,
    #[serde(default, deserialize_with = "readable")]
    converted: Option<ConvertedBody>,
}

#[derive(Deserialize)]
struct ConvertedBody {
    at_disposal: i64,
    reserved: Option<i64>,
}

impl TryFrom<Keyed<BalanceBody>> for Balance {
    type Error = String;

    fn try_from(Keyed(bodies): Keyed<BalanceBody>) -> Result<Self, String> {
        let mut balance = Self { currencies: Vec::new(), unreadable: Vec::new() };
        for (code, body) in bodies {
            if Currency::parse(&code).is_err() {
                balance.unreadable.push(code);
                continue;
            }
            balance.currencies.push(CurrencyBalance {
                at_disposal: both_amounts(body.at_disposal, body.at_disposal_decimal.as_ref(), &code)?,
                reserved: both_amounts(body.reserved, body.reserved_decimal.as_ref(), &code)?,
                converted: None,
                converted_reserved: None,
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

    /// The same with the currencies that it held once and has none of now
    /// (`show_historical_currencies`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn balance_with_history(&self, wallet: WalletRef) -> Result<Balance, WalletApiError> {
        let call = Call::get(format!("wallet/{wallet}/balance")).query("show_historical_currencies", 1);
        self.transport.send(&call).await
    }

    /// What a wallet holds, each currency also converted into `currency`
    /// (`GET wallet/{id|me}/balance?convert_to=`). Conversions are offers, not
    /// money: only what is in a currency can be spent in it.
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn balance_in(&self, wallet: WalletRef, currency: Currency) -> Result<Balance, WalletApiError> {
        let call = Call::get(format!("wallet/{wallet}/balance"))
            .query("convert_to", currency)
            .query("include_convert_to_currency", 1);
        let Keyed(mut bodies): Keyed<BalanceBody> = self.transport.send(&call).await?;
        let converted: BTreeMap<String, ConvertedBody> = bodies
            .iter_mut()
            .filter_map(|(code, body)| Some((code.clone(), body.converted.take()?)))
            .collect();
        let mut balance = Balance::try_from(Keyed(bodies))
            .map_err(|reason| WalletApiError::NotUnderstood { status: 200, reason, retry_after: None })?;
        for entry in &mut balance.currencies {
            let Some(body) = converted.get(entry.at_disposal.currency().code()) else { continue };
            entry.converted = Some(Money::from_minor(body.at_disposal, currency));
            entry.converted_reserved = body.reserved.map(|minor| Money::from_minor(minor, currency));
        }
        Ok(balance)
    }

    /// Whether a wallet has enough money for a sum
    /// (`GET wallet/{id|me}/sufficient-amount`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn has_sufficient(&self, wallet: WalletRef, amount: Money) -> Result<bool, WalletApiError> {
        #[derive(Deserialize)]
        struct Answer {
            is_sufficient: bool,
        }
        let call = Call::get(format!("wallet/{wallet}/sufficient-amount"))
            .query("amount", amount.minor())
            .query("currency", amount.currency());
        self.transport.send::<Answer>(&call).await.map(|answer| answer.is_sufficient)
    }

    /// What came and went, newest first
    /// (`GET wallet/{id|me}/statements`, scope `statements`).
    #[must_use]
    pub fn statements(&self, wallet: WalletRef, filter: StatementFilter) -> Statements<'a> {
        Statements::new(Wallets { transport: self.transport }, wallet, filter)
    }

    async fn statement_page(
        &self,
        wallet: WalletRef,
        filter: &StatementFilter,
        place: &Place,
    ) -> Result<Page<Statement>, WalletApiError> {
        self.transport
            .send(&Call::get(format!("wallet/{wallet}/statements")).queries(filter.pairs(place)))
            .await
    }

    /// Payments that are not settled yet (`GET wallet/{id|me}/pending-payments`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn pending(
        &self,
        wallet: WalletRef,
        window: Window,
    ) -> Result<Page<PendingPayment>, WalletApiError> {
        self.transport
            .send(&Call::get(format!("wallet/{wallet}/pending-payments")).queries(window.pairs()))
            .await
    }

    /// Takes a pending payment back
    /// (`DELETE wallet/{id|me}/pending-payment/{payment}`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn cancel_pending(
        &self,
        wallet: WalletRef,
        payment: PendingPaymentId,
    ) -> Result<(), WalletApiError> {
        let call = Call::delete(format!("wallet/{wallet}/pending-payment/{payment}"));
        self.transport.send_for_nothing(&call).await
    }

    /// What is held (`GET wallet/{id|me}/reservation-statements`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn reservations(
        &self,
        wallet: WalletRef,
        window: Window,
    ) -> Result<Page<ReservationStatement>, WalletApiError> {
        let call = Call::get(format!("wallet/{wallet}/reservation-statements")).queries(window.pairs());
        self.transport.send(&call).await
    }

    /// Names a wallet (`PUT wallet/{id|me}`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn describe(&self, wallet: WalletRef, description: &str) -> Result<Wallet, WalletApiError> {
        #[derive(Serialize)]
        struct Body<'b> {
            description: &'b str,
        }
        self.transport.send(&Call::put(format!("wallet/{wallet}")).json(&Body { description })?).await
    }

    /// Takes the name of a wallet away (`DELETE wallet/{id|me}/description`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn undescribe(&self, wallet: WalletRef) -> Result<(), WalletApiError> {
        self.transport.send_for_nothing(&Call::delete(format!("wallet/{wallet}/description"))).await
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
        let empty: Balance = serde_json::from_str("[]").unwrap();
        assert_eq!(empty.currencies, []);
        // Conversions are offers: an odd one takes no money along.
        let odd = r#"{"GEL":{"at_disposal":5,"reserved":0,"converted":{"at_disposal":"x"}}}"#;
        assert_eq!(
            serde_json::from_str::<Balance>(odd).unwrap().in_currency(Currency::GEL).at_disposal.minor(),
            5
        );
    }

    #[test]
    fn a_balance_that_contradicts_itself_is_not_read() {
        let contradiction = r#"{"GEL":{"at_disposal":100050,"reserved":0,"at_disposal_decimal":"1000.05"}}"#;
        assert!(serde_json::from_str::<Balance>(contradiction).is_err());
    }
}
