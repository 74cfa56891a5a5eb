//! The cash that was really moved against the money that was.

use paysera_core::attempt::CashStep;
use paysera_core::journal::{AttemptId, AttemptKind, AttemptRow};

use super::Remains;
use super::verdict::Verdict;

pub(super) fn check(verdict: &mut Verdict, remains: &Remains) {
    for row in &remains.till_rows {
        match row.kind {
            AttemptKind::CashOut => check_out(verdict, remains, row),
            AttemptKind::CashIn => check_in(verdict, remains, row),
            AttemptKind::Collect | AttemptKind::Refund | AttemptKind::Pay => {}
        }
    }
}

/// How often, and how much in all.
fn moved(remains: &Remains, ids: &[AttemptId], step: CashStep) -> (u64, i64) {
    let moves = remains.cash.iter().filter(|moved| moved.step == step && ids.contains(&moved.attempt));
    moves.fold((0, 0), |(times, sum), moved| (times.saturating_add(1), sum.saturating_add(moved.minor)))
}

fn check_out(verdict: &mut Verdict, remains: &Remains, row: &AttemptRow) {
    let (times, given) = moved(remains, &[row.id], CashStep::HandOut);
    let confirmed: i64 = remains.of_attempt(row.id).map(|deal| deal.moved).sum();
    if times > 0 && given > confirmed && times == 1 || times > 0 && confirmed == 0 {
        verdict.given_without_confirm(row.id, format!("{given} handed out, {confirmed} confirmed"));
    }
    if times > 1 {
        verdict.given_twice(row.id, format!("handed out {times} times"));
    }
    if given < confirmed {
        verdict.cash_differs(row.id, format!("{confirmed} confirmed, {given} handed out"));
    }
}

/// Cash that was taken was credited, or is back; undoing gives it back, too.
fn check_in(verdict: &mut Verdict, remains: &Remains, row: &AttemptRow) {
    let refunds = remains.till_rows.iter().filter(|other| {
        other.kind == AttemptKind::Refund
            && other.transaction.is_some()
            && other.transaction == row.transaction
    });
    let own: Vec<AttemptId> = refunds.map(|refund| refund.id).chain([row.id]).collect();
    let (takes, taken) = moved(remains, &own, CashStep::Take);
    let (returns, returned) = moved(remains, &own, CashStep::Return);
    let credited: i64 = remains.of_attempt(row.id).map(|deal| deal.moved.saturating_sub(deal.back)).sum();
    if takes > 1 || returns > 1 {
        verdict.given_twice(row.id, format!("taken {takes} times, given back {returns} times"));
    }
    if returns > 0 && credited > 0 {
        verdict.given_without_confirm(row.id, format!("{returned} given back, {credited} still credited"));
    }
    if taken.saturating_sub(returned) != credited {
        verdict.cash_differs(row.id, format!("{taken} taken, {returned} given back, {credited} credited"));
    }
}
