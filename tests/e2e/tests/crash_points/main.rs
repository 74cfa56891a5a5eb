//! The process dies after every single write to the journal, before and after
//! every single request, and while cash changes hands; another one picks up what
//! it left. Money moves once, and so does cash.
// Tests stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod world;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use paysera_core::attempt::{Attempt, AttemptState, CashStep, Pace, StateStream, WaitingFor, differing_rows};
use paysera_core::auth::{FixedCredentials, MemorySecretStore};
use paysera_core::clock::SystemRandom;
use paysera_core::code::{Code, LocationId, WalletId};
use paysera_core::customer::{Customer, SandboxV1, SandboxV1Params};
use paysera_core::error::ApiError;
use paysera_core::journal::{
    AttemptId, AttemptKind, CommitObserver, InstallId, Journal, JournalError, JournalOwner, Observed,
};
use paysera_core::merchant::{
    CashInRequest, CashOutRequest, CollectRequest, Merchant, RefundRequest, TillPlace, TillSettings,
};
use paysera_core::money::Currency;
use paysera_core::wallet_api::{Environment, HttpRequest, ProjectId};
use paysera_e2e::in_process::{Carried, InProcess, Step, Way};
use paysera_e2e::{ImpatientClock, POLL, gel, unlimited};
use paysera_sandbox::{Sandbox, seed};
use seed::{CUSTOMER, RETAILER_WALLET};
use tokio::runtime::Runtime;
use world::{Phone, World};

const AMOUNT: i64 = 2500;
const FLOWS: [&str; 6] = ["collect", "cash_out", "cash_in", "pay", "refund", "undo_cash_in"];
/// No state of these flows lasts so long.
const STANDSTILL: Duration = Duration::from_secs(20);

/// When the process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Death {
    Never,
    /// After the commit of this number.
    Commit(u32),
    /// Before the request of this number arrives.
    Request(u32),
    /// After the server has answered it.
    Answer(u32),
    /// When the cash of this number has changed hands, before anybody has tapped.
    Cash(u32),
}

/// A life of a process, which counts what it does.
#[derive(Debug)]
struct Life {
    death: Death,
    commits: AtomicU32,
    requests: AtomicU32,
    cash: AtomicU32,
    dead: AtomicBool,
}

impl Life {
    fn new(death: Death) -> Arc<Self> {
        let (commits, requests, cash) = (AtomicU32::new(0), AtomicU32::new(0), AtomicU32::new(0));
        Arc::new(Self { death, commits, requests, cash, dead: AtomicBool::new(false) })
    }

    fn next(counter: &AtomicU32) -> u32 {
        counter.fetch_add(1, Ordering::SeqCst) + 1
    }

    fn die_if(&self, death: Death) -> bool {
        if self.death == death {
            self.dead.store(true, Ordering::SeqCst);
        }
        self.is_dead()
    }

    fn is_dead(&self) -> bool {
        self.dead.load(Ordering::SeqCst)
    }
}

impl CommitObserver for Life {
    fn before(&self, _: Observed<'_>) -> Result<(), JournalError> {
        if self.is_dead() {
            return Err(JournalError::Storage { reason: "the process is dead".to_owned() });
        }
        Ok(())
    }

    fn after(&self, _: Observed<'_>) {
        let number = Self::next(&self.commits);
        self.die_if(Death::Commit(number));
    }
}

impl Way for Life {
    fn there<'a>(&'a self, request: &'a HttpRequest) -> Step<'a, ()> {
        Box::pin(async move {
            // Reads change nothing: a death before one is a death after the commit before it.
            if request.method != http::Method::GET {
                let number = Self::next(&self.requests);
                self.die_if(Death::Request(number));
            }
            if self.is_dead() {
                std::future::pending().await
            }
        })
    }

    fn back(&self) -> Step<'_, ()> {
        Box::pin(async move {
            self.die_if(Death::Answer(self.requests.load(Ordering::SeqCst)));
            if self.is_dead() {
                std::future::pending().await
            }
        })
    }
}

/// The cash that really changed hands.
#[derive(Clone, Debug, Default)]
struct Cash(Arc<Mutex<Vec<CashStep>>>);

impl Cash {
    fn was_moved(&self, step: CashStep) -> bool {
        self.0.lock().unwrap().contains(&step)
    }

    /// What the drawer holds more than before.
    fn in_drawer(&self) -> i64 {
        let signed = |step: &CashStep| if *step == CashStep::Take { AMOUNT } else { -AMOUNT };
        self.0.lock().unwrap().iter().map(signed).sum()
    }
}

/// The people at the till: they do what the screen asks for, and tell the truth.
struct People {
    life: Arc<Life>,
    cash: Cash,
    payer: Customer,
}

impl People {
    /// Goes on to the end; `None` if the process died before.
    async fn serve(&self, attempt: &Attempt) -> Option<AttemptState> {
        let mut states = attempt.watch();
        let mut last = attempt.state();
        let mut paying = None;
        while let Some(state) = self.next(&mut states).await? {
            match &state {
                AttemptState::Presenting { code, .. } if paying.is_none() => {
                    let pay = async {
                        let review = self.payer.review(code).await.ok()?;
                        Some(self.payer.pay(&review).await.unwrap())
                    };
                    paying = unless_dead(&self.life, pay).await?;
                }
                AttemptState::TakeCash { .. } => {
                    self.move_cash(CashStep::Take, || attempt.cash_received())?
                }
                AttemptState::HandOutCash { .. } => {
                    self.move_cash(CashStep::HandOut, || attempt.cash_handed_out())?;
                }
                AttemptState::ReturnCash { .. } => {
                    self.move_cash(CashStep::Return, || attempt.cash_returned())?;
                }
                AttemptState::CashQuestion { step, .. } => match (self.cash.was_moved(*step), step) {
                    (false, _) => attempt.cash_not_moved(),
                    (true, CashStep::Take) => attempt.cash_received(),
                    (true, CashStep::HandOut) => attempt.cash_handed_out(),
                    (true, CashStep::Return) => attempt.cash_returned(),
                },
                AttemptState::Waiting { wanted: WaitingFor::AnotherCode } => attempt.cancel(),
                _ => {}
            }
            last = state;
        }
        if let Some(paying) = paying {
            unless_dead(&self.life, paying.ended()).await?;
        }
        Some(last)
    }

    /// The next state; nothing is done any more by the people of a dead phone.
    async fn next(&self, states: &mut StateStream) -> Option<Option<AttemptState>> {
        let wait = async {
            loop {
                tokio::select! {
                    state = states.next() => return state,
                    () = tokio::time::sleep(POLL) => if self.life.is_dead() { return None },
                }
            }
        };
        let state = tokio::time::timeout(STANDSTILL, wait).await.expect("the attempt stands still");
        (!self.life.is_dead()).then_some(state)
    }

    fn move_cash(&self, step: CashStep, tap: impl Fn()) -> Option<()> {
        assert!(!self.cash.was_moved(step), "{step:?}: asked for twice");
        self.cash.0.lock().unwrap().push(step);
        let number = Life::next(&self.life.cash);
        if self.life.die_if(Death::Cash(number)) {
            return None;
        }
        tap();
        Some(())
    }
}

/// Waits for something that a dead process never gives.
async fn unless_dead<T>(life: &Life, wanted: impl Future<Output = T>) -> Option<T> {
    tokio::pin!(wanted);
    loop {
        tokio::select! {
            got = &mut wanted => return (!life.is_dead()).then_some(got),
            () = tokio::time::sleep(POLL) => if life.is_dead() { return None },
        }
    }
}

/// Plays the flow from its beginning; `None` if the process died.
async fn play(flow: &str, phone: &Phone, people: &People) -> Option<AttemptState> {
    let (till, life) = (&phone.till, &phone.life);
    let collect = || till.collect(CollectRequest::new("collect", gel(AMOUNT), "Coffee"));
    let cash_in = || {
        let code = Code::Wallet(WalletId::new(CUSTOMER.wallet).unwrap());
        let (request_id, description) = ("in".to_owned(), "Deposit".to_owned());
        till.cash_in(CashInRequest { request_id, amount: gel(AMOUNT), description, code, staff: None })
    };
    let attempt = match flow {
        "collect" | "pay" | "refund" => unless_dead(life, collect()).await?.unwrap(),
        "cash_in" | "undo_cash_in" => unless_dead(life, cash_in()).await?.unwrap(),
        _ => {
            let code = people.payer.cash_out_code().unwrap();
            let (request_id, description) = ("out".to_owned(), "Cash".to_owned());
            let request = CashOutRequest { request_id, amount: gel(AMOUNT), description, code, staff: None };
            unless_dead(life, till.cash_out(request)).await?.unwrap()
        }
    };
    let end = people.serve(&attempt).await?;
    if !matches!(flow, "refund" | "undo_cash_in") {
        return Some(end);
    }
    let AttemptState::Settled { .. } = end else { return Some(end) };
    let refund = refund(till, attempt.id());
    people.serve(&unless_dead(life, refund).await?.unwrap()).await
}

async fn refund(till: &Merchant, attempt: AttemptId) -> Result<Attempt, ApiError> {
    let request_id = "refund".to_owned();
    till.refund(RefundRequest { request_id, attempt, amount: None, staff: None }).await
}

/// Plays a flow with one death, picks it up, and checks what became of it. Gives
/// the life that died.
fn play_with(flow: &'static str, death: Death) -> Arc<Life> {
    let world = World::new(flow);
    let phone = world.start(death);
    let people = People { life: phone.life.clone(), cash: world.cash.clone(), payer: phone.payer.clone() };
    let end = phone.runtime.block_on(play(flow, &phone, &people));
    let life = phone.life.clone();
    assert_eq!(end.is_none(), life.is_dead(), "{flow}, {death:?}: {end:?}");
    drop(people);
    let Phone { runtime, till, payer, .. } = phone;
    drop((till, payer));
    runtime.shutdown_background();

    let phone = world.start(Death::Never);
    let people = People { life: phone.life.clone(), cash: world.cash.clone(), payer: phone.payer.clone() };
    let ends = phone.runtime.block_on(async {
        let mut open = phone.till.resume().await.unwrap();
        open.extend(phone.payer.resume().await.unwrap());
        let mut ends = Vec::new();
        for attempt in open {
            ends.push(people.serve(&attempt).await.unwrap());
        }
        ends
    });
    check(&world, &phone, &format!("{flow}, {death:?}: {end:?}, then {ends:?}"));
    drop(people);
    let Phone { runtime, till, payer, .. } = phone;
    drop((till, payer));
    runtime.shutdown_background();
    life
}

/// What the journal says happened, the ledger says happened.
fn check(world: &World, phone: &Phone, what: &str) {
    let rows = phone.till.journal().latest(10, None).unwrap();
    assert_eq!(differing_rows(phone.till.journal()).unwrap(), [], "{what}: a row is not its events' fold");
    let today = phone.till.business_day();
    for total in phone.till.journal().day_totals(&today).unwrap() {
        let of_kind = rows.iter().filter(|row| row.kind == total.kind && row.settlement.is_some());
        assert_eq!(u64::try_from(of_kind.count()).unwrap(), total.count, "{what}: {total:?}");
    }
    assert!(rows.iter().all(|row| !row.open), "{what}: {rows:?}");
    let settled = |kind| rows.iter().filter(|row| row.kind == kind && row.settlement.is_some()).count();
    let count = |kind| i64::try_from(settled(kind)).unwrap();
    let in_favour = count(AttemptKind::Collect) + count(AttemptKind::CashOut) - count(AttemptKind::CashIn);
    let refunded = count(AttemptKind::Refund) * if world.flow == "refund" { -1 } else { 1 };
    let expected = (in_favour + refunded) * AMOUNT;
    let balance = world.server.block_on(world.sandbox.balance(RETAILER_WALLET, Currency::GEL)).unwrap();
    // What can still be given back waits in `reserved`; of a customer nothing may be held.
    let moved = balance.at_disposal + balance.reserved - seed::RETAILER_BALANCE;
    assert_eq!(moved, expected, "{what}: {rows:?}");
    let customer = world.server.block_on(world.sandbox.balance(CUSTOMER.wallet, Currency::GEL)).unwrap();
    let frozen = if world.flow.ends_with("cash_in") { -moved } else { 0 };
    let held = (customer.at_disposal, customer.reserved);
    assert_eq!(held, (CUSTOMER.balance - moved - frozen, frozen), "{what}: {rows:?}");
    assert!([0, world.moved(), AMOUNT, -AMOUNT].contains(&moved), "{what}");
    let report = world.server.block_on(world.sandbox.ledger_check()).unwrap();
    assert!(report.is_balanced(), "{what}: {report:?}");
    let cash = match world.flow {
        "cash_out" => -moved,
        "cash_in" | "undo_cash_in" => -moved,
        _ => 0,
    };
    assert_eq!(world.cash.in_drawer(), cash, "{what}: {rows:?}");
}

fn deaths_of(flow: &'static str) -> usize {
    let life = play_with(flow, Death::Never);
    let count = |counter: &AtomicU32| counter.load(Ordering::SeqCst);
    let mut deaths = Vec::new();
    deaths.extend((1..=count(&life.commits)).map(Death::Commit));
    for number in 1..=count(&life.requests) {
        deaths.extend([Death::Request(number), Death::Answer(number)]);
    }
    deaths.extend((1..=count(&life.cash)).map(Death::Cash));
    for death in &deaths {
        assert!(play_with(flow, *death).is_dead(), "{flow}: {death:?} did not come up");
    }
    deaths.len()
}

#[test]
fn a_death_at_any_point_of_any_flow_loses_nothing_and_doubles_nothing() {
    for flow in FLOWS {
        println!("{flow}: {} deaths", deaths_of(flow));
    }
}
