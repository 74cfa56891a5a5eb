//! What runs in a device: a facade of the core, and the person in front of it.

mod cash;
mod fate;
mod phone;
mod place;
mod till;

pub(super) use place::journal;

use std::io::{BufRead as _, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use clap::Args;
use paysera_core::attempt::Pace;
use paysera_core::clock::{Clock, Sleep, SystemClock, UnixSeconds};
use paysera_core::error::{ApiError, ApiErrorKind};
use paysera_core::wallet_api::Timeouts;
use tokio::sync::mpsc;

use super::Trouble;
use super::words::{Part, Role, Said, Setup, Told};

/// No pause of the core is longer: what comes out does not depend on politeness.
const LONGEST_PAUSE: Duration = Duration::from_millis(20);
/// A server that has not answered by then is given up.
const PATIENCE: Duration = Duration::from_millis(600);
const PACE: Pace = Pace::steady(Duration::from_millis(60));

/// A device of the soak.
#[derive(Debug, Args)]
pub(crate) struct DeviceOptions {
    /// What it is, as JSON.
    setup: String,
}

/// Runs a device until nobody talks to it any more.
pub(super) async fn device(options: &DeviceOptions) -> Result<(), Trouble> {
    // A panic is a defect that the core would live through: not here.
    let told = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        told(panic);
        std::process::abort();
    }));
    let setup: Setup = serde_json::from_str(&options.setup)?;
    let clock = ShiftedClock(Arc::new(AtomicI64::new(setup.ahead)));
    match setup.role {
        Role::Till => till::run(&setup, clock).await,
        Role::Phone => phone::run(&setup, clock).await,
    }
}

/// The system's clock, as far ahead as the soak says, without long pauses.
#[derive(Clone, Debug)]
struct ShiftedClock(Arc<AtomicI64>);

impl ShiftedClock {
    fn pass(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::Relaxed);
    }
}

impl Clock for ShiftedClock {
    fn now(&self) -> UnixSeconds {
        SystemClock.now().plus(self.0.load(Ordering::Relaxed))
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        SystemClock.sleep(duration.min(LONGEST_PAUSE))
    }
}

fn timeouts() -> Timeouts {
    Timeouts { connect: PATIENCE, read: PATIENCE, total: PATIENCE }
}

/// Says something to the soak. A device whose soak is gone has nothing to do.
fn say(said: &Said) {
    let line = serde_json::to_string(said).unwrap_or_default();
    let mut out = std::io::stdout().lock();
    if writeln!(out, "{line}").and_then(|()| out.flush()).is_err() {
        std::process::exit(1);
    }
}

fn say_ended(flow: u32, part: Part, how: impl Into<String>) {
    say(&Said::Ended { flow, part, attempt: None, how: how.into() });
}

/// What the device is told, until nobody talks to it.
fn listen() -> mpsc::UnboundedReceiver<Told> {
    let (sender, told) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            let Ok(heard) = serde_json::from_str(&line) else { break };
            if sender.send(heard).is_err() {
                break;
            }
        }
    });
    told
}

/// People try again as long as the server does not say no.
async fn persist<T, F: Future<Output = Result<T, ApiError>>>(what: impl Fn() -> F) -> Result<T, ApiError> {
    loop {
        match what().await {
            Err(error) if passes(&error.kind) => SystemClock.sleep(LONGEST_PAUSE).await,
            end => return end,
        }
    }
}

/// Whether an error is the network's. A broken answer of a server counts as well.
const fn passes(kind: &ApiErrorKind) -> bool {
    matches!(
        kind,
        ApiErrorKind::Offline
            | ApiErrorKind::NoAnswer
            | ApiErrorKind::ServerBusy
            | ApiErrorKind::CaptchaRequired { .. }
            | ApiErrorKind::Bug { .. }
    )
}
