//! What becomes of the code on screen: the customer sees that cash was handed
//! out or credited while the code is shown.

use super::Customer;
use crate::clock::UnixSeconds;
use crate::error::ApiError;
use crate::money::Money;
use crate::wallet_api::{Direction, Statement, StatementFilter, StatementId, WalletApi};

/// Which code is on screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnCode {
    /// A reservation code: money goes out.
    CashOut,
    /// A wallet code: money comes in.
    CashIn,
}

/// What a merchant did with the code on screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnCash {
    /// The customer's money is held for a cash-out; no cash yet.
    Held {
        /// How much.
        amount: Money,
    },
    /// It settled: the cash is, or was, handed over.
    Settled {
        /// How much.
        amount: Money,
        /// When; server time in Unix seconds.
        at: UnixSeconds,
    },
}

/// Looks at what becomes of a code. Dropping it stops looking.
#[derive(Debug)]
pub struct OwnCashWatch {
    customer: Customer,
    code: OwnCode,
    since: UnixSeconds,
    told: Vec<StatementId>,
    held: Option<Money>,
    looks: u32,
}

impl Customer {
    /// Begins to look at what becomes of a code. Call it before the code is
    /// shown: what the account's statement has by then does not count.
    ///
    /// # Errors
    /// [`ApiError`] if the account can't be read.
    pub async fn watch_own_cash(&self, code: OwnCode) -> Result<OwnCashWatch, ApiError> {
        let mut watch = OwnCashWatch {
            customer: self.clone(),
            code,
            since: self.phone.api.server_now(),
            told: Vec::new(),
            held: None,
            looks: 0,
        };
        while let Some(statement) = watch.untold(&self.phone.api).await? {
            watch.told.push(statement.id);
        }
        Ok(watch)
    }
}

impl OwnCashWatch {
    /// The next thing that becomes of the code; waits for it, looking slower as
    /// time passes. After a cash-out the next reservation code is shown.
    ///
    /// # Errors
    /// [`ApiError`] if the account can't be read; it can be called again.
    pub async fn next(&mut self) -> Result<OwnCash, ApiError> {
        loop {
            if let Some(seen) = self.look().await? {
                self.looks = 0;
                return Ok(seen);
            }
            let phone = &self.customer.phone;
            let pause = phone.pace.quick.saturating_mul(self.looks.saturating_add(1)).min(phone.pace.slowest);
            self.looks = self.looks.saturating_add(1);
            phone.clock.sleep(pause).await;
        }
    }

    async fn look(&mut self) -> Result<Option<OwnCash>, ApiError> {
        let phone = &self.customer.phone;
        let api = phone.api.watching();
        if let Some(statement) = self.untold(&api).await? {
            self.told.push(statement.id);
            self.held = None;
            if self.code == OwnCode::CashOut && phone.codes.is_some() {
                // The code is used: the screen must not show it any more.
                self.customer.next_cash_out_code()?;
            }
            return Ok(Some(OwnCash::Settled { amount: statement.amount, at: statement.date }));
        }
        if self.code == OwnCode::CashIn {
            return Ok(None);
        }
        let held = api.wallets().reservations(phone.wallet_ref(), Default::default()).await?;
        let held = held.items.iter().find(|held| held.date >= self.since).map(|held| held.amount);
        if held.is_some() && held != self.held {
            self.held = held;
            return Ok(held.map(|amount| OwnCash::Held { amount }));
        }
        Ok(None)
    }

    /// The oldest statement since the beginning that nobody was told of.
    async fn untold(&self, api: &WalletApi) -> Result<Option<Statement>, ApiError> {
        let direction = match self.code {
            OwnCode::CashOut => Direction::Out,
            OwnCode::CashIn => Direction::In,
        };
        let filter = StatementFilter {
            direction: Some(direction),
            from: Some(self.since),
            oldest_first: true,
            ..StatementFilter::default()
        };
        let mut statements = api.wallets().statements(self.customer.phone.wallet_ref(), filter);
        while let Some(statement) = statements.next().await? {
            if !self.told.contains(&statement.id) {
                return Ok(Some(statement));
            }
        }
        Ok(None)
    }
}
