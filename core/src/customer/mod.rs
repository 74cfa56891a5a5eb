//! The customer's phone: look at what a scanned code asks for, pay it, show a
//! cash-out code, show a cash-in code.

mod builder;
mod pay;
mod reservation_codes;
mod review;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::OnceCell;

pub use builder::CustomerBuilder;
pub use reservation_codes::{ChainState, ReservationCodeGenerator, SandboxV1, SandboxV1Params};
pub use review::Review;

use crate::attempt::{Attempt, AttemptSetup, launch};
use crate::clock::{Clock, Random};
use crate::code::{Code, CodeKind, TransactionKey, WalletId};
use crate::error::{ApiError, ApiErrorKind};
use crate::journal::{AttemptId, AttemptKind, Journal};
use crate::money::Currency;
use crate::wallet_api::{Credentials, CurrencyBalance, Environment, WalletApi, WalletRef};
use reservation_codes::CodeChain;

/// A customer's phone. Cheap to clone; all clones are the same phone.
#[derive(Clone, Debug)]
pub struct Customer {
    phone: Arc<Phone>,
}

#[derive(Debug)]
struct Phone {
    api: WalletApi,
    device: String,
    journal: Arc<dyn Journal>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    poll_interval: Duration,
    wallet: OnceCell<WalletId>,
    codes: Option<CodeChain>,
    /// One attempt a transaction: scanning it again finds the first one.
    started: Mutex<HashMap<TransactionKey, Attempt>>,
}

impl Customer {
    /// Begins to build a phone that signs with the user's token.
    #[must_use]
    pub fn builder(environment: Environment, credentials: Arc<dyn Credentials>) -> CustomerBuilder {
        CustomerBuilder::new(environment, credentials)
    }

    /// The customer's wallet. Asked for once, then remembered.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn wallet(&self) -> Result<WalletId, ApiError> {
        let wallet = self.phone.wallet.get_or_try_init(|| async {
            self.phone.api.wallets().get(WalletRef::Me).await.map(|wallet| wallet.id)
        });
        Ok(wallet.await.copied()?)
    }

    /// What the customer's wallet holds in `currency`.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn balance(&self, currency: Currency) -> Result<CurrencyBalance, ApiError> {
        Ok(self.phone.api.wallets().balance(WalletRef::Me).await?.in_currency(currency))
    }

    /// What a scanned code asks for, as the server says: nothing is paid yet.
    ///
    /// # Errors
    /// [`ApiError`]: `wrong_code` for a code that is not a transaction's,
    /// `not_found` for one that the server does not know.
    pub async fn review(&self, code: &Code) -> Result<Review, ApiError> {
        let key = match code {
            Code::Transaction(key) | Code::DeepLink { key, .. } => key,
            other => {
                return Err(ApiError::local(ApiErrorKind::WrongCode {
                    expected: CodeKind::Transaction,
                    found: Some(other.kind()),
                }));
            }
        };
        Review::of(&self.phone.api.transactions().get_for_review(key).await?)
    }

    /// Pays what was reviewed from the customer's wallet. Paying the same
    /// transaction again gives the same attempt.
    ///
    /// # Errors
    /// [`ApiError`] if it is refused before anything is sent. Later errors are
    /// states of the attempt.
    pub async fn pay(&self, review: &Review) -> Result<Attempt, ApiError> {
        let amount = review.amount.require_positive()?;
        let wallet = self.wallet().await?;
        let phone = &self.phone;
        let mut started = phone.started.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(attempt) = started.get(&review.transaction) {
            return Ok(attempt.clone());
        }
        let id = AttemptId::new(phone.random.as_ref())
            .map_err(|error| ApiError::local(ApiErrorKind::Bug { details: error.to_string() }))?;
        let setup = AttemptSetup {
            id,
            kind: AttemptKind::Pay,
            amount,
            device: phone.device.clone(),
            api: phone.api.clone(),
            journal: Arc::clone(&phone.journal),
            clock: Arc::clone(&phone.clock),
            poll_interval: phone.poll_interval,
        };
        let attempt = launch(setup, pay::Pay { key: review.transaction.clone(), wallet });
        started.insert(review.transaction.clone(), attempt.clone());
        Ok(attempt)
    }

    /// The code that a merchant scans to pay cash into this wallet.
    ///
    /// # Errors
    /// [`ApiError`] if the wallet is not known yet and can't be asked for.
    pub async fn cash_in_code(&self) -> Result<Code, ApiError> {
        self.wallet().await.map(Code::Wallet)
    }

    /// The reservation code that a merchant scans to hand out cash. The same
    /// one until [`Customer::next_cash_out_code`] is asked for. No network.
    ///
    /// # Errors
    /// [`ApiError`]: `not_allowed` without a generator, `storage_failed` if the
    /// code's position can't be stored.
    pub fn cash_out_code(&self) -> Result<Code, ApiError> {
        self.codes()?.current().map(Code::Reservation)
    }

    /// The next reservation code: after the current one was used, or when the
    /// customer asks for another. The current one stays good until it or a
    /// later one is accepted.
    ///
    /// # Errors
    /// As [`Customer::cash_out_code`].
    pub fn next_cash_out_code(&self) -> Result<Code, ApiError> {
        self.codes()?.next().map(Code::Reservation)
    }

    fn codes(&self) -> Result<&CodeChain, ApiError> {
        self.phone.codes.as_ref().ok_or_else(|| ApiError::local(ApiErrorKind::NotAllowed))
    }
}
