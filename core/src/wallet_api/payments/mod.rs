//! Payments (wallet-api section 5.5): what one beneficiary gets, alone or in a
//! transaction.

mod new_payment;
mod parts;
mod payment;

use serde::Serialize;

pub use new_payment::{NewBeneficiary, NewPayment};
pub(super) use parts::PriceToSend;
pub use parts::{
    Commission, Freeze, FundsSource, FundsSourceType, Item, NewPassword, PasswordStatus, PaymentPassword,
    PriceRules,
};
pub use payment::{Beneficiary, Payment, PaymentId, PaymentPurpose, PaymentStatus};

use super::error::WalletApiError;
use super::page::{Page, Window};
use super::transport::{Call, Transport};
use crate::clock::UnixSeconds;
use crate::code::WalletId;
use crate::money::Money;
use crate::secret::Secret;

/// Which payments to list; newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PaymentFilter {
    /// In any of these states; all states if empty.
    pub statuses: Vec<PaymentStatus>,
    /// Paid from this wallet.
    pub wallet: Option<WalletId>,
    /// Paid to this wallet.
    pub beneficiary: Option<WalletId>,
    /// Which part of the list.
    pub window: Window,
}

/// Calls about payments.
#[derive(Debug)]
pub struct Payments<'a> {
    transport: &'a Transport,
}

impl<'a> Payments<'a> {
    pub(super) fn new(transport: &'a Transport) -> Self {
        Self { transport }
    }

    /// Creates a payment in a transaction of its own (`POST payment`). A lost
    /// answer is looked for with [`Payments::list`], never by creating again.
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn create(&self, new: &NewPayment) -> Result<Payment, WalletApiError> {
        self.transport.send(&Call::post("payment").json(new)?).await
    }

    /// Reads a payment (`GET payment/{id}`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn get(&self, id: PaymentId) -> Result<Payment, WalletApiError> {
        self.transport.send(&Call::get(format!("payment/{id}"))).await
    }

    /// One page of payments, newest first (`GET payments`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn list(&self, filter: &PaymentFilter) -> Result<Page<Payment>, WalletApiError> {
        let statuses = filter.statuses.iter().map(PaymentStatus::as_str).collect::<Vec<_>>().join(",");
        let pairs = [
            ("status", (!statuses.is_empty()).then_some(statuses)),
            ("wallet", filter.wallet.map(|wallet| wallet.to_string())),
            ("beneficiary", filter.beneficiary.map(|wallet| wallet.to_string())),
        ];
        self.transport.send(&Call::get("payments").queries(pairs).queries(filter.window.pairs())).await
    }

    /// Gives a settled payment back to the payer (`DELETE payment/{id}`): a
    /// refund. It is `canceled` then.
    ///
    /// # Errors
    /// [`WalletApiError`]; `invalid_state` unless it is `confirmed`, so also
    /// once its freeze is over.
    pub async fn cancel(&self, id: PaymentId) -> Result<Payment, WalletApiError> {
        self.transport.send(&Call::delete(format!("payment/{id}"))).await
    }

    /// Sets until when a settled payment can be given back
    /// (`PUT payment/{id}/freeze`).
    ///
    /// # Errors
    /// [`WalletApiError`]; `invalid_state` unless it is `confirmed`.
    pub async fn freeze_until(&self, id: PaymentId, until: UnixSeconds) -> Result<Payment, WalletApiError> {
        #[derive(Serialize)]
        struct Body {
            freeze: Freeze,
        }
        let body = Body { freeze: Freeze::Until(until) };
        self.transport.send(&Call::put(format!("payment/{id}/freeze")).json(&body)?).await
    }

    /// Prolongs the freeze by whole hours (`PUT payment/{id}/freeze` with
    /// `freeze_for`).
    ///
    /// # Errors
    /// [`WalletApiError`]; `invalid_state` unless it is `confirmed`.
    pub async fn prolong_freeze(&self, id: PaymentId, hours: u32) -> Result<Payment, WalletApiError> {
        #[derive(Serialize)]
        struct Body {
            freeze_for: u32,
        }
        self.transport
            .send(&Call::put(format!("payment/{id}/freeze")).json(&Body { freeze_for: hours })?)
            .await
    }

    /// Ends the freeze now (`PUT payment/{id}/freeze` with `freeze_until` 0):
    /// the payment is `done`.
    ///
    /// # Errors
    /// [`WalletApiError`]; `invalid_state` unless it is `confirmed`.
    pub async fn unfreeze(&self, id: PaymentId) -> Result<Payment, WalletApiError> {
        #[derive(Serialize)]
        struct Body {
            freeze_until: i64,
        }
        self.transport.send(&Call::put(format!("payment/{id}/freeze")).json(&Body { freeze_until: 0 })?).await
    }

    /// Ends the freeze now, at a lower price if one is given; the rest goes back
    /// to the payer (`PUT payment/{id}/finalize`).
    ///
    /// # Errors
    /// [`WalletApiError`]; `invalid_state` unless it is `confirmed`.
    pub async fn finalize(&self, id: PaymentId, price: Option<Money>) -> Result<Payment, WalletApiError> {
        let call = Call::put(format!("payment/{id}/finalize"));
        let call = match price {
            Some(price) => call.json(&PriceToSend::from(price))?,
            None => call,
        };
        self.transport.send(&call).await
    }

    /// Gives the password that the payment waits for
    /// (`PUT payment/{id}/password`).
    ///
    /// # Errors
    /// [`WalletApiError`]; `invalid_password` for a wrong one.
    pub async fn provide_password(
        &self,
        id: PaymentId,
        password: &Secret,
    ) -> Result<Payment, WalletApiError> {
        #[derive(Serialize)]
        struct Body<'b> {
            password: &'b str,
        }
        let body = Body { password: password.expose() };
        self.transport.send(&Call::put(format!("payment/{id}/password")).json(&body)?).await
    }
}

#[cfg(test)]
mod tests;
