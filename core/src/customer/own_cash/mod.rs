//! What becomes of the code on screen: the customer sees that cash was handed
//! out or credited while the code is shown.
//!
//! A statement alone does not say that it is of a code. It names its transaction
//! in the reference, as far as the server does so, and the transaction says how
//! it was accepted and what for (`verdict.rs`). What names none, or one that this
//! customer may not read, is told as unclear and never taken for the code's.

mod verdict;

use super::Customer;
use crate::clock::UnixSeconds;
use crate::code::{TransactionKey, WalletId};
use crate::error::{ApiError, ApiErrorKind};
use crate::money::Money;
use crate::wallet_api::{
    Direction, Statement, StatementFilter, StatementId, Transaction, TransactionStatus, WalletApi,
};
use verdict::Verdict;

/// Which code is on screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnCode {
    /// A reservation code: money goes out.
    CashOut,
    /// A wallet code: money comes in.
    CashIn,
}

/// A phone's clock can be so much ahead of the server's without anybody having noticed: the
/// server takes what is signed five minutes off.
const LOOK_BACK_SECONDS: i64 = 600;

/// What a merchant did with the code on screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnCash {
    /// The customer's money is held by a reservation code; no cash yet.
    Held {
        /// How much.
        amount: Money,
    },
    /// What was held went back: no cash.
    Released {
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
    /// Money went the same way, and the server does not say whether by the code:
    /// show it as what it is, a movement of the account. The code stays on screen.
    Unclear {
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
    wallet: WalletId,
    code: OwnCode,
    since: UnixSeconds,
    told: Vec<StatementId>,
    /// Transactions of the code that were told as settled.
    settled: Vec<TransactionKey>,
    /// Transactions that hold money, and not by the code as far as is known.
    others: Vec<TransactionKey>,
    /// The transaction of the code that holds money, and how much.
    held: Option<(TransactionKey, Money)>,
    /// What was told as settled before its statement was there.
    awaited: Vec<Money>,
    looks: u32,
}

impl Customer {
    /// Begins to look at what becomes of a code. Call it before the code is
    /// shown: what the account's statement has by then does not count. It reads
    /// with the scope `statements`, and for a cash-out `outgoing_payments`.
    ///
    /// # Errors
    /// [`ApiError`] if the account can't be read.
    pub async fn watch_own_cash(&self, code: OwnCode) -> Result<OwnCashWatch, ApiError> {
        let mut watch = OwnCashWatch {
            customer: self.clone(),
            wallet: self.wallet().await?,
            code,
            since: self.phone.api.server_now().plus(-LOOK_BACK_SECONDS),
            told: Vec::new(),
            settled: Vec::new(),
            others: Vec::new(),
            held: None,
            awaited: Vec::new(),
            looks: 0,
        };
        let before = watch.untold(&self.phone.api).await?;
        watch.told = before.into_iter().map(|statement| statement.id).collect();
        if code == OwnCode::CashOut {
            let held = watch.held_money(&self.phone.api).await?;
            watch.others = held.into_iter().map(|(key, _)| key).collect();
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

    /// What is held is followed by its key, before the statement that may name none
    /// comes; what settled between two looks is only in the statement.
    async fn look(&mut self) -> Result<Option<OwnCash>, ApiError> {
        let api = self.customer.phone.api.watching();
        if let Some((key, held)) = self.held.clone() {
            let seen = self.look_at_held(&api, key, held).await?;
            if seen.is_some() || self.held.is_some() {
                return Ok(seen);
            }
        }
        for statement in self.untold(&api).await? {
            let seen = self.meaning(&api, &statement).await?;
            self.told.push(statement.id);
            if seen.is_some() {
                return Ok(seen);
            }
        }
        match self.code {
            OwnCode::CashOut => self.look_for_held(&api).await,
            OwnCode::CashIn => Ok(None),
        }
    }

    /// What a statement says of the code.
    async fn meaning(&mut self, api: &WalletApi, statement: &Statement) -> Result<Option<OwnCash>, ApiError> {
        let (amount, at) = (statement.amount, statement.date);
        if verdict::is_never_cash(statement) {
            return Ok(None);
        }
        let reference = statement.reference_number.as_deref();
        let key = reference.and_then(|reference| TransactionKey::parse(reference).ok());
        let verdict = match &key {
            Some(key) if self.settled.contains(key) => {
                self.is_awaited(amount);
                return Ok(None);
            }
            Some(key) => self.verdict(self.read(api, key).await?.as_ref()),
            None => Verdict::Unclear,
        };
        match (verdict, key) {
            (Verdict::OfTheCode, Some(key)) => self.settle(key, amount, at).map(Some),
            (Verdict::NotOfTheCode, _) => Ok(None),
            _ if self.is_awaited(amount) => Ok(None),
            _ => Ok(Some(OwnCash::Unclear { amount, at })),
        }
    }

    /// Whether a statement is that of something that was told before it was there.
    fn is_awaited(&mut self, amount: Money) -> bool {
        let place = self.awaited.iter().position(|awaited| *awaited == amount);
        place.map(|place| self.awaited.swap_remove(place)).is_some()
    }

    fn settle(&mut self, key: TransactionKey, amount: Money, at: UnixSeconds) -> Result<OwnCash, ApiError> {
        if self.code == OwnCode::CashOut && self.customer.phone.codes.is_some() {
            // The code is used: the screen must not show it any more.
            self.customer.next_cash_out_code()?;
        }
        self.held = None;
        self.settled.push(key);
        Ok(OwnCash::Settled { amount, at })
    }

    /// Whether what was held has settled, or went back.
    async fn look_at_held(
        &mut self,
        api: &WalletApi,
        key: TransactionKey,
        held: Money,
    ) -> Result<Option<OwnCash>, ApiError> {
        let transaction = self.read(api, &key).await?;
        let (amount, at) = match transaction {
            Some(transaction) if transaction.status == TransactionStatus::Reserved => return Ok(None),
            Some(transaction) if transaction.status == TransactionStatus::Confirmed => (
                transaction.amount().unwrap_or(held),
                transaction.confirmed_at.unwrap_or(transaction.created_at),
            ),
            // The code can hold money for another one.
            _ => {
                self.held = None;
                return Ok(Some(OwnCash::Released { amount: held }));
            }
        };
        let seen = self.settle(key, amount, at)?;
        self.awaited.push(amount);
        Ok(Some(seen))
    }

    /// Whether money is held by the code now.
    async fn look_for_held(&mut self, api: &WalletApi) -> Result<Option<OwnCash>, ApiError> {
        for (key, amount) in self.held_money(api).await? {
            if self.settled.contains(&key) || self.others.contains(&key) {
                continue;
            }
            let transaction = self.read(api, &key).await?;
            match self.verdict(transaction.as_ref()) {
                Verdict::OfTheCode
                    if transaction.is_some_and(|one| one.status == TransactionStatus::Reserved) =>
                {
                    self.held = Some((key, amount));
                    return Ok(Some(OwnCash::Held { amount }));
                }
                // The list is behind the transaction.
                Verdict::OfTheCode => {}
                Verdict::NotOfTheCode | Verdict::Unclear => self.others.push(key),
            }
        }
        Ok(None)
    }

    /// The transactions that hold money of the account, and how much.
    async fn held_money(&self, api: &WalletApi) -> Result<Vec<(TransactionKey, Money)>, ApiError> {
        let pending = api.wallets().pending(self.customer.phone.wallet_ref(), Default::default()).await?;
        let out = pending.items.into_iter().filter(|pending| pending.direction == Direction::Out);
        Ok(out.filter_map(|pending| Some((pending.transaction_key?, pending.amount))).collect())
    }

    fn verdict(&self, transaction: Option<&Transaction>) -> Verdict {
        transaction.map_or(Verdict::Unclear, |transaction| verdict::of(transaction, self.code, self.wallet))
    }

    /// The statements since the beginning that nobody was told of, oldest first.
    async fn untold(&self, api: &WalletApi) -> Result<Vec<Statement>, ApiError> {
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
        let mut untold = Vec::new();
        while let Some(statement) = statements.next().await? {
            if !self.told.contains(&statement.id) {
                untold.push(statement);
            }
        }
        Ok(untold)
    }

    /// The transaction; nothing if this customer may not see it.
    async fn read(&self, api: &WalletApi, key: &TransactionKey) -> Result<Option<Transaction>, ApiError> {
        match api.transactions().get(key).await.map_err(ApiError::from) {
            Ok(transaction) => Ok(Some(transaction)),
            Err(ApiError { kind: ApiErrorKind::NotFound | ApiErrorKind::NotAllowed, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
