//! Transactions (wallet-api section 5): what is paid, and the calls that move it.

mod acceptance;
mod confirmation;
mod inquired;
mod request;
mod transaction;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use acceptance::{Acceptance, Consent, FromWallet, Payer};
pub use confirmation::ConfirmPrices;
pub use inquired::{InquiredItem, InquiredValue};
pub use request::{
    AccountOwner, AllowanceRequest, CallbackUri, CreateTransaction, Inquiry, InquiryItem, InquiryItemType,
    InquiryType, TransactionFilter,
};
pub use transaction::{
    AskedAllowance, Reserve, Restrictions, Transaction, TransactionStatus, TransactionType,
};

use super::error::WalletApiError;
use super::page::Page;
use super::tolerance::null_is_missing;
use super::transport::{Call, Transport};
use super::users::UserId;
use super::wire::numeric_id;
use crate::clock::UnixSeconds;
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

/// Who gets a request to pay; exactly one of these.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestReceiver {
    /// A user by number.
    UserId(UserId),
    /// By e-mail address.
    Email(String),
    /// By phone number, digits with the country code.
    Phone(String),
}

numeric_id! {
    /// The number of a request to pay.
    TransactionRequestId
}

/// A request to pay that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct TransactionRequest {
    /// Its number.
    pub id: TransactionRequestId,
    /// When it was sent.
    pub created_at: UnixSeconds,
    /// What is to be paid.
    pub transaction_key: TransactionKey,
    /// Who got it, by number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// Who got it, by e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Who got it, by phone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// In whose name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initiator_id: Option<UserId>,
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
        self.reserve(key, &Consent::ReservationCode(code.clone()).into()).await
    }

    /// Accepts by what the payer gave for it (`PUT transaction/{key}/reserve`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn reserve(
        &self,
        key: &TransactionKey,
        acceptance: &Acceptance,
    ) -> Result<Transaction, WalletApiError> {
        self.transport.send(&Call::put(format!("transaction/{key}/reserve")).json(acceptance)?).await
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
        self.reserve_from(key, wallet, &FromWallet::default()).await
    }

    /// The same with what the payer gave for it: a PIN, and where the money is
    /// from.
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn reserve_from(
        &self,
        key: &TransactionKey,
        wallet: WalletRef,
        with: &FromWallet,
    ) -> Result<Transaction, WalletApiError> {
        self.transport.send(&Call::put(format!("transaction/{key}/reserve/{wallet}")).json(with)?).await
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

    /// Settles a reserved transaction at lower prices; what is not taken goes
    /// back to the payer (`PUT transaction/{key}/confirm`).
    ///
    /// # Errors
    /// [`WalletApiError`]; `invalid_parameters` for a price that is not lower,
    /// `invalid_state` unless it is `reserved`.
    pub async fn confirm_at(
        &self,
        key: &TransactionKey,
        prices: &ConfirmPrices,
    ) -> Result<Transaction, WalletApiError> {
        let call = Call::put(format!("transaction/{key}/confirm"));
        self.transport.send(&call.bytes("application/json", prices.as_bytes().to_vec().into())).await
    }

    /// Refuses a transaction as its payer (`PUT transaction/{key}/reject`, a
    /// proposal of wallet-api section 5.3).
    ///
    /// # Errors
    /// [`WalletApiError`]; `invalid_state` once it is accepted.
    pub async fn reject(&self, key: &TransactionKey) -> Result<Transaction, WalletApiError> {
        self.transport.send(&Call::put(format!("transaction/{key}/reject"))).await
    }

    /// How `wallet` could accept (`GET transaction/{key}/type/{wallet|me}`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn types(
        &self,
        key: &TransactionKey,
        wallet: WalletRef,
    ) -> Result<Vec<TransactionType>, WalletApiError> {
        self.transport.send(&Call::get(format!("transaction/{key}/type/{wallet}"))).await
    }

    /// Asks the owner of `wallet` by flash SMS
    /// (`PUT transaction/{key}/flash/{wallet}`); it is `waiting` then.
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn flash(
        &self,
        key: &TransactionKey,
        wallet: WalletRef,
    ) -> Result<Transaction, WalletApiError> {
        self.transport.send(&Call::put(format!("transaction/{key}/flash/{wallet}"))).await
    }

    /// Sends a request to pay to a user (`POST transaction/{key}/request`), in
    /// the name of `initiator` if there is one.
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn request(
        &self,
        key: &TransactionKey,
        receiver: &RequestReceiver,
        initiator: Option<UserId>,
    ) -> Result<TransactionRequest, WalletApiError> {
        #[derive(Serialize)]
        struct Body<'b> {
            #[serde(flatten)]
            receiver: &'b RequestReceiver,
            #[serde(skip_serializing_if = "Option::is_none")]
            initiator_id: Option<UserId>,
        }
        let body = Body { receiver, initiator_id: initiator };
        self.transport.send(&Call::post(format!("transaction/{key}/request")).json(&body)?).await
    }

    /// What the payer answered to inquiries
    /// (`GET transaction/{key}/inquired-information`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn inquired(&self, key: &TransactionKey) -> Result<Vec<InquiredItem>, WalletApiError> {
        #[derive(Deserialize)]
        struct Answer {
            #[serde(default, deserialize_with = "null_is_missing")]
            items: Vec<InquiredItem>,
        }
        let call = Call::get(format!("transaction/{key}/inquired-information"));
        self.transport.send::<Answer>(&call).await.map(|answer| answer.items)
    }

    /// Has the server send its notification of a settled transaction again
    /// (`PUT transaction/{key}/notify`).
    ///
    /// # Errors
    /// [`WalletApiError`]; `invalid_state` unless it is `confirmed`.
    pub async fn notify(&self, key: &TransactionKey) -> Result<(), WalletApiError> {
        let call = Call::put(format!("transaction/{key}/notify"));
        self.transport.send_for_nothing(&call).await
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
