//! Who plays along in one sandbox, what they are about to do and what they did.

use std::collections::{BTreeMap, VecDeque};

use super::counterpart::{Act, Chance, Counterpart};
use crate::domain::status::Status;

/// Most people who play along.
const MAX_COUNTERPARTS: usize = 100;

/// Most plans for later.
const MAX_PLANS: usize = 10_000;

/// Deeds that are remembered.
const MAX_DEEDS: usize = 100;

/// What a counterpart did or tried to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// Number of the counterpart.
    pub counterpart: u64,
    /// Server time in seconds since 1970-01-01 UTC.
    pub at: i64,
    /// Which transaction.
    pub transaction_key: String,
    /// The status that it has since, or why the deed was refused.
    pub result: Result<Status, String>,
}

/// What a counterpart is about to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) counterpart: u64,
    pub(super) key: String,
    pub(super) act: Act,
}

#[derive(Debug)]
struct Player {
    id: u64,
    counterpart: Counterpart,
    /// The step after which it reads along; `None`: it does not know yet what
    /// is open.
    since: Option<i64>,
}

#[derive(Debug, Default)]
pub(super) struct Board {
    players: Vec<Player>,
    last_id: u64,
    /// The last step that was read.
    read: i64,
    /// By time, and in the order in which they were made.
    plans: BTreeMap<(i64, u64), Plan>,
    last_plan: u64,
    deeds: VecDeque<Deed>,
}

impl Board {
    /// `None` if there are too many.
    pub(super) fn add(&mut self, counterpart: Counterpart) -> Option<u64> {
        if self.players.len() >= MAX_COUNTERPARTS {
            return None;
        }
        self.last_id = self.last_id.saturating_add(1);
        self.players.push(Player { id: self.last_id, counterpart, since: None });
        Some(self.last_id)
    }

    pub(super) fn remove(&mut self, id: u64) -> bool {
        let before = self.players.len();
        self.players.retain(|player| player.id != id);
        self.plans.retain(|_, plan| plan.counterpart != id);
        self.players.len() < before
    }

    pub(super) fn clear(&mut self) {
        self.players.clear();
        self.plans.clear();
        self.deeds.clear();
    }

    pub(super) fn all(&self) -> Vec<(u64, Counterpart)> {
        self.players.iter().map(|player| (player.id, player.counterpart.clone())).collect()
    }

    /// Those who do not know yet what is open.
    pub(super) fn newcomers(&self) -> Vec<u64> {
        self.players.iter().filter(|player| player.since.is_none()).map(|player| player.id).collect()
    }

    /// Tells newcomers what is open at the step `newest`.
    pub(super) fn welcome(&mut self, newcomers: &[u64], open: &[Chance], newest: i64) {
        if self.players.iter().all(|player| player.since.is_none()) {
            self.read = newest;
        }
        for chance in open {
            self.plan(chance, |player| newcomers.contains(&player.id));
        }
        for player in &mut self.players {
            if newcomers.contains(&player.id) {
                player.since = Some(newest);
            }
        }
    }

    /// The step up to which everything was read; `None` if nobody reads along.
    pub(super) fn read_up_to(&self) -> Option<i64> {
        self.players.iter().any(|player| player.since.is_some()).then_some(self.read)
    }

    /// Tells everybody what happened up to a step.
    pub(super) fn read(&mut self, chances: &[Chance], up_to: i64) {
        for chance in chances {
            self.plan(chance, |player| player.since.is_some_and(|since| since < chance.seq));
        }
        self.read = self.read.max(up_to);
    }

    fn plan(&mut self, chance: &Chance, knows: impl Fn(&Player) -> bool) {
        for player in self.players.iter().filter(|player| knows(player)) {
            let Some(due) = player.counterpart.due(chance) else { continue };
            if self.plans.len() >= MAX_PLANS {
                tracing::warn!(key = chance.key, "the counterparts have too much to do");
                return;
            }
            let plan = Plan { counterpart: player.id, key: chance.key.clone(), act: player.counterpart.act };
            self.last_plan = self.last_plan.saturating_add(1);
            self.plans.insert((due, self.last_plan), plan);
        }
    }

    /// The first plan that is due at `now`, taken out.
    pub(super) fn take_due(&mut self, now: i64) -> Option<Plan> {
        let first = self.plans.first_entry()?;
        (first.key().0 <= now).then(|| first.remove())
    }

    pub(super) fn next_due(&self) -> Option<i64> {
        self.plans.keys().next().map(|(due, _)| *due)
    }

    pub(super) fn note(&mut self, deed: Deed) {
        if self.deeds.len() >= MAX_DEEDS {
            self.deeds.pop_front();
        }
        self.deeds.push_back(deed);
    }

    /// The latest deeds, oldest first.
    pub(super) fn deeds(&self) -> Vec<Deed> {
        self.deeds.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::counterpart::Need;
    use super::*;

    fn chance(seq: i64, need: Need) -> Chance {
        let (key, client) = (format!("t{seq}"), "shop".to_owned());
        Chance { seq, at: 1000, need, key, client, location: Some(9975), others: vec![5, 6], end: 2000 }
    }

    fn asked(seq: i64) -> Chance {
        chance(seq, Need::Answer)
    }

    #[test]
    fn everybody_has_an_own_time_side_location_and_client() {
        let pays = || Counterpart::accepting(7);
        for (counterpart, need, due) in [
            (pays(), Need::Answer, Some(1000)),
            (pays(), Need::Confirmation, None),
            (pays().after(30), Need::Answer, Some(1030)),
            (pays().at_location(9975).of_client("shop"), Need::Answer, Some(1000)),
            (pays().at_location(9976), Need::Answer, None),
            (pays().of_client("other"), Need::Answer, None),
            (pays().with_wallet(6), Need::Answer, Some(1000)),
            (pays().with_wallet(7), Need::Answer, None),
            (Counterpart::accepting_without_money(7), Need::Answer, Some(1000)),
            (Counterpart::declining(7).after(30), Need::Answer, Some(1030)),
            (Counterpart::declining(7).after(u32::MAX), Need::Answer, Some(1999)),
            (Counterpart::confirming().after(30), Need::Confirmation, Some(1030)),
            (Counterpart::confirming(), Need::Answer, None),
        ] {
            assert_eq!(counterpart.due(&chance(1, need)), due, "{counterpart:?}");
        }
    }

    #[test]
    fn plans_are_taken_when_they_are_due_in_order_and_once() {
        let mut board = Board::default();
        let slow = board.add(Counterpart::accepting(7).after(60)).unwrap();
        assert_eq!((board.newcomers(), board.read_up_to()), (vec![slow], None));
        board.welcome(&[slow], &[asked(2)], 3);
        assert_eq!((board.newcomers(), board.read_up_to()), (vec![], Some(3)));
        let quick = board.add(Counterpart::declining(8)).unwrap();
        board.read(&[asked(4)], 4);
        // Who comes later learns of it among what is open, and only so.
        board.welcome(&[quick], &[asked(4)], 5);
        board.read(&[asked(5), asked(6)], 9);
        assert_eq!((board.read_up_to(), board.next_due()), (Some(9), Some(1000)));
        let mut taken = Vec::new();
        for now in [999, 1000, 1059, 1060] {
            while let Some(plan) = board.take_due(now) {
                taken.push((now, plan.counterpart, plan.key));
            }
        }
        let expected = [
            (1000, quick, "t4"),
            (1000, quick, "t6"),
            (1060, slow, "t2"),
            (1060, slow, "t4"),
            (1060, slow, "t5"),
            (1060, slow, "t6"),
        ];
        assert_eq!(taken, expected.map(|(now, who, key)| (now, who, key.to_owned())));
        board.read(&[asked(10)], 10);
        assert!(board.remove(quick) && !board.remove(quick));
        assert_eq!((board.take_due(1059), board.next_due()), (None, Some(1060)));
    }

    #[test]
    fn the_board_is_bounded() {
        let mut board = Board::default();
        for _ in 0..MAX_COUNTERPARTS {
            board.add(Counterpart::accepting(7)).unwrap();
        }
        assert_eq!(board.add(Counterpart::confirming()), None);
        board.welcome(&board.newcomers(), &[], 0);
        let all: Vec<_> = (1..=200).map(asked).collect();
        board.read(&all, 200);
        assert_eq!(board.plans.len(), MAX_PLANS);
        for at in 0..105 {
            let result = Ok(Status::Reserved);
            board.note(Deed { counterpart: 1, at, transaction_key: "t1".to_owned(), result });
        }
        assert_eq!((board.deeds().len(), board.deeds()[0].at), (MAX_DEEDS, 5));
        board.clear();
        assert!(board.all().is_empty() && board.deeds().is_empty() && board.next_due().is_none());
    }
}
