//! Limits of cash operations.

/// Seconds of the window in which [`Limits::per_day`] counts.
pub(crate) const DAY_SECONDS: i64 = 86_400;

/// Made-up limits of cash operations, in minor units of whatever currency the
/// operation has (PROPOSAL of wallet-api section 13).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most that one cash payment may be.
    pub per_operation: i64,
    /// Most that a customer's wallet may hand in and get out in any 24 hours;
    /// what is reserved counts. The seeded allowance of the retailer has the
    /// same limit.
    pub per_day: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { per_operation: 200_000, per_day: 500_000 }
    }
}

impl Limits {
    /// Whether a customer who used `used` today may do one more of `amount`.
    pub(crate) fn allow(&self, amount: i64, used: i64) -> bool {
        amount <= self.per_operation && used.checked_add(amount).is_some_and(|sum| sum <= self.per_day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_limits_may_be_reached_and_not_passed() {
        let limits = Limits::default();
        assert!(limits.allow(200_000, 300_000));
        assert!(!limits.allow(200_001, 0));
        assert!(!limits.allow(200_000, 300_001));
        assert!(!limits.allow(1, i64::MAX));
    }
}
