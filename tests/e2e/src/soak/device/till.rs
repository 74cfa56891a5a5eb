//! The till, and an honest cashier who does what it shows.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use paysera_core::attempt::{Attempt, AttemptState, CashStep, WaitingFor};
use paysera_core::auth::FixedCredentials;
use paysera_core::clock::Clock as _;
use paysera_core::code::{Code, LocationId, ReservationCode, WalletId};
use paysera_core::error::ApiError;
use paysera_core::merchant::{
    CashInRequest, CashOutRequest, CollectRequest, Merchant, RefundRequest, TillPlace, TillSettings,
};
use paysera_core::wallet_api::{Environment, ProjectId, network};
use paysera_e2e::{gel, unlimited};
use paysera_sandbox::seed;

use super::cash::Hands;
use super::fate::{Fate, Mortal};
use super::{PACE, ShiftedClock, listen, persist, place, say, say_ended, timeouts};
use crate::soak::Trouble;
use crate::soak::words::{Order, Part, Role, Said, Setup, Told, request_id};

/// Long enough for a customer who tries to pay, short enough to wait for.
const PRESENTING_SECONDS: i64 = 12;
/// Longer than the soak takes: what settled can be given back.
const REFUND_WINDOW_SECONDS: i64 = 7200;

pub(super) async fn run(setup: &Setup, clock: ShiftedClock) -> Result<(), Trouble> {
    let environment = Environment::sandbox(&setup.server)?;
    let fate = Fate::new(setup.death);
    let journal = place::journal(&setup.folder, Role::Till, seed::RETAILER_WALLET, clock.now())?;
    let credentials =
        FixedCredentials::new(seed::RETAILER_CLIENT_ID.to_owned(), seed::RETAILER_MAC_KEY.to_owned());
    let place = TillPlace {
        project: ProjectId(seed::PROJECT_ID),
        location: LocationId(seed::LOCATION_ALL_SERVICES),
        wallet: WalletId::new(seed::RETAILER_WALLET)?,
    };
    let settings = TillSettings {
        pace: PACE,
        presenting_seconds: PRESENTING_SECONDS,
        refund_window_seconds: Some(REFUND_WINDOW_SECONDS),
        check_identity: true,
        ..TillSettings::default()
    };
    let merchant = Merchant::builder(environment.clone(), Arc::new(credentials), place)
        .settings(settings)
        .journal(Arc::new(journal.observed_by(fate.clone())))
        .exchange(Arc::new(Mortal { network: network(&environment, timeouts())?, fate }))
        .timeouts(timeouts())
        .clock(Arc::new(clock.clone()))
        .budget(unlimited())
        .build()?;
    let hands = Hands::new(&setup.folder)?;
    let cashier = Arc::new(Cashier { merchant, hands, serving: Mutex::default() });
    let mut told = listen();
    let switched_on = tokio::spawn(Arc::clone(&cashier).switch_on());
    while let Some(told) = told.recv().await {
        match told {
            Told::Do { flow, part, order } => {
                tokio::spawn(Arc::clone(&cashier).serve(flow, part, order));
            }
            Told::AnotherCode { flow, code } => {
                if let Some(attempt) = cashier.serving().get(&flow) {
                    attempt.use_code(ReservationCode::parse(&code)?);
                }
            }
            Told::Cancel { flow } => {
                if let Some(attempt) = cashier.serving().get(&flow) {
                    attempt.cancel();
                }
            }
            Told::Pass { seconds } => {
                clock.pass(seconds);
                cashier.merchant.poke(None);
            }
        }
    }
    // Who leaves it while it starts cuts nothing off.
    Ok(switched_on.await?)
}

struct Cashier {
    merchant: Merchant,
    hands: Hands,
    serving: Mutex<HashMap<u32, Attempt>>,
}

impl Cashier {
    fn serving(&self) -> MutexGuard<'_, HashMap<u32, Attempt>> {
        self.serving.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn switch_on(self: Arc<Self>) {
        let resumed = persist(|| self.merchant.resume()).await;
        assert!(resumed.is_ok(), "the till does not resume: {resumed:?}");
    }

    async fn serve(self: Arc<Self>, flow: u32, part: Part, order: Order) {
        match persist(|| self.start(flow, part, &order)).await {
            Ok(attempt) => {
                if part == Part::Main {
                    self.serving().insert(flow, attempt.clone());
                }
                let how = self.follow(flow, &attempt, &order).await;
                say(&Said::Ended { flow, part, attempt: Some(attempt.id()), how });
            }
            Err(error) => say_ended(flow, part, format!("refused: {}", error.kind.code())),
        }
    }

    async fn start(&self, flow: u32, part: Part, order: &Order) -> Result<Attempt, ApiError> {
        let (request_id, description) = (request_id(flow, part), format!("Flow {flow}"));
        match order {
            Order::Collect { minor, hold, .. } => {
                let request = CollectRequest::new(request_id, gel(*minor), description);
                self.merchant.collect(CollectRequest { hold: *hold, ..request }).await
            }
            Order::CashOut { minor, code } => {
                let (amount, code) = (gel(*minor), Code::parse(code)?);
                let request = CashOutRequest { request_id, amount, description, code, staff: None };
                self.merchant.cash_out(request).await
            }
            Order::CashIn { minor, code, .. } => {
                let (amount, code) = (gel(*minor), Code::parse(code)?);
                let request = CashInRequest { request_id, amount, description, code, staff: None };
                self.merchant.cash_in(request).await
            }
            Order::Refund { attempt, minor } => {
                let (attempt, amount) = (*attempt, minor.map(gel));
                self.merchant.refund(RefundRequest { request_id, attempt, amount, staff: None }).await
            }
            other => unreachable!("not for a till: {other:?}"),
        }
    }

    /// Does what the till shows, up to the end.
    async fn follow(&self, flow: u32, attempt: &Attempt, order: &Order) -> String {
        let mut states = attempt.watch();
        let mut last = String::new();
        while let Some(state) = states.next().await {
            last = state.name().to_owned();
            if let AttemptState::Failed { error } = &state {
                last = format!("{last}: {}", error.kind.code());
            }
            if matches!(order, Order::CashOut { .. }) && !needs_code(&state) {
                say(&Said::CodeUsed { flow });
            }
            match (state, order) {
                (AttemptState::Presenting { code, .. }, Order::Collect { cancel, .. }) => {
                    say(&Said::Shows { flow, code: code.to_text() });
                    if *cancel {
                        attempt.cancel();
                    }
                }
                (AttemptState::Reserved { .. }, Order::Collect { minor, hold: true, .. }) => {
                    if let Err(error) = attempt.settle(gel(minor.saturating_sub(3))) {
                        return error.to_string();
                    }
                }
                (AttemptState::Waiting { wanted: WaitingFor::AnotherCode }, _) => {
                    say(&Said::WantsCode { flow });
                }
                (AttemptState::CheckIdentity { .. }, _) => attempt.identity_checked(true),
                (AttemptState::TakeCash { .. }, Order::CashIn { received: false, .. }) => {
                    attempt.cash_not_moved();
                }
                (AttemptState::TakeCash { amount }, _) => {
                    self.move_cash(attempt, CashStep::Take, amount.minor())
                }
                (AttemptState::HandOutCash { amount }, _) => {
                    self.move_cash(attempt, CashStep::HandOut, amount.minor());
                }
                (AttemptState::ReturnCash { amount }, _) => {
                    self.move_cash(attempt, CashStep::Return, amount.minor());
                }
                (AttemptState::CashQuestion { step, .. }, _) if self.hands.did(attempt.id(), step) => {
                    tap(attempt, step);
                }
                (AttemptState::CashQuestion { .. }, _) => attempt.cash_not_moved(),
                _ => {}
            }
        }
        last
    }

    /// First the cash, then the tap.
    fn move_cash(&self, attempt: &Attempt, step: CashStep, minor: i64) {
        let moved = self.hands.obey(attempt.id(), step, minor);
        assert!(moved.is_ok(), "the cashier's file: {moved:?}");
        tap(attempt, step);
    }
}

/// Whether a cash-out has still use for the customer's code.
const fn needs_code(state: &AttemptState) -> bool {
    matches!(state, AttemptState::Preparing | AttemptState::Waiting { .. } | AttemptState::Unknown { .. })
}

fn tap(attempt: &Attempt, step: CashStep) {
    match step {
        CashStep::Take => attempt.cash_received(),
        CashStep::HandOut => attempt.cash_handed_out(),
        CashStep::Return => attempt.cash_returned(),
    }
}
