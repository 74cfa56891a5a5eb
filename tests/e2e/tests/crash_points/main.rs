//! The process dies after every single write to the journal, before and after
//! every single request, and while cash changes hands; another one picks up what
//! it left. Money moves once, and so does cash.
// Tests stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod life;
mod people;
mod world;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use paysera_core::attempt::{Attempt, AttemptState, differing_rows};
use paysera_core::code::{Code, WalletId};
use paysera_core::error::ApiError;
use paysera_core::journal::{AttemptId, AttemptKind};
use paysera_core::merchant::{CashInRequest, CashOutRequest, CollectRequest, Merchant, RefundRequest};
use paysera_core::money::Currency;
use paysera_e2e::gel;
use paysera_sandbox::seed;
use seed::{CUSTOMER, RETAILER_WALLET};

use life::{Death, Life, unless_dead};
use people::People;
use world::{Phone, World};

const AMOUNT: i64 = 2500;
const FLOWS: [&str; 6] = ["collect", "cash_out", "cash_in", "pay", "refund", "undo_cash_in"];
/// No state of these flows lasts so long.
const STANDSTILL: Duration = Duration::from_secs(20);

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
