//! The one task that drives an attempt: its journal, its waiting, its reading.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use super::handle::{Attempt, Shared, Tap};
use super::server_says::{ServerSays, server_says};
use super::state::{AttemptState, Receipt, Stop};
use crate::clock::{Clock, UnixSeconds};
use crate::code::{Code, TransactionKey};
use crate::error::{ApiError, ApiErrorKind};
use crate::journal::{AttemptEvent, AttemptId, AttemptKind, CancelReason, Journal, JournalEntry};
use crate::money::Money;
use crate::wallet_api::{Transaction, WalletApi};

/// After so many rounds without knowing, a person is told that it is not known.
const ROUNDS_BEFORE_UNKNOWN: u32 = 3;
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// A server that asks for more is asked again after this all the same.
const LONGEST_ASKED_PAUSE: Duration = Duration::from_secs(3600);

/// The steps of one kind of operation.
pub(crate) trait Operation: Send + 'static {
    /// Goes from the tap to the receipt, or to the state where it stopped.
    fn run(self, driver: &mut Driver) -> impl Future<Output = Result<Receipt, Stop>> + Send;
}

/// What an attempt is started with.
#[derive(Debug)]
pub(crate) struct AttemptSetup {
    pub(crate) id: AttemptId,
    pub(crate) kind: AttemptKind,
    pub(crate) amount: Money,
    pub(crate) device: String,
    pub(crate) api: WalletApi,
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) poll_interval: Duration,
}

/// Drives one attempt.
#[derive(Debug)]
pub(crate) struct Driver {
    pub(super) setup: AttemptSetup,
    pub(super) shared: Arc<Shared>,
    taps: mpsc::UnboundedReceiver<Tap>,
    pub(super) cancel_requested: bool,
    /// Why this attempt asked to take its transaction back.
    pub(super) taken_back: Option<CancelReason>,
    /// Whether a settlement can be this attempt's own: the server may have
    /// acted on its confirm.
    pub(super) own_confirm: bool,
    server_was_asked: bool,
}

/// What a wait ended with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tapped {
    /// The person said that the asked-for thing is done.
    Done,
    /// The person wants to take the operation back.
    Cancel,
}

/// Starts an attempt on the current runtime. A panic in its task leaves it in
/// [`AttemptState::Unknown`]: nobody is told an end that the server did not say.
pub(crate) fn launch(setup: AttemptSetup, operation: impl Operation) -> Attempt {
    let (taps, receiver) = mpsc::unbounded_channel();
    let shared = Arc::new(Shared::new(setup.id, setup.kind, setup.amount, taps));
    let attempt = Attempt { shared: Arc::clone(&shared) };
    let api = setup.api.clone();
    let mut driver = Driver {
        setup,
        shared: Arc::clone(&shared),
        taps: receiver,
        cancel_requested: false,
        taken_back: None,
        own_confirm: false,
        server_was_asked: false,
    };
    let task = tokio::spawn(async move { driver.run(operation).await });
    tokio::spawn(async move {
        if task.await.is_err() {
            let now = api.server_now();
            shared.enter(AttemptState::Unknown { since: now, next_check: now });
        }
    });
    attempt
}

impl Driver {
    async fn run(&mut self, operation: impl Operation) {
        let started = AttemptEvent::Started { kind: self.setup.kind, amount: self.setup.amount };
        let end = match self.record(started) {
            Ok(()) => operation.run(self).await,
            Err(stop) => Err(stop),
        };
        let state = match end {
            Ok(receipt) => AttemptState::Settled { receipt },
            Err(stop) => stop.into_state(),
        };
        // The money is where the server says it is, also when this line is lost.
        let _ = self.record(AttemptEvent::Ended { state: state.name() });
        self.enter(state);
    }

    /// Writes an event down; the effect that depends on it comes after. If it
    /// can't be written the attempt stops: as failed while the server has not
    /// been asked for anything, else as unknown.
    pub(crate) fn record(&mut self, event: AttemptEvent) -> Result<(), Stop> {
        let at = self.now();
        let asks_server = matches!(event, AttemptEvent::CreateSent | AttemptEvent::ReserveSent);
        match self.setup.journal.append(JournalEntry { attempt: self.setup.id, at, event }) {
            Ok(()) => {
                self.server_was_asked |= asks_server;
                Ok(())
            }
            Err(_) if self.server_was_asked => {
                Err(Stop::Here(AttemptState::Unknown { since: at, next_check: at }))
            }
            Err(error) => Err(Stop::failed(error)),
        }
    }

    pub(crate) fn enter(&self, state: AttemptState) {
        self.shared.enter(state);
    }

    /// The server's time.
    pub(crate) fn now(&self) -> UnixSeconds {
        self.setup.api.server_now()
    }

    pub(crate) fn amount(&self) -> Money {
        self.setup.amount
    }

    /// Waits until a customer has accepted and the money is held, while the
    /// code is on screen. Time never ends it: at `expires_at` the transaction
    /// is taken back, and what becomes of it is the server's word.
    pub(crate) async fn await_acceptance(
        &mut self,
        key: &TransactionKey,
        expires_at: UnixSeconds,
    ) -> Result<Transaction, Stop> {
        let code = Code::Transaction(key.clone());
        self.enter(AttemptState::Presenting { code: code.clone(), expires_at, accepting: false });
        loop {
            if self.cancel_requested {
                return self.take_back(key, CancelReason::Requested).await;
            }
            let transaction = self.read(key).await;
            match self.server_says(&transaction) {
                ServerSays::Open { accepting } => {
                    self.enter(AttemptState::Presenting { code: code.clone(), expires_at, accepting });
                }
                ServerSays::Waiting(wanted) => self.enter(AttemptState::Waiting { wanted }),
                ServerSays::Reserved | ServerSays::Confirmed => return Ok(transaction),
                ServerSays::Ended(state) => return Err(Stop::Ended(state)),
                ServerSays::Unclear => self.enter_unknown(),
            }
            if self.now() >= expires_at {
                return self.take_back(key, CancelReason::Expired).await;
            }
            self.wait_for_poll().await;
        }
    }

    /// Reads what the server says until it says something. After a few rounds
    /// the state says that it is not known.
    pub(crate) async fn read(&mut self, key: &TransactionKey) -> Transaction {
        let before = self.shared.state();
        let mut round = 0;
        loop {
            match self.setup.api.watching().transactions().get(key).await {
                Ok(transaction) => {
                    // Known again: back to what was shown before.
                    if matches!(self.shared.state(), AttemptState::Unknown { .. }) {
                        self.enter(before);
                    }
                    return transaction;
                }
                Err(error) => {
                    self.pause(round, error.retry_after()).await;
                    round = round.saturating_add(1);
                }
            }
        }
    }

    /// Waits longer from round to round, or as long as the server asked; from
    /// the third round on, the state says that the outcome is not known.
    pub(super) async fn pause(&mut self, round: u32, asked: Option<Duration>) {
        let doubled = FIRST_PAUSE.saturating_mul(1_u32.checked_shl(round).unwrap_or(u32::MAX));
        let pause = match asked {
            Some(asked) => asked.min(LONGEST_ASKED_PAUSE),
            None => doubled.min(LONGEST_PAUSE),
        };
        if round.saturating_add(1) >= ROUNDS_BEFORE_UNKNOWN {
            self.unknown_for(pause);
        }
        self.wait(pause).await;
    }

    /// Says that the server's last word means nothing, and that it is asked
    /// again at the next poll.
    pub(crate) fn enter_unknown(&self) {
        self.unknown_for(self.setup.poll_interval);
    }

    /// Waits until the next poll is due, or somebody pokes or cancels.
    pub(crate) async fn wait_for_poll(&mut self) {
        self.wait(self.setup.poll_interval).await;
    }

    fn unknown_for(&self, pause: Duration) {
        let now = self.now();
        let since = match self.shared.state() {
            AttemptState::Unknown { since, .. } => since,
            _ => now,
        };
        let next_check = now.plus(i64::try_from(pause.as_secs()).unwrap_or(i64::MAX));
        self.enter(AttemptState::Unknown { since, next_check });
    }

    /// Waits for `duration`, or until somebody pokes or cancels.
    async fn wait(&mut self, duration: Duration) {
        let mut timer = self.setup.clock.sleep(duration);
        loop {
            tokio::select! {
                () = &mut timer => return,
                tap = self.taps.recv() => match tap {
                    Some(Tap::Cancel) => {
                        self.cancel_requested = self.may_take_back();
                        return;
                    }
                    Some(Tap::Poke) => return,
                    // Said too early or twice: there is nothing on screen that asks for it.
                    Some(Tap::CashReceived | Tap::CashHandedOut | Tap::CashReturned) => {}
                    // Every handle is gone; the attempt goes on by time alone.
                    None => return timer.await,
                },
            }
        }
    }

    /// Asks the cashier about cash and waits for the answer; a cancel counts
    /// only where `state` asks to take cash.
    pub(crate) async fn ask_about_cash(&mut self, state: AttemptState) -> Tapped {
        let (expected, may_cancel) = match state {
            AttemptState::TakeCash { .. } => (Tap::CashReceived, true),
            AttemptState::ReturnCash { .. } => (Tap::CashReturned, false),
            _ => (Tap::CashHandedOut, false),
        };
        self.enter(state);
        loop {
            if may_cancel && self.cancel_requested {
                return Tapped::Cancel;
            }
            match self.taps.recv().await {
                Some(tap) if tap == expected => return Tapped::Done,
                Some(Tap::Cancel) => self.cancel_requested = true,
                Some(_) => {}
                // Every handle is gone: nobody can answer in this process any more.
                None => std::future::pending().await,
            }
        }
    }

    /// Hears what was tapped while the attempt was busy with the server.
    pub(super) fn hear_taps(&mut self) {
        while let Ok(tap) = self.taps.try_recv() {
            if tap == Tap::Cancel {
                self.cancel_requested = self.may_take_back();
            }
        }
    }

    /// A customer can't take back what the merchant made.
    fn may_take_back(&self) -> bool {
        self.setup.kind != AttemptKind::Pay
    }

    pub(super) fn server_says(&self, transaction: &Transaction) -> ServerSays {
        server_says(transaction, self.taken_back, self.now())
    }

    /// The receipt of a confirmed transaction. Every kind of operation settles
    /// its whole amount: another one is never a receipt, and no reason to hand
    /// out cash.
    pub(crate) fn settled(&self, transaction: &Transaction) -> Result<Receipt, Stop> {
        let amount = self.setup.amount;
        if transaction.amount() != Some(amount) {
            return Err(Stop::failed(ApiError::local(ApiErrorKind::AmountDiffers)));
        }
        Ok(Receipt {
            attempt: self.setup.id,
            kind: self.setup.kind,
            transaction: transaction.transaction_key.clone(),
            amount,
            payer: transaction.wallet,
            settled_at: transaction.confirmed_at.unwrap_or_else(|| self.now()),
            elsewhere: !self.own_confirm,
        })
    }
}
