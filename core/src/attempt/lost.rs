//! Transactions whose answer was lost: looked for in the server's list by the
//! attempt that stands in their parameters, and swept away where they showed up
//! too late. One that was never shown was accepted by nobody.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::machine::SIGNATURE_SECONDS;
use crate::clock::UnixSeconds;
use crate::code::{LocationId, TransactionKey};
use crate::journal::{AttemptId, AttemptRow};
use crate::wallet_api::{
    Transaction, TransactionFilter, TransactionStatus, WalletApi, WalletApiError, Window,
};

/// A lost transaction is looked for this far before the attempt began: clocks
/// of a server farm differ.
const SLACK_SECONDS: i64 = 300;
/// And this much later, where the device's clock was behind when it was asked for.
const LATE_SECONDS: i64 = 24 * 3600;
/// The largest page that the server gives.
const PAGE: u32 = 200;
/// Transactions that are looked through: some dozen requests.
const LOOK_THROUGH: u64 = 10_000;

/// Which transactions are looked through.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Range {
    /// Made at or after this moment.
    pub(crate) from: UnixSeconds,
    /// Made at or before this moment; until now if absent.
    pub(crate) to: Option<UnixSeconds>,
    /// Made at this location; at all of the client's if absent.
    pub(crate) location: Option<LocationId>,
}

/// How much was looked through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(crate) enum Extent {
    /// All there is, or as much as was wanted.
    Whole,
    /// There is more than is looked through: what was made before this moment
    /// was not seen, and what was made in its second maybe not.
    Since(UnixSeconds),
}

/// Gives every transaction in `range`, newest first and page by page, until
/// `wanted` has seen enough.
pub(crate) async fn look_through(
    api: &WalletApi,
    range: Range,
    mut wanted: impl FnMut(Transaction) -> bool,
) -> Result<Extent, WalletApiError> {
    let Range { from, to, location } = range;
    let mut offset = 0;
    let mut oldest = None;
    // What is made meanwhile moves the others on to the next page.
    let mut seen = HashSet::new();
    loop {
        let window = Window { limit: Some(PAGE), offset: Some(offset) };
        let filter =
            TransactionFilter { from: Some(from), to, location, window, ..TransactionFilter::default() };
        let page = api.transactions().list(&filter).await?;
        let read = u64::try_from(page.items.len()).unwrap_or(u64::MAX);
        oldest = page.items.iter().map(|item| item.created_at).chain(oldest).min();
        let mut new = page.items.into_iter().filter(|item| seen.insert(item.transaction_key.clone()));
        let more = new.all(&mut wanted);
        offset = offset.saturating_add(read);
        match oldest {
            Some(oldest) if more && read > 0 && offset < page.metadata.total => {
                if offset >= LOOK_THROUGH {
                    return Ok(Extent::Since(oldest));
                }
            }
            _ => return Ok(Extent::Whole),
        }
    }
}

/// What stands in the parameters of a transaction's payments under `name`.
pub(crate) fn parameter<'t>(transaction: &'t Transaction, name: &str) -> Option<&'t str> {
    let of_payment = |parameters: &'t Value| parameters.get(name).and_then(Value::as_str);
    transaction.payments.iter().filter_map(|payment| payment.parameters.as_ref()).find_map(of_payment)
}

/// The newest transaction of an attempt that began at `began` and last asked for
/// one at `asked`; with whether all that could be its was looked through.
pub(super) async fn find(
    api: &WalletApi,
    attempt: AttemptId,
    began: UnixSeconds,
    asked: UnixSeconds,
) -> Result<(Option<Transaction>, Extent), WalletApiError> {
    let name = attempt.to_string();
    let mut found = None;
    // The device's clock may have been ahead when the attempt began.
    let range = made_between(began.min(api.server_now()), sweep_due(asked));
    let extent = look_through(api, range, |transaction| {
        if parameter(&transaction, "attempt") == Some(&name) {
            found = Some(transaction);
        }
        found.is_none()
    })
    .await?;
    Ok((found, extent))
}

/// At every location, since a till may have moved to another one meanwhile. The
/// end keeps the list of an attempt of long ago short.
fn made_between(began: UnixSeconds, until: UnixSeconds) -> Range {
    let (from, to) = (began.plus(-SLACK_SECONDS), Some(until.plus(LATE_SECONDS)));
    Range { from, to, location: None }
}

/// When nothing that an attempt sent until `last` can arrive any more.
pub(super) fn sweep_due(last: UnixSeconds) -> UnixSeconds {
    last.plus(SIGNATURE_SECONDS)
}

/// An ended attempt whose transactions are swept.
#[derive(Clone, Debug)]
pub(super) struct Ended {
    pub(super) row: AttemptRow,
    /// When nothing that it sent could arrive any more.
    pub(super) due: UnixSeconds,
}

/// Takes back what ended attempts made without knowing: all but what they know,
/// unless it has ended. Its key was shown to nobody: whoever accepted it all the
/// same gets the money back. The list is read once for all of them. Gives those
/// of which everything was looked through.
pub(super) async fn sweep(api: &WalletApi, ended: Vec<Ended>) -> Result<Vec<AttemptRow>, WalletApiError> {
    let began = ended.iter().map(|ended| ended.row.started_at).min();
    let Some((began, until)) = began.zip(ended.iter().map(|ended| ended.due).max()) else {
        return Ok(Vec::new());
    };
    let names: HashMap<String, Option<&TransactionKey>> =
        ended.iter().map(|ended| (ended.row.id.to_string(), ended.row.transaction.as_ref())).collect();
    let mut lost = Vec::new();
    let extent = look_through(api, made_between(began, until), |transaction| {
        let known = parameter(&transaction, "attempt").and_then(|name| names.get(name));
        if can_be_taken_back(&transaction.status)
            && known.is_some_and(|known| *known != Some(&transaction.transaction_key))
        {
            lost.push(transaction.transaction_key);
        }
        true
    })
    .await?;
    let mut failed = None;
    for key in lost {
        // One that can't be taken back does not keep the others.
        failed = api.transactions().revoke(&key).await.err().or(failed);
    }
    if let Some(error) = failed {
        return Err(error);
    }
    let seen = |ended: &Ended| match extent {
        Extent::Whole => true,
        Extent::Since(oldest) => made_between(ended.row.started_at, ended.due).from > oldest,
    };
    Ok(ended.into_iter().filter(seen).map(|ended| ended.row).collect())
}

/// What a revoke still changes (wallet-api section 5.3).
const fn can_be_taken_back(status: &TransactionStatus) -> bool {
    matches!(
        status,
        TransactionStatus::New
            | TransactionStatus::Waiting
            | TransactionStatus::WaitingRegistration
            | TransactionStatus::WaitingFunds
            | TransactionStatus::WaitingPassword
            | TransactionStatus::Reserved
    )
}
