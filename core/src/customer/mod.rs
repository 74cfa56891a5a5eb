//! The customer's phone: look at what a scanned code asks for, pay it, show a
//! cash-out code, show a cash-in code.

mod builder;
mod eligibility;
mod history;
mod own_cash;
mod pay;
mod reservation_codes;
mod review;

use std::sync::Arc;

use tokio::sync::OnceCell;

pub use builder::CustomerBuilder;
pub use eligibility::{Eligibility, Obstacle};
pub use history::{History, HistoryItem};
pub use own_cash::{OwnCash, OwnCashWatch, OwnCode};
pub use pay::PayWalletRequest;
pub use reservation_codes::{ChainState, ReservationCodeGenerator, SandboxV1, SandboxV1Params};
pub use review::Review;

use crate::attempt::{Attempt, Host, HostSetup, Pace};
use crate::calendar::BusinessCalendar;
use crate::clock::{Clock, Random};
use crate::code::{Code, CodeKind, TransactionKey, WalletId};
use crate::error::{ApiError, ApiErrorKind};
use crate::journal::{AttemptId, InstallId, Journal, JournalOwner};
use crate::money::Currency;
use crate::wallet_api::{
    Captcha, Credentials, CurrencyBalance, Environment, UserRef, Wallet, WalletApi, WalletRef,
};
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
    journal: Option<Arc<Journal>>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    pace: Pace,
    wallet: OnceCell<WalletId>,
    /// Where the payments live; known once the wallet is.
    host: OnceCell<Arc<Host>>,
    codes: Option<CodeChain>,
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
        Ok(self.phone.api.wallets().balance(self.phone.wallet_ref()).await?.in_currency(currency))
    }

    /// The user's accounts: one of them can be chosen with
    /// [`CustomerBuilder::wallet`].
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn accounts(&self) -> Result<Vec<Wallet>, ApiError> {
        Ok(self.phone.api.users().wallets(UserRef::Me, false).await?)
    }

    /// Whether the account holds enough for what was reviewed.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn can_afford(&self, review: &Review) -> Result<bool, ApiError> {
        Ok(self.phone.api.wallets().has_sufficient(self.phone.wallet_ref(), review.amount).await?)
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
    /// transaction again gives the same attempt, unless that one failed.
    ///
    /// # Errors
    /// [`ApiError`] if it is refused before anything is sent. Later errors are
    /// states of the attempt.
    pub async fn pay(&self, review: &Review) -> Result<Attempt, ApiError> {
        let host = self.host().await?;
        pay::pay(host, review, self.wallet().await?).await
    }

    /// Pays to a scanned wallet code.
    ///
    /// # Errors
    /// As [`Customer::pay`].
    pub async fn pay_wallet(&self, request: PayWalletRequest) -> Result<Attempt, ApiError> {
        let intent = request.intent(&self.phone.device, self.wallet().await?)?;
        self.host().await?.start(intent, None).await
    }

    /// Refuses what was reviewed, so that the merchant knows at once.
    ///
    /// # Errors
    /// [`ApiError`]; `wrong_state` once it is accepted.
    pub async fn decline(&self, review: &Review) -> Result<(), ApiError> {
        self.phone.api.transactions().reject(&review.transaction).await?;
        Ok(())
    }

    /// Picks up what was open when the process died, and gives all payments that
    /// go on. Every payment does it as well.
    ///
    /// # Errors
    /// [`ApiError`] if the journal can't be read, or the wallet is not known yet
    /// and can't be asked for.
    pub async fn resume(&self) -> Result<Vec<Attempt>, ApiError> {
        let host = self.host().await?;
        host.ready().await?;
        Ok(host.open())
    }

    /// A payment of this phone, running or ended.
    ///
    /// # Errors
    /// As [`Customer::resume`].
    pub async fn attempt(&self, id: AttemptId) -> Result<Option<Attempt>, ApiError> {
        self.host().await?.attempt(id).await
    }

    /// Shows the server that a person is there, by the answer of the captcha that a
    /// `captcha_required` asked for.
    ///
    /// # Errors
    /// [`ApiError`]; `bug` for an address that is not the server's.
    pub async fn unlock(&self, captcha: &Captcha, answer: &str) -> Result<(), ApiError> {
        Ok(self.phone.api.unlock(captcha, answer).await?)
    }

    /// The customer's journal, once the wallet is known: the first payment, or
    /// [`Customer::resume`], asks for it.
    #[must_use]
    pub fn journal(&self) -> Option<&Arc<Journal>> {
        self.phone.journal.as_ref().or_else(|| self.phone.host.get().map(|host| &host.journal))
    }

    /// Has the server looked at now: for one transaction after a push message,
    /// for all when the app comes to the foreground or the network is back.
    pub fn poke(&self, transaction: Option<&TransactionKey>) {
        if let Some(host) = self.phone.host.get() {
            host.poke(transaction);
        }
    }

    async fn host(&self) -> Result<&Arc<Host>, ApiError> {
        let wallet = self.wallet().await?;
        self.phone.host.get_or_try_init(|| async { self.phone.host_for(wallet) }).await
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

impl Phone {
    /// The chosen account, or the user's first.
    fn wallet_ref(&self) -> WalletRef {
        self.wallet.get().map_or(WalletRef::Me, |wallet| WalletRef::Id(*wallet))
    }

    fn host_for(&self, wallet: WalletId) -> Result<Arc<Host>, ApiError> {
        let journal = match &self.journal {
            Some(journal) => Arc::clone(journal),
            None => {
                let install = InstallId::new(self.random.as_ref()).map_err(ApiError::bug)?;
                Arc::new(Journal::in_memory(JournalOwner { install, wallet })?)
            }
        };
        Ok(Host::new(HostSetup {
            api: self.api.clone(),
            journal,
            clock: Arc::clone(&self.clock),
            random: Arc::clone(&self.random),
            calendar: BusinessCalendar::default(),
            device: self.device.clone(),
            pace: self.pace,
            lists: None,
        }))
    }
}
