//! Every attempt against the ledger, and the ledger against the attempts.

use std::collections::BTreeSet;

use paysera_core::journal::{AttemptId, AttemptKind, AttemptRow};
use paysera_sandbox::seed;

use super::books::Deal;
use super::verdict::Verdict;
use super::{Remains, is_settled, pays_to_wallet};

pub(super) fn check(verdict: &mut Verdict, remains: &Remains) {
    for row in remains.makers() {
        check_maker(verdict, remains, row);
    }
    for row in remains.till_rows.iter().filter(|row| row.kind == AttemptKind::Refund) {
        check_refund(verdict, remains, row);
    }
    for row in remains.phone_rows.iter().filter(|row| !pays_to_wallet(row)) {
        check_payer(verdict, remains, row);
    }
    check_deals(verdict, remains);
}

fn settled_minor(row: &AttemptRow) -> Option<i64> {
    row.settlement.as_ref().map(|settlement| settlement.amount.minor())
}

/// An attempt that made its transaction: what it says moved, once, and nothing else did.
fn check_maker(verdict: &mut Verdict, remains: &Remains, row: &AttemptRow) {
    let moved: Vec<&Deal> = remains.of_attempt(row.id).filter(|deal| deal.moved > 0).collect();
    if moved.len() > 1 || moved.iter().any(|deal| deal.movements > 1) {
        verdict.doubled(row.id, "money moved more than once for one attempt");
    }
    match (is_settled(row), moved.first()) {
        (true, Some(deal)) => {
            let same_key = row.transaction.as_ref().is_some_and(|key| key.as_str() == deal.key);
            if !same_key || settled_minor(row) != Some(deal.moved) {
                verdict.lost(row.id, "another transaction or amount than the journal says");
            }
        }
        (true, None) => verdict.lost(row.id, "settled, and no money moved"),
        (false, Some(_)) => verdict.lost(row.id, "money moved, and the journal says that it did not"),
        (false, None) => {}
    }
    match remains.of_key(row) {
        Some(deal) if !fits(&row.state, &deal.status) => {
            verdict.differ(row.id, format!("{} where the server says {}", row.state, deal.status));
        }
        None if !matches!(row.state.as_str(), "failed" | "cancelled") => {
            verdict.differ(row.id, format!("{} without a transaction", row.state));
        }
        _ => {}
    }
}

/// Whether a final state of an attempt is what the server's status means.
fn fits(state: &str, status: &str) -> bool {
    match state {
        "settled" => status == "confirmed",
        "declined" => status == "rejected",
        "cancelled" | "expired" => matches!(status, "revoked" | "deleted" | "failed"),
        "failed" => matches!(status, "revoked" | "deleted" | "failed" | "rejected"),
        _ => false,
    }
}

fn check_refund(verdict: &mut Verdict, remains: &Remains, row: &AttemptRow) {
    let Some(deal) = remains.of_key(row) else {
        return verdict.lost(row.id, "a refund of a transaction that the server does not know");
    };
    let back = if row.state == "refunded" { settled_minor(row).unwrap_or_default() } else { 0 };
    if deal.back != back {
        verdict.lost(row.id, format!("{} came back, the journal says {back}", deal.back));
    }
    // A part goes back by lowering the price for good.
    let ends = if deal.back == deal.moved { "canceled" } else { "done" };
    if row.state == "refunded" && deal.ended.as_deref() != Some(ends) {
        verdict.differ(row.id, format!("refunded where the payment is {:?}", deal.ended));
    }
}

/// The customer's side of a payment that the till made.
fn check_payer(verdict: &mut Verdict, remains: &Remains, row: &AttemptRow) {
    let Some(deal) = remains.of_key(row) else {
        return verdict.lost(row.id, "a payment of a transaction that the server does not know");
    };
    let paid = deal.moved > 0 && deal.payer == Some(seed::CUSTOMER.wallet);
    // The phone may see it only when the till has given a part back.
    let seen = [deal.moved, deal.moved.saturating_sub(deal.back)].map(Some);
    if is_settled(row) != paid || is_settled(row) && !seen.contains(&settled_minor(row)) {
        verdict.lost(row.id, format!("the customer's {} where {} moved", row.state, deal.moved));
    } else if !paid && !fits(&row.state, &deal.status) {
        verdict.differ(row.id, format!("the customer's {} where the server says {}", row.state, deal.status));
    }
}

/// Nothing moved that no journal knows, on either side, and nothing is left open.
fn check_deals(verdict: &mut Verdict, remains: &Remains) {
    let makers: BTreeSet<AttemptId> = remains.makers().map(|row| row.id).collect();
    let settled = |rows: &[AttemptRow]| -> BTreeSet<String> {
        let rows = rows.iter().filter(|row| is_settled(row));
        rows.filter_map(|row| Some(row.transaction.as_ref()?.as_str().to_owned())).collect()
    };
    let by_phone = settled(&remains.phone_rows);
    for deal in &remains.deals {
        let known = deal.attempt.filter(|attempt| makers.contains(attempt));
        if deal.moved > 0 && known.is_none() {
            verdict.lost_unknown(format!("money moved that no attempt knows: {deal:?}"));
        }
        // Cash-outs and cash-ins are the till's alone.
        let collects = remains
            .till_rows
            .iter()
            .any(|row| row.kind == AttemptKind::Collect && Some(row.id) == deal.attempt);
        if deal.moved > 0 && collects && !by_phone.contains(&deal.key) {
            verdict.lost_unknown(format!("the customer paid and does not know: {deal:?}"));
        }
        let open = match deal.status.as_str() {
            "confirmed" | "rejected" | "revoked" | "deleted" | "failed" => false,
            // Nobody was shown it. What the till knows to have lost was swept away; a
            // create that the network doubled, or a customer's, it can't know of.
            "new" => {
                verdict.payable_left = verdict.payable_left.saturating_add(1);
                false
            }
            _ => true,
        };
        if open {
            verdict.left_open = verdict.left_open.saturating_add(1);
            verdict.note(deal.attempt, format!("left open at the server: {deal:?}"));
        }
    }
}
