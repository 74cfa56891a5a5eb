//! Every state that one attempt, the server and what is on the way between them
//! can reach by up to ten choices of fate. Steps that leave no choice are not
//! counted.

use std::collections::{HashMap, VecDeque};

use super::people::{DEEDS, Deed};
use super::world::{FATES, Fate, Status, World};
use crate::attempt::event::End;
use crate::attempt::machine::{Heard, Plan};

const DEPTH: usize = 10;

/// Goes on where there is no choice: what is noted, and pauses.
fn settle(world: &mut World) {
    for _ in 0..100 {
        match world.plan() {
            Plan::Note(event) => world.apply(vec![event]),
            Plan::Pause(_) => world.hear(Heard::Rested),
            _ => return,
        }
    }
    panic!("no end of steps without a choice: {world:?}");
}

/// Every world that one choice leads to.
fn choices(world: &World) -> Vec<World> {
    let mut next = Vec::new();
    let mut branch = |step: &dyn Fn(&mut World) -> bool| {
        let mut other = world.clone();
        if step(&mut other) {
            settle(&mut other);
            next.push(other);
        }
    };
    match world.plan() {
        Plan::Send(send) => {
            for fate in FATES {
                branch(&|world| world.send(send, fate));
            }
            // The process dies after the write to the journal, before the request.
            branch(&|world| {
                world.apply(send.event().into_iter().collect());
                world.deed(Deed::Restart)
            });
        }
        Plan::Ask(ask) => {
            for answered in [true, false] {
                branch(&|world| {
                    world.ask(ask, answered);
                    true
                });
            }
        }
        Plan::Watch { .. } => {
            for answered in [true, false] {
                branch(&|world| {
                    world.watch(answered);
                    true
                });
            }
        }
        Plan::Person { .. } => branch(&World::tap),
        Plan::Done => {}
        Plan::Note(_) | Plan::Pause(_) => unreachable!("these are settled"),
    }
    for deed in DEEDS {
        branch(&|world| world.deed(deed));
    }
    for late in 0..4 {
        branch(&|world| world.late(late));
    }
    next
}

/// What must hold everywhere.
fn check(world: &World, kind: &str) {
    let moved = world.transactions.iter().filter(|status| is_moved(**status)).count();
    assert!(moved <= 1, "money moved twice: {world:?}");
    assert!(world.out <= 1, "cash went out twice: {world:?}");
    let undo = kind == "undo_cash_in";
    if kind.ends_with("cash_out") && world.out > 0 {
        assert_eq!(moved, 1, "cash was given without a confirm: {world:?}");
    }
    if undo && world.out > 0 {
        assert_eq!(world.transactions[0], Status::Canceled, "{world:?}");
    }
    if kind == "cash_in" && world.out > 0 {
        assert_eq!(world.taken, 1, "cash was given back that was never taken: {world:?}");
    }
    let Some(end) = &world.machine.end else { return };
    match end {
        End::Settled => assert_eq!(moved, 1, "settled, and no money moved: {world:?}"),
        End::Refunded => assert_eq!(world.transactions[0], Status::Canceled, "{world:?}"),
        _ if kind == "refund" || undo => {
            // Another one may have given it back.
        }
        _ => {
            assert_eq!(moved, 0, "money moved without a settled attempt: {world:?}");
            assert_eq!(world.taken, world.out, "the drawer holds a customer's cash: {world:?}");
        }
    }
    if *end == End::Settled && kind == "cash_in" {
        assert_eq!((world.taken, world.out), (1, 0), "{world:?}");
    }
    let elsewhere = world.machine.settlement.as_ref().is_some_and(|settlement| settlement.elsewhere);
    if *end == End::Settled && kind.ends_with("cash_out") && !elsewhere {
        assert_eq!(world.out, 1, "{world:?}");
    }
}

fn is_moved(status: Status) -> bool {
    matches!(status, Status::Confirmed | Status::Canceled | Status::Done)
}

/// With a network that works and people who answer, it ends.
fn check_end_is_reachable(world: &World, kind: &str) {
    let mut world = world.clone();
    for _ in 0..200 {
        settle(&mut world);
        check(&world, kind);
        match world.plan() {
            Plan::Done => return,
            Plan::Send(send) => assert!(world.send(send, Fate::Answered)),
            Plan::Ask(ask) => world.ask(ask, true),
            Plan::Watch { .. } => {
                world.watch(true);
                if matches!(world.plan(), Plan::Watch { .. }) {
                    // The merchant confirms, or time is over.
                    if !world.deed(Deed::ConfirmElsewhere) && !world.deed(Deed::Due) {
                        world.deed(Deed::RevokeElsewhere);
                    }
                }
            }
            Plan::Person { .. } => {
                world.deed(Deed::MoveCash);
                if !world.tap() {
                    world.due();
                }
            }
            Plan::Note(_) | Plan::Pause(_) => unreachable!("these are settled"),
        }
    }
    panic!("no end in sight: {:?} {:?}", world.plan(), world);
}

fn explore(kind: &str, depth: usize) -> usize {
    let mut first = World::new(kind);
    settle(&mut first);
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut queue = VecDeque::from([(first, 0)]);
    while let Some((world, at)) = queue.pop_front() {
        if seen.contains_key(&world.key()) {
            continue;
        }
        check(&world, kind);
        check_end_is_reachable(&world, kind);
        seen.insert(world.key(), at);
        if at < depth {
            queue.extend(choices(&world).into_iter().map(|next| (next, at + 1)));
        }
    }
    seen.len()
}

#[test]
fn money_moves_at_most_once_and_an_end_is_reachable_from_everywhere() {
    let mut all = 0;
    for kind in
        ["collect", "cash_out", "checked_cash_out", "cash_in", "pay", "pay_wallet", "refund", "undo_cash_in"]
    {
        let states = explore(kind, DEPTH);
        println!("{kind}: {states} states within {DEPTH} choices");
        all += states;
    }
    println!("{all} states in all");
    assert!(all > 10_000, "{all}");
}
