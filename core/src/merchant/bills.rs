//! Bills that other tills of the location work on.

use super::till::Till;
use crate::error::ApiError;
use crate::wallet_api::{Transaction, TransactionFilter, TransactionStatus, Window};

/// How far back another till's payment of the same bill counts.
const LOOK_BACK_SECONDS: i64 = 24 * 3600;
/// The latest transactions of the location that are looked at: this is a
/// warning before a person pays, not an audit.
const LATEST: u32 = 200;

impl Till {
    /// Whether the location's latest transactions show the bill paid, or being paid.
    pub(super) async fn is_used_elsewhere(&self, bill: &str) -> Result<bool, ApiError> {
        let filter = TransactionFilter {
            location: Some(self.place.location),
            from: Some(self.host.api.server_now().plus(-LOOK_BACK_SECONDS)),
            window: Window { limit: Some(LATEST), offset: None },
            ..TransactionFilter::default()
        };
        let page = self.host.api.transactions().list(&filter).await?;
        Ok(page.items.iter().any(|transaction| is_paid_or_open(transaction) && names(transaction, bill)))
    }
}

fn names(transaction: &Transaction, bill: &str) -> bool {
    transaction
        .payments
        .iter()
        .filter_map(|payment| payment.parameters.as_ref()?.get("bill")?.as_str())
        .any(|named| named == bill)
}

fn is_paid_or_open(transaction: &Transaction) -> bool {
    !matches!(
        transaction.status,
        TransactionStatus::Rejected
            | TransactionStatus::Revoked
            | TransactionStatus::Failed
            | TransactionStatus::Deleted
    )
}
