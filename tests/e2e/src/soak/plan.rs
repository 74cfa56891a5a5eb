//! What is to happen: flows with their amounts, and deaths, from one seed.

use std::collections::VecDeque;

use super::words::{Death, Moment, Role};

/// A row of chances: SplitMix64, small and the same everywhere.
#[derive(Clone, Debug)]
pub(super) struct Chances(u64);

impl Chances {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// One of `0..below`.
    fn below(&mut self, below: u64) -> u64 {
        self.next().checked_rem(below).unwrap_or_default()
    }

    fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }
}

/// What happens in a flow, if nothing goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The customer accepts.
    Collect,
    /// The customer accepts, and the till takes less.
    Hold,
    /// The customer declines.
    Declined,
    /// The cashier cancels.
    Cancelled,
    /// The cashier cancels while the customer accepts.
    Race,
    /// Nobody accepts.
    Nobody,
    CashOut,
    /// The first code is wrong.
    WrongCode,
    CashIn,
    /// The customer has no cash after all.
    NotReceived,
    /// The customer pays to a wallet.
    PayWallet,
}

/// How often each kind comes, in a hundred.
const SHARES: [(Kind, u64); 11] = [
    (Kind::Collect, 38),
    (Kind::Hold, 6),
    (Kind::Declined, 4),
    (Kind::Cancelled, 3),
    (Kind::Race, 3),
    (Kind::Nobody, 3),
    (Kind::CashOut, 15),
    (Kind::WrongCode, 4),
    (Kind::CashIn, 14),
    (Kind::NotReceived, 3),
    (Kind::PayWallet, 7),
];

/// Whether what settled is given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GiveBack {
    Nothing,
    Part,
    All,
}

/// One flow.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flow {
    pub(super) kind: Kind,
    pub(super) minor: i64,
    pub(super) back: GiveBack,
}

/// The flows of a seed.
pub(super) fn flows(count: u32, seed: u64) -> Vec<Flow> {
    let mut chances = Chances::new(seed);
    (0..count).map(|_| flow(&mut chances)).collect()
}

fn flow(chances: &mut Chances) -> Flow {
    let mut drawn = chances.below(100);
    let kind = SHARES.iter().find_map(|(kind, share)| match drawn.checked_sub(*share) {
        Some(left) => {
            drawn = left;
            None
        }
        None => Some(*kind),
    });
    let kind = kind.unwrap_or(Kind::Collect);
    // Odd amounts, so that no two sums agree by chance; all of them together fit
    // into the seeded accounts and the allowance.
    let minor = i64::try_from(chances.below(40)).unwrap_or_default().saturating_add(11);
    let back = match kind {
        Kind::Collect | Kind::Hold if chances.one_in(8) => GiveBack::All,
        Kind::Collect if chances.one_in(12) => GiveBack::Part,
        Kind::CashIn if chances.one_in(5) => GiveBack::All,
        _ => GiveBack::Nothing,
    };
    Flow { kind, minor, back }
}

/// When the devices die. Each starts so often with one of these; together they
/// come before a run of so many flows can be over, for a flow has at least so many
/// writes and requests on each device.
pub(super) fn deaths(kills: u32, flows: u32, seed: u64) -> [(Role, VecDeque<Death>); 2] {
    const LEAST_PER_FLOW: u64 = 2;
    let mut chances = Chances::new(seed ^ 0x00c0_ffee);
    let of_phone = kills.saturating_mul(2) / 5;
    let mut rows = |count: u32| {
        let longest = u64::from(flows).saturating_mul(LEAST_PER_FLOW).checked_div(u64::from(count));
        let longest = longest.unwrap_or(1).max(1);
        let mut row = |_| Death {
            moment: if chances.one_in(2) { Moment::Write } else { Moment::Request },
            number: chances.below(longest).saturating_add(1),
            before: chances.one_in(2),
        };
        (0..count).map(&mut row).collect()
    };
    [(Role::Till, rows(kills.saturating_sub(of_phone))), (Role::Phone, rows(of_phone))]
}
