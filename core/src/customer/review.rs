//! What a customer looks at before paying: the server's words, never the
//! scanned code's.

use crate::code::{TransactionKey, WalletId};
use crate::error::{ApiError, ApiErrorKind};
use crate::money::Money;
use crate::wallet_api::{Transaction, TransactionStatus};

/// A transaction that can be paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// The transaction.
    pub transaction: TransactionKey,
    /// What is to be paid.
    pub amount: Money,
    /// The part of it that is a fee for the payer.
    pub fee: Option<Money>,
    /// The merchant's words for it.
    pub description: Option<String>,
    /// The merchant's name.
    pub merchant: Option<String>,
    /// Who is paid.
    pub beneficiary: Option<WalletId>,
    /// The name on the beneficiary's account, as far as the customer may see it.
    pub beneficiary_name: Option<String>,
}

impl Review {
    /// Reads a transaction for a person to decide on.
    ///
    /// # Errors
    /// `wrong_state` once it can't be accepted any more; `not_allowed` for one
    /// with several payments, which a customer can't be shown honestly as one.
    pub(super) fn of(transaction: &Transaction) -> Result<Self, ApiError> {
        let payable = matches!(transaction.status, TransactionStatus::New | TransactionStatus::Waiting);
        if !payable {
            return Err(ApiError::local(ApiErrorKind::WrongState));
        }
        let [payment] = transaction.payments.as_slice() else {
            return Err(ApiError::local(ApiErrorKind::NotAllowed));
        };
        let beneficiary = payment.beneficiary.as_ref();
        let account = beneficiary
            .and_then(|beneficiary| beneficiary.wallet.as_ref())
            .and_then(|wallet| wallet.account.as_ref());
        Ok(Self {
            transaction: transaction.transaction_key.clone(),
            amount: payment.price,
            fee: payment.commission.outgoing,
            description: payment.description.clone(),
            merchant: transaction.project.as_ref().map(|project| project.title.clone()),
            beneficiary: beneficiary.and_then(|beneficiary| beneficiary.id),
            beneficiary_name: account.and_then(|account| account.owner_display_name.clone()),
        })
    }
}
