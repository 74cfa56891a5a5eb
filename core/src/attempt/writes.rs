//! The writes of an attempt. None is repeated blindly: after any error or no
//! answer the transaction is read, and the server's state decides.

use serde_json::{Value, json};

use super::driver::Driver;
use super::server_says::ServerSays;
use super::state::{AttemptState, CancelledBy, Receipt, Stop, WaitingFor};
use crate::clock::UnixSeconds;
use crate::code::{ReservationCode, TransactionKey};
use crate::error::{ApiError, ApiErrorKind};
use crate::journal::{AttemptEvent, CancelReason};
use crate::wallet_api::{
    CreateTransaction, Delivery, NewPayment, Transaction, TransactionFilter, WalletApiError, WalletRef,
    Window,
};

/// A lost transaction is looked for this far before the attempt began: clocks
/// of a server farm differ.
const LOOK_BACK_SECONDS: i64 = 300;
/// The largest page that the server gives.
const PAGE: u32 = 200;
/// Transactions newer than this attempt that are looked through.
const LOOK_THROUGH: u64 = 10_000;

/// How acceptance is asked for.
#[derive(Clone, Debug)]
pub(crate) enum ReserveBy {
    /// With the customer's reservation code.
    Code(ReservationCode),
    /// From a wallet: by the customer's own token, or by an allowance.
    Wallet(WalletRef),
}

/// A write on an existing transaction.
#[derive(Clone, Copy, Debug)]
enum Write<'a> {
    Reserve(&'a ReserveBy),
    Confirm,
    Revoke,
}

/// What a write came to: the transaction as the server has it now, and the
/// error if the write's own answer was one.
struct Written {
    transaction: Transaction,
    error: Option<WalletApiError>,
}

impl Driver {
    /// The payment's parameters: how a transaction whose answer was lost is
    /// recognised as this attempt's.
    pub(crate) fn parameters(&self) -> Value {
        json!({
            "attempt": self.setup.id,
            "device": self.setup.device,
            "kind": self.setup.kind.name(),
        })
    }

    /// Creates the transaction. If the answer is lost it is looked for in the
    /// client's list; it is never created a second time. One that is found by
    /// nobody was accepted by nobody, so it moves no money.
    pub(crate) async fn create(&mut self, new: &CreateTransaction) -> Result<Transaction, Stop> {
        let began = self.now();
        self.record(AttemptEvent::CreateSent)?;
        let transaction = match self.setup.api.transactions().create(new).await {
            Ok(transaction) => transaction,
            Err(error) if error.delivery() != Delivery::Unknown => return Err(Stop::failed(&error)),
            Err(error) => match self.find_created(began).await {
                Some(transaction) => transaction,
                None => return Err(Stop::failed(&error)),
            },
        };
        let key = transaction.transaction_key.clone();
        self.record(AttemptEvent::Created { key: key.clone() })?;
        if is_as_asked(new, &transaction) {
            return Ok(transaction);
        }
        let differs = Stop::failed(ApiError::local(ApiErrorKind::AmountDiffers));
        match self.take_back(&key, CancelReason::Refused).await {
            Ok(_) | Err(Stop::Ended(_)) => Err(differs),
            Err(stop) => Err(stop),
        }
    }

    /// Looks for this attempt's transaction among the client's, until the whole
    /// list could be read or somebody cancels.
    async fn find_created(&mut self, began: UnixSeconds) -> Option<Transaction> {
        let mut round = 0;
        loop {
            match self.look_through(began).await {
                Ok(found) => return found,
                Err(_) if self.cancel_requested => return None,
                Err(error) => self.pause(round, error.retry_after()).await,
            }
            round = round.saturating_add(1);
        }
    }

    async fn look_through(&self, began: UnixSeconds) -> Result<Option<Transaction>, WalletApiError> {
        let mut offset = 0;
        loop {
            let filter = TransactionFilter {
                from: Some(began.plus(-LOOK_BACK_SECONDS)),
                window: Window { limit: Some(PAGE), offset: Some(offset) },
                ..TransactionFilter::default()
            };
            let page = self.setup.api.transactions().list(&filter).await?;
            let read = u64::try_from(page.items.len()).unwrap_or(u64::MAX);
            if let Some(found) = page.items.into_iter().find(|found| self.is_own(found)) {
                return Ok(Some(found));
            }
            offset = offset.saturating_add(read);
            if read == 0 || offset >= page.metadata.total || offset >= LOOK_THROUGH {
                return Ok(None);
            }
        }
    }

    fn is_own(&self, transaction: &Transaction) -> bool {
        let own = self.parameters();
        transaction.payments.iter().any(|payment| payment.parameters.as_ref() == Some(&own))
    }

    /// Asks for acceptance and brings the transaction to `reserved` or
    /// `confirmed`, also where something is missing at first. After a clear
    /// refusal the transaction is payable, unless it is taken back.
    pub(crate) async fn reserve(
        &mut self,
        key: &TransactionKey,
        by: &ReserveBy,
    ) -> Result<Transaction, Refusal> {
        let mut round = 0;
        loop {
            self.record(AttemptEvent::ReserveSent).map_err(Refusal::Stop)?;
            let written = self.write(key, Write::Reserve(by)).await;
            match self.server_says(&written.transaction) {
                ServerSays::Reserved | ServerSays::Confirmed => return Ok(written.transaction),
                ServerSays::Waiting(wanted) => {
                    return self.await_held(key, wanted).await.map_err(Refusal::Stop);
                }
                ServerSays::Ended(state) => return Err(Refusal::Stop(Stop::Ended(state))),
                ServerSays::Open { .. } | ServerSays::Unclear => match written.error {
                    Some(error) if error.delivery() == Delivery::Refused => {
                        return Err(Refusal::ByServer(ApiError::from(&error)));
                    }
                    _ if self.cancel_requested => {
                        return self.take_back(key, CancelReason::Requested).await.map_err(Refusal::Stop);
                    }
                    // Unknown, or never sent: only the same call on the same key is repeated.
                    error => self.pause(round, error.and_then(|error| error.retry_after())).await,
                },
            }
            round = round.saturating_add(1);
        }
    }

    /// Waits until what is missing is there and the money is held.
    async fn await_held(&mut self, key: &TransactionKey, wanted: WaitingFor) -> Result<Transaction, Stop> {
        self.enter(AttemptState::Waiting { wanted });
        loop {
            self.wait_for_poll().await;
            if self.cancel_requested {
                return self.take_back(key, CancelReason::Requested).await;
            }
            let transaction = self.read(key).await;
            match self.server_says(&transaction) {
                ServerSays::Reserved | ServerSays::Confirmed => return Ok(transaction),
                ServerSays::Waiting(wanted) => self.enter(AttemptState::Waiting { wanted }),
                ServerSays::Ended(state) => return Err(Stop::Ended(state)),
                ServerSays::Open { .. } | ServerSays::Unclear => self.enter_unknown(),
            }
        }
    }

    /// Settles. Comes back with the confirmed transaction, or stops where the
    /// server ended it. A confirm that may be on its way is only ever followed
    /// by the same confirm or by a revoke.
    pub(crate) async fn confirm(&mut self, key: &TransactionKey) -> Result<Transaction, Stop> {
        let mut round = 0;
        loop {
            self.hear_taps();
            if self.cancel_requested {
                return self.take_back(key, CancelReason::Requested).await;
            }
            self.enter(AttemptState::Settling);
            self.record(AttemptEvent::ConfirmSent)?;
            let written = self.write(key, Write::Confirm).await;
            self.own_confirm |= match &written.error {
                None => true,
                Some(error) => error.delivery() == Delivery::Unknown,
            };
            match self.server_says(&written.transaction) {
                ServerSays::Confirmed => {
                    self.record(AttemptEvent::Confirmed)?;
                    return Ok(written.transaction);
                }
                ServerSays::Ended(state) => return Err(Stop::Ended(state)),
                _ => self.pause(round, written.error.and_then(|error| error.retry_after())).await,
            }
            round = round.saturating_add(1);
        }
    }

    /// Takes the transaction back until the server says how it ended. If it had
    /// settled already, that is the result.
    pub(crate) async fn take_back(
        &mut self,
        key: &TransactionKey,
        why: CancelReason,
    ) -> Result<Transaction, Stop> {
        let mut round = 0;
        loop {
            self.record(AttemptEvent::RevokeSent { why })?;
            self.taken_back = Some(why);
            self.enter(AttemptState::Cancelling { why });
            let written = self.write(key, Write::Revoke).await;
            match self.server_says(&written.transaction) {
                ServerSays::Confirmed => {
                    self.record(AttemptEvent::Confirmed)?;
                    return Ok(written.transaction);
                }
                ServerSays::Ended(state) => return Err(Stop::Ended(state)),
                _ => self.pause(round, written.error.and_then(|error| error.retry_after())).await,
            }
            round = round.saturating_add(1);
        }
    }

    /// A refused acceptance leaves a payable transaction: it is taken back
    /// before the refusal is told.
    pub(crate) async fn refused(&mut self, key: &TransactionKey, refusal: Refusal) -> Result<Receipt, Stop> {
        let error = match refusal {
            Refusal::Stop(stop) => return Err(stop),
            Refusal::ByServer(error) => error,
        };
        match self.take_back(key, CancelReason::Refused).await {
            Ok(confirmed) => self.settled(&confirmed),
            Err(Stop::Ended(AttemptState::Cancelled { by: CancelledBy::ThisSide })) => {
                Err(Stop::failed(error))
            }
            Err(stop) => Err(stop),
        }
    }

    /// Performs a write; if its answer is anything but the transaction, reads.
    async fn write(&mut self, key: &TransactionKey, write: Write<'_>) -> Written {
        let transactions = self.setup.api.transactions();
        let answer = match write {
            Write::Reserve(ReserveBy::Code(code)) => transactions.reserve_by_code(key, code).await,
            Write::Reserve(ReserveBy::Wallet(wallet)) => transactions.reserve_from_wallet(key, *wallet).await,
            Write::Confirm => transactions.confirm(key).await,
            Write::Revoke => transactions.revoke(key).await,
        };
        match answer {
            Ok(transaction) => Written { transaction, error: None },
            Err(error) => Written { transaction: self.read(key).await, error: Some(error) },
        }
    }
}

/// A server that made something else than it was asked for gets no customer's
/// money.
fn is_as_asked(new: &CreateTransaction, transaction: &Transaction) -> bool {
    let asked = new.payments.iter().map(|payment: &NewPayment| payment.price);
    let made = transaction.payments.iter().map(|payment| payment.price);
    asked.eq(made) && !transaction.auto_confirm
}

/// Why acceptance did not come about.
#[derive(Clone, Debug)]
pub(crate) enum Refusal {
    /// The server refused; the transaction is still payable.
    ByServer(ApiError),
    /// The attempt is over.
    Stop(Stop),
}
