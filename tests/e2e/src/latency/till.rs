//! Cash at the till: what the cashier and the customer wait for.

use std::time::Duration;

use paysera_core::attempt::{Attempt, AttemptState, Pace};
use paysera_core::code::{Code, WalletId};
use paysera_core::customer::{ReservationCodeGenerator as _, SandboxV1, SandboxV1Params};
use paysera_core::merchant::{CashInRequest, CashOutRequest};
use paysera_core::money::{Currency, Money};
use paysera_sandbox::seed::CUSTOMER;
use tokio::time::Instant;

use super::figures::Wait;
use super::virtual_time::{PlayedShop, in_shop};

const AMOUNT: Money = Money::from_minor(1000, Currency::GEL);

/// What cash costs in time and requests.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cash {
    /// From the scan to the state that hands out cash.
    pub(super) cash_out: Wait,
    /// From "received" to settled.
    pub(super) cash_in: Wait,
}

/// Hands out cash and takes it in, once each: nothing of it is left to chance.
pub(super) fn cash(rtt: Duration) -> Result<Cash, String> {
    in_shop(rtt, Pace::default(), |shop| async move {
        // The till knows its location from its first operation of the day.
        shop.till.location().await.map_err(|error| error.to_string())?;
        shop.till.resume().await.map_err(|error| error.to_string())?;
        Ok(Cash { cash_out: cash_out(&shop).await?, cash_in: cash_in(&shop).await? })
    })?
}

async fn cash_out(shop: &PlayedShop) -> Result<Wait, String> {
    let codes = SandboxV1::new(CUSTOMER.generator, CUSTOMER.generator_seed, SandboxV1Params::default());
    let codes = codes.map_err(|error| error.to_string())?;
    let code = codes.code(&codes.advance(&codes.first_state())).map_err(|error| error.to_string())?;
    let (request_id, description) = ("out".to_owned(), "Cash".to_owned());
    let code = Code::Reservation(code);
    let request = CashOutRequest { request_id, amount: AMOUNT, description, code, staff: None };
    let began = Began::now(shop);
    let attempt = shop.till.cash_out(request).await.map_err(|error| error.to_string())?;
    until(&attempt, "hand_out_cash").await?;
    let wait = began.until_now(shop);
    attempt.cash_handed_out();
    until(&attempt, "settled").await?;
    Ok(wait)
}

async fn cash_in(shop: &PlayedShop) -> Result<Wait, String> {
    let code = Code::Wallet(WalletId::new(CUSTOMER.wallet).map_err(|error| error.to_string())?);
    let (request_id, description) = ("in".to_owned(), "Deposit".to_owned());
    let request = CashInRequest { request_id, amount: AMOUNT, description, code, staff: None };
    let attempt = shop.till.cash_in(request).await.map_err(|error| error.to_string())?;
    until(&attempt, "take_cash").await?;
    let began = Began::now(shop);
    attempt.cash_received();
    until(&attempt, "settled").await?;
    Ok(began.until_now(shop))
}

struct Began {
    at: Instant,
    requests: usize,
}

impl Began {
    fn now(shop: &PlayedShop) -> Self {
        Self { at: Instant::now(), requests: shop.network.made().len() }
    }

    fn until_now(&self, shop: &PlayedShop) -> Wait {
        Wait { time: self.at.elapsed(), requests: shop.network.made().len().saturating_sub(self.requests) }
    }
}

async fn until(attempt: &Attempt, name: &str) -> Result<(), String> {
    let mut states = attempt.watch();
    let mut last: Option<AttemptState> = None;
    while let Some(state) = states.next().await {
        if state.name() == name {
            return Ok(());
        }
        last = Some(state);
    }
    Err(format!("{name} did not come, but {last:?}"))
}
