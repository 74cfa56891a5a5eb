//! The double-entry ledger: accounts, postings whose entries sum to zero per
//! currency, and holds.
//!
//! `account.balance` and `account.held` repeat what entries and holds say, so
//! that a balance is one row; `check` compares them.

use std::collections::BTreeMap;

use paysera_core::money::{Currency, Money};
use rusqlite::{Connection, OptionalExtension, params};

use super::payments::StoredPayment;
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
    /// What the client takes of it.
    Commission,
    /// What the payer gets back of it at once.
    Cashback,
    /// A payment that was cancelled, or confirmed for more than it is in the end.
    Refund,
}

impl PostingKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Opening => "opening",
            Self::Payment => "payment",
            Self::Commission => "commission",
            Self::Cashback => "cashback",
            Self::Refund => "refund",
        }
    }
}

/// Why money is held.
#[derive(Clone, Copy, Debug)]
pub(crate) enum HoldKind {
    /// The payer's, for an accepted payment.
    Reservation,
    /// The beneficiary's, while a confirmed payment may be cancelled.
    Freeze,
}

impl HoldKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Reservation => "reservation",
            Self::Freeze => "freeze",
        }
    }
}

/// Holds `price` of `wallet` for a payment.
pub(crate) fn hold(
    db: &Connection,
    payment: i64,
    kind: HoldKind,
    wallet: i64,
    price: Money,
) -> Result<(), Refusal> {
    let (account, balance) = account(db, Some(wallet), price.currency())?;
    if balance.at_disposal < price.minor() {
        return Err(Refusal::NotEnoughFunds);
    }
    db.prepare_cached("UPDATE account SET held = held + ?2 WHERE id = ?1")?
        .execute(params![account, price.minor()])?;
    db.prepare_cached(
        "INSERT INTO hold (payment_id, kind, account_id, amount, status) VALUES (?1, ?2, ?3, ?4, 'open')
         ON CONFLICT DO UPDATE SET amount = excluded.amount, status = 'open'",
    )?
    .execute(params![payment, kind.name(), account, price.minor()])?;
    Ok(())
}

/// Gives back what is held for a payment, if anything is.
pub(crate) fn release(db: &Connection, payment: i64, kind: HoldKind) -> Result<(), Refusal> {
    end_hold(db, payment, kind, "released").map(drop)
}

/// Moves a payment's money out of its hold: `price` to `beneficiary`, and from
/// there commission and cashback; what is held beyond the price is given back.
pub(crate) fn capture(
    db: &Connection,
    now: i64,
    key: &str,
    payment: &StoredPayment,
    beneficiary: i64,
) -> Result<(), Refusal> {
    let Some((payer, held)) = end_hold(db, payment.id, HoldKind::Reservation, "captured")? else {
        tracing::error!(payment.id, "a payment without a hold was to be confirmed");
        return Err(Refusal::Internal);
    };
    let (price, terms) = (payment.price, payment.terms);
    let out = terms.out_commission.unwrap_or(0);
    if price.minor() > held || terms.sum() > price.minor() {
        tracing::error!(payment.id, "more was to be moved than is held");
        return Err(Refusal::Internal);
    }
    let of = Some((key, payment.id));
    let (credited, _) = account(db, Some(beneficiary), price.currency())?;
    let main = price.minor().checked_sub(out).ok_or(Refusal::Internal)?;
    transfer(db, now, PostingKind::Payment, of, payer, credited, main)?;
    if let Some(wallet) = payment.commission_wallet {
        let (client, _) = account(db, Some(wallet), price.currency())?;
        transfer(db, now, PostingKind::Commission, of, payer, client, out)?;
        let taken = terms.in_commission.unwrap_or(0);
        transfer(db, now, PostingKind::Commission, of, credited, client, taken)?;
    }
    transfer(db, now, PostingKind::Cashback, of, credited, payer, terms.cashback.unwrap_or(0))
}

/// Moves everything back that was posted for a payment.
pub(crate) fn refund(db: &Connection, now: i64, key: &str, payment: i64) -> Result<(), Refusal> {
    let mut statement = db.prepare_cached(
        "SELECT account_id, -sum(amount), min(balance - held), wallet_id IS NULL
         FROM posting JOIN entry ON posting_id = posting.id JOIN account ON account.id = account_id
         WHERE posting.payment_id = ?1 GROUP BY account_id HAVING sum(amount) <> 0",
    )?;
    let rows = statement.query_map([payment], |row| {
        let spendable: (i64, bool) = (row.get(2)?, row.get(3)?);
        Ok(((row.get(0)?, row.get(1)?), spendable))
    })?;
    let mut entries = Vec::new();
    for row in rows {
        let ((account, amount), (at_disposal, issuing)): ((i64, i64), _) = row?;
        if !issuing && at_disposal.checked_add(amount).is_none_or(|left| left < 0) {
            return Err(Refusal::NotEnoughFunds);
        }
        entries.push((account, amount));
    }
    post(db, now, PostingKind::Refund, Some((key, payment)), &entries)
}

/// Moves a part of a confirmed payment back to its payer.
pub(crate) fn refund_part(
    db: &Connection,
    now: i64,
    (key, payment): (&str, i64),
    beneficiary: i64,
    payer: i64,
    amount: Money,
) -> Result<(), Refusal> {
    let (debited, balance) = account(db, Some(beneficiary), amount.currency())?;
    if balance.at_disposal < amount.minor() {
        return Err(Refusal::NotEnoughFunds);
    }
    let (credited, _) = account(db, Some(payer), amount.currency())?;
    transfer(db, now, PostingKind::Refund, Some((key, payment)), debited, credited, amount.minor())
}

/// Gives a wallet money out of the issuing account.
pub(crate) fn issue(db: &Connection, now: i64, wallet: i64, amount: Money) -> Result<(), Refusal> {
    let (issuing, _) = account(db, None, amount.currency())?;
    let (credited, _) = account(db, Some(wallet), amount.currency())?;
    transfer(db, now, PostingKind::Opening, None, issuing, credited, amount.minor())
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
fn end_hold(
    db: &Connection,
    payment: i64,
    kind: HoldKind,
    status: &str,
) -> Result<Option<(i64, i64)>, Refusal> {
    let hold: Option<(i64, i64)> = db
        .prepare_cached(
            "SELECT account_id, amount FROM hold WHERE payment_id = ?1 AND kind = ?2 AND status = 'open'",
        )?
        .query_row(params![payment, kind.name()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    if let Some((account, amount)) = hold {
        db.prepare_cached("UPDATE hold SET status = ?3 WHERE payment_id = ?1 AND kind = ?2")?
            .execute(params![payment, kind.name(), status])?;
        db.prepare_cached("UPDATE account SET held = held - ?2 WHERE id = ?1")?
            .execute(params![account, amount])?;
    }
    Ok(hold)
}

/// A posting of two entries; nothing if no money moves.
fn transfer(
    db: &Connection,
    now: i64,
    kind: PostingKind,
    of: Option<(&str, i64)>,
    from: i64,
    to: i64,
    amount: i64,
) -> Result<(), Refusal> {
    if amount == 0 || from == to {
        return Ok(());
    }
    let debit = amount.checked_neg().ok_or(Refusal::Internal)?;
    post(db, now, kind, of, &[(from, debit), (to, amount)])
}

/// One posting, of a transaction's payment if it is of any. Its entries are of
/// one currency and must sum to zero.
fn post(
    db: &Connection,
    now: i64,
    kind: PostingKind,
    of: Option<(&str, i64)>,
    entries: &[(i64, i64)],
) -> Result<(), Refusal> {
    let sum = entries.iter().try_fold(0_i64, |sum, (_, amount)| sum.checked_add(*amount));
    if sum != Some(0) {
        tracing::error!(?entries, "a posting does not sum to zero");
        return Err(Refusal::Internal);
    }
    db.prepare_cached("INSERT INTO posting (at, kind, transaction_key, payment_id) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![now, kind.name(), of.map(|(key, _)| key), of.map(|(_, payment)| payment)])?;
    let posting = db.last_insert_rowid();
    for (account, amount) in entries {
        db.prepare_cached("INSERT INTO entry (posting_id, account_id, amount) VALUES (?1, ?2, ?3)")?
            .execute(params![posting, account, amount])?;
        db.prepare_cached("UPDATE account SET balance = balance + ?2 WHERE id = ?1")?
            .execute(params![account, amount])?;
    }
    Ok(())
}
