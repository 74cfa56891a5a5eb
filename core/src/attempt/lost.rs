//! Transactions whose answer was lost: looked for in the server's list by the
//! attempt that stands in their parameters, and swept away where they showed up
//! too late. One that was never shown was accepted by nobody.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::machine::SIGNATURE_SECONDS;
use crate::clock::UnixSeconds;
use crate::code::TransactionKey;
use crate::journal::{AttemptId, AttemptRow};
use crate::wallet_api::{
    Transaction, TransactionFilter, TransactionStatus, WalletApi, WalletApiError, Window,
};

/// A lost transaction is looked for this far before the attempt began: clocks
/// of a server farm differ.
const LOOK_BACK_SECONDS: i64 = 300;
/// The largest page that the server gives.
const PAGE: u32 = 200;
/// Transactions that are looked through.
const LOOK_THROUGH: u64 = 10_000;

/// Gives every transaction of the client made from `from` until `to`, page by
/// page, until `wanted` has seen enough.
pub(crate) async fn look_through(
    api: &WalletApi,
    from: UnixSeconds,
    to: Option<UnixSeconds>,
    mut wanted: impl FnMut(Transaction) -> bool,
) -> Result<(), WalletApiError> {
    let mut offset = 0;
    // What is made meanwhile moves the others on to the next page.
    let mut seen = HashSet::new();
    loop {
        let window = Window { limit: Some(PAGE), offset: Some(offset) };
        let filter = TransactionFilter { from: Some(from), to, window, ..TransactionFilter::default() };
        let page = api.transactions().list(&filter).await?;
        let read = u64::try_from(page.items.len()).unwrap_or(u64::MAX);
        let mut new = page.items.into_iter().filter(|item| seen.insert(item.transaction_key.clone()));
        let more = new.all(&mut wanted);
        offset = offset.saturating_add(read);
        if !more || read == 0 || offset >= page.metadata.total || offset >= LOOK_THROUGH {
            return Ok(());
        }
    }
}

/// What stands in the parameters of a transaction's payments under `name`.
pub(crate) fn parameter<'t>(transaction: &'t Transaction, name: &str) -> Option<&'t str> {
    let of_payment = |parameters: &'t Value| parameters.get(name).and_then(Value::as_str);
    transaction.payments.iter().filter_map(|payment| payment.parameters.as_ref()).find_map(of_payment)
}

/// The transactions of an attempt that began at `began`.
pub(super) async fn find(
    api: &WalletApi,
    attempt: AttemptId,
    began: UnixSeconds,
) -> Result<Vec<Transaction>, WalletApiError> {
    let name = attempt.to_string();
    let mut found = Vec::new();
    look_through(api, began.plus(-LOOK_BACK_SECONDS), None, |transaction| {
        if parameter(&transaction, "attempt") == Some(&name) {
            found.push(transaction);
        }
        true
    })
    .await?;
    Ok(found)
}

/// When nothing that an attempt sent until `last` can arrive any more.
pub(super) fn sweep_due(last: UnixSeconds) -> UnixSeconds {
    last.plus(SIGNATURE_SECONDS)
}

/// Takes back what ended attempts made without knowing: all but what they know,
/// as long as nobody has accepted it. The list is read once for all of them.
pub(super) async fn sweep(api: &WalletApi, ended: &[AttemptRow]) -> Result<(), WalletApiError> {
    let Some(began) = ended.iter().map(|row| row.started_at).min() else { return Ok(()) };
    let names: HashMap<String, Option<&TransactionKey>> =
        ended.iter().map(|row| (row.id.to_string(), row.transaction.as_ref())).collect();
    let mut lost = Vec::new();
    look_through(api, began.plus(-LOOK_BACK_SECONDS), None, |transaction| {
        let known = parameter(&transaction, "attempt").and_then(|name| names.get(name));
        if transaction.status == TransactionStatus::New
            && known.is_some_and(|known| *known != Some(&transaction.transaction_key))
        {
            lost.push(transaction.transaction_key);
        }
        true
    })
    .await?;
    for key in lost {
        api.transactions().revoke(&key).await?;
    }
    Ok(())
}
