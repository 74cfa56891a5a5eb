//! How often the server is asked, and how many requests that may be: of a till and of
//! a phone alike.

use std::num::NonZeroU32;
use std::time::Duration;

use paysera_core::attempt::Pace as CorePace;
use paysera_core::wallet_api::RequestBudget;

use crate::error::ApiError;

/// How often the server is asked about an open attempt, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Pace {
    /// Before the first look.
    pub first_millis: u64,
    /// At the beginning.
    pub quick_millis: u64,
    /// The interval grows to this part of the time that has passed, in percent.
    pub growth_percent: u32,
    /// It grows no further.
    pub slowest_millis: u64,
}

impl From<Pace> for CorePace {
    fn from(pace: Pace) -> Self {
        Self {
            first: Duration::from_millis(pace.first_millis),
            quick: Duration::from_millis(pace.quick_millis),
            growth_percent: pace.growth_percent,
            slowest: Duration::from_millis(pace.slowest_millis),
        }
    }
}

/// How many requests a client may make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum RequestLimits {
    /// What Paysera documents, shared among the tills of the account.
    Documented {
        /// How many tills there are, this one included.
        tills: u32,
    },
    /// Any number: for a sandbox that limits nothing.
    Unlimited,
}

impl TryFrom<RequestLimits> for RequestBudget {
    type Error = ApiError;

    fn try_from(limits: RequestLimits) -> Result<Self, ApiError> {
        match limits {
            RequestLimits::Documented { tills } => NonZeroU32::new(tills)
                .map(Self::documented)
                .ok_or_else(|| ApiError::rejected("tills", "must be at least 1")),
            RequestLimits::Unlimited => Ok(Self::unlimited()),
        }
    }
}
