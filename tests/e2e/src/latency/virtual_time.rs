//! A till whose time and network are played.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use paysera_core::attempt::Pace;
use paysera_core::auth::FixedCredentials;
use paysera_core::clock::{Clock, Sleep, UnixSeconds};
use paysera_core::code::{LocationId, WalletId};
use paysera_core::merchant::{Merchant, TillPlace, TillSettings};
use paysera_core::wallet_api::{
    Bounds, Environment, Exchange, ExchangeFuture, HttpRequest, ProjectId, RequestBudget, WalletApi,
    WalletApiError,
};
use paysera_e2e::in_process::InProcess;
use paysera_sandbox::{Sandbox, SandboxClock, seed};
use seed::{CUSTOMER, RETAILER_CLIENT_ID, RETAILER_MAC_KEY, RETAILER_WALLET};
use tokio::runtime::{Handle, Runtime};
use tokio::time::Instant;

/// When the played time begins.
const BEGIN: i64 = 1_790_000_000;

/// The played clock of the phones: tokio's, which stands still while anything is
/// done and jumps to the next moment at which something is due.
#[derive(Clone, Copy, Debug)]
struct PlayedClock(Instant);

impl Clock for PlayedClock {
    fn now(&self) -> UnixSeconds {
        UnixSeconds(BEGIN.saturating_add(i64::try_from(self.0.elapsed().as_secs()).unwrap_or(i64::MAX)))
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// A network with a round trip of its own, and the requests that went over it.
#[derive(Debug)]
pub(crate) struct PlayedNetwork {
    server: InProcess,
    runtime: Handle,
    rtt: Duration,
    began: Instant,
    made: Mutex<Vec<Made>>,
}

/// A request that was made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Made {
    pub(crate) at: Instant,
    pub(crate) is_write: bool,
}

impl PlayedNetwork {
    pub(crate) fn made(&self) -> Vec<Made> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Exchange for PlayedNetwork {
    fn exchange(&self, request: HttpRequest, _: Bounds) -> ExchangeFuture<'_> {
        let is_write = request.method != http::Method::GET;
        let made = Made { at: Instant::now(), is_write };
        self.made.lock().unwrap_or_else(PoisonError::into_inner).push(made);
        Box::pin(async move {
            tokio::time::sleep(self.rtt / 2).await;
            let elapsed = i64::try_from(self.began.elapsed().as_secs()).unwrap_or(i64::MAX);
            self.server.0.clock().set_offset(elapsed);
            let (server, runtime) = (self.server.clone(), self.runtime.clone());
            // The played clock stands still while a thread works.
            let answer = tokio::task::spawn_blocking(move || runtime.block_on(server.answer(request))).await;
            tokio::time::sleep(self.rtt / 2).await;
            answer.map_err(|panic| WalletApiError::AnswerLost(panic.into()))
        })
    }
}

/// A shop in played time.
#[derive(Debug)]
pub(crate) struct PlayedShop {
    pub(crate) till: Merchant,
    pub(crate) customer: WalletApi,
    pub(crate) network: Arc<PlayedNetwork>,
    pub(crate) rtt: Duration,
}

/// Runs `play` in a shop of its own.
pub(crate) fn in_shop<T, F: Future<Output = T>>(
    rtt: Duration,
    pace: Pace,
    play: impl FnOnce(PlayedShop) -> F,
) -> Result<T, String> {
    let text = |error: &dyn std::fmt::Display| error.to_string();
    // The server has its own time, in which it is as quick as it is.
    let server = Runtime::new().map_err(|error| text(&error))?;
    let sandbox = Sandbox::builder().clock(SandboxClock::fixed(BEGIN)).start(([127, 0, 0, 1], 0).into());
    let sandbox = Arc::new(server.block_on(sandbox).map_err(|error| text(&error))?);
    let played = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .map_err(|error| text(&error))?;
    let runtime = server.handle().clone();
    let result = played.block_on(async {
        let shop = shop(&sandbox, runtime, rtt, pace)?;
        Ok(play(shop).await)
    });
    played.shutdown_background();
    server.shutdown_background();
    result
}

fn shop(sandbox: &Arc<Sandbox>, runtime: Handle, rtt: Duration, pace: Pace) -> Result<PlayedShop, String> {
    let began = Instant::now();
    let network = || {
        let (server, runtime) = (InProcess(Arc::clone(sandbox)), runtime.clone());
        Arc::new(PlayedNetwork { server, runtime, rtt, began, made: Mutex::default() })
    };
    let (of_till, of_customer) = (network(), network());
    let environment = Environment::sandbox(&sandbox.base_url()).map_err(|error| error.to_string())?;
    let place = TillPlace {
        project: ProjectId(seed::PROJECT_ID),
        location: LocationId(seed::LOCATION_ALL_SERVICES),
        wallet: WalletId::new(RETAILER_WALLET).map_err(|error| error.to_string())?,
    };
    let retailer = FixedCredentials::new(RETAILER_CLIENT_ID.to_owned(), RETAILER_MAC_KEY.to_owned());
    let till = Merchant::builder(environment.clone(), Arc::new(retailer), place)
        .settings(TillSettings { pace, ..TillSettings::default() })
        .clock(Arc::new(PlayedClock(began)))
        .exchange(of_till.clone())
        .build()
        .map_err(|error| error.to_string())?;
    let customer = FixedCredentials::new(CUSTOMER.token.to_owned(), CUSTOMER.mac_key.to_owned());
    let customer = WalletApi::builder(environment, Arc::new(customer))
        .clock(Arc::new(PlayedClock(began)))
        .exchange(of_customer)
        .budget(Arc::new(RequestBudget::unlimited()))
        .build()
        .map_err(|error| error.to_string())?;
    Ok(PlayedShop { till, customer, network: of_till, rtt })
}
