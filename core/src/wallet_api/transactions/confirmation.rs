//! The prices at which a reserved transaction is settled.

use std::collections::BTreeMap;

use crate::money::Money;
use crate::wallet_api::error::WalletApiError;
use crate::wallet_api::payments::{PaymentId, PriceToSend};

/// The exact body of a confirmation at lower prices. It is made once and can be
/// written down: a repetition after a lost answer sends the same bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfirmPrices(Vec<u8>);

impl ConfirmPrices {
    /// The prices of payments; those that are not named keep theirs.
    ///
    /// # Errors
    /// [`WalletApiError::InvalidRequest`] in no known case.
    pub fn new(prices: impl IntoIterator<Item = (PaymentId, Money)>) -> Result<Self, WalletApiError> {
        let prices: BTreeMap<u64, PriceToSend> =
            prices.into_iter().map(|(payment, price)| (payment.0, price.into())).collect();
        serde_json::to_vec(&prices)
            .map(Self)
            .map_err(|error| WalletApiError::InvalidRequest { reason: error.to_string() })
    }

    /// The bytes of an earlier one.
    #[must_use]
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// What is sent.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    #[test]
    fn prices_stand_by_payment() {
        let gel = |minor| Money::from_minor(minor, Currency::GEL);
        let prices = ConfirmPrices::new([(PaymentId(9), gel(5)), (PaymentId(7), gel(100))]).unwrap();
        let text = r#"{"7":{"price":100,"currency":"GEL"},"9":{"price":5,"currency":"GEL"}}"#;
        assert_eq!(prices.as_bytes(), text.as_bytes());
        assert_eq!(ConfirmPrices::from_bytes(text.as_bytes().to_vec()), prices);
    }
}
