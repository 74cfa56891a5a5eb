//! What a customer looks at before paying.

use std::sync::Arc;

use paysera_core::code::WalletId;
use paysera_core::customer as core;

use crate::error::ApiError;
use crate::money::Money;

/// A transaction that can be paid, as the server describes it. An object, so that
/// what is paid is what was looked at.
#[derive(Debug, uniffi::Object)]
pub struct Review(pub(crate) core::Review);

/// What to show of it.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct ReviewDetails {
    /// The transaction's key.
    pub transaction: String,
    /// What is to be paid.
    pub amount: Money,
    /// The part of it that is a fee for the payer.
    pub fee: Option<Money>,
    /// The merchant's words for it.
    pub description: Option<String>,
    /// The merchant's name.
    pub merchant: Option<String>,
    /// The wallet that is paid.
    pub beneficiary: Option<u64>,
    /// The name on the beneficiary's account, as far as the customer may see it.
    pub beneficiary_name: Option<String>,
}

#[uniffi::export]
impl Review {
    /// What to show.
    #[must_use]
    pub fn details(&self) -> ReviewDetails {
        let review = self.0.clone();
        ReviewDetails {
            transaction: review.transaction.as_str().to_owned(),
            amount: review.amount.into(),
            fee: review.fee.map(Into::into),
            description: review.description,
            merchant: review.merchant,
            beneficiary: review.beneficiary.map(|wallet| wallet.get()),
            beneficiary_name: review.beneficiary_name,
        }
    }
}

impl Review {
    pub(crate) fn of(review: core::Review) -> Arc<Self> {
        Arc::new(Self(review))
    }
}

/// A payment to a wallet code that was scanned.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct PayWalletRequest {
    /// The request's own identifier: asking again with the same one gives the same
    /// attempt.
    pub request_id: String,
    /// The wallet that is paid.
    pub beneficiary: u64,
    /// What is paid.
    pub amount: Money,
    /// What it is for; both sides see it.
    pub description: String,
}

impl TryFrom<PayWalletRequest> for core::PayWalletRequest {
    type Error = ApiError;

    fn try_from(request: PayWalletRequest) -> Result<Self, ApiError> {
        let beneficiary =
            WalletId::new(request.beneficiary).map_err(|error| ApiError::rejected("beneficiary", error))?;
        Ok(Self {
            request_id: request.request_id,
            beneficiary,
            amount: request.amount.try_into()?,
            description: request.description,
        })
    }
}
