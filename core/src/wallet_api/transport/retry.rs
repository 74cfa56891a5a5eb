//! Which calls are repeated, and when.

use std::time::Duration;

use super::call::Call;
use crate::clock::Random;
use crate::wallet_api::error::WalletApiError;

/// How often a read is tried. Writes are never repeated here: whether that is
/// safe is their attempt's to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Tries in all, the first included.
    pub tries: u32,
    /// The longest pause before the second try; it doubles with every try.
    pub first_pause: Duration,
    /// No pause is longer, unless the server asks for it.
    pub longest_pause: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self { tries: 4, first_pause: Duration::from_millis(250), longest_pause: Duration::from_secs(5) }
    }
}

impl RetryPolicy {
    /// Every call is made once.
    #[must_use]
    pub fn never() -> Self {
        Self { tries: 1, ..Self::default() }
    }

    /// How long to wait before `call` is repeated after its `tried`th try ended
    /// with `error`; `None` if it must not be. Full jitter: many phones that
    /// lost the same server must not come back at one moment.
    pub(super) fn pause(
        &self,
        call: &Call,
        error: &WalletApiError,
        tried: u32,
        random: &dyn Random,
    ) -> Option<Duration> {
        if !call.is_read() || tried >= self.tries || !is_passing(error) {
            return None;
        }
        let doubled =
            self.first_pause.saturating_mul(1_u32.checked_shl(tried.saturating_sub(1)).unwrap_or(u32::MAX));
        let pause = jitter(doubled.min(self.longest_pause), random);
        Some(pause.max(error.retry_after().unwrap_or_default()))
    }
}

/// Whether the same read may succeed a little later.
fn is_passing(error: &WalletApiError) -> bool {
    match error {
        WalletApiError::Unreachable(_) | WalletApiError::TimedOut(_) | WalletApiError::AnswerLost(_) => true,
        WalletApiError::NotUnderstood { status, .. } => is_passing_status(*status),
        // Where a person has to show that it is one, waiting is no way out.
        WalletApiError::Server(error) => error.captcha.is_none() && is_passing_status(error.status),
        _ => false,
    }
}

fn is_passing_status(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500 | 502 | 503 | 504)
}

/// A time between zero and `longest`, any as likely.
pub(super) fn jitter(longest: Duration, random: &dyn Random) -> Duration {
    let mut bytes = [0_u8; 8];
    // Without randomness there is no signature either: the next request says so.
    let _ = random.fill(&mut bytes);
    let range = u64::try_from(longest.as_micros()).unwrap_or(u64::MAX).saturating_add(1);
    Duration::from_micros(u64::from_le_bytes(bytes).checked_rem(range).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::NoRandomness;
    use crate::wallet_api::error::ServerError;

    #[derive(Debug)]
    struct Same(u8);

    impl Random for Same {
        fn fill(&self, buffer: &mut [u8]) -> Result<(), NoRandomness> {
            buffer.fill(self.0);
            Ok(())
        }
    }

    fn status(status: u16, retry_after: Option<u64>) -> WalletApiError {
        let retry_after = retry_after.map(Duration::from_secs);
        Box::new(ServerError { status, code: "x".to_owned(), retry_after, ..ServerError::default() }).into()
    }

    #[test]
    fn only_reads_are_repeated_and_only_what_can_pass() {
        let policy = RetryPolicy::default();
        let pause = |call: &Call, error, tried| policy.pause(call, &error, tried, &Same(0));
        let read = Call::get("transactions");
        for repeated in [500, 502, 503, 504, 429, 408] {
            assert!(pause(&read, status(repeated, None), 1).is_some(), "{repeated}");
            for write in [Call::post("transaction"), Call::put("x"), Call::delete("x")] {
                assert_eq!(pause(&write, status(repeated, None), 1), None, "{repeated}");
            }
        }
        for refused in [400, 401, 403, 404, 409, 501] {
            assert_eq!(pause(&read, status(refused, None), 1), None, "{refused}");
        }
        assert!(pause(&read, status(500, None), 3).is_some());
        assert_eq!(pause(&read, status(500, None), 4), None);
    }

    #[test]
    fn pauses_double_within_bounds_and_are_never_shorter_than_the_server_asked() {
        let policy = RetryPolicy { tries: 100, ..RetryPolicy::default() };
        let longest = |tried, retry_after| {
            // The largest of many values stands for what the jitter may reach.
            let pauses = (0..=255).map(|byte| {
                policy.pause(&Call::get("x"), &status(503, retry_after), tried, &Same(byte)).unwrap()
            });
            pauses.max().unwrap()
        };
        for (tried, bound) in [(1, 250), (2, 500), (3, 1000), (6, 5000), (99, 5000)] {
            let longest = longest(tried, None);
            let bound = Duration::from_millis(bound);
            assert!(longest <= bound && longest > bound / 2, "{tried}: {longest:?}");
        }
        assert_eq!(longest(1, Some(7)), Duration::from_secs(7));
    }
}
