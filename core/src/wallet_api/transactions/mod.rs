//! Transactions (wallet-api section 5): what is paid, and the calls that move it.

mod payment;
mod request;
mod transaction;

use std::fmt;

use serde::Serialize;

pub use payment::{Account, Beneficiary, Payment, PaymentId, PaymentPurpose, PaymentStatus};
pub use request::{CallbackUri, CreateTransaction, NewBeneficiary, NewPayment, Payer, TransactionFilter};
pub use transaction::{Project, ProjectId, Reserve, Transaction, TransactionStatus, TransactionType};

use super::error::WalletApiError;
use super::page::Page;
use super::transport::{Call, Transport};
use crate::code::{ReservationCode, TransactionKey, WalletId};

/// A wallet in a path: by number, or the token's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WalletRef {
    /// The wallet of the user whose token signs.
    Me,
    /// A wallet by number.
    Id(WalletId),
}

impl fmt::Display for WalletRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Me => f.write_str("me"),
            Self::Id(wallet) => wallet.fmt(f),
        }
    }
}

/// The sub-objects that a person needs to see before paying.
const REVIEW_FIELDS: &str = "*,project,payments.beneficiary.wallet";

/// Calls about transactions. Every write answers with the whole transaction.
#[derive(Debug)]
pub struct Transactions<'a> {
    transport: &'a Transport,
}

impl<'a> Transactions<'a> {
    pub(super) fn new(transport: &'a Transport) -> Self {
        Self { transport }
    }

    /// Creates a transaction in status `new` (`POST transaction`). There is no
    /// idempotency key: a lost answer is looked for with
    /// [`Transactions::list`], never by creating again.
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn create(&self, new: &CreateTransaction) -> Result<Transaction, WalletApiError> {
        self.transport.send(&Call::post("transaction").json(new)?).await
    }

    /// Reads a transaction (`GET transaction/{key}`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn get(&self, key: &TransactionKey) -> Result<Transaction, WalletApiError> {
        self.transport.send(&Call::get(format!("transaction/{key}"))).await
    }

    /// Reads a transaction with the project and the beneficiaries' wallets, for
    /// a customer to look at before accepting.
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn get_for_review(&self, key: &TransactionKey) -> Result<Transaction, WalletApiError> {
        let call = Call::get(format!("transaction/{key}")).query("fields", REVIEW_FIELDS);
        self.transport.send(&call).await
    }

    /// One page of the client's transactions, newest first (`GET transactions`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn list(&self, filter: &TransactionFilter) -> Result<Page<Transaction>, WalletApiError> {
        self.transport.send(&Call::get("transactions").queries(filter.pairs())).await
    }

    /// Accepts with the customer's reservation code
    /// (`PUT transaction/{key}/reserve`, wallet-api section 5.4).
    ///
    /// # Errors
    /// [`WalletApiError`]; `invalid_code` for a wrong or used code.
    pub async fn reserve_by_code(
        &self,
        key: &TransactionKey,
        code: &ReservationCode,
    ) -> Result<Transaction, WalletApiError> {
        #[derive(Serialize)]
        struct Body<'a> {
            reservation_code: &'a str,
        }
        let body = Body { reservation_code: code.expose() };
        self.transport.send(&Call::put(format!("transaction/{key}/reserve")).json(&body)?).await
    }

    /// Accepts on behalf of a payer named otherwise than by wallet; needs an
    /// active allowance (`PUT transaction/{key}/reserve` with `payer`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn reserve_by_payer(
        &self,
        key: &TransactionKey,
        payer: &Payer,
    ) -> Result<Transaction, WalletApiError> {
        #[derive(Serialize)]
        struct Body<'a> {
            payer: &'a Payer,
        }
        self.transport.send(&Call::put(format!("transaction/{key}/reserve")).json(&Body { payer })?).await
    }

    /// Accepts from a wallet (`PUT transaction/{key}/reserve/{wallet|me}`):
    /// with the customer's own token as `mobile_app`, with client credentials
    /// as `automatic` by an allowance on that wallet.
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn reserve_from_wallet(
        &self,
        key: &TransactionKey,
        wallet: WalletRef,
    ) -> Result<Transaction, WalletApiError> {
        #[derive(Serialize)]
        struct Empty {}
        self.transport.send(&Call::put(format!("transaction/{key}/reserve/{wallet}")).json(&Empty {})?).await
    }

    /// Settles a reserved transaction at its full price
    /// (`PUT transaction/{key}/confirm`).
    ///
    /// # Errors
    /// [`WalletApiError`]; `invalid_state` unless it is `reserved`, also when
    /// it is confirmed already.
    pub async fn confirm(&self, key: &TransactionKey) -> Result<Transaction, WalletApiError> {
        self.transport.send(&Call::put(format!("transaction/{key}/confirm"))).await
    }

    /// Takes a transaction back that is not confirmed
    /// (`DELETE transaction/{key}`): `new` becomes `deleted`, others `revoked`.
    ///
    /// # Errors
    /// [`WalletApiError`]; `invalid_state` once it has ended.
    pub async fn revoke(&self, key: &TransactionKey) -> Result<Transaction, WalletApiError> {
        self.transport.send(&Call::delete(format!("transaction/{key}"))).await
    }
}

#[cfg(test)]
mod tests;
