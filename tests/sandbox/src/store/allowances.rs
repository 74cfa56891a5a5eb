//! Permissions to charge a wallet without asking (wallet-api section 6.1).

use paysera_core::money::{Currency, Money};
use rusqlite::{Connection, OptionalExtension, params};

use super::ledger;
use crate::error::Refusal;

/// The active allowance of one client on one wallet.
#[derive(Clone, Debug)]
pub(crate) struct Allowance {
    pub(crate) id: i64,
    wallet: i64,
    currency: String,
    limit_price: i64,
    limit_time: i64,
}

impl Allowance {
    /// The active allowance of `client` on `wallet`.
    pub(crate) fn active(db: &Connection, client: &str, wallet: i64) -> Result<Option<Self>, Refusal> {
        Ok(db
            .query_row(
                "SELECT id, currency, limit_price, limit_time FROM allowance
                 WHERE client_id = ?1 AND wallet_id = ?2 AND status = 'active'",
                params![client, wallet],
                |row| {
                    Ok(Self {
                        id: row.get(0)?,
                        wallet,
                        currency: row.get(1)?,
                        limit_price: row.get(2)?,
                        limit_time: row.get(3)?,
                    })
                },
            )
            .optional()?)
    }

    /// Whether it covers `price` in full, whatever the balance.
    pub(crate) fn covers(&self, db: &Connection, now: i64, prices: &[Money]) -> Result<bool, Refusal> {
        let mut sum = 0_i64;
        for price in prices {
            if price.currency().code() != self.currency {
                return Ok(false);
            }
            sum = sum.checked_add(price.minor()).ok_or(Refusal::LimitsExceeded)?;
        }
        Ok(sum <= self.unused(db, now)?)
    }

    /// The largest sum that can be charged now: the rest of the limit or the
    /// balance, whichever is less.
    pub(crate) fn chargeable(&self, db: &Connection, now: i64, currency: Currency) -> Result<Money, Refusal> {
        let minor = if currency.code() == self.currency {
            self.unused(db, now)?.min(ledger::balance(db, self.wallet, currency)?.at_disposal).max(0)
        } else {
            0
        };
        Ok(Money::from_minor(minor, currency))
    }

    /// What the limit has left; reserved and confirmed transactions use it.
    fn unused(&self, db: &Connection, now: i64) -> Result<i64, Refusal> {
        let used: i64 = db.query_row(
            "SELECT coalesce(sum(price), 0) FROM transactions JOIN payment ON transaction_key = key
             WHERE allowance_id = ?1 AND reserved_at > ?2 AND status IN ('reserved', 'confirmed')",
            params![self.id, now.saturating_sub(self.limit_time)],
            |row| row.get(0),
        )?;
        Ok(self.limit_price.saturating_sub(used))
    }
}
