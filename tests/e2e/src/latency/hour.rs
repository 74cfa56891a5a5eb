//! An hour at the till: sixty payments whose customers take their time.

use std::sync::Arc;
use std::time::Duration;

use paysera_core::attempt::{Attempt, AttemptState, Pace};
use paysera_core::code::{Code, TransactionKey};
use paysera_core::merchant::CollectRequest;
use paysera_core::money::{Currency, Money};
use paysera_core::wallet_api::WalletRef;
use tokio::time::Instant;

use super::figures::{Hour, percentile};
use super::virtual_time::{Made, PlayedShop, in_shop};

const PAYMENTS: u64 = 60;
const HOUR: Duration = Duration::from_secs(3600);
const MINUTE: Duration = Duration::from_secs(60);
/// Half of the customers accept within this time.
const MEDIAN_SECONDS: f64 = 8.0;
const SIGMA: f64 = 1.0;

/// Plays the hour of a seed. With `poke` the embedding app gets a push message
/// from the server at each acceptance.
pub(super) fn play(seed: u64, rtt: Duration, pace: Pace, poke: bool) -> Result<Hour, String> {
    in_shop(rtt, pace, |shop| async move {
        let shop = Arc::new(shop);
        let mut chance = Chance(seed);
        let mut payments = Vec::new();
        for number in 0..PAYMENTS {
            let begins = HOUR.mul_f64(chance.unit());
            let takes = Duration::from_secs_f64(MEDIAN_SECONDS * (SIGMA * chance.normal()).exp());
            payments.push(tokio::spawn(pay(Arc::clone(&shop), number, begins, takes, poke)));
        }
        let mut waits = Vec::new();
        for payment in payments {
            waits.push(payment.await.map_err(|error| error.to_string())??);
        }
        waits.sort();
        let made = shop.network.made();
        Ok(Hour {
            p50: percentile(&waits, 50),
            p95: percentile(&waits, 95),
            in_the_hour: count(&made),
            in_a_minute: busiest(&made, MINUTE),
            writes: count(&made.iter().copied().filter(|made| made.is_write).collect::<Vec<_>>()),
        })
    })?
}

/// One payment; gives how long the customer waits for the till after accepting,
/// or with `poke` after the push message has arrived.
async fn pay(
    shop: Arc<PlayedShop>,
    number: u64,
    begins: Duration,
    takes: Duration,
    poke: bool,
) -> Result<Duration, String> {
    tokio::time::sleep(begins).await;
    let request = CollectRequest::new(format!("{number}"), Money::from_minor(100, Currency::GEL), "Coffee");
    let attempt = shop.till.collect(request).await.map_err(|error| error.to_string())?;
    let key = shown(&attempt).await?;
    tokio::time::sleep(takes).await;
    let accepted = Instant::now();
    let push = async {
        if poke {
            // There when the server has accepted, and half a round trip back.
            tokio::time::sleep(shop.rtt).await;
            shop.till.poke(Some(&key));
        }
        Instant::now()
    };
    let transactions = shop.customer.transactions();
    let (answer, pushed) = tokio::join!(transactions.reserve_from_wallet(&key, WalletRef::Me), push);
    answer.map_err(|error| error.to_string())?;
    match attempt.ended().await {
        AttemptState::Settled { .. } if poke => Ok(pushed.elapsed()),
        AttemptState::Settled { .. } => Ok(accepted.elapsed()),
        other => Err(format!("payment {number} ended as {}", other.name())),
    }
}

async fn shown(attempt: &Attempt) -> Result<TransactionKey, String> {
    let mut states = attempt.watch();
    while let Some(state) = states.next().await {
        if let AttemptState::Presenting { code: Code::Transaction(key), .. } = state {
            return Ok(key);
        }
    }
    Err(format!("nothing was shown: {:?}", attempt.state()))
}

fn count(made: &[Made]) -> u32 {
    u32::try_from(made.len()).unwrap_or(u32::MAX)
}

/// The most requests in any time of that length.
fn busiest(made: &[Made], length: Duration) -> u32 {
    let within = |from: &Made| {
        made.iter().filter(|made| made.at >= from.at && made.at.duration_since(from.at) < length).count()
    };
    u32::try_from(made.iter().map(within).max().unwrap_or_default()).unwrap_or(u32::MAX)
}

/// The same row of chances for the same seed.
struct Chance(u64);

impl Chance {
    /// Between zero and one.
    fn unit(&mut self) -> f64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        let bits = u32::try_from(mixed >> 32).unwrap_or_default();
        (f64::from(bits) + 0.5) / (f64::from(u32::MAX) + 1.0)
    }

    /// Around zero, with a spread of one.
    fn normal(&mut self) -> f64 {
        let (radius, angle) = (self.unit(), self.unit());
        (-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * angle).cos()
    }
}
