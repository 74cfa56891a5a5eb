//! The double-entry ledger: accounts, postings whose entries sum to zero per
//! currency, and holds.
//!
//! `account.balance` and `account.held` repeat what entries and holds say, so
//! that a balance is one row; `check` compares them.

use std::collections::BTreeMap;

use paysera_core::money::{Currency, Money};
use rusqlite::{Connection, OptionalExtension, params};

use crate::error::Refusal;

/// A wallet's money in one currency, in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balance {
    /// What can be spent now.
    pub at_disposal: i64,
    /// What is held for reserved transactions.
    pub reserved: i64,
}

/// Why a posting is made.
#[derive(Clone, Copy, Debug)]
pub(crate) enum PostingKind {
    /// The seed's opening balances.
    Opening,
    /// A confirmed payment.
    Payment,
}

/// Holds `price` of `wallet` for a payment.
pub(crate) fn hold(db: &Connection, payment: i64, wallet: i64, price: Money) -> Result<(), Refusal> {
    let (account, balance) = account(db, Some(wallet), price.currency())?;
    if balance.at_disposal < price.minor() {
        return Err(Refusal::NotEnoughFunds);
    }
    db.execute("UPDATE account SET held = held + ?2 WHERE id = ?1", params![account, price.minor()])?;
    db.execute(
        "INSERT INTO hold (payment_id, account_id, amount, status) VALUES (?1, ?2, ?3, 'open')",
        params![payment, account, price.minor()],
    )?;
    Ok(())
}

/// Gives back what is held for a payment, if anything is.
pub(crate) fn release(db: &Connection, payment: i64) -> Result<(), Refusal> {
    end_hold(db, payment, "released").map(drop)
}

/// Moves `price` of what is held for `payment` to `beneficiary`; the rest of
/// the hold is given back.
pub(crate) fn capture(
    db: &Connection,
    now: i64,
    key: &str,
    payment: i64,
    beneficiary: i64,
    price: Money,
) -> Result<(), Refusal> {
    let Some((payer, held)) = end_hold(db, payment, "captured")? else {
        tracing::error!(payment, "a payment without a hold was to be confirmed");
        return Err(Refusal::Internal);
    };
    if price.minor() > held {
        tracing::error!(payment, "more was to be confirmed than is held");
        return Err(Refusal::Internal);
    }
    let (credited, _) = account(db, Some(beneficiary), price.currency())?;
    let debit = price.minor().checked_neg().ok_or(Refusal::Internal)?;
    post(db, now, PostingKind::Payment, Some(key), &[(payer, debit), (credited, price.minor())])
}

/// Gives a wallet money out of the issuing account.
pub(crate) fn issue(db: &Connection, now: i64, wallet: i64, amount: Money) -> Result<(), Refusal> {
    let (issuing, _) = account(db, None, amount.currency())?;
    let (credited, _) = account(db, Some(wallet), amount.currency())?;
    let debit = amount.minor().checked_neg().ok_or(Refusal::Internal)?;
    post(db, now, PostingKind::Opening, None, &[(issuing, debit), (credited, amount.minor())])
}

/// A wallet's balance in one currency; zero if it never had any.
pub(crate) fn balance(db: &Connection, wallet: i64, currency: Currency) -> Result<Balance, Refusal> {
    Ok(balances(db, wallet)?.remove(currency.code()).unwrap_or(Balance { at_disposal: 0, reserved: 0 }))
}

/// A wallet's balances by currency code.
pub(crate) fn balances(db: &Connection, wallet: i64) -> Result<BTreeMap<String, Balance>, Refusal> {
    let mut statement =
        db.prepare_cached("SELECT currency, balance - held, held FROM account WHERE wallet_id = ?1")?;
    let rows = statement.query_map([wallet], |row| {
        Ok((row.get(0)?, Balance { at_disposal: row.get(1)?, reserved: row.get(2)? }))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The account of a wallet (`None`: the issuing one), made if it is new.
fn account(db: &Connection, wallet: Option<i64>, currency: Currency) -> Result<(i64, Balance), Refusal> {
    db.prepare_cached("INSERT INTO account (wallet_id, currency) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
        .execute(params![wallet, currency.code()])?;
    let mut statement = db.prepare_cached(
        "SELECT id, balance - held, held FROM account WHERE coalesce(wallet_id, -1) = coalesce(?1, -1) AND currency = ?2",
    )?;
    Ok(statement.query_row(params![wallet, currency.code()], |row| {
        Ok((row.get(0)?, Balance { at_disposal: row.get(1)?, reserved: row.get(2)? }))
    })?)
}

/// Ends an open hold; its account and amount, if there was one.
fn end_hold(db: &Connection, payment: i64, status: &str) -> Result<Option<(i64, i64)>, Refusal> {
    let hold: Option<(i64, i64)> = db
        .prepare_cached("SELECT account_id, amount FROM hold WHERE payment_id = ?1 AND status = 'open'")?
        .query_row([payment], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    if let Some((account, amount)) = hold {
        db.execute("UPDATE hold SET status = ?2 WHERE payment_id = ?1", params![payment, status])?;
        db.execute("UPDATE account SET held = held - ?2 WHERE id = ?1", params![account, amount])?;
    }
    Ok(hold)
}

/// One posting. Its entries are of one currency and must sum to zero.
fn post(
    db: &Connection,
    now: i64,
    kind: PostingKind,
    key: Option<&str>,
    entries: &[(i64, i64)],
) -> Result<(), Refusal> {
    let sum = entries.iter().try_fold(0_i64, |sum, (_, amount)| sum.checked_add(*amount));
    if sum != Some(0) {
        tracing::error!(?entries, "a posting does not sum to zero");
        return Err(Refusal::Internal);
    }
    let kind = match kind {
        PostingKind::Opening => "opening",
        PostingKind::Payment => "payment",
    };
    db.prepare_cached("INSERT INTO posting (at, kind, transaction_key) VALUES (?1, ?2, ?3)")?
        .execute(params![now, kind, key])?;
    let posting = db.last_insert_rowid();
    for (account, amount) in entries {
        db.prepare_cached("INSERT INTO entry (posting_id, account_id, amount) VALUES (?1, ?2, ?3)")?
            .execute(params![posting, account, amount])?;
        db.prepare_cached("UPDATE account SET balance = balance + ?2 WHERE id = ?1")?
            .execute(params![account, amount])?;
    }
    Ok(())
}
