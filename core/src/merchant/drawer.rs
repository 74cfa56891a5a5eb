//! The cash drawer: the float, what should be in it, and what is counted at the
//! end of the day.

use super::till::Till;
use crate::error::ApiError;
use crate::journal::DrawerMoveWhy;
use crate::money::{Currency, Money};

/// In minor units. Sums of all that a till ever takes stay far below what a number holds.
const MOST_CASH: i64 = 1_000_000_000_000_000;

/// The drawer after a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DrawerCount {
    /// What should have been there.
    pub expected: Money,
    /// What was there; it is what should be there from now on.
    pub counted: Money,
    /// Counted less expected: below zero, something is missing.
    pub difference: Money,
}

impl Till {
    pub(super) async fn drawer(&self, currency: Currency) -> Result<Option<Money>, ApiError> {
        Ok(self.host.journal.run(move |journal| journal.drawer(currency)).await?)
    }

    /// Puts money in, or takes it out.
    pub(super) async fn move_cash(
        &self,
        amount: Money,
        why: DrawerMoveWhy,
        staff: Option<&str>,
    ) -> Result<Money, ApiError> {
        let amount = amount.require_positive()?;
        let zero = Money::from_minor(0, amount.currency());
        let change = move |held: Money| match why {
            DrawerMoveWhy::Removed if held.checked_sub(amount)?.minor() < 0 => {
                Err(ApiError::not_enough_cash(held))
            }
            DrawerMoveWhy::Removed => Ok(zero.checked_sub(amount)?),
            _ => Ok(amount),
        };
        let (held, change) = self.write_move(amount.currency(), why, staff, change).await?;
        Ok(held.checked_add(change)?)
    }

    /// Corrects what should be in the drawer to what is there.
    pub(super) async fn count_drawer(
        &self,
        counted: Money,
        staff: Option<&str>,
    ) -> Result<DrawerCount, ApiError> {
        if counted.minor() < 0 {
            return Err(ApiError::rejected("counted", "can't be less than nothing"));
        }
        if counted.minor() > MOST_CASH {
            return Err(ApiError::rejected("counted", "is more than any drawer holds"));
        }
        let change = move |expected| Ok(counted.checked_sub(expected)?);
        let why = DrawerMoveWhy::Counted;
        let (expected, difference) = self.write_move(counted.currency(), why, staff, change).await?;
        Ok(DrawerCount { expected, counted, difference })
    }

    async fn write_move(
        &self,
        currency: Currency,
        why: DrawerMoveWhy,
        staff: Option<&str>,
        change: impl FnOnce(Money) -> Result<Money, ApiError> + Send + 'static,
    ) -> Result<(Money, Money), ApiError> {
        let (at, staff) = (self.host.api.server_now(), staff.map(str::to_owned));
        let day = self.host.calendar.day(at);
        let write = move |journal: &crate::journal::Journal| {
            journal.move_cash(at, &day, currency, (why, staff.as_deref()), change)
        };
        self.host.journal.run(write).await?
    }
}
