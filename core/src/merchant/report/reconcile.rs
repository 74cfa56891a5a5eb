//! The till's journal beside the server's list.

use std::collections::{BTreeMap, HashMap};

use crate::attempt::{Extent, Range, look_through, parameter};
use crate::clock::UnixSeconds;
use crate::code::TransactionKey;
use crate::error::{ApiError, ApiErrorKind};
use crate::journal::{AttemptId, AttemptKind, AttemptRow, Period};
use crate::merchant::till::Till;
use crate::money::Money;
use crate::wallet_api::{PaymentStatus, Transaction, TransactionStatus};

/// What settles in a period was made this much earlier at most, in seconds.
const MADE_BEFORE: i64 = 24 * 3600;

/// What came of the comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reconciliation {
    /// The period: what settled in it was compared.
    pub period: Period,
    /// How many of this till's settled transactions agree.
    pub agreed: u64,
    /// What does not agree, oldest first; empty is good.
    pub differences: Vec<Difference>,
    /// What the other tills of the location have settled: not missing, only not
    /// this till's.
    pub other_tills: Vec<OtherTill>,
}

/// One transaction that is not the same on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// The server settled it for this till, and the journal does not say so.
    MissingHere {
        /// The transaction.
        transaction: TransactionKey,
        /// What was paid.
        amount: Money,
        /// When; server time in Unix seconds.
        at: UnixSeconds,
    },
    /// The journal says that it settled, and the server does not.
    MissingThere {
        /// The attempt.
        attempt: AttemptId,
        /// Its transaction.
        transaction: Option<TransactionKey>,
        /// What the journal says was paid.
        amount: Money,
    },
    /// Both say that it settled, with other amounts.
    AmountDiffers {
        /// The attempt.
        attempt: AttemptId,
        /// The transaction.
        transaction: TransactionKey,
        /// What the journal says.
        here: Money,
        /// What the server says.
        there: Money,
    },
    /// The server gave it back, and the journal knows of no refund; or the other
    /// way round.
    RefundDiffers {
        /// The transaction.
        transaction: TransactionKey,
        /// Whether the journal knows of a refund.
        here: bool,
        /// Whether the server gave it back.
        there: bool,
    },
}

/// What another till of the location has settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherTill {
    /// Its name; nothing for transactions that were not made by a till.
    pub device: Option<String>,
    /// How many.
    pub count: u64,
    /// What they come to.
    pub sum: Money,
}

impl Till {
    pub(in crate::merchant) async fn reconcile(&self, period: Period) -> Result<Reconciliation, ApiError> {
        self.host.ready().await?;
        let mut there = Vec::new();
        let (from, to) = (period.from.plus(-MADE_BEFORE), Some(period.until));
        let range = Range { from, to, location: Some(self.place.location) };
        let extent = look_through(&self.host.api, range, |transaction| {
            if transaction.location_id.is_none_or(|location| location == self.place.location)
                && settled_at(&transaction).is_some_and(|at| at >= period.from && at < period.until)
            {
                there.push(transaction);
            }
            true
        })
        .await?;
        if extent != Extent::Whole {
            // What was not seen would be called missing.
            return Err(ApiError::local(ApiErrorKind::ListTooLong));
        }
        let here = self.host.journal.run(move |journal| journal.settled_in(period)).await?;
        // A refund can have settled after the period.
        let keys: Vec<_> = there.iter().map(|transaction| transaction.transaction_key.clone()).collect();
        let refunded = self
            .host
            .journal
            .run(move |journal| {
                let refunds = keys.iter().map(|key| Ok((key.clone(), journal.of_transaction(key)?)));
                refunds.collect::<Result<HashMap<_, _>, _>>()
            })
            .await?;
        compare(period, &here, &there, &refunded, &self.host.device)
    }
}

fn settled_at(transaction: &Transaction) -> Option<UnixSeconds> {
    match transaction.status {
        TransactionStatus::Confirmed => transaction.confirmed_at,
        _ => None,
    }
}

fn compare(
    period: Period,
    here: &[AttemptRow],
    there: &[Transaction],
    attempts: &HashMap<TransactionKey, Vec<AttemptRow>>,
    device: &str,
) -> Result<Reconciliation, ApiError> {
    let mut own: HashMap<&TransactionKey, &AttemptRow> = here
        .iter()
        .filter(|row| row.kind != AttemptKind::Refund)
        .filter_map(|row| Some((row.transaction.as_ref()?, row)))
        .collect();
    let mut result = Reconciliation { period, agreed: 0, differences: Vec::new(), other_tills: Vec::new() };
    let mut others: BTreeMap<(Option<String>, &'static str), OtherTill> = BTreeMap::new();
    for transaction in there.iter().rev() {
        let (Some(amount), Some(at)) = (transaction.amount(), settled_at(transaction)) else { continue };
        let key = &transaction.transaction_key;
        let row = own.remove(key);
        let maker = parameter(transaction, "device");
        if row.is_none() && maker != Some(device) {
            let maker = maker.map(str::to_owned);
            let currency = amount.currency();
            let zero = OtherTill { device: maker.clone(), count: 0, sum: Money::from_minor(0, currency) };
            let other = others.entry((maker, currency.code())).or_insert(zero);
            other.count = other.count.saturating_add(1);
            other.sum = other.sum.checked_add(amount)?;
            continue;
        }
        let of_transaction = attempts.get(key).map(Vec::as_slice).unwrap_or_default();
        match difference(transaction, amount, at, row, of_transaction) {
            Some(difference) => result.differences.push(difference),
            None => result.agreed = result.agreed.saturating_add(1),
        }
    }
    let mut missing: Vec<&AttemptRow> = own.into_values().collect();
    missing.sort_by_key(|row| row.number);
    result.differences.extend(missing.into_iter().filter_map(|row| {
        let amount = row.settlement.as_ref()?.amount;
        Some(Difference::MissingThere { attempt: row.id, transaction: row.transaction.clone(), amount })
    }));
    result.other_tills = others.into_values().collect();
    Ok(result)
}

fn difference(
    transaction: &Transaction,
    there: Money,
    at: UnixSeconds,
    row: Option<&AttemptRow>,
    attempts: &[AttemptRow],
) -> Option<Difference> {
    let key = transaction.transaction_key.clone();
    let Some((row, settlement)) = row.and_then(|row| Some((row, row.settlement.as_ref()?))) else {
        return Some(Difference::MissingHere { transaction: key, amount: there, at });
    };
    let refund = attempts.iter().find(|row| row.kind == AttemptKind::Refund && row.settlement.is_some());
    let given_back = transaction.payments.iter().any(|payment| payment.status == PaymentStatus::Canceled);
    // A part that goes back lowers the price for good.
    let in_part = refund.filter(|_| !given_back).and_then(|refund| refund.settlement.as_ref());
    let here = match in_part {
        Some(refund) => settlement.amount.checked_sub(refund.amount).ok()?,
        None => settlement.amount,
    };
    if here != there {
        return Some(Difference::AmountDiffers { attempt: row.id, transaction: key, here, there });
    }
    let (refunded_here, refunded_there) = (refund.is_some(), given_back || in_part.is_some());
    (refunded_here != refunded_there).then_some(Difference::RefundDiffers {
        transaction: key,
        here: refunded_here,
        there: refunded_there,
    })
}
