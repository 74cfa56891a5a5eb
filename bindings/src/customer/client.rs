//! A customer's phone.

use std::sync::Arc;

use paysera_core::clock::UnixSeconds;
use paysera_core::code::{TransactionKey, WalletId};
use paysera_core::customer::Customer;
use paysera_core::wallet_api::Captcha;

use super::{Account, CustomerConfig, Eligibility, History, OwnCashWatch, OwnCode, PayWalletRequest, Review};
use crate::attempt::{Attempt, attempt_id};
use crate::code::Code;
use crate::error::ApiError;
use crate::journal::open_journal;
use crate::money::{Balance, currency};
use crate::runtime::{Engine, contained};
use crate::secret_store::AppStore;

/// A customer's phone: pays, and shows codes for cash. One for the process.
#[derive(Debug, uniffi::Object)]
pub struct CustomerClient {
    engine: Arc<Engine>,
    phone: Customer,
}

#[uniffi::export]
impl CustomerClient {
    /// Opens the phone's journal. No network is needed.
    ///
    /// # Errors
    /// [`ApiError`]: `storage_failed` if the journal can't be opened, is open in
    /// another process, or would not outlive this one in production;
    /// `rejected_input` for a journal without a wallet.
    #[uniffi::constructor]
    pub async fn open(config: CustomerConfig) -> Result<Arc<Self>, ApiError> {
        let engine = Engine::current()?;
        let opened = Arc::clone(&engine);
        engine
            .blocking(move || {
                let store = Arc::new(AppStore(config.store));
                let wallet = config.wallet_id.map(WalletId::new).transpose();
                let wallet = wallet.map_err(|error| ApiError::rejected("wallet_id", error))?;
                let credentials = Arc::clone(&config.credentials.0);
                let mut builder =
                    Customer::builder(config.environment.0.clone(), credentials).device(config.device);
                match (config.journal_folder, wallet) {
                    (Some(_), None) => return Err(ApiError::rejected("wallet_id", "belongs to the journal")),
                    (folder, Some(wallet)) => {
                        builder = builder.journal(open_journal(&opened, &store, folder.as_deref(), wallet)?);
                    }
                    (None, None) => {}
                }
                if let Some(generator) = &config.reservation_codes {
                    let store: Arc<AppStore> = Arc::clone(&store);
                    builder = builder.reservation_codes(Arc::clone(&generator.0), store);
                }
                if let Some(pace) = config.pace {
                    builder = builder.pace(pace.into());
                }
                if let Some(limits) = config.request_limits {
                    builder = builder.budget(Arc::new(limits.try_into()?));
                }
                let phone = builder.build()?;
                Ok(Arc::new(Self { engine: Arc::clone(&opened), phone }))
            })
            .await
    }

    /// The customer's wallet. Asked for once.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn wallet(&self) -> Result<u64, ApiError> {
        let phone = self.phone.clone();
        self.engine.run(async move { phone.wallet().await }).await.map(WalletId::get)
    }

    /// What the customer's wallet holds.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn balance(&self, currency_code: String) -> Result<Balance, ApiError> {
        let (phone, currency) = (self.phone.clone(), currency(&currency_code)?);
        self.engine.run(async move { phone.balance(currency).await }).await.map(Into::into)
    }

    /// The user's accounts: one of them can be chosen in the configuration.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn accounts(&self) -> Result<Vec<Account>, ApiError> {
        let phone = self.phone.clone();
        let accounts = self.engine.run(async move { phone.accounts().await }).await?;
        Ok(accounts.into_iter().map(Into::into).collect())
    }

    /// Whether the user may pay, take cash and bring cash. The server decides anew
    /// at each operation.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn eligibility(&self) -> Result<Eligibility, ApiError> {
        let phone = self.phone.clone();
        self.engine.run(async move { phone.eligibility().await }).await.map(Into::into)
    }

    /// What a scanned code asks for, as the server says: nothing is paid yet.
    ///
    /// # Errors
    /// [`ApiError`]: `wrong_code`, `not_found`, `wrong_state` for one that can't be
    /// paid any more.
    pub async fn review(&self, code: Arc<Code>) -> Result<Arc<Review>, ApiError> {
        let phone = self.phone.clone();
        self.engine.run(async move { phone.review(&code.0).await }).await.map(Review::of)
    }

    /// Whether the account holds enough for what was reviewed.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn can_afford(&self, review: Arc<Review>) -> Result<bool, ApiError> {
        let phone = self.phone.clone();
        self.engine.run(async move { phone.can_afford(&review.0).await }).await
    }

    /// Pays what was reviewed. Paying the same transaction again gives the same
    /// attempt, unless that one failed.
    ///
    /// # Errors
    /// [`ApiError`] if it is refused before anything is sent. Later errors are
    /// states of the attempt.
    pub async fn pay(&self, review: Arc<Review>) -> Result<Arc<Attempt>, ApiError> {
        let phone = self.phone.clone();
        let attempt = self.engine.detached(async move { phone.pay(&review.0).await }).await?;
        Ok(Attempt::of(&self.engine, attempt))
    }

    /// Pays to a scanned wallet code.
    ///
    /// # Errors
    /// As `pay`.
    pub async fn pay_wallet(&self, request: PayWalletRequest) -> Result<Arc<Attempt>, ApiError> {
        let (phone, request) = (self.phone.clone(), request.try_into()?);
        let attempt = self.engine.detached(async move { phone.pay_wallet(request).await }).await?;
        Ok(Attempt::of(&self.engine, attempt))
    }

    /// Refuses what was reviewed, so that the merchant knows at once.
    ///
    /// # Errors
    /// [`ApiError`]; `wrong_state` once it is accepted.
    pub async fn decline(&self, review: Arc<Review>) -> Result<(), ApiError> {
        let phone = self.phone.clone();
        self.engine.detached(async move { phone.decline(&review.0).await }).await
    }

    /// The payments that go on, taken up again where an earlier process left them.
    ///
    /// # Errors
    /// [`ApiError`] if the journal can't be read, or the wallet is not known yet
    /// and can't be asked for.
    pub async fn open_attempts(&self) -> Result<Vec<Arc<Attempt>>, ApiError> {
        let phone = self.phone.clone();
        let open = self.engine.detached(async move { phone.resume().await }).await?;
        Ok(open.into_iter().map(|attempt| Attempt::of(&self.engine, attempt)).collect())
    }

    /// A payment of this phone, running or ended, by its identifier.
    ///
    /// # Errors
    /// [`ApiError`] if the journal can't be read.
    pub async fn attempt(&self, id: String) -> Result<Option<Arc<Attempt>>, ApiError> {
        let (phone, id) = (self.phone.clone(), attempt_id(&id)?);
        let attempt = self.engine.detached(async move { phone.attempt(id).await }).await?;
        Ok(attempt.map(|attempt| Attempt::of(&self.engine, attempt)))
    }

    /// Where a damaged journal, or one that a backup brought, was put when this one
    /// was opened.
    #[must_use]
    pub fn journal_set_aside(&self) -> Option<String> {
        let aside = self.phone.journal()?.set_aside()?;
        Some(aside.path.display().to_string())
    }

    /// Has the server looked at now: for one transaction's key after a push
    /// message, for all when the network is back.
    ///
    /// # Errors
    /// `rejected_input` for a text that is no key.
    #[uniffi::method(default(transaction_key = None))]
    pub fn poke(&self, transaction_key: Option<String>) -> Result<(), ApiError> {
        contained(|| {
            self.engine.ensure_running()?;
            let key = transaction_key.as_deref().map(TransactionKey::parse).transpose()?;
            self.phone.poke(key.as_ref());
            Ok(())
        })
    }

    /// The code that a merchant scans to pay cash into this wallet.
    ///
    /// # Errors
    /// [`ApiError`] if the wallet is not known yet and can't be asked for.
    pub async fn cash_in_code(&self) -> Result<Arc<Code>, ApiError> {
        let phone = self.phone.clone();
        let code = self.engine.run(async move { phone.cash_in_code().await }).await?;
        Ok(Arc::new(Code(code)))
    }

    /// The reservation code that a merchant scans to hand out cash: the same one
    /// until it was used or another is asked for. No network.
    ///
    /// # Errors
    /// `not_allowed` without a generator; `storage_failed`.
    pub async fn cash_out_code(&self) -> Result<Arc<Code>, ApiError> {
        let phone = self.phone.clone();
        let code = self.engine.blocking(move || phone.cash_out_code()).await?;
        Ok(Arc::new(Code(code)))
    }

    /// Another reservation code. The one before stays good until it, or a later
    /// one, is accepted.
    ///
    /// # Errors
    /// As `cash_out_code`.
    pub async fn next_cash_out_code(&self) -> Result<Arc<Code>, ApiError> {
        let phone = self.phone.clone();
        let code = self.engine.blocking(move || phone.next_cash_out_code()).await?;
        Ok(Arc::new(Code(code)))
    }

    /// Begins to look at what becomes of a code. Call it before the code is shown.
    ///
    /// # Errors
    /// [`ApiError`] if the account can't be read.
    pub async fn watch_own_cash(&self, code: OwnCode) -> Result<Arc<OwnCashWatch>, ApiError> {
        let phone = self.phone.clone();
        let watch = self.engine.run(async move { phone.watch_own_cash(code.into()).await }).await?;
        Ok(OwnCashWatch::of(&self.engine, watch))
    }

    /// The latest lines of the history that are older than `before` (Unix seconds),
    /// about `limit` of them.
    ///
    /// # Errors
    /// [`ApiError`].
    #[uniffi::method(default(before = None))]
    pub async fn history(&self, limit: u32, before: Option<i64>) -> Result<History, ApiError> {
        let (phone, before) = (self.phone.clone(), before.map(UnixSeconds));
        self.engine.run(async move { phone.history(limit, before).await }).await.map(Into::into)
    }

    /// Unlocks an account with too many requests: the answer to the captcha of a
    /// `captcha_required`.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn unlock(&self, site_key: String, unlock_url: String, answer: String) -> Result<(), ApiError> {
        let (phone, captcha) = (self.phone.clone(), Captcha { site_key, unlock_url });
        self.engine.run(async move { phone.unlock(&captcha, &answer).await }).await
    }
}
