//! The cash drawer: the float, what should be in it, and what is counted at the
//! end of the day.

use super::till::Till;
use crate::error::ApiError;
use crate::journal::DrawerMoveWhy;
use crate::money::{Currency, Money};

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
        let currency = amount.currency();
        let zero = Money::from_minor(0, currency);
        let change = match why {
            DrawerMoveWhy::Removed => {
                let held = self.drawer(currency).await?.unwrap_or(zero);
                if held.checked_sub(amount)?.minor() < 0 {
                    return Err(ApiError::not_enough_cash(held));
                }
                zero.checked_sub(amount)?
            }
            _ => amount,
        };
        self.write_move(change, why, staff).await?;
        Ok(self.drawer(currency).await?.unwrap_or(zero))
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
        let zero = Money::from_minor(0, counted.currency());
        let expected = self.drawer(counted.currency()).await?.unwrap_or(zero);
        let difference = counted.checked_sub(expected)?;
        self.write_move(difference, DrawerMoveWhy::Counted, staff).await?;
        Ok(DrawerCount { expected, counted, difference })
    }

    async fn write_move(
        &self,
        change: Money,
        why: DrawerMoveWhy,
        staff: Option<&str>,
    ) -> Result<(), ApiError> {
        let (at, staff) = (self.host.api.server_now(), staff.map(str::to_owned));
        let day = self.host.calendar.day(at);
        let write = move |journal: &crate::journal::Journal| {
            journal.move_cash(at, &day, change, why, staff.as_deref())
        };
        Ok(self.host.journal.run(write).await?)
    }
}
