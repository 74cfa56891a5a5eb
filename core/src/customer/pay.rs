//! Pay: the customer accepts in the app; the merchant settles. Or the customer
//! pays to a wallet code, and settles alone.

use crate::attempt::{Intent, Make, Steps};
use crate::code::WalletId;
use crate::error::ApiError;
use crate::journal::AttemptKind;
use crate::money::Money;

use super::Review;

/// Seconds for which the money of a payment to a wallet stays held if it can't be
/// settled.
const RESERVE_SECONDS: i64 = 900;

/// A payment to a wallet code that was scanned (wallet-api section 9.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayWalletRequest {
    /// The request's own identifier: asking again with the same one gives the
    /// same attempt.
    pub request_id: String,
    /// Who is paid: of a scanned wallet code.
    pub beneficiary: WalletId,
    /// What is paid.
    pub amount: Money,
    /// What it is for; both sides see it.
    pub description: String,
}

impl PayWalletRequest {
    pub(super) fn intent(self, device: &str) -> Result<Intent, ApiError> {
        let make = Make {
            description: self.description,
            beneficiary: Some(self.beneficiary),
            cash: false,
            reserve_seconds: RESERVE_SECONDS,
            use_allowance: false,
            freeze_seconds: None,
            callback_uri: None,
        };
        Ok(Intent {
            kind: AttemptKind::Pay,
            amount: self.amount.require_positive()?,
            request_id: self.request_id,
            device: device.to_owned(),
            bill: None,
            staff: None,
            tip: None,
            steps: Steps::PayWallet { make },
        })
    }
}

/// The payment of what was reviewed: one attempt a transaction.
pub(super) fn intent(review: &Review, wallet: WalletId, device: &str) -> Result<Intent, ApiError> {
    Ok(Intent {
        kind: AttemptKind::Pay,
        amount: review.amount.require_positive()?,
        request_id: format!("pay:{}", review.transaction),
        device: device.to_owned(),
        bill: None,
        staff: None,
        tip: None,
        steps: Steps::Pay { key: review.transaction.clone(), wallet },
    })
}
