//! Pay: the customer accepts in the app; the merchant settles. Or the customer
//! pays to a wallet code, and settles alone.

use std::sync::Arc;

use crate::attempt::{Attempt, Host, Intent, Make, Steps};
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
    pub(super) fn intent(self, device: &str, from: WalletId) -> Result<Intent, ApiError> {
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
            steps: Steps::PayWallet { make, from: Some(from) },
        })
    }
}

/// Pays what was reviewed, or goes on with the attempt that does.
pub(super) async fn pay(host: &Arc<Host>, review: &Review, wallet: WalletId) -> Result<Attempt, ApiError> {
    host.ready().await?;
    let key = review.transaction.clone();
    let earlier = host.journal.run(move |journal| journal.of_transaction(&key)).await?;
    if let Some(last) = earlier.last()
        && (last.open || last.settlement.is_some())
        && let Some(attempt) = host.find(last.id).await?
    {
        attempt.pay_again();
        return Ok(attempt);
    }
    // One that failed, for example for want of money, may be tried anew.
    host.start(intent(review, wallet, &host.device, earlier.len())?, None).await
}

/// One attempt a transaction, and the `tries` before it that failed.
fn intent(review: &Review, wallet: WalletId, device: &str, tries: usize) -> Result<Intent, ApiError> {
    let number = if tries == 0 { String::new() } else { format!(":{tries}") };
    Ok(Intent {
        kind: AttemptKind::Pay,
        amount: review.amount.require_positive()?,
        request_id: format!("pay:{}{number}", review.transaction),
        device: device.to_owned(),
        bill: None,
        staff: None,
        tip: None,
        steps: Steps::Pay { key: review.transaction.clone(), wallet },
    })
}
