//! What counterparts read from the books and do to them.

use rusqlite::Connection;
use serde_json::Map;

use super::board::Plan;
use super::counterpart::{Act, Chance, Counterpart, Need};
use crate::domain::Service;
use crate::domain::acceptance::Acceptance;
use crate::domain::cash::Limits;
use crate::domain::span::Span;
use crate::domain::status::Status;
use crate::error::Refusal;
use crate::operations::{access, end, reject, reserve};
use crate::store::history::{self, NumberedStep};
use crate::store::transactions::{self, NEW_SECONDS, StoredTransaction};
use crate::store::{clients, locations, wallets};

/// Steps that are read at once, and open transactions that a newcomer learns of.
const MAX_STEPS: i64 = 1000;

/// What is open, the oldest first, and the newest step of any transaction.
pub(super) fn open(db: &Connection) -> Result<(Vec<Chance>, i64), Refusal> {
    Ok((chances(db, history::open(db, MAX_STEPS)?)?, history::newest(db)?))
}

/// What came after the step `after`, and the last step that was read, if there
/// was any.
pub(super) fn news(db: &Connection, after: i64) -> Result<(Vec<Chance>, Option<i64>), Refusal> {
    let steps = history::after(db, after, MAX_STEPS)?;
    let last = steps.last().map(|step| step.seq);
    Ok((chances(db, steps)?, last))
}

fn chances(db: &Connection, steps: Vec<NumberedStep>) -> Result<Vec<Chance>, Refusal> {
    let mut all = Vec::new();
    for step in steps {
        let need = match Status::parse(&step.status) {
            Some(Status::New | Status::Waiting) => Need::Answer,
            Some(Status::Reserved) => Need::Confirmation,
            _ => continue,
        };
        if let Some(transaction) = transactions::find(db, &step.key)? {
            all.extend(chance(&step, need, transaction));
        }
    }
    Ok(all)
}

/// Nobody meddles with what users make for themselves, and no customer with
/// cash, which takes a code at the till.
fn chance(step: &NumberedStep, need: Need, transaction: StoredTransaction) -> Option<Chance> {
    let is_cash = transaction.payments.iter().any(|payment| payment.service != Service::Pay);
    if need == Need::Answer && is_cash {
        return None;
    }
    let month = transaction.created_at.saturating_add(NEW_SECONDS);
    let end = match transaction.reserve {
        Span::Until(until) => until.min(month),
        Span::For(_) => month,
    };
    let (client, location) = (transaction.client_id?, transaction.location_id);
    let others = match need {
        Need::Answer => transaction.payments.iter().filter_map(|payment| payment.beneficiary).collect(),
        Need::Confirmation => transaction.wallet.into_iter().collect(),
    };
    Some(Chance { seq: step.seq, at: step.at, need, key: transaction.key, client, location, others, end })
}

/// Refuses somebody who could never act.
pub(super) fn check(db: &Connection, counterpart: &Counterpart) -> Result<(), Refusal> {
    let (both, location, client) = counterpart.needs();
    for wallet in both.into_iter().flatten() {
        wallets::wallet(db, wallet)?.ok_or(Refusal::NotFound("Wallet not found"))?;
    }
    if let Some(location) = location {
        locations::find(db, location)?.ok_or(Refusal::NotFound("Location not found"))?;
    }
    if let Some(client) = client {
        clients::client(db, client)?.ok_or(Refusal::NotFound("Client not found"))?;
    }
    Ok(())
}

/// Does what was planned; the status of the transaction since, or `None` if
/// somebody was quicker.
pub(super) fn act(
    db: &Connection,
    now: i64,
    limits: &Limits,
    plan: &Plan,
) -> Result<Option<Status>, Refusal> {
    let key = plan.key.as_str();
    let Some(transaction) = transactions::find(db, key)? else { return Ok(None) };
    if transaction.status.after(plan.act.event()).is_none() {
        return Ok(None);
    }
    let done = match plan.act {
        Act::Accept(wallet) | Act::AcceptWithoutMoney(wallet) => {
            let on_the_web = matches!(plan.act, Act::AcceptWithoutMoney(_));
            let acceptance = Acceptance { on_the_web, ..Acceptance::by_wallet(wallet) };
            reserve::reserve(db, now, limits, &access::in_person(db, wallet)?, key, &acceptance)
        }
        Act::Decline(wallet) => reject::reject(db, now, &access::in_person(db, wallet)?, key),
        Act::Confirm => {
            let client = transaction.client_id.ok_or(Refusal::Internal)?;
            end::confirm(db, now, &access::as_merchant(db, &client)?, key, &Map::new())
        }
    };
    done.map(|transaction| Some(transaction.status))
}
