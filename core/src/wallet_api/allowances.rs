//! Allowances (wallet-api section 6.1): permission to charge a wallet without
//! asking. A cash-in is paid from the retailer's wallet by one.

use serde::Deserialize;

use super::error::WalletApiError;
use super::transport::{Call, Transport};
use super::wire::{DecimalText, both_amounts};
use crate::code::WalletId;
use crate::money::{Currency, Money};

/// Calls about allowances.
#[derive(Debug)]
pub struct Allowances<'a> {
    transport: &'a Transport,
}

#[derive(Deserialize)]
#[serde(try_from = "LimitBody")]
struct Limit(Money);

#[derive(Deserialize)]
struct LimitBody {
    amount: Option<i64>,
    amount_decimal: Option<DecimalText>,
    currency: String,
}

impl TryFrom<LimitBody> for Limit {
    type Error = String;

    fn try_from(body: LimitBody) -> Result<Self, String> {
        both_amounts(body.amount, body.amount_decimal.as_ref(), &body.currency).map(Self)
    }
}

impl<'a> Allowances<'a> {
    pub(super) fn new(transport: &'a Transport) -> Self {
        Self { transport }
    }

    /// The largest sum that can be charged to `wallet` now
    /// (`GET allowance/limit/{wallet}`).
    ///
    /// # Errors
    /// [`WalletApiError`]; `not_found` if there is no active allowance.
    pub async fn limit(&self, wallet: WalletId, currency: Currency) -> Result<Money, WalletApiError> {
        let call = Call::get(format!("allowance/limit/{wallet}")).query("currency", currency);
        self.transport.send::<Limit>(&call).await.map(|limit| limit.0)
    }
}
