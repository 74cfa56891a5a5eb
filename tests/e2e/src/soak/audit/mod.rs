//! Compares the journals, the cash and the server's books.

mod books;
mod cash;
mod money;
mod verdict;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use paysera_core::clock::{Clock as _, SystemClock};
use paysera_core::journal::{AttemptId, AttemptKind, AttemptRow, Journal};
use paysera_sandbox::seed;

use super::Trouble;
use super::device::journal;
use super::plan::{Flow, Kind};
use super::words::{CASH_FILE, CashMove, Part, Role, request_id};
use books::Deal;
use verdict::Verdict;

/// What is known of a run beside what it left.
pub(super) struct Ran {
    pub(super) flows: u32,
    pub(super) kills_wanted: u32,
    pub(super) kills: u32,
    pub(super) requests: u64,
    pub(super) seconds: u64,
    /// Nothing that could be paid is left at the server.
    pub(super) swept: bool,
    pub(super) balanced: bool,
}

/// Everything that a run left.
struct Remains {
    till: Journal,
    phone: Journal,
    till_rows: Vec<AttemptRow>,
    phone_rows: Vec<AttemptRow>,
    deals: Vec<Deal>,
    cash: Vec<CashMove>,
}

impl Remains {
    fn read(folder: &Path, books: &Path) -> Result<Self, Trouble> {
        let now = SystemClock.now();
        let till = journal(folder, Role::Till, seed::RETAILER_WALLET, now)?;
        let phone = journal(folder, Role::Phone, seed::CUSTOMER.wallet, now)?;
        let cash = std::fs::read_to_string(folder.join(CASH_FILE))?;
        Ok(Self {
            till_rows: till.latest(u32::MAX, None)?,
            phone_rows: phone.latest(u32::MAX, None)?,
            till,
            phone,
            deals: books::read(books)?,
            cash: cash.lines().map(serde_json::from_str).collect::<Result<_, _>>()?,
        })
    }

    /// What the server did for an attempt by the name that it wrote into it.
    fn of_attempt(&self, id: AttemptId) -> impl Iterator<Item = &Deal> {
        self.deals.iter().filter(move |deal| deal.attempt == Some(id))
    }

    fn of_key(&self, row: &AttemptRow) -> Option<&Deal> {
        let key = row.transaction.as_ref()?.as_str();
        self.deals.iter().find(|deal| deal.key == key)
    }

    /// Every attempt that made a transaction of its own.
    fn makers(&self) -> impl Iterator<Item = &AttemptRow> {
        let makes = |row: &&AttemptRow| row.kind != AttemptKind::Refund;
        let of_phone = self.phone_rows.iter().filter(|row| pays_to_wallet(row));
        self.till_rows.iter().filter(makes).chain(of_phone)
    }

    /// All that is known of an attempt, for a person.
    fn story(&self, id: AttemptId) -> String {
        let mut lines = Vec::new();
        for (name, journal) in [("till", &self.till), ("phone", &self.phone)] {
            for event in journal.events(id).unwrap_or_default() {
                lines.push(format!("  {name} {} {}", event.at, event.data));
            }
        }
        for moved in self.cash.iter().filter(|moved| moved.attempt == id) {
            lines.push(format!("  cash {:?} {}", moved.step, moved.minor));
        }
        let rows = self.till_rows.iter().chain(&self.phone_rows);
        let keys: Vec<&str> = rows
            .filter(|row| row.id == id)
            .filter_map(|row| Some(row.transaction.as_ref()?.as_str()))
            .collect();
        for deal in &self.deals {
            if deal.attempt == Some(id) || keys.contains(&deal.key.as_str()) {
                lines.push(format!("  server {deal:?}"));
            }
        }
        lines.join("\n")
    }
}

/// The attempts of the till that may have made a transaction without knowing: a
/// create had no answer.
pub(super) fn lost_creates(folder: &Path) -> Result<BTreeSet<String>, Trouble> {
    let till = journal(folder, Role::Till, seed::RETAILER_WALLET, SystemClock.now())?;
    let mut lost = BTreeSet::new();
    for row in till.latest(u32::MAX, None)? {
        let events = till.events(row.id)?;
        let creates = events.iter().filter(|event| event.name == "create_sent").count();
        if creates > 1 || creates == 1 && row.transaction.is_none() {
            lost.insert(row.id.to_string());
        }
    }
    Ok(lost)
}

/// Whether a payment of the phone is one to a wallet: it made its transaction.
fn pays_to_wallet(row: &AttemptRow) -> bool {
    row.request_id.starts_with("flow:")
}

fn is_settled(row: &AttemptRow) -> bool {
    row.state == "settled"
}

/// Compares all that a run left.
pub(super) fn audit(ran: &Ran, plan: &[Flow], folder: &Path, books: &Path) -> Result<Verdict, Trouble> {
    let remains = Remains::read(folder, books)?;
    let mut verdict = Verdict::new(ran);
    count(&mut verdict, &remains, plan);
    money::check(&mut verdict, &remains);
    cash::check(&mut verdict, &remains);
    verdict.explain(|id| remains.story(id));
    Ok(verdict)
}

/// How the flows ended, by their own operation.
fn count(verdict: &mut Verdict, remains: &Remains, plan: &[Flow]) {
    let rows = remains.till_rows.iter().chain(remains.phone_rows.iter().filter(|row| pays_to_wallet(row)));
    let by_request: BTreeMap<&str, &AttemptRow> = rows.map(|row| (row.request_id.as_str(), row)).collect();
    for (number, flow) in (1_u32..).zip(plan) {
        let request = request_id(number, Part::Main);
        let Some(row) = by_request.get(request.as_str()) else {
            verdict.note(None, format!("flow {number} ({:?}) did not begin", flow.kind));
            continue;
        };
        verdict.started = verdict.started.saturating_add(1);
        let name = if row.open { "unknown" } else { row.state.as_str() };
        verdict.end(flow.kind, name);
        // Without anybody who accepts nothing settles.
        if is_settled(row) && matches!(flow.kind, Kind::Nobody | Kind::Declined | Kind::NotReceived) {
            verdict.differ(row.id, format!("{:?} settled", flow.kind));
        }
    }
    for row in remains.till_rows.iter().chain(&remains.phone_rows).filter(|row| row.open) {
        verdict.unknown_left = verdict.unknown_left.saturating_add(1);
        verdict.note(Some(row.id), format!("{} of {} is still open", row.state, row.request_id));
    }
    let refunded = remains.till_rows.iter().filter(|row| row.state == "refunded").count();
    verdict.refunded = u64::try_from(refunded).unwrap_or(u64::MAX);
}
