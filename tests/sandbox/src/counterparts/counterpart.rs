//! Who plays along: which side, on which transactions, and when.

use crate::domain::status::Event;

/// What somebody does with a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Accept(i64),
    /// On the web page, where the money may come later.
    AcceptWithoutMoney(i64),
    Decline(i64),
    Confirm,
}

impl Act {
    /// What it is to the transaction.
    pub(super) const fn event(self) -> Event {
        match self {
            Self::Accept(_) | Self::AcceptWithoutMoney(_) => Event::Accept,
            Self::Decline(_) => Event::Reject,
            Self::Confirm => Event::Confirm,
        }
    }
}

/// Somebody who plays along: a customer, on the payments that merchants ask for,
/// or the merchants. Cash is not for customers here: it takes a code at the till.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counterpart {
    pub(super) act: Act,
    after: i64,
    location: Option<i64>,
    client: Option<String>,
    other: Option<i64>,
}

impl Counterpart {
    const fn new(act: Act) -> Self {
        Self { act, after: 0, location: None, client: None, other: None }
    }

    /// A customer who accepts in the app, from this wallet.
    #[must_use]
    pub fn accepting(wallet: u64) -> Self {
        Self::new(Act::Accept(number(wallet)))
    }

    /// A customer who accepts on the web page, whether or not the wallet has
    /// the money: without it the transaction waits for funds.
    #[must_use]
    pub fn accepting_without_money(wallet: u64) -> Self {
        Self::new(Act::AcceptWithoutMoney(number(wallet)))
    }

    /// A customer who declines; with [`Counterpart::after`] at the last moment,
    /// which is at the latest a second before nobody can accept any more.
    #[must_use]
    pub fn declining(wallet: u64) -> Self {
        Self::new(Act::Decline(number(wallet)))
    }

    /// Every merchant, who confirms what is reserved. Without this one nobody
    /// confirms but who is asked to.
    #[must_use]
    pub const fn confirming() -> Self {
        Self::new(Act::Confirm)
    }

    /// So many seconds of the sandbox's clock after it could have acted.
    #[must_use]
    pub fn after(mut self, seconds: u32) -> Self {
        self.after = i64::from(seconds);
        self
    }

    /// Only on transactions of this location.
    #[must_use]
    pub fn at_location(mut self, location: u64) -> Self {
        self.location = Some(number(location));
        self
    }

    /// Only on transactions that this client (its MAC id) made.
    #[must_use]
    pub fn of_client(mut self, client_id: &str) -> Self {
        self.client = Some(client_id.to_owned());
        self
    }

    /// Only where this wallet is on the other side: paid by the customer, or
    /// paying the merchant.
    #[must_use]
    pub fn with_wallet(mut self, wallet: u64) -> Self {
        self.other = Some(number(wallet));
        self
    }

    /// What it does, for a person.
    pub(crate) fn text(&self) -> String {
        let mut text = match self.act {
            Act::Accept(wallet) => format!("wallet {wallet} pays"),
            Act::AcceptWithoutMoney(wallet) => format!("wallet {wallet} pays, and tops up later"),
            Act::Decline(wallet) => format!("wallet {wallet} declines"),
            Act::Confirm => "the merchant confirms".to_owned(),
        };
        if let Some(location) = self.location {
            text.push_str(&format!(" at location {location}"));
        }
        if let Some(client) = &self.client {
            text.push_str(&format!(" what {client} made"));
        }
        if let Some(wallet) = self.other {
            text.push_str(&format!(" with wallet {wallet}"));
        }
        if self.after > 0 {
            text.push_str(&format!(" after {} s", self.after));
        }
        text
    }

    /// The wallets, location and client that must be there for it to act.
    pub(super) fn needs(&self) -> ([Option<i64>; 2], Option<i64>, Option<&str>) {
        let wallet = match self.act {
            Act::Accept(wallet) | Act::AcceptWithoutMoney(wallet) | Act::Decline(wallet) => Some(wallet),
            Act::Confirm => None,
        };
        ([wallet, self.other], self.location, self.client.as_deref())
    }

    /// When it acts on this, if it does.
    pub(super) fn due(&self, chance: &Chance) -> Option<i64> {
        let needed = if self.act == Act::Confirm { Need::Confirmation } else { Need::Answer };
        let is_its = needed == chance.need
            && self.location.is_none_or(|own| Some(own) == chance.location)
            && self.client.as_ref().is_none_or(|own| *own == chance.client)
            && self.other.is_none_or(|own| chance.others.contains(&own));
        let due = chance.at.saturating_add(self.after);
        let last = chance.end.saturating_sub(1);
        is_its.then(|| if matches!(self.act, Act::Decline(_)) { due.min(last) } else { due })
    }
}

/// A number that no row has, if it is too large.
fn number(id: u64) -> i64 {
    i64::try_from(id).unwrap_or(i64::MAX)
}

/// For what a transaction waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// That a customer accepts or declines.
    Answer,
    /// That the merchant confirms.
    Confirmation,
}

/// A transaction that somebody can act on.
#[derive(Clone, Debug)]
pub(super) struct Chance {
    /// Number of the step that made it so, counted over all transactions.
    pub(super) seq: i64,
    /// Time of that step.
    pub(super) at: i64,
    pub(super) need: Need,
    pub(super) key: String,
    pub(super) client: String,
    pub(super) location: Option<i64>,
    /// Wallets on the other side of who acts.
    pub(super) others: Vec<i64>,
    /// When nobody can accept it any more.
    pub(super) end: i64,
}
